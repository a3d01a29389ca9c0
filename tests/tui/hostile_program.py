"""The program at a real terminal, full of hostile text.

`python -m tests.tui.hostile_program FOLDER WHAT PAYLOAD…`

`WHAT` is `widgets`, each widget with each payload; or `screens`, every screen in turn on a poisoned database,
asking for a paste into each kind of field and then for the key F9; or `fields`, the same for every field. It
writes marks among the program's bytes: what was shown, and which widgets it had; or which field was
pasted into, and what that has done.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.events import Event, Key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from data.domain.text import clean
from data.store.database import open_store
from tests.conftest import FrozenClock, Tokens, make_clinic
from tests.tui.drivers import PilotTerminal
from tests.tui.every_screen import Beginner, World, make_world, opened, settled
from tests.tui.hostile_widgets import WIDGETS
from tests.tui.one_screen import OneScreen
from tests.tui.poison import marked, poisoned
from tui import i18n

MARK = "\x1b]9999;{shown};{more}\x1b\\"
"""What the test cuts the bytes at; `more` are names of widgets with commas between."""

SYNC = "f9"
"""The key that the test presses when it has pasted."""


class Shown(OneScreen):
    """Knows when what it shows has been written to the terminal."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.written = asyncio.Event()
        self.keys: list[str] = []
        self.pressed = asyncio.Event()

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key) and not event.is_forwarded:
            self.keys.append(event.key)
            if event.key == SYNC:
                self.pressed.set()
                return
        await super().on_event(event)

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        super()._display(screen, renderable)
        if renderable is not None:
            self.written.set()

    async def write_anew(self) -> None:
        """Return when all of the screen has been written once more."""
        self.written.clear()
        self.screen.refresh(layout=True)
        await self.written.wait()

    async def mark(self, shown: str) -> None:
        """Write all of the screen, and the mark behind it."""
        await self.write_anew()
        self.tell(shown, {type(widget).__name__ for widget in self.screen.query("*") if widget.display})

    def tell(self, shown: str, more: Iterable[str]) -> None:
        """Put a mark with any words in it."""
        assert self._driver is not None
        self._driver.write(MARK.format(shown=shown, more=",".join(sorted(more))))


class Alone(Screen[None]):
    """One kind of widget, once with each text."""

    CSS = """
    Alone > VerticalScroll > * { height: auto; max-height: 3; }
    Alone FormView { max-height: 200; }
    Alone Outline, Alone PagedTable, Alone Paper { height: 60; max-height: 60; }
    """

    def __init__(self, make: Callable[[list[str]], list[Widget]], texts: list[str]) -> None:
        super().__init__()
        self._make = make
        self._texts = texts

    def compose(self) -> ComposeResult:
        yield VerticalScroll(*self._make(self._texts))


async def show_widgets(someone: Beginner, texts: list[str]) -> None:
    """Each kind of widget, once with each text."""
    for name, make in WIDGETS.items():
        await someone.app.push_screen(Alone(make, texts))
        await settled(someone)
        await someone.app.mark(name)
        await someone.app.pop_screen()


async def show_screens(someone: Beginner, world: World, *, all_fields: bool) -> None:
    """Each screen, its second page, and what is pasted into its fields."""
    kinds: set[type] = set()
    async for screen in opened(someone, world):
        name = type(screen).__name__
        await someone.app.mark(name)
        await someone.terminal.burst("pagedown")
        await settled(someone)
        await someone.app.mark(name)
        for number, field in enumerate(screen.focus_chain):
            if isinstance(field, Input | TextArea) and (all_fields or type(field) not in kinds):
                kinds.add(type(field))
                screen.set_focus(field)
                await pasted(someone, f"{name}.{number}", field)


async def pasted(someone: Beginner, name: str, field: Input | TextArea) -> None:
    """Ask for a paste and let it have its effect; what it did beside being text in the field."""
    app = someone.app
    app.keys.clear()
    app.pressed.clear()
    app.tell("paste", [name])
    await app.pressed.wait()
    await settled(someone)
    value = field.value if isinstance(field, Input) else field.text
    kept = value.isprintable() if isinstance(field, Input) else value == clean(value, lines=True)
    effects = [*app.keys[:-1], *app.asked, *([] if kept or not hasattr(field, "typed") else ["unclean"])]
    await app.write_anew()
    app.tell(name, effects or ["nothing"])


def main(folder: Path, what: str, names: list[str]) -> None:
    i18n.install("sv")
    texts = [marked(name) for name in names]
    ring = itertools.cycle(texts)
    store = open_store(folder / "omvant.db", create=True, clock=FrozenClock(), token=Tokens())
    with store.writing():
        world = poisoned(make_world(make_clinic("")), lambda _place: next(ring))
    app = Shown(store, world.clinic.anna, Screen)

    async def show_all(pilot: Pilot[None]) -> None:
        someone = Beginner(PilotTerminal(pilot))
        someone.app, someone.first = app, app.screen
        await app.mark("begin")
        if what == "widgets":
            await show_widgets(someone, texts)
        else:
            await show_screens(someone, world, all_fields=what == "fields")
        await app.session.close()
        app.exit()

    app.run(mouse=False, auto_pilot=show_all)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])

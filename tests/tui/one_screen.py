"""One screen alone, on a real database: for tests of a screen without the rest of the program."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from textual.events import Paste
from textual.screen import Screen

from data.domain.roles import Actor
from data.store.store import Store
from tests.tui.drivers import PilotTerminal
from tests.tui.recording_desk import RecordingDesk
from tests.tui.stories import Person
from tui import i18n
from tui.look import DARK, LIGHT
from tui.session import Session

STYLES = Path(i18n.__file__).parent / "styles" / "omvant.tcss"


class OneScreen(RecordingDesk):
    """Opens one screen for an actor; records what else it is asked, and the results of the screen."""

    CSS_PATH = STYLES

    def __init__(self, store: Store, actor: Actor, first: Callable[[], Screen[object]]) -> None:
        super().__init__(actor)
        self.clinic_zone = ZoneInfo("Europe/Stockholm")
        self.session = Session(lambda: store)
        self.results: list[object] = []
        self._first = first
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name

    async def on_mount(self) -> None:
        await self.session.open()
        await self.push_screen(self._first(), self.results.append)

    def toggle_look(self) -> None:
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name


class Someone(Person):
    """A person at that screen, with the program itself within reach of the test."""

    terminal: PilotTerminal
    app: OneScreen

    async def press(self, *keys: str) -> None:
        """Press keys, and look when they have had their effect."""
        await self.terminal.press(*keys)
        for _hop in range(3):
            await self.terminal.pilot.pause()

    async def pastes(self, text: str) -> None:
        focused = self.app.screen.focused
        assert focused is not None
        focused.post_message(Paste(text))
        for _hop in range(3):
            await self.terminal.pilot.pause()


@asynccontextmanager
async def at_screen(
    store: Store, actor: Actor, first: Callable[[], Screen[object]], *, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Someone]:
    """The screen, opened by `actor` at a terminal of `size`. Nothing is kept at the end: as if killed."""
    app = OneScreen(store, actor, first)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        someone = Someone(PilotTerminal(pilot))
        someone.app = app
        yield someone
        await app.session.close()

"""Typing at speed into a long form: from each key to the frame that shows its letter."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import quantiles
from typing import Any

from textual.app import ComposeResult
from textual.events import Key
from textual.screen import Screen
from textual.widgets import Input

from data.domain.forms import Form, ShortText
from data.inbox import Letter
from tests.bench.forms import DESCRIPTION as FORMS
from tests.bench.forms import mixed
from tests.bench.measure import Effort, Ratio, Row, Table
from tests.bench.painting import Painter, at_the_start
from tui.screens.patient.message import MessageScreen

PACE = 1 / 50
"""Seconds between two keys: far faster than people type, as slow as a key held down repeats."""

TEXT = "Jag har haft ont i ryggen sedan i tisdags, mest nu. "
"""What is typed in one turn."""

ITEMS = 200
PAINT, WORST, WORK = COLUMNS = ("key to paint", "p99", "work a key")
DESCRIPTION = f"""
Keys come {1 / PACE:.0f} a second, whether or not the one before is painted. "key to paint" ends with the
frame that shows the letter, made ready for a terminal; "work a key": how long the program's thread was busy,
frames included. The form has {ITEMS} items and stands on the patient's own screen, which follows what is
typed with conditions, a count and a timer for storing; only the storing itself is left out. Against one Input
of Textual's alone on a screen, in turns in the same process.
"""


class Alone(Screen[None]):
    """Textual's field and nothing else."""

    def compose(self) -> ComposeResult:
        yield Input(select_on_focus=False)


class LongMessage(MessageScreen):
    """A message with a form to answer, which comes from nowhere and is kept nowhere."""

    def __init__(self, form: Form) -> None:
        super().__init__(0)
        self._form_sent = form

    async def _fetch(self) -> None:
        moment = datetime.now(UTC)
        await self._show(
            Letter(
                id=0,
                clinic="Bänkens vårdcentral",
                title=self._form_sent.title,
                form=self._form_sent,
                written={},
                signature="",
                sent_at=moment,
                read_at=moment,
                answered_at=None,
                closed_at=None,
                typed={},
                typed_version=0,
                answers=None,
            )
        )

    async def _store(self) -> None:
        self._keeping.stop()


class Typist:
    """Types into the field with the focus, and notes when each letter is seen."""

    def __init__(self, painter: Painter) -> None:
        self._app: Any = painter.app
        self._painter = painter
        self._seen: list[float] = []

    async def type(self) -> tuple[list[float], float]:
        """Type the text at its pace; returns the seconds of each letter, and of work in all."""
        field = self._app.focused
        assert isinstance(field, Input)
        field.clear()
        await self._painter.rest()
        self._seen.clear()
        with self._watching(field):
            work, start = time.thread_time(), time.perf_counter()
            posted = []
            for turn, letter in enumerate(TEXT):
                await asyncio.sleep(max(0.0, start + turn * PACE - time.perf_counter()))
                posted.append(time.perf_counter())
                self._app.post_message(Key("space" if letter == " " else letter, letter))
            await self._painter.rest()
            work = time.thread_time() - work
        return [seen - at for at, seen in zip(posted, self._seen, strict=True)], work

    @contextmanager
    def _watching(self, field: Any) -> Iterator[None]:
        """Note for every letter the moment of the first frame that it was drawn for."""
        drawn = 0
        render_line, display = field.render_line, self._app._display

        def drawing(y: int) -> object:
            nonlocal drawn
            drawn = len(field.value)
            return render_line(y)

        def displaying(screen: Screen[Any], frame: object) -> None:
            display(screen, frame)
            self._seen.extend([time.perf_counter()] * (drawn - len(self._seen)))

        field.render_line, self._app._display = drawing, displaying
        try:
            yield
        finally:
            field.render_line, self._app._display = render_line, display


def run(effort: Effort) -> Iterator[Table]:
    yield asyncio.run(_measured(effort))


async def _measured(effort: Effort) -> Table:
    first = ShortText(id="first", wording="Vad vill du ha hjälp med?")
    form = mixed(ITEMS - 1)
    form = form.model_copy(update={"items": (first, *form.items)})
    found: dict[str, list[tuple[list[float], float]]] = {"an Input alone": [], f"a form of {ITEMS} items": []}
    async with at_the_start() as painter:
        typist = Typist(painter)
        for turn in range(effort.rounds + 1):
            for what, screen in zip(found, (Alone(), LongMessage(form)), strict=True):
                await painter.app.push_screen(screen)
                await painter.rest()
                typed = await typist.type()
                if turn:  # the first warms up
                    found[what].append(typed)
                await painter.app.pop_screen()
                await painter.rest()
    table = Table("Typing", f"{DESCRIPTION.rstrip()}{FORMS.rstrip()}", COLUMNS)
    table.rows.extend(_row(what, turns) for what, turns in found.items())
    base, long = table.rows
    table.ratios.extend(
        Ratio(f"{long.what} over {base.what}, {column}", (long, column), (base, column), must=1.5, aim=1.1)
        for column in (PAINT, WORST)
    )
    table.ratios.append(Ratio(f"{long.what} over {base.what}, {WORK}", (long, WORK), (base, WORK)))
    return table


def _row(what: str, turns: list[tuple[list[float], float]]) -> Row:
    letters = [seconds for seen, _work in turns for seconds in seen]
    return Row(
        what,
        {
            PAINT: letters,
            WORST: [quantiles(letters, n=100)[-1]],
            WORK: [work / len(TEXT) for _seen, work in turns],
        },
    )

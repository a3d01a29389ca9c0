"""A synthetic list of cases, and an app with a table of it that tests drive and read like its user."""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from data.domain.paging import PAGE
from tui.widgets.paged_table import After, Before, Column, Edge, First, From, Last, Page, PagedTable
from tui.widgets.plain import cell

DEADLINE = 10.0  # seconds; reached only when something is broken


@dataclass(frozen=True)
class Case:
    number: int
    name: str
    read: bool = False


class Register:
    """A sorted list of cases that answers by key like a database, and counts what it was asked."""

    def __init__(self, cases: list[Case]) -> None:
        self.cases = cases
        self.asked: list[Edge[Case]] = []
        self.error: Exception | None = None
        self.gate = asyncio.Event()
        """Answers are held back while this is not set."""
        self.gate.set()
        self.gates: dict[type, asyncio.Event] = {}
        """Gates for one kind of question each."""

    async def fetch(self, edge: Edge[Case]) -> Page[Case]:
        self.asked.append(edge)
        page = self.page(edge)  # as it is at the time of asking
        error = self.error
        await self.gates.get(type(edge), self.gate).wait()
        if error is not None:
            raise error
        return page

    def page(self, edge: Edge[Case]) -> Page[Case]:
        end = len(self.cases)
        match edge:
            case First():
                start, stop = 0, PAGE
            case Last():
                start, stop = end - PAGE, end
            case From(row):
                start = self.place(row)
                stop = start + PAGE
            case After(row):
                start = self.place(row) + (row in self.cases)
                stop = start + PAGE
            case Before(row):
                stop = self.place(row)
                start = stop - PAGE
        rows = tuple(self.cases[max(0, start) : max(0, stop)])
        return Page(rows, at_start=start <= 0, at_end=stop >= end)

    def place(self, row: Case) -> int:
        return bisect_left(self.cases, row.number, key=lambda case: case.number)


def register(count: int, step: int = 1) -> Register:
    return Register([Case(number, f"Patient {number}") for number in range(0, count * step, step)])


class ListApp(App[None]):
    def __init__(self, cases: Register, **options: object) -> None:
        super().__init__()
        self.cases = cases
        self.table: PagedTable[Case] = PagedTable(
            [
                Column("", 1, lambda case: "●" if case.read else ""),
                Column("Nr", 6, lambda case: str(case.number)),
                Column("Namn", 8, lambda case: case.name, flexible=True),
                Column("LS", 2, lambda case: cell("L", "bold") if case.read else cell("")),
            ],
            cases.fetch,
            key=lambda case: case.number,
            empty_text="Inga ärenden än [n]",
            **options,  # type: ignore[arg-type]
        )
        self.highlighted: list[int | None] = []
        self.chosen: list[int] = []
        self.errors: list[Exception] = []
        self.largest = 0
        self.rendered: list[int] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.run_worker(self.table.restart())

    def on_paged_table_highlighted(self, event: PagedTable.Highlighted[Case]) -> None:
        assert event.control is event.table is self.table
        self.highlighted.append(event.row.number if event.row else None)

    def on_paged_table_chosen(self, event: PagedTable.Chosen[Case]) -> None:
        self.chosen.append(event.row.number)

    def on_paged_table_failed(self, event: PagedTable.Failed[Case]) -> None:
        self.errors.append(event.error)

    @property
    def lines(self) -> list[str]:
        return [strip.text for strip in self.screen._compositor.render_strips()]

    @property
    def seen(self) -> list[int]:
        """The case numbers in view, from top to bottom."""
        return [int(line[5:11]) for line in self.lines[1:] if line[5:11].strip()]

    @property
    def at(self) -> int:
        """The case number that the cursor's mark stands at."""
        (line,) = [line for line in self.lines if line.startswith("›")]
        return int(line[5:11])

    @property
    def cursor_line(self) -> int:
        (y,) = [y for y, line in enumerate(self.lines) if line.startswith("›")]
        return y


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, pilot.app.lines  # type: ignore[attr-defined]
        await pilot.pause()


async def started(pilot: Pilot[None]) -> ListApp:
    app = pilot.app
    assert isinstance(app, ListApp)
    await until(pilot, lambda: bool(app.highlighted))
    await settled(pilot)
    return app


async def redrawn(pilot: Pilot[None]) -> list[str]:
    """What the screen shows when every line is drawn anew: it may not depend on what was drawn before."""
    app = pilot.app
    assert isinstance(app, ListApp)
    app.table.refresh()
    await pilot.pause()
    return app.lines


async def settled(pilot: Pilot[None]) -> None:
    """Everything that was asked for has come."""
    app = pilot.app
    assert isinstance(app, ListApp)
    await until(pilot, lambda: all(worker.is_finished for worker in app.workers))
    await pilot.pause()
    app.largest = max(app.largest, len(app.table._window.rows))


async def typed(app: ListApp, key: str) -> None:
    """One key that moves the cursor, and all it leads to. `Pilot.press` waits 40 ms and more for each."""
    before = app.table.highlighted_row
    app.post_message(events.Key(key, None))
    deadline = time.monotonic() + DEADLINE
    while app.table.highlighted_row == before or not all(worker.is_finished for worker in app.workers):
        assert time.monotonic() < deadline, app.lines
        await asyncio.sleep(0)
    app.largest = max(app.largest, len(app.table._window.rows))

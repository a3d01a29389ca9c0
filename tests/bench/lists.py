"""Moving in a list of cases, from key to paint: in short and long lists, against Textual's own table."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import DataTable

from tests.bench import filled
from tests.bench.measure import Effort, Ratio, Row, Table
from tests.bench.painting import COLUMNS, DESCRIPTION, WORK, Cost, Painter, at_the_list, row
from tui.screens.case_list import AssignedScreen

FEW, MANY = 10_000, 1_000_000
BASE_ROWS = 1_000
BLOCKS = 5
"""How often the lists take turns."""

DOWN, BY_A_ROW, BY_A_PAGE = MOVES = ("Down", "scrolling by a row", "scrolling by a page")
LISTS = f"""
Fördelade ärenden of a clinic in files of {FEW:,} and of {MANY:,} cases, with header, trail and hints; and a
bare screen with nothing but Textual's DataTable, {BASE_ROWS:,} rows of the same cells. They take turns in one
process. Down: in the middle of the view. Scrolling by a row: Down at the foot of the view; by a page:
PageDown.
"""
ASKED = {
    # What is asked: a million against ten thousand, then against the DataTable; at most, and aimed at.
    DOWN: ((1.10, 1.0), (0.6, 0.45)),
    BY_A_ROW: ((1.25, 1.1), (0.5, 0.3)),
    BY_A_PAGE: ((1.25, 1.1), (0.5, 0.3)),
}


class Baseline(Screen[None]):
    """Rows of cases in Textual's table and nothing else."""

    def __init__(self, titles: list[str], rows: list[list[str]]) -> None:
        super().__init__()
        self._titles = titles
        self._rows = rows

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns(*self._titles)
        for index in range(BASE_ROWS):
            table.add_row(*self._rows[index % len(self._rows)])
        table.focus()


def run(effort: Effort) -> Iterator[Table]:
    table = Table("Lists, key to paint", f"{DESCRIPTION.rstrip()}{LISTS.rstrip()}", COLUMNS)
    found: dict[str, list[Cost]] = {}
    times = max(9, 2 * effort.rounds // BLOCKS)
    with TemporaryDirectory() as folder:
        paths = {cases: filled.copy(cases, Path(folder) / f"{cases}.db") for cases in (FEW, MANY)}
        for _block in range(BLOCKS):
            for cases, path in paths.items():
                asyncio.run(_block_of(f"{cases:,} cases", path, times, found, against=cases == FEW))
    rows = {what: row(what, costs) for what, costs in found.items()}
    table.rows.extend(rows[what] for what in sorted(rows, key=lambda what: MOVES.index(what.split(",")[0])))
    table.ratios.extend(_ratios(rows))
    yield table


async def _block_of(
    name: str, path: Path, times: int, found: dict[str, list[Cost]], *, against: bool
) -> None:
    """Move about in a list, and in the table of Textual's if it is `against` that."""
    async with at_the_list(path) as painter:
        await _move(name, painter, times, found)
        if against:
            await painter.app.push_screen(_baseline(painter))
            await painter.rest()
            await _move("DataTable", painter, times, found)


def _baseline(painter: Painter) -> Baseline:
    screen = painter.app.screen
    assert isinstance(screen, AssignedScreen)
    columns = screen._columns()
    rows = [[str(column.value(row)) for column in columns] for row in screen.table._window.rows]
    return Baseline([column.title for column in columns], rows)


async def _move(name: str, painter: Painter, times: int, found: dict[str, list[Cost]]) -> None:
    for what, before, key in (
        (DOWN, ["down"], "down"),
        (BY_A_ROW, ["pagedown", *["down"] * painter.app.size.height], "down"),
        (BY_A_PAGE, ["pagedown"], "pagedown"),
    ):
        for one in before:
            await painter.press(one)
        costs = [await painter.press(key) for _time in range(times)]
        found.setdefault(f"{what}, {name}", []).extend(costs)


def _ratios(rows: dict[str, Row]) -> Iterator[Ratio]:
    few, many = f"{FEW:,} cases", f"{MANY:,} cases"
    for what, ((must, aim), (must_of_table, aim_of_table)) in ASKED.items():
        base, long = rows[f"{what}, {few}"], rows[f"{what}, {many}"]
        yield Ratio(f"{what}: {many} over {few}", (long, WORK), (base, WORK), must=must, aim=aim)
        table = rows[f"{what}, DataTable"]
        words = f"{what}: {many} over a DataTable of {BASE_ROWS:,} rows"
        yield Ratio(words, (long, WORK), (table, WORK), must=must_of_table, aim=aim_of_table)

"""Moving in a list of cases: from a key to the paint, in a short and a long list, against Textual's own table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import DataTable

from data.case_rows import CaseRow
from data.domain.paging import PAGE, Edge, Page, Side
from tui.screens.case_list import AssignedScreen

FEW, MANY = 10_000, 1_000_000
BASE_ROWS = 1_000
BLOCKS = 5
"""How often the lists take turns."""

LISTS = f"""
Fördelade ärenden with header, trail and hints, {FEW:,} and {MANY:,} rows, against a bare screen with nothing
but Textual's DataTable of {BASE_ROWS:,} such rows. The lists take turns in one process. Moving: down in the middle
of the view. Scrolling by a row: down at the foot of the view. Scrolling by a page: PageDown.
"""
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class LongList(AssignedScreen):
    """Fördelade ärenden of a clinic with so many cases, which are made as they are read."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count

    async def _read(self, edge: Edge) -> Page[CaseRow]:
        first, end = self._span(edge)
        rows = tuple(case(index) for index in range(max(first, 0), min(end, self._count)))
        return Page[CaseRow](rows=rows, at_start=first <= 0, at_end=end >= self._count)

    def _span(self, edge: Edge) -> tuple[int, int]:
        at = edge.id or 0
        match edge.side:
            case Side.FIRST:
                return 0, PAGE
            case Side.LAST:
                return self._count - PAGE, self._count
            case Side.AFTER:
                return at + 1, at + 1 + PAGE
            case Side.FROM:
                return at, at + PAGE
            case Side.BEFORE:
                return at - PAGE, at


def case(index: int) -> CaseRow:
    sent_at = _EPOCH - timedelta(minutes=index)
    return CaseRow(
        id=index,
        reference=f"R{index}",
        sent_at=sent_at,
        patient_name=f"Åsa Öberg {index % 977}",
        patient_number=f"19{index % 90 + 10}0101-{index % 10_000:04}",
        protected=False,
        template="Inför besöket" if index % 3 else "Provsvar",
        sender="Bo Ek",
        answerable=True,
        read_at=sent_at if index % 2 else None,
        answered_at=sent_at if index % 4 == 1 else None,
        unseen=index % 16 == 1,
        closed_at=None,
    )


class Baseline(Screen[None]):
    """The same rows in Textual's table and nothing else."""

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        screen = LongList(BASE_ROWS)
        columns = screen._columns()
        table.add_columns(*(column.title for column in columns))
        for index in range(BASE_ROWS):
            table.add_row(*(column.value(case(index)) for column in columns))
        table.focus()

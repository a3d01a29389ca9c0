"""What all places that are one list have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from textual import on

from tui.i18n import _
from tui.painting import paint
from tui.screens.base import BaseScreen
from tui.widgets.paged_table import PagedTable
from tui.work import lead

if TYPE_CHECKING:
    from tui.widgets.filter_line import FilterLine

Row = TypeVar("Row")


class ListScreen(BaseScreen[None], Generic[Row]):
    """A list that is read anew when one comes back to it, by F5, and when its filter changes.

    `compose_body` yields a `PagedTable`; a place that offers a filter says in `filter_hint` what it takes.
    Esc takes a filter away before it leaves.
    """

    def on_mount(self) -> None:
        self.table.focus()

    def come(self) -> None:
        """Come, or come back, to fresh rows: something was opened or changed meanwhile.

        A cursor on the first row stays on the first row, so that it is on the case that was just sent.
        """
        lead(self, self._come, "rows")

    async def news(self) -> None:
        await self.refresh_rows()

    @property
    def table(self) -> PagedTable[Row]:
        return cast("PagedTable[Row]", self.query_one(PagedTable))

    @property
    def filtered(self) -> bool:
        """Whether only a part of the list is shown."""
        return any(line.value.strip() for line in self._filter_lines())

    async def filter_line(self) -> FilterLine:
        """The line above the list, hidden or not. It is made when it is first wanted: every list should open
        quickly, and few are narrowed."""
        for line in self._filter_lines():
            return line
        from tui.widgets.filter_line import FilterLine

        line = FilterLine(self.table, placeholder=self.filter_hint())
        await self.query_one("#body").mount(line, before=self.table)
        return line

    def filter_hint(self) -> str:
        """What may be typed to narrow the list, in translated words."""
        return ""

    async def refresh_rows(self, *, stay_first: bool = False) -> None:
        """Read the rows in view again, as `PagedTable.reload` does."""
        await self.table.reload(stay_first=stay_first)

    async def _come(self) -> None:
        await self.refresh_rows(stay_first=True)
        self.desk.show()
        paint(self.table)

    def narrow(self, text: str) -> None:
        """Show only what matches; the table is read anew afterwards."""

    async def act_list_filter(self) -> None:
        (await self.filter_line()).open()

    def act_list_clear(self) -> None:
        for line in self._filter_lines():
            line.action_clear()

    def act_list_refresh(self) -> None:
        lead(self, self._refresh_and_tell, "rows")

    def act_app_back(self) -> None:
        if self.filtered:
            self.act_list_clear()
        else:
            super().act_app_back()

    def on_filter_line_narrowed(self, event: FilterLine.Narrowed) -> None:
        self.narrow(event.text)
        # An Enter that is typed ahead is meant for the rows to come.
        lead(self, self.table.restart, "rows")
        self.refresh_bindings()

    @on(PagedTable.Highlighted)
    def _row_highlighted(self, event: PagedTable.Highlighted[Row]) -> None:
        event.stop()
        # At every step of the cursor: what may be done with a row is seldom another thing than with the last.
        if self.doable() != self.hinted:
            self.refresh_bindings()

    def _filter_lines(self) -> Iterable[FilterLine]:
        # Not `query`, which looks through the whole screen: asked at every step of the cursor.
        return cast("Iterable[FilterLine]", self.query_one("#body").query_children("FilterLine"))

    async def _refresh_and_tell(self) -> None:
        await self.refresh_rows()
        self.tell(_("The list is read again"))

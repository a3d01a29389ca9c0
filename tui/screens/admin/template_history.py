"""Historik: who did what to a template, and when."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult

from data import template_versions
from data.domain.errors import Message
from data.domain.paging import Edge, Page
from data.template_rows import TemplateAct
from data.template_versions import ChangeRow
from tui.i18n import N_, _, say
from tui.screens.dialog import Ask
from tui.screens.list_screen import ListScreen
from tui.widgets.columns import Column
from tui.widgets.keyset import by_moment
from tui.widgets.paged_table import PagedTable
from tui.widgets.when import exact_moment, moment

ACT_WORDS = {
    TemplateAct.CREATED: N_("Made"),
    TemplateAct.COPIED: N_("Made as a copy"),
    TemplateAct.IMPORTED: N_("Imported"),
    TemplateAct.SAVED: N_("Changed"),
    TemplateAct.RESTORED: N_("Took up version {number}"),
    TemplateAct.PUBLISHED: N_("Published as version {number}"),
    TemplateAct.RETIRED: N_("Retired"),
    TemplateAct.BROUGHT_BACK: N_("Brought back, with version {number}"),
}
"""Gettext ids; `number` is the version's."""


class HistoryScreen(ListScreen[ChangeRow]):
    """Newest first. Enter shows all there is of one change."""

    PLACE = "template_history"

    def __init__(self, template_id: int, way: Sequence[str]) -> None:
        """`way` is the translated trail of the screen that this one lies on."""
        super().__init__()
        self._template_id = template_id
        self._way = way

    def compose_body(self) -> ComposeResult:
        zone = self.desk.clinic_zone
        table: PagedTable[ChangeRow] = PagedTable(
            [
                Column(_("Time"), 16, lambda row: moment(row.at, zone)),
                Column(_("Person"), 16, lambda row: row.person),
                Column(_("What"), 30, what_in_short, flexible=True),
            ],
            by_moment(self._read, lambda row: row.at),
            key=lambda row: row.id,
        )
        yield table

    def trail(self) -> Sequence[str]:
        return [*self._way, *super().trail()]

    def why_not(self, act: str) -> Message | None:
        if act == "change.show" and self.table.highlighted_row is None:
            return Message("There is no change in the list")
        return None

    def act_change_show(self) -> None:
        self.table.action_choose()

    @on(PagedTable.Chosen)
    def _chosen(self, event: PagedTable.Chosen[ChangeRow]) -> None:
        row = event.row
        lines = (
            f"{_('Time')}: {exact_moment(row.at, self.desk.clinic_zone)}",
            f"{_('Person')}: {row.person}",
            f"{_('Template')}: {row.name}",
            *map(say, row.summary),
        )
        self.app.push_screen(Ask(act_words(row), "\n".join(lines), [("close", _("Close"))]))

    async def _read(self, edge: Edge) -> Page[ChangeRow]:
        return await self.desk.do(template_versions.history, self._template_id, edge)


def act_words(row: ChangeRow) -> str:
    """What was done, as in Published as version 2."""
    # A template can be retired before any version of it is published.
    return _(ACT_WORDS[row.act]).format(number=row.number or "–")


def what_in_short(row: ChangeRow) -> str:
    """What was done and what came of it, on one line."""
    changes = ", ".join(map(say, row.summary))
    return f"{act_words(row)}: {changes}" if changes else act_words(row)

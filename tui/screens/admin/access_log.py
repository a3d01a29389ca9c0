"""Åtkomstlogg: who did what, when, about which patient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual import on
from textual.app import ComposeResult

from data import access_log
from data.access_log import LogRow, LogWord
from data.domain.paging import Edge, Page
from data.domain.roles import Role
from tui.i18n import _
from tui.screens.admin.details import detail_lines
from tui.screens.admin.events import event_words, events_called
from tui.screens.admin.way import administration
from tui.screens.dialog import Ask
from tui.screens.list_screen import ListScreen
from tui.widgets.columns import Column
from tui.widgets.filter_line import FilterLine
from tui.widgets.header import ROLE_WORDS
from tui.widgets.keyset import by_moment
from tui.widgets.marks import name_with_mark
from tui.widgets.paged_table import PagedTable
from tui.widgets.when import exact_moment

REFUSED = "✗"

_KINDS = {"patient": Role.PATIENT, "operator": Role.OPERATOR, "visitor": Role.VISITOR}
"""What stands for actors that have no name in the log."""


class AccessLogScreen(ListScreen[LogRow]):
    """The clinic's entries, newest first. Enter shows all there is of one."""

    PLACE = "access_log"

    def __init__(self) -> None:
        super().__init__()
        self._words: tuple[LogWord, ...] = ()

    def compose_body(self) -> ComposeResult:
        zone = self.desk.clinic_zone
        table: PagedTable[LogRow] = PagedTable(
            [
                Column(_("Time"), 19, lambda row: exact_moment(row.at, zone)),
                Column(_("Person"), 14, person_words),
                Column(_("What"), 21, what_words, flexible=True),
                Column(_("Patient"), 16, patient_words, flexible=True),
            ],
            by_moment(self._read, lambda row: row.at),
            key=lambda row: row.id,
            empty_text=_("No entry matches"),
        )
        yield FilterLine(table, placeholder=_("Person, patient's name or number, or what was done"))
        yield table

    def trail(self) -> Sequence[str]:
        return administration(self.PLACE)

    def act_log_show(self) -> None:
        self.table.action_choose()

    @on(PagedTable.Chosen)
    def _chosen(self, event: PagedTable.Chosen[LogRow]) -> None:
        self.app.push_screen(
            Ask(event_words(event.row.event), "\n".join(self._lines(event.row)), [("close", _("Close"))])
        )

    def narrow(self, text: str) -> None:
        self._words = tuple(LogWord(text=word, events=events_called(word)) for word in text.split())

    def _lines(self, row: LogRow) -> Iterator[str]:
        """Everything that an entry says, one thing a line."""
        yield f"{_('Time')}: {exact_moment(row.at, self.desk.clinic_zone)}"
        yield f"{_('Person')}: {person_words(row)}"
        yield _("Allowed") if row.allowed else f"{REFUSED} {_('Refused')}"
        if row.patient_number:
            yield f"{_('Patient')}: {patient_words(row)}, {row.patient_number}"
        if row.case_reference:
            yield f"{_('Case')}: {row.case_reference}"
        yield from detail_lines(row)

    async def _read(self, edge: Edge) -> Page[LogRow]:
        return await self.desk.do(access_log.list_entries, self._words, edge)


def what_words(row: LogRow) -> str:
    """What was done, or with a sign what was refused."""
    return event_words(row.event) if row.allowed else f"{REFUSED} {event_words(row.event)}"


def person_words(row: LogRow) -> str:
    """Who acted: the name, or what kind of actor it was."""
    return row.actor or _(ROLE_WORDS[_KINDS[row.actor_kind]] if row.actor_kind in _KINDS else row.actor_kind)


def patient_words(row: LogRow) -> str:
    """The patient whom it was about, with the mark; empty for an act about nobody or several."""
    return name_with_mark(row.patient_name, row.protected)

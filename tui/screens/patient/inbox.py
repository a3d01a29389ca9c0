"""The patient's messages: the unread first, then the newest."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult

from data import inbox
from data.domain.errors import Message
from data.domain.paging import Edge, Page
from data.inbox import LetterRow
from tui.i18n import _
from tui.screens.list_screen import ListScreen
from tui.screens.patient.message import MessageScreen
from tui.widgets.columns import Column
from tui.widgets.keyset import by_moment
from tui.widgets.marks import kind_words
from tui.widgets.paged_table import PagedTable
from tui.widgets.when import moment

UNREAD = "●"
"""A message that the patient has not opened."""


class InboxScreen(ListScreen[LetterRow]):
    """What the clinics have written to the patient. Enter opens a message."""

    PLACE = "inbox"

    guidance = Message(
        "● is a message that you have not read. L: you have read it. S: you have answered it. "
        "(Question) can be answered, (Information) is only for you to read."
    )

    def compose_body(self) -> ComposeResult:
        zone = self.desk.clinic_zone
        yield PagedTable[LetterRow](
            (
                Column("", 1, _mark),
                Column(_("Sent"), 16, lambda row: moment(row.sent_at, zone)),
                Column(_("From"), 10, lambda row: row.clinic, flexible=True),
                Column(_("Message"), 22, lambda row: row.title, flexible=True),
                Column("", 16, _kind),
            ),
            by_moment(self._read, lambda row: row.sent_at, lambda row: row.read_at is None),
            key=lambda row: row.id,
            empty_text=_("There are no messages to you"),
            row_style=lambda row: "" if row.read_at else "bold",
        )

    def act_inbox_open(self) -> None:
        self.table.action_choose()

    @on(PagedTable.Chosen)
    def _row_chosen(self, event: PagedTable.Chosen[LetterRow]) -> None:
        self.app.push_screen(MessageScreen(event.row.id))

    async def _read(self, edge: Edge) -> Page[LetterRow]:
        return await self.desk.do(inbox.list_mine, edge)


def _mark(row: LetterRow) -> str:
    if row.answered_at:
        return "S"
    return "L" if row.read_at else UNREAD


def _kind(row: LetterRow) -> str:
    """(Question) or (Information), and whether it can't be answered any longer or answers wait to be sent."""
    if row.answerable and row.closed_at and not row.answered_at:
        return f"{kind_words(row.answerable)} {_('closed')}"
    return f"{kind_words(row.answerable)} {_('begun')}" if row.begun else kind_words(row.answerable)

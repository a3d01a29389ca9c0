"""Mina ärenden and Fördelade ärenden: two lists of cases that differ in whose they show."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult

from data import cases
from data.case_rows import CaseFilter, CaseRow, CaseState
from data.domain.errors import Message
from data.domain.paging import Edge, Page
from tui.acts import ACTS
from tui.i18n import _, ngettext
from tui.screens.list_screen import ListScreen
from tui.widgets.columns import Column
from tui.widgets.keyset import by_moment
from tui.widgets.marks import CLOSED, name_with_mark, status_letters
from tui.widgets.paged_table import PagedTable
from tui.widgets.plain import Note
from tui.widgets.when import short_moment


class CaseListScreen(ListScreen[CaseRow]):
    """A list of cases, newest first. `/` narrows it by name, number, template, sender or state."""

    WITH_SENDER = False
    guidance = Message(
        "L: the patient has read the case. S: the patient has answered. A: the case is closed. "
        "● is an answer that its sender has not opened. ◆ is a patient with protected identity. "
        "The filter finds parts of names and numbers, and words of messages and answers from their beginning."
    )

    def __init__(self) -> None:
        super().__init__()
        self._wanted = CaseFilter()

    def compose_body(self) -> ComposeResult:
        table: PagedTable[CaseRow] = PagedTable(
            self._columns(),
            by_moment(self._read, lambda row: row.sent_at),
            key=lambda row: row.id,
            empty_text=self._none_yet(),
            row_style=lambda row: "bold" if row.unseen else "",
        )
        yield table

    def filter_hint(self) -> str:
        return _("Name, number, words; or unread, L read, S answered, A closed, open, new")

    def narrow(self, text: str) -> None:
        self._wanted = read_filter(text)
        found = self._wanted != CaseFilter()
        self.table.empty_text = _("No case matches") if found else self._none_yet()

    def why_not(self, act: str) -> Message | None:
        if act == "list.clear" and not self.filtered:
            return Message("The whole list is shown already")
        return None

    def act_case_new(self) -> None:
        from tui.screens.send.fetch_patient import FetchScreen

        self.app.push_screen(FetchScreen())

    def act_list_open(self) -> None:
        self.table.action_choose()

    @on(PagedTable.Chosen)
    def _row_chosen(self, event: PagedTable.Chosen[CaseRow]) -> None:
        from tui.screens.case import CaseScreen

        self.app.push_screen(CaseScreen(event.row.id))

    @abstractmethod
    async def _read(self, edge: Edge) -> Page[CaseRow]:
        """The page at an edge of this list; what makes the two lists differ."""

    def _none_yet(self) -> str:
        return _("No cases here yet: {key} sends the first").format(key=self.desk.key_of(ACTS["case.new"]))

    def _columns(self) -> Sequence[Column[CaseRow]]:
        zone = self.desk.clinic_zone
        columns = [
            Column[CaseRow](_("Sent"), 11, lambda row: short_moment(row.sent_at, zone)),
            Column[CaseRow](
                _("Patient"), 16, lambda row: name_with_mark(row.patient_name, row.protected), flexible=True
            ),
            Column[CaseRow](_("Number"), 13, lambda row: row.patient_number),
            Column[CaseRow](
                _("Template"), 10 if self.WITH_SENDER else 16, lambda row: row.template, flexible=True
            ),
        ]
        if self.WITH_SENDER:
            columns.append(Column(_("Sender"), 8, lambda row: row.sender, flexible=True))
        columns.append(Column(_("Status"), 6, status_letters))
        return columns


class MineScreen(CaseListScreen):
    """The cases that the person has sent."""

    PLACE = "mine"

    async def _read(self, edge: Edge) -> Page[CaseRow]:
        return await self.desk.do(cases.list_mine, self._wanted, edge)


class AssignedScreen(CaseListScreen):
    """All cases of the clinic, whoever sent them. Those of patients with protected identity are left out for
    people who have not sent them and have stated no reason; how many they are is said below the list."""

    PLACE = "assigned"
    WITH_SENDER = True
    guidance = Message(
        "{signs} Cases of patients with protected identity are shown to those who sent them, and to "
        "those who have fetched the patient and said why they need the data.",
        signs=CaseListScreen.guidance,
    )
    DEFAULT_CSS = """
    AssignedScreen #left-out { display: none; margin-top: 1; &.-shown { display: block; } }
    """

    def compose_body(self) -> ComposeResult:
        yield from super().compose_body()
        yield Note("", id="left-out")

    async def refresh_rows(self, *, stay_first: bool = False) -> None:
        await super().refresh_rows(stay_first=stay_first)
        with self.telling():
            count = await self.desk.do(cases.count_left_out)
            text = ngettext(
                "{n} case with protected identity is not shown: fetch the patient and state why",
                "{n} cases with protected identity are not shown: fetch the patient and state why",
                count,
            )
            for note in self.query("#left-out").results(Note):  # none when the screen was left meanwhile
                note.update(text.format(n=count))
                note.set_class(count > 0, "-shown")

    async def _read(self, edge: Edge) -> Page[CaseRow]:
        return await self.desk.do(cases.list_assigned, self._wanted, edge)


def read_filter(text: str) -> CaseFilter:
    """What was typed in the filter line, with the words for states told apart from words to search for."""
    states = {
        "L": CaseState.READ,
        "S": CaseState.ANSWERED,
        CLOSED: CaseState.CLOSED,
        _("unread").casefold(): CaseState.SENT,
        _("read").casefold(): CaseState.READ,
        _("answered").casefold(): CaseState.ANSWERED,
        _("new").casefold(): CaseState.UNSEEN,
        _("open").casefold(): CaseState.OPEN,
        _("closed").casefold(): CaseState.CLOSED,
    }
    words, state = [], None
    for word in text.split():
        # A lone letter is a state only when it is a capital: people start names with small ones.
        found = states.get(word) or states.get(word.casefold())
        if found is not None and state is None and (len(word) > 1 or word.isupper()):
            state = found
        else:
            words.append(word)
    return CaseFilter(words=tuple(words), state=state)

"""Personal: everybody with a role at the clinic."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult

from data import clinics, staff
from data.domain.errors import Message
from data.domain.roles import STAFF_ROLES
from data.domain.session import IDLE_LEAST, IDLE_MOST
from data.staff import Person
from tui.i18n import _
from tui.screens.admin.person import PersonScreen
from tui.screens.admin.way import administration
from tui.screens.dialog import AskText
from tui.screens.list_screen import ListScreen
from tui.widgets.columns import Column
from tui.widgets.header import ROLE_WORDS
from tui.widgets.paged_table import PagedTable
from tui.widgets.whole import WholeList
from tui.work import begin


class StaffListScreen(ListScreen[Person]):
    """Accounts at the clinic, closed ones too."""

    PLACE = "staff"

    def __init__(self) -> None:
        super().__init__()
        self._list = WholeList(self._read, key=lambda person: person.id)

    def compose_body(self) -> ComposeResult:
        table: PagedTable[Person] = PagedTable(
            [
                Column(_("Name"), 16, lambda person: person.name, flexible=True),
                Column(_("User name"), 12, lambda person: person.username),
                Column(_("Roles"), 24, role_words, flexible=True),
                Column(_("Account"), 8, lambda person: _("Closed") if person.disabled else ""),
            ],
            self._list,
            key=lambda person: person.id,
        )
        yield table

    def trail(self) -> Sequence[str]:
        return administration(self.PLACE)

    def why_not(self, act: str) -> Message | None:
        if act == "staff.edit" and self.table.highlighted_row is None:
            return Message("There is nobody in the list")
        return None

    def act_staff_new(self) -> None:
        self.app.push_screen(PersonScreen(), self._told)

    def act_staff_edit(self) -> None:
        if person := self.table.highlighted_row:
            self.app.push_screen(PersonScreen(person), self._told)

    def act_clinic_idle(self) -> None:
        begin(self, self._choose_idle, "idle")

    @on(PagedTable.Chosen)
    async def _chosen(self) -> None:
        await self.action_act("staff.edit")

    async def _choose_idle(self) -> None:
        with self.telling():
            idle = await self.desk.do(clinics.idle)
            title = _("Lock after how many minutes without a key?")
            note = _("It holds for those who sign in from now on.")
            asked = AskText(title, note, _("Minutes"), str(idle.minutes), check=_minutes_fault)
            typed = await self.app.push_screen_wait(asked)
            if typed is not None:
                await self.desk.do(clinics.set_idle, idle.model_copy(update={"minutes": int(typed)}))
                self.tell(_("Terminals lock after {minutes} minutes").format(minutes=typed))

    def _told(self, person: Person | None) -> None:
        if person is not None:
            self.tell(_("{name} is saved").format(name=person.name))

    async def _read(self) -> Sequence[Person]:
        return await self.desk.do(staff.list_staff)

    async def refresh_rows(self, *, stay_first: bool = False) -> None:
        self._list.stale()
        await super().refresh_rows(stay_first=stay_first)


def _minutes_fault(typed: str) -> Message | None:
    if typed.isascii() and typed.isdecimal() and IDLE_LEAST <= int(typed[:4]) <= IDLE_MOST:
        return None
    return Message("Write {least} to {most} minutes", least=IDLE_LEAST, most=IDLE_MOST)


def role_words(person: Person) -> str:
    """A person's roles in words, always in the same order."""
    return ", ".join(_(ROLE_WORDS[role]) for role in STAFF_ROLES if role in person.roles)

"""Personal: everybody with a role at the clinic."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult

from data import staff
from data.domain.errors import Message
from data.domain.roles import STAFF_ROLES
from data.staff import Person
from tui.i18n import _
from tui.screens.admin.person import PersonScreen
from tui.screens.admin.way import administration
from tui.screens.list_screen import ListScreen
from tui.widgets.columns import Column
from tui.widgets.header import ROLE_WORDS
from tui.widgets.paged_table import PagedTable
from tui.widgets.whole import WholeList


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

    @on(PagedTable.Chosen)
    async def _chosen(self) -> None:
        await self.action_act("staff.edit")

    def _told(self, person: Person | None) -> None:
        if person is not None:
            self.tell(_("{name} is saved").format(name=person.name))

    async def _read(self) -> Sequence[Person]:
        return await self.desk.do(staff.list_staff)

    async def refresh_rows(self, *, stay_first: bool = False) -> None:
        self._list.stale()
        await super().refresh_rows(stay_first=stay_first)


def role_words(person: Person) -> str:
    """A person's roles in words, always in the same order."""
    return ", ".join(_(ROLE_WORDS[role]) for role in STAFF_ROLES if role in person.roles)

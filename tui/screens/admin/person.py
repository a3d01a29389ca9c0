"""One member of staff: name, title, password, roles, and whether the account is closed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from textual.app import ComposeResult

from data import staff
from data.domain.errors import Invalid, Message, OmvantError, Problem
from data.domain.roles import STAFF_ROLES, Role
from data.staff import NewPerson, Person
from tui.i18n import _, say
from tui.screens.admin.way import administration
from tui.screens.base import BaseScreen
from tui.screens.dialog import ask_unsaved
from tui.screens.password import password_note
from tui.widgets.field_column import FieldColumn
from tui.widgets.fields import LineField, OptionsField, TickField
from tui.widgets.header import ROLE_WORDS
from tui.widgets.labelled import Labelled
from tui.widgets.plain import Text
from tui.work import lead


class PersonScreen(BaseScreen[Person | None]):
    """A new account, or `person` as it was read. Dismissed with the person as saved, or None."""

    PLACE = "person"

    def __init__(self, person: Person | None = None) -> None:
        super().__init__()
        self._person = person
        self._saving = asyncio.Lock()
        roles = [(str(role), _(ROLE_WORDS[role])) for role in STAFF_ROLES]
        held = frozenset(map(str, person.roles if person else ()))
        self._username = LineField()
        self._full_name = LineField(person.name if person else "")
        self._job = LineField(person.title if person else "")
        self._password = LineField(password=True)
        self._roles = OptionsField(roles, several=True, chosen=held)
        self._shut = TickField(_("Closed: the person can't sign in"), bool(person and person.disabled))
        self._column = FieldColumn()
        self._before = self._typed()

    def compose_body(self) -> ComposeResult:
        with self._column:
            if self._person:  # a user name stays for ever, since the access log knows people by it
                yield Labelled(_("User name"), Text(self._person.username))
            else:
                note = _("Typed at sign-in; without spaces")
                yield Labelled(_("User name"), self._username, note=note, id="username")
            yield Labelled(_("Name"), self._full_name, id="name")
            note = _("Stands in the signature, for instance: nurse")
            yield Labelled(_("Title"), self._job, note=note, id="title")
            yield Labelled(_("Roles"), self._roles, note=_("Space or the number ticks"), id="roles")
            yield Labelled(_("Password"), self._password, note=self._password_note(), id="password")
            if self._person:  # a new account is open
                yield Labelled(_("Account"), self._shut, id="disabled")

    def on_mount(self) -> None:
        self._column.focus_first()

    def trail(self) -> Sequence[str]:
        return [*administration("staff"), self._person.name if self._person else _("New person")]

    def unsaved(self) -> Message | None:
        """What would be lost if the program ended now."""
        if self._typed() == self._before:
            return None
        if self._person is None:
            return Message("The new person is not saved")
        return Message("The changes to {name} are not saved", name=self._person.name)

    def act_form_save(self) -> None:
        # A second Ctrl+S must not stop the saving that the first one began.
        if not self._saving.locked():
            lead(self, self._save, "store")

    def act_app_back(self) -> None:
        lead(self, self._leave, "leave")

    async def _leave(self) -> None:
        unsaved = self.unsaved()
        if unsaved is None:
            self.dismiss(None)
            return
        choice = await self.app.push_screen_wait(ask_unsaved(unsaved))
        if choice == "discard":
            self.dismiss(None)
        elif choice == "save":
            await self._save()

    async def _save(self) -> None:
        async with self._saving:
            if not self.is_current:
                return  # a second Ctrl+S, after the first one has saved and gone
            try:
                saved = await self._store()
            except Invalid as error:
                self._show_problems(error.problems)
            except OmvantError as error:
                self.tell(say(error.message))
            else:
                self.dismiss(saved)

    async def _store(self) -> Person:
        roles = frozenset(Role(value) for value in self._roles.chosen)
        if self._person is None:
            new = NewPerson(
                username=self._username.value,
                password=self._password.value,
                name=self._full_name.value,
                title=self._job.value,
                roles=roles,
            )
            return await self.desk.do(staff.add, new)
        changed = self._person.model_copy(
            update={
                "name": self._full_name.value,
                "title": self._job.value,
                "roles": roles,
                "disabled": bool(self._shut.chosen),
            }
        )
        return await self.desk.do(staff.change, changed, password=self._password.value)

    def _show_problems(self, problems: Iterable[Problem]) -> None:
        """Put each problem beside its field; one that has no field is told."""
        for problem in self._column.show_problems(problems):
            self.tell(say(problem.message))

    def _typed(self) -> tuple[object, ...]:
        texts = (self._username, self._full_name, self._job, self._password)
        return (*(field.value for field in texts), self._roles.chosen, self._shut.chosen)

    def _password_note(self) -> str:
        once = _("It is for one sign-in: then the person chooses one.") + " " + password_note()
        return once if self._person is None else _("Leave empty to keep the password.") + " " + once

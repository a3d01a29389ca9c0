"""The first start: a clinic and its first administrator."""

from __future__ import annotations

from textual.app import ComposeResult

from data import clinics
from data.domain.errors import Invalid, Message, OmvantError, Problem
from data.domain.roles import Role, StaffActor
from data.staff import NewPerson
from tui.i18n import _, say
from tui.screens.base import BaseScreen
from tui.screens.password import password_note
from tui.widgets.field_column import FieldColumn
from tui.widgets.fields import LineField, TickField
from tui.widgets.labelled import Labelled
from tui.widgets.plain import Heading, Note
from tui.work import lead


class WelcomeScreen(BaseScreen[StaffActor]):
    """Dismissed with the first administrator, who is thereby signed in."""

    PLACE = "welcome"
    DEFAULT_CSS = """
    WelcomeScreen {
        & FieldColumn { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
        & Heading { margin-bottom: 1; }
        & Note { margin-bottom: 1; }
        & Labelled {
            max-width: 72;
            margin-bottom: 0;
            & > Text { width: 26; }
            & Note { margin-bottom: 0; }
        }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._busy = False
        self._column = FieldColumn()

    def compose_body(self) -> ComposeResult:
        with self._column:
            yield Heading(_("Welcome to Omvänt"))
            yield Note(_("Name your clinic and the first person, who can then add the others."))
            yield Labelled(_("The clinic's name"), LineField(), id="clinic")
            yield Labelled(_("Your name"), LineField(), id="name")
            yield Labelled(
                _("Title"),
                LineField(),
                guidance=Message("Your title stands in your signature, say nurse. It may be left empty."),
                id="title",
            )
            yield Labelled(_("User name"), LineField(), id="username")
            yield Labelled(
                _("Password"),
                LineField(password=True),
                note=password_note(),
                id="password",
            )
            yield Labelled(_("The password once more"), LineField(password=True), id="again")
            sends = TickField(_("I send cases to patients too: care provider"))
            yield Labelled(_("Roles"), sends, id="roles")
            yield Note(_("You become the administrator: you build templates and add staff."))

    def on_mount(self) -> None:
        self._column.focus_first()

    def why_not(self, act: str) -> Message | None:
        return Message("The clinic is being made") if act == "form.save" and self._busy else None

    def forget(self) -> None:
        for line in self.query(LineField):
            if line.password:
                line.value = ""

    def act_form_save(self) -> None:
        self._busy = True
        lead(self, self._found, "found")

    async def _found(self) -> None:
        try:
            typed = self._column.typed
            if typed("password") != typed("again"):
                mismatch = Message("The two passwords differ: write the same one twice")
                self._column.show_problems([Problem("again", mismatch)])
                return
            founder = await self.desk.do(clinics.found, typed("clinic"), self._first_person())
        except Invalid as error:
            self._column.show_problems(error.problems)
        except OmvantError as error:
            self.tell(say(error.message))
        else:
            self.dismiss(founder)
        finally:
            self._busy = False

    def _first_person(self) -> NewPerson:
        sends, typed = self.query_one(TickField).typed, self._column.typed
        return NewPerson(
            username=typed("username"),
            password=typed("password"),
            name=typed("name"),
            title=typed("title"),
            roles=frozenset({Role.ADMINISTRATOR, *([Role.CARE_PROVIDER] if sends else [])}),
        )

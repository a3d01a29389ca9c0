"""The first start: a clinic and its first administrator."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from data import clinics
from data.domain.errors import Invalid, Message, OmvantError, Problem
from data.domain.roles import Role, StaffActor
from data.staff import NewPerson
from tui.i18n import _, say
from tui.screens.base import BaseScreen
from tui.screens.password import password_note
from tui.widgets.fields import FieldChanged, FieldLeft, FieldRefused, LineField, TickField
from tui.widgets.labelled import Labelled
from tui.widgets.plain import Heading, Note
from tui.work import lead


class WelcomeScreen(BaseScreen[StaffActor]):
    """Dismissed with the first administrator, who is thereby signed in."""

    PLACE = "welcome"
    DEFAULT_CSS = """
    WelcomeScreen {
        & #fields { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
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

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="fields", can_focus=False):
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
        self._fields[0].control.focus()

    def why_not(self, act: str) -> Message | None:
        return Message("The clinic is being made") if act == "form.save" and self._busy else None

    def forget(self) -> None:
        for field in self._fields:
            if isinstance(field.control, LineField) and field.control.password:
                field.control.value = ""

    def act_form_save(self) -> None:
        self._busy = True
        lead(self, self._found, "found")

    @on(FieldLeft)
    def _field_left(self, event: FieldLeft) -> None:
        """Enter and the arrows go between the fields, and stop at the last."""
        event.stop()
        controls = [field.control for field in self._fields]
        there = controls.index(event.field) + event.step
        if 0 <= there < len(controls):
            controls[there].focus()

    @on(FieldChanged)
    def _field_changed(self, event: FieldChanged) -> None:
        self._field_of(event.field).error = None

    @on(FieldRefused)
    def _field_refused(self, event: FieldRefused) -> None:
        self._field_of(event.field).error = event.reason

    async def _found(self) -> None:
        try:
            if self._typed("password") != self._typed("again"):
                mismatch = Message("The two passwords differ: write the same one twice")
                self._show_problems([Problem("again", mismatch)])
                return
            founder = await self.desk.do(clinics.found, self._typed("clinic"), self._first_person())
        except Invalid as error:
            self._show_problems(error.problems)
        except OmvantError as error:
            self.tell(say(error.message))
        else:
            self.dismiss(founder)
        finally:
            self._busy = False

    def _first_person(self) -> NewPerson:
        sends = self.query_one(TickField).typed
        return NewPerson(
            username=self._typed("username"),
            password=self._typed("password"),
            name=self._typed("name"),
            title=self._typed("title"),
            roles=frozenset({Role.ADMINISTRATOR, *([Role.CARE_PROVIDER] if sends else [])}),
        )

    def _show_problems(self, problems: Iterable[Problem]) -> None:
        """Put each beside its field, and go to the first field that has one."""
        found = {problem.field: problem.message for problem in reversed(list(problems))}
        for field in self._fields:
            field.error = found.get(field.id or "")
        first = next((field for field in self._fields if field.error), None)
        if first is not None:
            first.control.focus()

    @property
    def _fields(self) -> list[Labelled]:
        return list(self.query(Labelled))

    def _field_of(self, control: object) -> Labelled:
        return next(field for field in self._fields if field.control is control)

    def _typed(self, field: str) -> str:
        control = self.query_one(f"#{field}", Labelled).control
        return control.typed if isinstance(control, LineField) else ""

"""Sign in: staff with name and password, patients with number and code."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from data.domain.errors import Invalid
from tui.i18n import _, say
from tui.screens.base import BaseScreen
from tui.widgets.field_messages import FieldChanged, FieldLeft
from tui.widgets.line_field import LineField
from tui.widgets.plain import ErrorText, Note, Text
from tui.work import lead

if TYPE_CHECKING:
    from textual.widgets import OptionList

    from data.domain.identity import PersonalIdentityNumber


class SignInScreen(BaseScreen[None]):
    """Who are you? In the demo, everyone can be chosen by a digit."""

    PLACE = "sign_in"
    DEFAULT_CSS = """
    SignInScreen #card { width: 64; height: auto; margin: 1 0 0 2; }
    SignInScreen #people { height: auto; margin-bottom: 1; }
    SignInScreen #patient { display: none; }
    SignInScreen.-patient #patient { display: block; }
    SignInScreen.-patient #staff { display: none; }
    SignInScreen #staff, SignInScreen #patient { height: auto; }
    SignInScreen LineField, SignInScreen #farewell { margin-bottom: 1; }
    """

    def compose_body(self) -> ComposeResult:
        with Vertical(id="card"):
            yield Text("", id="farewell")
            if self.desk.demo:
                yield from self._people()
            with Vertical(id="staff"):
                yield Text(_("User name"))
                yield LineField(id="username")
                yield Text(_("Password"))
                yield LineField(password=True, id="password")
            with Vertical(id="patient"):
                yield Text(_("Personal identity number"))
                yield LineField(id="number")
                yield Text(_("Sign-in code from the clinic"))
                yield LineField(id="code")
                yield Note("", id="code-note")
            yield ErrorText("", id="error")

    def come(self) -> None:
        """Forget the last person, whoever comes next, and say why the program made them leave."""
        super().come()
        self.forget()
        farewell, self.desk.farewell = self.desk.farewell, None
        said = self.query_one("#farewell", Text)
        said.update(say(farewell) if farewell else "")
        said.display = farewell is not None

    def forget(self) -> None:
        for field in self.query(LineField):
            field.value = ""
        self.query_one("#code-note", Note).update("")
        self.remove_class("-patient")
        self._say_error("")
        self.query_one("#people" if self.desk.demo else "#username").focus()

    def act_sign_in_switch(self) -> None:
        self.toggle_class("-patient")
        self._say_error("")
        self.query_one("#number" if self.has_class("-patient") else "#username").focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Sign in the one who was chosen; only the demo has such a list."""
        from data import demo

        event.stop()
        if event.option.id == demo.PATIENT:
            lead(self, self._show_patient_code, "default")
        else:
            self.remove_class("-patient")
            self._submit_staff(str(event.option.id), demo.PASSWORD)

    @on(FieldLeft)
    def _field_left(self, event: FieldLeft) -> None:
        """Enter in the last field signs in; elsewhere it goes on."""
        event.stop()
        focused = self.focused.id if self.focused else None
        if event.step < 0:
            self.focus_previous(LineField)
        elif focused == "password":
            self._submit_staff(self._value("username"), self._value("password"))
        elif focused == "code":
            self._submit_patient()
        else:
            self.focus_next(LineField)

    @on(FieldChanged)
    def _typed(self) -> None:
        self._say_error("")

    def _people(self) -> ComposeResult:
        from textual.widgets.option_list import Option

        from data import demo
        from tui.widgets.menu import DigitMenu
        from tui.widgets.plain import Heading, content

        yield Heading(_("This is a demo: nobody here is real"))
        yield Note(
            _("Choose with a digit. The password is {password} for all.").format(password=demo.PASSWORD)
        )
        people = [
            Option(content(f"{person.name} – {say(person.role)}"), id=person.username)
            for person in demo.PEOPLE
        ]
        patient = Option(content(f"Tolvan Tolvansson – {_('patient')}"), id=demo.PATIENT)
        yield DigitMenu(*people, patient, id="people")

    def _submit_staff(self, username: str, password: str) -> None:
        lead(self, partial(self._sign_in_staff, username, password), "default")

    async def _sign_in_staff(self, username: str, password: str) -> None:
        from data import staff
        from tui.by_key import at_a_clinic

        with self.telling():
            signed_in = await self.desk.do(staff.sign_in, username, password)
            if signed_in.refused:
                self._empty("password")
                self._say_error(_("The user name or the password is wrong"))
                return
            actor = await at_a_clinic(self.desk, signed_in.actors)
            if actor is not None:
                await self.desk.enter(actor)

    def _submit_patient(self) -> None:
        from data.domain.identity import PersonalIdentityNumber
        from tui.widgets.when import local_date

        try:
            number = PersonalIdentityNumber.parse(
                self._value("number"), today=local_date(self.desk.clinic_zone)
            )
        except Invalid as error:
            self._say_error(say(error.message))
            self.query_one("#number").focus()
            return
        lead(self, partial(self._sign_in_patient, number, self._value("code")), "default")

    async def _sign_in_patient(self, number: PersonalIdentityNumber, code: str) -> None:
        from data import inbox

        with self.telling():
            patient = await self.desk.do(inbox.sign_in, number, code)
            if patient is None:
                self._empty("code")
                self._say_error(
                    _("The number or the code is wrong, or the code is too old: ask the clinic for a new one")
                )
                return
            await self.desk.enter(patient)

    async def _show_patient_code(self) -> None:
        from data import demo

        with self.telling():
            number, code = await self.desk.session.run(demo.patient_code)
            self.add_class("-patient")
            self.query_one("#number", LineField).value = str(number)
            self.query_one("#code", LineField).value = code
            self.query_one("#code-note", Note).update(
                _("The demo's clinic has issued the code {code}: press Enter").format(code=code)
            )
            # After the values' own change messages, which clear the error line.
            self.call_after_refresh(partial(self.query_one("#code", LineField).focus))

    def _empty(self, field: str) -> None:
        """Take out what was wrong; no change that the person made, so the error stays."""
        with self.prevent(Input.Changed):
            self.query_one(f"#{field}", LineField).value = ""

    def _value(self, field: str) -> str:
        return self.query_one(f"#{field}", LineField).value

    def _say_error(self, text: str) -> None:
        self.query_one("#error", ErrorText).update(text)

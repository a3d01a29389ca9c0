"""Another password for oneself: because one wants to, or because somebody else chose the present one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from data import staff
from data.domain.errors import Invalid, Message, OmvantError, Problem
from data.domain.password_rules import LEAST, RECOMMENDED
from data.domain.roles import StaffActor
from tui.i18n import N_, _, say
from tui.screens.base import BaseScreen
from tui.widgets.fields import FieldChanged, FieldLeft, FieldRefused, LineField
from tui.widgets.labelled import Labelled
from tui.widgets.plain import Heading, Note
from tui.work import lead


def password_note() -> str:
    """What a new password must be like, in words."""
    return _("At least {least} characters; better {good}: a few words that don't belong together.").format(
        least=LEAST, good=RECOMMENDED
    )


class NewPasswordScreen(BaseScreen[StaffActor]):
    """Dismissed with the person to go on as, since the old session ends by it; or with nothing, by Esc."""

    REASON: ClassVar[str]
    """Why one is here, or what comes of it: a gettext id."""

    DEFAULT_CSS = """
    NewPasswordScreen {
        & #fields { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
        & Heading { margin-bottom: 1; }
        & Labelled { max-width: 78; & > Text { width: 28; } }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._busy = False

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="fields", can_focus=False):
            yield Heading(_("Choose another password"))
            yield Note(_(self.REASON))
            yield Labelled(_("The present password"), LineField(password=True), id="current")
            yield Labelled(
                _("The new password"), LineField(password=True), note=password_note(), id="password"
            )
            yield Labelled(_("The new password again"), LineField(password=True), id="again")

    def on_mount(self) -> None:
        self._fields[0].control.focus()

    def why_not(self, act: str) -> Message | None:
        return Message("The password is being stored") if act == "form.save" and self._busy else None

    def act_form_save(self) -> None:
        self._busy = True
        lead(self, self._change, "password")

    @on(FieldLeft)
    def _field_left(self, event: FieldLeft) -> None:
        """Enter and the arrows go between the fields; Enter in the last one stores."""
        event.stop()
        controls = [field.control for field in self._fields]
        there = controls.index(event.field) + event.step
        if 0 <= there < len(controls):
            controls[there].focus()
        elif event.step > 0 and not self._busy:
            self.act_form_save()

    @on(FieldChanged)
    def _field_changed(self, event: FieldChanged) -> None:
        self._field_of(event.field).error = None

    @on(FieldRefused)
    def _field_refused(self, event: FieldRefused) -> None:
        self._field_of(event.field).error = event.reason

    async def _change(self) -> None:
        try:
            if self._typed("password") != self._typed("again"):
                mismatch = Message("The two passwords differ: write the same one twice")
                self._show_problems([Problem("again", mismatch)])
                return
            changed = await self.desk.do(
                staff.change_password, self._typed("current"), self._typed("password")
            )
            if changed is None:
                wrong = Message("That is not the password that you have now: try again")
                self._show_problems([Problem("current", wrong)])
                return
            # At once: what is asked of the data from here on must not be asked in the session that ended.
            self.desk.actor = changed
            self.dismiss(changed)
        except Invalid as error:
            self._show_problems(error.problems)
        except OmvantError as error:
            self.tell(say(error.message))
        finally:
            self._busy = False

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


class PasswordScreen(NewPasswordScreen):
    """For who wants another password."""

    PLACE = "password"
    REASON = N_("You are signed out at all other terminals.")


class PasswordDueScreen(NewPasswordScreen):
    """Before anything else, for whose password somebody else chose; it leads on, or out."""

    PLACE = "password_due"
    REASON = N_("Somebody else chose your password. Choose one that only you know, then you can begin.")

"""Another password for oneself: because one wants to, or because somebody else chose the present one."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from data import staff
from data.domain.errors import Invalid, Message, OmvantError, Problem
from data.domain.password_rules import LEAST, RECOMMENDED
from data.domain.roles import StaffActor
from tui.i18n import N_, _, say
from tui.screens.base import BaseScreen
from tui.widgets.field_column import FieldColumn
from tui.widgets.fields import FieldLeft, LineField
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
        & FieldColumn { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
        & Heading { margin-bottom: 1; }
        & Labelled { max-width: 78; & > Text { width: 28; } }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._busy = False
        self._column = FieldColumn()

    def compose_body(self) -> ComposeResult:
        with self._column:
            yield Heading(_("Choose another password"))
            yield Note(_(self.REASON))
            yield Labelled(_("The present password"), LineField(password=True), id="current")
            yield Labelled(
                _("The new password"), LineField(password=True), note=password_note(), id="password"
            )
            yield Labelled(_("The new password again"), LineField(password=True), id="again")

    def on_mount(self) -> None:
        self._column.focus_first()

    def why_not(self, act: str) -> Message | None:
        return Message("The password is being stored") if act == "form.save" and self._busy else None

    def act_form_save(self) -> None:
        self._busy = True
        lead(self, self._change, "password")

    @on(FieldLeft)
    def _past_the_end(self, event: FieldLeft) -> None:
        """Enter in the last field stores."""
        if event.step > 0 and not self._busy:
            self.act_form_save()

    async def _change(self) -> None:
        try:
            typed = self._column.typed
            if typed("password") != typed("again"):
                mismatch = Message("The two passwords differ: write the same one twice")
                self._column.show_problems([Problem("again", mismatch)])
                return
            changed = await self.desk.do(staff.change_password, typed("current"), typed("password"))
            if changed is None:
                wrong = Message("That is not the password that you have now: try again")
                self._column.show_problems([Problem("current", wrong)])
                return
            # At once: what is asked of the data from here on must not be asked in the session that ended.
            self.desk.actor = changed
            self.dismiss(changed)
        except Invalid as error:
            self._column.show_problems(error.problems)
        except OmvantError as error:
            self.tell(say(error.message))
        finally:
            self._busy = False


class PasswordScreen(NewPasswordScreen):
    """For who wants another password."""

    PLACE = "password"
    REASON = N_("You are signed out at all other terminals.")


class PasswordDueScreen(NewPasswordScreen):
    """Before anything else, for whose password somebody else chose; it leads on, or out."""

    PLACE = "password_due"
    REASON = N_("Somebody else chose your password. Choose one that only you know, then you can begin.")

"""The locked terminal: nothing of the work below is seen or reached until the same person is back."""

from __future__ import annotations

from functools import partial
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen

from data import staff
from data.domain.errors import Message, OmvantError
from data.domain.roles import StaffActor
from tui.i18n import _
from tui.screens.base import BaseScreen
from tui.screens.dialog import Ask
from tui.screens.help import HelpScreen
from tui.widgets.fields import FieldChanged, FieldLeft, LineField
from tui.widgets.header import Header, Trail
from tui.widgets.hints import Hints
from tui.widgets.labelled import Labelled
from tui.widgets.plain import Heading, PlainButton, Text, content
from tui.work import lead


class BareHeader(Header):
    """The first line without clinic, person or news."""

    def render(self) -> Content:
        return content("Omvänt")


class LockScreen(BaseScreen[None]):
    """Lies on top until the person who locked the terminal types their password, or signs out.

    Dismissed when the password is right. Esc and the keys to other places do nothing here, since
    `tui.bindings` gives the place none of them.
    """

    PLACE = "lock"
    DEFAULT_CSS = """
    LockScreen {
        & #card { width: 64; height: auto; margin: 1 0 0 2; }
        & Heading { margin-bottom: 1; }
        & Labelled { margin: 1 0; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._busy = False
        self._signing_out = False
        self._replaced = False

    def compose(self) -> ComposeResult:
        yield BareHeader()
        yield Trail()
        with Vertical(id="body"):
            yield from self.compose_body()
        yield Hints()

    def compose_body(self) -> ComposeResult:
        actor = self.desk.actor
        name = actor.name if isinstance(actor, StaffActor) else ""
        yield Heading(_("The terminal is locked"))
        yield Text(_("{name} has locked it and can go on where the work was left.").format(name=name))
        yield Labelled(
            _("Password"),
            LineField(password=True, id="password"),
            guidance=Message("Type your own password and press Enter. Tab goes to signing out."),
        )
        yield PlainButton(_("Sign out"), id="sign-out")

    def on_mount(self) -> None:
        self._password.focus()
        # At once, before the next key goes to it or it is drawn.
        self.app.screen_change_signal.subscribe(self, self._cover_what_came, immediate=True)
        self._cover_what_came(self.app.screen)

    def _cover_what_came(self, above: Screen[Any]) -> None:
        """Cover what was put on top meanwhile, such as the end of a sending that was begun before; on the
        help of this screen too. Its own help and the questions before signing out are not covered."""
        own = above is self or isinstance(above, HelpScreen) or (self._signing_out and isinstance(above, Ask))
        if not (own or self._replaced) and self in self.app.screen_stack:
            self._replaced = True
            self.app.push_screen(LockScreen())

    def come(self) -> None:
        """Give way when the lock that replaced this one is opened and what lay between is closed."""
        super().come()
        self._signing_out = False
        if self._replaced:
            self.dismiss()

    def forget(self) -> None:
        self._password.value = ""

    def act_app_sign_out(self) -> None:
        self._signing_out = True
        super().act_app_sign_out()

    def act_app_quit(self) -> None:
        self._signing_out = True
        super().act_app_quit()

    @on(FieldLeft)
    def _field_left(self, event: FieldLeft) -> None:
        """Enter unlocks; there is no other field to go to."""
        event.stop()
        if event.step > 0 and not self._busy:
            self._busy = True
            lead(self, partial(self._unlock, self._password.typed), "unlock")

    @on(FieldChanged)
    def _typed(self) -> None:
        # Not when a wrong password was taken out of the field: that is when the error comes.
        if self._password.typed:
            self._say_error(None)

    @on(PlainButton.Pressed, "#sign-out")
    def _sign_out_pressed(self) -> None:
        self.act_app_sign_out()

    async def _unlock(self, password: str) -> None:
        try:
            if await self.desk.do(staff.unlock, password):
                self.dismiss()
            else:
                self._password.value = ""
                self._say_error(Message("That is not the password: try again"))
        except OmvantError as error:
            self._say_error(error.message)
        finally:
            self._busy = False

    @property
    def _password(self) -> LineField:
        return self.query_one("#password", LineField)

    def _say_error(self, message: Message | None) -> None:
        self.query_one(Labelled).error = message

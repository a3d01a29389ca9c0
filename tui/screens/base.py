"""What all screens have in common: their frame, and the one way in which an act is performed."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.containers import Vertical
from textual.dom import DOMNode

from data.domain.errors import Message, OmvantError
from data.domain.roles import Actor, Role
from tui.acts import Act
from tui.bindings import PLACES, acts_of, bindings_of
from tui.i18n import _, say
from tui.keys import character_of, key_name
from tui.painting import PaintedScreen
from tui.widgets.header import Header, Trail
from tui.widgets.hints import Hint, Hints
from tui.widgets.settled import settled
from tui.work import begin

if TYPE_CHECKING:
    from tui.desk import Desk
    from tui.screens.help import Entry
    from tui.widgets.paged_table import PagedTable

Result = TypeVar("Result")


def is_offered(act: Act, actor: Actor) -> bool:
    """Whether the actor's roles permit an act: what they do not permit is not shown at all."""
    if act.id == "go.admin":
        # Administration holds both the templates and the access log, and is no operation of its own.
        return bool(actor.roles & {Role.ADMINISTRATOR, Role.LOG_AUDITOR})
    if act.operation is None:
        return True
    from data.operation import permits

    return permits(actor, act.operation)


class BaseScreen(PaintedScreen[Result]):
    """A place in `tui.bindings` with its frame: header, trail, body and hints.

    A screen names its `PLACE`, yields its widgets in `compose_body`, and has for each act of the place
    (say `case.send`) a method (`act_case_send`), plain or async, that performs it:

        class SentScreen(BaseScreen[None]):
            PLACE = "sent"

            def compose_body(self) -> ComposeResult:
                yield Heading(_("The case is sent"))

            def act_case_show(self) -> None: ...

    It calls `refresh_bindings()` after anything that changes what `trail` or `why_not` say. A widget may have
    an attribute `guidance`, shown by F1 while the widget or something in it has focus: a `Message`, or a
    `str` that is shown as it is (a template's own words).
    """

    PLACE: ClassVar[str]
    """The screen's key in `tui.bindings.PLACES`."""

    # Textual's OptionList fails when it has no width at all, as in a terminal dragged very narrow.
    DEFAULT_CSS = """
    BaseScreen {
        overflow: hidden;
        & > #body { height: 1fr; min-width: 20; padding: 0 1; }
    }
    """

    def __init_subclass__(cls, **options: Any) -> None:
        # Before Textual merges what subclasses bind: its own keys for Tab and copying stay.
        if "PLACE" in cls.__dict__:
            cls.BINDINGS = [*cls.__dict__.get("BINDINGS", ()), *bindings_of(cls.PLACE)]
        super().__init_subclass__(**options)

    def __init__(self) -> None:
        super().__init__()
        self._in_view = asyncio.Event()
        self._was_in_view = False
        self.hinted: list[Act] = []
        """What could be done when the hints were last brought up to date."""

    @property
    def desk(self) -> Desk:
        """The program, as screens know it."""
        return cast("Desk", self.app)

    def compose(self) -> ComposeResult:
        yield Header()
        yield Trail()
        with Vertical(id="body"):
            yield from self.compose_body()
        yield Hints()

    def compose_body(self) -> ComposeResult:
        """The screen's own widgets, between the trail and the hints."""
        yield from ()

    def trail(self) -> Sequence[str]:
        """The translated names of the places on the way here, this one last."""
        return [_(PLACES[self.PLACE].title)]

    def why_not(self, act: str) -> Message | None:  # noqa: ARG002 (for subclasses)
        """Why an act that is offered can't be done just now; None when it can."""
        return None

    def offered(self) -> list[Act]:
        """The acts of the place that the actor's roles permit, the most wanted first."""
        return [act for act in acts_of(self.PLACE) if is_offered(act, self.desk.actor)]

    def doable(self) -> list[Act]:
        """The acts that are offered and can be done just now."""
        return [act for act in self.offered() if not self.why_not(act.id)]

    def entries(self) -> list[Entry]:
        """What is offered, in the words of help and palette."""
        from tui.screens.help import Entry

        return [
            Entry(
                id=act.id,
                key=self.desk.key_of(act),
                label=_(act.label),
                help=_(act.help),
                reason=say(reason) if (reason := self.why_not(act.id)) else "",
            )
            for act in self.offered()
        ]

    def tell(self, text: str) -> None:
        """Show a translated outcome or reason in place of the hints, until the next key."""
        self.query_one(Hints).message = text

    async def keep(self) -> None:
        """Store what is typed so far, without asking anything: the terminal may be gone.

        Called before one leaves. Raises an `OmvantError` when it can't be stored.
        """

    def unsaved(self) -> Message | None:
        """What would be lost if one left now, because it is saved only when the person says so."""
        return None

    def forget(self) -> None:
        """Take away half-typed secrets: nobody has pressed a key for a while, and a stranger may come."""

    async def news(self) -> None:
        """Show what someone else has changed meanwhile; the program calls it when there is news."""

    async def uppermost(self) -> None:
        """Return when this screen is the one in view: work that ends while the person is elsewhere waits so
        before it leads on, or it would lead on from there."""
        while self.app.screen is not self:
            self._in_view.clear()
            await self._in_view.wait()

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Close this screen; when something lies on it, such as the lock, as soon as it is in view again.
        Textual would take away whatever is uppermost."""
        if self.app.screen is self:
            return super().dismiss(result)
        begin(self, partial(self._dismiss_in_view, result), "dismiss")
        return AwaitComplete()

    async def _dismiss_in_view(self, result: Result | None) -> None:
        await self.uppermost()
        super().dismiss(result)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Tell an operation's error instead of raising it; for errors that belong beside no field."""
        try:
            yield
        except OmvantError as error:
            self.tell(say(error.message))

    def hush(self) -> None:
        """Take down what was told; the program calls it at every key."""
        # Not `query`, which looks through all that a long form holds, at every key.
        for hints in self.query_children(Hints):
            hints.message = ""

    def refresh_bindings(self) -> None:
        """Bring header, trail and hints up to date; Textual calls it too, when focus moves."""
        super().refresh_bindings()
        if self.hinted and self.desk.curtained:
            return  # called five times before anybody sees it, and once more then
        for hints in self.query_children(Hints):
            self.query_one(Header).actor = self.desk.actor
            self.query_one(Trail).parts = tuple(self.trail())
            self.hinted = self.doable()
            hints.hints = tuple(self._hints())

    def on_paged_table_failed(self, event: PagedTable.Failed[object]) -> None:
        """Tell why a list could not be read."""
        if not isinstance(event.error, OmvantError):
            raise event.error
        self.tell(say(event.error.message))

    def come(self) -> None:
        """Begin what is to be done each time one comes, or comes back, to this screen; it shows itself here,
        or soon."""
        self.desk.show()

    @on(events.ScreenResume)
    def _note_resumed(self, event: events.ScreenResume) -> None:
        # At first, Textual would give all widgets the styles that they have just got.
        event.refresh_styles = self._was_in_view
        self._was_in_view = True
        self._in_view.set()
        self.come()

    @on(events.Mount)
    def _show_frame(self) -> None:
        header = self.query_one(Header)
        header.status, header.waits = self.desk.status, self.desk.waits
        self.refresh_bindings()

    async def action_act(self, name: str) -> None:
        """Perform an act of this place, for its key, the palette and help alike.

        Nothing happens when the act is not offered; when it can't be done now, the reason is told. An
        awaitable result is awaited, and holds up the keyboard for as long: slow work belongs in a worker.
        """
        act = next((act for act in self.offered() if act.id == name), None)
        if act is None:
            return
        if reason := self.why_not(name):
            self.tell(say(reason))
            return
        if act.priority:
            await settled(self.focused)
        result = getattr(self, act.method)()
        if inspect.isawaitable(result):
            await result

    def act_app_help(self) -> None:
        from tui.screens.help import HelpScreen

        title = _("Help: {place}").format(place=_(PLACES[self.PLACE].title))
        self.app.push_screen(HelpScreen(title, self._guidance(), self.entries()), self._helped)

    def act_app_palette(self) -> None:
        from tui.commands import Palette

        self.app.push_screen(Palette())

    def act_app_back(self) -> Awaitable[None] | None:
        # The first screen of a stack has nothing behind it, or Textual's own blank one.
        if any(isinstance(screen, BaseScreen) for screen in self.app.screen_stack[-2:-1]):
            self.dismiss()
        return None

    def act_app_theme(self) -> None:
        self.desk.toggle_look()

    def act_app_lock(self) -> None:
        self.desk.lock()

    def act_app_sign_out(self) -> None:
        self.desk.sign_out()

    def act_app_password(self) -> None:
        self.desk.change_password()

    def act_app_quit(self) -> None:
        self.desk.leave()

    def act_go_mine(self) -> None:
        self.desk.go("mine")

    def act_go_assigned(self) -> None:
        self.desk.go("assigned")

    def act_go_admin(self) -> None:
        self.desk.go("admin")

    async def _helped(self, name: str | None) -> None:
        if name is not None:
            await self.action_act(name)

    def _guidance(self) -> str:
        """The words of the innermost widget around the focus that has any."""
        for node in self._around_focus():
            guidance = getattr(node, "guidance", None)
            if isinstance(guidance, Message):
                return say(guidance)
            if guidance:
                return str(guidance)
        return ""

    def _hints(self) -> Iterator[Hint]:
        here = f"go.{self.desk.current_mode}"  # leads where one is
        for act in self.hinted:
            key = self._live_key(act)
            if key and act.id != here:
                yield Hint(key, _(act.label), kept=act.id == "app.help")

    def _live_key(self, act: Act) -> str:
        """The name of the act's first key that works at the focus: a field takes letters for itself."""
        # Textual takes a field's letters out before it applies moved keys: an act that has only letters of
        # its own is not reached by a moved key either while the focus is in a field.
        if all(map(self._is_typed, act.keys.split(","))):
            return ""
        return next((key_name(key) for key in self.desk.keys_of(act) if not self._is_typed(key)), "")

    def _is_typed(self, key: str) -> bool:
        character = character_of(key)
        return any(node.check_consume_key(key, character) for node in self._around_focus())

    def _around_focus(self) -> Sequence[DOMNode]:
        """The focused widget and what it stands in, innermost first."""
        return self.focused.ancestors_with_self if self.focused else ()

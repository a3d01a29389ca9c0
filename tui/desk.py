"""What every screen may ask of the program, whatever wires it together (`tui.app`)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, Literal, ParamSpec, TypeVar

from textual import events
from textual.binding import Binding, BindingType, Keymap
from textual.filter import LineFilter
from textual.screen import ModalScreen

from data.domain.errors import Message, SessionEnded
from tui.acts import ACTS, Act
from tui.bindings import PLACES
from tui.driver import TerminalDriver
from tui.i18n import _
from tui.keys import key_name
from tui.painting import PaintedApp
from tui.presence import Moments, Presence, seconds_awake_or_asleep
from tui.screens.base import BaseScreen
from tui.screens.cover import CoverScreen
from tui.session import Session
from tui.typeahead import TypeAhead
from tui.widgets.plain import GuardFilter

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from data.domain.roles import Actor
    from data.domain.session import Ended
    from data.operation import Operation

P = ParamSpec("P")
R = TypeVar("R")

Stop = Literal["mine", "assigned", "admin"]
"""Where F2, F3 and F4 lead."""


class Desk(PaintedApp, inherit_bindings=False):
    """The program as its screens know it. `tui.app` gives it its data, its look and its screens."""

    # Textual's own palette lists screenshots and the like in English; ours is `app.palette`.
    ENABLE_COMMAND_PALETTE = False

    # Lock and quit stand here too, since a screen's keys rest while a dialogue is above it. Textual's own
    # Ctrl+Q is not inherited: as a priority binding of the app it would leave without `leave()`.
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(ACTS[name].keys, f"act('{name}')", ACTS[name].label, id=name, priority=True)
            for name in ("app.lock", "app.quit")
        ),
        Binding("ctrl+c", "help_quit", show=False, system=True),
    ]

    actor: Actor
    """Who is signed in; a `Visitor` before that."""

    clinic_zone: ZoneInfo
    """The zone that times are shown in."""

    session: Session
    """Where operations run."""

    status: str = ""
    """A few translated words at the right of every screen's header."""

    waits: bool = False
    """Whether something waits for the database."""

    demo: bool = False
    """Whether this is the demo, whose sign-in screen shows everyone's password."""

    remote: bool = False
    """Whether the person came by an SSH key: signing out ends the program, and no files are in reach."""

    farewell: Message | None = None
    """Why the last session ended by itself, for the sign-in screen to say."""

    def __init__(self, moments: Moments = seconds_awake_or_asleep) -> None:
        """`moments` gives seconds that only go forward."""
        # Named here, so that no variable of the environment (TEXTUAL_DRIVER) chooses another.
        super().__init__(driver_class=TerminalDriver)
        # Over a slow line each frame of a glide is a screenful, and the next key would land amid it.
        self.animation_level = "none"
        self.keymap: Keymap = {}
        """The keys that a person has moved: act ids with Textual keys."""
        # One instance for good: Textual caches drawn lines by filter.
        self._guard = GuardFilter()
        self.typing = TypeAhead(self, self._typed)
        self.presence = Presence(self, moments)

    async def do(
        self, operation: Operation[Concatenate[Any, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Perform an operation as the one who is signed in; raises what the operation raises.

        When the data says that the session is over, it ends here too.
        """
        actor = self.actor
        try:
            return await self.session.run(operation, actor, *args, **kwargs)
        except SessionEnded as error:
            if actor is self.actor:
                self.end_session(error.message)
            raise

    @abstractmethod
    async def enter(self, actor: Actor) -> None:
        """Begin the work of someone who has signed in, at their first place."""

    @abstractmethod
    def go(self, stop: Stop) -> None:
        """Show one of the three main places of staff."""

    @abstractmethod
    def finish_sending(self, onward: BaseScreen[None] | None, *, again: bool) -> None:
        """Leave the screens of a finished sending for the list, then to `onward` or to a new sending."""

    @abstractmethod
    def lock(self) -> None:
        """Hide everything behind the lock screen, and keep it as it is."""

    @abstractmethod
    def sign_out(self) -> None:
        """Go back to the sign-in screen."""

    @abstractmethod
    def change_password(self) -> None:
        """Let the person choose another password."""

    @abstractmethod
    def away(self) -> None:
        """No key for a while: hide what staff do, end a patient's session, forget half-typed secrets."""

    @abstractmethod
    def end_session(self, reason: Ended | Message) -> None:
        """Store what is typed, and let whoever comes sign in; the reason is told there."""

    @abstractmethod
    def leave(self) -> None:
        """Leave the program, unless the person stays for what is not saved."""

    @abstractmethod
    async def end(self) -> None:
        """Store what is typed, and end the program."""

    @abstractmethod
    def toggle_look(self) -> None:
        """Change between the light and the dark look."""

    def stop_title(self) -> str:
        """The translated name of the main place that one is at or came from: the first part of a trail."""
        place = PLACES.get(self.current_mode)
        return _(place.title) if place else ""

    def keys_of(self, act: Act) -> list[str]:
        """The Textual keys of an act, as the person has moved them; the one to show first."""
        return [key for key in self.keymap.get(act.id, act.keys).split(",") if key]

    def key_of(self, act: Act) -> str:
        """The name of an act's first key in words, such as Ctrl+S; empty when it has none."""
        return next(map(key_name, self.keys_of(act)), "")

    def set_keymap(self, keymap: Keymap) -> None:
        """Move keys: act ids with Textual keys, as from `tui.keys.load_keymap`."""
        self.keymap = keymap
        super().set_keymap(keymap)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The guard first: other filters erase the marks that it looks for."""
        return [self._guard, *super().get_line_filters()]

    async def on_event(self, event: events.Event) -> None:
        """Line up what is typed; everything else is handled as it comes."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if self.presence.pressed():
                self.typing.take(event)
        else:
            await super().on_event(event)

    async def _typed(self, event: events.Key | events.Paste) -> None:
        # What a screen told is taken down before the key acts: it may tell anew.
        if isinstance(event, events.Key) and (screen := self._place()):
            screen.hush()
        await super().on_event(event)

    async def action_act(self, name: str) -> None:
        """Perform an act of the place that is in use, also from within a dialogue above it.

        Who came by a key is asked for the clinic before there is any place, and can leave from there too.
        """
        if screen := self._place():
            await screen.action_act(name)
        elif name == "app.quit" and isinstance(self.screen, ModalScreen):
            self.leave()

    def action_help_quit(self) -> None:
        """Say how to leave to those who press Ctrl+C out of habit."""
        if screen := self._place():
            screen.tell(_("{key} leaves Omvänt").format(key=self.key_of(ACTS["app.quit"])))

    def _handle_exception(self, error: Exception) -> None:
        self._fault = error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """End the program with a report that holds no data; Textual's would print local variables."""
        from tui.crash import report

        self.panic(report(self._fault))

    def places(self) -> list[BaseScreen[object]]:
        """All of our screens that are open, those of other main places and under dialogues too."""
        stacks = self._screen_stacks.values()
        return [screen for stack in stacks for screen in stack if isinstance(screen, BaseScreen)]

    def _place(self) -> BaseScreen[object] | None:
        """The uppermost of our screens, with or without a dialogue above it; none while a session ends."""
        if isinstance(self.screen, CoverScreen):
            return None
        places = (screen for screen in reversed(self.screen_stack) if isinstance(screen, BaseScreen))
        return next(places, None)

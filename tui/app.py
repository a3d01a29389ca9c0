"""The program: who is signed in, which screens there are, and what happens when one leaves."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING

from textual.app import UnknownModeError
from textual.screen import Screen
from textual.theme import Theme
from textual.worker import Worker

from data.domain.errors import Message, OmvantError
from data.domain.roles import Actor, PatientActor, StaffActor, Visitor
from data.domain.session import Ended
from tui import leaving, starting
from tui.desk import Desk, Stop
from tui.i18n import _, say
from tui.keys import keymap_path, load_keymap
from tui.look import DARK, LIGHT
from tui.news import NewsWatch, show_status, show_waiting
from tui.places import MAIN
from tui.presence import Moments, seconds_awake_or_asleep
from tui.screens.base import BaseScreen
from tui.screens.cover import CoverScreen
from tui.session import Session
from tui.widgets.plain import guard
from tui.work import begin

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from tui.by_key import Arrival

_SIGN_IN = "sign_in"


class OmvantApp(Desk):
    """Omvänt in a terminal. The `session` opens the database, if it has not begun to.

    With an `arrival` by an SSH key there is no sign-in screen, and the program ends when they sign out.
    """

    TITLE = "Omvänt"
    CSS_PATH = "styles/omvant.tcss"
    DEFAULT_MODE = _SIGN_IN

    def __init__(
        self,
        session: Session,
        *,
        demo: bool = False,
        dark: bool = True,
        arrival: Arrival | None = None,
        moments: Moments = seconds_awake_or_asleep,
    ) -> None:
        self.actor = Visitor()
        person = arrival.person() if arrival else None
        if person is not None and starting.place_of(person) == "mine":
            # They begin there: a change of places takes a tenth of a start.
            self.actor = person
            self.DEFAULT_MODE = "mine"  # type: ignore[misc] # Textual reads it where it makes its stacks
        super().__init__(moments)
        self.demo = demo
        self.remote = arrival is not None
        self._arrival = arrival
        self.keymap, self._misread_keys = load_keymap(keymap_path())
        self.session = session
        session.tell = partial(show_waiting, self)
        self._watching: list[Worker[None]] = []
        self._ending = False
        for look in (LIGHT, DARK):
            self.register_theme(look)
        self._begin_in(DARK if dark else LIGHT)

    def get_default_screen(self) -> Screen[None]:
        return starting.first_screen(self.DEFAULT_MODE, remote=self.remote)

    @cached_property
    def clinic_zone(self) -> ZoneInfo:  # type: ignore[override] # it is read, and never set
        from zoneinfo import ZoneInfo

        return ZoneInfo("Europe/Stockholm")

    def _begin_in(self, look: Theme) -> None:
        """Set the look before anything is there; as a change of it, Textual would read all styles again."""
        self.set_reactive(OmvantApp.theme, look.name)
        self.set_class(look.dark, "-dark-mode", update=False)
        self.set_class(not look.dark, "-light-mode", update=False)
        self.stylesheet.set_variables(self.get_css_variables())

    def on_mount(self) -> None:
        self._end_with_the_terminal()
        if self.remote:  # the first to be seen is where they are led
            self.delay_update()
        self.add_mode(_SIGN_IN, partial(starting.first_screen, _SIGN_IN, remote=self.remote))
        self._add_places()
        self.set_keymap(self.keymap)
        for problem in self._misread_keys:
            self.notify(say(problem), severity="warning", markup=False, timeout=10)
        # What is typed before it is known who is to type there is meant for where the start leads.
        work = partial(starting.start, self, self._arrival, self._opened)
        self.typing.expect(begin(self, work, "start"), self.screen)

    def _opened(self) -> None:
        self._watching = [
            begin(self, NewsWatch(self).watch, "watch"),
            begin(self, self.presence.watch, "presence"),
        ]

    def _add_places(self) -> None:
        def new(place: Callable[[], Screen[None]]) -> Screen[None]:
            screen = place()
            # Its styles are read when it is mounted; Textual would then read all of them again.
            screen._css_update_count = self._css_update_count
            return screen

        for name, place in MAIN.items():
            self.add_mode(name, partial(new, place))

    async def enter(self, actor: Actor) -> None:
        if isinstance(self.actor, Visitor):
            self.presence.begin()
        self.actor = actor
        place = starting.place_of(actor)
        if place:
            await self.switch_mode(place)
        else:
            from tui.screens.password import PasswordDueScreen

            await self.push_screen(PasswordDueScreen(), self._may_enter)

    def go(self, stop: Stop) -> None:
        if stop == self.current_mode:
            self._lead(self._go_to_the_list)
        else:
            self.switch_mode(stop)

    def finish_sending(self, onward: BaseScreen[None] | None, *, again: bool) -> None:
        self._lead(partial(self._finish_sending, onward, again))

    def lock(self) -> None:
        if isinstance(self.actor, StaffActor):
            self._lead(self._lock)
        else:
            self.sign_out()

    def change_password(self) -> None:
        if not self.demo:
            from tui.screens.password import PasswordScreen

            self.push_screen(PasswordScreen(), self._password_changed)
        elif isinstance(self.screen, BaseScreen):
            self.screen.tell(_("In the demo everybody keeps the password that the sign-in screen shows"))

    def away(self) -> None:
        if isinstance(self.actor, PatientActor):
            self.end_session(Ended.IDLE)
        elif isinstance(self.actor, StaffActor) and not self._is_locked():
            begin(self, partial(self._lock, Ended.IDLE), "locking")
        elif not self._ending:
            begin(self, self._forget, "forgetting")

    def end_session(self, reason: Ended | Message) -> None:
        if not self._ending and not isinstance(self.actor, Visitor):
            self._ending = True
            begin(self, partial(self._end_session, reason), "ending")

    def sign_out(self) -> None:
        self.session.hurry()
        self._lead(self._sign_out)

    def leave(self) -> None:
        self.session.hurry()
        self._lead(self._leave)

    def _lead(self, work: Callable[[], Awaitable[None]]) -> None:
        self.typing.expect(begin(self, work, "leaving"), self.screen)

    def toggle_look(self) -> None:
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    async def _may_enter(self, actor: StaffActor | None) -> None:
        if actor is not None:
            await self.enter(actor)

    def _password_changed(self, actor: StaffActor | None) -> None:
        if actor is not None and isinstance(self.screen, BaseScreen):
            self.screen.tell(_("Your password is changed"))

    async def _go_to_the_list(self) -> None:
        """Close what was opened from the place one is at; a draft is offered again there."""
        above = [screen for screen in self.screen_stack[1:] if isinstance(screen, BaseScreen)]
        if await leaving.may_leave(self, above):
            await self._close_what_was_opened()

    async def _finish_sending(self, onward: BaseScreen[None] | None, again: bool) -> None:
        await self._close_what_was_opened()
        if again:
            from tui.screens.send.fetch_patient import FetchScreen

            onward = FetchScreen()
        if onward is not None:
            await self.push_screen(onward)

    async def _close_what_was_opened(self) -> None:
        # From below: a screen that is uncovered for a moment would read, and record, what nobody sees.
        for screen in self._screen_stack[1:-1]:
            self._screen_stack.remove(screen)
            await screen.remove()
        if len(self._screen_stack) > 1:
            await self.pop_screen()

    async def _lock(self, ended: Ended | None = None) -> None:
        from data import staff
        from tui.screens.lock import LockScreen

        # The work is covered first: storing it may take as long as the database is busy.
        self.push_screen(LockScreen())
        await leaving.keep(self.places())
        with suppress(OmvantError):
            await self.do(staff.lock, ended)

    def _is_locked(self) -> bool:
        return any(isinstance(screen, BaseScreen) and screen.PLACE == "lock" for screen in self.screen_stack)

    async def _forget(self) -> None:
        """Nobody is at the sign-in screen or the lock: what lies above it is closed, what was typed goes."""
        if isinstance(self.actor, Visitor):
            while len(self.screen_stack) > 1 and not self._is_first():
                await self.screen.dismiss()
        for screen in self.places():
            screen.forget()

    def _is_first(self) -> bool:
        """Whether what is in view is where the program begins."""
        return isinstance(self.screen, BaseScreen) and self.screen.PLACE in {_SIGN_IN, "welcome"}

    async def _end_session(self, reason: Ended | Message) -> None:
        # As with the lock, covered first; a lock is a cover already, and would lie down on another.
        try:
            if not self._is_locked():
                await self.push_screen(CoverScreen())
            await leaving.keep(self.places())
            if isinstance(reason, Ended):
                await leaving.note(self, reason)
            self.farewell = leaving.farewell(reason)
            if self.remote:
                await self._put_away(say(self.farewell))
            else:
                await self._to_sign_in()
        finally:
            self._ending = False

    async def _sign_out(self) -> None:
        if not await leaving.may_leave(self, self.places()):
            return
        if self.remote:  # the sign-in screen is for those at the clinic's own terminal
            await self.end()
            return
        await leaving.note(self)
        await self._to_sign_in()

    async def _to_sign_in(self) -> None:
        self.actor = Visitor()
        if self.clipboard:  # it goes from the terminal's too, as far as that obeys
            self.copy_to_clipboard("")
        show_status(self, "")
        await self.switch_mode(_SIGN_IN)
        await self._close_what_was_opened()
        for name in MAIN:
            with suppress(UnknownModeError):  # they are all gone when the program ends meanwhile
                await self.remove_mode(name)
        self._add_places()

    async def _leave(self) -> None:
        if await leaving.may_leave(self, self.places()):
            await self.end()

    async def end(self) -> None:
        # Not told to a database that could not even keep the work: whoever closed the terminal waits.
        if not await leaving.keep(self.places()):
            await leaving.note(self)
        await self._put_away()

    async def _put_away(self, message: str | None = None) -> None:
        for worker in self._watching:
            worker.cancel()
        await self.session.close()
        self.exit(message=message and guard(message))

    def _end_with_the_terminal(self) -> None:
        """Keep what was typed when the terminal is closed (SIGHUP) or the program must end (SIGTERM)."""
        loop, signs = asyncio.get_running_loop(), (signal.SIGHUP, signal.SIGTERM)

        def end() -> None:
            # The first one counts: a closed terminal sends several, and beginning anew breaks off storing.
            for sign in signs:
                loop.add_signal_handler(sign, lambda: None)
            # A group of its own: a key that locks or leads elsewhere must not break it off.
            self.session.hurry()
            begin(self, self.end, "ending with the terminal")

        for sign in signs:
            loop.add_signal_handler(sign, end)

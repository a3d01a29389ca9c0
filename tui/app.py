"""The program: who is signed in, which screens there are, and what happens when one leaves."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual.screen import Screen
from textual.worker import Worker

from data import clinics, staff
from data.domain.errors import OmvantError
from data.domain.roles import Actor, PatientActor, Role, StaffActor, Visitor
from data.store.database import Store
from tui import leaving
from tui.desk import Desk, Stop
from tui.i18n import say
from tui.keys import keymap_path, load_keymap
from tui.look import DARK, LIGHT
from tui.news import NewsWatch, show_status
from tui.screens.admin.menu import AdminScreen
from tui.screens.base import BaseScreen
from tui.screens.case_list import AssignedScreen, MineScreen
from tui.screens.lock import LockScreen
from tui.screens.patient.inbox import InboxScreen
from tui.screens.send.fetch_patient import FetchScreen
from tui.screens.sign_in import SignInScreen
from tui.screens.welcome import WelcomeScreen
from tui.session import Session
from tui.widgets.plain import guard
from tui.work import begin

_SIGN_IN = "sign_in"
_PLACES: dict[str, Callable[[], Screen[None]]] = {
    "mine": MineScreen,
    "assigned": AssignedScreen,
    "admin": AdminScreen,
    "inbox": InboxScreen,
}


class OmvantApp(Desk):
    """Omvänt in a terminal. `opening` opens the database; it is called in the session's own thread."""

    TITLE = "Omvänt"
    CSS_PATH = "styles/omvant.tcss"
    MODES: ClassVar[dict[str, str | Callable[[], Screen[object]]]] = {_SIGN_IN: SignInScreen, **_PLACES}  # type: ignore[dict-item]

    def __init__(self, opening: Callable[[], Store], *, demo: bool = False, dark: bool = True) -> None:
        super().__init__()
        self.demo = demo
        self.actor = Visitor()
        self.clinic_zone = ZoneInfo("Europe/Stockholm")
        self.session = Session()
        self._opening = opening
        self._watching: Worker[None] | None = None
        for look in (LIGHT, DARK):
            self.register_theme(look)
        self.theme = DARK.name if dark else LIGHT.name

    def on_mount(self) -> None:
        self._end_with_the_terminal()
        keymap, problems = load_keymap(keymap_path())
        self.set_keymap(keymap)
        for problem in problems:
            self.notify(say(problem), severity="warning", markup=False, timeout=10)
        begin(self, self._start, "start")

    async def enter(self, actor: Actor) -> None:
        self.actor = actor
        if isinstance(actor, PatientActor):
            await self.switch_mode("inbox")
        elif Role.CARE_PROVIDER in actor.roles:
            await self.switch_mode("mine")
        else:
            await self.switch_mode("admin")

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

    def sign_out(self) -> None:
        self._lead(self._sign_out)

    def leave(self) -> None:
        self._lead(self._leave)

    def _lead(self, work: Callable[[], Awaitable[None]]) -> None:
        self.typing.expect(begin(self, work, "leaving"), self.screen)

    def toggle_look(self) -> None:
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    async def _start(self) -> None:
        try:
            await self.session.open(self._opening)
            founded = await self.do(clinics.founded)
        except OmvantError as error:
            # The message goes to the terminal after the screens are gone, past the guard of drawn lines.
            self.exit(return_code=1, message=guard(say(error.message)))
            return
        if founded:
            await self.switch_mode(_SIGN_IN)
        else:
            self.push_screen(WelcomeScreen(), self._founded)
        self._watching = begin(self, NewsWatch(self).watch, "watch")

    async def _founded(self, actor: StaffActor | None) -> None:
        if actor is not None:
            await self.enter(actor)

    async def _go_to_the_list(self) -> None:
        """Close what was opened from the place one is at; a draft is offered again there."""
        above = [screen for screen in self.screen_stack[1:] if isinstance(screen, BaseScreen)]
        if await leaving.may_leave(self, above):
            await self._close_what_was_opened()

    async def _finish_sending(self, onward: BaseScreen[None] | None, again: bool) -> None:
        await self._close_what_was_opened()
        if again:
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

    async def _lock(self) -> None:
        # The work is covered first: storing it may take as long as the database is busy.
        self.push_screen(LockScreen())
        await leaving.keep(self.places())
        with suppress(OmvantError):
            await self.do(staff.lock)

    async def _sign_out(self) -> None:
        if not await leaving.may_leave(self, self.places()):
            return
        await leaving.note(self)
        self.actor = Visitor()
        show_status(self, "")
        await self.switch_mode(_SIGN_IN)
        for name, place in _PLACES.items():
            await self.remove_mode(name)
            self.add_mode(name, place)

    async def _leave(self) -> None:
        if await leaving.may_leave(self, self.places()):
            await self._end()

    async def _end(self) -> None:
        await leaving.keep(self.places())
        await leaving.note(self)
        if self._watching is not None:
            self._watching.cancel()
        await self.session.close()
        self.exit()

    def _end_with_the_terminal(self) -> None:
        """Keep what was typed when the terminal is closed (SIGHUP) or the program must end (SIGTERM)."""
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGHUP, signal.SIGTERM):
            loop.add_signal_handler(sign, lambda: begin(self, self._end, "leaving"))

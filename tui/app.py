"""The program: who is signed in, which screens there are, and what happens when one leaves."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from textual.screen import Screen
from textual.worker import Worker

from data import cases, clinics
from data.domain.errors import Message, OmvantError
from data.domain.roles import Actor, PatientActor, Role, StaffActor, Visitor
from data.store.database import Store
from tui.desk import Desk, Stop
from tui.i18n import _, ngettext, say
from tui.keys import keymap_path, load_keymap
from tui.look import DARK, LIGHT
from tui.screens.admin.menu import AdminScreen
from tui.screens.base import BaseScreen
from tui.screens.case_list import AssignedScreen, MineScreen
from tui.screens.dialog import Ask
from tui.screens.lock import LockScreen
from tui.screens.patient.inbox import InboxScreen
from tui.screens.send.fetch_patient import FetchScreen
from tui.screens.sign_in import SignInScreen
from tui.screens.welcome import WelcomeScreen
from tui.session import Session
from tui.widgets.header import Header
from tui.widgets.plain import guard
from tui.work import begin

WATCH_SECONDS = 2.0
"""How often the database is asked whether anything happened; the question itself takes microseconds."""

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
        self._news: cases.News | None = None
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
        self._news = None
        if isinstance(actor, PatientActor):
            await self.switch_mode("inbox")
        elif Role.CARE_PROVIDER in actor.roles:
            await self.switch_mode("mine")
        else:
            await self.switch_mode("admin")

    def go(self, stop: Stop) -> None:
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
        self._watching = begin(self, self._watch, "watch")

    async def _watch(self) -> None:
        """Look for news as long as the program runs; a slow database makes it look less often."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            await self._look_for_news()

    async def _founded(self, actor: StaffActor | None) -> None:
        if actor is not None:
            await self.enter(actor)

    async def _finish_sending(self, onward: BaseScreen[None] | None, again: bool) -> None:
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        if again:
            onward = FetchScreen()
        if onward is not None:
            await self.push_screen(onward)

    async def _lock(self) -> None:
        # The work is covered first: storing it may take as long as the database is busy.
        self.push_screen(LockScreen())
        await self._keep()

    async def _sign_out(self) -> None:
        if not await self._may_leave():
            return
        self.actor = Visitor()
        self.status = ""
        await self.switch_mode(_SIGN_IN)
        for name, place in _PLACES.items():
            await self.remove_mode(name)
            self.add_mode(name, place)

    async def _leave(self) -> None:
        if await self._may_leave():
            await self._end()

    async def _end(self) -> None:
        await self._keep()
        if self._watching is not None:
            self._watching.cancel()
        await self.session.close()
        self.exit()

    async def _keep(self) -> list[Message]:
        """Let every screen store what was typed in it; returns why some of it could not be."""
        faults = []
        for screen in self._places():
            try:
                await screen.keep()
            except OmvantError as error:
                faults.append(error.message)
        return faults

    async def _may_leave(self) -> bool:
        """Store what is typed, and ask about what is not stored; True when nothing is left or it may go."""
        unsaved = filter(None, [screen.unsaved() for screen in self._places()])
        for reason in [*await self._keep(), *unsaved]:
            choices = (("stay", _("Stay")), ("lose", _("Leave without saving")))
            if await self.push_screen_wait(Ask(_("Not saved"), say(reason), choices)) != "lose":
                return False
        return True

    def _places(self) -> list[BaseScreen[object]]:
        return [
            screen
            for stack in self._screen_stacks.values()
            for screen in stack
            if isinstance(screen, BaseScreen)
        ]

    async def _look_for_news(self) -> None:
        """Bring the list in view up to date when someone else changed something."""
        if not (isinstance(self.actor, StaffActor) and Role.CARE_PROVIDER in self.actor.roles):
            return
        screen: Screen[Any] = self.screen
        try:
            news = await self.do(cases.news)
        except OmvantError:
            self._show_status(_("No contact with the database"))
            return
        self._show_status(" · ".join(_news_words(news)))
        # The first news says nothing of what happened between the list's reading and now. A screen that lies
        # under a dialogue is told when it is in view again.
        if news != self._news and screen is self.screen and isinstance(screen, BaseScreen):
            self._news = news
            await screen.news()

    def _show_status(self, status: str) -> None:
        self.status = status
        for screen in self._places():
            for header in screen.query(Header):
                header.status = status

    def _end_with_the_terminal(self) -> None:
        """Keep what was typed when the terminal is closed (SIGHUP) or the program must end (SIGTERM)."""
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGHUP, signal.SIGTERM):
            loop.add_signal_handler(sign, lambda: begin(self, self._end, "leaving"))


def _news_words(news: cases.News) -> Iterator[str]:
    """What waits for the person, for the header's right side."""
    if news.drafts:
        yield ngettext("{n} unfinished", "{n} unfinished", news.drafts).format(n=news.drafts)
    if news.unseen:
        yield ngettext("{n} new answer", "{n} new answers", news.unseen).format(n=news.unseen)

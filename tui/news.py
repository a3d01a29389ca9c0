"""Looks again and again whether someone else has changed something, and tells the screen in view."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from data.domain.errors import OmvantError, SessionEnded
from data.domain.roles import Actor, Role, StaffActor
from tui.desk import Desk
from tui.i18n import _, ngettext
from tui.screens.base import BaseScreen
from tui.widgets.header import Header

if TYPE_CHECKING:
    from data.cases import News

SECONDS = 2.0
"""How often the database is asked; the question itself takes microseconds and holds no patient data."""


class NewsWatch:
    """For care providers: what waits for them in every header, and fresh rows in the list in view."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._latest: News | None = None
        self._actor: Actor | None = None

    async def watch(self) -> None:
        """Look as long as the program runs, and tidy, since nobody waits then; a slow database makes it look
        less often."""
        while True:
            await asyncio.sleep(SECONDS)
            await self._look()
            await self._desk.session.tidy()

    async def _look(self) -> None:
        desk, actor, screen = self._desk, self._desk.actor, self._desk.screen
        if not isinstance(actor, StaffActor) or Role.CARE_PROVIDER not in actor.roles or actor.must_change:
            return
        from data import cases

        try:
            news = await desk.do(cases.news)
        except SessionEnded:
            return
        except OmvantError:
            show_status(desk, _("No contact with the database"))
            return
        if actor is not desk.actor:
            return
        show_status(desk, " · ".join(_words(news)))
        # The first news says nothing of what happened between the list's reading and now. A screen that lies
        # under a dialogue is told when it is in view again.
        fresh = (news, actor) != (self._latest, self._actor)
        if fresh and screen is desk.screen and isinstance(screen, BaseScreen):
            self._latest, self._actor = news, actor
            await screen.news()


def show_status(desk: Desk, status: str) -> None:
    """Show the translated words in every header, and in those to come; none after signing out."""
    desk.status = status
    for screen in desk.places():
        for header in screen.query(Header):
            header.status = status


def show_waiting(desk: Desk, waits: bool) -> None:
    """Show in every header, and in those to come, whether something waits for the database."""
    desk.waits = waits
    for screen in desk.places():
        for header in screen.query(Header):
            header.waits = waits


def _words(news: News) -> Iterator[str]:
    """What waits for the person, and what is wrong with the machine."""
    if news.clock_behind:
        yield _("The computer's clock is behind")
    if news.drafts:
        yield ngettext("{n} unfinished", "{n} unfinished", news.drafts).format(n=news.drafts)
    if news.unseen:
        yield ngettext("{n} new answer", "{n} new answers", news.unseen).format(n=news.unseen)

"""Leaving the terminal, for good or for someone else: store what is typed, and ask about what is not."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from data.domain.errors import Message, OmvantError
from data.domain.roles import PatientActor, StaffActor
from data.domain.session import IDLE_MINUTES, SESSION_LIFE, Ended
from tui.desk import Desk
from tui.i18n import _, say
from tui.screens.base import BaseScreen


async def keep(places: Sequence[BaseScreen[object]]) -> list[Message]:
    """Let each of the screens store what was typed in it; returns why some of it could not be."""
    faults = []
    for screen in places:
        try:
            await screen.keep()
        except OmvantError as error:
            faults.append(error.message)
    return faults


async def may_leave(desk: Desk, places: Sequence[BaseScreen[object]]) -> bool:
    """Store what is typed in these screens, and ask about the rest; True when all is stored or may go."""
    from tui.screens.dialog import Ask

    unsaved = filter(None, [screen.unsaved() for screen in places])
    for reason in [*await keep(places), *unsaved]:
        choices = (("stay", _("Stay")), ("lose", _("Leave without saving")))
        if await desk.push_screen_wait(Ask(_("Not saved"), say(reason), choices)) != "lose":
            return False
    return True


async def note(desk: Desk, ended: Ended | None = None) -> None:
    """Record that the person has gone, or that the program ended the session; what stands in the way of that
    keeps nobody here."""
    from data import inbox, staff

    with suppress(OmvantError):
        if isinstance(desk.actor, StaffActor):
            await desk.do(staff.sign_out, ended)
        elif isinstance(desk.actor, PatientActor):
            await desk.do(inbox.sign_out, ended)


def farewell(reason: Ended | Message) -> Message:
    """What the next person reads, who is often the same one."""
    if isinstance(reason, Message):
        return reason
    if reason == Ended.IDLE:
        return Message(
            "You were signed out: no key was pressed for {minutes} minutes. What you had filled in is kept.",
            minutes=IDLE_MINUTES,
        )
    hours = SESSION_LIFE // timedelta(hours=1)
    return Message("You signed in {hours} hours ago: sign in again. What you had typed is kept.", hours=hours)

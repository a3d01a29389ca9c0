"""Whether anyone is at the terminal: what ends or hides a session that nobody uses, or that is too old.

OWASP ASVS 5.0, 7.3.1 (inactivity) and 7.3.2 (age). The data refuses a session that is too old by the
database's clock; here time only goes forward, whatever the machine's clock is set to.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from data.domain.roles import StaffActor, Visitor
from data.domain.session import IDLE_MINUTES, SESSION_LIFE, Ended

if TYPE_CHECKING:
    from tui.desk import Desk

SECONDS = 1.0
"""How often is looked."""

ENDS_BEFORE = timedelta(minutes=1)
"""How long before the data refuses it a session is ended, so that what is typed can still be stored."""

Moments = Callable[[], float]


def seconds_awake_or_asleep() -> float:
    """Seconds that a machine asleep counts too: who opens its lid hours later must not find it open."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Presence:
    """Knows when a key was last pressed and when the session began, and tells the program when it is time."""

    def __init__(self, desk: Desk, moments: Moments = seconds_awake_or_asleep) -> None:
        self._desk = desk
        self._moments = moments
        self.begin()

    def begin(self) -> None:
        """A session begins now."""
        self._began = self._pressed = self._moments()

    def pressed(self) -> bool:
        """Note a key. False when it comes too late: whoever pressed it may be someone else."""
        if self._is_away():
            return False
        self._pressed = self._moments()
        return True

    async def watch(self) -> None:
        """Look as long as the program runs."""
        while True:
            await asyncio.sleep(SECONDS)
            self._look()

    def _look(self) -> None:
        in_session = not isinstance(self._desk.actor, Visitor)
        if in_session and self._since(self._began) >= SESSION_LIFE - ENDS_BEFORE:
            self._desk.end_session(Ended.OLD)
        elif self._is_away():
            self._desk.away()
        else:
            return
        self._pressed = self._moments()  # what is typed from here on is typed to what stands there instead

    def _is_away(self) -> bool:
        actor = self._desk.actor
        minutes = actor.idle_minutes if isinstance(actor, StaffActor) else IDLE_MINUTES
        return self._since(self._pressed) >= timedelta(minutes=minutes)

    def _since(self, moment: float) -> timedelta:
        return timedelta(seconds=self._moments() - moment)

"""How long a person stays signed in, and what ends it.

Rules: OWASP ASVS 5.0, 7.1.1 (both limits documented), 7.3.1 (after inactivity) and 7.3.2 (however active one
is); 7.4.2 and 7.4.3 (a closed account and a changed password end the sessions that are open).
"""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum, StrEnum

SESSION_LIFE = timedelta(hours=12)
"""From signing in, whatever is done meanwhile: a long shift."""

IDLE_MINUTES = 5
"""Without a key until the terminal is locked, where the clinic has not chosen otherwise."""

IDLE_LEAST, IDLE_MOST = 1, 60
"""What a clinic may choose between, in minutes."""


class Ended(StrEnum):
    """Why the program ended a session by itself."""

    IDLE = "idle"
    OLD = "old"


class Standing(IntEnum):
    """How good a session an operation asks for; each is worth more than the one before."""

    ENDED = 0
    """Even one that is over: to leave."""
    PASSWORD_DUE = 1
    """The password was chosen by someone else: to choose one, and to lock meanwhile."""
    FULL = 2

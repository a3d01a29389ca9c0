"""Storing what is typed as it is typed, without the person asking."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from textual.screen import Screen
from textual.timer import Timer

from tui.work import begin

REST = 0.4
"""Seconds of rest after which what was typed is stored: the most that a killed program costs."""


class Keeping:
    """Calls `keep` in the background once the person has rested."""

    def __init__(self, screen: Screen[Any], keep: Callable[[], Awaitable[None]]) -> None:
        self._screen = screen
        self._keep = keep
        self._timer: Timer | None = None
        self._rested_at = 0.0

    def soon(self) -> None:
        """Something was typed: store it after a rest."""
        # One timer for a whole burst: another one at every letter would cost more than the letter.
        self._rested_at = time.monotonic() + REST
        if self._timer is None:
            self._timer = self._screen.set_timer(REST, self._look)

    def stop(self) -> None:
        """Store nothing for now; whoever calls stores it otherwise."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _look(self) -> None:
        left = self._rested_at - time.monotonic()
        if left > 0:
            self._timer = self._screen.set_timer(left, self._look)
            return
        self._timer = None
        # In the background, since a timer's own callback would hold up the keys while the database is slow.
        begin(self._screen, self._keep, "keep")

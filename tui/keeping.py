"""Storing what is typed as it is typed, without the person asking."""

from __future__ import annotations

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

    def soon(self) -> None:
        """Something was typed: store it after a rest."""
        self.stop()
        # In the background, since a timer's own callback would hold up the keys while the database is slow.
        self._timer = self._screen.set_timer(REST, lambda: begin(self._screen, self._keep, "keep"))

    def stop(self) -> None:
        """Store nothing for now; whoever calls stores it otherwise."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

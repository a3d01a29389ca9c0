"""What hides the work while a session ends: storing what was typed takes as long as the database is busy."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.screen import Screen

from tui.i18n import _
from tui.widgets.plain import Heading


class CoverScreen(Screen[None]):
    """Says that one has to wait; no key does anything here. It is uppermost until the session has ended."""

    DEFAULT_CSS = "CoverScreen Heading { margin: 3 0 0 3; }"

    def __init__(self) -> None:
        super().__init__()
        self._replaced = False

    def compose(self) -> ComposeResult:
        yield Heading(_("The session is ending"))

    def on_mount(self) -> None:
        self.app.screen_change_signal.subscribe(self, self._cover_what_came, immediate=True)
        self._cover_what_came(self.app.screen)

    def _cover_what_came(self, above: Screen[Any]) -> None:
        """Cover what work that was begun before puts on top."""
        if above is not self and not self._replaced and self in self.app.screen_stack:
            self._replaced = True
            self.app.push_screen(CoverScreen())

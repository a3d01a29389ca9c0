"""What hides the work while a session ends: storing what was typed takes as long as the database is busy."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import Screen

from tui.i18n import _
from tui.widgets.plain import Heading


class CoverScreen(Screen[None]):
    """Says that one has to wait; no key does anything here."""

    DEFAULT_CSS = "CoverScreen Heading { margin: 3 0 0 3; }"

    def compose(self) -> ComposeResult:
        yield Heading(_("The session is ending"))

"""Makes the pictures of the README from the running program: `python docs/screenshots.py`.

The demo clinic, the clock and the keys are the same every time, so a picture changes only when a screen does.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.tui.drivers import PilotTerminal, see
from tui import i18n

DOCS = Path(__file__).parent
SIZE = (80, 24)
MOMENT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


class Photographer:
    """Walks through the program and takes pictures."""

    def __init__(self, terminal: PilotTerminal) -> None:
        self.terminal = terminal

    async def press(self, *keys: str) -> None:
        await self.terminal.press(*keys)

    async def picture(self, name: str, *wanted: str) -> None:
        """Wait until the texts are seen, then save the screen as NAME.svg."""
        await see(self.terminal, *wanted)
        await self.terminal.pilot.pause()
        drawn = self.terminal.app.export_screenshot(title="Omvänt")
        # Rich names a font's web address in the picture; the reader's own fixed font does, without the network.
        drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
        # The ids in a picture are made from its text; a fixed one keeps differences small.
        drawn = re.sub(r"terminal-\d+", "terminal", drawn)
        (DOCS / f"{name}.svg").write_text(drawn, encoding="utf-8")
        print(f"docs/{name}.svg")

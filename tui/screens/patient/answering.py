"""Keeping a patient's answers as they are typed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from data import inbox
from data.inbox import Letter
from tui.desk import Desk


class Answering:
    """The unsent answers to one letter. Each state is stored once, in the order of typing."""

    def __init__(self, desk: Desk, letter: Letter, typed: Mapping[str, object]) -> None:
        """`typed` is what the form held when it was opened: leaving it so stores nothing."""
        self.letter = letter
        self._desk = desk
        self._stored = typed
        self._version: int | None = letter.typed_version
        self._storing = asyncio.Lock()

    async def store(self, typed: Mapping[str, object]) -> None:
        """Store what is typed, if it differs. Raises what `inbox.save_typed` raises, and then tries again
        at the next call."""
        # What is on its way to the disk is seen through, also when a newer store replaces this one: its
        # version would be unknown here, and look like another terminal's.
        storing = asyncio.ensure_future(self._store(typed))
        # A fault of a store that was replaced is told by the newer one; asyncio would log it over the screen.
        storing.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.shield(storing)

    async def _store(self, typed: Mapping[str, object]) -> None:
        async with self._storing:
            if typed != self._stored:
                self._version = await self._desk.do(inbox.save_typed, self.letter.id, typed, self._version)
                self._stored = typed

    def insist(self) -> None:
        """Let the next `store` replace what was kept at another terminal."""
        self._version = None

    async def submit(self, typed: Mapping[str, object]) -> Letter:
        """Send the answers to the clinic, after everything that was stored. Raises what `inbox.answer`
        raises."""
        async with self._storing:
            return await self._desk.do(inbox.answer, self.letter.id, typed)

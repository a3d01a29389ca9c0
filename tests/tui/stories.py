"""What people do, in their own terms; runs on any `Terminal`. Texts are the Swedish interface's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.tui.drivers import DEADLINE, PilotTerminal, RealTerminal, Terminal, see

TOLVAN = "191212121212"


@dataclass
class Person:
    """Someone at a terminal with the demo clinic."""

    terminal: Terminal

    async def press(self, *keys: str) -> None:
        await self.terminal.press(*keys)

    async def type(self, text: str) -> None:
        await self.terminal.type(text)

    async def sees(self, *wanted: str, gone: str = "") -> str:
        return await see(self.terminal, *wanted, gone=gone)

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for what no screen shows; fails with the screen."""
        end = time.monotonic() + DEADLINE
        while not happened():
            assert time.monotonic() < end, self.terminal.text()
            await self.terminal.glance()

    async def signs_in_as(self, digit: str, arrives_at: str) -> None:
        await self.sees("Det här är en demo")
        await self.press(digit)
        await self.sees(arrives_at, gone="Det här är en demo")

    async def signs_out(self) -> None:
        await self.press("ctrl+p")
        await self.sees("Skriv för att söka")
        await self.type("logga ut")
        await self.sees("Logga ut")
        await self.press("enter")
        await self.sees("Det här är en demo")

    async def reads_as_tolvan(self) -> None:
        await self.sees("Det här är en demo")
        await self.press("5")
        await self.sees("19121212-1212", "tryck på Enter")
        await self.press("enter")
        await self.sees("Meddelanden från din mottagning", gone="Det här är en demo")

    async def ends(self) -> None:
        """Wait until the real program is gone."""
        assert isinstance(self.terminal, RealTerminal)
        end = time.monotonic() + DEADLINE
        while not self.terminal.ended():
            assert time.monotonic() < end, self.terminal.text()
            await self.terminal.glance()

    async def has_left(self) -> None:
        """Wait until the program inside the test has ended."""
        assert isinstance(self.terminal, PilotTerminal)
        end = time.monotonic() + DEADLINE
        while self.terminal.app.is_running:
            assert time.monotonic() < end, self.terminal.text()
            await asyncio.sleep(0)

    async def fetches(self, number: str) -> None:
        await self.press("n")
        await self.sees("personnummer")
        await self.type(number)
        await self.press("enter")

    async def picks(self, template: str) -> None:
        await self.sees("Skicka nytt ärende › Mall")
        await self.type(template)
        await self.sees(template)
        await self.press("enter")
        await self.sees("Fyll i", "Signatur")

    async def writes_and_sends(self, text: str) -> None:
        await self.type(text)
        await self.sees(text)
        await self.press("ctrl+s")
        await self.sees("sparat och skickat")

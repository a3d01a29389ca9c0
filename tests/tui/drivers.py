"""Terminals that tests use like a person: press keys, type, look until something is seen.

`PilotTerminal` runs the program inside the test; `RealTerminal` runs the real program in a pseudo-terminal of
its own and reads the screen that its bytes paint. Stories are written once and run on both.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import pexpect
import pyte
from rich.cells import cell_len
from textual.app import App
from textual.events import Key, Paste
from textual.keys import _character_to_key
from textual.pilot import Pilot

from tui.keys import character_of

DEADLINE = 15.0
"""Seconds until a test gives up looking for something; reached only when it fails."""

_GLANCE = 0.02

_ESCAPES = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "space": " ",
    "slash": "/",
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
    **{f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"},
}


class Terminal(Protocol):
    """What a person can do at a terminal."""

    strokes: int
    """Keys pressed so far, text that was typed not counted."""

    async def press(self, *keys: str) -> None:
        """Press keys by Textual's names."""

    async def burst(self, *keys: str) -> None:
        """Press keys so fast that none waits for what the one before it does."""

    async def type(self, text: str) -> None:
        """Type text into what has focus."""

    async def paste(self, text: str) -> None:
        """Paste text into what has focus."""

    def text(self) -> str:
        """The lines on the screen."""

    async def glance(self) -> None:
        """Let a moment pass."""


async def see(terminal: Terminal, *wanted: str, gone: str = "") -> str:
    """Look until every text is on the screen and `gone` is not; returns the screen, or fails showing it."""
    end = time.monotonic() + DEADLINE
    while True:
        screen = terminal.text()
        # Wrapped sentences are compared without their line breaks.
        flat = " ".join(screen.split())
        if all(" ".join(text.split()) in flat for text in wanted) and not (gone and gone in flat):
            return screen
        if time.monotonic() > end:
            raise AssertionError(f"not seen: {wanted!r} (gone: {gone!r})\n{screen}")
        await terminal.glance()


class PilotTerminal:
    """The program inside the test, through Textual's pilot."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot
        self.strokes = 0

    @property
    def app(self) -> App[None]:
        return self.pilot.app

    async def press(self, *keys: str) -> None:
        self.strokes += len(keys)
        await self._post(*keys)
        await self.pilot.pause()  # what a key leads to is often one message further on

    async def burst(self, *keys: str) -> None:
        await self._post(*keys)

    async def type(self, text: str) -> None:
        await self._post(*map(_character_to_key, text))

    async def paste(self, text: str) -> None:
        self.app.post_message(Paste(text))
        await self.pilot.pause()

    async def _post(self, *keys: str) -> None:
        # As the terminal's driver does it: `Pilot.press` sleeps 40 ms and more for each key.
        for key in keys:
            self.app.post_message(Key(key, _character(key)))
        await self.pilot.pause()

    def text(self) -> str:
        return "\n".join(strip.text.rstrip() for strip in self.app.screen._compositor.render_strips())

    async def glance(self) -> None:
        await self.pilot.pause(_GLANCE)


def _character(key: str) -> str | None:
    return key if len(key) == 1 else " " if key == "space" else character_of(key)


class RealTerminal:
    """The real program in a pseudo-terminal; `raw` holds every byte that it wrote."""

    def __init__(
        self,
        *arguments: str,
        columns: int = 80,
        rows: int = 24,
        env: Mapping[str, str] | None = None,
        program: Sequence[str] = (sys.executable, "-m", "tui.cli"),
        cwd: Path = Path(__file__).parents[2],
    ) -> None:
        self.strokes = 0
        self.raw = b""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.child = pexpect.spawn(
            program[0],
            [*program[1:], *arguments],
            dimensions=(rows, columns),
            cwd=str(cwd),
            env={**surroundings(), "PYTHONDONTWRITEBYTECODE": "1", **(env or {})},
            timeout=None,
        )
        self.child.delaybeforesend = None

    async def press(self, *keys: str) -> None:
        self.strokes += len(keys)
        for key in keys:
            self.child.send(_ESCAPES.get(key, key))
            # An Esc that is followed at once by another byte would be read as Alt.
            await asyncio.sleep(0.15 if key == "escape" else 0.02)

    async def burst(self, *keys: str) -> None:
        self.child.send("".join(_ESCAPES.get(key, key) for key in keys))

    async def type(self, text: str) -> None:
        self.child.send(text)
        await self.glance()

    async def paste(self, text: str) -> None:
        self.child.send(f"\x1b[200~{text}\x1b[201~")
        await self.glance()

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size; the program paints all of it anew."""
        self.text()
        self.screen.resize(rows, columns)
        self.screen.erase_in_display(2)
        self.child.setwinsize(rows, columns)

    def text(self) -> str:
        self._read()
        return "\n".join(line.rstrip() for line in self.screen.display)

    async def glance(self) -> None:
        await asyncio.sleep(_GLANCE)

    def ended(self) -> bool:
        """Whether the program is gone; reads what it still had to say."""
        self._read()
        return not self.child.isalive()

    def close(self) -> None:
        self.child.close(force=True)

    def _read(self) -> None:
        while True:
            try:
                new = self.child.read_nonblocking(65536, timeout=0)
            except (pexpect.TIMEOUT, pexpect.EOF):
                return
            self.raw += new
            self._stream.feed(without_queries(new))


def surroundings() -> dict[str, str]:
    """The environment that a program finds in a terminal of its own, whatever the tests' own is."""
    # The test plugins set a size for Textual, which then ignores its terminal's.
    foreign = ("OMVANT_", "TEXTUAL", "COLUMNS", "LINES", "PYTHON")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    # Milliseconds after which an Esc is a key. On a busy machine the program reads it late, so that much less
    # time seems to pass before the next key; what these tests send comes whole.
    return {**clean, "TERM": "xterm-256color", "ESCDELAY": "25"}


def without_queries(data: bytes) -> bytes:
    """A program's bytes as pyte takes them: it knows no `>` or `<` in a control sequence (questions of the
    keyboard protocol) and would print what follows."""
    return re.sub(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]", b"", data)


def fits(screen: str, columns: int, rows: int) -> bool:
    """Whether a screen's text lies within its size."""
    lines = screen.splitlines()
    return len(lines) <= rows and all(cell_len(line) <= columns for line in lines)

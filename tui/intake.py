"""What a terminal sends, divided into keys and pastes: what is pasted is data and never becomes a key.

Textual's own parser (8.2.8, `textual/_xterm_parser.py`) sees only keys here, never the inside of a paste:

- An ESC inside a paste begins a key there. Two of them are the Esc key; thirty signs after one are sent as
  thirty keys, Ctrl+S among them; one at the end of a packet is a key once 100 ms have passed; what
  follows it is lost to the paste.
- A byte that is no UTF-8 (a terminal set to Latin-1), or a key report with a number that no character has,
  ends the thread that reads, and the program with it.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Iterator

from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.constants import ESCAPE_DELAY
from textual.events import Paste
from textual.message import Message

BURST = 0.02
"""Seconds without a byte that part two bursts: nobody pastes, looks and types on within as little."""

KEPT = 100_000
"""Characters of a paste that are kept at either end: more than fields take, so it is told to be too long."""

_NO_TEXT = re.compile(
    f"{re.escape(BRACKETED_PASTE_START)}|{re.escape(BRACKETED_PASTE_END)}"
    "|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)


class Intake:
    """Takes bytes, gives Textual's messages: `feed` what was read, and tell `paused` when nothing more came.

    Terminals take the end mark out of what they paste. One that does not would let the rest of a hostile
    text be typed: so a paste goes on to the last end mark of its burst, and nothing before that is a key.
    """

    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._parser = XTermParser()
        self._recent = ""
        """The last signs that were typed: a start mark may come in two packets."""
        self._paste: str | None = None
        """What came since a paste began, or None between pastes."""

    @property
    def patience(self) -> float:
        """Seconds to wait for the next byte before `paused` is to be told."""
        return ESCAPE_DELAY if self._paste is None else BURST

    def feed(self, data: bytes) -> Iterator[Message]:
        """The keys in what was read; a paste comes out when input pauses."""
        # An Esc that was read long ago has nothing to do with this: on a busy machine nobody told the pause.
        yield from self._parser.tick()
        yield from self._take(self._decoder.decode(data))

    def paused(self) -> Iterator[Message]:
        """The paste that has come to its end, and what was typed after it; or a lone Esc."""
        if self._paste is not None and self._paste.rfind(BRACKETED_PASTE_END) > self._paste.rfind(
            BRACKETED_PASTE_START
        ):
            pasted, _mark, typed = self._paste.rpartition(BRACKETED_PASTE_END)
            self._paste = None
            yield Paste(_NO_TEXT.sub("", pasted))
            yield from self._keys(BRACKETED_PASTE_END)
            yield from self._take(typed)
        yield from self._parser.tick()

    def _take(self, text: str) -> Iterator[Message]:
        if self._paste is None:
            seen = self._recent + text
            begins = seen.find(BRACKETED_PASTE_START)
            if begins < 0:
                self._recent = seen[1 - len(BRACKETED_PASTE_START) :]
                yield from self._keys(text)
                return
            inside = begins + len(BRACKETED_PASTE_START) - len(self._recent)
            yield from self._keys(text[:inside])
            self._paste, self._recent, text = "", "", text[inside:]
        self._paste += text
        if len(self._paste) > 2 * KEPT:
            self._paste = self._paste[:KEPT] + self._paste[-KEPT:]

    def _keys(self, text: str) -> Iterator[Message]:
        for sign in text:
            try:
                # Its own pastes are empty: it sees their marks and nothing between.
                yield from (one for one in self._parser.feed(sign) if not isinstance(one, Paste))
            except (ValueError, OverflowError):  # a key report with a number that no character has
                self._parser = XTermParser()

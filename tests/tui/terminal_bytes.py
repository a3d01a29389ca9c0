"""What a program wrote to its terminal, taken apart into the program's own orders and what is drawn.

What Textual 8.2.8 writes while a screen is up is little: a cursor move before each piece, a style around it,
a line feed between lines, and the shape of the pointer. Everything else in the bytes is somebody's text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

BEGIN = {
    "\x1b[?1049h",
    "\x1b[?25l",
    "\x1b[?1004h",
    "\x1b[>25u",
    "\x1b[?2026$p",
    "\x1b[?2048$p",
    "\x1b[?2004h",
    "\x1b[?7l",
}
"""Modes and questions that `LinuxDriver` writes before the first screen (without a mouse)."""

END = {"\x1b[?2004l", "\x1b[?7h", "\x1b[<u", "\x1b[?1049l", "\x1b[?25h", "\x1b[?1004l"}
"""What takes them back, after the last screen."""

POINTER = "\x1b]22;default\x07"

_ORDER = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])")
_STYLE = re.compile(r"\x1b\[(?:0|(?:(?:[1-479]|[34]8;2;\d{1,3};\d{1,3};\d{1,3});?)+)m")
_MOVE = re.compile(r"\x1b\[(\d+);(\d+)H")
_MARK = re.compile(r"\x1b\]9999;([^;\x1b]*);([^\x1b]*)\x1b\\")
_LINE_END = re.compile(r"\r\n(?=\x1b\[\d+;\d+H|\x1b\[\?|\Z)")
"""The terminal makes CR LF of Textual's line feed, which stands at the end of a whole line only."""

_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True)
class Page:
    """What was written up to a mark of the test's program."""

    shown: str
    widgets: frozenset[str]
    drawn: str
    """The text without the program's orders."""
    foreign: tuple[str, ...]
    """What the program has no business to write while a screen is up."""


def pages(raw: bytes, columns: int, rows: int) -> list[Page]:
    """The bytes up to each mark. Raises `UnicodeDecodeError` for what is no UTF-8, such as 8-bit CSI."""
    text = raw.decode("utf-8")
    found = []
    start = 0
    for mark in _MARK.finditer(text):
        orders_of_driver = END | BEGIN if not found else set()
        found.append(_page(mark, text[start : mark.start()], orders_of_driver, columns, rows))
        start = mark.end()
    found.append(Page("end", frozenset(), *_taken_apart(text[start:], END, columns, rows)))
    return found


def _page(mark: re.Match[str], text: str, allowed: set[str], columns: int, rows: int) -> Page:
    return Page(mark[1], frozenset(mark[2].split(",")), *_taken_apart(text, allowed, columns, rows))


def _taken_apart(text: str, allowed: set[str], columns: int, rows: int) -> tuple[str, tuple[str, ...]]:
    foreign = []
    for order in _ORDER.finditer(text):
        move = _MOVE.fullmatch(order[0])
        if move:
            known = int(move[1]) <= rows + 1 and int(move[2]) <= columns + 1
        else:
            known = order[0] in allowed or order[0] == POINTER or bool(_STYLE.fullmatch(order[0]))
        if not known:
            foreign.append(order[0])
    drawn = _ORDER.sub("", _LINE_END.sub("", text))
    foreign += [sign for sign in drawn if is_obeyed(sign)]
    return drawn, tuple(foreign)


def is_obeyed(sign: str) -> bool:
    """Whether a terminal or a reader does something else with it than to draw it."""
    return unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} or bool(_BLANK.match(sign))

"""Words drawn behind a sign, later lines set in below the first: how options and scales look."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text as RichText

from tui.widgets.plain import guard

MARKS = {True: "›", False: " "}
"""Before what the arrows have come to."""


def hanging(console: Console, width: int, lead: str, words: str, style: str = "") -> list[RichText]:
    """Guarded words wrapped to `width` behind their lead, later lines set in by as much."""
    lines = RichText(guard(words)).wrap(console, max(1, width - len(lead)))
    leads = [lead, *[" " * len(lead)] * (len(lines) - 1)]
    return [
        RichText(before + line.plain.rstrip(), style=style) for before, line in zip(leads, lines, strict=True)
    ]


def block(lines: Sequence[RichText]) -> RichText:
    """The lines as one text that is wrapped no further."""
    joined = RichText("\n").join(lines)
    joined.no_wrap = True
    return joined

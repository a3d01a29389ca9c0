"""The last line: what the keys do here, or for a moment what there is to tell, on up to three lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.widgets.plain import content, fit

MOST = 5
"""More hints than this are read by no one; the rest stand in help and in the palette."""

MOST_LINES = 3
"""Rows that what is told may take."""

_GAP = "  "


class Hint(NamedTuple):
    """A key and what it does, both as people read them. A `kept` hint stays when room is short."""

    key: str
    label: str
    kept: bool = False


def chosen(hints: Sequence[Hint], width: int) -> list[Hint]:
    """At most five of the hints, as many as fit `width` cells whole; the last give way first."""
    hints = sorted(hints, key=lambda hint: hint.kept)
    while len(hints) > MOST or (len(hints) > 1 and _width(hints) > width):
        others = [index for index, hint in enumerate(hints) if not hint.kept]
        del hints[others[-1] if others else -1]
    return hints


def _width(hints: Sequence[Hint]) -> int:
    return sum(cell_len(f"{hint.key} {hint.label}") for hint in hints) + len(_GAP) * (len(hints) - 1)


class Hints(Widget):
    """One line: `n Nytt ärende  Enter Öppna  / Filtrera  F1 Hjälp`, or a message in its stead."""

    DEFAULT_CSS = """
    Hints {
        height: 1;
        padding: 0 1;
        background: $panel;
        color: $text-muted;
        &.-telling { height: auto; max-height: 3; color: $foreground; text-style: bold; }
    }
    """

    hints: reactive[tuple[Hint, ...]] = reactive(())
    """What may be done now, the most wanted first."""

    message: reactive[str] = reactive("", layout=True)
    """A translated sentence that is shown instead of the hints while it is not empty."""

    def watch_message(self, message: str) -> None:
        self.set_class(bool(message), "-telling")

    def render(self) -> Content:
        width = self.size.width
        if self.message:
            return content(fit(self.message, MOST_LINES * width))
        # Bold tells the key from its label where there is no colour.
        pieces = [
            content(fit(hint.key, width), "bold $foreground") + content(f" {hint.label}")
            for hint in chosen(self.hints, width)
        ]
        return content(_GAP).join(pieces)

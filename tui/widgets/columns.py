"""Columns of a table: how a row becomes a line of exactly so many terminal cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text as RichText
from textual.strip import Strip

from tui.widgets.plain import fit_cell

Row = TypeVar("Row")

GAP = "  "


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column `width` terminal cells wide; a flexible one is at least that and takes what is left over."""

    title: str
    width: int
    value: Callable[[Row], str | RichText]
    flexible: bool = False


def widths(columns: Sequence[Column[Row]], width: int) -> list[int]:
    """Each column's cells when the line has `width` of them; flexible ones share what the others leave."""
    spare = width - sum(column.width + len(GAP) for column in columns) + len(GAP)
    flexible = sum(column.flexible for column in columns)
    found = []
    for column in columns:
        extra = max(0, spare) // flexible if column.flexible else 0
        if column.flexible:
            spare, flexible = spare - extra, flexible - 1
        found.append(column.width + extra)
    return found


def draw(
    console: Console, width: int, base: Style, mark: str, cells: Iterable[tuple[str | RichText, int]]
) -> Strip:
    """A line of exactly `width` cells: the mark, then each value cut or filled to its size.

    What is too much is cut off at the right. A value's own style is laid over `base`.
    """
    segments = [Segment(mark, base)]
    for value, size in cells:
        text = fit_cell(value, size)
        style = base + console.get_style(text.style)
        segments.extend(Segment.apply_style(text.render(console, GAP), style))
    return Strip(segments).adjust_cell_length(width, base)

"""Columns of a table: how a row becomes a line of exactly so many terminal cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Generic, TypeVar

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text as RichText
from textual.cache import LRUCache
from textual.strip import Strip

from data.domain.value import Frozen
from tui.widgets.plain import fit_cell, pad

Row = TypeVar("Row")

CURSOR = "› "
NO_CURSOR = "  "
GAP = "  "

KEPT = 512
"""Lines that stay drawn: some screenfuls, so that a step back draws nothing anew."""


class Column(Frozen, Generic[Row], kw_only=False):
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
    segments = _joined(_pieces(console, base, mark, cells))
    return Strip(segments).adjust_cell_length(width, base)


def _pieces(
    console: Console, base: Style, mark: str, cells: Iterable[tuple[str | RichText, int]]
) -> Iterator[tuple[str, Style]]:
    yield mark, base
    for value, size in cells:
        if isinstance(value, str):
            yield pad(value, size) + GAP, base
            continue
        text = fit_cell(value, size)
        style = base + console.get_style(text.style)
        for piece in Segment.apply_style(text.render(console, GAP), style):
            yield piece.text, piece.style or base


def _joined(pieces: Iterable[tuple[str, Style]]) -> Iterator[Segment]:
    """One segment for neighbours of the same style: what is drawn, filtered and written costs by segments."""
    for style, run in groupby(pieces, key=itemgetter(1)):
        yield Segment("".join(text for text, _style in run), style)


class Ink(Frozen, kw_only=False):
    """What lines look like: their width in cells, the style of a line, and of the one at the cursor."""

    width: int
    plain: Style
    cursor: Style


class Lines(Generic[Row]):
    """Rows as lines. Those drawn lately are kept, so that scrolling draws only what comes into view."""

    def __init__(self, columns: Sequence[Column[Row]], row_style: Callable[[Row], str]) -> None:
        """`row_style` answers in Rich's words, such as "bold"."""
        self._columns = columns
        self._row_style = row_style
        # By the row's identity, which is its own for as long as it is held here.
        self._kept: LRUCache[tuple[int, bool], tuple[Row, Strip]] = LRUCache(KEPT)

    def forget(self) -> None:
        """Draw every row anew: with another ink, or since its columns may say another thing now."""
        self._kept.clear()

    def header(self, console: Console, width: int, style: Style) -> Strip:
        """The titles of the columns."""
        return self._drawn(console, width, style, NO_CURSOR, (column.title for column in self._columns))

    def line(self, console: Console, row: Row, ink: Ink, *, at_cursor: bool) -> Strip:
        """The line of a row: the strip that it had before, unless that was `forget`."""
        kept = self._kept.get((id(row), at_cursor))
        if kept is None:
            mark, base = (CURSOR, ink.cursor) if at_cursor else (NO_CURSOR, ink.plain)
            base += Style.parse(self._row_style(row))
            values = (column.value(row) for column in self._columns)
            kept = row, self._drawn(console, ink.width, base, mark, values)
            self._kept[id(row), at_cursor] = kept
        return kept[1]

    def _drawn(
        self, console: Console, width: int, base: Style, mark: str, values: Iterable[str | RichText]
    ) -> Strip:
        cells = zip(values, widths(self._columns, width - len(mark)), strict=True)
        return draw(console, width, base, mark, cells)

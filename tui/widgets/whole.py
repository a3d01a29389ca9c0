"""Joins a `PagedTable` to a list that is short enough to be read whole."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic

from tui.widgets.paged_table import After, Before, Edge, First, From, Last, Page
from tui.widgets.pages import Row


class WholeList(Generic[Row]):
    """A table's fetcher that reads everything at once, and narrows what it has read without reading again.

    `rows` is all that was read last. `wanted` decides what the table shows; whoever changes what it answers
    calls `PagedTable.restart`.
    """

    def __init__(
        self,
        read: Callable[[], Awaitable[Sequence[Row]]],
        *,
        key: Callable[[Row], object],
        wanted: Callable[[Row], bool] = lambda _row: True,
    ) -> None:
        self.rows: Sequence[Row] = ()
        self._read = read
        self._key = key
        self._wanted = wanted
        self._fresh = False

    def stale(self) -> None:
        """Read again at the next fetch."""
        self._fresh = False

    async def __call__(self, edge: Edge[Row]) -> Page[Row]:
        old = self._shown()
        if not self._fresh:
            self.rows = await self._read()
            self._fresh = True
        match edge:
            case First() | Last():
                start, stop = 0, None
            case From(row):
                start, stop = self._place(row, old), None
            case After(row):
                start, stop = self._place(row, old) + 1, None
            case Before(row):
                start, stop = 0, self._place(row, old)
        rows = self._shown()
        page = tuple(rows[start:stop])
        return Page(page, at_start=start == 0, at_end=stop is None or stop >= len(rows))

    def _shown(self) -> list[Row]:
        return [row for row in self.rows if self._wanted(row)]

    def _place(self, row: Row, old: Sequence[Row]) -> int:
        """Where the row stands now; where it stood, if it is gone."""
        for rows in (self._shown(), old):
            keys = [self._key(other) for other in rows]
            if self._key(row) in keys:
                return keys.index(self._key(row))
        return 0

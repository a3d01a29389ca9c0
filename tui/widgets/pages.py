"""Pages fetched by key, and a window of them: what a `PagedTable` knows of a list of any length."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeAlias, TypeVar

from data.domain.paging import PAGE
from data.domain.value import Frozen

WINDOW = 5 * PAGE
"""Rows that a window holds at most; farther ones are forgotten and fetched again on the way back."""

MARGIN = PAGE // 2
"""A neighbouring page is wanted when the lines in view come this close to the window's edge, in rows."""

Row = TypeVar("Row")


class First(Frozen, kw_only=False):
    """The list's first page."""


class Last(Frozen, kw_only=False):
    """The list's last page, in the list's order."""


class After(Frozen, Generic[Row], kw_only=False):
    """The page that follows `row`, without it."""

    row: Row


class Before(Frozen, Generic[Row], kw_only=False):
    """The page that ends just before `row`, in the list's order."""

    row: Row


class From(Frozen, Generic[Row], kw_only=False):
    """The page that begins with `row`, or, if that is gone, with what now stands in its place."""

    row: Row


Edge: TypeAlias = First | Last | After[Row] | Before[Row] | From[Row]


class Page(Frozen, Generic[Row], kw_only=False):
    """At most `PAGE` rows in the list's order, and whether the list is known to begin or end with them.

    A fetcher that does not know says False; an empty page tells as much at the cost of one more fetch.
    """

    rows: tuple[Row, ...]
    at_start: bool
    at_end: bool


Fetch: TypeAlias = Callable[[Edge[Row]], Awaitable[Page[Row]]]


class Window(Generic[Row]):
    """The part of a list that is at hand: never more than `WINDOW` rows, each next to its true neighbours."""

    def __init__(self, rows: Sequence[Row] = (), at_start: bool = False, at_end: bool = False) -> None:
        self.rows = rows
        self.at_start = at_start
        self.at_end = at_end

    def wanted(self, top: int, bottom: int) -> After[Row] | Before[Row] | None:
        """What to fetch next when rows `top` up to, not including, `bottom` are in view."""
        if not self.rows:
            return None
        if not self.at_end and len(self.rows) - bottom <= MARGIN:
            return After(self.rows[-1])
        if not self.at_start and top <= MARGIN:
            return Before(self.rows[0])
        return None

    def extend(self, edge: After[Row] | Before[Row], page: Page[Row], top: int, bottom: int) -> int:
        """Take in a page that `wanted` asked for, and forget as much at the far end.

        Returns how far the rows' indexes moved. Should forgetting touch the rows in view, because the view
        has gone to the other end while the page was on its way, the page is dropped and nothing moves.
        """
        count = len(self.rows)
        surplus = max(0, count + len(page.rows) - WINDOW)
        if isinstance(edge, After):
            if surplus > top:
                return 0
            self.rows = [*self.rows[surplus:], *page.rows]
            self.at_start = self.at_start and not surplus
            self.at_end = page.at_end or not page.rows
            return -surplus
        if surplus and count - surplus < bottom:
            return 0
        self.rows = [*page.rows, *self.rows[: count - surplus]]
        self.at_start = page.at_start or not page.rows
        self.at_end = self.at_end and not surplus
        return len(page.rows)

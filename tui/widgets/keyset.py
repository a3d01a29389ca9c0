"""Joins a `PagedTable` to an operation that reads pages by key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol, TypeVar

from data.domain import paging
from tui.widgets.paged_table import After, Before, Edge, Fetch, First, From, Last, Page

_SIDES = {After: paging.Side.AFTER, Before: paging.Side.BEFORE, From: paging.Side.FROM}


class Keyed(Protocol):
    """A row that can be found again by its id."""

    @property
    def id(self) -> int: ...


Row = TypeVar("Row", bound=Keyed)


def by_moment(
    read: Callable[[paging.Edge], Awaitable[paging.Page[Row]]],
    moment: Callable[[Row], datetime],
    ahead: Callable[[Row], bool] = lambda _row: False,
) -> Fetch[Row]:
    """A table's fetcher from an operation whose rows are ordered by `(moment, id)`, newest first.

    `ahead` says which rows the operation puts before all others, if it does that.
    """

    async def fetch(edge: Edge[Row]) -> Page[Row]:
        match edge:
            case First():
                wanted = paging.Edge(side=paging.Side.FIRST)
            case Last():
                wanted = paging.Edge(side=paging.Side.LAST)
            case After(row) | Before(row) | From(row):
                side = _SIDES[type(edge)]
                wanted = paging.Edge(side=side, at=moment(row), id=row.id, ahead=ahead(row))
        page = await read(wanted)
        return Page(page.rows, at_start=page.at_start, at_end=page.at_end)

    return fetch

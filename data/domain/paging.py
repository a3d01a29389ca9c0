"""Reading a long list piece by piece, by key: cost does not grow with the list's length or depth."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto
from typing import Generic, TypeVar

from data.domain.value import Frozen

Row = TypeVar("Row")

PAGE = 128
"""Rows a page."""


class Side(Enum):
    """Where a page lies: at an end of the list, or next to a row."""

    FIRST = auto()
    LAST = auto()
    AFTER = auto()
    BEFORE = auto()
    FROM = auto()
    """Like AFTER, with the row itself."""


class Edge(Frozen):
    """Where to read. `at` and `id` are the key of the row beside the page, None for an end of the list.

    `ahead`: the row is of those that the list puts before all others, such as what is unread.
    """

    side: Side = Side.FIRST
    at: datetime | None = None
    id: int | None = None
    ahead: bool = False


class Page(Frozen, Generic[Row]):
    """Rows in list order, and whether the list is known to start or end with them."""

    rows: tuple[Row, ...]
    at_start: bool
    at_end: bool

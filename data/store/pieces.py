"""Rows in pieces: a statement takes a limited number of values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def in_pieces(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of `size`; the last one may be shorter.

    peewee's `chunked` makes a list of that size for a single item.
    """
    rest = iter(items)
    while piece := list(islice(rest, size)):
        yield piece

"""Keyset pages: `(moment, id)` as a row value, which an index answers; OFFSET and OR grow with depth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from peewee import Field, ModelSelect, Tuple

from data.domain.paging import PAGE, Edge, Side


def rows_at(
    query: ModelSelect, moment: Field[Any], key: Field[Any], edge: Edge
) -> tuple[Sequence[Any], bool, bool]:
    """The rows of one page of `query`, newest first, with (at_start, at_end).

    `moment` and `key` are the columns that order the list; the query brings its own filter and joins.
    """
    backwards = edge.side in (Side.LAST, Side.BEFORE)
    if edge.at is not None:
        here = Tuple(moment, key)
        there = Tuple(edge.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"), edge.id)
        query = query.where(
            here > there if backwards else here <= there if edge.side is Side.FROM else here < there
        )
    order = (moment.asc(), key.asc()) if backwards else (moment.desc(), key.desc())
    found = list(query.order_by(*order).limit(PAGE + 1))
    more = len(found) > PAGE
    found = found[:PAGE]
    if backwards:
        found.reverse()
        return found, not more, edge.side is Side.LAST
    return found, edge.side is Side.FIRST, not more

"""Keyset pages: `(moment, id)` as a row value, which an index answers; OFFSET and OR grow with depth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from peewee import Expression, Field, Model, ModelSelect, Tuple

from data.domain.paging import PAGE, Edge, Side

Row = TypeVar("Row", bound=Model)


def rows_at(
    query: ModelSelect[Row],
    moment: Field[Any],
    key: Field[Any],
    edge: Edge,
    *,
    ahead: Expression | None = None,
) -> tuple[Sequence[Row], bool, bool]:
    """The rows of one page of `query`, newest first, with (at_start, at_end).

    `moment` and `key` are the columns that order the list; the query brings its own filter and joins.
    Rows for which `ahead` is true come before all others; no index answers that: the filter must leave few.
    """
    backwards = edge.side in (Side.LAST, Side.BEFORE)
    first = () if ahead is None else (ahead,)
    if edge.at is not None and edge.side not in (Side.FIRST, Side.LAST):
        at = moment.db_value(edge.at)  # type: ignore[no-untyped-call] # peewee's stubs leave it open
        here, there = Tuple(*first, moment, key), Tuple(*[edge.ahead for _ in first], at, edge.id or 0)
        query = query.where(
            here > there if backwards else here <= there if edge.side is Side.FROM else here < there
        )
    order = [column.asc() if backwards else column.desc() for column in (*first, moment, key)]
    found = list(query.order_by(*order).limit(PAGE + 1))
    more = len(found) > PAGE
    found = found[:PAGE]
    if backwards:
        found.reverse()
        return found, not more, edge.side is Side.LAST
    return found, edge.side is Side.FIRST, not more

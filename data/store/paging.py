"""Keyset pages: `(moment, id)` as a row value, or the id alone, which an index answers; OFFSET and OR grow
with depth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from peewee import SQL, ColumnBase, Expression, Field, Model, ModelSelect, Tuple

from data.domain.paging import PAGE, Edge, Side

Row = TypeVar("Row", bound=Model)

# Written out: where the length is an argument, PostgreSQL takes a tenth of the list to be wanted, finds a
# plan for any arguments too dear, and plans a long list's pages anew each time, for longer than it reads.
_ONE_MORE = SQL(str(PAGE + 1))


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
    first = () if ahead is None else (ahead,)
    at = moment.db_value(edge.at)  # type: ignore[no-untyped-call] # peewee's stubs leave it open
    there = (*[edge.ahead for _ in first], at, edge.id or 0)
    return _page(query, (*first, moment, key), there, edge)


def rows_by_id(
    query: ModelSelect[Row], key: ColumnBase, edge: Edge, *, first: ColumnBase | None = None
) -> tuple[Sequence[Row], bool, bool]:
    """As `rows_at`, in the order of the ids alone, which follow time: for what an index finds by id. `first`
    is ordered by before, where it is the same for all, or goes with the ids."""
    return _page(query, (key,), (edge.id or 0,), edge, () if first is None else (first,))


def _page(
    query: ModelSelect[Row],
    columns: Sequence[ColumnBase],
    there: Sequence[object],
    edge: Edge,
    first: Sequence[ColumnBase] = (),
) -> tuple[Sequence[Row], bool, bool]:
    backwards = edge.side in (Side.LAST, Side.BEFORE)
    if edge.at is not None and edge.side not in (Side.FIRST, Side.LAST):
        # A tuple of one is no row value to SQLite's full text.
        here, beside = (columns[0], there[0]) if len(columns) == 1 else (Tuple(*columns), Tuple(*there))
        query = query.where(
            here > beside if backwards else here <= beside if edge.side is Side.FROM else here < beside
        )
    order = [column.asc() if backwards else column.desc() for column in (*first, *columns)]
    found = list(query.order_by(*order).limit(_ONE_MORE))
    more = len(found) > PAGE
    found = found[:PAGE]
    if backwards:
        found.reverse()
        return found, not more, edge.side is Side.LAST
    return found, edge.side is Side.FIRST, not more

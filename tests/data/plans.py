"""How SQLite answers the queries of an operation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from peewee import SqliteDatabase

from data.store.store import Store


@contextmanager
def plans(store: Store) -> Iterator[Callable[[str], str]]:
    """Gives what says, after the block, the plan of its first query that has a sign in its SQL."""
    seen: list[tuple[str, tuple[object, ...]]] = []

    def plan(sign: str) -> str:
        sql, params = next(query for query in seen if sign in query[0])
        explain = "EXPLAIN QUERY PLAN" if isinstance(store.database, SqliteDatabase) else "EXPLAIN"
        rows = store.database.execute_sql(f"{explain} {sql}", params)
        return "\n".join(row[-1] for row in rows)

    store.database.query_hooks.append(lambda event: seen.append((event.sql, event.params)))
    yield plan
    store.database.query_hooks.clear()

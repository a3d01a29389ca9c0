"""Queries whose SQL is made once.

peewee makes a query's SQL each time it runs, which takes twenty times as long as SQLite takes to find a row
by its key. What runs at every act is prepared instead:

```python
_roles = Prepared(lambda staff: StaffRole.select(StaffRole.role).where(StaffRole.staff == staff))

held = {role for (role,) in _roles(actor.staff_id)}
```
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from inspect import signature
from typing import Any, Generic, TypeVar, cast

from peewee import (  # type: ignore[attr-defined]
    Context,
    Database,
    Field,
    ForeignKeyField,
    IntegerField,
    Node,
    TextField,
    __exception_wrapper__,
)

from data.store.models.base import Table, bound_to

Values = tuple[Any, ...]
Row = TypeVar("Row", bound=Table)
_Convert = Callable[[Any], Any]


class Prepared:
    """A query with arguments; `make` builds it from what stands for them, once for each kind of database.

    An argument is compared with a column, and stored as that column is; where none stands beside it, as in an
    UPDATE, `argument.stored_as(column)` says which.
    """

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._arguments = [_Argument(place) for place in range(len(signature(make).parameters))]
        self._statements: dict[type[Database], _Statement] = {}

    def __call__(self, *arguments: object) -> list[Values]:
        """The rows that a SELECT finds: the values of its columns."""
        statement = self._statement()
        return [statement.values(row) for row in statement.run(arguments).fetchall()]

    def first(self, *arguments: object) -> Values | None:
        """The first of the rows; None when there is none."""
        statement = self._statement()
        row = statement.run(arguments).fetchone()
        return None if row is None else statement.values(row)

    def do(self, *arguments: object) -> int:
        """Run a query that changes or deletes rows; returns how many."""
        return int(self._statement().run(arguments).rowcount)

    def _query(self) -> Any:
        return self._make(*self._arguments)

    def _statement(self) -> _Statement:
        kind = type(bound_to(Table))
        if kind not in self._statements:
            self._statements[kind] = _Statement.of(self._query())
        return self._statements[kind]


class PreparedRow(Prepared, Generic[Row]):
    """A query for one whole row of a table, by the condition that `where` makes of its arguments."""

    def __init__(self, model: type[Row], where: Callable[..., Any]) -> None:
        super().__init__(where)
        self._model = model
        self._names = [field.name for field in model._meta.sorted_fields]

    def get(self, *arguments: object) -> Row | None:
        """The row; None when there is none."""
        values = self.first(*arguments)
        if values is None:
            return None
        return self._model(__no_default__=True, **dict(zip(self._names, values, strict=True)))

    def _query(self) -> Any:
        return self._model.select().where(super()._query())


def by_id(model: type[Row], row_id: int) -> Row | None:
    """The row with that id; None when there is none."""
    return cast(PreparedRow[Row], _by_id(cast(Hashable, model))).get(row_id)


def referred(model: type[Row], row_id: int) -> Row:
    """The row that another one refers to by that id."""
    row = by_id(model, row_id)
    if row is None:
        raise LookupError(f"no {model.__name__} {row_id}")
    return row


@lru_cache(maxsize=64)
def _by_id(model: Any) -> PreparedRow[Table]:
    return PreparedRow(model, lambda row_id: model.id == row_id)


def insert(model: type[Table], **columns: object) -> int:
    """Insert a row and return its id. Foreign keys are given as ids; what is left out gets its default."""
    statement = _insertion(model, tuple(columns), cast(Hashable, type(bound_to(model))))
    cursor = statement.run(tuple(columns.values()))
    return int(cursor.fetchone()[0] if cursor.description else cursor.lastrowid)


def insert_all(model: type[Table], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows that all have the same columns, given as `insert` takes them."""
    if not rows:
        return
    database: Any = bound_to(model)
    statement = _insertion(model, tuple(rows[0]), cast(Hashable, type(database)))
    # The driver's own way for many: on a server they go in one message, and not one after the other's answer.
    with __exception_wrapper__:
        database.cursor().executemany(statement.sql, [statement.bound(tuple(row.values())) for row in rows])


@lru_cache(maxsize=64)
def _insertion(model: type[Table], names: tuple[str, ...], _kind: Hashable) -> _Statement:
    fields = [model._meta.combined[name] for name in names]
    given = {field: _Argument(place, field) for place, field in enumerate(fields)}
    return _Statement.of(model.insert(given))


class _Argument(Node):
    """Stands for an argument while SQL is made, and leaves its place among the values."""

    def __init__(self, place: int, column: Field[Any] | None = None) -> None:
        self._place = place
        self._column = column

    def stored_as(self, column: Field[Any]) -> _Argument:
        """The argument, stored as values of that column are."""
        return _Argument(self._place, column)

    def __sql__(self, ctx: Context) -> Context:
        convert = self._column.db_value if self._column else ctx.state.converter
        if convert is None:
            raise TypeError("an argument that stands beside no column says as which one it is stored")
        return cast(Context, ctx.value(_Place(self._place, convert), converter=False))


@dataclass(frozen=True)
class _Place:
    """Which argument a value is, and how it is stored."""

    argument: int
    convert: _Convert


@dataclass(frozen=True)
class _Statement:
    """The SQL of a query. `given`: its values, some of which are places of arguments; `read`: which
    columns that are found are made values of Python's, and how."""

    sql: str
    given: tuple[object, ...]
    read: tuple[tuple[int, _Convert], ...]

    @classmethod
    def of(cls, query: Any) -> _Statement:
        """The statement of a query of the database that is open now."""
        sql, given = query.sql()
        columns = getattr(query, "selected_columns", ())
        return cls(sql, tuple(given), tuple(_readers(columns)))

    def run(self, arguments: Sequence[object]) -> Any:
        """The driver's cursor."""
        database: Any = bound_to(Table)
        return database.execute_sql(self.sql, self.bound(arguments))

    def bound(self, arguments: Sequence[object]) -> list[object]:
        """The values that the driver puts into the SQL."""
        return [
            one.convert(arguments[one.argument]) if isinstance(one, _Place) else one for one in self.given
        ]

    def values(self, row: Sequence[object]) -> Values:
        """A row as Python has it."""
        values = list(row)
        for place, read in self.read:
            values[place] = read(values[place])
        return tuple(values)


_AS_THEY_ARE = (IntegerField, TextField, ForeignKeyField)
"""Columns whose values the drivers give as Python has them."""


def _readers(columns: Iterable[object]) -> Iterator[tuple[int, _Convert]]:
    for place, column in enumerate(columns):
        if isinstance(column, Field) and not isinstance(column, _AS_THEY_ARE):
            yield place, column.python_value

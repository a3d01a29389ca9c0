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
        database, statement = self._statement()
        return [statement.values(row) for row in statement.run(database, arguments).fetchall()]

    def first(self, *arguments: object) -> Values | None:
        """The first of the rows; None when there is none."""
        database, statement = self._statement()
        row = statement.run(database, arguments).fetchone()
        return None if row is None else statement.values(row)

    def do(self, *arguments: object) -> int:
        """Run a query that changes or deletes rows; returns how many."""
        database, statement = self._statement()
        return int(statement.run(database, arguments).rowcount)

    def _query(self) -> Any:
        return self._make(*self._arguments)

    def _statement(self) -> tuple[Database, _Statement]:
        """The open database, and what is run there."""
        database = bound_to(Table)
        statement = self._statements.get(type(database))
        if statement is None:
            statement = self._statements[type(database)] = _Statement.of(self._query(), len(self._arguments))
        return database, statement


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
        row = self._model(__no_default__=True)
        # As it was read: given to the model, each value would go through its field as one that was changed.
        row.__data__.update(zip(self._names, values, strict=True))
        return row

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
    database = bound_to(model)
    statement = _insertion(model, tuple(columns), cast(Hashable, type(database)))
    cursor = statement.run(database, tuple(columns.values()))
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
    return _Statement.of(model.insert(given), len(fields))


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
    """The SQL of a query. `constants`: the values that stand in it besides the arguments. `places`: where
    each of its values is found among the arguments and then the constants. `written` and `read`: which of its
    values, and which columns that are found, are stored otherwise than Python has them, and how."""

    sql: str
    constants: tuple[object, ...]
    places: tuple[int, ...]
    written: tuple[tuple[int, _Convert], ...]
    read: tuple[tuple[int, _Convert], ...]

    @classmethod
    def of(cls, query: Any, arguments: int) -> _Statement:
        """The statement of a query of the database that is open now, with so many arguments."""
        sql, given = query.sql()
        constants = [one for one in given if not isinstance(one, _Place)]
        rest = iter(range(arguments, arguments + len(constants)))
        return cls(
            sql,
            tuple(constants),
            tuple(one.argument if isinstance(one, _Place) else next(rest) for one in given),
            tuple(
                (place, one.convert)
                for place, one in enumerate(given)
                if isinstance(one, _Place) and not _leaves_as_it_is(one.convert)
            ),
            tuple(_readers(getattr(query, "selected_columns", ()))),
        )

    def run(self, database: Any, arguments: Sequence[object]) -> Any:
        """The driver's cursor."""
        return database.execute_sql(self.sql, self.bound(arguments))

    def bound(self, arguments: Sequence[object]) -> list[object]:
        """The values that the driver puts into the SQL."""
        known = (*arguments, *self.constants)
        values = [known[place] for place in self.places]
        for place, convert in self.written:
            values[place] = convert(values[place])
        return values

    def values(self, row: Values) -> Values:
        """A row as Python has it."""
        if not self.read:
            return row
        values = list(row)
        for place, convert in self.read:
            values[place] = convert(values[place])
        return tuple(values)


_AS_THEY_ARE = (IntegerField, TextField, ForeignKeyField)
"""Columns whose values the drivers take and give as Python has them; foreign keys are ids here."""


def _leaves_as_it_is(convert: _Convert) -> bool:
    """Whether it is the conversion of a column that needs none."""
    return isinstance(getattr(convert, "__self__", None), _AS_THEY_ARE)


def _readers(columns: Iterable[object]) -> Iterator[tuple[int, _Convert]]:
    for place, column in enumerate(columns):
        if isinstance(column, Field) and not isinstance(column, _AS_THEY_ARE):
            yield place, column.python_value

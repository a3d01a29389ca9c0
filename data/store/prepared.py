"""Queries whose SQL is made once.

peewee makes a query's SQL each time it runs, which takes twenty times as long as SQLite takes to find a row
by its key. What runs at every act is prepared instead:

```python
_roles = Prepared(lambda staff: StaffRole.select(StaffRole.role).where(StaffRole.staff == staff))

held = {role for (role,) in _roles(actor.staff_id)}
```
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from inspect import signature
from operator import itemgetter
from typing import Any, cast

from peewee import (  # type: ignore[attr-defined]
    SQL,
    BooleanField,
    Context,
    Database,
    Field,
    ForeignKeyField,
    IntegerField,
    Node,
    NodeList,
    SqliteDatabase,
    TextField,
    __exception_wrapper__,
)

from data.domain.value import Frozen
from data.store.models.base import Table, bound_to

Values = tuple[Any, ...]
_Convert = Callable[[Any], Any]
_Conversions = tuple[tuple[int, _Convert], ...]
"""Places among values, and what makes of the value there how it is stored, or how Python has it."""


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
        cursor, read = self._run(arguments)
        rows: list[Values] = cursor.fetchall()
        return [_read(row, read) for row in rows] if read else rows

    def first(self, *arguments: object) -> Values | None:
        """The first of the rows; None when there is none."""
        cursor, read = self._run(arguments)
        row: Values | None = cursor.fetchone()
        return _read(row, read) if row and read else row

    def do(self, *arguments: object) -> int:
        """Run a query that changes or deletes rows; returns how many."""
        return int(self._run(arguments)[0].rowcount)

    def _run(self, arguments: Values) -> tuple[Any, _Conversions]:
        """The cursor of the query, run in the open database, and how its columns are read."""
        database: Any = bound_to(Table)
        statement = self._statements.get(database.__class__)
        if statement is None:
            statement = _Statement.of(self._make(*self._arguments), len(self._arguments))
            self._statements[database.__class__] = statement
        return database.execute_sql(statement.sql, statement.bound(arguments)), statement.read


def columns_of(model: type[Table], shape: type[tuple[Any, ...]]) -> list[Any]:
    """The columns of a table that have the names of a `NamedTuple`, which is to take their values: a model of
    peewee's takes longer to make, and to read, than the database takes to find the row."""
    return [getattr(model, name) for name in shape._fields]  # type: ignore[attr-defined]


def insert(model: type[Table], **columns: object) -> int:
    """Insert a row and return its id. Foreign keys are given as ids; what is left out gets its default."""
    made = insert_unless(model, None, **columns)
    if made is None:
        raise LookupError(f"no id of a new {model.__name__}")
    return made


def insert_unless(model: type[Table], unique: Field[Any] | None, **columns: object) -> int | None:
    """As `insert`; None when another row has the same value of this unique column: then nothing is done."""
    database: Any = bound_to(model)
    statement = _insertion(model, tuple(columns), unique and unique.name, database.__class__)
    cursor = database.execute_sql(statement.sql, statement.bound(tuple(columns.values())))
    if cursor.description:
        row = cursor.fetchone()
        return row and int(row[0])
    return int(cursor.lastrowid) if cursor.rowcount else None


def insert_all(model: type[Table], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows that all have the same columns, given as `insert` takes them."""
    if not rows:
        return
    database: Any = bound_to(model)
    statement = _insertion(model, tuple(rows[0]), None, database.__class__)
    # The driver's own way for many: on a server they go in one message, and not one after the other's answer.
    with __exception_wrapper__:
        database.cursor().executemany(statement.sql, [statement.bound(tuple(row.values())) for row in rows])


@lru_cache(maxsize=64)
def _insertion(model: type[Table], names: tuple[str, ...], unique: str | None, _kind: Any) -> _Statement:
    fields = [model._meta.combined[name] for name in names]
    query = model.insert({field: _Argument(place, field.db_value) for place, field in enumerate(fields)})
    if unique is not None:
        query = query.on_conflict(action="nothing", conflict_target=[model._meta.fields[unique]])
    return _Statement.of(query, len(fields))


class _Argument(Node):
    """Stands for an argument while SQL is made, and leaves its place among the values."""

    def __init__(self, place: int, convert: _Convert | None = None) -> None:
        self._place = place
        self._convert = convert

    def stored_as(self, column: Field[Any]) -> _Argument:
        """The argument, stored as values of that column are."""
        return _Argument(self._place, column.db_value)

    def lists(self, column: Field[Any]) -> Node:
        """The condition that a column is one of the argument's values: a list, however long, of what the
        column holds as it is."""
        listed: Iterable[Node] = SQL(" = ANY("), _Argument(self._place, list), SQL(")")
        if isinstance(bound_to(Table), SqliteDatabase):
            listed = SQL(" IN (SELECT value FROM json_each("), _Argument(self._place, json.dumps), SQL("))")
        return NodeList((column, *listed), glue="")

    def __sql__(self, ctx: Context) -> Context:
        convert = self._convert or ctx.state.converter
        if convert is None:
            raise TypeError("an argument that stands beside no column says as which one it is stored")
        return cast(Context, ctx.value(_Place(self._place, convert), converter=False))


class _Place(Frozen, kw_only=False):
    """Which argument a value is, and how it is stored."""

    argument: int
    convert: _Convert


class _Statement(Frozen, kw_only=False):
    """The SQL of a query. `constants`: the values that stand in it besides the arguments. `pick`: finds its
    values among the arguments and then the constants, unless they are just those. `written` and `read`: which
    of its values, and which columns that are found, are stored otherwise than Python has them, and how."""

    sql: str
    constants: Values
    pick: Callable[[Values], Values] | None
    written: _Conversions
    read: _Conversions

    @classmethod
    def of(cls, query: Any, arguments: int) -> _Statement:
        """The statement of a query of the database that is open now, with so many arguments."""
        sql, given = query.sql()
        constants = [one for one in given if not isinstance(one, _Place)]
        known = arguments + len(constants)
        rest = iter(range(arguments, known))
        return cls(
            sql,
            tuple(constants),
            _picker([one.argument if isinstance(one, _Place) else next(rest) for one in given], known),
            tuple(
                (place, one.convert)
                for place, one in enumerate(given)
                if isinstance(one, _Place) and not _leaves_as_it_is(one.convert)
            ),
            tuple(_readers(getattr(query, "selected_columns", ()))),
        )

    def bound(self, arguments: Values) -> Sequence[Any]:
        """The values that the driver puts into the SQL."""
        values = arguments + self.constants
        if self.pick is not None:
            values = self.pick(values)
        if not self.written:
            return values
        changed = list(values)
        for place, convert in self.written:
            changed[place] = convert(changed[place])
        return changed


def _picker(places: Sequence[int], known: int) -> Callable[[Values], Values] | None:
    """What takes the values at these places of so many; None for all of them as they are."""
    if places == list(range(known)):
        return None
    return itemgetter(*places) if len(places) > 1 else lambda values: tuple(values[one] for one in places)


def _read(row: Values, how: _Conversions) -> Values:
    values = list(row)
    for place, convert in how:
        values[place] = convert(values[place])
    return tuple(values)


_AS_THEY_ARE = (IntegerField, TextField, ForeignKeyField)
"""Columns whose values the drivers take and give as Python has them; foreign keys are ids here."""


def _leaves_as_it_is(convert: _Convert) -> bool:
    """Whether it is the conversion of a column that needs none."""
    return isinstance(getattr(convert, "__self__", None), (*_AS_THEY_ARE, BooleanField))


def _readers(columns: Iterable[object]) -> Iterator[tuple[int, _Convert]]:
    for place, column in enumerate(columns):
        if isinstance(column, BooleanField) and not column.null:
            yield place, bool
        elif isinstance(column, Field) and not isinstance(column, _AS_THEY_ARE):
            yield place, column.python_value

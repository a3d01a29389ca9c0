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
from typing import Any, Generic, TypeVar, cast

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
        rows = database.execute_sql(statement.sql, statement.bound(arguments)).fetchall()
        return [_converted(row, statement.read) for row in rows] if statement.read else rows

    def first(self, *arguments: object) -> Values | None:
        """The first of the rows; None when there is none."""
        database, statement = self._statement()
        row = database.execute_sql(statement.sql, statement.bound(arguments)).fetchone()
        return _converted(row, statement.read) if row and statement.read else row

    def do(self, *arguments: object) -> int:
        """Run a query that changes or deletes rows; returns how many."""
        database, statement = self._statement()
        return int(database.execute_sql(statement.sql, statement.bound(arguments)).rowcount)

    def _query(self) -> Any:
        return self._make(*self._arguments)

    def _statement(self) -> tuple[Any, _Statement]:
        """The open database, and what is run there."""
        database = bound_to(Table)
        statement = self._statements.get(type(database))
        if statement is None:
            statement = self._statements[type(database)] = _Statement.of(self._query(), len(self._arguments))
        return database, statement


class PreparedRow(Prepared, Generic[Row]):
    """A query for whole rows of a table, by the condition that `where` makes of its arguments, each with the
    rows that some of its foreign keys refer to: those that follow (`along`), none of them null.

    A file joins them. On a server each is read by its id: PostgreSQL takes a few drafts for drafts of the
    first patients, when they were when it counted, and goes through all patients up to theirs (a merge join).
    """

    def __init__(self, model: type[Row], where: Callable[..., Any], *along: ForeignKeyField[Any]) -> None:
        super().__init__(where)
        self._model = model
        self._along = along
        models: list[type[Table]] = [model, *(key.rel_model for key in along)]
        self._names = [[field.name for field in one._meta.sorted_fields] for one in models]

    def get(self, *arguments: object) -> Row | None:
        """The row; None when there is none."""
        values = self.first(*arguments)
        return None if values is None else self._row(values)

    def all(self, *arguments: object) -> list[Row]:
        """The rows, in no order of their own."""
        return [self._row(values) for values in self(*arguments)]

    def _row(self, values: Values) -> Row:
        rest, joined = iter(values), len(values) > len(self._names[0])
        row = _made(self._model, self._names[0], rest)
        for key, names in zip(self._along, self._names[1:], strict=True):
            other = key.rel_model
            row.__rel__[key.name] = (
                _made(other, names, rest) if joined else _by_id(other).get(row.__data__[key.name])
            )
        return cast(Row, row)

    def _query(self) -> Any:
        along = self._along if _joins() else ()
        query = self._model.select(self._model, *(key.rel_model for key in along))
        for key in along:
            query = query.join_from(self._model, key.rel_model, on=key)
        return query.where(super()._query())


def _joins() -> bool:
    return isinstance(bound_to(Table), SqliteDatabase)


def _made(model: type[Table], names: Iterable[str], values: Iterator[Any]) -> Any:
    """A row as it was read: given to the model, each value would go through its field as a changed one."""
    row = model(__no_default__=True)
    row.__data__.update(zip(names, values, strict=False))
    return row


@lru_cache(maxsize=64)
def _by_id(model: Any) -> PreparedRow[Table]:
    return PreparedRow(model, lambda row_id: model.id == row_id)


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
    written: tuple[tuple[int, _Convert], ...]
    read: tuple[tuple[int, _Convert], ...]

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

    def bound(self, arguments: Values) -> Values:
        """The values that the driver puts into the SQL."""
        values = arguments + self.constants
        if self.pick is not None:
            values = self.pick(values)
        return _converted(values, self.written) if self.written else values


def _picker(places: Sequence[int], known: int) -> Callable[[Values], Values] | None:
    """What takes the values at these places of so many; None for all of them as they are."""
    if places == list(range(known)):
        return None
    return itemgetter(*places) if len(places) > 1 else lambda values: tuple(values[one] for one in places)


def _converted(values: Values, how: Iterable[tuple[int, _Convert]]) -> Values:
    changed = list(values)
    for place, convert in how:
        changed[place] = convert(changed[place])
    return tuple(changed)


_AS_THEY_ARE = (IntegerField, TextField, ForeignKeyField)
"""Columns whose values the drivers take and give as Python has them; foreign keys are ids here."""


def _leaves_as_it_is(convert: _Convert) -> bool:
    """Whether it is the conversion of a column that needs none."""
    return isinstance(getattr(convert, "__self__", None), _AS_THEY_ARE)


def _readers(columns: Iterable[object]) -> Iterator[tuple[int, _Convert]]:
    for place, column in enumerate(columns):
        if isinstance(column, BooleanField) and not column.null:
            yield place, bool
        elif isinstance(column, Field) and not isinstance(column, _AS_THEY_ARE):
            yield place, column.python_value

"""Rows as text that is the same whatever kind of database they stand in: what is moved, and what is compared.

The text is that of PostgreSQL's COPY (postgresql.org/docs/current/sql-copy.html, "Text Format"): a line for
each row, a tab between two columns, `\\N` for NULL, a backslash before what would be taken for these. A truth
is 0 or 1, and a moment has its six decimals, as a file stores them.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from enum import Enum, auto

from peewee import BooleanField, TextField

from data.domain.errors import Message, Unavailable
from data.store.models import Table, UtcField

ESCAPES = {"\\": "\\", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r"}
"""What stands behind a backslash instead of a sign."""

NULL = "\\N"

Chunk = bytes
"""Some whole lines, in UTF-8."""


class Kind(Enum):
    """What a column holds."""

    WHOLE = auto()
    TRUTH = auto()
    TEXT = auto()
    MOMENT = auto()


class Counting:
    """Counts lines as they pass by."""

    def __init__(self) -> None:
        self.rows = 0
        self._digest = hashlib.sha256()

    def passing(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        """The same chunks."""
        for chunk in chunks:
            self.rows += chunk.count(b"\n")
            self._digest.update(chunk)
            yield chunk

    @property
    def digest(self) -> str:
        """The SHA-256 of what has passed by so far."""
        return self._digest.hexdigest()


class Rows(ABC):
    """The rows of an open database, read and added in the transaction that runs there."""

    @abstractmethod
    def count(self, table: type[Table]) -> int:
        """How many rows a table has."""

    @abstractmethod
    def is_empty(self, table: type[Table]) -> bool:
        """Whether a table has no rows."""

    @abstractmethod
    def lines(self, table: type[Table], *, only: int | None = None) -> Iterator[Chunk]:
        """The rows of a table in the order of their ids, never all in memory; one of them if named.

        Raises `Unavailable` for a row with values that no program of ours has written.
        """

    @abstractmethod
    def put(self, table: type[Table], chunks: Iterable[Chunk]) -> None:
        """Add rows with their ids. Raises `Unavailable` for what the database does not take."""

    @abstractmethod
    def last_entry(self) -> tuple[int, str] | None:
        """The id and the MAC of the access log's newest entry; None for an empty log."""

    @abstractmethod
    def entry(self, entry_id: int) -> tuple[str, str] | None:
        """The event and the MAC of an entry of the access log; None when there is none."""


def columns(table: type[Table]) -> dict[str, Kind]:
    """The columns of a table in their order, by name, and what they hold."""
    return {field.column_name: _kind(field) for field in table._meta.sorted_fields}


def name_of(table: type[Table]) -> str:
    """What a table is called in the database."""
    return str(table._meta.table_name)


def refused(table: type[Table], chunk: Chunk) -> Unavailable:
    """Of a chunk with a row that can't be moved, which row that is."""
    at_fault = next((line for line in chunk.split(b"\n") if _strange(line)), b"")
    row = at_fault.split(b"\t")[0].decode(errors="replace")
    return Unavailable(
        Message(
            "Row {row} of the table {table} holds what Omvänt never writes: put a sound copy of the database "
            "in its place",
            row=row,
            table=name_of(table),
        )
    )


def _strange(line: bytes) -> bool:
    try:
        return b"\0" in line or not line.decode()
    except UnicodeDecodeError:
        return True


def _kind(field: object) -> Kind:
    match field:
        case UtcField():
            return Kind.MOMENT
        case BooleanField():
            return Kind.TRUTH
        case TextField():
            return Kind.TEXT
        case _:
            return Kind.WHOLE

"""Putting very many rows into a database file that is not in use yet, as quickly as the disk takes them.

Nothing is safe meanwhile: no journal, nothing waited for, no rule looked at. Whoever loads makes a new file,
gives it its name when all is in it, and throws it away otherwise (`data.store.copying.making`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from data.domain.errors import Message, Unavailable
from data.store.copying import reference_faults
from data.store.keys import EncryptionKey
from data.store.sqlite_file import connection_to, driver_of, opened, telling_unavailable

_CACHE = 128
"""Megabytes of pages that are kept in memory."""

_AT_ONCE = 50_000
"""Rows that are copied from another file between two reports."""


class Loading:
    """A file that is being loaded. Indexes and triggers are made again by `finish`, which takes less time
    than keeping them up."""

    def __init__(self, database: Any) -> None:
        self.database = database
        self._connection = driver_of(database)
        self._later: list[str] = []

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add rows with values as the database stores them; `table` and `columns` are names of our own."""
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        self._connection.executemany(
            f'INSERT INTO "{table}" ({names}) VALUES ({marks})',  # noqa: S608 # nosec B608
            rows,
        )

    def execute(self, sql: str, values: Sequence[object] = ()) -> None:
        """Run a statement of our own."""
        self._connection.execute(sql, values)

    def copy(self, table: str, columns: Sequence[str], source: Path) -> Iterator[float]:
        """Add the rows of the same table of another file; yields what part of them is there, from 0 to 1."""
        names = ", ".join(columns)
        self._connection.execute("COMMIT")
        self._connection.execute("ATTACH ? AS source KEY ''", (str(source),))
        self._connection.execute("BEGIN")
        bounds = f'SELECT MIN(id), MAX(id) FROM source."{table}"'  # noqa: S608 # nosec B608
        ((first, last),) = self._connection.execute(bounds)
        for start in range(first or 0, (last or -1) + 1, _AT_ONCE):
            self._connection.execute(
                f'INSERT INTO main."{table}" ({names}) SELECT {names} FROM source."{table}" '  # noqa: S608 # nosec B608
                "WHERE id >= ? AND id < ?",
                (start, start + _AT_ONCE),
            )
            yield min(1.0, (start + _AT_ONCE - first) / (last + 1 - first))
        self._connection.execute("COMMIT")
        self._connection.execute("DETACH source")
        self._connection.execute("BEGIN")

    def set_aside(self) -> None:
        """Drop the indexes and triggers until `finish`."""
        asked = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql <> ''"
        for kind, name, sql in self._connection.execute(asked).fetchall():
            self._later.append(sql)
            self._connection.execute(f'DROP {kind} "{name}"')
        self._later.sort(key=lambda sql: sql.startswith("CREATE TRIGGER"))

    def finish(self) -> Iterator[float]:
        """Make indexes and triggers again; yields what part of them is there, from 0 to 1.

        Raises `Unavailable` for rows that point to none.
        """
        for number, sql in enumerate(self._later, 1):
            self._connection.execute(sql)
            yield number / len(self._later)
        self._later.clear()
        if faults := reference_faults(self.database):
            raise Unavailable(Message("rows point to others that are not there: {first}", first=faults[0]))


@contextmanager
def loading(
    path: Path,
    *,
    key: EncryptionKey | None = None,
    prepare: Callable[[Any], None] = lambda _connection: None,
) -> Iterator[Loading]:
    """Open a file for loading, in one transaction; `prepare` gets the driver's connection before it.

    Raises `Unavailable` for what the disk refuses.
    """
    database = connection_to(
        path,
        key,
        synchronous="off",
        secure_delete=0,
        foreign_keys=0,
        temp_store="file",  # what indexes are sorted in may be larger than the memory
    )
    with opened(database, path, key), closing(database), telling_unavailable():
        for name, value in (
            ("journal_mode", "delete"),  # out of WAL mode, which can't be turned off directly
            ("journal_mode", "off"),
            ("locking_mode", "exclusive"),
            ("cache_size", -_CACHE * 1024),
            ("threads", 2),
        ):
            database.pragma(name, value)
        connection = driver_of(database)
        prepare(connection)
        connection.execute("BEGIN")
        yield Loading(database)
        connection.execute("COMMIT")

"""A database file as the one side of a move or the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from peewee import Database

from data.domain.errors import Conflict, Message
from data.store import log_keys, turn
from data.store.copying import making, put
from data.store.database import path_of
from data.store.loading import Loading, loading
from data.store.log_keys import LogKeys
from data.store.models import AccessLog, Setting, Table
from data.store.moved import MOVED_TO
from data.store.moving.rows import ESCAPES, NULL, Chunk, Kind, Rows, columns, name_of, refused
from data.store.moving.sides import Place, Source, Target
from data.store.place import beside
from data.store.replacing import alone
from data.store.sqlite_file import connection_to, driver_of, fits, opened, telling_unavailable
from data.store.sqlite_store import SqliteStore, open_file
from data.store.store import Store

_AT_ONCE = 1_000
"""Rows of a chunk."""

_UNESCAPED = {behind: sign for sign, behind in ESCAPES.items()}


class FileRows(Rows):
    """The rows of a file."""

    def __init__(self, database: Any) -> None:
        self._database = database

    def count(self, table: type[Table]) -> int:
        return int(self._one(f'SELECT COUNT(*) FROM "{name_of(table)}"')[0])  # noqa: S608 # nosec B608

    def is_empty(self, table: type[Table]) -> bool:
        return self._one(f'SELECT 1 FROM "{name_of(table)}" LIMIT 1') is None  # noqa: S608 # nosec B608

    def lines(self, table: type[Table], *, only: int | None = None) -> Iterator[Chunk]:
        with telling_unavailable():
            cursor = driver_of(self._database).execute(_selection(table, only))
            while found := cursor.fetchmany(_AT_ONCE):
                chunk = b"".join([line for (line,) in found])
                if not _is_ours(chunk):
                    raise refused(table, chunk)
                yield chunk

    def put(self, table: type[Table], chunks: Iterable[Chunk]) -> None:
        names = ", ".join(f'"{name}"' for name in columns(table))
        marks = ", ".join("?" * len(columns(table)))
        rows = (row for chunk in chunks for row in _values(chunk))
        with telling_unavailable():
            driver_of(self._database).executemany(
                f'INSERT INTO "{name_of(table)}" ({names}) VALUES ({marks})',  # noqa: S608 # nosec B608
                rows,
            )

    def last_entry(self) -> tuple[int, str] | None:
        found: tuple[int, str] | None = self._one("SELECT id, mac FROM access_log ORDER BY id DESC LIMIT 1")
        return found

    def entry(self, entry_id: int) -> tuple[str, str] | None:
        found: tuple[str, str] | None = self._one(
            "SELECT event, mac FROM access_log WHERE id = ?", (entry_id,)
        )
        return found

    def _one(self, sql: str, values: tuple[object, ...] = ()) -> Any:
        with telling_unavailable():
            return driver_of(self._database).execute(sql, values).fetchone()


class FileSource(Source):
    """A file that nobody else has open."""

    def __init__(self, database: Any, keys: LogKeys, path: Path) -> None:
        super().__init__(FileRows(database), keys, str(path))
        self._database = database

    def leave(self, entry: Chunk, place: str) -> None:
        with telling_unavailable(), self._database.atomic():
            self.rows.put(AccessLog, [entry])
            with self._database.bind_ctx([Setting]):
                Setting.create(name=MOVED_TO, value=place)


class FileTarget(Target):
    """A file that has not got its name yet."""

    def __init__(self, fresh: Path, place: Place) -> None:
        super().__init__(place)
        self._fresh = fresh
        self._file: Loading | None = None

    @contextmanager
    def loading(self) -> Iterator[Rows]:
        with loading(self._fresh, key=self.place.key) as self._file:
            self._file.set_aside()
            yield FileRows(self._file.database)
        self._file = None

    @property
    def database(self) -> Database:
        return cast(Database, self._loaded.database)

    def finish(self) -> Iterator[float]:
        return self._loaded.finish()

    @contextmanager
    def opened(self) -> Iterator[tuple[Store, Rows]]:
        store = self.open()
        try:
            with store.writing():
                yield store, FileRows(store.database)
            with telling_unavailable():
                store.database.pragma("journal_mode", "delete")  # all in the one file
        finally:
            store.close()

    def open(self) -> SqliteStore:
        """Open the file, whose tables are made when there are none."""
        place = self.place
        return open_file(
            self._fresh, self._fresh, key=place.key, create=True, clock=place.clock, token=place.token
        )

    @property
    def _loaded(self) -> Loading:
        if self._file is None:
            raise AssertionError("the file is not being loaded")
        return self._file


@contextmanager
def held_file(place: Place) -> Iterator[FileSource]:
    """As `sides.held`, for a file."""
    store = place.open()
    store.close()
    path = path_of(place.url)
    with alone(path, place.key) as database:
        store.log_keys.renew()
        yield FileSource(database, store.log_keys, path)


@contextmanager
def begun_file(place: Place, keys: LogKeys) -> Iterator[FileTarget]:
    """As `sides.begun`, for a file."""
    path = path_of(place.url)
    if path.exists():
        raise Conflict(Message("There is a file at {path} already", path=path))
    with making(path) as fresh, _gone_after(log_keys.path_beside(fresh), *_queue(fresh)):
        keys.hand_over(log_keys.path_beside(fresh))
        target = FileTarget(fresh, place)
        target.open().close()
        yield target
        _name(fresh, path, keys)


@contextmanager
def found_file(place: Place) -> Iterator[FileRows | None]:
    """As `sides.found`, for a file."""
    path, key = path_of(place.url), place.key
    if not path.exists() or not fits(path, key):
        yield None
        return
    database = connection_to(path, key, mode="mode=ro")
    with opened(database, path, key), closing(database):
        yield FileRows(database) if database.table_exists(name_of(AccessLog)) else None


def _queue(fresh: Path) -> Iterator[Path]:
    return (beside(fresh, ending) for ending in turn.QUEUE)


@contextmanager
def _gone_after(*files: Path) -> Iterator[None]:
    """Files that are not there within the block's beginning, nor after its end."""
    try:
        for one in files:  # of an earlier time that was cut off
            one.unlink(missing_ok=True)
        yield
    finally:
        for one in files:
            one.unlink(missing_ok=True)


def _name(fresh: Path, path: Path, keys: LogKeys) -> None:
    """Give the file its name, after its keys theirs, so that no database stands without them."""
    key_file = log_keys.path_beside(path)
    new = not key_file.exists()
    keys.hand_over(key_file)
    try:
        put(fresh, path, replace=False)
    except BaseException:
        if new:
            with suppress(OSError):
                key_file.unlink()
        raise


def _selection(table: type[Table], only: int | None) -> str:
    """The SELECT of a table's lines, in the order of the ids; of one row if named."""
    which = "" if only is None else f"WHERE id = {only}"
    fields = ", ".join(_field(name, kind) for name, kind in columns(table).items())
    return (
        f"SELECT CAST(concat_ws(char(9), {fields}) || char(10) AS BLOB) "  # noqa: S608 # nosec B608
        f'FROM "{name_of(table)}" {which} ORDER BY id'
    )


def _field(name: str, kind: Kind) -> str:
    """The text of a column. A value of another type than the column's, which SQLite would let in, becomes
    what no text holds: a zero."""
    wanted = "text" if kind in (Kind.TEXT, Kind.MOMENT) else "integer"
    value = _escaped(name) if kind is Kind.TEXT else f'"{name}"'
    return f"CASE typeof(\"{name}\") WHEN '{wanted}' THEN {value} WHEN 'null' THEN '{NULL}' ELSE char(0) END"


def _escaped(name: str) -> str:
    escaped = f'"{name}"'
    for sign, behind in ESCAPES.items():  # the backslash first: it stands in what the others become
        escaped = f"replace({escaped}, char({ord(sign)}), '\\{behind}')"
    signs = " || ".join(f"char({ord(sign)})" for sign in ESCAPES)
    # Most texts have no such sign, and one look is quicker than seven replacements.
    return f"CASE WHEN \"{name}\" GLOB '*[' || {signs} || ']*' THEN {escaped} ELSE \"{name}\" END"


def _is_ours(chunk: Chunk) -> bool:
    try:
        chunk.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in chunk


def _values(chunk: Chunk) -> Iterator[list[str | None]]:
    """The rows of a chunk; SQLite makes numbers of the texts of numbers, by the column's affinity."""
    for line in chunk.decode().split("\n")[:-1]:
        yield [None if text == NULL else _text(text) for text in line.split("\t")]


def _text(text: str) -> str:
    return _ESCAPE.sub(lambda found: _UNESCAPED[found[1]], text) if "\\" in text else text


_ESCAPE = re.compile(r"\\(.)")

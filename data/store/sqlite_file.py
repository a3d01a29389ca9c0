"""Connections to a database file, and what its faults mean in words."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import peewee
from playhouse.sqlcipher_ext import SqlCipherDatabase, sqlcipher

from data.domain.errors import Conflict, Message, Unavailable
from data.store.keys import SALT_BYTES, EncryptionKey
from data.store.place import READ_ONLY, identity

SAFE_WAL = (3, 51, 3)
"""The first SQLite whose WAL file can't be corrupted by two connections that write or checkpoint at the
same moment (sqlite.org/wal.html, "WAL-reset bug")."""

BUSY_SECONDS = 10
"""How long is waited for others before one is told."""

_PAGE = 4096
"""Bytes of a page: SQLCipher's default, as SQLite's."""

WAL_LEAST = 1_000
"""So many pages in the WAL file are worth moving into the database: 4 MB, SQLite's own measure."""

WAL_MOST = 16 * WAL_LEAST
"""So many are moved by whoever writes just then, and waits for it: when nobody was idle to do it before."""

_CACHE_KIB = 1_000
"""Memory for pages, half of SQLite's own measure: what falls out of it comes from the system's cache."""

PRAGMAS: tuple[tuple[str, object], ...] = (
    ("cipher_log_level", "NONE"),  # first: otherwise the library writes to stderr, across the screen
    ("busy_timeout", BUSY_SECONDS * 1_000),
    ("cache_size", -_CACHE_KIB),
    ("synchronous", "full"),  # what was acknowledged survives a power cut
    ("foreign_keys", 1),
    ("wal_autocheckpoint", WAL_MOST),
    ("journal_size_limit", WAL_LEAST * _PAGE),  # a WAL file that has grown shrinks when it begins anew
    ("temp_store", "memory"),  # what is sorted would stand on the disk unencrypted
    ("secure_delete", 1),  # what is deleted is overwritten: its words do not stay in free pages
)

_UNENCRYPTED = b"SQLite format 3\x00"
"""How a file begins that is not encrypted (sqlite.org/fileformat2.html, 1.3)."""

DAMAGED = Message(
    "The database file is damaged: close Omvänt everywhere and put a sound copy in its place "
    "with omvant restore"
)


class FileDatabase(SqlCipherDatabase):  # type: ignore[misc] # peewee's modules beside itself have no types
    """peewee's database, without what it does around every statement for its log, which would hold patients'
    data, in twice the time that SQLite takes to find a row by its key."""

    def begin(self, lock_type: str | None = None) -> None:
        self.execute_sql(f"BEGIN {lock_type or self._lock_type}")

    def commit(self) -> None:
        self.execute_sql("COMMIT")

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        if self.query_hooks:
            return super().execute_sql(sql, params)
        connection = self._state.conn or self.connection()
        try:
            return connection.execute(sql, params or ())
        except sqlcipher.Error:
            with peewee.__exception_wrapper__:  # type: ignore[attr-defined]
                raise


class Unreadable(Unavailable):
    """The file can't be read with this key, now or later: it is damaged, another's, or no database."""


def connection_to(
    path: Path, key: EncryptionKey | None, *, mode: str = "mode=rw", **settings: object
) -> peewee.SqliteDatabase:
    """A database that connects to the file when it is first used; `mode` is as in SQLite's file URIs, and
    `settings` replace `PRAGMAS`. Raises `Unavailable` when there is no file, or the library is too old."""
    if sqlcipher.sqlite_version_info < SAFE_WAL:
        raise Unavailable(
            Message(
                "SQLite {found} is too old to be safe: install sqlcipher3 0.6.4 or later",
                found=sqlcipher.sqlite_version,
            )
        )
    if identity(path) is None:
        raise Unavailable(Message("There is no database at {path}", path=path))
    # check_same_thread: a thread that has ended leaves its connection to be closed by another.
    database: peewee.SqliteDatabase = FileDatabase(
        f"{path.as_uri()}?{mode}",
        pragmas=tuple((name, settings.get(name, value)) for name, value in PRAGMAS),
        lock_type="IMMEDIATE",
        uri=True,
        check_same_thread=False,
        passphrase=key.passphrase if key else "",
    )
    return database


@contextmanager
def opened(database: peewee.SqliteDatabase, path: Path, key: EncryptionKey | None) -> Iterator[None]:
    """Connect, and tell what is wrong with the file if it can't be read; the connection is closed when the
    block fails. Raises `Unreadable` and `Unavailable`."""
    try:
        with telling_unavailable():
            database.connect()
            database.pragma("schema_version")  # reads the first page, which only the right key can
            yield
    except Unreadable:
        database.close()
        if fault := _other_key(path, key):
            raise Unreadable(fault) from None
        raise
    except BaseException:
        database.close()
        raise


def keep_wal(database: peewee.SqliteDatabase) -> None:
    """See to it that the file is in WAL mode, which stays in the file.

    Changing it takes the file for itself, and SQLite does not wait for others there (its busy handler is not
    asked): several programs that start at one moment would tell one another that the database is busy.
    """
    end = time.monotonic() + BUSY_SECONDS
    while database.pragma("journal_mode") != "wal":
        try:
            database.pragma("journal_mode", "wal")
        except peewee.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)


def rows(database: Any, sql: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement as the driver has them, one by one."""
    return iter(database.execute_sql(sql))


def driver_of(database: Any) -> Any:
    """The driver's own connection: for what peewee has no call, and for values that its log must not hold."""
    return database.connection()


def fits(path: Path, key: EncryptionKey | None) -> bool:
    """Whether the file says that it is encrypted with this key; with None, that it is not encrypted.

    Ask only while this process has no connection to the file: closing a file lets go of its locks.
    """
    return _beginning(path) == (key.salt if key else _UNENCRYPTED)


def may_be_database(path: Path) -> bool:
    """Whether a file could be a database, perhaps encrypted with a key of another time: as to its size, all
    that can be told of one, it is whole pages."""
    size = path.stat().st_size
    return _beginning(path) == _UNENCRYPTED or (size > 0 and size % _PAGE == 0)


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(SALT_BYTES)
    except OSError:
        return b""


def _other_key(path: Path, key: EncryptionKey | None) -> Message | None:
    """Why a file that is sound may be unreadable with this key; None when it must be damaged."""
    found = _beginning(path)
    if key is None:
        return (
            None
            if found == _UNENCRYPTED
            else Message(
                "The file is not an Omvänt database, or it is encrypted: then name its key with --key-file"
            )
        )
    if found == _UNENCRYPTED:
        return Message("The database is not encrypted: encrypt it with omvant encrypt, or leave out the key")
    if found != key.salt:
        return Message(
            "The database is encrypted with another key than this, or the very beginning of the file is "
            "damaged: name the right key with --key-file, or put a sound copy in its place"
        )
    return None


class telling_unavailable:  # noqa: N801 - as contextlib's
    """Turn the driver's faults into errors that say what to do."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, _FAULTS) and not isinstance(error, _PROGRAMMING):
            raise _in_words(error) from error


_FAULTS = (peewee.DatabaseError, peewee.InterfaceError, sqlcipher.DatabaseError)
_PROGRAMMING = (peewee.ProgrammingError, sqlcipher.ProgrammingError)
_INTEGRITY = (peewee.IntegrityError, sqlcipher.IntegrityError)


def _in_words(error: BaseException) -> Exception:
    if isinstance(error, _INTEGRITY):
        return Conflict(Message("Someone else changed the same thing at this moment: try again"))
    fault = str(_first(error)).lower()
    # "not a database" is said of a first page that can't be read, "malformed" of the others.
    if "not a database" in fault or "malformed" in fault:
        return Unreadable(DAMAGED)
    return Unavailable(_reason(fault))


def _first(error: BaseException) -> BaseException:
    """The fault that all began with. SQLite undoes a transaction by itself when the disk is full, also at its
    COMMIT; peewee's ROLLBACK then fails after it."""
    while isinstance(error.__context__, (peewee.DatabaseError, sqlcipher.DatabaseError)):
        error = error.__context__
    return error


def _reason(fault: str) -> Message:
    known = (
        ("readonly", READ_ONLY),
        (
            "disk is full",
            Message("The disk is full: make room, then try again; what you typed is still here"),
        ),
        ("locked", Message("The database is busy: try again in a moment; what you typed is still here")),
        ("unable to open", Message("The database can't be opened: is the file still there?")),
    )
    for sign, message in known:
        if sign in fault:
            return message
    return Message("The database can't be reached: {fault}", fault=fault)

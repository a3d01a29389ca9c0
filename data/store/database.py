"""Open the database file and bring its tables up to date; one open store a process.

A URL is `sqlite:///path` or a plain path; `postgresql://…` is told apart and refused for now. Nothing outside
`data.store` knows which kind of database it is.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import peewee
from playhouse.migrations import Runner
from playhouse.sqlcipher_ext import SqlCipherDatabase, sqlcipher

from data.domain.errors import Conflict, Message, Unavailable
from data.domain.text import swedish_key
from data.store import log_keys, models
from data.store.log_chain import seal
from data.store.log_keys import LogKeys

MIGRATIONS = Path(__file__).with_name("migrations")

SAFE_WAL = (3, 51, 3)
"""The first SQLite whose WAL file can't be corrupted by two connections that write or checkpoint at the
same moment (sqlite.org/wal.html, "WAL-reset bug")."""

PRAGMAS: tuple[tuple[str, object], ...] = (
    ("cipher_log_level", "NONE"),  # first: otherwise the library writes to stderr, across the screen
    ("busy_timeout", 10_000),  # milliseconds; before WAL, since switching to it takes a lock
    ("journal_mode", "wal"),
    ("synchronous", "full"),  # what was acknowledged survives a power cut
    ("foreign_keys", 1),
)

Clock = Callable[[], datetime]
Token = Callable[[], str]


@dataclass(frozen=True)
class OpenFile:
    """A database file, and which of those that may come to stand at its path it is."""

    path: Path
    identity: tuple[int, int] | None

    @classmethod
    def at(cls, path: Path) -> OpenFile:
        """The file that stands there now."""
        return cls(path, _identity(path))

    def in_place(self) -> bool:
        """Whether it is still the one at its path."""
        return _identity(self.path) == self.identity


class Store:
    """An open database, with the clock and the source of random keys that operations use.

    Connections are one a thread, opened when first needed; `close()` closes the calling thread's.
    """

    def __init__(
        self,
        database: peewee.SqliteDatabase,
        file: OpenFile,
        log_keys: LogKeys,
        *,
        clock: Clock,
        token: Token,
    ) -> None:
        self.database = database
        self.file = file
        self.log_keys = log_keys
        self.clock = clock
        self.token = token

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that holds SQLite's write lock from its start, so that it never fails half-way."""
        with _telling_unavailable(), self.database.atomic():
            self._check_in_place()  # with the lock: another program may have put a new file there meanwhile
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A transaction that sees one state of the database and takes no write lock."""
        with _telling_unavailable(), self.database.atomic("DEFERRED"):
            self._check_in_place()
            yield

    def _check_in_place(self) -> None:
        """SQLite goes on writing to a file that was moved or deleted: what it acknowledges would be lost."""
        if not self.file.in_place():
            raise Unavailable(
                Message(
                    "The database is no longer at {path}: put the file back, then try again; "
                    "what you typed is still here",
                    path=self.file.path,
                )
            )

    def signs(self, alphabet: str, count: int) -> str:
        """`count` unguessable signs of the alphabet, drawn from a token."""
        drawn = int.from_bytes(hashlib.shake_256(self.token().encode()).digest(64))
        signs = []
        for _ in range(count):
            drawn, place = divmod(drawn, len(alphabet))
            signs.append(alphabet[place])
        return "".join(signs)

    def changes(self) -> int:
        """A number that differs after another connection has changed the database.

        Numbers are comparable only when the same thread asked for them.
        """
        with _telling_unavailable():
            return int(self.database.pragma("data_version"))

    def close(self) -> None:
        """Close the calling thread's connection; it opens again by itself when needed."""
        if not self.database.is_closed():
            self.database.close()


def open_store(
    url: str | Path,
    *,
    create: bool = False,
    clock: Clock = lambda: datetime.now(UTC),
    token: Token = lambda: secrets.token_urlsafe(16),
) -> Store:
    """Open the database, bring its tables up to date, and make it the store of this process.

    Without `create`, a file that does not exist raises `Unavailable`, so that a mistyped path never makes
    a new, empty clinic. `clock` gives aware moments; `token` gives unguessable keys.
    """
    path = _path(str(url))
    database = _connect_file(path, create=create)
    file = OpenFile.at(path)
    with _telling_unavailable():
        try:
            database.connect()
            keys = _migrate(database, path)
        except BaseException:
            database.close()
            raise
    models.database.initialize(database)
    global _current  # noqa: PLW0603 - one open store a process is the point
    _current = Store(database, file, keys, clock=clock, token=token)
    return _current


def _identity(file: Path) -> tuple[int, int] | None:
    """What tells a file from another at the same path; None when there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


_current: Store | None = None


def current() -> Store:
    """The open store of this process."""
    if _current is None:
        raise Unavailable(Message("No database is open"))
    return _current


def _path(url: str) -> Path:
    if url.startswith(("postgresql://", "postgres://")):
        raise Unavailable(Message("This version of Omvänt opens database files only, not PostgreSQL"))
    return Path(url.removeprefix("sqlite:///")).expanduser().absolute()


def _migrate(database: peewee.SqliteDatabase, path: Path) -> LogKeys:
    """Bring the tables up to date, once, also when several programs start at the same moment.

    Returns the access log's keys, which are made together with its chain.
    """
    key_file = log_keys.path_beside(path)
    if _pending(database, path):
        database.pragma("foreign_keys", 0)  # migrations rebuild tables; has no effect inside a transaction
        try:
            with database.atomic():
                if _pending(database, path):
                    Runner(database, str(MIGRATIONS)).up()
                    if not key_file.exists():
                        log_keys.add_key(key_file)
                    with database.bind_ctx([models.AccessLog]):
                        seal(log_keys.read(key_file))
        finally:
            database.pragma("foreign_keys", 1)
    return log_keys.read(key_file)


def _pending(database: peewee.SqliteDatabase, path: Path) -> bool:
    runner = Runner(database, str(MIGRATIONS))
    if database.get_tables() and not database.table_exists(runner.table_name):
        raise Unavailable(Message("The file {path} belongs to another program", path=path))
    steps = runner.status()
    if any(step.path is None for step in steps):
        raise Unavailable(Message("The database was made by a newer version of Omvänt: install that one"))
    return any(step.applied is None for step in steps)


def _connect_file(path: Path, *, create: bool) -> peewee.SqliteDatabase:
    if sqlcipher.sqlite_version_info < SAFE_WAL:
        raise Unavailable(
            Message(
                "SQLite {found} is too old to be safe: install sqlcipher3 0.6.4 or later",
                found=sqlcipher.sqlite_version,
            )
        )
    if create:
        _create_private(path)
    elif _identity(path) is None:
        raise Unavailable(Message("There is no database at {path}", path=path))
    # check_same_thread: a thread that has ended leaves its connection to be closed by another.
    database: peewee.SqliteDatabase = SqlCipherDatabase(
        f"{path.as_uri()}?mode=rw", pragmas=PRAGMAS, lock_type="IMMEDIATE", uri=True, check_same_thread=False
    )
    database.register_collation(_swedish, "swedish")
    return database


def _create_private(path: Path) -> None:
    """Make the file readable by its owner only, before anything is in it."""
    previous = os.umask(0o077)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise Unavailable(
            Message("The database can't be made at {path}: {reason}", path=path, reason=error.strerror)
        ) from error
    finally:
        os.umask(previous)


def _swedish(left: str, right: str) -> int:
    a, b = swedish_key(left), swedish_key(right)
    return (a > b) - (a < b)


@contextmanager
def _telling_unavailable() -> Iterator[None]:
    """Turn the driver's faults into errors that say what to do."""
    try:
        yield
    except peewee.IntegrityError as error:
        raise Conflict(Message("Someone else changed the same thing at this moment: try again")) from error
    except peewee.ProgrammingError:
        raise
    except (peewee.DatabaseError, peewee.InterfaceError) as error:
        # SQLite undoes a transaction by itself when the disk is full; peewee's ROLLBACK then fails after it.
        first = error.__context__ if isinstance(error.__context__, peewee.DatabaseError) else error
        raise Unavailable(_reason(str(first))) from error


def _reason(fault: str) -> Message:
    known = (
        ("readonly", Message("The database can't be written: the file or its folder is read-only")),
        (
            "disk is full",
            Message("The disk is full: make room, then try again; what you typed is still here"),
        ),
        ("locked", Message("The database is busy: try again in a moment; what you typed is still here")),
        (
            "not a database",
            Message("The file is not an Omvänt database, or it is encrypted with another key"),
        ),
        (
            "malformed",
            Message(
                "The database file is damaged: close Omvänt everywhere and put a sound copy in its place"
            ),
        ),
        ("unable to open", Message("The database can't be opened: is the file still there?")),
    )
    for sign, message in known:
        if sign in fault.lower():
            return message
    return Message("The database can't be reached: {fault}", fault=fault)

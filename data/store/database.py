"""The open store of this process: transactions on the database file, its clock and its source of keys.

A URL is `sqlite:///path` or a plain path; `postgresql://…` is told apart and refused for now. Nothing outside
`data.store` knows which kind of database it is.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import peewee

from data.domain.errors import Message, Unavailable
from data.store import models, place
from data.store.keys import EncryptionKey
from data.store.log_keys import LogKeys
from data.store.migrating import migrate
from data.store.place import OpenFile
from data.store.sqlite_file import connection_to, keep_wal, opened, telling_unavailable

Clock = Callable[[], datetime]
Token = Callable[[], str]


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
        key: EncryptionKey | None = None,
    ) -> None:
        self.database = database
        self.file = file
        self.log_keys = log_keys
        self.key = key
        self.clock = clock
        self.token = token

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that holds SQLite's write lock from its start, so that it never fails half-way."""
        with telling_unavailable(), self.database.atomic():
            self._check_in_place()  # with the lock: another program may have put a new file there meanwhile
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A transaction that sees one state of the database and takes no write lock."""
        with telling_unavailable(), self.database.atomic("DEFERRED"):
            self._check_in_place()
            yield

    def _check_in_place(self) -> None:
        """SQLite goes on writing to a file that was moved or deleted: what it acknowledges would be lost."""
        if self.file.in_place():
            return
        if self.file.path.exists():
            raise Unavailable(
                Message(
                    "The database is no longer at {path}, where another file stands now: put the file back, "
                    "or leave Omvänt and start it again; what you typed is still here",
                    path=self.file.path,
                )
            )
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
        with telling_unavailable():
            return int(self.database.pragma("data_version"))

    def empty_wal(self) -> None:
        """Move what is in the WAL file into the database and cut the file to nothing, outside a transaction.

        Waits as long as for any lock for others who read just then, and otherwise leaves it to the next time.
        """
        with telling_unavailable():
            self.database.pragma("wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the calling thread's connection; it opens again by itself when needed."""
        if not self.database.is_closed():
            self.database.close()


def open_store(
    url: str | Path,
    *,
    key: EncryptionKey | None = None,
    create: bool = False,
    clock: Clock = lambda: datetime.now(UTC),
    token: Token = lambda: secrets.token_urlsafe(16),
) -> Store:
    """Open the database, bring its tables up to date, and make it the store of this process.

    Without `create`, a file that does not exist raises `Unavailable`, so that a mistyped path never makes
    a new, empty clinic. With `key` the file is encrypted, or becomes so when it is made; one that is not, or
    with another key, raises `Unavailable`. `clock` gives aware moments; `token` gives unguessable keys.
    """
    named = _named(str(url))
    path = path_of(str(url))
    if create:
        place.create_private(path)
    database = connection_to(path, key)
    place.check_writable(path)
    with place.opening(path.parent):
        file = OpenFile.at(path, named)
        with opened(database, path, key):
            keep_wal(database)
            log_keys = migrate(database, path, key, clock())
    models.database.initialize(database)
    global _current  # noqa: PLW0603 - one open store a process is the point
    _current = Store(database, file, log_keys, clock=clock, token=token, key=key)
    return _current


_current: Store | None = None


def current() -> Store:
    """The open store of this process."""
    if _current is None:
        raise Unavailable(Message("No database is open"))
    return _current


def path_of(url: str) -> Path:
    """The file that a URL or a path names. Raises `Unavailable` for what is no file.

    Symbolic links are followed: journals, the log's keys and what takes the file's place go by its own name.
    """
    return Path(os.path.realpath(_named(url)))


def _named(url: str) -> Path:
    if url.startswith(("postgresql://", "postgres://")):
        raise Unavailable(Message("This version of Omvänt opens database files only, not PostgreSQL"))
    return Path(url.removeprefix("sqlite:///")).expanduser().absolute()

"""A database in one file, which all programs on the machine share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from peewee import SqliteDatabase

from data.domain.errors import Message, Unavailable
from data.store import place
from data.store.keys import EncryptionKey
from data.store.log_keys import LogKeys
from data.store.migrating import migrate
from data.store.models import Table
from data.store.place import OpenFile
from data.store.search_sqlite import SqliteIndex
from data.store.sqlite_file import (
    WAL_LEAST,
    connection_to,
    driver_of,
    keep_wal,
    opened,
    rows,
    telling_unavailable,
)
from data.store.store import Clock, Store, Token
from data.store.turn import Turn


class SqliteStore(Store):
    """An open database file. It has one writer at a time: whoever writes has all rows for themselves."""

    reuses_ids: ClassVar[bool] = True

    def __init__(
        self,
        database: SqliteDatabase,
        file: OpenFile,
        log_keys: LogKeys,
        *,
        clock: Clock,
        token: Token,
        key: EncryptionKey | None,
    ) -> None:
        super().__init__(database, log_keys, clock=clock, token=token)
        self.database: SqliteDatabase = database
        self.file = file
        self.key = key
        self.turn = Turn(file.path, self._patience)
        self._merged: tuple[int, int] | None = None

    @property
    def url(self) -> str:
        return str(self.file.path)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that holds SQLite's write lock from its start, so that it never fails half-way."""
        if self.database.in_transaction():  # which has the turn already
            with telling_unavailable(), self.database.atomic():
                yield
            return
        with telling_unavailable(), self.turn.taken(), self.database.transaction():
            self._check_in_place()  # with the lock: another program may have put a new file there meanwhile
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        with telling_unavailable(), self.database.atomic("DEFERRED"):
            self._check_in_place()
            yield

    def _patience(self) -> float:
        """How long a turn is waited for, in seconds: half as long as for SQLite's lock, which comes after."""
        return float(self.database.pragma("busy_timeout")) / 2_000

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

    def changes(self) -> int:
        with telling_unavailable():
            return int(self.database.pragma("data_version"))

    def hold_table(self, table: type[Table]) -> None:
        pass  # the write lock holds them all

    def hold_chain(self, chain: int) -> None:
        pass  # the write lock holds them all

    def close(self) -> None:
        super().close()
        self.turn.close()

    def forget_deleted(self) -> None:
        """Move what is in the WAL file into the database, where `secure_delete` has overwritten what was
        deleted, and cut the file to nothing.

        Waits as long as for any lock for others who read just then, and otherwise leaves it to the next time.
        """
        with telling_unavailable():
            self.database.pragma("wal_checkpoint(TRUNCATE)")

    def tidy(self) -> None:
        """Merge what was added to the search, and move pages from the WAL file into the database; writers do
        not wait for either."""
        with telling_unavailable():
            if self._seen() != self._merged and self._merge():
                self._merged = self._seen()
            _busy, pages, moved = next(rows(self.database, "PRAGMA wal_checkpoint(NOOP)"))
            if pages - moved >= WAL_LEAST:
                self.database.pragma("wal_checkpoint(PASSIVE)")

    def _merge(self) -> bool:
        """Merge a piece, unless others write; whether nothing is left to merge."""
        with self.turn.taken_if_free() as free:
            if not free:
                return False
            with self.database.atomic():
                self._check_in_place()
                return not SqliteIndex(self.database).merge_some()

    def _seen(self) -> tuple[int, int]:
        """What differs after anybody has changed the database."""
        return self.changes(), int(driver_of(self.database).total_changes)


def open_file(
    path: Path, named: Path, *, key: EncryptionKey | None, create: bool, clock: Clock, token: Token
) -> SqliteStore:
    """Open a database file and bring its tables up to date. `named`: the path as it was given, perhaps
    through symbolic links. Raises `Unavailable`, as `data.store.database.open_store` says."""
    if create:
        place.create_private(path)
    database = connection_to(path, key)
    place.check_writable(path)
    with place.opening(path.parent):
        file = OpenFile.at(path, named)
        with opened(database, path, key):
            keep_wal(database)
            log_keys = migrate(database, path, key, clock())
    return SqliteStore(database, file, log_keys, clock=clock, token=token, key=key)

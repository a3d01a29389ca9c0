"""Copies of a database: made while others work with it, and believed only after they were read through."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic

import peewee
from playhouse.sqlcipher_ext import sqlcipher

from data.domain.errors import Conflict, Message, Unavailable
from data.domain.value import Frozen
from data.store import log_keys
from data.store.keys import EncryptionKey
from data.store.place import JOURNALS, beside, identity, sync, sync_folder
from data.store.sqlite_file import (
    Unreadable,
    connection_to,
    driver_of,
    may_be_database,
    opened,
    rows,
    telling_unavailable,
)
from data.store.turn import QUEUE

FAULTS_TOLD = 3
"""How many faults of a file are told; a damaged one may have thousands."""


class Copy(Frozen, kw_only=False):
    """A copy that was read through. `size` in bytes; `log_keys` are the ids of the keys that the newest entry
    of each chain of the access log is written with; `seconds`: what copying and reading took."""

    path: Path
    size: int
    cases: int
    log_keys: frozenset[str]
    seconds: float


def back_up(
    path: Path,
    to: Path,
    key: EncryptionKey | None,
    *,
    replace: bool = False,
    record: Callable[[Copy], None] = lambda _copy: None,
) -> Copy:
    """Copy the database to `to` as it is at one moment, while others go on working; encrypted as it is.

    It is written beside `to`, read through, recorded (`record`), and only then given its name. Raises
    `Conflict` when there is a file already, unless it is a database and may be replaced, and `Unavailable`,
    with what was at `to` untouched.
    """
    if to.exists() and not replace:
        raise Conflict(Message("There is a file at {path} already: replace it with --replace", path=to))
    if _belongs_to(to, path):
        raise Conflict(Message("{path} is the database itself", path=to))
    if to.exists() and not may_be_database(to):  # the file of a key, say, which this cannot be got back from
        raise Conflict(Message("{path} is no backup, and stays: choose another name", path=to))
    began = monotonic()
    with making(to) as unfinished:
        source, target = connection_to(path, key), connection_to(unfinished, key)
        with opened(source, path, key), closing(source), closing(target), telling_unavailable():
            # In one step: in several, it begins anew each time somebody writes.
            driver_of(source).backup(driver_of(target), pages=-1)
            target.pragma("journal_mode", "delete")  # a single file
        copy = examine(unfinished, key).model_copy(update={"path": to})
        record(copy)
        put(unfinished, to, replace=replace)
    return copy.model_copy(update={"seconds": monotonic() - began})


def _belongs_to(file: Path, path: Path) -> bool:
    """Whether a file is the database, or one of those beside it without which it is lost."""
    known = (path, log_keys.path_beside(path), beside(path, "-shm"), *(beside(path, one) for one in JOURNALS))
    there = identity(file)
    return there is not None and there in map(identity, known)


@contextmanager
def making(to: Path) -> Iterator[Path]:
    """An empty file beside `to`, private, which is to get its name; gone, with its journals, if the block
    fails. Raises `Conflict` while another program makes the same, `Unavailable` for what the system refuses.
    """
    unfinished = beside(
        to, ".unfinished"
    )  # always this name, so that what is cut off is cleared away next time
    try:
        if unfinished.is_symlink() or unfinished.exists():
            descriptor = os.open(unfinished, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with _claimed(descriptor, unfinished):
                _clear(unfinished)
        # Not emptied and used again: it may be another name of a finished copy.
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with _claimed(descriptor, unfinished):
            os.fchmod(descriptor, 0o600)  # whatever the umask
            try:
                yield unfinished
            finally:
                _clear(unfinished)
    except FileExistsError:
        raise Conflict(_being_written(to)) from None
    except OSError as error:
        raise Unavailable(
            Message("{path} can't be written: {reason}", path=to, reason=error.strerror or str(error))
        ) from error


@contextmanager
def _claimed(descriptor: int, path: Path) -> Iterator[None]:
    """Lock an open file until the block ends, and close it then. Raises `Conflict` if another program has it,
    or has put another in its place."""
    try:
        found = os.fstat(descriptor)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if (found.st_dev, found.st_ino) != identity(path):
            raise BlockingIOError
    except BlockingIOError:
        os.close(descriptor)
        raise Conflict(_being_written(path)) from None
    try:
        yield
    finally:
        os.close(descriptor)


def _being_written(path: Path) -> Message:
    return Message("Another program is writing {path} just now", path=path)


def _clear(path: Path) -> None:
    """Delete a copy that is not finished, with its journals and the files of its queue."""
    for ending in ("", "-shm", *JOURNALS, *QUEUE):
        beside(path, ending).unlink(missing_ok=True)


def put(finished: Path, to: Path, *, replace: bool) -> None:
    """Give a file its name, on the disk. Raises `Conflict` when the name is taken and may not be."""
    sync(finished)
    if replace:
        finished.replace(to)
    else:
        try:
            os.link(finished, to)  # fails where there is a file, however late it came
        except FileExistsError:
            raise Conflict(Message("There is a file at {path} already", path=to)) from None
    sync_folder(to.parent)


def examine(path: Path, key: EncryptionKey | None) -> Copy:
    """Read through a copy that nobody has open. Raises `Unavailable` for any fault in it."""
    if not path.is_file():
        raise Unavailable(Message("There is no file at {path}", path=path))
    if any(beside(path, ending).exists() and beside(path, ending).stat().st_size for ending in JOURNALS):
        raise Unavailable(
            Message("{path} was not closed, or is in use: copy it with omvant backup instead", path=path)
        )
    began = monotonic()
    # Immutable: neither locks nor journals, so that also a copy on a read-only medium can be read.
    database = connection_to(path, key, mode="mode=ro&immutable=1")
    with opened(database, path, key), closing(database), telling_unavailable():
        if faults := [*content_faults(database, key), *reference_faults(database)]:
            raise Unreadable(
                Message("{path} is damaged: {faults}", path=path, faults="; ".join(faults[:FAULTS_TOLD]))
            )
        if not database.table_exists("case") or not database.table_exists("schema_migration"):
            raise Unreadable(Message("The file {path} belongs to another program", path=path))
        ((cases,),) = rows(database, 'SELECT COUNT(*) FROM "case"')
        found = _newest_log_keys(database)
    return Copy(path, path.stat().st_size, cases, found, monotonic() - began)


def content_faults(database: peewee.SqliteDatabase, key: EncryptionKey | None) -> list[str]:
    """What SQLite, and SQLCipher for an encrypted file, find wrong with its pages, in their words."""
    try:
        if key is not None:  # each page carries a MAC, which tells damage in what no index covers
            faults = [line for (line,) in rows(database, "PRAGMA cipher_integrity_check")]
            if faults:
                return faults
        return [line for (line,) in rows(database, "PRAGMA integrity_check") if line != "ok"]
    except (peewee.DatabaseError, sqlcipher.DatabaseError) as error:  # it can't even be read
        return [str(error)]


def reference_faults(database: peewee.SqliteDatabase) -> list[str]:
    """Rows that point to rows that are not there, as `table row → other table`."""
    found = rows(database, "PRAGMA foreign_key_check")
    return [f"{table} {row} → {other}" for table, row, other, _ in found]


def has_chain(database: peewee.SqliteDatabase) -> bool:
    """Whether the access log is a chain in this database: not in one from before there was one."""
    tables = "access_log" in database.get_tables()
    return tables and "mac" in {column.name for column in database.get_columns("access_log")}


def _newest_log_keys(database: peewee.SqliteDatabase) -> frozenset[str]:
    if not has_chain(database):
        return frozenset()
    newest = "SELECT DISTINCT key FROM (SELECT key, MAX(number) FROM access_log GROUP BY chain)"
    return frozenset(key for (key,) in rows(database, newest))

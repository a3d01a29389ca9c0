"""Putting another file in a database's place: one that is encrypted anew, or a backup.

At every moment one whole file stands at the path, whatever is cut off: the new one is written beside, read
through, and then takes the name in a single step of the file system. Nobody else has the database open
meanwhile, since SQLite finds a file's journal by the file's name, and would apply the old one's to the new.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import peewee

from data.domain.errors import Conflict, Message, Unavailable
from data.store import log_keys
from data.store.copying import Copy, examine, making
from data.store.keys import EncryptionKey
from data.store.migrating import pending
from data.store.place import JOURNALS, beside, exchanging, free, stamp, sync, sync_folder
from data.store.sqlite_file import Unreadable, connection_to, driver_of, fits, opened, rows

OLD = ".old"
"""Ends the name of the file that is being replaced, until the new one was read at its place."""

_SHARED_LOCKS = (0x4000_0002, 510)
"""The bytes of a file that SQLite's readers lock: the first, and how many (SHARED_FIRST and SHARED_SIZE of
SQLite's os.h)."""


@dataclass(frozen=True)
class Restored:
    """`kept` is where the database stands that was there before; None when there was none. `log_keys_lost`:
    the access log's keys do not know those of the backup."""

    cases: int
    kept: Path | None
    log_keys_lost: bool


def encrypt_anew(path: Path, key: EncryptionKey | None, new: EncryptionKey) -> None:
    """Encrypt a database that is not encrypted (`key` None), or one that is, with another key.

    The old file is removed once the new one was read at its place. Run again after it was cut off, it ends
    what was begun. Raises `Conflict` when others have the database open or it has this key already, and
    `Unavailable`, with the old database at its place.
    """
    old = beside(path, OLD)
    with exchanging(path.parent):
        if fits(path, new):
            if not old.exists():
                raise Conflict(Message("The database is encrypted with this key already"))
            with alone(path, new):
                pass  # all of it is in the one file now
            examine(path, new)
        else:
            _encrypt(path, old, key, new)
        _remove(old)


def _encrypt(path: Path, old: Path, key: EncryptionKey | None, new: EncryptionKey) -> None:
    with making(path) as fresh, alone(path, key) as database:
        _write(database, fresh, new)
        _compare(database, fresh, new)
        old.unlink(missing_ok=True)  # of an earlier time: what replaced it was read through just now
        _exchange(fresh, path, old, new)


def restore(
    path: Path,
    backup: Path,
    key: EncryptionKey | None,
    now: datetime,
    *,
    replace: bool = False,
    without_log_keys: bool = False,
) -> Restored:
    """Put a backup in the database's place, and keep the database that stood there.

    The backup is copied and read through first. The access log's keys stay; they must know those that the
    backup was written with, unless `without_log_keys`, which adds a new one. A database that is damaged is
    kept too, with its journal. Raises `Conflict` when there is one and it may not be replaced, or others have
    it open, and `Unavailable`, with what stood there untouched.
    """
    if path.exists() and not replace:
        raise Conflict(
            Message("There is a database at {path}: replace it, and keep it, with --replace", path=path)
        )
    kept = free(beside(path, f".replaced-{stamp(now)}"))
    with exchanging(path.parent), making(path) as fresh:
        copy = _copied(backup, fresh, key)
        key_file = _log_keys_for(copy, path, without_log_keys=without_log_keys)
        if not path.exists():
            _set_journals_aside(path, kept)
            _exchange(fresh, path, None, key)
        else:
            with _held(path, kept, key):
                _exchange(fresh, path, kept, key)
        if key_file is not None:
            log_keys.add_key(key_file)
        return Restored(copy.cases, kept if kept.exists() else None, key_file is not None)


def _copied(backup: Path, fresh: Path, key: EncryptionKey | None) -> Copy:
    """Copy the backup, read through, to the new file; that one is read through at its place."""
    copy = examine(backup, key)
    database = connection_to(backup, key, mode="mode=ro&immutable=1")
    with opened(database, backup, key), closing(database):
        pending(database, backup)  # refuses what is of a newer version
    shutil.copyfile(backup, fresh)
    return copy


def _log_keys_for(copy: Copy, path: Path, *, without_log_keys: bool) -> Path | None:
    """The file of log keys that needs a new one; None when it knows those of the backup."""
    key_file = log_keys.path_beside(path)
    known = set(log_keys.read(key_file).by_id) if key_file.exists() else set()
    if copy.log_keys <= known:
        return None
    if without_log_keys:
        return key_file
    raise Unavailable(
        Message(
            "The access log of the backup is written with another key than those at {path}: put the file of "
            "that time there first. If it is lost, --without-log-keys restores all the same, and the log up "
            "to now can't be verified",
            path=key_file,
        )
    )


@contextmanager
def alone(path: Path, key: EncryptionKey | None) -> Iterator[peewee.SqliteDatabase]:
    """The database with all in one file and no journal, closed to everybody else until the block ends."""
    database = connection_to(path, key, busy_timeout=1_000)
    with opened(database, path, key), closing(database):
        try:
            database.pragma("wal_checkpoint(truncate)")
            database.pragma("journal_mode", "delete")
            database.pragma("locking_mode", "exclusive")
            with database.atomic("EXCLUSIVE"):
                pass  # the lock stays after it
        except peewee.OperationalError as error:
            if "locked" in str(error):
                raise _in_use() from error
            raise
        yield database


@contextmanager
def _held(path: Path, kept: Path, key: EncryptionKey | None) -> Iterator[None]:
    """What is to be replaced, closed to everybody: also when it can't be read, which may be why it is."""
    with ExitStack() as held:
        readable = fits(path, key)  # if not, it is better not opened: SQLite deletes an empty file's journal
        if readable:
            try:
                held.enter_context(alone(path, key))
            except Unreadable:
                readable = False
        if not readable:
            held.enter_context(_readers_locked_out(path))
            _set_journals_aside(path, kept)
        yield


@contextmanager
def _readers_locked_out(path: Path) -> Iterator[None]:
    first, count = _SHARED_LOCKS
    with path.open("rb+") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, count, first)
        except BlockingIOError:
            raise _in_use() from None
        yield


def _in_use() -> Conflict:
    return Conflict(Message("Omvänt is open at another terminal: close it everywhere, then try again"))


def _set_journals_aside(path: Path, kept: Path) -> None:
    """Take the journals away from the name that the new file gets, and leave them with the old one's."""
    for ending in JOURNALS:
        if beside(path, ending).exists():
            beside(path, ending).replace(beside(kept, ending))
    beside(path, "-shm").unlink(missing_ok=True)
    sync_folder(path.parent)


def _write(database: peewee.SqliteDatabase, fresh: Path, new: EncryptionKey) -> None:
    # Past peewee, which would tell its own log the statement's values.
    connection = driver_of(database)
    connection.execute("ATTACH ? AS fresh KEY ?", (str(fresh), new.passphrase))
    connection.execute("SELECT sqlcipher_export('fresh')")
    connection.execute(f"PRAGMA fresh.user_version = {int(database.pragma('user_version'))}")
    connection.execute("DETACH fresh")
    sync(fresh)


def _compare(database: peewee.SqliteDatabase, fresh: Path, new: EncryptionKey) -> None:
    examine(fresh, new)
    written = connection_to(fresh, new, mode="mode=ro&immutable=1")
    with opened(written, fresh, new), closing(written):
        if _digests(written) != _digests(database):
            raise Unavailable(Message("The copy is not the same as the database: nothing was replaced"))


def _digests(database: peewee.SqliteDatabase) -> dict[str, str]:
    """For each table a digest of its rows in order, and one of what the tables, indexes and triggers are."""
    schema = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
    asked = {"": schema}
    kinds = rows(database, "SELECT name, wr FROM pragma_table_list WHERE schema = 'main'")
    without_rowid = {
        name for name, without in kinds if without
    }  # read in the order of their key, all the same
    for name in database.get_tables():  # names of our own, that no outside text is part of
        order = "" if name in without_rowid else " ORDER BY rowid"
        asked[name] = f'SELECT * FROM "{name}"{order}'  # noqa: S608 # nosec B608
    digests = {}
    for name, sql in asked.items():
        digest = hashlib.sha256()
        for row in rows(database, sql):
            digest.update(repr(row).encode())
        digests[name] = digest.hexdigest()
    return digests


def _exchange(fresh: Path, path: Path, old: Path | None, key: EncryptionKey | None) -> None:
    """Give the new file the name; the one that had it is `old` from then on, and gets it back if the new one
    can't be read there."""
    sync(fresh)
    if old is not None:
        os.link(path, old)
        sync_folder(path.parent)
    fresh.replace(path)
    sync_folder(path.parent)
    try:
        examine(path, key)
    except Unavailable:
        if old is None:
            path.unlink()
        else:
            old.replace(path)
        sync_folder(path.parent)
        raise


def _remove(old: Path) -> None:
    old.unlink()
    sync_folder(old.parent)

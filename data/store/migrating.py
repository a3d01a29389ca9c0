"""Bringing the tables of a database up to date, with a copy of the old ones kept beside it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import peewee

from data.domain.errors import Message, OmvantError, Unavailable
from data.store import log_keys, models, search
from data.store.copying import back_up, has_chain, reference_faults
from data.store.keys import EncryptionKey
from data.store.log_chain import seal
from data.store.log_keys import LogKeys
from data.store.place import beside, free, stamp
from data.store.sqlite_file import rows

MIGRATIONS = Path(__file__).with_name("migrations")


def migrate(database: peewee.SqliteDatabase, path: Path, key: EncryptionKey | None, now: datetime) -> LogKeys:
    """Bring the tables up to date, once, also when several programs start at the same moment.

    A database that has tables is copied first, to `<name>.before-<migration>-<moment>`. Returns the access
    log's keys, which are made together with its chain. Raises `Unavailable`, with the database as it was.
    """
    if pending(database, path):
        database.pragma("foreign_keys", 0)  # migrations rebuild tables; has no effect inside a transaction
        try:
            with database.atomic():
                # Again, with the lock: another program may have done it meanwhile.
                if steps := pending(database, path):
                    _bring_up(database, path, _kept(database, path, key, steps[0], now))
        finally:
            database.pragma("foreign_keys", 1)
    return log_keys.read(log_keys.path_beside(path))


def pending(database: peewee.SqliteDatabase, path: Path) -> list[str]:
    """The migrations that the database has not had, in order.

    Raises `Unavailable` for another program's database, and for one of a newer version of this program.
    """
    if _had(database) == {file.stem for file in MIGRATIONS.glob("[0-9]*.py")}:
        return []
    from playhouse.migrations import Runner  # noqa: PLC0415 - most starts find nothing to do

    runner = Runner(database, str(MIGRATIONS))
    if database.get_tables() and not database.table_exists(runner.table_name):
        raise Unavailable(Message("The file {path} belongs to another program", path=path))
    steps = runner.status()
    if any(step.path is None for step in steps):
        raise Unavailable(Message("The database was made by a newer version of Omvänt: install that one"))
    return [step.name for step in steps if step.applied is None]


def _had(database: peewee.SqliteDatabase) -> set[str]:
    """The names of the migrations that the database has had."""
    try:
        return {name for (name,) in rows(database, "SELECT name FROM schema_migration")}
    except peewee.OperationalError:  # it is new, or another program's
        return set()


def _kept(
    database: peewee.SqliteDatabase, path: Path, key: EncryptionKey | None, first: str, now: datetime
) -> Path | None:
    """A copy of the database as it is before the migrations; None when there is nothing in it yet."""
    if not database.get_tables():
        return None
    copy = free(beside(path, f".before-{first}-{stamp(now)}"))
    back_up(path, copy, key)
    return copy


def _bring_up(database: peewee.SqliteDatabase, path: Path, kept: Path | None) -> None:
    from playhouse.migrations import Runner  # noqa: PLC0415 - most starts find nothing to do

    key_file = log_keys.path_beside(path)
    chained = has_chain(database)
    try:
        Runner(database, str(MIGRATIONS)).up()
        if not key_file.exists() and not chained:
            log_keys.add_key(key_file)
        if not chained:  # an entry that some other hand added later must not become a link
            with database.bind_ctx([models.AccessLog]):
                seal(log_keys.read(key_file))
        search.fill_if_empty(database)
        if faults := reference_faults(database):
            raise Unavailable(Message("rows point to others that are not there: {first}", first=faults[0]))
    except (peewee.PeeweeException, ValueError, LookupError, TypeError) as error:
        raise _failed(Message("{fault}", fault=error), kept) from error
    except OmvantError as error:
        raise _failed(error.message, kept) from error


def _failed(fault: Message, kept: Path | None) -> Unavailable:
    if kept is None:
        return Unavailable(Message("The database's tables could not be made: {fault}", fault=fault))
    return Unavailable(
        Message(
            "The database could not be brought up to date, and is as it was: {fault}. "
            "A copy of it is at {copy}",
            fault=fault,
            copy=kept,
        )
    )

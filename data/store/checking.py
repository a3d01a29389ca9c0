"""Whether a database is sound, without changing it and while others work with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import peewee
from playhouse.migrations import Runner
from playhouse.schema_diff import diff_models
from playhouse.sqlcipher_ext import SqlCipherDatabase

from data.domain.errors import Message, Unavailable
from data.store import log_keys, models, search
from data.store.copying import FAULTS_TOLD, content_faults, reference_faults
from data.store.keys import EncryptionKey
from data.store.migrating import MIGRATIONS, pending
from data.store.place import JOURNALS, beside
from data.store.replacing import OLD
from data.store.sqlite_file import connection_to, fits, opened, rows
from data.store.turn import QUEUE


@dataclass(frozen=True)
class Checked:
    """What was looked at, and the faults that were found; none means that it is sound."""

    about: Message
    faults: tuple[Message, ...] = ()


def check_file(path: Path, key: EncryptionKey | None) -> Iterator[Checked]:
    """Look at the file's content, its references and its tables, one after the other.

    Raises `Unavailable` when it can't be opened at all.
    """
    database = connection_to(path, key)
    with opened(database, path, key), closing(database):
        damage = content_faults(database, key)
        yield _found(Message("The file's content"), damage)
        if damage:
            return  # nothing that is read from it is certain
        with database.atomic("DEFERRED"):  # all of one moment
            yield _found(Message("What points to what"), reference_faults(database))
            yield Checked(Message("The tables"), tuple(_table_faults(database, path)))


def check_privacy(path: Path, key: EncryptionKey | None) -> Checked:
    """Look at who may read the database and what stands beside it; copies may be from before the key."""
    faults = list(_file_faults(path))
    if key is not None:
        faults += [Message("{path} is not encrypted", path=copy) for copy in unencrypted_copies(path)]
    return Checked(Message("Who may read the files"), tuple(faults))


def unencrypted_copies(path: Path) -> list[Path]:
    """The copies beside a database, from upgrades and restoring, that can be read without a key."""
    return [copy for copy in _copies(path) if fits(copy, None)]


def _copies(path: Path) -> list[Path]:
    kinds = (f"{path.name}.before-", f"{path.name}.replaced-")
    return sorted(file for file in path.parent.iterdir() if file.name.startswith(kinds))


def _found(about: Message, faults: list[str]) -> Checked:
    told = [Message("{fault}", fault=fault) for fault in faults[:FAULTS_TOLD]]
    if len(faults) > FAULTS_TOLD:
        told.append(Message("and {n} more", n=len(faults) - FAULTS_TOLD))
    return Checked(about, tuple(told))


def of_another_version(pending: Callable[[], list[str]]) -> Message | None:
    """Why tables can't be compared with what this version makes; `pending` gives the migrations to come."""
    try:
        waiting = pending()
    except Unavailable as error:
        return error.message
    if waiting:
        return Message("they are of an older version of Omvänt: the next start brings them up to date")
    return None


def _table_faults(database: peewee.SqliteDatabase, path: Path) -> Iterator[Message]:
    """How the tables differ from what this version makes; triggers are compared word by word."""
    if fault := of_another_version(lambda: pending(database, path)):
        yield fault
        return
    if difference := diff_models(database, list(models.TABLES)):
        yield Message("{fault}", fault=str(difference).replace("\n", "; "))
    wanted, found = _wanted_triggers(), _triggers(database)
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            yield Message("the trigger {name} is not as it should be", name=name)
    with database.bind_ctx([models.Table, models.Case, models.Patient, models.TemplateVersion]):
        yield from search.faults()


def _wanted_triggers() -> dict[str, str]:
    fresh = SqlCipherDatabase(":memory:")
    with closing(fresh):
        Runner(fresh, str(MIGRATIONS)).up()
        return _triggers(fresh)


def _triggers(database: peewee.SqliteDatabase) -> dict[str, str]:
    return dict(rows(database, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))


def _file_faults(path: Path) -> Iterator[Message]:
    known = ["", "-shm", *JOURNALS, *QUEUE, OLD]
    for file in [*(beside(path, ending) for ending in known), log_keys.path_beside(path), *_copies(path)]:
        if file.exists() and file.stat().st_mode & 0o077:
            yield Message("others than the owner may read {path}: chmod 600", path=file)
    if beside(path, OLD).exists():
        yield Message(
            "{path} is left from an encryption that was cut off: run that command again",
            path=beside(path, OLD),
        )

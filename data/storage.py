"""Keeping the database: encrypting its file, copying it, putting a copy back, and looking whether it is
sound.

All of it is the operator's, at the command line, and stands in the access log where it changes or copies
patient data (OWASP ASVS 5.0, 16.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from data import audit, log_check
from data.domain.errors import Message
from data.domain.roles import OperatorActor, Role
from data.operation import operation
from data.store import copying, replacing
from data.store.checking import Checked, check_file, check_privacy, unencrypted_copies
from data.store.copying import Copy
from data.store.database import current_file, open_store, path_of
from data.store.drivers import is_server
from data.store.keys import EncryptionKey
from data.store.replacing import Restored


def encrypt(actor: OperatorActor, path: Path, key: EncryptionKey) -> list[Path]:
    """Encrypt a database that is not encrypted yet, and open it. As `replacing.encrypt_anew`.

    Returns the copies beside it from before, which are not encrypted: deleting them is the operator's.
    """
    replacing.encrypt_anew(path, None, key)
    open_store(path, key=key)
    encrypted(actor)
    return unencrypted_copies(path)


def rekey(actor: OperatorActor, path: Path, key: EncryptionKey, new: EncryptionKey) -> None:
    """Encrypt an encrypted database with another key, and open it. As `replacing.encrypt_anew`."""
    replacing.encrypt_anew(path, key, new)
    open_store(path, key=new)
    rekeyed(actor)


def back_up(actor: OperatorActor, to: Path, *, replace: bool = False) -> Copy:
    """Copy the open database to a file, while others work. As `copying.back_up`."""
    opened = current_file()
    return copying.back_up(
        opened.file.path,
        to.absolute(),
        opened.key,
        replace=replace,
        record=lambda copy: backed_up(actor, copy),  # before it can be taken away
    )


def restore(
    actor: OperatorActor,
    path: Path,
    backup: Path,
    key: EncryptionKey | None,
    *,
    replace: bool = False,
    without_log_keys: bool = False,
) -> Restored:
    """Put a backup in the database's place, and open it. As `replacing.restore`."""
    now = datetime.now(UTC)  # no database is open, so there is no clock of one
    done = replacing.restore(path, backup, key, now, replace=replace, without_log_keys=without_log_keys)
    open_store(path, key=key)
    if done.log_keys_lost:
        log_check.new_key(actor, lost=True)
    restored(actor, backup.name)
    return done


def check(
    actor: OperatorActor, url: str | Path, key: EncryptionKey | None, log_keys: Path | None = None
) -> Iterator[Checked]:
    """Look whether the database is sound, one thing after the other, while others work. `url`, `key` and
    `log_keys` are as `open_store` says.

    The access log is verified only in a database that is sound otherwise. Raises `Unavailable` for one that
    can't be opened at all.
    """
    sound = True
    for checked in _content(url, key):
        sound = sound and not checked.faults
        yield checked
    yield from _surroundings(url, key, log_keys)
    about = Message("The access log")
    if not sound:
        yield Checked(about, (Message("not looked at, because of what is wrong above"),))
        return
    open_store(url, key=key, log_keys=log_keys)
    states = log_check.verify(actor)
    log_check.verified(actor, states)
    faults = any(not state.sound for state in states)
    yield Checked(about, (Message("omvant log verify says what is wrong"),) if faults else ())


def _content(url: str | Path, key: EncryptionKey | None) -> Iterator[Checked]:
    if is_server(url):
        from data.store.postgres_checking import check_tables  # noqa: PLC0415 - psycopg costs every start

        yield check_tables(str(url))
    else:
        yield from check_file(path_of(url), key)


def _surroundings(url: str | Path, key: EncryptionKey | None, log_keys: Path | None) -> Iterator[Checked]:
    if is_server(url):
        from data.store.postgres_checking import check_surroundings  # noqa: PLC0415

        yield from check_surroundings(str(url), log_keys)
    else:
        yield check_privacy(path_of(url), key)


@operation(role=Role.OPERATOR, event="database.encrypted")
def encrypted(actor: OperatorActor) -> None:
    """Record that the database was encrypted."""


@operation(role=Role.OPERATOR, event="database.rekeyed")
def rekeyed(actor: OperatorActor) -> None:
    """Record that the database was encrypted with another key."""


@operation(role=Role.OPERATOR, event="database.backed_up")
def backed_up(actor: OperatorActor, copy: Copy) -> None:  # noqa: ARG001
    """Record that a copy of the database was made, and where."""
    audit.about(file=copy.path, cases=copy.cases)


@operation(role=Role.OPERATOR, event="database.restored")
def restored(actor: OperatorActor, backup: str) -> None:  # noqa: ARG001
    """Record that a backup was put in the database's place."""
    audit.about(file=backup)

"""The open store of this process, whichever kind of database a URL names.

A URL is `sqlite:///path` or a plain path for a file, and `postgresql://…` for a server. Nothing outside
`data.store` knows which of the two it is, save what looks after a file (`data.storage`).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from data.domain.errors import Message, Unavailable
from data.store import models
from data.store.drivers import is_server
from data.store.keys import EncryptionKey
from data.store.moved import MOVED_TO, has_moved
from data.store.sqlite_file import rows
from data.store.sqlite_store import SqliteStore, open_file
from data.store.store import Clock, Store, Token, random_token, wall_clock


def open_store(
    url: str | Path,
    *,
    key: EncryptionKey | None = None,
    create: bool = False,
    log_keys: Path | None = None,
    clock: Clock = wall_clock,
    token: Token = random_token,
    even_moved: bool = False,
) -> Store:
    """Open the database, bring its tables up to date, and make it the store of this process.

    Without `create`, a file or tables that do not exist raise `Unavailable`, so that a mistyped path never
    makes a new, empty clinic. With `key` a file is encrypted, or becomes so when it is made; one that is not,
    or with another key, raises `Unavailable`. `log_keys`: where the access log's keys of a server's database
    are kept; a file's stand beside it. `clock` gives aware moments; `token` gives unguessable keys. One whose
    clinic was moved elsewhere raises `Unavailable`, unless `even_moved`.
    """
    store: Store
    if is_server(url):
        if key is not None:
            raise Unavailable(
                Message("A key is for a database file: PostgreSQL's disks are encrypted by those who run it")
            )
        try:
            from data.store.postgres_store import open_server  # noqa: PLC0415 - psycopg costs every start
        except ModuleNotFoundError as error:
            if error.name != "psycopg":
                raise
            raise Unavailable(
                Message("The driver for PostgreSQL is missing: pip install 'omvant[postgres]'")
            ) from error

        store = open_server(str(url), create=create, log_keys=log_keys, clock=clock, token=token)
    else:
        path = path_of(url)
        store = open_file(path, _named(url), key=key, create=create, clock=clock, token=token)
    if not even_moved:
        _check_here(store)
    return use(store)


def use(store: Store) -> Store:
    """Make an open database the store of this process."""
    models.database.initialize(store.database)
    global _current  # noqa: PLW0603 - one open store a process is the point
    _current = store
    return store


def _check_here(store: Store) -> None:
    """Raise `Unavailable` when the clinic was moved to another place."""
    with store.reading():
        found = next(rows(store.database, f"SELECT value FROM setting WHERE name = '{MOVED_TO}'"), None)  # noqa: S608 # nosec B608
    if found:
        store.close()
        raise has_moved(found[0])


_SCHEME = re.compile("[a-z][a-z0-9+.-]+:/", re.IGNORECASE)

_current: Store | None = None


def current() -> Store:
    """The open store of this process."""
    if _current is None:
        raise Unavailable(Message("No database is open"))
    return _current


def current_file() -> SqliteStore:
    """The open store, for what only a database file needs. Raises `Unavailable` for a server's."""
    store = current()
    if not isinstance(store, SqliteStore):
        raise Unavailable(for_files_only())
    return store


def path_of(url: str | Path) -> Path:
    """The file that a URL or a path names. Raises `Unavailable` for what is no file.

    Symbolic links are followed: journals, the log's keys and what takes the file's place go by its own name.
    """
    if is_server(url):
        raise Unavailable(for_files_only())
    if _SCHEME.match(str(url).removeprefix("sqlite:///")):  # not quoted: a mistyped URL may hold a password
        raise Unavailable(Message("A database is named by a path, or by a URL that begins postgresql://"))
    return Path(os.path.realpath(_named(url)))


def for_files_only() -> Message:
    """Why a command for database files does nothing on a server."""
    return Message(
        "This is for a database file: a server's is looked after with PostgreSQL's own tools (docs/scale.md)"
    )


def _named(url: str | Path) -> Path:
    return Path(str(url).removeprefix("sqlite:///")).expanduser().absolute()

"""The two sides of a move: what it is taken from, and what it is put into."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from peewee import Database

from data.store.database import open_store, path_of
from data.store.drivers import is_server
from data.store.keys import EncryptionKey
from data.store.log_keys import LogKeys, path_beside
from data.store.models import Setting
from data.store.moved import MOVED_TO
from data.store.moving.rows import Chunk, Rows
from data.store.store import Clock, Store, Token, random_token, wall_clock


@dataclass(frozen=True)
class Place:
    """Where a database is, as `open_store` takes it."""

    url: str
    key: EncryptionKey | None = None
    log_keys: Path | None = None
    clock: Clock = field(default=wall_clock, repr=False)
    token: Token = field(default=random_token, repr=False)

    @property
    def shown(self) -> str:
        """What it is called to people: no password is in it."""
        if is_server(self.url):
            from data.store.postgres_url import read_url  # noqa: PLC0415 - psycopg, only for a server

            return read_url(self.url).shown
        return str(path_of(self.url))

    @property
    def log_keys_path(self) -> Path:
        """Where the access log's keys are kept."""
        if is_server(self.url):
            from data.store.postgres_store import default_log_keys  # noqa: PLC0415 - as above
            from data.store.postgres_url import read_url  # noqa: PLC0415

            return self.log_keys or default_log_keys(read_url(self.url))
        return path_beside(path_of(self.url))

    def open(self, *, even_moved: bool = False) -> Store:
        """Open it, with its tables up to date, as the store of this process. Raises `Unavailable`."""
        return open_store(
            self.url,
            key=self.key,
            log_keys=self.log_keys,
            clock=self.clock,
            token=self.token,
            even_moved=even_moved,
        )


class Source(ABC):
    """A database that nobody changes while it is read. `shown` names it to people; `keys` are those of its
    access log."""

    def __init__(self, rows: Rows, keys: LogKeys, shown: str) -> None:
        self.rows = rows
        self.keys = keys
        self.shown = shown

    @abstractmethod
    def leave(self, entry: Chunk, place: str) -> None:
        """Add the entry of the access log that tells of the move, and see to it that nobody works here any
        more, now that all is at `place`."""


class Target(ABC):
    """A database that is filled, and is there for others when all is in it or not at all."""

    def __init__(self, place: Place) -> None:
        self.place = place

    @abstractmethod
    def loading(self) -> AbstractContextManager[Rows]:
        """Within the block rows are added, as quickly as can be, and nothing else is done."""

    @property
    @abstractmethod
    def database(self) -> Database:
        """The database that is being loaded."""

    @abstractmethod
    def finish(self) -> Iterator[float]:
        """While it is being loaded: make what finds rows and holds them together, when all are there. Yields
        what part of that is done, from 0 to 1. Raises `Unavailable` for rows that point to none."""

    @abstractmethod
    def opened(self) -> AbstractContextManager[tuple[Store, Rows]]:
        """Within the block it is a store, to work in; after loading."""


def allow_again(store: Store, place: Place) -> bool:
    """Let everybody work again in a database that was left, in the transaction that runs; whether it was."""
    if is_server(place.url):
        from data.store.moving.server import let_write  # noqa: PLC0415 - as above

        let_write(store.database)
    return bool(Setting.delete().where(Setting.name == MOVED_TO).execute())


@contextmanager
def found(place: Place) -> Iterator[Rows | None]:
    """The rows of what may be a clinic that was moved there; None where there is none."""
    with ExitStack() as stack:
        if is_server(place.url):
            from data.store.moving.server import found_server  # noqa: PLC0415 - as above

            yield stack.enter_context(found_server(place))
        else:
            from data.store.moving.file import found_file  # noqa: PLC0415

            yield stack.enter_context(found_file(place))


@contextmanager
def held(place: Place) -> Iterator[Source]:
    """The database to be moved, closed to all who would change it until the block ends.

    Raises `Conflict` when others have it open, and `Unavailable`.
    """
    with ExitStack() as stack:
        if is_server(place.url):
            from data.store.moving.server import held_server  # noqa: PLC0415 - psycopg, only for a server

            yield stack.enter_context(held_server(place))
        else:
            from data.store.moving.file import held_file  # noqa: PLC0415 - beside its like

            yield stack.enter_context(held_file(place))


@contextmanager
def begun(place: Place, keys: LogKeys) -> Iterator[Target]:
    """An empty database, which gets the access log's keys, and is there for others when the block ends.

    Raises `Conflict` when there is anything already, and `Unavailable`. Cut off, it leaves nothing that looks
    like a clinic, save a file with keys.
    """
    with ExitStack() as stack:
        if is_server(place.url):
            from data.store.moving.server import begun_server  # noqa: PLC0415 - as above

            yield stack.enter_context(begun_server(place, keys))
        else:
            from data.store.moving.file import begun_file  # noqa: PLC0415

            yield stack.enter_context(begun_file(place, keys))

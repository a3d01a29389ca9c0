"""What every kind of database gives to operations: transactions, a clock, a source of keys, and news."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import lru_cache
from secrets import token_urlsafe
from typing import ClassVar

from peewee import Database

from data.store.log_keys import LogKeys
from data.store.models import Table

Clock = Callable[[], datetime]
Token = Callable[[], str]


def wall_clock() -> datetime:
    """This moment, aware, by the computer's clock."""
    return datetime.now(UTC)


def random_token() -> str:
    """A key that nobody guesses: 128 bits."""
    return token_urlsafe(16)


@lru_cache(maxsize=8)
def _signs(alphabet: str) -> tuple[bytes, bytes]:
    """What makes signs of bytes, for `bytes.translate`: its table, and the bytes that are left out, less than
    half, since some signs would come more often than others with them."""
    times = 256 // len(alphabet)
    return (alphabet * (times + 1)).encode()[:256], bytes(range(times * len(alphabet), 256))


class Store(ABC):
    """An open database, with the clock and the source of random keys that operations use.

    Connections are one a thread, opened when first needed; `close()` closes the calling thread's.
    """

    reuses_ids: ClassVar[bool]
    """Whether the id of the newest row is given again once that row was deleted."""

    def __init__(self, database: Database, log_keys: LogKeys, *, clock: Clock, token: Token) -> None:
        self.database = database
        self.log_keys = log_keys
        self.clock = clock
        self.token = token

    @property
    @abstractmethod
    def url(self) -> str:
        """What opens this database again, without a password."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[None]:
        """A transaction that may write. What was acknowledged when it ends is on the disk."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[None]:
        """A transaction that sees one state of the database and waits for nobody who writes."""

    @abstractmethod
    def changes(self) -> int:
        """A number that differs after someone else has changed the database.

        Numbers are comparable only when the same thread asked for them.
        """

    @abstractmethod
    def hold_table(self, table: type[Table]) -> None:
        """See to it that nobody else adds rows to a table, or changes them, before this transaction ends: for
        what is decided by rows that are missing."""

    @abstractmethod
    def hold_chain(self, chain: int) -> None:
        """See to it that nobody else adds to a chain of the access log before this transaction ends."""

    @abstractmethod
    def forget_deleted(self) -> None:
        """Leave nothing readable of what was deleted, outside a transaction, as far as the database can."""

    @abstractmethod
    def tidy(self) -> None:
        """Do some of what was put off while people waited, outside a transaction, for as long as one of their
        acts takes: for when nobody waits. Costs next to nothing when there is nothing to do, or others write
        just then."""

    def signs(self, alphabet: str, count: int) -> str:
        """`count` unguessable signs of the alphabet (of ASCII), each as likely, drawn from a token."""
        drawn = hashlib.shake_256(self.token().encode()).digest(64 + 8 * count)
        return drawn.translate(*_signs(alphabet))[:count].decode()

    def close(self) -> None:
        """Close the calling thread's connection; it opens again by itself when needed."""
        if not self.database.is_closed():
            self.database.close()

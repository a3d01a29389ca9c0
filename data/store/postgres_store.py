"""A database on a PostgreSQL server, which any number of machines share.

Where a file has one writer at a time, here each row does: `data.store.changing` locks what is read to be
changed, a column `version` finds edits of another time, and each clinic's chain of the access log is held
while an entry is added to it. A transaction that met another begins again (`data.operation`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from data.store.log_keys import LogKeys
from data.store.models import Table
from data.store.postgres_migrating import migrate
from data.store.postgres_server import Server, telling_faults
from data.store.postgres_url import ServerUrl, read_url
from data.store.store import Clock, Store, Token

_CHAINS = 0x6F6D76  # "omv": the first half of the names of our locks, so that other programs' are others
"""The space of PostgreSQL's advisory locks that chains are held in."""


class PostgresStore(Store):
    """An open database on a server."""

    reuses_ids: ClassVar[bool] = False

    def __init__(
        self, server: Server, url: ServerUrl, log_keys: LogKeys, *, clock: Clock, token: Token
    ) -> None:
        super().__init__(server, log_keys, clock=clock, token=token)
        self.database: Server = server
        self._url = url

    @property
    def url(self) -> str:
        return self._url.shown

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction whose every statement sees what others have committed before it."""
        within = self.database.in_transaction()
        with telling_faults(self.database), self.database.atomic():
            yield
        if not within:
            self.database.announce()

    @contextmanager
    def reading(self) -> Iterator[None]:
        within = self.database.in_transaction()
        isolation = () if within else ("REPEATABLE READ, READ ONLY",)
        with telling_faults(self.database), self.database.atomic(*isolation):
            yield

    def changes(self) -> int:
        """Grows with what was heard while statements ran; a new connection counts as a change."""
        return self.database.news.heard

    def hold_table(self, table: type[Table]) -> None:
        # Not against reading, nor against rows of other tables that refer to these.
        self.database.execute_sql(f'LOCK TABLE "{table._meta.table_name}" IN SHARE ROW EXCLUSIVE MODE')

    def hold_chain(self, chain: int) -> None:
        self.database.execute_sql("SELECT pg_advisory_xact_lock(%s, %s)", (_CHAINS, chain))

    def forget_deleted(self) -> None:
        """Nothing: rows that were deleted are wiped by the server's own VACUUM."""

    def tidy(self) -> None:
        """Nothing: the server does so by itself."""


def open_server(
    url: str, *, create: bool, log_keys: Path | None, clock: Clock, token: Token
) -> PostgresStore:
    """Open a database on a server and bring its tables up to date. Raises `Unavailable`, as
    `data.store.database.open_store` says."""
    named = read_url(url)
    server = Server(named)
    with telling_faults(server):
        keys = migrate(server, log_keys or default_log_keys(named), create=create)
    return PostgresStore(server, named, keys, clock=clock, token=token)


def default_log_keys(url: ServerUrl) -> Path:
    """Where the access log's keys of a server's database are kept on this machine unless another place is
    named: never on the server, so that who gets at the one has not got the other."""
    from platformdirs import user_data_path  # noqa: PLC0415

    return user_data_path("omvant", appauthor=False) / f"{url.database}.log-keys"

"""Connections to a database on a PostgreSQL server, and what its faults mean in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import local
from typing import Any, cast

import peewee
import psycopg

from data.domain.errors import Away, Conflict, Message, Overtaken, Unavailable, Uncertain
from data.store.moved import has_moved
from data.store.postgres_url import ServerUrl, is_private
from data.store.sqlite_file import BUSY_SECONDS

CHANNEL = "omvant"
"""Where programs tell one another that something was changed (PostgreSQL's NOTIFY)."""

_CHANGING = ("INSERT", "UPDATE", "DELETE")
_LOGGING = 'INSERT INTO "access_log"'

_LACKING = ("42501", "42P01")
"""Faults of the database that PostgreSQL counts among the program's: a right or a table that is missing."""


MOVED = "OM001"
"""The state that a database answers with whose clinic was moved elsewhere (`data.store.moving.server`).
PostgreSQL's own begin with another letter (postgresql.org/docs/current/errcodes-appendix.html)."""


_BUSY = Message("The database is busy: try again in a moment; what you typed is still here")
_SAID = {
    "55P03": _BUSY,
    "57014": _BUSY,
    "53100": Message("The disk is full: make room, then try again; what you typed is still here"),
}


class CommitLost(Exception):  # noqa: N818 - it may have happened all the same
    """The connection broke while the server was storing a transaction."""


class _News(local):
    """What a thread's connection knows of changes: `heard` counts those of others, `changed` says whether its
    transaction changes anything besides the access log."""

    heard = 0
    changed = False


class Server(peewee.PostgresqlDatabase):
    """A database on a server. A connection that was lost is made anew at the next transaction."""

    # Ids outlive the two thousand million of an INTEGER: a country's access log grows by more in a year.
    field_types = {
        **peewee.PostgresqlDatabase.field_types,
        "AUTO": "BIGSERIAL",
        "INT": "BIGINT",
    }

    def __init__(self, url: ServerUrl) -> None:
        super().__init__(url.database, prefer_psycopg3=True, **url.parameters)  # type: ignore[arg-type]
        self.news = _News()

    def _initialize_connection(self, conn: psycopg.Connection[Any]) -> None:
        if not is_private(conn):
            conn.close()
            raise psycopg.OperationalError("the connection is not encrypted")
        conn.add_notify_handler(self._hear)
        conn.execute(f"LISTEN {CHANNEL}")
        self.news.heard += 1  # what happened before was not heard

    def _hear(self, notify: psycopg.Notify) -> None:
        if notify.pid != self.driver().info.backend_pid:
            self.news.heard += 1

    def begin(self, isolation_level: str | None = None) -> None:
        """Begin a transaction; with a connection that was lost while nothing happened, on a new one."""
        begin = f"BEGIN ISOLATION LEVEL {isolation_level or 'READ COMMITTED'}"
        try:
            self._send(begin)
        except peewee.OperationalError:
            if not self.is_lost():
                raise
            self._drop()
            self._send(begin)
        self.news.changed = False

    def _send(self, begin: str) -> None:
        # In one message. Not as a setting of the session, which a pool of connections would hand on.
        self.execute_sql(f"{begin}; SET LOCAL lock_timeout = '{BUSY_SECONDS}s'")

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        if sql.startswith(_CHANGING) and not sql.startswith(_LOGGING):
            self.news.changed = True
        return super().execute_sql(sql, params)  # type: ignore[no-untyped-call] # peewee's

    def commit(self) -> None:
        """Store the transaction. Raises `CommitLost` when nobody can tell whether it was."""
        try:
            super().commit()
        except (peewee.OperationalError, peewee.InterfaceError) as error:
            if self.is_lost():
                raise CommitLost from error
            raise

    def rollback(self) -> None:
        """Undo the transaction, as the server does by itself when the connection is lost."""
        if self.is_lost():
            self._drop()
        else:
            super().rollback()

    def driver(self) -> psycopg.Connection[Any]:
        """The driver's own connection of this thread, made when there is none."""
        return cast("psycopg.Connection[Any]", self.connection())  # type: ignore[no-untyped-call] # peewee's

    def is_lost(self) -> bool:
        """Whether this thread had a connection that is broken."""
        return not self.is_closed() and bool(self.driver().closed)

    def _drop(self) -> None:
        connection = self.driver()
        self.dispose()
        with suppress(psycopg.Error):
            connection.close()

    def announce(self) -> None:
        """Tell the other programs that something was changed, after the transaction that did it.

        On its own and not waiting for the disk: PostgreSQL lets one transaction with a NOTIFY commit at a
        time (its notification queue has one lock), so that all others would wait for each one's disk.
        """
        if not self.news.changed:
            return
        self.news.changed = False
        with suppress(psycopg.Error):  # what was to be stored is stored; lists look again by themselves
            self.driver().execute(f"BEGIN; SET LOCAL synchronous_commit = off; NOTIFY {CHANNEL}; COMMIT")


@contextmanager
def telling_faults(server: Server) -> Iterator[None]:
    """Turn the server's faults into errors that say what to do."""
    try:
        yield
    except CommitLost as error:
        raise Uncertain(
            Message(
                "The database server was lost while it stored this, and nobody knows yet whether it did: "
                "look before you do it again"
            )
        ) from error
    except peewee.ProgrammingError as error:
        fault = _first(error)
        if fault is None or fault.sqlstate not in _LACKING:
            raise
        raise _told(server, fault) from error
    except (peewee.DatabaseError, peewee.InterfaceError, psycopg.Error) as error:
        raise _told(server, _first(error)) from error


def _first(error: BaseException) -> psycopg.Error | None:
    """The driver's own error, of the fault that all began with."""
    first = None
    at: BaseException | None = error
    while at is not None:
        first = at if isinstance(at, psycopg.Error) else first
        at = at.__context__
    return first


def _told(server: Server, fault: psycopg.Error | None) -> Unavailable | Conflict:
    state = (fault.sqlstate if fault else None) or ""
    words = str(fault).strip().partition("\n")[0]
    if state in ("40001", "40P01", "23505"):  # could not be serialized, deadlock, taken meanwhile
        return Overtaken(Message("Someone else changed the same thing at this moment: try again"))
    if state.startswith("23"):
        return Conflict(Message("Someone else changed the same thing at this moment: try again"))
    if state == MOVED:
        return has_moved(words)
    if state in _SAID:
        return Unavailable(_SAID[state])
    # No connection, one that was ended (57P0x), no room for one more (53300), a primary that is one no more.
    if not state or state.startswith(("08", "57P")) or state in ("53300", "25006"):
        if state == "25006" and not server.is_closed():
            server.driver().close()  # the next connection looks for the primary
        return Away(Message("The database server can't be reached: {fault}", fault=words))
    return Unavailable(Message("The database can't be reached: {fault}", fault=words))

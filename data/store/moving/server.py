"""A database on a PostgreSQL server as the one side of a move or the other."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import peewee
import psycopg
from peewee import Database
from psycopg import sql

from data.domain.errors import Conflict, Message, Unavailable
from data.store.log_keys import LogKeys
from data.store.models import TABLES, AccessLog, Case, RetentionReceipt, Setting, Table
from data.store.moved import MOVED_TO
from data.store.moving.rows import Chunk, Kind, Rows, columns, name_of
from data.store.moving.sides import Place, Source, Target
from data.store.postgres_migrating import bring_up
from data.store.postgres_server import MOVED, Server, telling_faults
from data.store.postgres_store import PostgresStore
from data.store.postgres_url import ServerUrl, read_url
from data.store.store import Store

_AT_ONCE = 1_000
"""Rows of a chunk."""

_LEAVING_SECONDS = 2.0
"""How long a connection that was closed may still be on the server's list."""

_PATIENT = {
    "statement_timeout": "0",  # a move takes its time, whatever is set for those who work
    "idle_in_transaction_session_timeout": "0",
    "client_connection_check_interval": "2s",  # a move that was killed lets go of its locks
    "maintenance_work_mem": "256MB",  # indexes are made of all rows at once
    "enable_sort": "off",  # rows are read in the order of their ids, by their index
}

_INDEXED = (*map(name_of, TABLES), "case_search")


class ServerRows(Rows):
    """The rows of a server's database. `new`: its tables were made in this transaction."""

    def __init__(self, server: Server, *, new: bool = False) -> None:
        self._server = server
        self._new = new

    def count(self, table: type[Table]) -> int:
        return int(self._one(f'SELECT COUNT(*) FROM "{name_of(table)}"')[0])  # noqa: S608 # nosec B608

    def is_empty(self, table: type[Table]) -> bool:
        return self._one(f'SELECT 1 FROM "{name_of(table)}" LIMIT 1') is None  # noqa: S608 # nosec B608

    def lines(self, table: type[Table], *, only: int | None = None) -> Iterator[Chunk]:
        which = "" if only is None else f"WHERE id = {only}"
        fields = ", ".join(_field(name, kind) for name, kind in columns(table).items())
        statement = (
            f'COPY (SELECT {fields} FROM "{name_of(table)}" {which} ORDER BY id) '  # noqa: S608 # nosec B608
            "TO STDOUT (ENCODING 'UTF8')"
        )
        with telling_faults(self._server), self._copying(statement) as copy:
            found: list[Chunk] = []
            for line in copy:
                found.append(bytes(line))
                if len(found) == _AT_ONCE:
                    yield b"".join(found)
                    found.clear()
        if found:
            yield b"".join(found)

    def put(self, table: type[Table], chunks: Iterable[Chunk]) -> None:
        names = ", ".join(f'"{name}"' for name in columns(table))
        # Rows that nobody else can have seen need no cleaning up after them later.
        freeze = ", FREEZE" if self._new else ""
        statement = f"COPY \"{name_of(table)}\" ({names}) FROM STDIN (ENCODING 'UTF8'{freeze})"
        try:
            with telling_faults(self._server), self._copying(statement) as copy:
                for chunk in chunks:
                    copy.write(chunk)
        except Unavailable as error:
            if not isinstance(error.__cause__, psycopg.DataError):
                raise
            fault = str(error.__cause__).partition("\n")[0]
            raise Unavailable(
                Message(
                    "The table {table} holds what PostgreSQL does not take: {fault}",
                    table=name_of(table),
                    fault=fault,
                )
            ) from error

    def last_entry(self) -> tuple[int, str] | None:
        found: tuple[int, str] | None = self._one("SELECT id, mac FROM access_log ORDER BY id DESC LIMIT 1")
        return found

    def entry(self, entry_id: int) -> tuple[str, str] | None:
        found: tuple[str, str] | None = self._one(
            "SELECT event, mac FROM access_log WHERE id = %s", (entry_id,)
        )
        return found

    def set_sequences(self) -> None:
        """See to it that new rows get ids of their own: also not those of cases that were destroyed, of
        which the access log still tells."""
        for table in TABLES:
            name = name_of(table)
            taken = f'SELECT MAX(id) FROM "{name}"'  # noqa: S608 # nosec B608
            if table is Case:
                destroyed = name_of(RetentionReceipt)
                taken = f"SELECT GREATEST(({taken}), (SELECT MAX(last_case_id) FROM {destroyed}))"  # noqa: S608 # nosec B608
            ((last,),) = self._server.execute_sql(taken).fetchall()
            self._server.execute_sql(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, %s)",
                (f'"{name}"', last or 1, last is not None),
            )

    @contextmanager
    def _copying(self, statement: str) -> Iterator[psycopg.Copy]:
        with self._server.driver().cursor() as cursor, cursor.copy(statement.encode()) as copy:
            yield copy

    def _one(self, statement: str, values: tuple[object, ...] | None = None) -> Any:
        with telling_faults(self._server):
            return self._server.execute_sql(statement, values).fetchone()


class ServerSource(Source):
    """A server's database that nobody else changes before the transaction ends."""

    def __init__(self, store: PostgresStore) -> None:
        self._server = store.database
        self._rows = ServerRows(self._server)
        super().__init__(self._rows, store.log_keys, store.url)

    def leave(self, entry: Chunk, place: str) -> None:
        with telling_faults(self._server):
            self._rows.put(AccessLog, [entry])
            with self._server.bind_ctx([Setting]):
                Setting.create(name=MOVED_TO, value=place)
            self._rows.set_sequences()
            for statement in _REFUSING:  # who has it open still, or is let in late, writes no word
                text = sql.SQL(statement).format(state=sql.Literal(MOVED), place=sql.Literal(place))
                self._server.driver().execute(text)


_REFUSING = (
    "CREATE FUNCTION has_moved() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = {state}; END $$",
    "CREATE TRIGGER access_log_has_moved BEFORE INSERT ON access_log "
    "FOR EACH STATEMENT EXECUTE FUNCTION has_moved({place})",
)
"""Everything that is done in a database ends with an entry in its log."""


def let_write(server: Any) -> None:
    """Undo what keeps everybody from writing in a database that was moved."""
    server.execute_sql("DROP TRIGGER IF EXISTS access_log_has_moved ON access_log")
    server.execute_sql("DROP FUNCTION IF EXISTS has_moved()")


class ServerTarget(Target):
    """A database whose rows others see when the transaction that puts them there ends."""

    def __init__(self, server: Server, url: ServerUrl, place: Place, keys: LogKeys, *, new: bool) -> None:
        super().__init__(place)
        self._server = server
        self._url = url
        self._keys = keys
        self._rows = ServerRows(server, new=new)
        self._later: list[str] = []

    @contextmanager
    def loading(self) -> Iterator[Rows]:
        with telling_faults(self._server):
            self._set_aside()
            yield self._rows

    @property
    def database(self) -> Database:
        return self._server

    def finish(self) -> Iterator[float]:
        steps = [*self._later, *(f'ANALYZE "{name}"' for name in _INDEXED)]
        try:
            for number, statement in enumerate(steps, 1):
                self._server.execute_sql(statement)
                yield number / len(steps)
        except peewee.IntegrityError as error:
            first = str(error).strip().replace("\n", ": ")
            raise Unavailable(
                Message("rows point to others that are not there: {first}", first=first)
            ) from error
        self._rows.set_sequences()

    @contextmanager
    def opened(self) -> Iterator[tuple[Store, Rows]]:
        place = self.place
        store = PostgresStore(self._server, self._url, self._keys, clock=place.clock, token=place.token)
        with telling_faults(self._server):
            yield store, self._rows

    def _set_aside(self) -> None:
        """Drop indexes and references until `finish`: making them of all rows is much quicker."""
        for statement in (_REFERENCES, _INDEXES):
            for drop, make in self._server.execute_sql(statement, (list(_INDEXED),)).fetchall():
                self._server.execute_sql(drop)
                self._later.insert(0, make)  # a reference is looked at with the indexes there


_REFERENCES = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', t.oid::regclass, conname),
        format('ALTER TABLE %%s ADD CONSTRAINT %%I ', t.oid::regclass, conname) || pg_get_constraintdef(c.oid)
    FROM pg_constraint c JOIN pg_class t ON t.oid = conrelid
    WHERE contype = 'f' AND t.relnamespace = current_schema()::regnamespace AND t.relname = ANY(%s)
"""

_INDEXES = """
    SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index i JOIN pg_class t ON t.oid = indrelid
    WHERE NOT indisprimary AND t.relnamespace = current_schema()::regnamespace AND t.relname = ANY(%s)
"""


@contextmanager
def held_server(place: Place) -> Iterator[ServerSource]:
    """As `sides.held`, for a server's database."""
    store = place.open()
    if not isinstance(store, PostgresStore):
        raise AssertionError(place.url)
    server = store.database
    tables = ", ".join(f'"{name_of(table)}"' for table in TABLES)
    with closing(server), telling_faults(server), server.atomic():
        _be_patient(server)
        server.execute_sql(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")
        _check_alone(server)
        store.log_keys.renew()
        yield ServerSource(store)


@contextmanager
def begun_server(place: Place, keys: LogKeys) -> Iterator[ServerTarget]:
    """As `sides.begun`, for a server's database."""
    url = read_url(place.url)
    server = Server(url)
    with closing(server), telling_faults(server), server.atomic():
        _be_patient(server)
        new = bring_up(server, create=True)
        if not all(ServerRows(server).is_empty(table) for table in TABLES):
            raise Conflict(
                Message(
                    "There is a clinic in the database {name} already: name an empty one", name=url.database
                )
            )
        yield ServerTarget(server, url, place, keys.hand_over(place.log_keys_path), new=new)


@contextmanager
def found_server(place: Place) -> Iterator[ServerRows | None]:
    """As `sides.found`, for a server's database."""
    server = Server(read_url(place.url))
    with closing(server), telling_faults(server):
        yield ServerRows(server) if server.table_exists(name_of(AccessLog)) else None


def _be_patient(server: Server) -> None:
    for name, value in _PATIENT.items():
        server.execute_sql(f"SET LOCAL {name} = '{value}'")


def _check_alone(server: Server) -> None:
    others = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend' AND application_name = 'omvant' LIMIT 1"
    )
    end = time.monotonic() + _LEAVING_SECONDS
    while server.execute_sql(others).fetchone():
        if time.monotonic() > end:
            raise Conflict(Message("Omvänt is open at another terminal: close it everywhere, then try again"))
        time.sleep(0.05)


def _field(name: str, kind: Kind) -> str:
    match kind:
        case Kind.TRUTH:
            return f'"{name}"::int'
        case Kind.MOMENT:
            return f"to_char(\"{name}\", 'YYYY-MM-DD HH24:MI:SS.US')"
        case _:
            return f'"{name}"'

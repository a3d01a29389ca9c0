"""Whether a server's database is sound, without changing it and while others work with it.

What points to what, and whether each page is whole, is the server's own business: foreign keys always hold
there, and pages have checksums (`initdb --data-checksums`, the default since PostgreSQL 18).
"""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from data.domain.errors import Message
from data.store.checking import Checked, of_another_version
from data.store.postgres_migrating import MIGRATIONS, pending
from data.store.postgres_server import Server, telling_faults
from data.store.postgres_store import default_log_keys
from data.store.postgres_url import read_url

_DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
"""Settings without which a power cut loses what was acknowledged (runtime-config-wal.html)."""

_SHAPES = """
SELECT 'column', c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'constraint', c.relname || '.' || k.conname, pg_get_constraintdef(k.oid) || ' ' || k.convalidated
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE c.relnamespace = %(schema)s::regnamespace
UNION ALL
SELECT 'index', c.relname, pg_get_indexdef(c.oid) || ' ' || i.indisvalid
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = %(schema)s::regnamespace
UNION ALL
SELECT 'trigger', c.relname || '.' || t.tgname, pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = %(schema)s::regnamespace AND NOT t.tgisinternal
UNION ALL
SELECT 'function', p.proname, p.prosrc
FROM pg_proc p
WHERE p.pronamespace = %(schema)s::regnamespace
"""

_Shapes = dict[tuple[str, str], str]
"""What a schema holds: kind and name of each thing, and its definition."""


def check_tables(url: str) -> Checked:
    """Look whether the tables are as this version makes them. Raises `Unavailable` when the database can't be
    opened at all."""
    server = Server(read_url(url))
    with telling_faults(server), closing(server):
        return Checked(Message("The tables"), tuple(_table_faults(server)))


def check_surroundings(url: str, log_keys: Path | None) -> Iterator[Checked]:
    """Look at the connection, at the server's settings, and at who may read the log's keys."""
    named = read_url(url)
    server = Server(named)
    with telling_faults(server), closing(server):
        yield Checked(Message("The connection"), tuple(_connection_faults(server, named.parameters)))
        yield Checked(Message("The server's settings"), tuple(_setting_faults(server)))
    keys = log_keys or default_log_keys(named)
    yield Checked(Message("Who may read the files"), tuple(_key_faults(keys)))


def _connection_faults(server: Server, parameters: dict[str, str]) -> Iterator[Message]:
    if server.driver().pgconn.ssl_in_use and parameters.get("sslmode") != "verify-full":
        yield Message("nobody checks that the server is the right one: use sslmode=verify-full")


def _setting_faults(server: Server) -> Iterator[Message]:
    for name in _DURABLE:
        (value,) = server.execute_sql(f"SHOW {name}").fetchone()
        if value == "off":
            yield Message("{name} is off: a power cut loses what was stored", name=name)


def _table_faults(server: Server) -> Iterator[Message]:
    """How the tables differ from what this version makes. What else stands there is the operator's own, save
    a trigger, which could change what is stored."""
    if fault := of_another_version(lambda: pending(server)):
        yield fault
        return
    found, wanted = _shapes(server, "public"), _wanted(server)
    others = {(kind, name) for kind, name in found.keys() - wanted.keys() if kind == "trigger"}
    for kind, name in sorted(wanted.keys() | others):
        if wanted.get((kind, name)) != found.get((kind, name)):
            yield Message("{kind} {name} is not as it should be", kind=kind, name=name)


def _wanted(server: Server) -> _Shapes:
    """What the migrations make, in a place that is gone again afterwards."""
    schema = "omvant_check"
    with server.atomic() as attempt:
        server.execute_sql(f"CREATE SCHEMA {schema}")
        server.execute_sql(f"SET LOCAL search_path = {schema}, public")
        for file in sorted(MIGRATIONS.glob("[0-9]*.py")):
            runpy.run_path(str(file))["up"](None, server)
        made = _shapes(server, schema)
        attempt.rollback()
    return made


def _shapes(server: Server, schema: str) -> _Shapes:
    found = server.execute_sql(_SHAPES, {"schema": schema}).fetchall()
    return {(kind, name): shape.replace(f"{schema}.", "") for kind, name, shape in found}


def _key_faults(path: Path) -> Iterator[Message]:
    if path.exists() and path.stat().st_mode & 0o077:
        yield Message("others than the owner may read {path}: chmod 600", path=path)

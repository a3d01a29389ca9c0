"""PostgreSQL's plans for what staff do all day, in millions of cases: no whole big table is ever read."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from data import cases, inbox, patients
from data.case_rows import CaseFilter, CaseState
from data.domain.identity import PersonalIdentityNumber
from data.domain.paging import Edge, Side
from data.domain.roles import PatientActor, Role, StaffActor
from data.domain.secret import hashed
from data.store import models
from data.store.database import open_store
from data.store.store import Store
from tests.bench.measure import LONG, Effort, Figure, Row, Table
from tests.conftest import FrozenClock, make_clinic
from tests.postgres import PostgresServer

FEW, MANY = 100_000, 10_000_000
CLINICS, STAFF = 100, 1_000

_SERVER = {
    "shared_buffers": "2GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "16GB",
    "max_parallel_maintenance_workers": "1",
    "fsync": "off",  # while it is filled; plans do not depend on it
    "jit": "off",
}

_BIG = {"case", "patient", "access_log", "case_search"}
"""Tables that nobody may read from beginning to end."""

_FILL = """
INSERT INTO clinic (name, zone, keep_days, version, idle_minutes)
SELECT 'Klinik ' || n, 'Europe/Stockholm', 0, 1, 5 FROM generate_series(3, {clinics}) n;

INSERT INTO staff (username, name, name_folded, title, password_hash, disabled, failures, version,
                   generation, must_change)
SELECT 'p' || n, 'Person ' || n, 'person ' || n, '', '', false, 0, 1, 1, false
FROM generate_series(6, {staff}) n;

INSERT INTO staff_role (staff_id, clinic_id, role)
SELECT n, 1 + n % {clinics}, 'care_provider' FROM generate_series(6, {staff}) n;

INSERT INTO patient (number, name, name_folded, email, phone, protected, reachable, version)
SELECT number, first || ' ' || last, lower(first || ' ' || last), '', '', n % 500 = 0, true, 1
FROM (
    SELECT n, lpad((190000000000 + n)::text, 12, '0') AS number,
           (ARRAY['Anna', 'Erik', 'Karin', 'Lars', 'Fatima', 'Ali', 'Ingrid', 'Sven', 'Olena', 'Bo'])
               [1 + abs(hashint8(n)) % 10] AS first,
           (ARRAY['Andersson', 'Lind', 'Berg', 'Ek', 'Nyström', 'Ahmed', 'Holm'])
               [1 + abs(hashint8(n + 1)) % 7] || n % 9973 AS last
    FROM generate_series(1::bigint, {patients}) n
) AS made;

INSERT INTO "case" (reference, key, clinic_id, sender_id, patient_id, template_version_id, answerable, title,
                    written, given, signature, sent_at, read_at, answered_at, answers, answer_seen_at,
                    version, closed_at, held_by, held_reason)
SELECT 'R' || n, 'k' || n, 1 + (1 + n % {staff}) % {clinics}, 1 + n % {staff},
       CASE WHEN n % ({cases} / 20) = 7 THEN 1 ELSE 4 + n * 7919 % {patients} END,
       CASE WHEN n % 2 = 0 THEN 1 ELSE 2 END, true, 'Meddelande', '{{"dos": "1 tablett"}}', '{{}}', 'Person',
       at, at + interval '1 hour', at + interval '2 hours', '{{"ok": true}}',
       CASE WHEN n < {cases} - 5000 THEN at + interval '3 hours' END, 2,
       CASE WHEN n % 10 < 9 THEN at + interval '30 days' END, '', ''
FROM (
    SELECT n, timestamp '2016-01-01' + n * (interval '3650 days' / {cases}) AS at
    FROM generate_series(1::bigint, {cases}) n
) AS sent;

INSERT INTO case_search (case_id, clinic_id, names, words)
SELECT c.id, c.clinic_id, p.name_folded || E'\n' || p.number || E'\n' || lower(c.reference),
       array_to_tsvector(ARRAY[c.clinic_id || 's' || c.sender_id, c.clinic_id || 't' || c.template_version_id,
                               c.clinic_id || 'word' || c.id % 50021, c.clinic_id || 'wtablett'])
FROM "case" c JOIN patient p ON p.id = c.patient_id;

INSERT INTO access_log ("at", event, allowed, actor_kind, staff_id, actor_name, clinic_id, patient_id,
                        case_id, details, chain, number, "key", mac)
SELECT sent_at, 'case.sent', true, 'staff', sender_id, 'Person', clinic_id, patient_id, id, '{{}}', clinic_id,
       1000 + id, '', ''
FROM "case";
"""
"""Rows that are made in the server: everything but the clinic of the tests, which comes first."""


@dataclass(frozen=True)
class Plan:
    """How the server answers a statement: whole tables that it reads, and the nodes that touch big ones."""

    milliseconds: float
    whole: tuple[str, ...]
    nodes: tuple[str, ...]


def run(effort: Effort) -> Iterator[Table]:
    """Fill a server with so many cases, and look at each statement of what staff do all day."""
    count = MANY if effort is LONG else FEW
    server = PostgresServer(_SERVER)
    try:
        server.make()
        with TemporaryDirectory() as folder:
            store = _opened(server, Path(folder))
            seconds = _filled(server, count)
            yield _table(store, server, count, seconds)
            store.close()
    finally:
        server.remove()


def _opened(server: PostgresServer, folder: Path) -> Store:
    server.do("CREATE DATABASE country")
    store = open_store(server.url("country"), create=True, log_keys=folder / "log-keys", clock=FrozenClock())
    with store.writing():
        make_clinic(hashed("no matter"))
    return store


def _filled(server: PostgresServer, count: int) -> float:
    start = time.perf_counter()
    with psycopg.connect(server.url("country"), autocommit=True) as connection:
        # Indexes are made afterwards: quicker, and as dense as after a move.
        found = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' "
            "AND tablename IN ('case', 'patient', 'access_log', 'case_search') "
            "AND indexname NOT LIKE '%_pkey'"
        ).fetchall()
        for name, _made in found:
            connection.execute(f'DROP INDEX "{name}"')
        numbers = {"cases": count, "patients": count // 5, "clinics": CLINICS, "staff": STAFF}
        connection.execute(_FILL.format(**numbers))
        for _name, made in found:
            connection.execute(made)
        connection.execute("VACUUM ANALYZE")
    return time.perf_counter() - start


def _table(store: Store, server: PostgresServer, count: int, seconds: float) -> Table:
    rows, whole = [], []
    with psycopg.connect(server.url("country"), autocommit=True) as connection:
        for what, act in _acts().items():
            with _statements() as found:
                act()
            plans = _plans(connection, found)
            whole += [f"{what}: {table}" for plan in plans for table in plan.whole]
            rows.append(Row(f"{what}", {"in the server": [sum(plan.milliseconds for plan in plans) / 1e3]}))
        size = connection.execute("SELECT pg_database_size('country')").fetchone()
    assert size is not None
    return Table(
        f"PostgreSQL's plans at {count:,} cases",
        f"{count:,} cases of {count // 5:,} patients, {CLINICS} clinics, {STAFF:,} staff; "
        f"{size[0] / 1e9:.1f} GB, filled in {seconds:.0f} s. EXPLAIN ANALYZE of every SELECT of an act, "
        f"its execution times summed. Whole tables read: {', '.join(whole) or 'none'}.",
        ["in the server"],
        rows,
        [Figure("statements that read a whole big table", len(whole), must=0)],
    )


def _acts() -> dict[str, Callable[[], object]]:
    """What staff and patients do all day, by name."""
    known = models.Patient.get_by_id(1)
    case = models.Case.select().where(models.Case.patient == known).order_by(models.Case.id).first()
    person, clinic = case.sender, case.clinic
    staff = StaffActor(
        staff_id=person.id,
        username=person.username,
        name=person.name,
        title="",
        clinic_id=clinic.id,
        clinic_name=clinic.name,
        roles=frozenset({Role.CARE_PROVIDER}),
        signed_in_at=FrozenClock()(),
    )
    number = PersonalIdentityNumber(known.number)
    patient = PatientActor(patient_id=known.id, number=number, name=known.name, signed_in_at=FrozenClock()())
    middle = Edge(side=Side.AFTER, at=datetime(2021, 1, 1, tzinfo=UTC), id=1)

    def listed(*words: str, state: CaseState | None = None, edge: Edge = Edge()) -> Callable[[], object]:  # noqa: B008
        return lambda: cases.list_assigned(staff, CaseFilter(words=words, state=state), edge)

    return {
        "Mina ärenden": lambda: cases.list_mine(staff, CaseFilter(), Edge()),
        "Mina ärenden, the middle": lambda: cases.list_mine(staff, CaseFilter(), middle),
        "Mina ärenden, the end": lambda: cases.list_mine(staff, CaseFilter(), Edge(side=Side.LAST)),
        "Fördelade ärenden": listed(),
        "Fördelade ärenden, the middle": listed(edge=middle),
        "Fördelade ärenden, the end": listed(edge=Edge(side=Side.LAST)),
        "new answers": listed(state=CaseState.UNSEEN),
        "open": listed(state=CaseState.OPEN),
        "a beginning of a name": listed("fatim"),
        "a part of a name": listed("ström49"),
        "a word of a message": listed("ord123"),
        "a word of every message": listed("tablett"),
        "a word that is nowhere": listed("xyzzyx"),
        "the news": lambda: cases.news(staff),
        "left out": lambda: cases.count_left_out(staff),
        "a patient by number": lambda: patients.fetch(staff, number),
        "opening a case": lambda: cases.open_case(staff, case.id),
        "the patient's inbox": lambda: inbox.list_mine(patient, Edge()),
    }


@contextmanager
def _statements() -> Iterator[list[tuple[str, list[Any]]]]:
    """What peewee runs while the block does, with the values."""
    found: list[tuple[str, list[Any]]] = []

    class Taking(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            sql, values = record.msg
            found.append((sql, list(values or ())))

    logger, handler = logging.getLogger("peewee"), Taking()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield found
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


def _plans(connection: psycopg.Connection[Any], statements: list[tuple[str, list[Any]]]) -> list[Plan]:
    """Of each SELECT of an act, with what the act sets for them."""
    plans = []
    with connection.transaction(force_rollback=True):
        for sql, values in statements:
            if sql.startswith("SET LOCAL"):
                connection.execute(sql)
            elif sql.lstrip().startswith("SELECT"):
                plans.append(_plan(connection, sql, values))
    return plans


def _plan(connection: psycopg.Connection[Any], sql: str, values: list[Any]) -> Plan:
    row = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values).fetchone()
    assert row is not None
    (plan,) = row[0] if isinstance(row[0], list) else json.loads(row[0])
    nodes = list(_nodes(plan["Plan"]))
    whole = tuple(
        node["Relation Name"]
        for node in nodes
        if node["Node Type"].endswith("Seq Scan") and node["Relation Name"] in _BIG
    )
    touched = tuple(
        f"{node['Node Type']} {node['Relation Name']}" for node in nodes if "Relation Name" in node
    )
    return Plan(plan["Execution Time"], whole, touched)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)

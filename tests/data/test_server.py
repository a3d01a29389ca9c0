"""A database on a PostgreSQL server: what its tables are, and what people are told of its faults."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from data import cases, demo, drafts, patients, storage
from data.case_rows import CaseFilter
from data.domain.errors import Unavailable
from data.domain.paging import Edge
from data.store import models, postgres_server, search
from data.store.database import open_store, path_of
from data.store.postgres_checking import check_tables
from data.store.store import Store
from tests.conftest import Clinic, FrozenClock, Place, let_table_refuse, let_table_take_rows
from tests.data.plans import plans
from tests.postgres import PostgresServer

pytestmark = pytest.mark.server

SECRET = "hemligt-lösen"


@contextmanager
def told(words: str) -> Iterator[None]:
    """The block fails with an `Unavailable` that says `words`."""
    with pytest.raises(Unavailable) as error:
        yield
    assert words in str(error.value)


# Faults


def test_a_busy_database_says_so(clinic: Clinic, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_server, "BUSY_SECONDS", 0.01)
    with ThreadPoolExecutor(1) as other:

        def hold() -> None:
            store.database.begin()
            store.hold_chain(clinic.anna.clinic_id)

        other.submit(hold).result()
        with told("busy"):
            patients.fetch(clinic.anna, clinic.tolvan.number)
        assert cases.news(clinic.anna).unseen == 0  # who only reads need not wait
        other.submit(store.database.rollback).result()
        other.submit(store.close).result()

    assert patients.fetch(clinic.anna, clinic.tolvan.number)


def test_a_full_disk_says_so_and_loses_nothing(clinic: Clinic) -> None:
    draft = clinic.draft(clinic.question, written={"dos": "1 tablett"})
    longer = draft.model_copy(update={"written": {"dos": "lång text"}})
    let_table_refuse("access_log")
    with told("The disk is full"):
        drafts.save(clinic.anna, longer)

    assert models.Draft.get().written == '{"dos": "1 tablett"}'
    let_table_take_rows("access_log")
    assert drafts.save(clinic.anna, longer).version == draft.version + 1


def test_a_server_that_may_not_write_is_away(clinic: Clinic, store: Store) -> None:
    store.database.execute_sql("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    with told("can't be reached"):
        patients.fetch(clinic.anna, clinic.tolvan.number)

    assert patients.fetch(clinic.anna, clinic.tolvan.number)  # by a new connection


def test_a_missing_table_and_a_missing_right_are_told(clinic: Clinic, store: Store) -> None:
    store.database.execute_sql("CREATE ROLE omvant")
    store.database.execute_sql("SET ROLE omvant")
    with told("permission denied for table"):
        patients.fetch(clinic.anna, clinic.tolvan.number)
    store.database.execute_sql("RESET ROLE")
    store.database.execute_sql("DROP ROLE omvant")
    store.database.execute_sql("DROP TABLE access_log")
    with told('relation "access_log" does not exist'):
        patients.fetch(clinic.anna, clinic.tolvan.number)


# Passwords


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://anna:{SECRET}@[::1/omvant",
        f"postgresql://anna:{SECRET}%zz@127.0.0.1/omvant",
        f'postgresql://anna:{SECRET}"x@127.0.0.1/omvant?nonsense=1',
        f"postgresql://anna:{SECRET}@127.0.0.1",
        f"postgresql://anna:{SECRET}@127.0.0.1:1/omvant",
        f"postgresql://anna@127.0.0.1:1/omvant?password={SECRET}",
        f"postgresql://anna:{SECRET}@10.0.0.1/omvant?sslmode=disable",
        f"POSTGRESQL://anna:{SECRET}@127.0.0.1/omvant",
        f"postgres:/anna:{SECRET}@127.0.0.1/omvant",
        f"mysql://anna:{SECRET}@127.0.0.1/omvant",
    ],
)
def test_no_error_tells_the_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as error:
        open_store(url, create=True, log_keys=tmp_path / "log-keys")
    with pytest.raises(Unavailable) as for_files:
        path_of(url)
    at: BaseException | None = error.value
    while at is not None:
        assert "hemligt" not in str(at)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    assert "hemligt" not in str(for_files.value)


def test_the_password_is_in_no_entry_and_not_in_what_opens_it_again(
    clinic: Clinic, place: Place, store: Store
) -> None:
    secret = place.url.replace("postgres@", f"postgres:{SECRET}@")
    opened = open_store(secret, log_keys=place.log_keys)
    list(storage.check(clinic.operator, secret, None, place.log_keys))

    assert "hemligt" not in opened.url
    assert not models.AccessLog.select().where(models.AccessLog.details.contains("hemligt")).exists()
    again = open_store(opened.url, log_keys=place.log_keys)
    assert models.Clinic.select().count() == 2
    again.close()
    opened.close()


# Tables


def test_a_sound_database_has_no_faults_but_those_of_the_tests_server(
    clinic: Clinic, place: Place, store: Store
) -> None:
    checked = list(storage.check(clinic.operator, place.url, None, place.log_keys))

    assert [str(one.about) for one in checked] == [
        "The tables",
        "The connection",
        "The server's settings",
        "Who may read the files",
        "The access log",
    ]
    assert [str(fault) for one in checked for fault in one.faults] == [
        "fsync is off: a power cut loses what was stored",
        "full_page_writes is off: a power cut loses what was stored",
    ]
    assert not models.database.execute_sql("SELECT 1 FROM pg_namespace WHERE nspname ~ '^omvant'").fetchall()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("ALTER TABLE access_log DISABLE TRIGGER access_log_stays", "trigger access_log.access_log_stays"),
        ("DROP TRIGGER access_log_is_kept ON access_log", "trigger access_log.access_log_is_kept"),
        (
            "CREATE TRIGGER mine BEFORE INSERT ON clinic EXECUTE FUNCTION stays()",
            "trigger clinic.mine",
        ),
        (
            "CREATE OR REPLACE FUNCTION stays() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "function stays",
        ),
        ("DROP INDEX case_search_words", "index case_search_words"),
        ("ALTER TABLE patient ALTER COLUMN name DROP NOT NULL", "column patient.name"),
        ("ALTER TABLE draft DROP CONSTRAINT draft_patient_id_fkey", "constraint draft.draft_patient_id_fkey"),
    ],
)
def test_tables_that_are_not_as_they_should_be_are_told(
    clinic: Clinic, place: Place, store: Store, change: str, fault: str
) -> None:
    store.database.execute_sql(change)
    faults = [str(one) for one in check_tables(place.url).faults]

    assert f"{fault} is not as it should be" in faults


def test_what_the_operator_adds_is_no_fault(place: Place, store: Store) -> None:
    store.database.execute_sql("CREATE INDEX mine ON clinic (zone)")
    store.database.execute_sql("CREATE TABLE theirs (id int)")

    assert not check_tables(place.url).faults


def test_migrations_make_the_columns_of_the_models(
    place: Place, server: PostgresServer, store: Store
) -> None:
    """`diff_models` does not look at types, nulls and foreign keys. What besides is on the server alone, the
    migrations' tests of their own hold: indexes, triggers and the table of the search."""
    kinds = """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            (SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k
             WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum])
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
    """
    names = {table._meta.table_name for table in models.TABLES}

    def columns() -> set[tuple[object, ...]]:
        return {row for row in store.database.execute_sql(kinds).fetchall() if row[0] in names}

    migrated = columns()
    store.database.execute_sql("DROP SCHEMA public CASCADE")
    store.database.execute_sql("CREATE SCHEMA public")
    store.database.create_tables(models.TABLES)
    assert columns() == migrated


def test_a_search_of_before_is_made_anew(clinic: Clinic, place: Place, store: Store) -> None:
    sent = clinic.ask()
    for statement in (
        "DELETE FROM schema_migration WHERE name LIKE '0002%%'",
        "UPDATE case_search SET words = to_tsvector('tablett')",
        "DROP INDEX case_search_words",
        "CREATE INDEX case_search_words ON case_search USING gin ((clinic_id + 0), words)",
    ):
        store.database.execute_sql(statement)
    store.close()

    opened = open_store(place.url, log_keys=place.log_keys, clock=FrozenClock())
    assert not check_tables(place.url).faults
    with opened.reading():
        assert search.faults() == []
    found = cases.list_assigned(clinic.anna, CaseFilter(words=("tablett",)), Edge())
    assert [row.id for row in found.rows] == [sent.id]
    opened.close()


# Plans


def test_a_long_lists_pages_are_not_planned_anew_each_time(clinic: Clinic, store: Store) -> None:
    _copy_case(clinic.send().id, 3_000)
    store.database.execute_sql("ANALYZE")
    for _again in range(20):
        assert cases.list_assigned(clinic.anna, CaseFilter(), Edge()).rows

    with_a_plan = store.database.execute_sql(
        "SELECT custom_plans, generic_plans > 0 FROM pg_prepared_statements "
        "WHERE statement ~ 'ORDER BY .* DESC, .* DESC LIMIT'"
    ).fetchall()
    assert (5, True) in with_a_plan  # after the first five, from which PostgreSQL learns that it may


def _copy_case(case_id: int, times: int) -> None:
    """Store a case so many times more."""
    names = [field.column_name for field in models.Case._meta.sorted_fields if field.name != "id"]
    taken = [f"{name} || n" if name in {"reference", "key"} else name for name in names]
    models.Case._meta.database.execute_sql(
        f'INSERT INTO "case" ({", ".join(names)}) SELECT {", ".join(taken)} '
        'FROM "case", generate_series(1, %s) AS n WHERE id = %s',
        (times, case_id),
    )


def test_a_send_does_not_go_through_the_patients_to_its_own(clinic: Clinic, store: Store) -> None:
    first = store.database.execute_sql(
        "INSERT INTO patient (number, name, name_folded, email, phone, protected, reachable, version) "
        "SELECT 190000000000 + n, 'Maj ' || n, 'maj ' || n, '', '', false, true, 1 "
        "FROM generate_series(1, 20000) AS n RETURNING id"
    ).fetchone()[0]
    for patient in range(first, first + 60):  # that drafts are to the first ones is what PostgreSQL counts
        drafts.begin(clinic.anna, patient)
    store.database.execute_sql("ANALYZE")
    begun = drafts.begin(clinic.anna, first + 15_000)
    draft = drafts.save(clinic.anna, begun.model_copy(update={"template": clinic.information}))

    with plans(store) as plan:
        cases.send(clinic.anna, draft, draft.key)
        assert "Index Cond: (id = (" in plan('"name_folded"')


# The demo


def test_the_demo_can_be_on_a_server(server: PostgresServer, tmp_path: Path) -> None:
    server.do("CREATE DATABASE demo")
    try:
        made = demo.make(server.url("demo"), log_keys=tmp_path / "log-keys", clock=FrozenClock())
        assert demo.is_demo()
        assert models.Case.select().count() > 10
        made.close()
        demo.make(server.url("demo"), log_keys=tmp_path / "log-keys").close()
    finally:
        server.do("DROP DATABASE demo WITH (FORCE)")


def test_programs_that_start_together_make_the_tables_once(server: PostgresServer, tmp_path: Path) -> None:
    server.do("CREATE DATABASE fresh")
    try:
        with ThreadPoolExecutor(4) as starts:
            list(starts.map(lambda _number: _made(server.url("fresh"), tmp_path / "log-keys"), range(4)))
        with psycopg.connect(server.url("fresh")) as connection:
            (count,) = connection.execute("SELECT count(*) FROM schema_migration").fetchone() or (0,)
        assert count == len(list(Path(postgres_server.__file__).parent.glob("migrations_postgres/0*.py")))
        assert len((tmp_path / "log-keys").read_text().split()) == 1
    finally:
        server.do("DROP DATABASE fresh WITH (FORCE)")


def _made(url: str, log_keys: Path) -> None:
    open_store(url, create=True, log_keys=log_keys).close()

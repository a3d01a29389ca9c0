"""A database of an earlier version: its rows come along, a copy of it is kept, and nothing is half done."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peewee
import pytest
from playhouse.migrations import Runner

from data.log_check import verify
from data.store import migrating, models
from data.store.copying import examine
from data.store.database import open_store
from data.store.keys import EncryptionKey
from data.store.log_keys import path_beside
from data.store.log_walk import Broken, Fault
from data.store.place import create_private
from data.store.sqlite_file import connection_to
from tests.conftest import Clinic, FrozenClock, let_rows_be_rewritten
from tests.data.at_rest import KEY, names_in, told

FIRST = "0001_initial"
COPY = "omvant.db.before-0002_safe-20260302T080000Z"

ROWS = """
INSERT INTO clinic (id, name, zone) VALUES (1, 'Björken', 'Europe/Stockholm');
INSERT INTO staff (id, username, name, name_folded, title, password_hash, disabled, failures, version)
    VALUES (1, 'anna', 'Anna', 'anna', '', 'x', 0, 0, 1);
INSERT INTO patient (id, number, name, name_folded, email, phone, protected, reachable, version)
    VALUES (1, '191212121212', 'Tolvan Tolvansson', 'tolvan', 't@example.org', '', 0, 1, 1);
INSERT INTO template (id, clinic_id, name, name_folded, form, retired, published_number, changed_at,
    changed_by_id, version) VALUES (1, 1, 'Brev', 'brev', '{}', 0, 1, '2026-01-01 08:00:00.000000', 1, 1);
INSERT INTO template_version (id, template_id, number, name, name_folded, form, published_at, published_by_id)
    VALUES (1, 1, 1, 'Brev', 'brev', '{}', '2026-01-01 08:00:00.000000', 1);
INSERT INTO "case" (id, reference, "key", clinic_id, sender_id, patient_id, template_version_id, answerable,
    title, written, given, signature, sent_at)
    VALUES (1, 'K7X-2QPD', 'k', 1, 1, 1, 1, 0, 'Brev', '{}', '{}', 'Anna', '2026-01-01 09:00:00.000000');
INSERT INTO access_log (at, event, allowed, actor_kind, staff_id, actor_name, clinic_id, patient_id, details)
    VALUES ('2026-01-01 08:00:00.000000', 'staff.signed_in', 1, 'staff', 1, 'Anna', NULL, NULL, '{}'),
           ('2026-01-01 08:01:00.000000', 'case.sent', 1, 'staff', 1, 'Anna', 1, 1, '{"å": 1}'),
           ('2026-01-01 08:02:00.000000', 'case.opened', 1, 'staff', 1, 'Anna', 1, 1, '{}');
"""
"""What a clinic had written with the first version."""


@pytest.fixture(params=[None, KEY], ids=["plain", "encrypted"])
def key(request: pytest.FixtureRequest) -> EncryptionKey | None:
    found: EncryptionKey | None = request.param
    return found


@pytest.fixture
def old_file(tmp_path: Path, key: EncryptionKey | None) -> Path:
    """A closed database as the first version left it."""
    path = tmp_path / "omvant.db"
    create_private(path)
    database = connection_to(path, key)
    database.connect()
    database.pragma("journal_mode", "wal")
    Runner(database, str(migrating.MIGRATIONS)).up(FIRST)
    for statement in ROWS.strip().rstrip(";").split(";\n"):
        database.execute_sql(statement)
    database.close()
    return path


def rows_of(database: Any) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: database.execute_sql(f'SELECT * FROM "{table}"').fetchall() for table in database.get_tables()
    }


def rows_in(path: Path, key: EncryptionKey | None) -> dict[str, list[tuple[object, ...]]]:
    database = connection_to(path, key)
    database.connect()
    try:
        return rows_of(database)
    finally:
        database.close()


def test_rows_come_along_and_the_log_becomes_a_chain(
    old_file: Path, key: EncryptionKey | None, clock: FrozenClock
) -> None:
    before = rows_in(old_file, key)
    store = open_store(old_file, key=key, clock=clock)
    after = rows_of(store.database)

    for table in before.keys() - {"schema_migration"}:
        width = len(before[table][0]) if before[table] else 0
        assert [row[:width] for row in after[table]] == before[table], table
    links = [
        (row.chain, row.number, row.event) for row in models.AccessLog.select().order_by(models.AccessLog.id)
    ]
    assert links == [(0, 1, "staff.signed_in"), (1, 1, "case.sent"), (1, 2, "case.opened")]
    assert all(state.sound for state in verify(Clinic.operator))
    assert models.Case.get().reference == "K7X-2QPD"
    store.close()


def test_a_copy_of_the_old_database_is_kept(
    old_file: Path, key: EncryptionKey | None, clock: FrozenClock
) -> None:
    before = rows_in(old_file, key)
    open_store(old_file, key=key, clock=clock).close()
    copy = old_file.with_name(COPY)

    assert names_in(old_file.parent) == ["omvant.db", COPY, "omvant.db.log-keys"]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert examine(copy, key).cases == 1
    assert rows_in(copy, key) == before

    clock.move(days=1)
    open_store(old_file, key=key, clock=clock).close()  # nothing is left to be brought up to date
    assert len(names_in(old_file.parent)) == 3


def test_what_another_hand_has_added_is_no_link_after_the_next_upgrade(
    old_file: Path,
    key: EncryptionKey | None,
    clock: FrozenClock,
    next_step: Callable[[str], Callable[[], None]],
) -> None:
    """Only when the log becomes a chain are entries without a MAC what Omvänt itself has written."""
    store = open_store(old_file, key=key, clock=clock)
    let_rows_be_rewritten()
    log = models.AccessLog
    log.delete().where(log.chain == 1).execute()
    log.create(at=clock.now, event="case.opened", actor_kind="staff", clinic_id=1, chain=1, number=1)
    store.close()
    next_step("pass")
    store = open_store(old_file, key=key, clock=clock)

    broken = {state.chain: state.broken for state in verify(Clinic.operator)}
    assert broken[1] == Broken(1, Fault.OUTSIDE)
    store.close()


def test_a_new_database_needs_no_copy(tmp_path: Path) -> None:
    open_store(tmp_path / "new.db", create=True).close()

    assert names_in(tmp_path) == ["new.db", "new.db.log-keys"]


@pytest.fixture
def next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Callable[[], None]]:
    """Gives the program one more migration, whose `up` is the code; what it returns takes it away again."""

    def give(code: str) -> Callable[[], None]:
        folder = tmp_path / "migrations"
        shutil.copytree(migrating.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "9000_next.py").write_text(f"def up(migrator, db):\n    {code}\n", encoding="utf-8")
        monkeypatch.setattr(migrating, "MIGRATIONS", folder)
        return monkeypatch.undo

    return give


@pytest.mark.parametrize(
    "fault",
    [
        ("db.execute_sql('DROP TABLE access_log'); db.execute_sql('SELECT * FROM nowhere')", "no such table"),
        ("db.execute_sql('DROP TABLE access_log'); raise ValueError('half-way')", "half-way"),
        ("db.execute_sql('DELETE FROM staff')", "rows point to others that are not there"),
    ],
)
def test_a_step_that_fails_leaves_the_old_database_whole(
    old_file: Path,
    key: EncryptionKey | None,
    clock: FrozenClock,
    next_step: Callable[[str], Callable[[], None]],
    fault: tuple[str, str],
) -> None:
    code, words = fault
    before = rows_in(old_file, key)
    take_away = next_step(code)
    with told(words):
        open_store(old_file, key=key, clock=clock)
    with told(f"A copy of it is at {old_file.with_name(COPY)}-2"):
        open_store(old_file, key=key, clock=clock)

    assert rows_in(old_file, key) == before
    assert rows_in(old_file.with_name(COPY), key) == before
    take_away()
    store = open_store(old_file, key=key, clock=clock)
    assert models.Case.get().reference == "K7X-2QPD"
    store.close()


def test_without_a_sound_copy_nothing_is_changed(
    old_file: Path, key: EncryptionKey | None, clock: FrozenClock
) -> None:
    before = rows_in(old_file, key)
    old_file.with_name(f"{COPY}.unfinished").mkdir()  # in the way
    with told("can't be written"):
        open_store(old_file, key=key, clock=clock)

    assert rows_in(old_file, key) == before
    assert names_in(old_file.parent) == ["omvant.db", f"{COPY}.unfinished"]


def test_damage_is_found_before_the_tables_are_changed(old_file: Path, clock: FrozenClock) -> None:
    key = KEY if old_file.read_bytes()[:16] == KEY.salt else None
    database = connection_to(old_file, key)
    database.connect()
    database.pragma("foreign_keys", 0)
    database.execute_sql("DELETE FROM patient")
    database.close()
    with told("is damaged: case 1 → patient"):
        open_store(old_file, key=key, clock=clock)

    database = connection_to(old_file, key)
    with pytest.raises(peewee.OperationalError, match="no such column"):
        database.execute_sql("SELECT mac FROM access_log")
    database.close()
    assert not path_beside(old_file).exists()

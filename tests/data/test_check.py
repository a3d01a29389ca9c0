"""`omvant check`: each kind of fault is found and named, and a sound database has none."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from data import storage
from data.store import models
from data.store.database import current, open_store
from data.store.keys import EncryptionKey
from data.store.log_keys import path_beside
from data.store.place import create_private
from data.store.store import Store
from tests.conftest import Clinic, let_rows_be_rewritten
from tests.data.at_rest import KEY

SOUND: dict[str, str] = {}
ALL = ["The file's content", "What points to what", "The tables", "Who may read the files", "The access log"]


def faults_of(path: Path, key: EncryptionKey | None = None) -> dict[str, str]:
    """What is wrong, by what was looked at."""
    checked = list(storage.check(Clinic.operator, path, key))
    found = {str(one.about): "; ".join(map(str, one.faults)) for one in checked if one.faults}
    looked_at = [about for about in ALL if "The file's content" not in found or about not in ALL[1:3]]
    assert [str(one.about) for one in checked] == looked_at
    return found


@pytest.fixture
def broken(database_file: Path, ready_made: tuple[Path, Clinic]) -> Callable[[str], dict[str, str]]:
    """What is wrong with a database after an SQL statement past all rules."""

    def after(*statements: str) -> dict[str, str]:
        store = open_store(database_file)
        ready_made[1].send()
        store.database.pragma("foreign_keys", 0)
        for statement in statements:
            store.database.execute_sql(statement)
        store.close()
        try:
            return faults_of(database_file)
        finally:
            current().close()

    return after


def test_a_database_in_use_is_sound(store: Store, clinic: Clinic, database_file: Path) -> None:
    clinic.answered()
    with store.writing():  # somebody else is writing just now
        checked = list(islice(storage.check(clinic.operator, database_file, None), 4))
    assert not any(one.faults for one in checked)
    assert faults_of(database_file) == SOUND


def test_an_encrypted_database_is_sound(database_file: Path) -> None:
    storage.encrypt(Clinic.operator, database_file, KEY)
    current().close()
    assert faults_of(database_file, KEY) == SOUND
    current().close()


def test_checking_is_recorded(store: Store, clinic: Clinic, database_file: Path) -> None:
    faults_of(database_file)
    entry = models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()

    assert (entry.event, entry.actor_name) == ("log.verified", "drift")


def test_what_points_to_nothing(broken: Callable[..., dict[str, str]]) -> None:
    found = broken("DELETE FROM staff WHERE username = 'anna'")

    assert "case 1 → staff" in found["What points to what"]
    assert found["The access log"] == "not looked at, because of what is wrong above"


def test_many_faults_are_counted(broken: Callable[..., dict[str, str]]) -> None:
    found = broken("DELETE FROM staff", "DELETE FROM clinic")

    assert found["What points to what"].count("→") == 3
    assert "more" in found["What points to what"]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DROP TRIGGER access_log_stays", "the trigger access_log_stays is not as it should be"),
        ("DROP INDEX access_log_chain_number", "add index access_log"),
        ("ALTER TABLE patient ADD COLUMN spy TEXT", "drop column patient.spy"),
        ("DROP TABLE answer_draft", "create table answer_draft"),
        (
            "CREATE TRIGGER spy AFTER INSERT ON patient BEGIN SELECT 1; END",
            "the trigger spy is not as it should be",
        ),
        (
            "INSERT INTO schema_migration (name, applied) VALUES ('9999_future', '2030-01-01 00:00:00')",
            "newer version",
        ),
    ],
)
def test_tables_that_are_not_ours(broken: Callable[..., dict[str, str]], statement: str, words: str) -> None:
    found = broken(statement)

    assert words in found["The tables"]
    assert set(found) == {"The tables", "The access log"}


def test_tables_of_an_older_version_are_left_as_they_are(broken: Callable[..., dict[str, str]]) -> None:
    found = broken("DELETE FROM schema_migration WHERE name = '0002_safe'")

    assert "of an older version" in found["The tables"]


def test_an_entry_of_the_log_that_was_changed(
    broken: Callable[..., dict[str, str]], database_file: Path
) -> None:
    triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    store = open_store(database_file)
    made = dict(store.database.execute_sql(triggers).fetchall())
    let_rows_be_rewritten()
    for name, _ in store.database.execute_sql(triggers).fetchall():
        del made[name]
    store.close()
    found = broken("UPDATE access_log SET actor_name = 'Någon' WHERE event = 'case.sent'", *made.values())

    assert found == {"The access log": "omvant log verify says what is wrong"}


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_damage_in_the_file(database_file: Path, key: EncryptionKey | None) -> None:
    if key:
        storage.encrypt(Clinic.operator, database_file, key)
        current().close()
    content = bytearray(database_file.read_bytes())
    content[40_960:45_056] = b"\xff" * 4_096
    database_file.write_bytes(content)
    found = faults_of(database_file, key)

    assert found["The file's content"]
    assert found["The access log"] == "not looked at, because of what is wrong above"


def test_one_changed_letter_is_found_in_an_encrypted_file(database_file: Path) -> None:
    """Without encryption no check of SQLite's can tell: that is what the pages' MACs are for."""
    storage.encrypt(Clinic.operator, database_file, KEY)
    found = current().database.execute_sql("SELECT rootpage FROM sqlite_master WHERE name = 'staff'")
    ((page,),) = found.fetchall()
    current().close()
    content = bytearray(database_file.read_bytes())
    content[page * 4_096 - 100] ^= 1
    database_file.write_bytes(content)

    assert "HMAC verification failed" in faults_of(database_file, KEY)["The file's content"]


def test_who_may_read_the_files(database_file: Path) -> None:
    path_beside(database_file).chmod(0o640)
    copy = database_file.with_name("omvant.db.before-0002_safe-20260302T080000Z")
    shutil.copy(database_file, copy)
    copy.chmod(0o604)
    found = faults_of(database_file)
    current().close()

    assert found == {
        "Who may read the files": f"others than the owner may read {path_beside(database_file)}: chmod 600; "
        f"others than the owner may read {copy}: chmod 600"
    }


def test_what_a_cut_off_encryption_left_is_told(database_file: Path) -> None:
    create_private(database_file.with_name("omvant.db.old"))
    found = faults_of(database_file)
    current().close()

    assert "run that command again" in found["Who may read the files"]

"""A restored backup is whole, and what stood in its place is kept."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from data import storage
from data.domain.errors import Conflict
from data.log_check import verify
from data.store import models, replacing
from data.store.copying import examine
from data.store.database import current, open_store
from data.store.keys import EncryptionKey
from data.store.log_keys import add_key, path_beside, read
from data.store.store import Store
from tests.conftest import START, Clinic, FrozenClock
from tests.data.at_rest import KEY, OTHER, PATIENT, UNENCRYPTED, cut_off_at, name_of_a_patient, names_in, told

NAMES = ["omvant.db", "omvant.db.log-keys"]


@pytest.fixture
def backup(store: Store, clinic: Clinic, outside: Path) -> Path:
    """A backup with one case in it, and a second case that came after; the database is closed."""
    clinic.send()
    storage.back_up(clinic.operator, outside / "backup")
    clinic.send()
    store.close()
    return outside / "backup"


def cases_in(path: Path, key: EncryptionKey | None = None) -> int:
    store = open_store(path, key=key)
    try:
        return int(models.Case.select().count())
    finally:
        store.close()


def restored(path: Path, backup: Path, *, key: EncryptionKey | None = None, **settings: bool) -> Path | None:
    """Restore as the command does, and close; returns where the replaced database is."""
    try:
        return storage.restore(Clinic.operator, path, backup, key, **settings).kept
    finally:
        current().close()


def test_what_was_there_is_kept(backup: Path, database_file: Path) -> None:
    kept = restored(database_file, backup, replace=True)

    assert cases_in(database_file) == 1
    assert kept is not None
    assert examine(kept, None).cases == 2
    assert kept.name.startswith("omvant.db.replaced-2")
    assert stat.S_IMODE(database_file.stat().st_mode) == stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert names_in(database_file.parent) == ["backups", "omvant.db", "omvant.db.log-keys", kept.name]
    assert examine(backup, None).cases == 1


def test_restoring_is_recorded_in_a_log_that_is_sound(backup: Path, database_file: Path) -> None:
    storage.restore(Clinic.operator, database_file, backup, None, replace=True)
    entry = models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()

    assert (entry.event, entry.actor_name, entry.details) == (
        *("database.restored", "drift"),
        '{"file": "backup"}',
    )
    assert all(state.sound for state in verify(Clinic.operator))
    current().close()


def test_nothing_is_replaced_without_being_told_to(backup: Path, database_file: Path) -> None:
    before = database_file.read_bytes()
    with pytest.raises(Conflict, match="replace it, and keep it, with --replace"):
        storage.restore(Clinic.operator, database_file, backup, None)

    assert database_file.read_bytes() == before


def test_a_database_that_is_gone_is_restored(backup: Path, database_file: Path) -> None:
    database_file.unlink()
    stale = database_file.with_name("omvant.db-wal")
    stale.write_bytes(b"of the one that is gone")

    assert restored(database_file, backup) is None
    assert cases_in(database_file) == 1
    (aside,) = database_file.parent.glob("*.replaced-*-wal")
    assert aside.read_bytes() == b"of the one that is gone"


def test_what_is_in_the_journal_of_the_old_one_never_reaches_the_new(
    backup: Path, database_file: Path, people: Clinic, tmp_path: Path
) -> None:
    """A terminal was killed: its last case stands in the journal alone."""
    child = os.fork()
    if child == 0:
        try:
            open_store(database_file)
            people.send()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert database_file.with_name("omvant.db-wal").stat().st_size > 0

    kept = restored(database_file, backup, replace=True)
    assert kept is not None
    assert cases_in(database_file) == 1
    assert examine(kept, None).cases == 3


@pytest.mark.parametrize("damage", [b"", b"\xff" * 5_000, UNENCRYPTED + b"\xff" * 5_000], ids=len)
def test_a_damaged_database_is_replaced_and_kept(backup: Path, database_file: Path, damage: bytes) -> None:
    database_file.write_bytes(damage)
    database_file.with_name("omvant.db-wal").write_bytes(b"journal")

    kept = restored(database_file, backup, replace=True)
    assert cases_in(database_file) == 1
    assert kept is not None
    assert kept.read_bytes() == damage
    if not damage.startswith(UNENCRYPTED):  # then SQLite has looked, and found nothing in it
        assert kept.with_name(f"{kept.name}-wal").read_bytes() == b"journal"


def test_nothing_is_replaced_while_others_have_it_open(
    backup: Path, store: Store, clinic: Clinic, database_file: Path
) -> None:
    clinic.send()
    with pytest.raises(Conflict, match="close it everywhere"):
        replacing.restore(database_file, backup, None, START, replace=True)

    assert clinic.send().reference
    assert models.Case.select().count() == 4


def test_a_damaged_database_that_others_have_open_stays(
    backup: Path, store: Store, clinic: Clinic, database_file: Path
) -> None:
    child_says, parent_reads = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        try:
            other = open_store(database_file)
            other.database.execute_sql("SELECT 1 FROM patient").fetchall()
            os.write(child_says[1], b"open")
            os.read(parent_reads[0], 1)
        finally:
            os._exit(0)
    os.read(child_says[0], 4)
    with database_file.open("r+b") as file:
        file.write(b"\xff" * 200)
    try:
        with pytest.raises(Conflict, match="close it everywhere"):
            replacing.restore(database_file, backup, None, START, replace=True)
    finally:
        os.write(parent_reads[1], b"x")
        os.waitpid(child, 0)


def test_a_bad_backup_replaces_nothing(backup: Path, database_file: Path, outside: Path) -> None:
    before = database_file.read_bytes()
    content = backup.read_bytes()
    bad = outside / "bad"

    def refused(content: bytes, words: str) -> None:
        bad.write_bytes(content)
        with told(words):
            storage.restore(Clinic.operator, database_file, bad, None, replace=True)

    refused(b"", "not an Omvänt database")
    refused(b"Hej!" * 2_000, "not an Omvänt database")
    refused(content[: len(content) // 2], "damaged")
    refused(content[:20_480] + b"\xff" * 4_096 + content[24_576:], "damaged")
    with told("There is no file at"):
        storage.restore(Clinic.operator, database_file, outside / "none", None, replace=True)
    with told("There is no file at"):
        storage.restore(Clinic.operator, database_file, outside, None, replace=True)
    bad.write_bytes(content)
    bad.with_name("bad-wal").write_bytes(b"x")
    with told("was not closed, or is in use"):
        storage.restore(Clinic.operator, database_file, bad, None, replace=True)
    assert database_file.read_bytes() == before
    assert names_in(database_file.parent) == ["backups", *NAMES]


def test_a_backup_of_a_later_version_is_refused(backup: Path, database_file: Path, outside: Path) -> None:
    shutil.copy(path_beside(database_file), path_beside(backup))
    store = open_store(backup)
    store.database.execute_sql(
        "INSERT INTO schema_migration (name, applied) VALUES ('9999_future', '2030-01-01 00:00:00')"
    )
    store.close()
    with told("newer version"):
        storage.restore(Clinic.operator, database_file, backup, None, replace=True)

    assert cases_in(database_file) == 2


def test_an_encrypted_backup_needs_its_key(backup: Path, database_file: Path, outside: Path) -> None:
    storage.encrypt(Clinic.operator, database_file, KEY)
    storage.back_up(Clinic.operator, outside / "encrypted")
    current().close()
    with told("another key"):
        storage.restore(Clinic.operator, database_file, outside / "encrypted", OTHER, replace=True)
    with told("name its key with --key-file"):
        storage.restore(Clinic.operator, database_file, outside / "encrypted", None, replace=True)

    kept = restored(database_file, outside / "encrypted", key=KEY, replace=True)
    assert cases_in(database_file, KEY) == 2
    assert kept is not None
    assert examine(kept, KEY).cases == 2
    kept = restored(database_file, backup, replace=True)  # from before it was encrypted
    assert database_file.read_bytes()[:16] == UNENCRYPTED
    assert cases_in(database_file) == 1
    assert kept is not None
    assert examine(kept, KEY).cases == 2


def test_a_log_whose_key_is_missing_is_restored_only_when_told_to(
    backup: Path, database_file: Path, outside: Path
) -> None:
    keys = path_beside(database_file)
    keys.rename(outside / "keys")
    database_file.unlink()
    with told("put the file of that time there first"):
        storage.restore(Clinic.operator, database_file, backup, None)
    add_key(keys)
    with told("--without-log-keys"):
        storage.restore(Clinic.operator, database_file, backup, None)
    assert not database_file.exists()

    storage.restore(Clinic.operator, database_file, backup, None, without_log_keys=True)
    states = verify(Clinic.operator)
    current().close()
    assert not any(state.broken for state in states)  # what can't be proved is told, and is not called forged
    assert any(state.unproved for state in states)
    assert len(read(keys).by_id) == 2
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600


def test_with_the_keys_put_back_the_log_is_sound(backup: Path, database_file: Path) -> None:
    database_file.unlink()
    storage.restore(Clinic.operator, database_file, backup, None)

    assert all(state.sound for state in verify(Clinic.operator))
    current().close()


def test_a_restored_file_that_cannot_be_read_gives_the_place_back(
    backup: Path, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copyfile = shutil.copyfile

    def badly(source: Path, target: Path) -> None:
        copyfile(source, target)
        with target.open("r+b") as file:
            file.seek(20_480)
            file.write(b"\xff" * 4_096)

    monkeypatch.setattr(replacing.shutil, "copyfile", badly)
    with told("damaged"):
        storage.restore(Clinic.operator, database_file, backup, None, replace=True)

    assert cases_in(database_file) == 2
    assert names_in(database_file.parent) == ["backups", *NAMES]


def test_cut_off_anywhere_a_whole_database_is_there(
    backup: Path, database_file: Path, quick_folder: Path, clock: FrozenClock
) -> None:
    path = quick_folder / "omvant.db"
    found: set[int] = set()
    for line in range(1, 1_000):
        shutil.copy(database_file, path)
        shutil.copy(path_beside(database_file), path_beside(path))
        if not cut_off_at(line, lambda: replacing.restore(path, backup, None, clock(), replace=True)):
            break
        clock.move(seconds=1)
        found.add(cases_in(path))
        assert name_of_a_patient(path) == PATIENT
        replacing.restore(path, backup, None, clock(), replace=True)
        clock.move(seconds=1)
        assert not [name for name in names_in(quick_folder) if "unfinished" in name]
        assert cases_in(path) == 1
    assert found == {1, 2}

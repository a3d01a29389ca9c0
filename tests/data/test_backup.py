"""Backups are whole and checked; restoring one loses neither it nor what stood in its place."""

from __future__ import annotations

import os
import resource
import shutil
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from data import storage
from data.domain.errors import Conflict, Unavailable
from data.log_check import verify
from data.store import copying, models, replacing
from data.store.copying import examine
from data.store.database import Store, current, open_store
from data.store.keys import EncryptionKey
from data.store.log_keys import add_key, path_beside, read
from tests.conftest import START, Clinic, FrozenClock
from tests.data.at_rest import KEY, OTHER, PATIENT, UNENCRYPTED, cut_off_at, name_of_a_patient, names_in, told

NAMES = ["omvant.db", "omvant.db.log-keys"]


@pytest.fixture
def people(ready_made: tuple[Path, Clinic]) -> Clinic:
    """The clinic's people, whatever is open."""
    return ready_made[1]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder for backups."""
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


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


# Backup


def test_a_backup_is_made_while_others_write(store: Store, clinic: Clinic, outside: Path) -> None:
    written, stop = 0, threading.Event()

    def write() -> None:
        nonlocal written
        while not stop.wait(0.001):  # people pause: who never does leaves the write lock to nobody
            clinic.send()
            written += 1
        store.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [storage.back_up(clinic.operator, outside / str(number)) for number in range(3)]
    finally:
        stop.set()
        writer.join()

    assert written > 0
    counts = [copy.cases for copy in copies]
    assert counts == sorted(counts)
    assert counts[-1] <= written
    for copy in copies:
        assert examine(copy.path, None).cases == copy.cases
        assert copy.size == copy.path.stat().st_size
    assert names_in(outside) == ["0", "1", "2"]


def test_a_backup_is_the_owners_alone_and_recorded(store: Store, clinic: Clinic, outside: Path) -> None:
    before = os.umask(0)
    try:
        copy = storage.back_up(clinic.operator, outside / "backup")
    finally:
        os.umask(before)

    assert stat.S_IMODE(copy.path.stat().st_mode) == 0o600
    entry = models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()
    assert (entry.event, entry.actor_name) == ("database.backed_up", "drift")
    assert str(copy.path) in entry.details


def test_a_backup_of_an_encrypted_database_is_encrypted(
    database_file: Path, people: Clinic, outside: Path
) -> None:
    storage.encrypt(people.operator, database_file, KEY)
    people.send()
    storage.back_up(people.operator, outside / "backup")
    current().close()

    content = (outside / "backup").read_bytes()
    assert content[:16] == KEY.salt
    assert b"Tolvan" not in content
    assert examine(outside / "backup", KEY).cases == 1
    with told("another key"):
        examine(outside / "backup", OTHER)


def test_a_file_is_replaced_only_when_told_to(store: Store, clinic: Clinic, outside: Path) -> None:
    (outside / "backup").write_text("mitt")
    with pytest.raises(Conflict, match="replace it with --replace"):
        storage.back_up(clinic.operator, outside / "backup")
    assert (outside / "backup").read_text() == "mitt"

    storage.back_up(clinic.operator, outside / "backup", replace=True)
    assert examine(outside / "backup", None).cases == 0
    assert names_in(outside) == ["backup"]


def test_the_database_itself_is_no_place_for_its_backup(
    store: Store, clinic: Clinic, database_file: Path
) -> None:
    with pytest.raises(Conflict, match="is the database itself"):
        storage.back_up(clinic.operator, database_file, replace=True)
    assert clinic.send().reference


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """As on a disk that gets full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_without_room_leaves_no_half_backup(store: Store, clinic: Clinic, outside: Path) -> None:
    storage.back_up(clinic.operator, outside / "backup")
    before = (outside / "backup").read_bytes()
    with no_file_larger_than(100_000), pytest.raises(Unavailable):
        storage.back_up(clinic.operator, outside / "backup", replace=True)

    assert names_in(outside) == ["backup"]
    assert (outside / "backup").read_bytes() == before


def test_two_backups_to_one_place_do_not_mix(store: Store, clinic: Clinic, outside: Path) -> None:
    with copying.making(outside / "backup") as unfinished:  # another program is at it
        unfinished.write_bytes(b"half")
        with pytest.raises(Conflict, match="Another program is writing"):
            storage.back_up(clinic.operator, outside / "backup")
        assert unfinished.read_bytes() == b"half"

    assert names_in(outside) == []


@pytest.mark.parametrize("replace", [False, True])
def test_what_a_cut_off_backup_left_is_cleared_away(
    store: Store, clinic: Clinic, outside: Path, replace: bool
) -> None:
    precious = outside / "precious"
    precious.write_bytes(b"mine")
    unfinished = outside / "backup.unfinished"
    os.link(precious, unfinished)  # as when it was cut off between being given its name and losing this one
    storage.back_up(clinic.operator, outside / "backup", replace=replace)

    assert names_in(outside) == ["backup", "precious"]
    assert examine(outside / "backup", None).cases == 0
    assert precious.read_bytes() == b"mine"
    unfinished.symlink_to(precious)
    with told("can't be written"):
        storage.back_up(clinic.operator, outside / "backup", replace=True)
    assert precious.read_bytes() == b"mine"


def test_a_place_that_cannot_be_written_is_told(store: Store, clinic: Clinic, outside: Path) -> None:
    with told("can't be written"):
        storage.back_up(clinic.operator, outside / "none" / "backup")


def test_a_damaged_database_makes_no_backup(
    database_file: Path, people: Clinic, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(database_file)
    store.database.pragma("foreign_keys", 0)
    models.Staff.delete().execute()
    with told("is damaged: "):
        storage.back_up(people.operator, outside / "backup")
    store.close()

    assert names_in(outside) == []


# Restore


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


def test_what_is_acknowledged_is_in_the_next_backup(store: Store, clinic: Clinic, outside: Path) -> None:
    references = [clinic.send().reference for _ in range(3)]
    storage.back_up(clinic.operator, outside / "backup")
    store.close()
    shutil.copy(path_beside(store.file.path), path_beside(outside / "backup"))
    opened = open_store(outside / "backup")
    try:
        assert [row.reference for row in models.Case.select().order_by(models.Case.id)] == references
    finally:
        opened.close()

"""Backups are whole and checked, and a half one is never left behind."""

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
from data.domain.errors import Conflict, OmvantError, Unavailable
from data.store import copying, models
from data.store.copying import examine
from data.store.database import current, open_store
from data.store.log_keys import path_beside
from data.store.place import beside
from data.store.store import Store
from tests.conftest import Clinic
from tests.data.at_rest import KEY, OTHER, names_in, told

pytestmark = pytest.mark.files


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


def test_a_backup_is_replaced_only_when_told_to(store: Store, clinic: Clinic, outside: Path) -> None:
    storage.back_up(clinic.operator, outside / "backup")
    clinic.send()
    with pytest.raises(Conflict, match="replace it with --replace"):
        storage.back_up(clinic.operator, outside / "backup")
    assert examine(outside / "backup", None).cases == 0

    storage.back_up(clinic.operator, outside / "backup", replace=True)
    assert examine(outside / "backup", None).cases == 1
    assert names_in(outside) == ["backup"]


@pytest.mark.parametrize("content", [b"", b"mitt", b"0123456789abcdef" * 4 + b"\n"])
def test_what_is_no_backup_is_never_replaced(
    store: Store, clinic: Clinic, outside: Path, content: bytes
) -> None:
    (outside / "key").write_bytes(content)
    with pytest.raises(Conflict, match="is no backup"):
        storage.back_up(clinic.operator, outside / "key", replace=True)
    assert (outside / "key").read_bytes() == content


def test_a_backup_that_another_key_encrypted_is_replaced(store: Store, clinic: Clinic, outside: Path) -> None:
    (outside / "backup").write_bytes(os.urandom(8192))
    storage.back_up(clinic.operator, outside / "backup", replace=True)
    assert examine(outside / "backup", None).cases == 0


def test_the_database_itself_is_no_place_for_its_backup(
    store: Store, clinic: Clinic, database_file: Path
) -> None:
    for name in (database_file, path_beside(database_file), beside(database_file, "-wal")):
        before = name.read_bytes()
        with pytest.raises(Conflict, match="is the database itself"):
            storage.back_up(clinic.operator, name, replace=True)
        assert name.read_bytes() == before
    assert clinic.send().reference


def test_a_backup_that_can_not_be_recorded_is_not_there(store: Store, clinic: Clinic, outside: Path) -> None:
    """It is all that the clinic knows about everybody."""
    store.database.execute_sql(
        "CREATE TRIGGER no_log BEFORE INSERT ON access_log BEGIN SELECT RAISE(FAIL, 'no room'); END"
    )
    with pytest.raises(OmvantError):
        storage.back_up(clinic.operator, outside / "backup")

    assert names_in(outside) == []


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

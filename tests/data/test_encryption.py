"""Encryption at rest: the key and its file, what a wrong key is told apart from, and encrypting anew."""

from __future__ import annotations

import logging
import os
import shutil
import stat
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from data import cases, patients, storage
from data.domain.errors import Conflict, Unavailable
from data.domain.roles import StaffActor
from data.log_check import verify
from data.store import models, replacing
from data.store.database import current, open_store, path_of
from data.store.keys import EncryptionKey, find_key, make_key, read_key
from data.store.log_keys import path_beside
from data.store.store import Store
from tests.conftest import ANSWERS, Clinic, FrozenClock, Tokens
from tests.data.at_rest import KEY, OTHER, PATIENT, UNENCRYPTED, cut_off_at, name_of_a_patient, names_in, told


@pytest.fixture
def encrypted_file(database_file: Path, ready_made: tuple[Path, Clinic]) -> Path:
    """The clinic's database, encrypted with `KEY` and not open."""
    storage.encrypt(ready_made[1].operator, database_file, KEY)
    current().close()
    return database_file


@pytest.fixture
def encrypted(encrypted_file: Path, clock: FrozenClock, tokens: Tokens) -> Iterator[Store]:
    """The same, open."""
    opened = open_store(encrypted_file, key=KEY, clock=clock, token=tokens)
    yield opened
    opened.close()


# The file


def test_what_is_written_stands_nowhere_in_the_clear(
    encrypted: Store, people: Clinic, tmp_path: Path
) -> None:
    people.send(people.question, written={"dos": "tre tabletter"})
    files = [file for file in tmp_path.iterdir() if file.name.startswith("omvant.db")]

    assert {file.name for file in files} >= {"omvant.db", "omvant.db-wal"}
    for file in files:
        content = file.read_bytes()
        assert b"Tolvan" not in content
        assert b"tre tabletter" not in content
    assert (tmp_path / "omvant.db").read_bytes()[:16] == KEY.salt


def test_a_new_database_is_encrypted_from_its_first_byte(tmp_path: Path) -> None:
    open_store(tmp_path / "new.db", create=True, key=KEY).close()

    assert (tmp_path / "new.db").read_bytes()[:16] == KEY.salt


def test_work_goes_on_in_every_thread(encrypted: Store, people: Clinic) -> None:
    def send_two(sender: StaffActor) -> list[str]:
        try:
            return [people.send(sender=sender).reference for _ in range(2)]
        finally:
            encrypted.close()

    with ThreadPoolExecutor(2) as threads:
        sent = list(threads.map(send_two, (people.anna, people.cilla)))
    assert len({*sent[0], *sent[1]}) == 4
    assert models.Case.select().count() == 4


def test_a_case_lives_its_life(encrypted: Store, people: Clinic) -> None:
    sent = people.answered()
    encrypted.close()
    found = cases.open_case(people.anna, sent.id)

    assert (found.answers, found.reference) == (ANSWERS, sent.reference)
    assert all(state.sound for state in verify(people.operator))


# A wrong key, and a broken file


def test_another_key_is_told_apart_from_damage(encrypted_file: Path) -> None:
    with told("encrypted with another key"):
        open_store(encrypted_file, key=OTHER)
    with told("then name its key with --key-file"):
        open_store(encrypted_file)


def test_a_database_that_is_not_encrypted_takes_no_key(database_file: Path) -> None:
    before = database_file.read_bytes()
    with told("is not encrypted: encrypt it with omvant encrypt"):
        open_store(database_file, key=KEY)

    assert database_file.read_bytes() == before


@pytest.mark.parametrize("place", [16, 100, 4000])
def test_with_the_right_key_it_is_damage(encrypted_file: Path, place: int) -> None:
    content = bytearray(encrypted_file.read_bytes())
    content[place] ^= 1
    encrypted_file.write_bytes(content)
    with told("The database file is damaged"):
        open_store(encrypted_file, key=KEY)


def test_one_changed_bit_anywhere_is_found(encrypted_file: Path, people: Clinic) -> None:
    content = bytearray(encrypted_file.read_bytes())
    for page in range(1, len(content) // 4096):
        content[page * 4096 + 50] ^= 1
    encrypted_file.write_bytes(content)
    with told("The database file is damaged"):
        open_store(encrypted_file, key=KEY)
        patients.fetch(people.anna, people.tolvan.number)
    current().close()


def test_a_damaged_beginning_may_look_like_another_key(encrypted_file: Path) -> None:
    encrypted_file.write_bytes(b"\xff" * 512 + encrypted_file.read_bytes()[512:])  # a sector
    with told("or the very beginning of the file is damaged"):
        open_store(encrypted_file, key=KEY)


# The key file


def test_a_new_key_file_is_the_owners_alone_and_never_written_over(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        key = make_key(tmp_path / "key")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert read_key(tmp_path / "key").salt == key.salt
    with pytest.raises(Conflict, match="There is a file at"):
        make_key(tmp_path / "key")
    assert make_key(tmp_path / "another").salt != key.salt


def key_file(path: Path, content: bytes = b"a1" * 32 + b"\n", mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o606, 0o622, 0o601])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    with told("chmod 600"):
        read_key(key_file(tmp_path / "key", mode=mode))


@pytest.mark.skipif(os.geteuid() != 0, reason="only the super-user gives files away")
def test_another_persons_key_is_refused(tmp_path: Path) -> None:
    path = key_file(tmp_path / "key")
    os.chown(path, 12345, 12345)
    with told("make it your own alone"):
        read_key(path)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"a1" * 31, b"a1" * 33, b"g1" * 32, "å1".encode() * 32, b"a1" * 16 + b" " + b"a1" * 16],
)
def test_anything_but_64_digits_is_no_key(tmp_path: Path, content: bytes) -> None:
    with told("is no key file"):
        read_key(key_file(tmp_path / "key", content))


def test_a_key_is_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path in (tmp_path / "pipe", Path("/dev/null")):
        with pytest.raises(Unavailable):
            read_key(path)
    with told("There is no key file at"):
        read_key(tmp_path / "none")
    with told("can't be read" if os.geteuid() else "is no key file"):
        read_key(tmp_path) if os.geteuid() else read_key(key_file(tmp_path / "empty", b""))


def test_where_the_key_is_looked_for(tmp_path: Path) -> None:
    chosen = make_key(tmp_path / "chosen")
    named = make_key(tmp_path / "named")
    credential = key_file(tmp_path / "omvant-key", mode=0o440)  # as systemd makes it
    of_systemd = read_key(credential, of_systemd=True)
    environ = {"OMVANT_KEY_FILE": str(tmp_path / "named"), "CREDENTIALS_DIRECTORY": str(tmp_path)}

    def found(option: str | None, **settings: str) -> bytes | None:
        key = find_key(option, settings)
        return key.salt if key else None

    assert found(str(tmp_path / "chosen"), **environ) == chosen.salt
    assert found(None, **environ) == named.salt
    assert found(None, CREDENTIALS_DIRECTORY=str(tmp_path)) == of_systemd.salt
    assert found(None, CREDENTIALS_DIRECTORY=str(tmp_path / "none")) is None
    assert found(None) is None


def test_the_key_is_told_to_nobody(
    tmp_path: Path, database_file: Path, people: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key, new = make_key(tmp_path / "key"), make_key(tmp_path / "new")
    digits = [(tmp_path / name).read_text().strip() for name in ("key", "new")]
    said = [repr(key), str(key), f"{key!r}"]
    storage.encrypt(people.operator, database_file, key)
    current().close()
    storage.rekey(people.operator, database_file, key, new)
    current().close()
    try:
        open_store(database_file, key=key)
    except Unavailable:
        said.append(traceback.format_exc())
    said += [record.getMessage() for record in caplog.records]
    said.append(repr(vars(current())))

    assert not [one for one in caplog.records if one.name == "peewee"]  # its log would hold every statement
    for secret in (*digits, key.passphrase, key.salt.hex()):
        assert not [words for words in said if secret in words]


# Encrypting anew


def test_encrypting_keeps_all_that_is_there(database_file: Path, people: Clinic, tmp_path: Path) -> None:
    store = open_store(database_file)
    people.answered()
    before = replacing._digests(store.database)
    store.close()

    assert storage.encrypt(people.operator, database_file, KEY) == []

    entries = [entry.event for entry in models.AccessLog.select().order_by(models.AccessLog.id)]
    assert entries[-1] == "database.encrypted"
    after = replacing._digests(current().database)
    assert {name for name in before if before[name] != after[name]} == {"access_log"}
    assert all(state.sound for state in verify(people.operator))
    current().close()
    assert names_in(tmp_path) == ["omvant.db", "omvant.db.log-keys"]
    assert stat.S_IMODE(database_file.stat().st_mode) == 0o600


def test_copies_from_before_are_told(database_file: Path, people: Clinic) -> None:
    before = [database_file.with_name(f"omvant.db.{kind}") for kind in ("before-0002_safe-x", "replaced-x")]
    for copy in before:
        shutil.copy(database_file, copy)

    assert storage.encrypt(people.operator, database_file, KEY) == before
    *_, privacy, log = storage.check(people.operator, database_file, KEY)
    current().close()
    assert not log.faults
    assert [str(fault) for fault in privacy.faults] == [f"{copy} is not encrypted" for copy in before]


def test_what_a_link_leads_to_is_encrypted(database_file: Path, people: Clinic, tmp_path: Path) -> None:
    """And not the link replaced, with the patients left in the clear where it led."""
    link = tmp_path / "link.db"
    link.symlink_to(database_file)
    storage.encrypt(people.operator, path_of(str(link)), KEY)
    current().close()

    assert link.is_symlink()
    assert database_file.read_bytes()[:16] == KEY.salt
    assert name_of_a_patient(link, KEY) == PATIENT


def test_a_new_key_makes_the_old_one_useless(encrypted_file: Path, people: Clinic) -> None:
    storage.rekey(people.operator, encrypted_file, KEY, OTHER)
    current().close()

    with told("encrypted with another key"):
        open_store(encrypted_file, key=KEY)
    assert name_of_a_patient(encrypted_file, OTHER) == PATIENT
    with pytest.raises(Conflict, match="with this key already"):
        storage.rekey(people.operator, encrypted_file, KEY, OTHER)


def test_encrypting_with_a_wrong_old_key_changes_nothing(encrypted_file: Path, people: Clinic) -> None:
    before = encrypted_file.read_bytes()
    with told("encrypted with another key"):
        storage.rekey(people.operator, encrypted_file, OTHER, EncryptionKey(b"n" * 32))
    with told("then name its key"):
        storage.encrypt(people.operator, encrypted_file, OTHER)

    assert encrypted_file.read_bytes() == before


def test_nothing_is_encrypted_while_others_have_it_open(
    store: Store, clinic: Clinic, database_file: Path
) -> None:
    clinic.send()
    with pytest.raises(Conflict, match="close it everywhere"):
        replacing.encrypt_anew(database_file, None, KEY)

    assert clinic.send().reference  # and they go on
    assert database_file.read_bytes()[:16] == UNENCRYPTED
    assert names_in(database_file.parent) == [
        *("omvant.db", "omvant.db-shm", "omvant.db-wal", "omvant.db.log-keys"),
    ]


def test_a_terminal_that_was_idle_meanwhile_is_told(
    store: Store, clinic: Clinic, database_file: Path
) -> None:
    store.close()  # no connection: nothing shows that it is there
    replacing.encrypt_anew(database_file, None, KEY)

    with pytest.raises(Unavailable):
        clinic.send()
    assert name_of_a_patient(database_file, KEY) == PATIENT


def test_nobody_opens_the_file_while_it_is_exchanged(
    database_file: Path, people: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that opened the old file now would later put its journal beside the new one."""
    tried: list[str] = []
    write = replacing._write

    def meanwhile(*args: Any) -> None:
        try:
            open_store(database_file)
        except Unavailable as error:
            tried.append(str(error))
        write(*args)

    monkeypatch.setattr(replacing, "_write", meanwhile)
    storage.encrypt(people.operator, database_file, KEY)
    current().close()

    assert tried == ["The database is being encrypted or replaced: try again in a moment"]


def test_a_copy_that_differs_replaces_nothing(
    database_file: Path, people: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = replacing._write

    def badly(database: Any, fresh: Path, new: EncryptionKey) -> None:
        database.execute_sql("UPDATE patient SET name = 'Elvan' WHERE number = '191212121212'")
        write(database, fresh, new)
        database.execute_sql("UPDATE patient SET name = 'Tolvan Tolvansson' WHERE number = '191212121212'")

    monkeypatch.setattr(replacing, "_write", badly)
    with told("nothing was replaced"):
        storage.encrypt(people.operator, database_file, KEY)

    assert name_of_a_patient(database_file) == PATIENT
    assert [file.name for file in database_file.parent.iterdir() if "unfinished" in file.name] == []


def test_cut_off_anywhere_one_whole_database_is_there(
    encrypted_file: Path, people: Clinic, quick_folder: Path
) -> None:
    path = quick_folder / "omvant.db"
    found: set[str] = set()
    for line in range(1, 1_000):
        shutil.copy(encrypted_file, path)
        shutil.copy(path_beside(encrypted_file), path_beside(path))
        if not cut_off_at(line, lambda: replacing.encrypt_anew(path, KEY, OTHER)):
            break
        key = OTHER if path.read_bytes()[:16] == OTHER.salt else KEY
        found.add("new" if key is OTHER else "old")
        assert name_of_a_patient(path, key) == PATIENT, line
        if key is KEY or (quick_folder / "omvant.db.old").exists():
            replacing.encrypt_anew(path, KEY, OTHER)  # run again, it ends what was begun
        assert name_of_a_patient(path, OTHER) == PATIENT, line
        assert names_in(path.parent) == ["omvant.db", "omvant.db.log-keys"], line
    assert found == {"old", "new"}
    assert line > 30

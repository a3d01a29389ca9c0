"""`omvant encrypt`, `rekey`, `backup`, `restore` and `check`: what they print, keep and refuse."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data import storage
from data.domain.roles import OperatorActor
from data.store import models
from data.store.database import current, open_store
from data.store.keys import read_key
from tests.data.at_rest import KEY, PATIENT, UNENCRYPTED, name_of_a_patient
from tests.tui.conftest import AtTerminal
from tests.tui.drivers import RealTerminal
from tests.tui.stories import TOLVAN, Person
from tests.tui.test_cli import omvant
from tui.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(database_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command on the test's database, as in a process of its own: how it ended, and what it printed."""
    for name in ("OMVANT_KEY_FILE", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object) -> tuple[int, str, str]:
        try:
            ended = main([*map(str, arguments), "--database", str(database_file)])
        finally:
            current().close()
        said = capsys.readouterr()
        return ended, said.out, said.err

    return run


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """Where the key will be."""
    return tmp_path / "keys" / "omvant.key"


@pytest.fixture
def encrypted(run: Run, key_file: Path) -> Path:
    """The database is encrypted; its key file."""
    key_file.parent.mkdir()
    assert run("encrypt", "--key-file", key_file)[0] == 0
    return key_file


def test_encrypting_makes_a_key_and_says_what_to_keep(run: Run, key_file: Path, database_file: Path) -> None:
    key_file.parent.mkdir()
    before = os.umask(0)
    try:
        ended, said, _ = run("encrypt", "--key-file", key_file)
    finally:
        os.umask(before)

    assert ended == 0
    assert f"En ny nyckel finns i {key_file}" in said
    assert "Databasen är krypterad" in said
    assert f"  {database_file}.log-keys\n  {key_file}\n" in said
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert database_file.read_bytes()[:16] == read_key(key_file).salt
    assert key_file.read_text().strip() not in said


def test_a_key_file_that_is_there_is_used_and_stays(run: Run, key_file: Path, database_file: Path) -> None:
    key_file.parent.mkdir()
    key_file.write_text("0f" * 32)
    key_file.chmod(0o640)
    ended, _, fault = run("encrypt", "--key-file", key_file)
    assert (ended, "chmod 600" in fault) == (1, True)
    assert database_file.read_bytes()[:16] == UNENCRYPTED

    key_file.chmod(0o600)
    assert run("encrypt", "--key-file", key_file)[0] == 0
    assert key_file.read_text() == "0f" * 32
    assert name_of_a_patient(database_file, read_key(key_file)) == PATIENT


def test_every_command_needs_the_key_from_then_on(
    run: Run, encrypted: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ended, _, fault = run("staff", "list", "--clinic", "Vårdcentralen Björken")
    assert ended == 1
    assert "--key-file" in fault
    listing = ("staff", "list", "--clinic", "Vårdcentralen Björken")
    assert "Anna Andersson" in run(*listing, "--key-file", encrypted)[1]

    monkeypatch.setenv("OMVANT_KEY_FILE", str(encrypted))
    assert "Anna Andersson" in run(*listing)[1]
    monkeypatch.delenv("OMVANT_KEY_FILE")

    credential = tmp_path / "credentials" / "omvant-key"
    credential.parent.mkdir()
    credential.write_bytes(encrypted.read_bytes())
    credential.chmod(0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credential.parent))
    assert "Anna Andersson" in run(*listing)[1]


def test_encrypting_without_a_key_or_a_database(run: Run, key_file: Path, database_file: Path) -> None:
    ended, _, fault = run("encrypt")
    assert (ended, fault) == (1, "Ange filen med databasens nyckel med --key-file\n")

    database_file.unlink()
    key_file.parent.mkdir()
    ended, _, fault = run("encrypt", "--key-file", key_file)
    assert ended == 1
    assert "Det finns ingen databas på" in fault
    assert not key_file.exists()


def test_another_key(run: Run, encrypted: Path, database_file: Path) -> None:
    new = encrypted.with_name("new.key")
    ended, said, _ = run("rekey", "--key-file", encrypted, "--new-key-file", new)

    assert ended == 0
    assert "Databasen är krypterad med den nya nyckeln" in said
    assert str(new) in said
    assert "en annan nyckel" in run("check", "--key-file", encrypted)[2]
    assert run("check", "--key-file", new)[0] == 0
    assert run("rekey", "--new-key-file", new)[0] == 1
    ended, _, fault = run("encrypt", "--key-file", new)
    assert (ended, fault) == (1, "Databasen är redan krypterad med den här nyckeln\n")


@pytest.mark.parametrize("is_encrypted", [False, True], ids=["plain", "encrypted"])
def test_a_backup_and_back(
    run: Run, key_file: Path, database_file: Path, tmp_path: Path, is_encrypted: bool
) -> None:
    with_key: tuple[object, ...] = ()
    if is_encrypted:
        key_file.parent.mkdir()
        with_key = ("--key-file", key_file)
        assert run("encrypt", *with_key)[0] == 0
    backup = tmp_path / "backup"
    ended, said, _ = run("backup", backup, *with_key)
    assert ended == 0
    assert f"Kopierad till {backup} och kontrollerad: 0 ärenden, " in said
    assert f"{database_file}.log-keys" in said
    assert (str(key_file) in said) is is_encrypted
    assert run("backup", backup, *with_key)[0] == 1
    assert run("backup", backup, "--replace", *with_key)[0] == 0

    ended, _, fault = run("restore", backup, *with_key)
    assert ended == 1
    assert "--replace" in fault
    ended, said, _ = run("restore", backup, "--replace", *with_key)
    assert ended == 0
    assert f"Återställd till {database_file}: 0 ärenden" in said
    (kept,) = database_file.parent.glob("*.replaced-*")
    assert f"Det som fanns där ligger kvar i {kept}" in said
    assert run("check", *with_key)[0] == 0


def test_checking_prints_a_line_for_each_thing(run: Run, database_file: Path) -> None:
    ended, said, _ = run("check")
    assert ended == 0
    assert said.splitlines() == [
        "Filens innehåll: utan fel",
        "Vad som pekar på vad: utan fel",
        "Tabellerna: utan fel",
        "Vem som får läsa filerna: utan fel",
        "Åtkomstloggen: utan fel",
    ]
    store = open_store(database_file)
    store.database.execute_sql("DROP TRIGGER access_log_stays")
    store.close()
    ended, said, _ = run("check")
    assert ended == 1
    assert "Tabellerna: triggern access_log_stays är inte som den ska vara" in said


def test_a_name_of_a_file_is_no_way_to_the_terminal(run: Run, tmp_path: Path) -> None:
    ended, said, _ = run("backup", tmp_path / "b\x1b]0;x\x07")

    assert ended == 0
    assert "\x1b" not in said


def test_what_the_operator_did_stands_in_the_log(run: Run, encrypted: Path, tmp_path: Path) -> None:
    new = encrypted.with_name("new.key")
    run("rekey", "--key-file", encrypted, "--new-key-file", new)
    run("backup", tmp_path / "backup", "--key-file", new)
    run("restore", tmp_path / "backup", "--key-file", new, "--replace")
    log = models.AccessLog
    events = [row.event for row in log.select().where(log.event.startswith("database.")).order_by(log.id)]

    assert events == [
        "database.encrypted",
        "database.rekeyed",
        "database.restored",
    ]  # it is older than its entry
    current().close()


def test_the_key_is_no_argument_and_is_printed_nowhere(
    database_file: Path, key_file: Path, tmp_path: Path
) -> None:
    key_file.parent.mkdir()
    here = ("--database", database_file, "--key-file", key_file)
    ran = [omvant("encrypt", *here), omvant("backup", tmp_path / "b", *here), omvant("check", *here)]
    database_file.write_bytes(b"\xff" * 4_096)
    ran.append(omvant("check", *here))

    assert [one.returncode for one in ran] == [0, 0, 0, 1]
    secret = key_file.read_text().strip()
    assert not [one for one in ran if secret in one.stdout + one.stderr]


@pytest.fixture
def at_omvant(tmp_path: Path) -> Iterator[Callable[..., Person]]:
    """Opens `omvant ARGUMENTS` in a real terminal."""
    opened: list[RealTerminal] = []

    def open_terminal(*arguments: object) -> Person:
        opened.append(RealTerminal(*map(str, arguments), env={"XDG_CONFIG_HOME": str(tmp_path / "settings")}))
        return Person(opened[-1])

    yield open_terminal
    for terminal in opened:
        terminal.close()


async def test_a_case_is_sent_and_answers_are_read_as_in_any_clinic(
    at_terminal: AtTerminal, demo_file: Path
) -> None:
    storage.encrypt(OperatorActor(name="drift"), demo_file, KEY)
    current().close()
    async with at_terminal(opening=lambda: open_store(demo_file, key=KEY)) as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.fetches(TOLVAN)
        await anna.picks("Ordination")
        await anna.type("Alvedon")
        await anna.press("ctrl+s")
        await anna.sees("sparat och skickat")
    for file in demo_file.parent.glob("*.db*"):
        assert b"Alvedon" not in file.read_bytes()


async def test_the_program_opens_an_encrypted_clinic(
    at_omvant: Callable[..., Person], database_file: Path, key_file: Path
) -> None:
    key_file.parent.mkdir()
    assert omvant("encrypt", "--database", database_file, "--key-file", key_file).returncode == 0
    someone = at_omvant("--database", database_file, "--key-file", key_file)
    await someone.sees("Logga in")
    without = at_omvant("--database", database_file)
    await without.sees("--key-file")

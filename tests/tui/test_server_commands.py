"""`omvant …` at a database on a PostgreSQL server: what works as in a file, and what does not."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from data import log_check, retention
from data.store import models
from data.store.store import Store
from tests.conftest import PASSWORD, PUBLIC_KEY, Clinic, Place
from tui.cli import main

pytestmark = pytest.mark.server

EKEN = ("--clinic", "Vårdcentralen Eken")
SECRET = "hemligt"


class Operator:
    """Types commands at the test's database, whose URL holds a password."""

    def __init__(self, place: Place, capsys: pytest.CaptureFixture[str]) -> None:
        self.url = place.url.replace("postgres@", f"postgres:{SECRET}@")
        self.log_keys = str(place.log_keys)
        self._capsys = capsys

    def runs(self, *command: str, status: int = 0) -> str:
        """What the command prints; it ends with `status`, and nothing of the password is shown."""
        ended = main([*command, "--database", self.url, "--log-keys", self.log_keys])
        printed = self._capsys.readouterr()
        assert ended == status, printed.err
        assert SECRET not in printed.out + printed.err
        return printed.out + printed.err


@pytest.fixture
def operator(place: Place, store: Store, capsys: pytest.CaptureFixture[str]) -> Operator:
    return Operator(place, capsys)


def test_people_clinics_and_patients(
    clinic: Clinic, operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Lindens vårdcentral" in operator.runs("clinic", "add", "Lindens vårdcentral")
    monkeypatch.setattr("sys.stdin", open_text(tmp_path, f"{PASSWORD}!\n"))
    operator.runs("staff", "add", "eva", "--name", "Eva Ek", "--role", "log_auditor", *EKEN)
    assert "Eva Ek" in operator.runs("staff", "list", *EKEN)
    patients = tmp_path / "patienter.csv"
    patients.write_text("personnummer;namn\n19690909-2394;Ny Nysson\n", encoding="utf-8")
    assert "1" in operator.runs("patients", "import", str(patients))
    assert models.Patient.select().where(models.Patient.name == "Ny Nysson").exists()


def open_text(folder: Path, text: str) -> object:
    file = folder / "typed"
    file.write_text(text, encoding="utf-8")
    return file.open(encoding="utf-8")


def test_the_access_log(clinic: Clinic, operator: Operator, tmp_path: Path) -> None:
    anchors = tmp_path / "anchors"
    clinic.send()
    operator.runs("log", "anchor", str(anchors))
    clinic.send(sender=clinic.cilla)
    operator.runs("log", "verify", "--anchor", str(anchors))
    before = Path(operator.log_keys).read_text(encoding="utf-8")
    operator.runs("log", "new-key")
    assert Path(operator.log_keys).read_text(encoding="utf-8").startswith(before)
    assert "Anna" in operator.runs("log", "extract", "19121212-1212", "--names")
    assert all(state.sound for state in log_check.verify(clinic.operator))


def test_retention(clinic: Clinic, operator: Operator) -> None:
    operator.runs("retention", "set", "30", *EKEN)
    assert retention.due(clinic.dag).keep_days == 30
    operator.runs("retention", "run", "--yes", *EKEN)


def test_the_line_of_a_key_names_the_database_without_its_password(
    clinic: Clinic, operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "omvant"
    program.touch(0o755)
    monkeypatch.setattr(sys, "argv", [str(program)])
    key = tmp_path / "anna.pub"
    key.write_text(PUBLIC_KEY, encoding="utf-8")
    operator.runs("ssh", "allow")
    line = operator.runs("ssh", "line", "anna", "--key", str(key))
    command = line.partition('command="')[2].rpartition('" ssh-ed25519')[0].replace('\\"', '"')
    *_program, database, log_keys, person = shlex.split(command)

    assert database.startswith("--database=postgresql:///copy_")
    assert log_keys == f"--log-keys={operator.log_keys}"
    assert person == "--staff=anna"
    url = database.removeprefix("--database=")
    assert main(["ssh", "status", "--database", url, log_keys]) == 0


@pytest.mark.parametrize(
    "command", [["encrypt"], ["rekey", "--new-key-file", "ny"], ["backup", "kopia"], ["restore", "kopia"]]
)
def test_what_postgresql_does_itself_is_told(
    operator: Operator, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "PostgreSQL" in operator.runs(*command, status=1)
    assert {file.name for file in tmp_path.iterdir()} == {"omvant.log-keys"}


def test_check_looks_at_the_tables_and_the_log(clinic: Clinic, operator: Operator, store: Store) -> None:
    told = operator.runs("check", status=1)  # the tests' server does not wait for the disk
    assert "fsync" in told
    store.database.execute_sql("DROP TRIGGER access_log_stays ON access_log")
    assert "access_log.access_log_stays" in operator.runs("check", status=1)


def test_the_keys_of_the_log_may_be_named_by_the_surroundings(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "empty"))
    assert main(["ssh", "status", "--database", operator.url]) == 1
    monkeypatch.setenv("OMVANT_LOG_KEYS", operator.log_keys)
    assert main(["ssh", "status", "--database", operator.url]) == 0


def test_a_server_that_is_not_there_is_told_without_the_password(
    operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    operator.url = f"postgresql://anna:{SECRET}@127.0.0.1:1/omvant"
    assert "127.0.0.1" in operator.runs("staff", "list", status=1)

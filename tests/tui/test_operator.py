"""What the operator does at the command line with clinics and accounts, and by which name it is recorded."""

from __future__ import annotations

import io
import os
import pwd
from pathlib import Path
from types import SimpleNamespace

import pytest

from data import staff
from data.domain.roles import Role, StaffActor, Visitor
from data.store import models
from data.store.database import open_store
from tests.conftest import PASSWORD, Clinic
from tui.cli import main

EKEN = ("--clinic", "vårdcentralen eken")


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password on standard input, for two commands."""
    monkeypatch.setattr("sys.stdin", io.StringIO("ett långt lösenord\n" * 2))


def run(path: Path, *arguments: str) -> int:
    return main([*arguments, "--database", str(path)])


def clinics_of(username: str, password: str = PASSWORD) -> dict[str, frozenset[Role]]:
    actors: tuple[StaffActor, ...] = staff.sign_in(Visitor(), username, password).actors
    return {actor.clinic_name: actor.roles for actor in actors}


def test_people_are_added_at_the_clinic_that_is_named(
    clinic: Clinic, database_file: Path, typed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    person = ("staff", "add", "eva", "--name", "Eva Ek", "--role", "log_auditor")
    assert run(database_file, *person) == 1
    assert "Det finns flera mottagningar: ange en med --clinic" in capsys.readouterr().err
    assert run(database_file, *person, *EKEN) == 0
    assert "Eva Ek kan logga in som eva." in capsys.readouterr().out
    assert clinics_of("eva", "ett långt lösenord") == {"Vårdcentralen Eken": {Role.LOG_AUDITOR}}

    assert run(database_file, "staff", "list", *EKEN) == 0
    listed = capsys.readouterr().out
    assert "Eva Ek" in listed
    assert "Anna" not in listed


def test_a_person_with_an_account_gets_roles_and_keeps_the_password(
    clinic: Clinic, database_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(database_file, "staff", "add", "anna", "--role", "administrator", *EKEN) == 0

    told = capsys.readouterr().out
    assert "Anna Andersson har redan ett konto" in told
    assert "Lösenordet är detsamma" in told
    assert clinics_of("anna") == {
        "Vårdcentralen Björken": {Role.CARE_PROVIDER},
        "Vårdcentralen Eken": {Role.ADMINISTRATOR},
    }


def test_a_new_person_needs_a_name(
    clinic: Clinic, database_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(database_file, "staff", "add", "eva", "--role", "administrator", *EKEN) == 1
    assert "Skriv personens namn" in capsys.readouterr().err


def test_a_clinic_is_added_once(
    clinic: Clinic, database_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(database_file, "clinic", "add", "Lindens\x1b vårdcentral") == 0
    assert "Mottagningen Lindens vårdcentral är skapad" in capsys.readouterr().out
    assert run(database_file, "clinic", "add", "LINDENS vårdcentral") == 1
    assert "En annan mottagning heter så" in capsys.readouterr().err


def test_without_a_clinic_one_is_told_how_to_found_it(
    tmp_path: Path, typed: None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "new.db"
    open_store(path, create=True).close()
    assert run(path, "staff", "list") == 1
    assert "starta omvant en gång" in capsys.readouterr().err


def test_the_log_holds_the_operators_name(
    clinic: Clinic, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pwd, "getpwuid", lambda _uid: SimpleNamespace(pw_name="driftansvarig"))
    run(database_file, "staff", "list", *EKEN)

    def nameless(_uid: int) -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(pwd, "getpwuid", nameless)
    run(database_file, "staff", "list", *EKEN)
    entries = models.AccessLog.select().order_by(models.AccessLog.id.desc()).limit(2)
    assert [entry.actor_name for entry in entries] == [f"uid {os.getuid()}", "driftansvarig"]

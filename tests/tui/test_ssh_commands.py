"""`omvant ssh …` and `omvant --staff`: what they print, take and refuse, without a server."""

from __future__ import annotations

import io
import os
import shlex
import sys
from pathlib import Path

import pytest

from data import ssh
from data.store import models
from tests.conftest import PUBLIC_KEY, Clinic, copied
from tests.tui.test_cli import omvant
from tui.cli import main
from tui.ssh_commands import leave_behind


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "anna.pub"
    file.write_text(f"{PUBLIC_KEY}\n", encoding="utf-8")
    return file


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the program is started from, as pip installs it."""
    script = tmp_path / "bin dir" / "omvant"
    script.parent.mkdir()
    script.touch(0o755)
    monkeypatch.setattr(sys, "argv", [str(script)])
    return script


def run(path: Path, *arguments: str) -> int:
    return main([*arguments, "--database", str(path)])


def test_allowing_is_told_and_stays(
    clinic: Clinic, database_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(database_file, "ssh", "status") == 0
    assert "Det går inte att logga in med SSH-nycklar" in capsys.readouterr().out
    assert run(database_file, "ssh", "allow") == 0
    assert "Nu går det att logga in med SSH-nycklar" in capsys.readouterr().out
    assert run(database_file, "ssh", "status") == 0
    assert "Det går att logga in med SSH-nycklar." in capsys.readouterr().out
    assert run(database_file, "ssh", "forbid") == 0
    assert "Ingen kan logga in med en SSH-nyckel nu" in capsys.readouterr().out
    assert not ssh.status(clinic.operator)


def test_the_line_runs_this_program_on_this_database(
    database_file: Path,
    key_file: Path,
    installed: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    odd = copied(database_file, database_file.with_name('the clinic\'s "own".db'))
    monkeypatch.chdir(odd.parent)

    assert main(["ssh", "line", "ANNA", "--key", str(key_file), "--database", odd.name, "--lang", "en"]) == 0

    printed = capsys.readouterr()
    head, sep, tail = printed.out.rpartition(f'" {PUBLIC_KEY}\n')
    assert (bool(sep), tail) == (True, "")
    command = head.removeprefix('restrict,pty,command="').replace('\\"', '"')
    assert shlex.split(command) == [
        sys.executable,
        "-E",
        str(installed),
        f"--database={odd}",
        "--lang=en",
        "--staff=anna",
    ]
    assert "omvant ssh allow" in printed.err  # it opens nothing yet


def test_the_key_may_come_on_standard_input(
    database_file: Path, installed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{PUBLIC_KEY}\r\n".encode())))
    assert run(database_file, "ssh", "line", "anna") == 0
    assert capsys.readouterr().out.endswith(f'--staff=anna" {PUBLIC_KEY}\n')


def test_a_key_that_is_none_and_a_name_that_is_nobodys_are_refused(
    clinic: Clinic, database_file: Path, key_file: Path, installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(database_file, "ssh", "line", "nobody", "--key", str(key_file)) == 1
    assert "Ingen som heter nobody kan logga in" in capsys.readouterr().err
    key_file.write_text(f'command="sh" {PUBLIC_KEY}')
    assert run(database_file, "ssh", "line", "anna", "--key", str(key_file)) == 1
    assert "Det är ingen publik SSH-nyckel" in capsys.readouterr().err
    key_file.write_text(PUBLIC_KEY * 1000)
    assert run(database_file, "ssh", "line", "anna", "--key", str(key_file)) == 1
    assert "Det är ingen publik SSH-nyckel" in capsys.readouterr().err
    key_file.unlink()
    assert run(database_file, "ssh", "line", "anna", "--key", str(key_file)) == 1
    captured = capsys.readouterr()
    assert "Det finns ingen fil på" in captured.err
    assert captured.out == ""


def test_a_program_that_is_not_installed_is_told(
    clinic: Clinic,
    database_file: Path,
    key_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", [str(key_file.with_name("omvant"))])
    assert run(database_file, "ssh", "line", "anna", "--key", str(key_file)) == 1
    assert "Programmet omvant är inte installerat på" in capsys.readouterr().err
    assert not models.AccessLog.select().where(models.AccessLog.event == "ssh.key_given").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--staff", "anna"),
        ("--staff", "anna", "--database", ""),
        ("--staff=", "--create", "--database", "new.db"),
        ("--staff", "anna", "staff", "list", "--database", "new.db"),
        ("--staff", "anna", "demo", "--database", "new.db"),
    ],
)
def test_staff_stands_alone_with_a_database(
    arguments: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMVANT_DATABASE", str(tmp_path / "other.db"))
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "--staff behöver --database" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_only_looks_are_taken_from_the_client() -> None:
    looks = {"TERM": "xterm", "LANG": "sv_SE.UTF-8", "LC_ALL": "C", "NO_COLOR": "1", "HOME": "/home/x"}
    dangerous = {
        "OMVANT_DATABASE": "other.db",
        "TEXTUAL_LOG": "x",
        "TEXTUAL_DRIVER": "os:abort",
        "XDG_CONFIG_HOME": "x",
        "PYTHONPATH": "x",
        "SSH_ORIGINAL_COMMAND": "sh",
        "SSH_CONNECTION": "192.0.2.7 50000 192.0.2.1 22",
        "PAGER": "sh",
    }
    environ = {**looks, **dangerous}

    assert leave_behind(environ) == "192.0.2.7"
    assert environ == looks
    assert leave_behind(environ) == ""


def test_whatever_a_command_writes_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        main(["ssh", "status", "--database", str(tmp_path / "none.db")])
        assert os.umask(0) == 0o077
    finally:
        os.umask(before)


def test_without_a_terminal_the_key_gives_nothing(database_file: Path) -> None:
    ran = omvant("--staff", "anna", "--database", database_file, typed="sh\n")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "Omvänt behöver en terminal: starta det i en, utan omdirigering\n"


def test_the_line_names_the_key_of_an_encrypted_database_wherever_it_was_named(
    database_file: Path,
    key_file: Path,
    installed: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    key = database_file.with_name("omvant.key")
    assert main(["encrypt", "--database", str(database_file), "--key-file", str(key)]) == 0
    monkeypatch.chdir(key.parent)
    for named in ("--key-file", "OMVANT_KEY_FILE"):
        options = ["--key-file", key.name] if named == "--key-file" else []
        if not options:
            monkeypatch.setenv(named, key.name)
        capsys.readouterr()
        assert run(database_file, "ssh", "line", "anna", "--key", str(key_file), *options) == 0
        assert f"--key-file={key} --staff=anna" in capsys.readouterr().out

"""`omvant move`: what it prints and refuses, and how Ctrl+C ends it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from data.store import models
from data.store.database import current, open_store
from data.store.keys import make_key, read_key
from data.store.log_keys import path_beside
from tests.conftest import Clinic, FrozenClock
from tests.postgres import PostgresServer
from tests.tui.test_cli import ROOT, environment
from tui.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(database_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command, as in a process of its own: how it ended, and what it printed."""
    for name in ("OMVANT_KEY_FILE", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object) -> tuple[int, str, str]:
        ended = main([*map(str, arguments)])
        current().close()
        said = capsys.readouterr()
        return ended, said.out, said.err

    return run


@pytest.fixture
def url(server: PostgresServer) -> Iterator[str]:
    """An empty database on a server."""
    server.do("CREATE DATABASE moved_by_command")
    yield server.url("moved_by_command")
    server.do("DROP DATABASE moved_by_command WITH (FORCE)")


def test_it_shows_how_far_it_is_and_tells_what_it_compared(
    run: Run, database_file: Path, ready_made: tuple[Path, Clinic], url: str, tmp_path: Path
) -> None:
    with closing(open_store(database_file, clock=FrozenClock())):
        ready_made[1].send()
    keys = tmp_path / "keys" / "server.log-keys"
    ended, out, err = run("move", "--from", database_file, "--to", url, "--to-log-keys", keys)

    assert ended == 0
    assert [line.partition("% ")[2] for line in err.splitlines()] == [
        "Kopierar allt", "Gör sökindexet", "Databasens index", "Jämför båda databaserna",
        "Verifierar åtkomstloggen",
    ]  # fmt: skip
    head, *rows = out.splitlines()
    assert head.split() == ["Tabell", "Rader", "SHA-256,", "samma", "på", "båda", "ställena"]
    assert [row.split()[:2] for row in rows[:4]] == [
        ["clinic", "2"], ["staff", "5"], ["staff_role", "6"], ["patient", "3"],
    ]  # fmt: skip
    assert all(len(row.split()[2]) == 16 for row in rows[: len(models.TABLES)])
    assert "poster, verifierade på det nya stället" in out
    assert f"Flyttade 1 ärende från {database_file} till postgresql:///moved_by_command" in out
    assert f"finns nu även i {keys}" in out
    assert f"{database_file} går inte längre att öppna" in out


def test_the_old_place_says_where_the_clinic_is_until_it_is_undone(
    run: Run, database_file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    assert run("--lang", "en", "move", "--from", database_file, "--to", other)[0] == 0

    ended, _out, err = run("--lang", "en", "check", "--database", database_file)
    assert ended == 1
    assert f"This clinic has moved to {other}: open it there." in err
    ended, out, _err = run("--lang", "en", "move", "--undo", "--from", database_file)
    assert (ended, "People can work here again" in out) == (0, True)
    assert run("check", "--database", database_file)[0] == 0


def test_a_file_is_encrypted_with_the_key_that_is_named(
    run: Run, database_file: Path, url: str, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.key", tmp_path / "second.key"
    make_key(first)
    locked, again, keys = tmp_path / "locked.db", tmp_path / "again.db", tmp_path / "server.log-keys"
    assert run("move", "--from", database_file, "--to", locked, "--to-key-file", second)[0] == 0
    ended, _out, err = run("move", "--from", locked, "--to", url, "--key-file", first)
    assert (ended, "en annan nyckel" in err) == (1, True)
    to_server = ("move", "--from", locked, "--to", url, "--key-file", second, "--to-log-keys", keys)
    assert run(*to_server)[0] == 0
    back = ("move", "--from", url, "--to", again, "--from-log-keys", keys, "--key-file", first)
    assert run(*back)[0] == 0

    assert path_beside(again).read_text() == path_beside(database_file).read_text()
    open_store(again, key=read_key(first)).close()


def test_it_asks_for_both_places(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--from", "a"], ["--to", "b"], ["--from", "a", "--to", "b", "--undo"], []):
        with pytest.raises(SystemExit):
            main(["move", *arguments])
        assert "--from URL" in capsys.readouterr().err


def test_ctrl_c_leaves_the_clinic_where_it_was(database_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    before = database_file.read_bytes()
    command = [sys.executable, "-m", "tui.cli", "move", "--from", str(database_file), "--to", str(other)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "Kopierar allt" in process.stderr.readline()
    process.send_signal(signal.SIGINT)

    assert process.wait() == 1
    assert "mottagningen är kvar där den var" in process.stderr.read()
    process.stderr.close()
    assert not other.exists()
    assert len(database_file.read_bytes()) == len(before)
    open_store(database_file).close()

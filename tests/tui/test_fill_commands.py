"""`omvant demo --fill`: what it prints and refuses, how Ctrl+C ends it, and that its file opens as a demo."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from data.domain.errors import Message
from data.store import models
from data.store.database import open_store
from tests.tui.drivers import RealTerminal
from tests.tui.stories import Person
from tests.tui.test_cli import ROOT, environment, omvant
from tui.cli import main
from tui.fill_commands import Bar


class Screen(io.StringIO):
    """A terminal that remembers all that was written to it."""

    def isatty(self) -> bool:
        return True


def fill(
    path: Path, capsys: pytest.CaptureFixture[str], *more: str, cases: str = "100"
) -> tuple[int, str, str]:
    ended = main([*more, "demo", "--fill", cases, "--database", str(path)])
    said = capsys.readouterr()
    return ended, said.out, said.err


def test_it_says_what_it_does_and_what_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "stor.db"
    ended, out, err = fill(path, capsys)

    assert ended == 0
    assert out.startswith(f"Gjorde {path}: 100 ärenden, ")
    assert "omvant demo" in out
    assert "Mottagningar, personal och mallar" in err
    assert "\r" not in err
    store = open_store(path)
    assert models.Case.select().count() == 100
    store.close()


def test_it_speaks_english(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended, out, err = fill(tmp_path / "large.db", capsys, "--lang", "en")

    assert ended == 0
    assert "100 cases, " in out
    assert "The database's indexes" in err


def test_it_refuses_a_file_that_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "vår.db"
    path.write_text("annat")
    ended, out, err = fill(path, capsys)

    assert (ended, out, path.read_text()) == (1, "", "annat")
    assert f"Det finns redan en fil på {path}" in err


def test_it_asks_for_enough_cases_and_a_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended, _out, err = fill(tmp_path / "one.db", capsys, cases="99")
    assert (ended, list(tmp_path.iterdir())) == (1, [])
    assert "Skriv ett antal ärenden från 100" in err

    assert main(["demo", "--fill", "100"]) == 1
    assert "--database" in capsys.readouterr().err


def test_a_server_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--fill", "100", "--database", "postgresql://server/omvant"]) == 1
    assert capsys.readouterr().err


def test_a_terminal_shows_a_bar_that_goes_when_all_is_done() -> None:
    screen = Screen()
    now = iter(range(100))
    with Bar(screen, clock=lambda: float(next(now))) as bar:
        bar.show(Message("Patients"), 0.0)
        bar.show(Message("Patients"), 0.5)

    drawn = screen.getvalue().split("\r")
    assert "░" in drawn[1]
    assert "█" not in drawn[1]
    assert drawn[2].count("█") == drawn[2].count("░") > 5
    assert " 50%" in drawn[2]
    assert drawn[-1] == "\x1b[K"


def test_a_bar_is_not_drawn_more_often_than_anyone_sees() -> None:
    screen = Screen()
    with Bar(screen, clock=lambda: 7.0) as bar:
        for number in range(1_000):
            bar.show(Message("Patients"), number / 1_000)
        bar.show(Message("The database's indexes"), 1)

    assert screen.getvalue().count("\r") == 3


def test_ctrl_c_ends_both_processes_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "stor.db"
    process = subprocess.Popen(
        [sys.executable, "-m", "tui.cli", "demo", "--fill", "1000000", "--database", str(path)],
        cwd=ROOT,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a group of its own, which a terminal's Ctrl+C reaches
    )
    assert process.stderr is not None
    told = next(line for line in process.stderr if "Ärenden" in line)
    os.killpg(process.pid, signal.SIGINT)
    _out, rest = process.communicate(timeout=20)  # ends with the last process that may write there

    assert told
    assert process.returncode == 1
    assert rest.splitlines()[-1] == "Avbruten: ingen databas gjordes"
    assert "Traceback" not in rest
    assert list(tmp_path.iterdir()) == []


async def test_the_file_opens_as_a_demo(tmp_path: Path) -> None:
    path = tmp_path / "stor.db"
    assert omvant("demo", "--fill", "200", "--database", path).returncode == 0
    terminal = RealTerminal("demo", "--database", str(path), env={"XDG_CONFIG_HOME": str(tmp_path)})
    try:
        anna = Person(terminal)
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.sees("Tolvan Tolvansson")
    finally:
        terminal.close()

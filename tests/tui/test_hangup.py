"""The terminal goes away: the program ends at once, and what was typed is kept."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect.fdpexpect
import pyte
import pytest

from data.store import models
from data.store.database import open_store
from tests.tui.drivers import DEADLINE, RealTerminal
from tests.tui.stories import TOLVAN, Person
from tests.tui.test_faults import held
from tests.tui.test_terminal import AtRealTerminal, real

TEXT = "Alvedon 500 mg"
MORE = " vid behov"
BUSY = 10.0
"""Seconds that the program waits for a database that is held: its busy timeout."""


async def writes(anna: Person) -> None:
    await anna.signs_in_as("1", "Mina ärenden")
    await anna.fetches(TOLVAN)
    await anna.picks("Ordination")
    await anna.type(TEXT)
    await anna.sees(TEXT)


def hang_up(person: Person) -> None:
    """Close the terminal's window: the system tells the program, which can't read or draw any more."""
    real(person).child.ptyproc.fileobj.close()


async def gone(person: Person, *, within: float = DEADLINE) -> None:
    end = time.monotonic() + within
    while real(person).child.isalive():
        assert time.monotonic() < end, "the program still runs"
        await person.terminal.glance()


def drafts_in(path: Path) -> list[str]:
    store = open_store(path)
    try:
        return [draft.written for draft in models.Draft.select()]
    finally:
        store.close()


def events_in(path: Path) -> list[str]:
    store = open_store(path)
    try:
        return [entry.event for entry in models.AccessLog.select().order_by(models.AccessLog.id)]
    finally:
        store.close()


async def test_a_closed_window_ends_the_program_and_costs_no_text(
    at_real_terminal: AtRealTerminal, demo_file: Path
) -> None:
    anna = at_real_terminal()
    await writes(anna)
    hang_up(anna)
    await gone(anna)

    assert TEXT in drafts_in(demo_file)[-1]
    assert events_in(demo_file)[-1] == "staff.signed_out"


async def test_a_window_closed_while_the_database_is_busy_costs_no_text(
    at_real_terminal: AtRealTerminal, demo_file: Path
) -> None:
    anna = at_real_terminal()
    await writes(anna)
    with held(demo_file):
        await anna.type(MORE)
        await anna.sees(TEXT + MORE)
        hang_up(anna)
        await anna.terminal.glance()
    await gone(anna)

    assert TEXT + MORE in drafts_in(demo_file)[-1]


async def test_a_key_does_not_keep_a_program_that_was_told_to_end(
    at_real_terminal: AtRealTerminal, demo_file: Path
) -> None:
    anna = at_real_terminal()
    await writes(anna)
    with held(demo_file):
        await anna.type(MORE)
        await anna.sees(TEXT + MORE)
        os.kill(real(anna).child.pid, signal.SIGTERM)
        await anna.press("ctrl+l")
        await anna.sees("Terminalen är låst")
    await gone(anna)

    assert TEXT + MORE in drafts_in(demo_file)[-1]


async def test_a_database_that_stays_busy_does_not_keep_the_program(
    at_real_terminal: AtRealTerminal, demo_file: Path
) -> None:
    """What was typed last can't be kept then; the rest was stored while it was typed."""
    anna = at_real_terminal()
    await writes(anna)
    await anna.until(lambda: any(TEXT in draft for draft in drafts_in(demo_file)))
    with held(demo_file):
        await anna.type(MORE)
        await anna.sees(TEXT + MORE)
        hang_up(anna)
        await gone(anna, within=2 * BUSY + DEADLINE)

    assert TEXT in drafts_in(demo_file)[-1]


class Detached(RealTerminal):
    """The program at a terminal that is not its controlling one, so that no signal tells it of the end."""

    def __init__(self, *arguments: str, settings: Path) -> None:
        self.strokes, self.raw = 0, b""
        self.screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self.screen)
        self.master, slave = pty.openpty()
        self.program = subprocess.Popen(
            [sys.executable, "-m", "tui.cli", *arguments],
            stdin=slave, stdout=slave, stderr=slave,
            cwd=Path(__file__).parents[2],
            start_new_session=True,
            env={
                **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
                "XDG_CONFIG_HOME": str(settings), "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
        )  # fmt: skip
        os.close(slave)
        self.child = pexpect.fdpexpect.fdspawn(self.master)
        self.child.delaybeforesend = None


@pytest.fixture
def detached(demo_file: Path, tmp_path: Path) -> Iterator[Detached]:
    terminal = Detached("demo", "--database", str(demo_file), settings=tmp_path)
    yield terminal
    terminal.program.kill()
    terminal.program.wait()


async def test_the_end_of_what_can_be_read_ends_the_program_too(detached: Detached, demo_file: Path) -> None:
    anna = Person(detached)
    await writes(anna)
    os.close(detached.master)

    assert detached.program.wait(timeout=DEADLINE) is not None
    assert TEXT in drafts_in(demo_file)[-1]
    assert events_in(demo_file)[-1] == "staff.signed_out"

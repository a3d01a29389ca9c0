"""The queue before SQLite's write lock, between real processes and between threads."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from stat import S_IMODE

import pytest

from data.store.turn import QUEUE, Turn

ROOT = Path(__file__).parents[2]

LONG = 60.0
"""Seconds that nothing here takes."""

_TAKE = """
import sys
from pathlib import Path
from data.store.turn import Turn
turn = Turn(Path(sys.argv[1]), lambda: 60.0)
for name in sys.argv[2:]:
    with turn.taken():
        print(name, flush=True)
        sys.stdin.readline()
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where a database would stand."""
    path = tmp_path / "omvant.db"
    path.touch()
    return path


class Other:
    """Another program, which takes a turn for each of its names, and ends each when it is told to."""

    def __init__(self, database: Path, *names: str) -> None:
        command = [sys.executable, "-c", _TAKE, database, *names]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def told(self) -> str:
        """The name of the turn that it has, once it has one."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def go_on(self) -> None:
        """End its turn."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def others(database: Path, *names: tuple[str, ...]) -> Iterator[list[Other]]:
    """Programs that came one after the other: the next one starts when the one before has its turn, or waits
    for it."""
    came: list[Other] = []
    try:
        for place, some in enumerate(names):
            came.append(Other(database, *some))
            if place == 0:
                assert came[0].told() == some[0]
            else:
                wait_until_waiting(database, place)
        yield came
    finally:
        for one in came:
            one.end()


def wait_until_waiting(database: Path, count: int) -> None:
    """Until so many stand in the queue, by what the system says of locks that are waited for."""
    inodes = {str(database.with_name(f"{database.name}{ending}").stat().st_ino) for ending in QUEUE}
    while True:
        lines = Path("/proc/locks").read_text().splitlines()
        waiting = [line for line in lines if "->" in line and line.split()[-3].split(":")[-1] in inodes]
        if len(waiting) >= count:
            return


on_linux = pytest.mark.skipif(not Path("/proc/locks").exists(), reason="/proc/locks tells who waits")


@on_linux
def test_who_came_first_is_first(database: Path) -> None:
    with others(database, ("a", "a again"), ("b",), ("c",), ("d",)) as (a, b, c, d):
        a.go_on()
        order = []
        for one in (b, c, d, a):  # who has had its turn stands behind those who wait
            order.append(one.told())
            one.go_on()

    assert order == ["b", "c", "d", "a again"]

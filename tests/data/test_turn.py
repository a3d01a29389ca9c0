"""The queue before SQLite's write lock, between real processes and between threads."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
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
    with others(database, ("a",), ("b",), ("c",), ("d",)) as (a, *waiting):
        a.go_on()
        order = []
        for one in waiting:
            order.append(one.told())
            one.go_on()

    assert order == ["b", "c", "d"]


@on_linux
def test_who_has_written_does_not_go_before_who_is_next(database: Path) -> None:
    with others(database, ("a", "a again"), ("b",)) as (a, b):
        a.go_on()
        assert b.told() == "b"
        b.go_on()
        assert a.told() == "a again"


def test_a_program_that_is_killed_lets_go(database: Path) -> None:
    with others(database, ("a",)) as (a,):
        a.send(signal.SIGKILL)
        with Turn(database, lambda: LONG).taken():
            pass
        assert others_can_come(database)


@on_linux
def test_a_program_that_is_killed_while_it_waits_holds_nobody_up(database: Path) -> None:
    with others(database, ("a",), ("b",), ("c",)) as (a, b, c):
        b.send(signal.SIGKILL)
        a.go_on()
        assert c.told() == "c"


def test_a_program_that_is_stopped_holds_others_up_no_longer_than_the_limit(database: Path) -> None:
    limits: list[float] = []

    def limit() -> float:
        limits.append(0.01)
        return limits[-1]

    turn = Turn(database, limit)
    with others(database, ("a",)) as (a,):
        a.send(signal.SIGSTOP)
        with turn.taken():
            pass
        with turn.taken():  # learnt: it is not waited for again and again
            pass
        assert len(limits) == 1
        with turn.taken_if_free() as free:
            assert not free
        a.send(signal.SIGKILL)
        wait_for(lambda: takes_turns(turn))


def test_threads_of_one_program_take_turns_too(database: Path) -> None:
    turn = Turn(database, lambda: LONG)
    inside: list[int] = []
    most: list[int] = []

    def work(number: int) -> None:
        for _ in range(20):
            with turn.taken():
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))

    assert len(most) == 160
    assert max(most) == 1


def test_whoever_need_not_write_now_leaves_the_turn_to_others(database: Path) -> None:
    turn = Turn(database, lambda: LONG)
    with turn.taken_if_free() as free:
        assert free
        assert not others_can_come(database)
    with others(database, ("a",)), turn.taken_if_free() as free:
        assert not free


def test_an_error_lets_go(database: Path) -> None:
    turn = Turn(database, lambda: LONG)
    with pytest.raises(ValueError, match="wrong"), turn.taken():
        raise ValueError("wrong")
    assert others_can_come(database)


def test_without_a_place_for_the_files_one_writes_all_the_same(tmp_path: Path) -> None:
    turn = Turn(tmp_path / "no folder" / "omvant.db", lambda: LONG)
    with turn.taken(), turn.taken_if_free() as free:
        assert free


def test_a_link_is_not_followed(database: Path, tmp_path: Path) -> None:
    """Somebody's file must not be made, or opened, at the place of a lock."""
    for ending in QUEUE:
        (tmp_path / f"omvant.db{ending}").symlink_to(tmp_path / "elsewhere")
    with Turn(database, lambda: LONG).taken():
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_the_files_are_the_owners_alone_and_empty(database: Path) -> None:
    before = os.umask(0)
    try:
        with Turn(database, lambda: LONG).taken():
            pass
    finally:
        os.umask(before)
    for ending in QUEUE:
        found = database.with_name(f"{database.name}{ending}").stat()
        assert (S_IMODE(found.st_mode), found.st_size) == (0o600, 0)


def test_a_turn_that_is_interrupted_is_given_up(database: Path) -> None:
    """As by Ctrl+C at a command, which reaches it while it waits."""
    turn = Turn(database, interrupt)
    with others(database, ("a",)) as (a,):
        with pytest.raises(KeyboardInterrupt), turn.taken():
            raise AssertionError
        a.go_on()
        wait_for(lambda: others_can_come(database))


@on_linux
def test_the_files_are_opened_once_and_closed_with_the_database(database: Path) -> None:
    turn = Turn(database, lambda: LONG)
    for _ in range(3):
        with turn.taken():
            assert len(open_files(database)) == len(QUEUE)
    assert len(open_files(database)) == len(QUEUE)
    turn.close()
    assert not open_files(database)
    assert takes_turns(turn)


def open_files(database: Path) -> list[str]:
    """The files of the queue that this program has open."""
    names = {str(database.with_name(f"{database.name}{ending}")) for ending in QUEUE}
    files = list(Path("/proc/self/fd").iterdir())
    return [str(file) for file in files if str(file.resolve()) in names]


def interrupt() -> float:
    raise KeyboardInterrupt


def takes_turns(turn: Turn) -> bool:
    """Whether it is in the queue: while it has its turn, others have none."""
    with turn.taken():
        return not others_can_come(turn.database)


def others_can_come(database: Path) -> bool:
    """Whether the turn is free."""
    with database.with_name(f"{database.name}{QUEUE[-1]}").open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def wait_for(condition: Callable[[], bool]) -> None:
    """Until it holds; the run's own limit ends what never does."""
    while not condition():
        time.sleep(0.001)

"""Faults of the disk and of the clock under the real program: what it says, what stays, that work goes on.

What a test can't bring about here (mounting takes the super-user) is skipped, visibly. The faults that need
no disk of their own are in `test_faults.py`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.store.database import open_store
from tests.conftest import FrozenClock, copied
from tests.reliability.soundness import faults
from tests.tui.conftest import AtTerminal
from tests.tui.drivers import RealTerminal
from tests.tui.stories import Person
from tests.tui.test_faults import FULL, TEXT, begins_an_ordination, cases_of_tolvan, has_kept, set_pragma

READ_ONLY = "Det går inte att skriva i databasen: filen eller mappen är skrivskyddad"
MOVED = "Databasen finns inte längre på"

AtFile = Callable[[Path], Person]


@pytest.fixture
def at_file(tmp_path: Path) -> Iterator[AtFile]:
    """Opens the real program on a file, in a terminal of its own."""
    opened: list[RealTerminal] = []

    def open_terminal(path: Path) -> Person:
        settings = {"XDG_CONFIG_HOME": str(tmp_path / "settings")}
        opened.append(RealTerminal("demo", "--database", str(path), env=settings))
        return Person(opened[-1])

    yield open_terminal
    for terminal in opened:
        terminal.close()


@contextmanager
def mounted(place: Path, *how: str) -> Iterator[None]:
    """A mount at `place` while the block runs."""
    done = subprocess.run(["mount", *how, str(place)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mounting takes the super-user here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def read_only(place: Path) -> Iterator[None]:
    """A file or folder that nobody can write to while the block runs, not even the super-user."""
    if os.geteuid():
        before = place.stat().st_mode
        place.chmod(before & ~0o222)
        try:
            yield
        finally:
            place.chmod(before)
    else:
        with mounted(place, "--bind", str(place)):
            subprocess.run(["mount", "-o", "remount,bind,ro", str(place)], check=True)
            yield


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Not a byte is left on the folder's disk while the block runs."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    try:
        yield
    finally:
        ballast.unlink()


async def test_a_disk_without_room_costs_no_text_and_sends_afterwards(
    at_file: AtFile, demo_made: Path, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with mounted(disk, "-t", "tmpfs", "-o", "size=16m", "none"):
        path = copied(demo_made, disk / "demo.db")
        anna = at_file(path)
        await begins_an_ordination(anna)
        with filled(disk):
            await anna.type(TEXT)
            await anna.sees(TEXT, FULL, "det du skrev finns kvar")
            await anna.press("ctrl+s")
            await anna.sees(f"✗ {FULL}", TEXT, "Fyll i")
        await anna.press("ctrl+s")
        await anna.sees("sparat och skickat")
        await anna.press("ctrl+q")
        await anna.ends()
        assert cases_of_tolvan(path)[-1] == TEXT
        store = open_store(path)
        assert faults(store) == []
        store.close()


@pytest.mark.parametrize("what", ["file", "folder"])
async def test_a_read_only_start_says_so_and_the_draft_is_there_afterwards(
    at_file: AtFile, demo_made: Path, tmp_path: Path, what: str
) -> None:
    folder = tmp_path / "clinic"
    folder.mkdir()
    path = copied(demo_made, folder / "demo.db")
    anna = at_file(path)
    await begins_an_ordination(anna)
    await anna.type(TEXT)
    await has_kept(path, anna, TEXT)
    await anna.press("ctrl+q")
    await anna.ends()

    with read_only({"file": path, "folder": folder}[what]):
        refused = at_file(path)
        await refused.sees(READ_ONLY)
        await refused.ends()

    again = at_file(path)
    await again.signs_in_as("1", "Mina ärenden")
    await again.press("n")
    await again.sees("Påbörjade ärenden", "Tolvan Tolvansson")
    await again.press("down", "enter")
    await again.sees("Fyll i", TEXT)
    await again.press("ctrl+s")
    await again.sees("sparat och skickat")


async def test_a_database_that_becomes_read_only_costs_no_text_and_sends_afterwards(
    at_terminal: AtTerminal, demo_file: Path
) -> None:
    async with at_terminal() as anna:
        await begins_an_ordination(anna)
        await set_pragma(anna, "query_only", 1)  # what SQLite answers when the disk under it became read-only
        await anna.type(TEXT)
        await anna.sees(TEXT, READ_ONLY)
        await anna.press("ctrl+s")
        await anna.sees(f"✗ {READ_ONLY}", TEXT, "Fyll i")
        await set_pragma(anna, "query_only", 0)
        await anna.press("ctrl+s")
        await anna.sees("sparat och skickat")
    assert cases_of_tolvan(demo_file)[-1] == TEXT


async def test_a_replaced_file_costs_no_text_and_sends_when_it_is_back(
    at_file: AtFile, demo_file: Path, tmp_path: Path
) -> None:
    anna = at_file(demo_file)
    await begins_an_ordination(anna)
    away = Path(shutil.move(demo_file, tmp_path / "away.db"))
    shutil.copy(away, demo_file)
    await anna.type(TEXT)
    await anna.sees(TEXT, MOVED, "där en annan fil ligger nu")
    await anna.press("ctrl+s")
    await anna.sees(f"✗ {MOVED}", TEXT, "Fyll i")
    os.replace(away, demo_file)
    await anna.press("ctrl+s")
    await anna.sees("sparat och skickat")
    await anna.press("ctrl+q")
    await anna.ends()
    assert cases_of_tolvan(demo_file)[-1] == TEXT


async def test_a_clock_that_is_set_back_costs_no_text_and_sends(
    at_terminal: AtTerminal, demo_file: Path
) -> None:
    clock = FrozenClock(datetime.now(UTC))
    async with at_terminal(opening=lambda: open_store(demo_file, clock=clock)) as anna:
        await begins_an_ordination(anna)
        clock.move(days=-400)
        await anna.type(TEXT)
        await anna.sees(TEXT, "Datorns klocka går efter")
        await anna.press("ctrl+s")
        await anna.sees("sparat och skickat")
        clock.move(days=400, minutes=1)
        await anna.sees("sparat och skickat", gone="Datorns klocka går efter")
    assert cases_of_tolvan(demo_file)[-1] == TEXT
    store = open_store(demo_file)
    assert faults(store) == []
    store.close()

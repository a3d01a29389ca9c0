"""Faults of the database while people work: what is told, what stays, and that work goes on afterwards.

Every fault is a real one: another process that writes, a disk without room.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlcipher3 import (
    dbapi2 as sqlite,
)  # the program's own: two SQLites in a process break each other's locks
from textual.events import Paste
from textual.widgets import TextArea

from data.store import models
from data.store.database import current, open_store
from data.store.search_sqlite import SqliteIndex
from tests.tui.conftest import AtTerminal
from tests.tui.drivers import DEADLINE, PilotTerminal
from tests.tui.stories import TOLVAN, Person
from tests.tui.test_terminal import AtRealTerminal

BUSY = "Databasen är upptagen"
FULL = "Disken är full"

TEXT = "Alvedon 500 mg"


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another connection holds the write lock, as a colleague's long writing would."""
    other = sqlite.connect(str(path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def set_pragma(person: Person, name: str, value: int) -> int:
    """Set a limit of the program's own connection; returns the one before."""
    assert isinstance(person.terminal, PilotTerminal)

    def change() -> int:
        database = current().database
        before = database.pragma(name)
        database.pragma(name, value)
        return int(before)

    return int(await person.terminal.app.session.run(change))  # type: ignore[attr-defined]


async def leaves_no_page_to_spare(person: Person) -> None:
    """Have every page of the database in use, and nothing left to merge when the program is idle: that frees
    pages too."""
    assert isinstance(person.terminal, PilotTerminal)

    def give_back() -> None:
        with current().writing():
            while SqliteIndex(current().database).merge_some():
                pass
        current().database.execute_sql("VACUUM")

    await person.terminal.app.session.run(give_back)  # type: ignore[attr-defined]


async def begins_an_ordination(anna: Person) -> None:
    await anna.signs_in_as("1", "Mina ärenden")
    await anna.fetches(TOLVAN)
    await anna.picks("Ordination")


async def has_kept(path: Path, anna: Person, text: str) -> None:
    """Wait until the draft on disk has the text."""
    other = sqlite.connect(str(path))
    end = time.monotonic() + DEADLINE
    while text not in "".join(row[0] for row in other.execute("SELECT written FROM draft")):
        assert time.monotonic() < end
        await anna.terminal.glance()
    other.close()


def cases_of_tolvan(path: Path) -> list[str]:
    """What staff wrote to him in each case, the oldest first."""
    store = open_store(path)
    rows = models.Case.select().join(models.Patient).where(models.Patient.number == TOLVAN)
    written = ["".join(json.loads(row.written).values()) for row in rows.order_by(models.Case.id)]
    store.close()
    return written


async def test_a_busy_database_costs_no_text_and_sends_afterwards(
    at_terminal: AtTerminal, demo_file: Path
) -> None:
    async with at_terminal() as anna:
        await begins_an_ordination(anna)
        await set_pragma(anna, "busy_timeout", 50)
        with held(demo_file):
            await anna.type(TEXT)
            await anna.sees(TEXT, BUSY, "det du skrev finns kvar")
            await anna.press("ctrl+s")
            await anna.sees(f"✗ {BUSY}", TEXT, "Fyll i")
            await anna.type(" igen")
            await anna.sees(f"{TEXT} igen")
        await anna.press("ctrl+s")
        await anna.sees("sparat och skickat")
    assert cases_of_tolvan(demo_file)[-1] == f"{TEXT} igen"


async def test_a_full_disk_costs_no_text_and_sends_afterwards(
    at_terminal: AtTerminal, demo_file: Path
) -> None:
    async with at_terminal() as anna:
        await begins_an_ordination(anna)
        await leaves_no_page_to_spare(anna)
        room = await set_pragma(anna, "max_page_count", 1)  # SQLite takes that as: not one page more
        long = "En dos varje morgon. " * 380
        anna.terminal.app.post_message(Paste(long))  # type: ignore[attr-defined]
        await anna.sees("varje morgon.", FULL)
        await anna.press("ctrl+s")
        await anna.sees(f"✗ {FULL}", "varje morgon.", "Fyll i")
        assert anna.terminal.app.screen.query_one(TextArea).text == long  # type: ignore[attr-defined]
        await set_pragma(anna, "max_page_count", room)
        await anna.press("ctrl+s")
        await anna.sees("sparat och skickat")
    assert cases_of_tolvan(demo_file)[-1] == long.strip()


async def test_a_fault_while_leaving_a_screen_keeps_one_there(
    at_terminal: AtTerminal, demo_file: Path
) -> None:
    async with at_terminal() as anna:
        await begins_an_ordination(anna)
        await set_pragma(anna, "busy_timeout", 50)
        with held(demo_file):
            await anna.type(TEXT)
            await anna.press("escape")
            await anna.sees(BUSY, TEXT, "› Fyll i")
        await anna.press("escape")
        await anna.sees("› Mall", gone="Fyll i")
        await has_kept(demo_file, anna, TEXT)


async def test_a_list_that_cannot_be_read_says_so_and_is_read_afterwards(
    at_terminal: AtTerminal, demo_file: Path
) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.sees("Ivar Eriksson")
        await set_pragma(anna, "busy_timeout", 50)
        with held(demo_file):  # the opening of a list is logged before anything is shown
            await anna.press("f3")
            await anna.sees("Fördelade ärenden", BUSY, gone="Ivar Eriksson")
            await anna.press("f5")
            await anna.sees("Fördelade ärenden", BUSY, gone="Ivar Eriksson")
        await anna.press("f5")
        await anna.sees("Fördelade ärenden", "Ivar Eriksson", "Cilla", gone=BUSY)


async def test_the_patients_answers_outlive_a_fault(at_terminal: AtTerminal, demo_file: Path) -> None:
    async with at_terminal() as anna:
        await begins_an_ordination(anna)
        await anna.writes_and_sends(TEXT)
        await anna.press("3")
        await anna.sees("Mina ärenden", "Tolvan", gone="Skickat ›")
        await anna.signs_out()
        tolvan = anna
        await tolvan.reads_as_tolvan()
        await tolvan.press("enter")
        await tolvan.sees("[ ] Jag har läst")
        await set_pragma(tolvan, "busy_timeout", 50)
        with held(demo_file):
            await tolvan.press("space")
            await tolvan.sees("[x] Jag har läst", BUSY)
        await tolvan.press("ctrl+s")
        await tolvan.sees("Granska dina svar")
        with held(demo_file):
            await tolvan.press("ctrl+s")
            await tolvan.sees(f"✗ {BUSY}", "Granska dina svar")
        await tolvan.press("ctrl+s")
        await tolvan.sees("Tack")


async def test_the_keys_work_while_the_database_is_held(at_terminal: AtTerminal, demo_file: Path) -> None:
    async with at_terminal() as anna:
        await begins_an_ordination(anna)
        with held(demo_file):  # no longer than the ten seconds that the program waits
            await anna.type(TEXT)
            await anna.press("ctrl+p")
            await anna.sees("Skriv för att söka")
            await anna.press("escape", "f1")
            await anna.sees("Hjälp: Fyll i")
            await anna.press("escape")
            await anna.type(" vid behov")
            await anna.sees(f"{TEXT} vid behov", gone="Hjälp: Fyll i")
        await has_kept(demo_file, anna, f"{TEXT} vid behov")


async def test_a_sending_that_waits_for_the_database_happens_once(
    at_real_terminal: AtRealTerminal, demo_file: Path
) -> None:
    anna = at_real_terminal()
    await begins_an_ordination(anna)
    before = len(cases_of_tolvan(demo_file))
    with held(demo_file):
        await anna.type(TEXT)
        await anna.press("ctrl+s", "ctrl+s")
        await anna.sees(TEXT, "Fyll i", gone="sparat och skickat")
    await anna.sees("sparat och skickat")
    await anna.press("ctrl+q")
    await anna.ends()
    assert cases_of_tolvan(demo_file)[before:] == [TEXT]

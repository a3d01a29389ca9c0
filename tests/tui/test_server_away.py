"""The database's server is lost while somebody works: they type on, are told, and go on where they were."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from data.store import models
from data.store.database import open_store
from tests.conftest import PASSWORD, FrozenClock, make_clinic
from tests.reliability.standby import Pair
from tests.tui.conftest import AtTerminal
from tests.tui.stories import TOLVAN, Person

WAITING = "Väntar på databasen"


@pytest.fixture
def pair() -> Iterator[Pair]:
    made = Pair()
    yield made
    made.remove()


@pytest.fixture
def keys(pair: Pair, tmp_path: Path, password_hash: str) -> Path:
    """The keys of the access log of the clinic in the pair's database `clinic`."""
    path = tmp_path / "clinic.log-keys"
    pair.primary.do("CREATE DATABASE clinic")
    store = open_store(pair.primary.url("clinic"), create=True, log_keys=path, clock=FrozenClock())
    with store.writing():
        make_clinic(password_hash)
    store.close()
    pair.follow()
    return path


@asynccontextmanager
async def writing_the_dosage(at_terminal: AtTerminal, pair: Pair, keys: Path) -> AsyncIterator[Person]:
    """Anna has signed in, has fetched Tolvan, and is about to write the dosage."""
    opening = partial(open_store, pair.url("clinic"), log_keys=keys)
    async with at_terminal(opening=opening, demo=False) as anna:
        await anna.sees("Logga in")
        await anna.type("anna")
        await anna.press("enter")
        await anna.type(PASSWORD)
        await anna.press("enter")
        await anna.sees("Mina ärenden")
        await anna.fetches(TOLVAN)
        await anna.picks("Ordination")
        yield anna


async def test_she_types_on_and_what_she_sent_arrives_at_the_standby(
    pair: Pair, keys: Path, at_terminal: AtTerminal
) -> None:
    async with writing_the_dosage(at_terminal, pair, keys) as anna:
        pair.primary.kill()
        await anna.type(" tre gånger om dagen")
        await anna.sees("tre gånger om dagen", WAITING)
        await anna.press("ctrl+s")
        await anna.press("f1")
        await anna.sees("Hjälp")
        await anna.press("escape")
        pair.fail_over()
        await anna.sees("Skickat", gone=WAITING)

    store = open_store(pair.primary.url("clinic"), log_keys=keys)
    (case,) = models.Case.select()
    assert "tre gånger om dagen" in case.written
    store.close()


async def test_whoever_wants_to_leave_is_asked_at_once(
    pair: Pair, keys: Path, at_terminal: AtTerminal
) -> None:
    async with writing_the_dosage(at_terminal, pair, keys) as anna:
        pair.primary.kill()
        await anna.type(" tre gånger om dagen")
        await anna.press("ctrl+q")
        await anna.sees("Inte sparat", "Databasservern går inte att nå")
        await anna.press("enter")
        await anna.sees("tre gånger om dagen", gone="Inte sparat")

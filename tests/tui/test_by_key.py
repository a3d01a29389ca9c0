"""Arriving by an SSH key, inside the test: at one's work, at one of several clinics, or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from data import ssh, staff
from data.domain.roles import Role
from data.store import models
from data.store.database import open_store
from tests.conftest import PASSWORD, Clinic, FrozenClock
from tests.tui.drivers import PilotTerminal
from tests.tui.stories import Person
from tui.app import OmvantApp
from tui.by_key import Arrival
from tui.session import Session
from tui.ssh_commands import Keyholder

Arriving = Callable[[str], AbstractAsyncContextManager[Person]]


@pytest.fixture
def arriving(
    clinic: Clinic, database_file: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Arriving:
    """Opens the program as the forced command of a person's key does."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    ssh.allow(clinic.operator)

    @asynccontextmanager
    async def open_app(username: str) -> AsyncIterator[Person]:
        session = Session(lambda: open_store(database_file, clock=clock))
        app = OmvantApp(session, arrival=Arrival(session, Keyholder(username, "192.0.2.1")))
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            yield Person(PilotTerminal(pilot))
        await app.session.close()

    return open_app


def events() -> list[str]:
    return [entry.event for entry in models.AccessLog.select().order_by(models.AccessLog.id)]


async def test_one_is_at_work_at_once_and_leaves_for_good(arriving: Arriving) -> None:
    async with arriving("anna") as anna:
        await anna.sees("Mina ärenden", "Anna Andersson", gone="Användarnamn")
        await anna.press("ctrl+p")
        await anna.sees("Skriv för att söka")
        await anna.type("logga ut")
        await anna.sees("Logga ut")
        await anna.press("enter")
        await anna.has_left()
    assert events()[-1] == "staff.signed_out"


async def test_the_lock_is_opened_with_the_password_and_left_with_the_program(arriving: Arriving) -> None:
    async with arriving("anna") as anna:
        await anna.sees("Mina ärenden")
        await anna.press("ctrl+l")
        await anna.sees("Lösenord", gone="Mina ärenden")
        await anna.type(PASSWORD)
        await anna.press("enter")
        await anna.sees("Mina ärenden", gone="Lösenord")
        await anna.press("ctrl+l")
        await anna.sees("Lösenord", gone="Mina ärenden")
        await anna.press("tab", "enter")
        await anna.has_left()


async def test_the_clinic_is_asked(arriving: Arriving, clinic: Clinic) -> None:
    staff.admit(clinic.operator, "dag", "Vårdcentralen Björken", frozenset({Role.CARE_PROVIDER}))
    async with arriving("dag") as dag:
        await dag.sees("Välj mottagning", "1 Vårdcentralen Björken", "2 Vårdcentralen Eken")
        await dag.press("2")
        await dag.sees("Mina ärenden", "Vårdcentralen Eken · Dag Dahl")
    async with arriving("dag") as dag:
        await dag.sees("Välj mottagning")
        await dag.press("escape")
        await dag.has_left()
    async with arriving("dag") as dag:
        await dag.sees("Välj mottagning")
        await dag.press("ctrl+l", "ctrl+c", "f1", "ctrl+p")
        await dag.sees("Välj mottagning")
        await dag.press("ctrl+q")
        await dag.has_left()


@pytest.mark.parametrize("username", ["nobody", "", "cilla"])
async def test_who_may_not_is_told_and_shown_nothing(
    arriving: Arriving, clinic: Clinic, username: str
) -> None:
    models.Staff.update(disabled=True).where(models.Staff.username == "cilla").execute()
    async with arriving(username) as someone:
        await someone.has_left()
        assert isinstance(someone.terminal, PilotTerminal)
        assert someone.terminal.app.return_code == 1
    assert events()[-1] == "staff.signed_in_by_key"


async def test_an_administrator_reaches_no_files(arriving: Arriving) -> None:
    async with arriving("bo") as bo:
        await bo.sees("Administration", "Bo Bengtsson")
        await bo.press("1")
        await bo.sees("Ordination")
        for key in ("e", "i"):
            await bo.press(key)
            await bo.sees("Via SSH nås inga filer", gone="Importera en mall")
            await bo.press("down")


async def test_a_log_auditor_reaches_no_files(arriving: Arriving) -> None:
    async with arriving("gun") as gun:
        await gun.sees("Administration", "Gun Granberg")
        await gun.press("3")
        await gun.sees("Administration › Åtkomstlogg")
        await gun.press("e")
        await gun.sees("Via SSH nås inga filer", "omvant log extract", gone="Utdrag till en patient")


async def test_a_password_that_another_chose_is_changed_first(arriving: Arriving, clinic: Clinic) -> None:
    models.Staff.update(must_change=True).where(models.Staff.id == clinic.anna.staff_id).execute()
    async with arriving("anna") as anna:
        await anna.sees("Nuvarande lösenord", gone="Mina ärenden")
        for text in (PASSWORD, "vinter cykel lampa", "vinter cykel lampa"):
            await anna.type(text)
            await anna.press("enter")
        await anna.press("ctrl+s")
        await anna.sees("Mina ärenden", "Skicka", gone="Nuvarande lösenord")

"""Nobody at the terminal, or the same person for too long: what is hidden, what ends, nothing lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from textual.events import Key

from data import clinics, demo, staff
from data.domain.roles import StaffActor, Visitor
from data.store import models
from data.store.database import open_store
from tests.tui.conftest import AtTerminal, Seconds
from tests.tui.drivers import PilotTerminal
from tests.tui.stories import TOLVAN, Person
from tests.tui.test_faults import held
from tui.app import OmvantApp
from tui.screens.cover import CoverScreen
from tui.screens.dialog import Ask

TEXT = "Alvedon 500 mg"


def app_of(person: Person) -> OmvantApp:
    assert isinstance(person.terminal, PilotTerminal)
    assert isinstance(person.terminal.app, OmvantApp)
    return person.terminal.app


def actor_called(username: str) -> StaffActor:
    return staff.sign_in(Visitor(), username, demo.PASSWORD).actors[0]


def is_logged(event: str) -> bool:
    return models.AccessLog.select().where(models.AccessLog.event == event).exists()


def logged(event: str) -> dict[str, object]:
    """What the latest entry of an event says."""
    entry = models.AccessLog.select().where(models.AccessLog.event == event)
    return dict(json.loads(entry.order_by(models.AccessLog.id.desc()).get().details))


async def writes(anna: Person) -> None:
    await anna.signs_in_as("1", "Mina ärenden")
    await anna.fetches(TOLVAN)
    await anna.picks("Ordination")
    await anna.type(TEXT)
    await anna.sees(TEXT)


async def finds_the_draft(anna: Person) -> None:
    await anna.fetches(TOLVAN)
    await anna.sees("Fyll i", TEXT)


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


# The lock


async def test_five_minutes_without_a_key_lock_the_terminal(
    at_terminal: AtTerminal, seconds: Seconds
) -> None:
    async with at_terminal(seconds=seconds) as anna:
        await writes(anna)
        seconds.move(minutes=4.9)
        await anna.press("end")
        seconds.move(minutes=4.9)
        await anna.press("end")
        await anna.sees(TEXT)
        seconds.move(minutes=0.2 + 4.9)
        screen = await anna.sees("Terminalen är låst", gone=TEXT)
        assert "Tolvan" not in screen
        await anna.until(lambda: is_logged("staff.locked"))  # what is hidden first is told after
        assert logged("staff.locked") == {"ended": "idle"}
        await anna.type(demo.PASSWORD)
        await anna.press("enter")
        await anna.sees("Fyll i", TEXT, gone="låst")
        await anna.type(" vid behov")
        await anna.sees(TEXT + " vid behov")


async def test_a_key_that_comes_too_late_reaches_nothing(at_terminal: AtTerminal, seconds: Seconds) -> None:
    """As after a night with the lid closed, before the program has looked at the time."""
    async with at_terminal(seconds=seconds) as anna:
        await writes(anna)
        app = app_of(anna)
        seconds.move(hours=8)
        for key in ("x", "y"):
            app.post_message(Key(key, key))
        await anna.sees("Terminalen är låst")
        await anna.type(demo.PASSWORD)
        await anna.press("enter")
        screen = await anna.sees("Fyll i", TEXT, gone="låst")
        assert f"{TEXT}x" not in screen
        assert "xy" not in screen


async def test_the_clinics_own_time_holds(at_terminal: AtTerminal, demo_file: Path, seconds: Seconds) -> None:
    store = open_store(demo_file)
    bo = actor_called("bo")
    clinics.set_idle(bo, clinics.idle(bo).model_copy(update={"minutes": 20}))
    store.close()
    async with at_terminal(seconds=seconds) as anna:
        await writes(anna)
        seconds.move(minutes=19)
        await anna.press("end")
        await anna.sees(TEXT)
        seconds.move(minutes=20)
        await anna.sees("Terminalen är låst", gone=TEXT)


async def test_another_person_signs_in_anew_and_the_first_ones_draft_stays(
    at_terminal: AtTerminal, seconds: Seconds
) -> None:
    async with at_terminal(seconds=seconds) as person:
        await writes(person)
        seconds.move(minutes=5)
        await person.sees("Terminalen är låst", gone=TEXT)
        await person.press("tab", "enter")
        await person.signs_in_as("2", "Mina ärenden")
        screen = await person.sees("Cilla Ceder")
        assert TEXT not in screen
        await person.press("n")
        await person.sees("personnummer", gone="Påbörjade ärenden")
        await person.signs_out()
        await person.signs_in_as("1", "Mina ärenden")
        await finds_the_draft(person)


async def test_a_half_typed_password_is_forgotten(at_terminal: AtTerminal, seconds: Seconds) -> None:
    async with at_terminal(seconds=seconds) as person:
        await person.sees("Det här är en demo")
        await person.press("tab")
        await person.type("anna")
        await person.press("enter")
        await person.type("hemlig")
        await person.sees("anna", "••••••")
        seconds.move(minutes=5)
        await person.sees("Det här är en demo", gone="••••••")
        await person.signs_in_as("1", "Mina ärenden")
        await person.press("ctrl+l")
        await person.sees("Terminalen är låst")
        await person.type("hemlig")
        await person.sees("••••••")
        seconds.move(minutes=5)
        await person.sees("Terminalen är låst", gone="••••••")


async def test_a_clinic_that_nobody_chose_is_not_left_open_to_others(
    at_terminal: AtTerminal, demo_file: Path, seconds: Seconds
) -> None:
    store = open_store(demo_file)
    with store.writing():
        other = models.Clinic.create(name="Vårdcentralen Eken")
        models.StaffRole.create(staff=models.Staff.get(username="anna"), clinic=other, role="care_provider")
    store.close()
    async with at_terminal(seconds=seconds) as person:
        await person.sees("Det här är en demo")
        await person.press("1")
        await person.sees("Välj mottagning")
        seconds.move(minutes=5)
        await person.sees("Det här är en demo", gone="Välj mottagning")
        await person.press("2")
        await person.sees("Mina ärenden", "Cilla Ceder")


# The end


async def test_a_patient_who_is_away_is_signed_out_and_the_answers_stay(
    at_terminal: AtTerminal, seconds: Seconds
) -> None:
    async with at_terminal(seconds=seconds) as tolvan:
        await tolvan.reads_as_tolvan()
        await tolvan.press("enter")
        await tolvan.sees("Vad vill du ha hjälp med?")
        await tolvan.press("tab")
        await tolvan.type("Ont i knät")
        await tolvan.sees("Ont i knät")
        seconds.move(minutes=5)
        await tolvan.sees("Det här är en demo", "Du loggades ut", "5 minuter", gone="Ont i knät")
        assert logged("patient.signed_out") == {"ended": "idle"}
        await tolvan.reads_as_tolvan()
        await tolvan.press("enter")
        await tolvan.sees("Vad vill du ha hjälp med?", "Ont i knät")


async def test_nothing_is_seen_or_done_while_a_busy_database_keeps_a_session_from_ending(
    at_terminal: AtTerminal, demo_file: Path, seconds: Seconds
) -> None:
    async with at_terminal(seconds=seconds) as tolvan:
        await tolvan.reads_as_tolvan()
        await tolvan.press("enter")
        await tolvan.sees("Vad vill du ha hjälp med?")
        await tolvan.press("tab")
        with held(demo_file):
            await tolvan.type("Ont i knät")
            await tolvan.sees("Ont i knät")
            seconds.move(minutes=5)
            await tolvan.sees("Du loggas ut", gone="Ont i knät")
            await tolvan.press("ctrl+q", "ctrl+l", "ctrl+p", "escape", "f1", "enter")
            screen = await tolvan.sees("Du loggas ut")
            assert screen.split() == ["Du", "loggas", "ut"]
            app_of(tolvan).push_screen(Ask("Hemligt", "Tolvan Tolvansson", [("a", "A")]))
            assert isinstance(app_of(tolvan).screen, CoverScreen)  # at once, for the next key
        await tolvan.sees("Det här är en demo", "5 minuter")
        await tolvan.reads_as_tolvan()
        await tolvan.press("enter")
        await tolvan.sees("Vad vill du ha hjälp med?", "Ont i knät")


async def test_twelve_hours_end_the_session_and_cost_no_text(
    at_terminal: AtTerminal, seconds: Seconds
) -> None:
    async with at_terminal(seconds=seconds) as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        for _key in range(146):
            seconds.move(minutes=4.9)
            app_of(anna).presence.pressed()
        await anna.fetches(TOLVAN)
        await anna.picks("Ordination")
        await anna.type(TEXT)
        await anna.sees(TEXT)
        seconds.move(minutes=4.9)
        assert app_of(anna).presence.pressed()
        await anna.sees("Det här är en demo", "Du loggade in för 12 timmar sedan", gone=TEXT)
        assert logged("staff.signed_out") == {"ended": "old"}
        await anna.signs_in_as("1", "Mina ärenden")
        await finds_the_draft(anna)
        await anna.press("ctrl+q")


async def test_a_locked_terminal_ends_after_twelve_hours_too(
    at_terminal: AtTerminal, seconds: Seconds
) -> None:
    async with at_terminal(seconds=seconds) as anna:
        await writes(anna)
        await anna.press("ctrl+l")
        await anna.sees("Terminalen är låst")
        seconds.move(hours=12)
        await anna.sees("Det här är en demo", "Du loggade in för 12 timmar sedan", gone="låst")
        await anna.signs_in_as("1", "Mina ärenden")
        await finds_the_draft(anna)


async def test_an_account_that_is_closed_elsewhere_leads_out_at_once(at_terminal: AtTerminal) -> None:
    async with at_terminal() as cilla:
        await cilla.signs_in_as("2", "Mina ärenden")
        bo = actor_called("bo")
        account = next(one for one in staff.list_staff(bo) if one.username == "cilla")
        staff.change(bo, account.model_copy(update={"disabled": True}))
        await cilla.sees("Det här är en demo", "Ditt konto är stängt")
        refusals = models.AccessLog.select().where(
            ~models.AccessLog.allowed, models.AccessLog.staff_id == account.id
        )
        assert refusals.count() == 1


async def test_a_password_set_elsewhere_ends_the_session_also_behind_the_lock(
    at_terminal: AtTerminal,
) -> None:
    async with at_terminal() as bo:
        await bo.signs_in_as("3", "Administration")
        await bo.press("ctrl+l")
        await bo.sees("Terminalen är låst")
        models.Staff.update(generation=2).where(models.Staff.username == "bo").execute()
        await bo.type(demo.PASSWORD)
        await bo.press("enter")
        await bo.sees("Det här är en demo", "Ditt lösenord har ändrats", gone="låst")

"""The screen of what is known of a patient, and the mark of protected identity set there."""

from __future__ import annotations

import pytest

from data import patients, protected
from data.store import models
from data.store.store import Store
from tests.conftest import REASON, Clinic
from tests.protecting import WHY, changed
from tests.tui.drivers import fits
from tests.tui.one_screen import Someone, at_screen
from tests.tui.test_protected import states_why
from tui.screens.case import CaseScreen
from tui.screens.patient_data import PatientDataScreen
from tui.screens.send.fetch_patient import FetchScreen


async def result_of(someone: Someone) -> object:
    """What the screen was dismissed with."""
    for _glance in range(100):
        if someone.app.results:
            break
        await someone.terminal.glance()
    (result,) = someone.app.results
    return result


async def test_data_are_changed_from_the_fetch_screen(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.anna, FetchScreen) as anna:
        await anna.sees("Invånarens personnummer")
        await anna.press("f6")
        await anna.sees("✗")
        await anna.type(clinic.unreachable.number.digits)
        await anna.press("f6")
        screen = await anna.sees(
            "Invånarens uppgifter",
            "19441011-9046",
            "Maria Johansson",
            "[ ] Kan nås digitalt",
            gone="Ditt skäl",
        )
        assert fits(screen, 80, 24)
        await anna.type(" Ek")
        await anna.press("enter", "enter", "space")
        await anna.sees("[x] Kan nås digitalt", "Maria Johansson Ek")
        await anna.press("ctrl+s")
        await anna.sees("uppgifter är sparade", "Invånarens personnummer")
        await anna.press("enter")
        await anna.sees("› Mall", "Maria Johansson Ek")
    row = models.Patient.get_by_id(clinic.unreachable.id)
    assert (row.name, row.reachable, row.protected) == ("Maria Johansson Ek", True, False)


async def test_a_number_that_nobody_has_is_offered_to_be_registered(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.anna, FetchScreen) as anna:
        await anna.sees("Invånarens personnummer")
        await anna.type("201807182397")
        await anna.press("f6")
        await anna.sees("Ingen invånare har numret 20180718-2397")


async def test_protecting_from_a_case_hides_it_until_one_says_why(store: Store, clinic: Clinic) -> None:
    sent = clinic.send()
    async with at_screen(store, clinic.anna, lambda: CaseScreen(sent.id)) as anna:
        await anna.sees("Tolvan Tolvansson")
        await anna.press("f6")
        await anna.sees("[ ] Skyddade personuppgifter")
        await anna.press("enter", "space", "ctrl+s")
        await anna.sees("varför du behöver uppgifterna", gone="Tolvan")
        await anna.type(WHY)
        await anna.press("enter")
        await anna.sees("◆ Tolvan Tolvansson", f"Ditt skäl: {WHY}", "uppgifter är sparade")


async def test_taking_protection_away_asks_why(store: Store, clinic: Clinic) -> None:
    protected.state_reason(clinic.anna, clinic.hidden.id, REASON)
    patient = patients.fetch(clinic.anna, clinic.hidden.number)
    assert patient is not None
    async with at_screen(store, clinic.anna, lambda: PatientDataScreen(patient, [])) as anna:
        await anna.sees("[x] Skyddade personuppgifter", gone="Ditt skäl")
        await anna.press("enter", "space")
        await anna.sees("[ ] Skyddade personuppgifter", "Ditt skäl")
        await anna.press("ctrl+s")
        await anna.sees("✗ Skriv med några ord varför")
        await anna.type("Skatteverket har hävt skyddet")
        await anna.press("ctrl+s")
        assert await result_of(anna) is True
    assert not models.Patient.get_by_id(clinic.hidden.id).protected


async def test_leaving_with_changes_asks_and_names_nobody(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.anna, FetchScreen) as anna:
        await anna.sees("Invånarens personnummer")
        await anna.type(clinic.tolvan.number.digits)
        await anna.press("f6")
        await anna.sees("Tolvan Tolvansson")
        await anna.type("!")
        await anna.press("escape")
        await anna.sees("Ändringarna av invånarens uppgifter är inte sparade")
        await anna.press("3")
        await anna.sees("Invånarens personnummer", gone="Tolvan")
    assert models.Patient.get_by_id(clinic.tolvan.id).name == "Tolvan Tolvansson"


@pytest.mark.parametrize(("choice", "name"), [("2", "Tolvan Tolvansson!"), ("3", "Tolvan Ny")])
async def test_someone_else_saved_first(store: Store, clinic: Clinic, choice: str, name: str) -> None:
    async with at_screen(store, clinic.anna, lambda: PatientDataScreen(clinic.tolvan, [])) as anna:
        await anna.sees("Tolvan Tolvansson")
        changed(clinic, clinic.tolvan, name="Tolvan Ny", reachable=False)
        await anna.type("!")
        await anna.press("ctrl+s")
        await anna.sees("Någon annan har ändrat", "Spara det jag har ändrat")
        await anna.press("escape")
        await anna.sees("Tolvan Tolvansson!", "[x] Kan nås digitalt", gone="Spara det jag")
        await anna.press("ctrl+s")
        await anna.sees("Spara det jag har ändrat")
        await anna.press(choice)
        if choice == "3":
            await anna.sees("Tolvan Ny", "[ ] Kan nås digitalt", gone="Spara det jag")
        else:
            assert await result_of(anna) is True
    row = models.Patient.get_by_id(clinic.tolvan.id)
    assert (row.name, row.reachable) == (name, False), "only what was changed here is put over theirs"


async def test_what_others_protected_meanwhile_stays_protected(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.anna, lambda: PatientDataScreen(clinic.tolvan, [])) as anna:
        await anna.sees("Tolvan Tolvansson")
        changed(clinic, clinic.tolvan, protected=True)
        await anna.type("!")
        await anna.press("ctrl+s")
        await states_why(anna)
        await anna.sees("Spara det jag har ändrat")
        await anna.press("2")
        assert await result_of(anna) is True
    row = models.Patient.get_by_id(clinic.tolvan.id)
    assert (row.name, row.protected) == ("Tolvan Tolvansson!", True)

"""Who gets in, and where to."""

from __future__ import annotations

import pytest

from data.store import models
from data.store.database import open_store
from tests.tui.conftest import AtTerminal


@pytest.mark.parametrize(
    ("digit", "place"),
    [("1", "Mina ärenden"), ("2", "Mina ärenden"), ("3", "Administration"), ("4", "Administration")],
)
async def test_each_person_of_the_demo_comes_to_their_place(
    at_terminal: AtTerminal, digit: str, place: str
) -> None:
    async with at_terminal() as person:
        await person.signs_in_as(digit, place)


async def test_a_wrong_password_says_nothing_of_which_was_wrong(at_terminal: AtTerminal) -> None:
    async with at_terminal() as person:
        for username in ("anna", "nobody"):
            await person.sees("Det här är en demo")
            await person.press("tab")
            await person.type(username)
            await person.press("enter")
            await person.type("wrong password")
            await person.press("enter")
            await person.sees("✗ Användarnamnet eller lösenordet är fel")
            await person.press("shift+tab", "ctrl+a", "backspace", "shift+tab")
            await person.sees("Det här är en demo")


async def test_name_and_password_sign_in(at_terminal: AtTerminal) -> None:
    async with at_terminal() as person:
        await person.sees("Det här är en demo")
        await person.press("tab")
        await person.type("ANNA")
        await person.press("enter")
        await person.type("demo")
        await person.press("enter")
        await person.sees("Mina ärenden", "Anna Andersson, vårdgivare")


async def test_a_person_with_two_clinics_chooses(at_terminal: AtTerminal, demo_file) -> None:  # type: ignore[no-untyped-def]
    store = open_store(demo_file)
    with store.writing():
        other = models.Clinic.create(name="Vårdcentralen Eken")
        models.StaffRole.create(staff=models.Staff.get(username="anna"), clinic=other, role="care_provider")
    store.close()
    async with at_terminal() as person:
        await person.sees("Det här är en demo")
        await person.press("1")
        await person.sees("Välj mottagning", "Vårdcentralen Demo", "Vårdcentralen Eken")
        await person.press("2")
        await person.sees("Mina ärenden", "Vårdcentralen Eken · Anna Andersson", gone="Ivar Eriksson")


async def test_a_code_signs_a_patient_in_once(at_terminal: AtTerminal) -> None:
    async with at_terminal() as person:
        await person.reads_as_tolvan()
        await person.signs_out()
        await person.press("f8")
        await person.type("191212121212")
        await person.press("enter")
        await person.type("123456")
        await person.press("enter")
        await person.sees("✗ Numret eller koden är fel")


async def test_signing_out_leaves_nothing_of_the_person(at_terminal: AtTerminal) -> None:
    async with at_terminal() as person:
        await person.signs_in_as("1", "Mina ärenden")
        await person.press("enter")
        await person.sees("Svarad S")
        await person.signs_out()
        screen = await person.sees("Det här är en demo")
        assert "Ivar" not in screen
        await person.signs_in_as("2", "Mina ärenden")
        await person.sees("Mina ärenden", "Cilla Ceder", gone="Ärende ›")


async def test_the_lock_hides_everything_until_the_same_person_returns(at_terminal: AtTerminal) -> None:
    async with at_terminal() as person:
        await person.signs_in_as("1", "Mina ärenden")
        await person.fetches("191212121212")
        await person.picks("Ordination")
        await person.type("Alvedon")
        await person.press("ctrl+l")
        screen = await person.sees("låst", gone="Alvedon")
        assert "Tolvan" not in screen
        await person.press("escape", "f2", "f3", "ctrl+p")
        await person.sees("låst", gone="Mina ärenden")
        await person.type("demo")
        await person.press("enter")
        await person.sees("Fyll i", "Alvedon")


async def test_english_is_complete_enough_to_work_in(at_terminal: AtTerminal) -> None:
    from tui import i18n

    i18n.install("en")
    async with at_terminal() as person:
        await person.sees("This is a demo", "care provider")
        await person.press("1")
        await person.sees("My cases", "Sent", "Patient", "New case")


async def test_coming_locking_and_leaving_are_in_the_access_log(at_terminal: AtTerminal) -> None:
    async with at_terminal() as person:
        await person.signs_in_as("1", "Mina ärenden")
        await person.press("ctrl+l")
        await person.sees("låst")
        await person.type("demo")
        await person.press("enter")
        await person.sees("Mina ärenden", gone="låst")
        await person.signs_out()
        await person.reads_as_tolvan()
        await person.signs_out()
        events = [row.event for row in models.AccessLog.select().order_by(models.AccessLog.id)]
        wanted = [
            "staff.signed_in",
            "staff.locked",
            "staff.unlocked",
            "staff.signed_out",
            "patient.signed_out",
        ]
        assert [event for event in events if event in wanted][-5:] == wanted


async def test_what_one_person_copied_is_not_pasted_by_the_next(at_terminal: AtTerminal) -> None:
    async with at_terminal() as person:
        await person.signs_in_as("1", "Mina ärenden")
        await person.fetches("191212121212")
        await person.picks("Ordination")
        await person.type("Alvedon")
        await person.press("shift+home", "ctrl+c", "end", "ctrl+v")
        await person.sees("AlvedonAlvedon")
        await person.signs_out()
        await person.press("tab", "ctrl+v")
        await person.type("x")
        screen = await person.sees("▌ x")
        assert "Alvedon" not in screen


async def test_a_password_is_not_copied_out_of_its_field(at_terminal: AtTerminal) -> None:
    async with at_terminal() as person:
        await person.sees("Det här är en demo")
        await person.press("tab", "enter")
        await person.type("hemligt")
        await person.press("shift+home", "ctrl+c", "shift+home", "ctrl+x")
        await person.sees("•••••••")
        await person.press("shift+tab", "ctrl+v")
        await person.type("x")
        screen = await person.sees("▌ x")
        assert "hemligt" not in screen

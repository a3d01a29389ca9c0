"""Choosing another password: because one wants to, and because somebody else chose the present one."""

from __future__ import annotations

from pathlib import Path

import pytest

from data import demo, staff
from data.domain.roles import OperatorActor, Role, StaffActor, Visitor
from data.staff import NewPerson
from data.store import models
from data.store.database import open_store
from data.store.store import Store
from tests.conftest import PASSWORD, Clinic
from tests.tui.conftest import AtTerminal, Seconds
from tests.tui.drivers import fits
from tests.tui.one_screen import at_screen
from tests.tui.stories import Person
from tui.screens.password import PasswordDueScreen, PasswordScreen

NEW = "tulpan kaffe spik"
FIRST = "chefens val av ord"


async def fills_in(person: Person, current: str, new: str, again: str) -> None:
    for text in (current, new, again):
        await person.type(text)
        await person.press("enter")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_all_of_it_is_in_view(store: Store, clinic: Clinic, size: tuple[int, int]) -> None:
    for screen in (PasswordScreen, PasswordDueScreen):
        async with at_screen(store, clinic.anna, screen, size=size) as anna:
            seen = await anna.sees(
                "Nuvarande lösenord", "Nytt lösenord en gång till", "Minst 8 tecken", "Ctrl+S"
            )
            assert fits(seen, *size)


async def test_three_fields_and_enter_change_it(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.anna, PasswordScreen) as anna:
        await anna.sees("Nuvarande lösenord")
        await fills_in(anna, PASSWORD, NEW, NEW)
        await anna.until(lambda: bool(anna.app.results))
        (changed,) = anna.app.results
        assert isinstance(changed, StaffActor)
        assert anna.app.actor == changed
    assert staff.sign_in(clinic.visitor, "anna", PASSWORD).refused
    assert staff.unlock(changed, NEW)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("fel", NEW, NEW), "✗ Det är inte ditt nuvarande lösenord"),
        ((PASSWORD, NEW, NEW + "x"), "✗ De två lösenorden är olika"),
        ((PASSWORD, "kort", "kort"), "✗ Lösenordet måste ha minst 8 tecken"),
        ((PASSWORD, "Sommar2024!", "Sommar2024!"), "✗ Det lösenordet väljer alltför många"),
        ((PASSWORD, "annaandersson", "annaandersson"), "✗ Lösenordet består av namn"),
        ((PASSWORD, PASSWORD, PASSWORD), "✗ Det är lösenordet du redan har"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(
    store: Store, clinic: Clinic, typed: tuple[str, str, str], told: str
) -> None:
    async with at_screen(store, clinic.anna, PasswordScreen) as anna:
        await anna.sees("Nuvarande lösenord")
        await fills_in(anna, *typed)
        screen = await anna.sees(told)
        assert screen.count("✗") == 1
        await anna.type("x")
        await anna.sees("Nuvarande lösenord", gone="✗")
        assert anna.app.results == []
    assert not staff.sign_in(clinic.visitor, "anna", PASSWORD).refused


async def change_from_the_palette(person: Person) -> None:
    await person.press("ctrl+p")
    await person.sees("Skriv för att söka")
    await person.type("byt lösenord")
    await person.sees("Byt lösenord")
    await person.press("enter")


async def arrives(at: Person, password: str) -> None:
    await at.sees("Logga in", "Användarnamn")
    await at.type("eva")
    await at.press("enter")
    await at.type(password)
    await at.press("enter")


@pytest.fixture
def eva(demo_file: Path) -> None:
    """Eva has an account, with a password that an operator chose."""
    store = open_store(demo_file)
    roles = frozenset({Role.CARE_PROVIDER})
    new = NewPerson(username="eva", password=FIRST, name="Eva Ek", roles=roles)
    staff.add(OperatorActor(name="drift"), new)
    store.close()


async def test_a_password_chosen_by_others_is_changed_before_anything_else(
    at_terminal: AtTerminal, eva: None
) -> None:
    async with at_terminal(demo=False) as person:
        await arrives(person, FIRST)
        await person.sees("Någon annan valde ditt lösenord")
        await person.press("escape", "f2", "f3", "f4", "ctrl+p")
        await person.sees("Någon annan valde ditt lösenord", gone="Mina ärenden")
        await fills_in(person, FIRST, NEW, NEW)
        await person.sees("Mina ärenden", "Eva Ek", gone="Någon annan")
        await person.press("ctrl+l")
        await person.sees("Terminalen är låst")
        await person.type(NEW)
        await person.press("enter")
        await person.sees("Mina ärenden", gone="låst")
        refused = models.AccessLog.select().where(~models.AccessLog.allowed)
        assert refused.count() == 0


async def test_who_does_not_change_it_can_leave_and_lock_and_comes_back_to_it(
    at_terminal: AtTerminal, eva: None
) -> None:
    seconds = Seconds()
    async with at_terminal(demo=False, seconds=seconds) as person:
        await arrives(person, FIRST)
        await person.sees("Någon annan valde ditt lösenord")
        seconds.move(minutes=5)
        await person.sees("Terminalen är låst", gone="Någon annan")
        await person.type(FIRST)
        await person.press("enter")
        await person.sees("Någon annan valde ditt lösenord", gone="låst")
        await person.press("f1")
        await person.sees("Hjälp: Välj lösenord", "Logga ut")
        await person.type("logga ut")
        await person.press("enter")
        await person.sees("Logga in", "Användarnamn", gone="Någon annan")
        await arrives(person, FIRST)
        await person.sees("Någon annan valde ditt lösenord")


async def test_the_palette_leads_there_and_back(at_terminal: AtTerminal, eva: None) -> None:
    async with at_terminal(demo=False) as person:
        await arrives(person, FIRST)
        await person.sees("Någon annan valde ditt lösenord")
        await fills_in(person, FIRST, NEW, NEW)
        await person.sees("Mina ärenden", gone="Någon annan")
        await change_from_the_palette(person)
        await person.sees("Nuvarande lösenord", "alla andra terminaler")
        await person.press("escape")
        await person.sees("Mina ärenden", gone="Nuvarande lösenord")
        await change_from_the_palette(person)
        await person.sees("Nuvarande lösenord")
        await fills_in(person, NEW, "fyra helt andra ord", "fyra helt andra ord")
        await person.sees("Mina ärenden", "Ditt lösenord är bytt")
        await person.press("f3")
        await person.sees("Fördelade ärenden", "Ivar Eriksson")
    assert not staff.sign_in(Visitor(), "eva", "fyra helt andra ord").refused


async def test_the_demo_keeps_the_password_that_it_shows(at_terminal: AtTerminal) -> None:
    async with at_terminal() as person:
        await person.signs_in_as("1", "Mina ärenden")
        await change_from_the_palette(person)
        await person.sees("Mina ärenden", "I demon behåller alla det lösenord")
    assert not staff.sign_in(Visitor(), "anna", demo.PASSWORD).refused

"""The list of staff and the account of one person, by keys alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from data import staff
from data.domain.roles import Role
from data.staff import Person
from data.store.store import Store
from tests.conftest import PASSWORD, Clinic
from tests.tui.drivers import fits
from tests.tui.one_screen import Someone, at_screen
from tui.screens.admin.staff_list import StaffListScreen


def person(clinic: Clinic, username: str) -> Person:
    return next(one for one in staff.list_staff(clinic.bo) if one.username == username)


@asynccontextmanager
async def at_person(store: Store, clinic: Clinic, name: str) -> AsyncIterator[Someone]:
    """Bo, who has opened the account of one of the first two in the list."""
    async with at_screen(store, clinic.bo, StaffListScreen) as bo:
        await bo.sees("› Anna Andersson", "Bo Bengtsson")
        await bo.press(*["down"] * (name == "Bo Bengtsson"), "enter")
        await bo.sees(f"Personal › {name}")
        yield bo


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_person_is_added(store: Store, clinic: Clinic, size: tuple[int, int]) -> None:
    async with at_screen(store, clinic.bo, StaffListScreen, size=size) as bo:
        await bo.sees("Anna Andersson", "vårdgivare", "granskare")
        await bo.press("n")
        await bo.sees("Administration › Personal › Ny person")
        await bo.type("eva")
        await bo.press("enter")
        await bo.type("Eva [/b] Ek")
        await bo.press("enter")
        await bo.type("läkare")
        await bo.press("enter", "1", "3", "enter")
        await bo.type(PASSWORD)
        assert fits(await bo.sees("[x] vårdgivare", "[x] granskare", gone=PASSWORD), *size)
        await bo.press("ctrl+s")
        await bo.sees("Eva [/b] Ek är sparad", "eva")
    made = person(clinic, "eva")
    assert (made.title, made.roles) == ("läkare", {Role.CARE_PROVIDER, Role.LOG_AUDITOR})
    assert not staff.sign_in(clinic.visitor, "eva", PASSWORD).refused


async def test_what_is_missing_stands_beside_its_field(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.bo, StaffListScreen) as bo:
        await bo.sees("Anna Andersson")
        await bo.press("n")
        await bo.type("anna")
        await bo.press("ctrl+s")
        screen = await bo.sees("✗ Användarnamnet är upptaget")
        assert screen.count("✗") == 4
        await bo.type("2")
        await bo.sees("anna2", gone="upptaget")


async def test_roles_title_and_password_are_changed(store: Store, clinic: Clinic) -> None:
    async with at_person(store, clinic, "Anna Andersson") as bo:
        await bo.sees("anna")  # the user name, which stays
        await bo.press("tab")
        await bo.type(" och barnmorska")
        await bo.press("tab", "2", "tab")
        await bo.type("another long one")
        await bo.press("ctrl+s")
        await bo.sees("Anna Andersson är sparad", "vårdgivare, admin")
    assert person(clinic, "anna").title == "sjuksköterska och barnmorska"
    assert person(clinic, "anna").roles == {Role.CARE_PROVIDER, Role.ADMINISTRATOR}
    assert not staff.sign_in(clinic.visitor, "anna", "another long one").refused


async def test_an_account_is_closed(store: Store, clinic: Clinic) -> None:
    async with at_person(store, clinic, "Anna Andersson") as bo:
        await bo.press("tab", "tab", "tab", "tab", "space", "ctrl+s")
        await bo.sees("är sparad", "Stängt")
    assert staff.sign_in(clinic.visitor, "anna", PASSWORD).refused


async def test_the_last_administrator_stays(store: Store, clinic: Clinic) -> None:
    async with at_person(store, clinic, "Bo Bengtsson") as bo:
        await bo.press("tab", "tab", "1", "2", "ctrl+s")
        await bo.sees("✗ Mottagningen behöver en administratör")
    assert person(clinic, "bo").roles == {Role.ADMINISTRATOR}


async def test_leaving_with_changes_asks(store: Store, clinic: Clinic) -> None:
    async with at_person(store, clinic, "Anna Andersson") as bo:
        await bo.type("!")
        await bo.press("escape")
        await bo.sees("Ändringarna för Anna Andersson är inte sparade")
        await bo.press("escape", "escape", "3")
        await bo.sees("Användarnamn", gone="Personal › Anna")
    assert person(clinic, "anna").name == "Anna Andersson"


async def test_someone_else_changed_the_person_first(store: Store, clinic: Clinic) -> None:
    async with at_person(store, clinic, "Anna Andersson") as bo:
        staff.change(clinic.bo, person(clinic, "anna").model_copy(update={"title": "läkare"}))
        await bo.type("!")
        await bo.press("ctrl+s")
        await bo.sees("har ändrats av någon annan", "Anna Andersson!")


async def test_ones_own_password_is_changed_elsewhere(store: Store, clinic: Clinic) -> None:
    async with at_person(store, clinic, "Bo Bengtsson") as bo:
        await bo.press("tab", "tab", "tab")
        await bo.type("another long one")
        await bo.press("ctrl+s")
        await bo.sees("✗ Ditt eget lösenord: välj Byt lösenord")
    assert not staff.sign_in(clinic.visitor, "bo", PASSWORD).refused


async def test_a_weak_password_is_told_beside_its_field(store: Store, clinic: Clinic) -> None:
    async with at_person(store, clinic, "Anna Andersson") as bo:
        await bo.press("tab", "tab", "tab")
        await bo.type("Sommar2024!")
        await bo.press("ctrl+s")
        await bo.sees("✗ Det lösenordet väljer alltför många")
    assert not staff.sign_in(clinic.visitor, "anna", PASSWORD).refused


async def test_when_terminals_lock_is_chosen_in_the_list(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.bo, StaffListScreen) as bo:
        await bo.sees("Anna Andersson")
        await bo.press("t")
        await bo.sees("Lås efter hur många minuter", "5")
        await bo.press("backspace", "0", "enter")
        await bo.sees("Skriv 1 till 60 minuter")
        await bo.press("backspace", "1", "2", "enter")
        await bo.sees("Terminaler låses efter 12 minuter", gone="Lås efter hur")
    assert staff.sign_in(clinic.visitor, "anna", PASSWORD).actors[0].idle_minutes == 12

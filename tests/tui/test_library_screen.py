"""The library of templates, by keys alone."""

from __future__ import annotations

import pytest

from data import templates
from data.library import shipped
from data.store.store import Store
from data.templates import TemplateState
from tests.conftest import Clinic
from tests.tui.drivers import fits
from tests.tui.one_screen import at_screen
from tui.screens.admin.library import LibraryScreen
from tui.screens.admin.template_list import TemplateListScreen


def states(clinic: Clinic) -> dict[str, TemplateState]:
    return {row.name: row.state for row in templates.list_all(clinic.bo)}


async def test_from_the_list_to_a_template_of_ones_own(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await bo.sees("Ordination")
        await bo.press("b")
        await bo.sees("Mallar för invånarärende › Bibliotek", "Bifoga bild", "(Fråga)")
        await bo.press("enter")
        await bo.sees("Bifoga bild finns nu bland era mallar, som utkast")
        await bo.press("escape")
        await bo.sees("Bifoga bild", "Utkast", gone="Bibliotek")
    assert states(clinic)["Bifoga bild"] is TemplateState.DRAFT


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_it_says_what_the_clinic_has_already(
    store: Store, clinic: Clinic, size: tuple[int, int]
) -> None:
    async with at_screen(store, clinic.bo, LibraryScreen, size=size) as bo:
        screen = await bo.sees("Finns", "Meddelande om provsvar")
        assert fits(screen, *size)
        lines = {name: line for line in screen.splitlines() for name in shipped() if f" {name} " in line}
        assert "Ja" in lines["Meddelande om provsvar"].split()
        assert "Ja" not in lines["Bifoga bild"].split()


async def test_one_finds_by_words_in_the_template_and_a_taken_name_is_numbered(
    store: Store, clinic: Clinic
) -> None:
    async with at_screen(store, clinic.bo, LibraryScreen) as bo:
        await bo.sees("Bifoga bild")
        await bo.press("slash")
        await bo.type("recept apotek legitimation bekräfta")
        await bo.sees("Ordination", gone="Bifoga bild")
        await bo.press("enter", "enter")
        await bo.sees("Ordination (2) finns nu")
    assert states(clinic)["Ordination"] is TemplateState.PUBLISHED
    assert states(clinic)["Ordination (2)"] is TemplateState.DRAFT


async def test_one_looks_before_adding(store: Store, clinic: Clinic) -> None:
    before = states(clinic)
    async with at_screen(store, clinic.bo, LibraryScreen) as bo:
        await bo.sees("Bifoga bild")
        await bo.press("f6")
        await bo.sees("Bibliotek › Förhandsgranska", "Så lämnar du bilden", "Beskriv det som bilden visar")
        await bo.press("escape")
        await bo.sees("Bifoga bild", "Finns", gone="Så lämnar du bilden")
    assert states(clinic) == before

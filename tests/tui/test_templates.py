"""The list of templates, by keys alone."""

from __future__ import annotations

import pytest

from data import templates
from data.domain.forms import Form, ShortText
from data.store.store import Store
from data.templates import TemplateState
from tests.conftest import Clinic
from tests.tui.drivers import fits
from tests.tui.one_screen import at_screen
from tui.screens.admin.template_list import TemplateListScreen

HOSTILE = "[/b] \x1b[2J \u202eevil"


def states(clinic: Clinic) -> dict[str, TemplateState]:
    return {row.name: row.state for row in templates.list_all(clinic.bo)}


def draft(clinic: Clinic, name: str, *wordings: str) -> None:
    items = tuple(ShortText(id=f"q{number}", wording=wording) for number, wording in enumerate(wordings))
    templates.create(clinic.bo, name, Form(items=items))


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_list_says_kind_state_and_who(store: Store, clinic: Clinic, size: tuple[int, int]) -> None:
    draft(clinic, "Halvfärdig")
    async with at_screen(store, clinic.bo, TemplateListScreen, size=size) as bo:
        screen = await bo.sees("Administration › Ärende › Mallar", "Halvfärdig", "Utkast", "Publicerad")
        assert "(Information)" in screen
        assert "(Fråga)" in screen
        assert "Bo Bengtsson" in screen or "Bo Bengts…" in screen
        assert "Ekens mall" not in screen
        assert fits(screen, *size)


async def test_the_list_narrows_by_typing_and_escape_shows_it_whole(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await bo.sees("Ordination", "Meddelande")
        await bo.press("slash")
        await bo.type("fråga ORD")
        await bo.sees("Ordination", gone="Meddelande")
        await bo.press("enter", "escape")
        await bo.sees("Ordination", "Meddelande")
        await bo.press("slash")
        await bo.type("finns inte")
        await bo.sees("Ingen mall stämmer")


async def test_a_copy_asks_for_a_name_that_is_not_taken(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await bo.sees("Ordination")
        await bo.press("down", "c")
        await bo.sees("Kopiera Ordination", "Ordination (kopia)")
        await bo.press(*["backspace"] * len(" (kopia)"), "enter")
        await bo.sees("✗ En annan mall heter så")
        await bo.type(" för barn")
        await bo.press("enter")
        await bo.sees("Ordination för barn är skapad")
    assert states(clinic)["Ordination för barn"] is TemplateState.DRAFT


async def test_publishing_takes_one_key(store: Store, clinic: Clinic) -> None:
    draft(clinic, "A", "Vad heter du?")
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await bo.sees("Utkast")
        await bo.press("p")
        await bo.sees("A är publicerad", gone="Utkast")
        await bo.press("p")
        await bo.sees("A är redan publicerad")
    assert states(clinic)["A"] is TemplateState.PUBLISHED


async def test_publishing_with_gaps_opens_the_builder_on_the_first(store: Store, clinic: Clinic) -> None:
    draft(clinic, "A", "Vad heter du?", "", "")
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await bo.sees("Utkast")
        await bo.press("p")
        await bo.sees("2 saker att rätta", "› 2 a")
        await bo.type("Var bor du?")
        await bo.sees("2 a Var bor du?")
        assert states(clinic)["A"] is TemplateState.DRAFT


async def test_retiring_asks_by_name_and_the_safe_answer_keeps(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await bo.sees("Meddelande")
        await bo.press("r")
        await bo.sees("Ta Meddelande om provsvar ur bruk")
        await bo.press("enter")
        await bo.sees("Ordination", gone="Ta Meddelande")
        assert states(clinic)["Meddelande om provsvar"] is TemplateState.PUBLISHED
        await bo.press("r", "2")
        await bo.sees("är ur bruk")
        await bo.press("end", "r")
        await bo.sees("är redan ur bruk")
    assert states(clinic)["Meddelande om provsvar"] is TemplateState.RETIRED


async def test_someone_else_changed_it_first(store: Store, clinic: Clinic) -> None:
    draft(clinic, "A", "Vad heter du?")
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await bo.sees("Utkast")
        row = next(row for row in templates.list_all(clinic.bo) if row.name == "A")
        opened = templates.get(clinic.bo, row.id)
        templates.save(clinic.bo, opened.model_copy(update={"name": "Ä"}))
        await bo.press("p")
        await bo.sees("Ä har ändrats av Bo Bengtsson")
        await bo.press("f5")
        await bo.sees("läst på nytt", "Ä")


async def test_a_hostile_name_is_shown_and_asked_about_harmless(store: Store, clinic: Clinic) -> None:
    draft(clinic, HOSTILE, "Vad?")
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        for keys in ((), ("home", "c"), ("escape", "r"), ("escape", "p"), ("enter",)):
            await bo.press(*keys)
            screen = await bo.sees("[/b]")
            assert not set(screen) & {"\x1b", "\u202e"}

"""Versions, what differs, history and copies to other clinics, by keys alone."""

from __future__ import annotations

import pytest

from data import template_versions, templates
from data.domain.forms import Form, Text
from data.domain.roles import Role, StaffActor
from data.store import models
from data.store.store import Store
from data.templates import Template, TemplateState
from tests.conftest import QUESTION, Clinic, FrozenClock
from tests.tui.drivers import fits
from tests.tui.one_screen import Someone, at_screen
from tui.screens.admin.template_list import TemplateListScreen
from tui.screens.case import CaseScreen

HOSTILE = "[/b] \x1b[2J \u202eevil"


def with_text(wording: str) -> Form:
    return QUESTION.model_copy(update={"items": (*QUESTION.items, Text(id="mer", wording=wording))})


def ordination(clinic: Clinic) -> Template:
    row = next(row for row in templates.list_all(clinic.bo) if row.name == "Ordination")
    return templates.get(clinic.bo, row.id)


def saved_with(clinic: Clinic, wording: str) -> Template:
    """Ordination with one more text, not published."""
    template = ordination(clinic)
    return templates.save(clinic.bo, template.model_copy(update={"form": with_text(wording)}))


def published_with(clinic: Clinic, wording: str) -> Template:
    """Ordination with one more text, published."""
    saved = saved_with(clinic, wording)
    return templates.publish(clinic.bo, saved.id, saved.version)


def also_at_eken(clinic: Clinic) -> StaffActor:
    """Bo, who administers the other clinic too, as he works there."""
    eken = clinic.dag.clinic_id
    models.StaffRole.create(staff=clinic.bo.staff_id, clinic=eken, role=Role.ADMINISTRATOR)
    return clinic.bo.model_copy(update={"clinic_id": eken})


async def opens_versions(bo: Someone) -> None:
    """From the list of templates, where Ordination is the second."""
    await bo.sees("Ordination", "Meddelande")
    await bo.press("down", "v")
    await bo.sees("Ordination › Versioner")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_versions_with_when_who_and_cases(
    store: Store, clinic: Clinic, clock: FrozenClock, size: tuple[int, int]
) -> None:
    clinic.ask()
    clock.move(days=3)
    published_with(clinic, "Mer att läsa")
    async with at_screen(store, clinic.bo, TemplateListScreen, size=size) as bo:
        await opens_versions(bo)
        screen = await bo.sees("2026-03-05 09:00", "2026-03-02 09:00", "Bo Bengtsson")
        first, second = (line for line in screen.splitlines() if "2026-03-0" in line)
        assert first.split()[:3] == ["›", "2", "Ordination"]
        assert first.split()[-2:] == ["0", "Ja"]
        assert second.split()[-1] == "1"
        assert fits(screen, *size)


async def test_a_version_as_the_patient_sees_it(store: Store, clinic: Clinic) -> None:
    published_with(clinic, "Mer att läsa")
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await opens_versions(bo)
        await bo.press("enter")
        await bo.sees("Så här ser invånaren det", "Versioner › 2", "Läs och bekräfta")
        await bo.press("escape", "down", "enter")
        await bo.sees("Versioner › 1", "Läs och bekräfta", gone="Mer att läsa")


async def test_a_template_without_versions_says_so(store: Store, clinic: Clinic) -> None:
    templates.create(clinic.bo, "A", QUESTION)
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await bo.sees("Utkast")
        await bo.press("v")
        await bo.sees("Inte publicerad än")
        await bo.press("n")
        await bo.sees("Mallen har inga versioner än")


async def test_what_differs_from_the_version_before(store: Store, clinic: Clinic) -> None:
    published_with(clinic, "Mer att läsa")
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await opens_versions(bo)
        await bo.press("d")
        await bo.sees("Vad skiljer mellan version 2 och", "1 version 1", "2 Arbetskopian")
        await bo.press("1")
        await bo.sees("Från version 1 till version 2", "+ Text ”Mer att läsa”")
        await bo.press("escape", "d", "2")
        await bo.sees("Från version 2 till arbetskopian", "Inget skiljer")


async def test_the_first_version_is_compared_with_the_working_copy_at_once(
    store: Store, clinic: Clinic
) -> None:
    saved_with(clinic, "Mer att läsa")
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await opens_versions(bo)
        await bo.press("d")
        await bo.sees("Från version 1 till arbetskopian", "+ Text ”Mer att läsa”")


async def test_two_chosen_versions_are_compared(store: Store, clinic: Clinic) -> None:
    for wording in ("Ett", "Två", "Tre"):
        published_with(clinic, wording)
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await opens_versions(bo)
        await bo.press("space")
        await bo.sees("✓")
        await bo.press("down", "down", "d")
        await bo.sees("1 version 1", "2 version 4", "3 Arbetskopian")
        await bo.press("2")
        await bo.sees("Från version 2 till version 4", "Text: Ett → Tre")
        await bo.press("escape", "home", "space")
        await bo.sees("Versioner", gone="✓")


async def test_a_new_version_from_an_old_one(store: Store, clinic: Clinic) -> None:
    template = published_with(clinic, "Mer att läsa")
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await opens_versions(bo)
        await bo.press("down", "n")
        await bo.sees("Ordination är åter som i version 1: publicera den")
        await bo.press("escape", "p")
        await bo.sees("Ordination är publicerad")
        await bo.press("v")
        await bo.sees("3 Ordination")
    assert template_versions.get(clinic.bo, template.id, 3).form == QUESTION


async def test_changes_that_are_not_published_are_not_replaced_unasked(store: Store, clinic: Clinic) -> None:
    saved = saved_with(clinic, "Viktigt")
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await opens_versions(bo)
        await bo.press("n")
        await bo.sees("Ersätta arbetskopian?", "Behåll arbetskopian")
        await bo.press("enter")
        await bo.sees("Versioner", gone="Ersätta")
        assert templates.get(clinic.bo, saved.id) == saved
        await bo.press("n", "2")
        await bo.sees("åter som i version 1")
    assert templates.get(clinic.bo, saved.id).state is TemplateState.PUBLISHED


async def test_the_history_says_who_did_what(store: Store, clinic: Clinic, clock: FrozenClock) -> None:
    clock.move(days=1)
    published_with(clinic, "Mer att läsa")
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await opens_versions(bo)
        await bo.press("h")
        screen = await bo.sees("Versioner › Historik", "Publicerad som version 2", "Skapad")
        assert fits(screen, 80, 24)
        await bo.press("down", "enter")
        await bo.sees(
            "Ändrad", "Tid: 2026-03-03 09:00:00", "Person: Bo Bengtsson", "Lade till ”Mer att läsa”"
        )


async def test_a_copy_to_another_clinic_asks_until_the_name_is_free(store: Store, clinic: Clinic) -> None:
    at_eken = also_at_eken(clinic)
    templates.create(clinic.dag, "Ordination", QUESTION)
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await bo.sees("Ordination")
        await bo.press("down", "o")
        await bo.sees("Kopiera Ordination till Vårdcentralen Eken")
        await bo.press("enter")
        await bo.sees("✗ En annan mall heter så")
        await bo.type(" från Björken")
        await bo.press("enter")
        await bo.sees("Ordination från Björken är skapad på Vårdcentralen Eken")
    names = [row.name for row in templates.list_all(at_eken)]
    assert "Ordination från Björken" in names


async def test_one_chooses_among_several_clinics_and_may_give_up(store: Store, clinic: Clinic) -> None:
    also_at_eken(clinic)
    third = models.Clinic.create(name="Vårdcentralen Alen")
    models.StaffRole.create(staff=clinic.bo.staff_id, clinic=third, role=Role.ADMINISTRATOR)
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await bo.sees("Ordination")
        await bo.press("o")
        await bo.sees("1 Vårdcentralen Alen", "2 Vårdcentralen Eken")
        await bo.press("1")
        await bo.sees("till Vårdcentralen Alen")
        await bo.press("escape", "o", "escape")
        await bo.sees("Ordination", gone="Vårdcentralen Alen")
    assert models.Template.select().where(models.Template.clinic == third).count() == 0


async def test_who_administers_one_clinic_is_not_offered_to_copy(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await bo.sees("Ordination")
        await bo.press("f1")
        await bo.sees("Versioner", gone="Till mottagning")


async def test_hostile_words_are_shown_harmless(store: Store, clinic: Clinic) -> None:
    template = ordination(clinic)
    renamed = template.model_copy(update={"name": HOSTILE, "form": with_text(HOSTILE)})
    saved = templates.save(clinic.bo, renamed)
    templates.publish(clinic.bo, saved.id, saved.version)
    async with at_screen(store, clinic.bo, TemplateListScreen) as bo:
        await bo.sees("[/b]")
        for keys in (("home", "v"), ("enter",), ("escape", "d", "1"), ("escape", "h"), ("enter",)):
            await bo.press(*keys)
            screen = await bo.sees("[/b]")
            assert not set(screen) & {"\x1b", "\u202e"}


async def test_a_case_says_which_version_it_was_sent_with(store: Store, clinic: Clinic) -> None:
    sent = clinic.ask()
    published_with(clinic, "Mer att läsa")
    async with at_screen(store, clinic.anna, lambda: CaseScreen(sent.id)) as anna:
        await anna.sees("Ordination, version 1", gone="Mer att läsa")

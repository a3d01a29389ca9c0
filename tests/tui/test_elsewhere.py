"""What another terminal does meanwhile: to the same draft, to the template, or by holding the database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data import cases, drafts, templates
from data.domain.roles import Role, StaffActor
from data.drafts import Draft
from data.store import models
from data.store.database import current, open_store
from data.store.store import Store
from tests.tui.conftest import AtTerminal
from tests.tui.drivers import PilotTerminal
from tests.tui.stories import TOLVAN, Person


def actor_of(person: Person) -> StaffActor:
    assert isinstance(person.terminal, PilotTerminal)
    actor = getattr(person.terminal.app, "actor")  # noqa: B009 - the app under test is a Desk
    assert isinstance(actor, StaffActor)
    return actor


def draft_of(person: Person) -> Draft:
    (draft,) = drafts.list_mine(actor_of(person))
    return draft


def box_of(person: Person) -> str:
    """The white box that the person writes in."""
    template = draft_of(person).template
    assert template is not None
    return template.form.white_boxes[0].id


def sent_to_tolvan() -> list[str]:
    rows = models.Case.select().join(models.Patient).where(models.Patient.number == TOLVAN)
    return [row.written for row in rows.order_by(models.Case.id)]


async def writes(person: Person, text: str) -> None:
    await person.signs_in_as("1", "Mina ärenden")
    await person.fetches(TOLVAN)
    await person.picks("Ordination")
    await person.type(text)
    await person.sees(text)
    await kept(person, text)


async def kept(person: Person, text: str) -> None:
    """Wait until what was typed is stored by itself."""
    for _glance in range(500):
        if draft_of(person).written.get(box_of(person)) == text:
            return
        await person.terminal.glance()
    raise AssertionError(f"not kept: {text}")


def stores_elsewhere(person: Person, text: str) -> None:
    draft = draft_of(person)
    drafts.save(actor_of(person), draft.model_copy(update={"written": {box_of(person): text}}))


@pytest.mark.both
async def test_a_draft_changed_elsewhere_is_told_while_typing_and_asked_about_at_sending(
    at_terminal: AtTerminal,
) -> None:
    async with at_terminal() as anna:
        await writes(anna, "Alvedon")
        before = len(sent_to_tolvan())
        stores_elsewhere(anna, "Ipren")
        await anna.type(" 2 tabletter")
        await anna.sees("Alvedon 2 tabletter", "ändrades i en annan", gone="En annan terminal")

        await anna.press("ctrl+s")
        await anna.sees("En annan terminal", "Stanna här")
        await anna.press("escape")
        await anna.sees("Alvedon 2 tabletter", gone="Stanna här")
        assert len(sent_to_tolvan()) == before
        assert draft_of(anna).written[box_of(anna)] == "Ipren"

        await anna.press("ctrl+s")
        await anna.sees("Behåll det som står här")
        await anna.press("2")
        await anna.sees("Alvedon 2 tabletter", gone="Stanna här")
        await anna.press("ctrl+s")
        await anna.sees("sparat och skickat")
        assert "Alvedon 2 tabletter" in sent_to_tolvan()[-1]


@pytest.mark.both
async def test_taking_what_was_stored_elsewhere_keeps_the_screen_whole(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await writes(anna, "Alvedon")
        stores_elsewhere(anna, "Ipren")
        await anna.type("!")
        await anna.press("ctrl+s")
        await anna.sees("Hämta det som sparades där")
        await anna.press("3")
        await anna.sees("Ipren", "Omvänt · Vårdcentralen Demo", "Mall › Fyll i", gone="Alvedon")
        await anna.sees("Ctrl+S Skicka")
        await anna.type(" 400 mg")
        await anna.sees("400 mg")


@pytest.mark.both
async def test_a_draft_sent_elsewhere_is_not_sent_again_unasked(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await writes(anna, "Alvedon")
        draft = draft_of(anna)
        cases.send(actor_of(anna), draft, draft.key)
        before = len(sent_to_tolvan())
        await anna.type(" 500")
        await anna.press("ctrl+s")
        await anna.sees("Stanna här", "ett ärende till")
        await anna.press("escape")
        await anna.sees("Alvedon 500", gone="Stanna här")
        assert len(sent_to_tolvan()) == before


@pytest.mark.both
async def test_a_template_published_anew_is_told_and_costs_no_text(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await writes(anna, "Alvedon")
        publish_anew("Ordination")
        await anna.press("ctrl+s")
        await anna.sees("Mallen har en ny version", "Ordination har publicerats på nytt", "Ändrade titel")
        await anna.press("enter")
        await anna.sees("har ändrats", "Alvedon", gone="Mallen har en ny version")
        await anna.press("ctrl+s", "2")
        await anna.sees("Fyll i", "Alvedon", "ny text i mallen", gone="Mallen har en ny version")
        await anna.press("ctrl+s")
        await anna.sees("sparat och skickat")


async def test_another_template_can_be_chosen_instead_of_the_new_version(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await writes(anna, "Alvedon")
        publish_anew("Ordination")
        await anna.press("ctrl+s")
        await anna.sees("3 Välj en annan mall")
        await anna.press("3")
        await anna.sees("› Mall", "Ordination", gone="Fyll i")
        assert draft_of(anna).written[box_of(anna)] == "Alvedon"


async def test_an_unfinished_case_tells_at_once_of_a_new_version(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await writes(anna, "Alvedon")
        await anna.press("f2")
        await anna.sees("Mina ärenden", gone="Fyll i")
        publish_anew("Ordination")
        await anna.fetches(TOLVAN)
        await anna.sees("Mallen har en ny version")
        await anna.press("2")
        await anna.sees("Fyll i", "Alvedon", "ny text i mallen", gone="Mallen har en ny version")
        await anna.press("f2")
        await anna.sees("Mina ärenden", gone="Fyll i")
        retire("Ordination")
        await anna.fetches(TOLVAN)
        await anna.sees("Fyll i", "Alvedon", "✗ Mallen är ur bruk")


async def test_the_receipt_waits_where_the_case_was_sent(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await writes(anna, "Alvedon")
        with current().writing():
            await anna.press("ctrl+s", "f3")
            await anna.sees("Fördelade ärenden")
        await anna.press("f2")
        await anna.sees("Mina ärenden › Skicka nytt ärende › Skickat", "sparat och skickat")


async def test_leaving_while_the_database_is_held_asks_about_what_is_not_stored(
    at_terminal: AtTerminal, impatient: Callable[[], Store]
) -> None:
    async with at_terminal(opening=impatient) as anna:
        await writes(anna, "Alvedon")
        with current().writing():
            await anna.type(" 500 mg")
            await anna.press("ctrl+q")
            await anna.sees("Inte sparat", "› 1  Stanna")
            await anna.press("enter")
            await anna.sees("Alvedon 500 mg", gone="Inte sparat")
        await anna.press("ctrl+s")
        await anna.sees("sparat och skickat")


@pytest.fixture
def impatient(demo_file: Path) -> Callable[[], Store]:
    """Opens the database so that a held one is told of after a third of a second, not ten."""

    def opening() -> Store:
        store = open_store(demo_file)
        store.database.execute_sql("PRAGMA busy_timeout = 300")
        return store

    return opening


def administrator() -> StaffActor:
    row = models.StaffRole.get(models.StaffRole.role == Role.ADMINISTRATOR)
    return StaffActor(
        staff_id=row.staff_id,
        username=row.staff.username,
        name=row.staff.name,
        title="",
        clinic_id=row.clinic_id,
        clinic_name="",
        roles=frozenset({Role.ADMINISTRATOR}),
        signed_in_at=current().clock(),
    )


def template_called(name: str) -> templates.Template:
    return templates.get(administrator(), models.Template.get(models.Template.name == name).id)


def publish_anew(name: str) -> None:
    template = template_called(name)
    form = template.form.model_copy(update={"patient_instruction": "ny text i mallen"})
    saved = templates.save(administrator(), template.model_copy(update={"form": form}))
    templates.publish(administrator(), saved.id, saved.version)


def retire(name: str) -> None:
    template = template_called(name)
    templates.retire(administrator(), template.id, template.version)

"""A patient fills in the same message at two terminals: neither loses what was typed at the other."""

from __future__ import annotations

import pytest

from data import cases, inbox
from data.store.store import Store
from tests.conftest import Clinic
from tests.tui.stories import Person
from tests.tui.test_patient import in_message


def kept(clinic: Clinic, sent_id: int) -> object:
    return inbox.open_letter(clinic.as_patient(), sent_id).typed.get("ovrigt")


async def typed_elsewhere(tolvan: Person, clinic: Clinic, sent_id: int) -> None:
    """Something is filled in here, and then more at the other terminal."""
    await tolvan.sees("Jag har förstått")
    inbox.save_typed(clinic.as_patient(), sent_id, {"ovrigt": "från telefonen"})
    await tolvan.press("space")
    await tolvan.sees("Du fortsatte med de här svaren vid en annan terminal")
    assert kept(clinic, sent_id) == "från telefonen"


async def test_leaving_asks_which_answers_to_keep(store: Store, clinic: Clinic) -> None:
    sent = clinic.ask()
    async with in_message(store, clinic, sent.id) as tolvan:
        await typed_elsewhere(tolvan, clinic, sent.id)
        await tolvan.press("escape")
        await tolvan.sees("En annan terminal", "Stanna här", "Behåll svaren som står här")
        await tolvan.press("enter")
        await tolvan.sees("[x] Jag har förstått", gone="Stanna här")
        assert kept(clinic, sent.id) == "från telefonen"

        await tolvan.press("escape")
        await tolvan.sees("Hämta svaren därifrån")
        await tolvan.press("3")
        await tolvan.sees("från telefonen", "[ ] Jag har förstått", gone="Stanna här")
        await tolvan.press("space", "escape")
        await tolvan.sees(gone="Jag har förstått")
    typed = inbox.open_letter(clinic.as_patient(), sent.id).typed
    assert (typed["ok"], typed["ovrigt"]) == (True, "från telefonen")


@pytest.mark.parametrize("choice", ["2", "3"])
async def test_sending_asks_which_answers_to_send(store: Store, clinic: Clinic, choice: str) -> None:
    sent = clinic.ask()
    async with in_message(store, clinic, sent.id) as tolvan:
        await typed_elsewhere(tolvan, clinic, sent.id)
        await tolvan.press("ctrl+s")
        await tolvan.sees("En annan terminal", gone="Skicka svaren")
        await tolvan.press(choice)
        if choice == "3":
            await tolvan.sees("från telefonen", gone="Stanna här")
            await tolvan.press("space", "ctrl+s")
        await tolvan.sees("[›Skicka svaren‹]")
        await tolvan.press("enter")
        await tolvan.sees("Tack!")
    answers = cases.open_case(clinic.anna, sent.id).answers
    assert answers is not None
    assert answers.get("ovrigt") == ("från telefonen" if choice == "3" else None)

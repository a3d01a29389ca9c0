"""Closing a case at the terminal: in the case, in the list, and for the patient."""

from __future__ import annotations

import pytest

from data import cases, closing, inbox
from data.case_rows import CaseFilter, CaseState
from data.store import models
from data.store.store import Store
from tests.conftest import ANSWERS, Clinic
from tests.tui.drivers import fits
from tests.tui.one_screen import Someone, at_screen
from tui import i18n
from tui.screens.case import CaseScreen
from tui.screens.case_list import MineScreen, read_filter
from tui.screens.patient.inbox import InboxScreen
from tui.screens.patient.message import MessageScreen


def is_closed(case_id: int) -> bool:
    return models.Case.get_by_id(case_id).closed_at is not None


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_x_closes_the_case_and_opens_it_again(
    store: Store, clinic: Clinic, size: tuple[int, int]
) -> None:
    sent = clinic.ask()
    async with at_screen(store, clinic.anna, lambda: CaseScreen(sent.id), size=size) as anna:
        await anna.sees("Inte besvarat än", "x Avsluta/öppna")
        await anna.press("x")
        told = f"{sent.reference} är avslutat. x öppnar det igen."
        screen = await anna.sees(told, "Avslutat A 2026-03-02 09:00 av Anna Andersson", "Avslutat utan svar")
        assert fits(screen, *size)
        assert is_closed(sent.id)
        await anna.press("x")
        await anna.sees(f"{sent.reference} är öppet igen", "Inte besvarat än", gone="Avslutat A")
        assert not is_closed(sent.id)


async def test_of_two_colleagues_at_once_the_second_is_told_and_sees(store: Store, clinic: Clinic) -> None:
    sent = clinic.ask()
    async with at_screen(store, clinic.anna, lambda: CaseScreen(sent.id)) as anna:
        await anna.sees("Inte besvarat än")
        closing.close(clinic.cilla, sent.id, 1)
        await anna.press("x")
        await anna.sees("Cilla Ceder har redan avslutat ärendet", "Avslutat A", "av Cilla Ceder")
    assert is_closed(sent.id)


async def test_an_answer_that_came_meanwhile_is_shown_and_not_closed(store: Store, clinic: Clinic) -> None:
    sent = clinic.ask()
    async with at_screen(store, clinic.anna, lambda: CaseScreen(sent.id)) as anna:
        await anna.sees("Inte besvarat än")
        inbox.answer(clinic.as_patient(), sent.id, ANSWERS)
        await anna.press("x")
        await anna.sees("Ärendet har ändrats under tiden", "Svarad S", "Nej tack")
    assert not is_closed(sent.id)


async def test_the_list_marks_what_is_closed_and_filters_it(store: Store, clinic: Clinic) -> None:
    closed = clinic.answered()
    closing.close(clinic.anna, closed.id, 2)
    seen = clinic.answered()
    cases.open_case(clinic.anna, seen.id)
    clinic.send()
    async with at_screen(store, clinic.anna, MineScreen) as anna:
        screen = await anna.sees("L S A●", "L S")
        assert fits(screen, 80, 24)
        await anna.press("slash")
        await anna.type("A")
        await anna.sees("L S A●", gone="Meddelande om provsvar")
        await anna.press("escape", "slash")
        await anna.type("öppen")
        await anna.sees("Meddelande om pro", gone="L S A●")


@pytest.mark.parametrize(
    ("language", "typed", "state"),
    [
        ("sv", "A", CaseState.CLOSED),
        ("sv", "avslutad", CaseState.CLOSED),
        ("sv", "öppen", CaseState.OPEN),
        ("en", "closed", CaseState.CLOSED),
        ("en", "open", CaseState.OPEN),
    ],
)
def test_words_for_closed_and_open(language: str, typed: str, state: CaseState) -> None:
    i18n.install(language)
    assert read_filter(typed) == CaseFilter(state=state)
    assert read_filter("a") == CaseFilter(words=("a",))


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_the_filters_hint_fits(store: Store, clinic: Clinic, language: str) -> None:
    i18n.install(language)
    async with at_screen(store, clinic.anna, MineScreen) as anna:
        await anna.press("slash")
        await anna.sees({"sv": "A avslutad, öppen, ny", "en": "A closed, open, new"}[language])


class TestThePatient:
    async def test_sees_in_the_list_that_it_can_not_be_answered(self, store: Store, clinic: Clinic) -> None:
        information, answered, asked = clinic.send(), clinic.answered(), clinic.ask()
        for sent in (information, answered, asked):
            closing.close(clinic.anna, sent.id, models.Case.get_by_id(sent.id).version)
        async with at_screen(store, clinic.as_patient(), InboxScreen) as tolvan:
            screen = await tolvan.sees("(Fråga) avslutad", "(Information)")
            assert screen.count("avslutad") == 1

    async def test_reads_information_that_is_closed_as_before(self, store: Store, clinic: Clinic) -> None:
        sent = clinic.send()
        closing.close(clinic.anna, sent.id, 1)
        async with at_screen(store, clinic.as_patient(), lambda: MessageScreen(sent.id)) as tolvan:
            await tolvan.sees("Dina provsvar är normala", "det räcker att läsa", gone="avslutade")

    async def test_cannot_answer_what_is_closed_and_sees_what_was_begun(
        self, store: Store, clinic: Clinic
    ) -> None:
        sent = clinic.ask()
        inbox.save_typed(clinic.as_patient(), sent.id, {"ovrigt": "Halvvägs"})
        closing.close(clinic.anna, sent.id, 1)
        async with at_screen(store, clinic.as_patient(), lambda: MessageScreen(sent.id)) as tolvan:
            await tolvan.sees("du kan läsa men inte svara", "Halvvägs")
            await tolvan.press("ctrl+s")
            await tolvan.sees("Mottagningen har avslutat ärendet: det går inte att svara")

    async def test_is_told_when_it_is_closed_amid_the_answer(self, store: Store, clinic: Clinic) -> None:
        sent = clinic.ask()
        async with at_screen(store, clinic.as_patient(), lambda: MessageScreen(sent.id)) as tolvan:
            await tolvan.sees("Jag har förstått")
            await tolvan.press("space")
            await submits(tolvan)
            closing.close(clinic.anna, sent.id, 1)
            await tolvan.press("ctrl+s")
            await tolvan.sees("det går inte att svara. Det du har skrivit finns kvar")
        assert inbox.open_letter(clinic.as_patient(), sent.id).typed["ok"] is True


async def submits(tolvan: Someone) -> None:
    """Come to the last look before sending."""
    await tolvan.press("ctrl+s")
    await tolvan.sees("Granska dina svar")

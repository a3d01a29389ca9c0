"""Mina ärenden and Fördelade ärenden."""

from __future__ import annotations

import pytest

from data.case_rows import CaseFilter, CaseState
from tests.tui.conftest import AtTerminal
from tui.screens.case_list import read_filter


@pytest.mark.parametrize(
    ("typed", "words", "state"),
    [
        ("", (), None),
        ("tolvan prov", ("tolvan", "prov"), None),
        ("S", (), CaseState.ANSWERED),
        ("L kallelse", ("kallelse",), CaseState.READ),
        ("s", ("s",), None),
        ("ny", (), CaseState.UNSEEN),
        ("oläst åberg", ("åberg",), CaseState.SENT),
        ("svarad läst", ("läst",), CaseState.ANSWERED),
    ],
)
def test_words_and_states_are_told_apart(typed: str, words: tuple[str, ...], state: CaseState | None) -> None:
    assert read_filter(typed) == CaseFilter(words=words, state=state)


async def test_a_care_provider_sees_own_cases_and_the_clinics(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.sees("Ivar Eriksson", "8 nya svar", gone="Cilla")
        await anna.press("f3")
        await anna.sees("Fördelade ärenden", "Elsa Larsson", "Cilla", "Anna")
        await anna.press("f2")
        await anna.sees("Mina ärenden", gone="Elsa Larsson")


async def test_protected_identity_is_marked_in_the_list(at_terminal: AtTerminal) -> None:
    async with at_terminal(size=(120, 40)) as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.press("f3")
        await anna.sees("◆ Karin Bergström")


async def test_the_filter_narrows_and_esc_clears(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.press("slash")
        await anna.type("ÅBERG")
        await anna.sees("Gustav Åberg", gone="Ivar Eriksson")
        await anna.type(" finns inte")
        await anna.sees("Inget ärende stämmer")
        await anna.press("escape")
        await anna.sees("Ivar Eriksson", "Gustav Åberg")


async def test_enter_goes_from_the_filter_to_the_case_and_back(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.press("slash")
        await anna.type("åberg")
        await anna.sees("Gustav Åberg", gone="Ivar Eriksson")
        await anna.press("enter", "enter")
        await anna.sees("Mina ärenden › Ärende", "Gustav Åberg", "Skickat")
        await anna.press("escape")
        await anna.sees("Gustav Åberg", gone="Ivar Eriksson")


async def test_opening_an_answer_takes_it_from_the_count(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.sees("8 nya svar", "L S ●")
        await anna.press("enter")
        await anna.sees("Svarad S")
        await anna.press("escape")
        await anna.sees("7 nya svar")


async def test_a_code_for_the_patient_is_shown_once(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.press("enter")
        await anna.sees("Svarad S")
        await anna.press("c")
        await anna.sees("Inloggningskod", "Ivar Eriksson", "personligen")
        await anna.press("enter")
        await anna.sees("Svarad S", gone="personligen")


async def test_letters_act_in_the_list_and_are_text_in_the_filter(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.press("slash")
        await anna.type("nnn")
        await anna.sees("Inget ärende stämmer", gone="Hämta")
        await anna.press("escape", "j", "n")
        await anna.sees("Invånarens personnummer")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_help_lists_every_key_and_performs(at_terminal: AtTerminal, size: tuple[int, int]) -> None:
    async with at_terminal(size=size) as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.press("question_mark")
        await anna.sees("Hjälp: Mina ärenden", "Nytt ärende")
        await anna.type("fördelade")
        await anna.sees("Fördelade ärenden", gone="Nytt ärende")
        await anna.press("enter")
        await anna.sees("Fördelade ärenden", "Avsändare")

"""A care provider sends a case: Hämta, Mall, Fyll i, Skickat."""

from __future__ import annotations

import pytest

from tests.tui.conftest import AtTerminal
from tests.tui.drivers import PilotTerminal
from tests.tui.stories import TOLVAN
from tui.widgets.menu import PlainList


@pytest.mark.both
async def test_sending_an_ordination_takes_few_keys(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        anna.terminal.strokes = 0

        await anna.fetches(TOLVAN)
        await anna.picks("Ordination")
        await anna.writes_and_sends("Alvedon 500 mg")

        # n, Enter, Enter, Ctrl+S: the number, the template's name and the text are typed besides.
        assert anna.terminal.strokes == 4
        await anna.sees(
            "Tolvan Tolvansson", "19121212-1212", "Ärendenummer", "Mina ärenden (F2)", "Fördelade"
        )
        await anna.press("3")
        await anna.sees("Mina ärenden", "Tolvan Tolvansson", gone="Skickat ›")


async def test_the_latest_used_template_stands_first(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.fetches(TOLVAN)
        await anna.picks("Ordination")
        await anna.writes_and_sends("Alvedon 500 mg")
        await anna.press("1")
        await anna.sees("Invånarens personnummer")
        await anna.type(TOLVAN)
        await anna.press("enter")
        screen = await anna.sees("› Ordination")
        rows = [line.strip(" ›") for line in screen.splitlines() if "(Fråga)" in line]
        assert rows[0].startswith("Ordination")
        assert any(row < rows[0] for row in rows), "by the alphabet another one would stand first"


async def test_the_arrow_up_at_the_first_template_comes_to_rest(
    at_terminal: AtTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list tells that it was left at its top; the screen must not send the key there again."""
    moves = []
    move = PlainList.action_cursor_up
    monkeypatch.setattr(PlainList, "action_cursor_up", lambda shown: (moves.append(shown), move(shown)))
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.fetches(TOLVAN)
        await anna.sees("Skicka nytt ärende › Mall")
        await anna.press("up")
        assert isinstance(anna.terminal, PilotTerminal)
        for _hop in range(5):
            await anna.terminal.pilot.pause()
        assert len(moves) == 1


async def test_a_wrong_number_is_told_while_it_is_typed(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.press("n")
        await anna.sees("Invånarens personnummer")
        await anna.type("191212121213")
        await anna.sees("✗")
        await anna.press("enter")
        await anna.sees("Hämta", "✗")
        await anna.press("backspace")
        await anna.type("2")
        await anna.sees("Hämta", gone="✗")


async def test_ten_digits_show_the_guessed_century(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.press("n")
        await anna.sees("Invånarens personnummer")
        await anna.type("8808202389")
        await anna.sees("19880820-2389", "århundradet")


async def test_a_patient_who_cannot_be_reached_stops_the_sending(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.fetches("194410119046")
        await anna.sees("Maria Johansson", "kan inte nås digitalt")
        await anna.press("enter", "enter")
        await anna.sees("Maria Johansson", gone="› Mall")


async def test_an_unknown_patient_is_registered_on_the_way(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.fetches("201807182397")
        await anna.sees("Ingen invånare har numret 20180718-2397")
        await anna.press("f7")
        await anna.sees("Registrera")
        await anna.type("Nya Nyberg")
        await anna.press("enter")
        await anna.sees("› Mall", "Nya Nyberg")


async def test_what_is_missing_is_named_beside_its_field(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.fetches(TOLVAN)
        await anna.picks("Ordination")
        await anna.press("ctrl+s")
        await anna.sees("✗ Skriv här innan du skickar")
        await anna.type("Alvedon")
        await anna.sees("Alvedon", gone="✗")


async def test_a_double_ctrl_s_sends_once(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.fetches(TOLVAN)
        await anna.picks("Ordination")
        await anna.type("Alvedon 500 mg")
        await anna.terminal.burst("ctrl+s", "ctrl+s", "ctrl+s")
        await anna.sees("sparat och skickat")
        await anna.press("escape")
        screen = await anna.sees("Mina ärenden", gone="Skickat ›")
        assert screen.count("Tolvan Tolvansson") == 1


async def test_going_back_and_forth_loses_nothing(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.fetches(TOLVAN)
        await anna.picks("Ordination")
        await anna.type("Alvedon 500 mg")
        await anna.press("escape")
        await anna.sees("› Mall", gone="Fyll i")
        await anna.press("escape")
        await anna.sees("Påbörjade ärenden", "Tolvan Tolvansson", "Ordination")
        await anna.press("down", "enter")
        await anna.sees("Fyll i", "Alvedon 500 mg")


async def test_another_template_does_not_cost_what_was_written_for_the_first(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.fetches(TOLVAN)
        await anna.picks("Ordination")
        await anna.type("Alvedon 500 mg")
        await anna.press("escape")
        await anna.sees("Mall")
        for _letter in "Ordination":
            await anna.press("backspace")
        await anna.picks("Meddelande om provsvar")
        await anna.press("escape")
        for _letter in "Meddelande om provsvar":
            await anna.press("backspace")
        await anna.picks("Ordination")
        await anna.sees("Alvedon 500 mg")


@pytest.mark.both
async def test_a_draft_survives_another_start(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.fetches(TOLVAN)
        await anna.picks("Ordination")
        await anna.type("Alvedon 500 mg")
        await anna.press("ctrl+q")
        await anna.has_left()
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.fetches(TOLVAN)
        await anna.sees("Fyll i", "Alvedon 500 mg", "påbörjade ärende")


async def test_the_signature_can_be_changed_for_this_message(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.fetches(TOLVAN)
        await anna.picks("Ordination")
        await anna.type("Alvedon")
        await anna.press("f6")
        await anna.type(" på uppdrag av Cilla")
        await anna.press("ctrl+s")
        await anna.sees("sparat och skickat")
        await anna.press("2")
        await anna.press("end")
        await anna.sees("Anna Andersson, sjuksköterska på uppdrag av Cilla")


async def test_an_unfinished_case_is_counted_in_the_header(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.fetches(TOLVAN)
        await anna.sees("› Mall")
        await anna.press("escape", "escape")
        await anna.sees("Mina ärenden", "1 påbörjat", "nya svar")


async def test_f2_goes_to_the_list_and_keeps_the_draft(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.fetches(TOLVAN)
        await anna.picks("Ordination")
        await anna.type("Alvedon 500 mg")
        await anna.press("f2")
        await anna.sees("Ivar Eriksson", gone="Fyll i")
        await anna.fetches(TOLVAN)
        await anna.sees("Fyll i", "Alvedon 500 mg")

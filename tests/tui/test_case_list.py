"""Mina ärenden and Fördelade ärenden."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from data import cases, inbox
from data.case_rows import CaseFilter, CaseState
from data.domain.forms import Form, Text
from data.domain.identity import PersonalIdentityNumber
from data.domain.roles import PatientActor
from data.store import models
from data.store.store import Store
from tests.conftest import ANSWERS, Clinic, publish
from tests.tui.conftest import AtTerminal
from tests.tui.one_screen import at_screen
from tests.tui.stories import TOLVAN, Person
from tui import i18n
from tui.screens.case import CaseScreen
from tui.screens.case_list import AssignedScreen, MineScreen, read_filter


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
        await anna.sees("Ivar Eriksson", "9 nya svar", gone="Cilla")
        await anna.press("f3")
        await anna.sees("Fördelade ärenden", "Elsa Larsson", "Cilla", "Anna")
        await anna.press("f2")
        await anna.sees("Mina ärenden", gone="Elsa Larsson")


async def test_what_waits_for_one_is_gone_with_the_one_who_signs_out(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.sees("9 nya svar")
        await anna.signs_out()
        await anna.sees("Välj med en siffra", gone="nya svar")


async def test_protected_identity_is_marked_in_the_list(at_terminal: AtTerminal) -> None:
    async with at_terminal(size=(120, 40)) as cilla:  # who sent it
        await cilla.signs_in_as("2", "Mina ärenden")
        await cilla.sees("◆ Karin Bergström")
        await cilla.press("f3")
        await cilla.sees("Anna Andersson", "◆ Karin Bergström", gone="visas inte")


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
        await anna.sees("9 nya svar", "L S ●")
        await anna.press("enter")
        await anna.sees("Svarad S")
        await anna.press("escape")
        await anna.sees("8 nya svar")


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


async def sends_to_tolvan(anna: Person) -> None:
    await anna.signs_in_as("1", "Mina ärenden")
    await anna.sees("Ivar Eriksson")
    await anna.fetches(TOLVAN)
    await anna.picks("Ordination")
    await anna.writes_and_sends("En tablett")


def at_cursor(screen: str) -> str:
    """The line of the cursor; empty while there is none, as before a list has read its rows."""
    return next((line for line in screen.splitlines() if line.strip().startswith("›")), "")


async def test_the_cursor_is_on_the_case_that_was_just_sent(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await sends_to_tolvan(anna)
        await anna.press("escape")
        await anna.sees("Ivar Eriksson", "Tolvan Tolvansson")
        while "Tolvan Tolvansson" not in at_cursor(await anna.sees("Ivar Eriksson")):
            await anna.terminal.glance()


@pytest.mark.parametrize(("key", "place"), [("o", "Ärende ›"), ("2", "Ärende ›"), ("f2", "Ivar Eriksson")])
async def test_a_key_leads_on_from_what_was_sent(at_terminal: AtTerminal, key: str, place: str) -> None:
    async with at_terminal() as anna:
        await sends_to_tolvan(anna)
        await anna.sees("o Öppna ärendet", "(F2)", "(F3)", "Gå till Mina ärenden")
        await anna.press(key)
        await anna.sees(place, gone="sparat och skickat")


async def test_an_open_case_shows_by_itself_that_it_is_read(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await sends_to_tolvan(anna)
        await anna.press("o")
        await anna.sees("Inte läst än", "En tablett")
        case = models.Case.select().order_by(models.Case.id.desc()).get()
        number = PersonalIdentityNumber(case.patient.number)
        tolvan = PatientActor(
            patient_id=case.patient.id, number=number, name=case.patient.name, signed_in_at=datetime.now(UTC)
        )
        inbox.open_letter(tolvan, case.id)
        await anna.sees("Läst L", gone="Inte läst än")


async def test_news_leave_what_one_reads_where_it_is(store: Store, clinic: Clinic) -> None:
    long = Form(answerable=False, items=tuple(Text(id=f"t{n}", wording=f"Rad {n:02}") for n in range(40)))
    sent = clinic.send(publish(clinic.bo, "Lång", long))
    async with at_screen(store, clinic.anna, lambda: CaseScreen(sent.id)) as anna:
        await anna.sees("Inte läst än", "Rad 00")
        await anna.press("pagedown")
        before = await anna.sees("Rad 08", gone="Rad 00")
        inbox.open_letter(clinic.as_patient(), sent.id)
        screen = anna.app.screen
        assert isinstance(screen, CaseScreen)
        await screen.news()
        await anna.sees("Rad 08", gone="Rad 00")
        for _hop in range(5):
            await anna.terminal.pilot.pause()
        assert lines(anna.terminal.text()) & lines(before)
        await anna.press("home")
        await anna.sees("Läst L 2026-03-02 09:00 av invånaren", gone="Inte läst än")


def lines(screen: str) -> set[str]:
    return set(re.findall(r"Rad \d+", screen))


async def test_an_answered_case_is_not_read_again_at_news(
    store: Store, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = clinic.answered()
    async with at_screen(store, clinic.anna, lambda: CaseScreen(sent.id)) as anna:
        await anna.sees("Svarad S")
        asked = counted(monkeypatch, cases.open_case)
        screen = anna.app.screen
        assert isinstance(screen, CaseScreen)
        await screen.news()
        await anna.press("f5")
        await anna.sees("Ärendet är läst på nytt")
        assert len(asked) == 1, "only by F5"


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_what_happened_stands_in_columns(store: Store, clinic: Clinic, language: str) -> None:
    i18n.install(language)
    sent = clinic.ask()
    inbox.open_letter(clinic.as_patient(), sent.id)
    inbox.answer(clinic.as_patient(), sent.id, ANSWERS)
    async with at_screen(store, clinic.anna, lambda: CaseScreen(sent.id)) as anna:
        screen = await anna.sees("2026-03-02 09:00")
        moments = [line.index("2026-03-02") for line in screen.splitlines() if "2026-03-02 09:00" in line]
        assert len(moments) == 3
        assert len(set(moments)) == 1


def counted(monkeypatch: pytest.MonkeyPatch, operation: object) -> list[object]:
    """What an operation is asked from now on."""
    asked: list[object] = []
    function: Callable[..., object] = operation.function  # type: ignore[attr-defined]

    def counting(*args: object) -> object:
        asked.append(args)
        return function(*args)

    monkeypatch.setattr(operation, "function", counting)
    return asked


async def test_a_list_is_read_once_a_visit(
    store: Store, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = counted(monkeypatch, cases.list_mine)
    async with at_screen(store, clinic.anna, MineScreen) as anna:
        await anna.sees("Inga ärenden här än")
        await anna.press("down")
        assert len(asked) == 1


async def test_an_empty_list_names_the_key_as_it_is_now(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.anna, MineScreen) as anna:
        await anna.sees("skicka det första med n")
        anna.app.set_keymap({"case.new": "f9"})
        await anna.app.push_screen(MineScreen())
        await anna.sees("skicka det första med F9")


async def test_help_explains_the_signs_of_the_list(store: Store, clinic: Clinic) -> None:
    clinic.send()
    async with at_screen(store, clinic.anna, AssignedScreen) as anna:
        await anna.sees("Tolvan Tolvanss")
        await anna.press("f1")
        await anna.sees("S: invånaren har svarat", "●", "◆ är en invånare med skyddade personuppgifter")


async def test_a_filter_is_one_access_however_many_letters_it_has(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.press("slash")
        await anna.type("gustav åberg")
        await anna.sees("Gustav Åberg", gone="Ivar Eriksson")
        filters = [json.loads(row.details).get("filter") for row in models.AccessLog.select()]
        assert filters.count("gustav åberg") == 1
        assert not [one for one in filters if one and one != "gustav åberg"]

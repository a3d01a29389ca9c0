"""Protected identity at the terminal: nothing is shown before the reason, and a mark stands at every name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data import cases, patients, protected
from data.case_rows import CaseFilter
from data.domain.paging import Edge
from data.store import models
from data.store.store import Store
from tests.conftest import Clinic, FrozenClock
from tests.protecting import WHY, changed, entries
from tests.tui.conftest import AtTerminal
from tests.tui.drivers import fits
from tests.tui.one_screen import at_screen
from tests.tui.stories import Person
from tui import cli
from tui.screens.admin.access_log import AccessLogScreen
from tui.screens.case import CaseScreen
from tui.screens.case_list import AssignedScreen, MineScreen
from tui.screens.patient_data import PatientDataScreen
from tui.screens.send.fetch_patient import FetchScreen

KARIN = "198808202389"


async def never_sees(someone: Person, *texts: str) -> None:
    """It is not on the screen now, nor some moments later."""
    for _glance in range(10):
        screen = someone.terminal.text()
        assert not any(text in screen for text in texts), screen
        await someone.terminal.glance()


async def states_why(someone: Person) -> None:
    """Answer the question that comes before anything is shown."""
    await someone.sees("varför du behöver uppgifterna")
    await someone.type(WHY)
    await someone.press("enter")


# Sending


async def test_the_reason_and_enter_are_all_that_a_protected_patient_costs(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        before = anna.terminal.strokes
        await anna.fetches(KARIN)
        screen = await anna.sees("Skyddade personuppgifter", "varför du behöver uppgifterna", "12 timmar")
        assert fits(screen, 80, 24)
        await never_sees(anna, "Karin", "Bergström", "37 år")
        await anna.type(WHY)
        await anna.press("enter")
        await anna.sees("› Mall", "◆ Karin Bergström", "Skyddade personuppgifter", f"Ditt skäl: {WHY}")
        assert anna.terminal.strokes - before == 3
        await anna.picks("Ordination")
        await anna.sees("◆ Karin Bergström", f"Ditt skäl: {WHY}")
        await anna.writes_and_sends("Alvedon")
        await anna.sees("◆ Karin Bergström")

        await anna.fetches(KARIN)  # the reason still holds
        await anna.sees("› Mall", "◆ Karin Bergström", f"Ditt skäl: {WHY}")


async def test_keys_typed_ahead_reach_the_question(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.press("n")
        await anna.sees("Invånarens personnummer")
        await anna.terminal.burst(*KARIN, "enter", *"Besok", "enter")
        await anna.sees("› Mall", "◆ Karin Bergström", "Ditt skäl: Besok")


async def test_without_a_reason_one_is_back_at_the_number(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.anna, FetchScreen) as anna:
        await anna.sees("Invånarens personnummer")
        await anna.type(KARIN)
        await anna.press("enter")
        await anna.sees("varför du behöver uppgifterna")
        await anna.type("...")
        await anna.press("enter")
        await anna.sees("✗ Skriv med några ord varför")
        await anna.press("escape")
        await anna.sees("Invånarens personnummer", gone="varför du behöver uppgifterna")
        await never_sees(anna, "Åsa", "Örn")
        await anna.press("backspace")
        await anna.type("8")
        await anna.sees("✗")  # the focus is where it was
    assert entries("patient.fetched") == entries("patient.reason_given") == []
    assert len(entries("patient.reason_asked")) == 1


async def test_the_mark_set_while_one_writes_asks_at_sending_and_costs_no_text(
    store: Store, clinic: Clinic
) -> None:
    async with at_screen(store, clinic.anna, FetchScreen) as anna:
        await anna.sees("Invånarens personnummer")
        await anna.type(clinic.tolvan.number.digits)
        await anna.press("enter")
        await anna.picks("Ordination")
        await anna.type("Högst ")
        await anna.sees("Högst 1 tablett")
        changed(clinic, clinic.tolvan, protected=True)
        await anna.press("ctrl+s")
        await anna.sees("varför du behöver uppgifterna")
        await anna.press("escape")
        await anna.sees("Högst 1 tablett", gone="varför du behöver uppgifterna")
        await anna.press("ctrl+s")
        await states_why(anna)
        await anna.sees("sparat och skickat", "◆ Tolvan Tolvansson")
    assert models.Case.select().count() == 1


async def test_an_unfinished_case_asks_again_the_next_day(
    store: Store, clinic: Clinic, clock: FrozenClock
) -> None:
    clinic.draft(patient=clinic.hidden)
    clock.move(hours=13)
    async with at_screen(store, clinic.anna, FetchScreen) as anna:
        await anna.sees("◆ Åsa Örn")
        await anna.press("down", "enter")
        await states_why(anna)
        await anna.sees("Fyll i", "◆ Åsa Örn", f"Ditt skäl: {WHY}")


# Lists and cases


async def test_a_list_says_how_many_it_leaves_out_and_no_search_finds_them(
    store: Store, clinic: Clinic
) -> None:
    clinic.send()
    clinic.send(patient=clinic.hidden)
    clinic.send(patient=clinic.hidden)
    async with at_screen(store, clinic.cilla, AssignedScreen) as cilla:
        left_out = "2 ärenden med skyddade personuppgifter visas inte"
        screen = await cilla.sees("Tolvan", left_out)
        assert fits(screen, 80, 24)
        await cilla.press("slash")
        for words in ("åsa", "örn", "19880820"):
            await cilla.type(words)
            await cilla.sees(
                "Inget ärende stämmer", left_out
            )  # the number is that of all, whatever is sought
            await never_sees(cilla, "Åsa Örn")
            await cilla.terminal.press(*["backspace"] * len(words))
            await cilla.sees("Tolvan")
        await cilla.press("escape")
        protected.state_reason(clinic.cilla, clinic.hidden.id, WHY)
        await cilla.press("f5")
        await cilla.sees("◆ Åsa Örn", gone="visas inte")
    async with at_screen(store, clinic.anna, AssignedScreen) as anna:
        await anna.sees("◆ Åsa Örn", gone="visas inte")


async def test_one_left_out_is_one(store: Store, clinic: Clinic) -> None:
    clinic.send(patient=clinic.hidden)
    async with at_screen(store, clinic.cilla, AssignedScreen) as cilla:
        await cilla.sees("1 ärende med skyddade personuppgifter visas inte")


async def test_opening_ones_own_case_the_next_day_asks(
    store: Store, clinic: Clinic, clock: FrozenClock
) -> None:
    sent = clinic.send(clinic.question, patient=clinic.hidden, written={"dos": "1 tablett"})
    clock.move(hours=13)
    async with at_screen(store, clinic.anna, MineScreen) as anna:
        await anna.sees("◆ Åsa Örn")
        await anna.press("enter")
        await anna.sees("varför du behöver uppgifterna")
        await never_sees(anna, "Åsa", "1 tablett", sent.reference)
        await anna.press("escape")
        await anna.sees("◆ Åsa Örn", gone="varför du behöver uppgifterna")
        await anna.press("enter")
        await states_why(anna)
        await anna.sees("◆ Åsa Örn", f"Ditt skäl: {WHY}", sent.reference, "1 tablett")
        await anna.press("c")
        await anna.sees("Inloggningskod", "◆ Åsa Örn")
    (given,) = [row for row in entries("patient.reason_given") if row.case_id]
    assert given.case_id == sent.id


async def test_the_mark_hides_a_case_that_is_open_at_another_terminal(store: Store, clinic: Clinic) -> None:
    sent = clinic.answered()
    async with at_screen(store, clinic.anna, lambda: CaseScreen(sent.id)) as anna:
        await anna.sees("Tolvan Tolvansson", sent.reference)
        opened = len(entries("case.opened"))
        changed(clinic, clinic.tolvan, protected=True)
        screen = anna.app.screen
        assert isinstance(screen, CaseScreen)
        await screen.news()
        await anna.sees("skyddade personuppgifter: F5 frågar", gone="Tolvan")
        await never_sees(anna, sent.reference, "Nej tack")
        assert len(entries("case.opened")) == opened
        await anna.press("f5")
        await states_why(anna)
        await anna.sees("◆ Tolvan Tolvansson", f"Ditt skäl: {WHY}", sent.reference)


async def test_a_case_that_one_comes_back_to_is_hidden_too(store: Store, clinic: Clinic) -> None:
    sent = clinic.answered()
    async with at_screen(store, clinic.anna, lambda: CaseScreen(sent.id)) as anna:
        await anna.sees("Tolvan Tolvansson", sent.reference)
        await anna.press("f1")
        await anna.sees("Hjälp")
        changed(clinic, clinic.tolvan, protected=True)
        await anna.press("escape")
        await anna.sees("skyddade personuppgifter: F5 frågar", gone="Tolvan")


async def test_protecting_takes_effect_at_the_other_terminal(at_real_terminal: Callable[..., Person]) -> None:
    cilla, anna = at_real_terminal(), at_real_terminal()
    await anna.signs_in_as("1", "Mina ärenden")
    await anna.press("f3")
    await anna.sees("Fördelade ärenden", "Elsa Larsson", "1 ärende med skyddade personuppgifter")
    await cilla.signs_in_as("2", "Mina ärenden")
    await cilla.press("slash")
    await cilla.type("elsa")
    await cilla.sees("Elsa Larsson", gone="Tolvan")
    await cilla.press("enter", "enter")
    await cilla.sees("› Ärende", "Elsa Larsson")
    await cilla.press("f6")
    await cilla.sees("[ ] Skyddade personuppgifter")
    await cilla.press("enter", "space", "ctrl+s")
    await cilla.sees("varför du behöver uppgifterna", gone="Elsa")
    await anna.sees("2 ärenden med skyddade personuppgifter", gone="Elsa")


# Elsewhere


async def test_the_log_tells_of_reasons_and_changes_in_words(store: Store, clinic: Clinic) -> None:
    with pytest.raises(Exception, match="protected identity"):
        patients.fetch(clinic.anna, clinic.hidden.number)
    changed(clinic, clinic.hidden, protected=False)
    async with at_screen(store, clinic.gun, AccessLogScreen, size=(120, 36)) as gun:
        await gun.sees("Ändrade en invånares uppgifter", "Åsa Örn")
        await gun.press("slash")
        await gun.type("ändrade")
        await gun.sees("Ändrade en invånares uppgifter", gone="Angav varför")
        await gun.press("enter", "enter")
        await gun.sees(
            "Det som ändrades: Skyddade personuppgifter",
            "Skyddade personuppgifter före: Ja",
            "Skyddade personuppgifter efteråt: Nej",
            f"Skälet som angavs: {WHY}",
        )
        await gun.press("escape", "escape")
        await gun.press("slash")
        await gun.type("frågan")
        await gun.sees("Fick frågan varför", gone="Ändrade en")
        await gun.press("enter", "enter")
        await gun.sees("Det gällde: Hämtade en invånare")


async def test_no_screen_shows_contact_details(store: Store, clinic: Clinic) -> None:
    models.Patient.update(email="asa@example.se", phone="070-1740605").execute()
    sent = clinic.send(patient=clinic.hidden)
    patient = patients.fetch(clinic.anna, clinic.hidden.number)
    assert patient is not None
    for screen in (
        MineScreen,
        AssignedScreen,
        lambda: CaseScreen(sent.id),
        lambda: PatientDataScreen(patient, []),
    ):
        async with at_screen(store, clinic.anna, screen, size=(160, 50)) as anna:
            await anna.sees("Åsa Örn")
            await never_sees(anna, "asa@example.se", "070-1740605")


def test_the_operator_states_a_reason_to_export(
    store: Store, clinic: Clinic, database_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = clinic.send(patient=clinic.hidden)
    listed = cases.list_mine(clinic.anna, CaseFilter(), Edge()).rows
    assert [row.id for row in listed] == [sent.id]
    export = ["--database", str(database_file), "case", "export", sent.reference, "-"]

    assert cli.main(export) == 1
    told = capsys.readouterr()
    assert "--reason" in told.err
    assert "Åsa" not in told.err + told.out
    assert cli.main([*export, "--reason", "Utlämnande enligt beslut 12/26"]) == 0
    told = capsys.readouterr()
    assert sent.reference in told.out
    assert "Åsa" not in told.out

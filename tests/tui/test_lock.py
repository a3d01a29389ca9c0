"""The locked terminal: covered until the same person is back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen

from data import demo, staff
from data.domain.errors import Message, Unavailable
from data.store import models
from data.store.store import Store
from tests.conftest import PASSWORD, Clinic
from tests.tui.conftest import AtTerminal
from tests.tui.one_screen import Someone, at_screen
from tests.tui.test_faults import held
from tui.screens.base import BaseScreen
from tui.screens.dialog import Ask
from tui.screens.lock import LockScreen
from tui.widgets.header import Header
from tui.widgets.plain import Text


class Work(BaseScreen[None]):
    """Anything that must not be seen."""

    PLACE = "sent"

    def compose_body(self) -> Any:
        yield Text("Tolvan Tolvansson 19121212-1212")

    def act_case_new(self) -> None:
        self.app.asked.append("case.new")  # type: ignore[attr-defined]


def at_work(store: Store, clinic: Clinic) -> Any:
    return at_screen(store, clinic.anna, Work)


async def lock(anna: Someone) -> None:
    await anna.sees("Tolvan Tolvansson")
    anna.app.push_screen(LockScreen())
    await anna.sees("Terminalen är låst", gone="Tolvan")


async def test_only_the_password_leads_back_to_the_work(store: Store, clinic: Clinic) -> None:
    async with at_work(store, clinic) as anna:
        await lock(anna)
        await anna.type(PASSWORD)
        assert PASSWORD not in await anna.sees("••••")
        await anna.press("enter")
        await anna.sees("Tolvan Tolvansson", "Anna Andersson, vårdgivare")
    assert "staff.unlocked" in [row.event for row in models.AccessLog.select()]


async def test_nothing_of_the_work_is_seen(store: Store, clinic: Clinic) -> None:
    async with at_work(store, clinic) as anna:
        await lock(anna)
        for header in anna.app.screen.query(Header):
            header.status = "3 nya svar"
        screen = await anna.sees("Anna Andersson har låst den")
        assert screen.splitlines()[0].strip() == "Omvänt"
        for secret in ("Tolvan", "1912", "Björken", "nya svar", "Skickat"):
            assert secret not in screen


async def test_a_wrong_password_is_told_beside_the_field(store: Store, clinic: Clinic) -> None:
    async with at_work(store, clinic) as anna:
        await lock(anna)
        await anna.type("fel")
        await anna.press("enter")
        await anna.sees("✗ Det är inte lösenordet: försök igen", gone="•")
        await anna.type("x")
        await anna.sees("•", gone="försök igen")
        await anna.press("backspace", *PASSWORD, "enter")
        await anna.sees("Tolvan Tolvansson")
    assert "staff.unlock_failed" in [row.event for row in models.AccessLog.select()]


async def test_no_other_key_leads_out(store: Store, clinic: Clinic) -> None:
    async with at_work(store, clinic) as anna:
        await lock(anna)
        keys = ("escape", "f2", "f3", "f4", "f5", "ctrl+p", "ctrl+l", "ctrl+s", "ctrl+n", "up", "down", "tab")
        await anna.press(*keys, "n", "slash", "escape", "pagedown")
        assert isinstance(anna.app.screen, LockScreen)
        assert anna.app.asked == []


async def test_help_tells_the_keys_and_lets_another_person_in(store: Store, clinic: Clinic) -> None:
    async with at_work(store, clinic) as anna:
        await lock(anna)
        await anna.press("f1")
        screen = await anna.sees("Hjälp: Låst", "Skriv ditt eget lösenord", "Logga ut")
        assert "Mina ärenden" not in screen
        await anna.press("escape")
        await anna.sees("Terminalen är låst")
        await anna.press("tab", "enter")
        assert anna.app.asked == ["sign_out"]


async def test_what_comes_on_top_meanwhile_is_covered_too(store: Store, clinic: Clinic) -> None:
    async with at_work(store, clinic) as anna:
        await lock(anna)
        anna.app.push_screen(Ask("Hemligt", "Tolvan Tolvansson", [("a", "A")]))
        await anna.sees("Terminalen är låst", gone="Tolvan")
        await anna.press(*PASSWORD, "enter")
        await anna.sees("Hemligt")
        await anna.press("escape")
        await anna.sees("Tolvan Tolvansson", gone="Terminalen är låst")
        assert isinstance(anna.app.screen, Work)


async def test_what_comes_while_the_locks_help_is_read_is_covered_too(store: Store, clinic: Clinic) -> None:
    async with at_work(store, clinic) as anna:
        await lock(anna)
        await anna.press("f1")
        await anna.sees("Hjälp: Låst")
        anna.app.push_screen(Ask("Hemligt", "Tolvan Tolvansson", [("a", "A")]))
        assert isinstance(anna.app.screen, LockScreen)  # at once, for the next key
        await anna.sees("Terminalen är låst", gone="Tolvan")
        await anna.press(*PASSWORD, "enter")
        await anna.sees("Hemligt")
        await anna.press("escape", "escape")
        await anna.sees("Tolvan Tolvansson", gone="Terminalen är låst")
        assert isinstance(anna.app.screen, Work)


async def test_a_database_that_is_away_is_told(
    store: Store, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise Unavailable(Message("No database is open"))

    async with at_work(store, clinic) as anna:
        await lock(anna)
        monkeypatch.setattr(staff.unlock, "function", fail)
        await anna.press(*PASSWORD, "enter")
        await anna.sees("✗ Ingen databas är öppen")
        monkeypatch.undo()
        await anna.press("enter")
        await anna.sees("Tolvan Tolvansson")


async def test_a_hostile_name_is_shown_as_text(store: Store, clinic: Clinic) -> None:
    mallory = clinic.anna.model_copy(update={"name": "[/b]\x1b]0;x\x07\u202e" + "lång " * 60})

    def first() -> Screen[Any]:
        return LockScreen()

    async with at_screen(store, mallory, first) as someone:
        screen = await someone.sees("[/b]", "Lösenord", "Logga ut")
        assert not {"\x1b", "\x07", "\u202e"} & set(screen)


async def test_a_saving_that_ends_behind_the_lock_does_not_open_it(
    at_terminal: AtTerminal, demo_file: Path
) -> None:
    async with at_terminal() as bo:
        await bo.signs_in_as("3", "Administration")
        await bo.press("2")
        await bo.sees("Anna Andersson", "anna")
        await bo.press("enter")
        await bo.sees("Personal › Anna Andersson")
        await bo.type("-Ek")
        await bo.sees("Andersson-Ek")
        with held(demo_file):
            await bo.press("ctrl+s", "ctrl+l")
            await bo.sees("Terminalen är låst")
        await bo.until(models.Staff.select().where(models.Staff.name == "Anna Andersson-Ek").exists)
        for _glance in range(20):
            await bo.terminal.glance()
            assert "Terminalen är låst" in bo.terminal.text()
        await bo.type(demo.PASSWORD)
        await bo.press("enter")
        await bo.sees("Anna Andersson-Ek", "Användarnamn", gone="Titel")

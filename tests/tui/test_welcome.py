"""The first start: a clinic and its first administrator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data import clinics, staff
from data.domain.roles import Role, StaffActor, Visitor
from data.store.database import open_store
from data.store.store import Store
from tests.conftest import FrozenClock
from tests.tui.drivers import fits
from tests.tui.one_screen import at_screen
from tui.screens.welcome import WelcomeScreen

SECRET = "hemligt ord"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    """A new database without any clinic."""
    store = open_store(tmp_path / "ny.db", create=True, clock=FrozenClock())
    yield store
    store.close()


def at_first_start(store: Store) -> Any:
    return at_screen(store, Visitor(), WelcomeScreen)


async def test_everything_to_fill_in_is_in_view(empty: Store) -> None:
    async with at_first_start(empty) as eva:
        screen = await eva.sees(
            "Välkommen till Omvänt",
            "Mottagningens namn",
            "Ditt namn",
            "Titel",
            "Användarnamn",
            "Lösenord",
            "Lösenordet en gång till",
            "[ ] Jag skickar även ärenden",
            "Ctrl+S",
        )
        assert fits(screen, 80, 24)
        await eva.press("ctrl+s")
        await eva.sees(
            "✗ Skriv mottagningens namn",
            "✗ Skriv personens namn",
            "✗ Skriv ett användarnamn utan mellanslag",
            "✗ Lösenordet måste ha minst 8 tecken",
            "[ ] Jag skickar även ärenden",
            "Du blir administratör",
        )


@pytest.mark.parametrize("sends", [False, True])
async def test_the_first_person_founds_the_clinic_by_keys(empty: Store, sends: bool) -> None:
    async with at_first_start(empty) as eva:
        for text in ("Åkerns vårdcentral", "Eva Ek", "sjuksköterska", "Eva", SECRET, SECRET):
            await eva.type(text)
            await eva.press("enter")
        if sends:
            await eva.press("space")
        await eva.press("enter", "ctrl+s", "ctrl+s")
        for _attempt in range(500):
            if eva.app.results:
                break
            await eva.terminal.glance()
    (founder,) = eva.app.results
    assert isinstance(founder, StaffActor)
    assert (founder.name, founder.title, founder.username) == ("Eva Ek", "sjuksköterska", "eva")
    assert founder.clinic_name == "Åkerns vårdcentral"
    assert founder.roles == {Role.ADMINISTRATOR} | ({Role.CARE_PROVIDER} if sends else set())
    reopened = open_store(
        empty.database.database.removeprefix("file://").removesuffix("?mode=rw"), clock=FrozenClock()
    )
    assert clinics.founded(Visitor())
    assert staff.sign_in(Visitor(), "eva", SECRET).actors == (founder,)
    reopened.close()


async def test_two_different_passwords_are_told_and_mended(empty: Store) -> None:
    async with at_first_start(empty) as eva:
        for text in ("Åkerns vårdcentral", "Eva Ek", "", "eva", SECRET, "hemligt örd"):
            await eva.type(text)
            await eva.press("enter")
        await eva.press("ctrl+s")
        await eva.sees("✗ De två lösenorden är olika")
        await eva.press(*["backspace"] * 11, *SECRET)
        await eva.sees("Lösenordet en gång till", gone="är olika")
        await eva.press("ctrl+s")
        for _attempt in range(500):
            if eva.app.results:
                break
            await eva.terminal.glance()
        assert eva.app.results


async def test_a_clinic_founded_elsewhere_meanwhile_is_told(store: Store) -> None:
    async with at_first_start(store) as eva:
        for text in ("Åkerns vårdcentral", "Eva Ek", "", "eva", SECRET, SECRET):
            await eva.type(text)
            await eva.press("enter")
        await eva.press("ctrl+s")
        await eva.sees("Det finns redan en mottagning")
        assert isinstance(eva.app.screen, WelcomeScreen)


async def test_escape_and_letters_leave_nothing(empty: Store) -> None:
    async with at_first_start(empty) as eva:
        await eva.press("escape", "n", "slash", "question_mark")
        await eva.sees("n/?")
        await eva.press("up", "f2", "f4")
        assert isinstance(eva.app.screen, WelcomeScreen)
        assert eva.app.asked == []


async def test_hostile_text_is_cleaned_and_shown(empty: Store) -> None:
    async with at_first_start(empty) as eva:
        await eva.pastes("\x1b]0;x\x07[/b]\u202eÅkerns\nvårdcentral")
        screen = await eva.sees("]0;x[/b]Åkerns vårdcentral")
        assert not {"\x1b", "\x07", "\u202e"} & set(screen)

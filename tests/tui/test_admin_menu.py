"""Administration's menu and the dialogues."""

from __future__ import annotations

import pytest
from textual.screen import Screen

from data.domain.errors import Message
from data.store.store import Store
from tests.conftest import Clinic
from tests.tui.one_screen import at_screen
from tui import i18n
from tui.screens.admin.access_log import AccessLogScreen
from tui.screens.admin.menu import AdminScreen
from tui.screens.admin.staff_list import StaffListScreen
from tui.screens.admin.template_list import TemplateListScreen
from tui.screens.dialog import Ask, AskText


@pytest.mark.parametrize(
    ("keys", "screen"),
    [
        (("1",), TemplateListScreen),
        (("enter",), TemplateListScreen),
        (("2",), StaffListScreen),
        (("down", "enter"), StaffListScreen),
    ],
)
async def test_a_digit_or_enter_opens(
    store: Store, clinic: Clinic, keys: tuple[str, ...], screen: type[Screen[None]]
) -> None:
    async with at_screen(store, clinic.bo, AdminScreen) as bo:
        await bo.sees("Åtkomstlogg")
        await bo.press(*keys)
        await bo.sees("Administration ›")
        assert isinstance(bo.app.screen, screen)
        await bo.press("escape")
        await bo.sees("Siffran eller Enter öppnar")


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_each_part_is_one_line(store: Store, clinic: Clinic, language: str) -> None:
    i18n.install(language)
    for actor in (clinic.bo, clinic.gun):
        async with at_screen(store, actor, AdminScreen) as someone:
            parts = (await someone.sees("1 ", "3 ")).splitlines()[3:6]
            assert [part.strip(" ›")[0] for part in parts] == ["1", "2", "3"]


async def test_what_a_role_may_not_open_says_why(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.gun, AdminScreen) as gun:
        await gun.sees("kräver rollen administratör")
        await gun.press("1")
        await gun.sees("Mallar för invånarärende kräver rollen administratör")
        await gun.press("3")
        await gun.sees("Administration › Åtkomstlogg")
        assert isinstance(gun.app.screen, AccessLogScreen)


async def test_enter_opens_the_first_part_that_one_may_open(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.gun, AdminScreen) as gun:
        await gun.sees("› 3 Åtkomstlogg")
        await gun.press("enter")
        await gun.sees("Administration › Åtkomstlogg")


async def test_a_question_is_answered_by_number_arrows_or_escape(store: Store, clinic: Clinic) -> None:
    answers: list[str | None] = []
    choices = (("stay", "Stanna"), ("[/b]", "Kasta [/b] \x1b[2J"), ("third", "Tredje"))
    async with at_screen(store, clinic.bo, AdminScreen) as bo:
        for keys in ("enter", "2", "tab down enter", "down shift+tab enter", "escape"):
            await bo.app.push_screen(Ask("Rubrik [/b]", "Text " * 300, choices), answers.append)
            assert "\x1b" not in await bo.sees("Rubrik [/b]", "Kasta [/b]", "3 Tredje")
            await bo.press(*keys.split())
            await bo.sees("Siffran eller Enter öppnar", gone="Rubrik")
    assert answers == ["stay", "[/b]", "third", "stay", None]


async def test_a_line_is_asked_for_until_it_can_be_accepted(store: Store, clinic: Clinic) -> None:
    answers: list[str | None] = []

    def check(text: str) -> Message | None:
        return None if text else Message("Give the template a name")

    async with at_screen(store, clinic.bo, AdminScreen) as bo:
        await bo.app.push_screen(AskText("Kopiera", "", "Namn", "ab", check=check), answers.append)
        await bo.sees("Kopiera", "ab")
        await bo.press("backspace", "backspace", "enter")
        await bo.sees("✗ Ge mallen ett namn")
        await bo.type(" ny ")
        await bo.press("enter")
        await bo.sees("Siffran eller Enter öppnar", gone="Kopiera")
        await bo.app.push_screen(AskText("Kopiera", "", "Namn", "ab"), answers.append)
        await bo.sees("Kopiera")
        await bo.press("escape")
        await bo.sees("Siffran eller Enter öppnar", gone="Kopiera")
    assert answers == ["ny", None]

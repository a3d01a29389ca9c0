"""Help and palette: they list everything one may do here, find it in Swedish, and perform it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.widgets import OptionList

from tests.tui.small_desk import started, swedish
from tui.commands import Palette
from tui.screens.help import HelpScreen


@pytest.fixture(autouse=True)
def language(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with swedish(monkeypatch):
        yield


async def test_help_begins_with_what_has_focus() -> None:
    async with started() as desktop:
        await desktop.press("question_mark")
        await desktop.until(lambda: isinstance(desktop.app.screen, HelpScreen))
        assert "Type 12 figures" not in desktop.screen()
        await desktop.press("escape")
        await desktop.focus("#number")
        await desktop.press("f1")
        await desktop.until(lambda: "Type 12 figures" in desktop.screen())


async def test_help_lists_filters_and_performs() -> None:
    async with started() as desktop:
        await desktop.press("f1")
        await desktop.until(lambda: isinstance(desktop.app.screen, HelpScreen))
        assert "Hjälp: Mina ärenden" in desktop.screen()
        assert "Inte nu: There is no row [/b]" in desktop.screen()
        rows = desktop.app.screen.query_one(OptionList)
        assert rows.option_count == len(desktop.place.offered())
        assert all(len(desktop.line(row)) <= 80 for row in range(24))
        await desktop.press("down", "down", "up")
        assert rows.highlighted == 1
        await desktop.press(*"F5")
        await desktop.until(lambda: rows.option_count == 1)
        await desktop.press("enter")
        await desktop.until(lambda: desktop.place.done == ["list.refresh"])
        assert desktop.on_top
        assert desktop.line(23).strip() == "Läst på nytt"


async def test_help_says_when_nothing_matches_and_closes_without_acting() -> None:
    async with started() as desktop:
        await desktop.press("f1", *"zzz")
        await desktop.until(lambda: "Inga träffar" in desktop.screen())
        await desktop.press("enter")
        assert isinstance(desktop.app.screen, HelpScreen)
        await desktop.press("escape")
        await desktop.until(lambda: desktop.on_top)
        assert desktop.place.done == []


async def test_the_palette_finds_acts_by_swedish_words_and_performs() -> None:
    async with started() as desktop:
        await desktop.focus("#number")
        await desktop.press("ctrl+p")
        await desktop.until(lambda: "Nytt ärende" in desktop.screen())
        assert isinstance(desktop.app.screen, Palette)
        assert "Search for" not in desktop.screen()
        assert "screenshot" not in desktop.screen().lower()
        palette_rows = desktop.app.screen.query_one(OptionList)
        assert palette_rows.option_count == len(desktop.place.offered())
        await desktop.press(*"MÖRKT")
        await desktop.until(lambda: palette_rows.option_count == 1)
        assert "Ljust eller mörkt" in desktop.screen()
        await desktop.press("enter")
        await desktop.until(lambda: desktop.app.asked == ["toggle_look"])
        assert desktop.on_top


async def test_the_palette_says_in_swedish_when_nothing_matches() -> None:
    async with started() as desktop:
        await desktop.press("ctrl+p", *"[/b]")
        await desktop.until(lambda: "Inga träffar" in desktop.screen())
        await desktop.press("enter")
        await desktop.until(lambda: desktop.on_top)
        assert desktop.place.done == []

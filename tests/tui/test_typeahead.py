"""Keys that come in one burst, as over a slow line, each reach what the one before them opened."""

from __future__ import annotations

from collections.abc import Callable

from tests.tui.conftest import AtTerminal
from tests.tui.stories import TOLVAN, Person


async def test_a_case_is_sent_in_one_burst(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.terminal.burst("n", *TOLVAN, "enter", *"ordination", "enter", *"Alvedon", "ctrl+s")
        await anna.sees("sparat och skickat", "Tolvan Tolvansson", "Ordination")
        await anna.press("2")
        await anna.sees("Ärende ›", "Alvedon")


async def test_a_burst_in_a_real_terminal(at_real_terminal: Callable[..., Person]) -> None:
    anna = at_real_terminal()
    await anna.signs_in_as("1", "Mina ärenden")
    await anna.terminal.burst("n", *TOLVAN, "enter", *"ordination", "enter", *"Alvedon", "ctrl+s")
    await anna.sees("sparat och skickat", "Tolvan Tolvansson", "Ordination")


async def test_a_template_is_built_in_one_burst(at_terminal: AtTerminal) -> None:
    async with at_terminal() as bo:
        await bo.signs_in_as("3", "Administration")
        keys = ["1", "n", *"Blodtryck", "escape", "a", "0", *"Mätning", "escape", "a", "4", *"Ja"]
        await bo.terminal.burst(*keys)
        await bo.sees("Blodtryck", "Mätning", "2 ✓", "Ja")
        await bo.press("f8")
        await bo.sees("Blodtryck", "publicerad")


async def test_a_dialogue_that_a_key_opens_gets_the_next_keys(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.terminal.burst("n", *"201807182397", "enter", "f7", *"Nya Nyberg", "enter")
        await anna.sees("› Mall", "Nya Nyberg")


async def test_paste_keeps_its_place_among_keys(at_terminal: AtTerminal) -> None:
    from textual.events import Paste

    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        app = anna.terminal.app  # type: ignore[attr-defined]
        await anna.terminal.burst("n")
        app.post_message(Paste(TOLVAN))
        await anna.terminal.burst("enter")
        await anna.sees("› Mall", "Tolvan Tolvansson")


async def test_enter_after_a_filter_opens_what_the_filter_finds(at_terminal: AtTerminal) -> None:
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.terminal.burst("slash", *"öberg", "enter", "enter")
        await anna.sees("Ärende ›", "Mikael Öberg")

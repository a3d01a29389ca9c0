"""The whole reverse case flow by keys alone at 80×24: within the test, and in a real terminal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.tui.conftest import AtTerminal
from tests.tui.stories import TOLVAN, Person


async def a_case_from_template_to_colleague(person: Person) -> None:
    """Bo builds and publishes, Anna sends, Tolvan reads and answers, Anna sees L and S, Cilla finds it."""
    await person.signs_in_as("3", "Administration")
    await person.press("1")
    await person.sees("Mallar för invånarärende", "Ordination")
    await person.press("n")
    await person.sees("› Ny mall", "Välj ett tydligt namn")
    await person.type("Blodtryck hemma")
    await person.press("escape", "a", "0")
    await person.type("Hur du mäter")
    await person.press("escape", "a", "4")
    await person.type("Jag mäter i en vecka")
    await person.press("f8")
    await person.sees("Blodtryck hemma", "publicerad")
    await person.signs_out()

    await person.signs_in_as("1", "Mina ärenden")
    await person.fetches(TOLVAN)
    await person.picks("Blodtryck hemma")
    await person.sees("Hur du mäter", "[ ] Jag mäter i en vecka")
    await person.writes_and_sends("Morgon och kväll")
    await person.press("3")
    await person.sees("Blodtryck", gone="Skickat ›")
    await person.signs_out()

    await person.reads_as_tolvan()
    await person.sees("Blodtryck hemma", "(Fråga)")
    await person.press("enter")
    await person.sees("Morgon och kväll", "[ ] Jag mäter i en vecka")
    await person.press("space")
    await person.sees("[x] Jag mäter i en vecka")
    await person.press("ctrl+s")
    await person.sees("Granska dina svar")
    await person.press("ctrl+s")
    await person.sees("Tack")
    await person.signs_out()

    await person.signs_in_as("1", "Mina ärenden")
    await person.sees("L S ●", "nya svar")
    await person.press("enter")
    await person.sees("Tolvan Tolvansson", "Blodtryck hemma", "Morgon och kväll", "Svarad S")
    await person.press("pagedown", "end")
    await person.sees("Bekräftat")
    await person.signs_out()

    await person.signs_in_as("2", "Mina ärenden")
    await person.press("f3")
    await person.sees("Fördelade ärenden", "Tolvan", "Anna")
    await person.press("slash")
    await person.type("blodtryck")
    await person.sees("Tolvan", gone="Ordination")
    await person.press("enter", "enter")
    await person.sees("Fördelade ärenden › Ärende", "Morgon och kväll")


@pytest.mark.both
async def test_the_whole_journey_by_keys(at_terminal: AtTerminal) -> None:
    async with at_terminal() as person:
        await a_case_from_template_to_colleague(person)


@pytest.mark.both
async def test_the_whole_journey_in_a_real_terminal(at_real_terminal: Callable[..., Person]) -> None:
    person = at_real_terminal()
    await a_case_from_template_to_colleague(person)
    await person.press("ctrl+q")
    await person.ends()

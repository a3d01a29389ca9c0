"""What is typed in the builder and not saved survives a killed terminal, and goes when it is saved."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

from data import template_drafts, templates
from data.domain.forms import Form, ShortText, WholeNumber
from data.store.store import Store
from data.template_drafts import TemplateDraft
from tests.conftest import Clinic
from tests.tui.conftest import AtTerminal
from tests.tui.drivers import DEADLINE, RealTerminal
from tests.tui.one_screen import Someone
from tests.tui.stories import Person
from tests.tui.test_builder import building, draft, stored
from tui.screens.builder.template_builder import BuilderScreen


async def kept(
    bo: Someone, clinic: Clinic, wanted: Callable[[TemplateDraft | None], bool], of: int | None
) -> None:
    """Wait until what is kept of the template is as `wanted`."""
    end = time.monotonic() + DEADLINE
    while not wanted(found := template_drafts.find(clinic.bo, of)):
        assert time.monotonic() < end, found
        await bo.terminal.glance()


async def dies_and_opens(bo: Someone, clinic: Clinic, of: int | None) -> None:
    """The screen is gone without a question, as when the terminal is killed; later it is opened again."""
    bo.app.pop_screen()
    await bo.sees("Åtkomstlogg", gone="Instruktion till")
    template = templates.get(clinic.bo, of) if of is not None else None
    await bo.app.push_screen(BuilderScreen(template))
    await bo.sees("Instruktion till vårdgivaren")


async def test_what_was_typed_is_there_again_and_undo_shows_what_is_saved(
    store: Store, clinic: Clinic
) -> None:
    opened = draft(clinic)
    async with building(store, clinic, opened) as bo:
        await bo.press("end", "enter")
        await bo.type(" och en halv")
        await kept(bo, clinic, lambda found: found is not None and "halv" in str(found.form), opened.id)
        await dies_and_opens(bo, clinic, opened.id)
        await bo.sees("Ditt osparade arbete från", "är kvar; u visar det sparade", "2 a Två och en halv")
        await bo.sees("osparad")
        await bo.press("u")
        await bo.sees("2 a Två", gone="halv")
        assert "osparad" not in bo.terminal.text()
        await bo.press("ctrl+y", "ctrl+s")
        await bo.sees("Sparad")
        assert template_drafts.find(clinic.bo, opened.id) is None
    assert stored(clinic, "Utkast").form.items[1].wording == "Två och en halv"


async def test_a_template_that_was_never_saved_is_there_again(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic) as bo:
        await bo.type("Halvvägs")
        await bo.press("enter", "a", "3")
        await bo.type("Röker du?")
        await kept(bo, clinic, lambda found: found is not None and "Röker" in str(found.form), None)
        await dies_and_opens(bo, clinic, None)
        await bo.sees("är kvar", "Namn: Halvvägs", "1 ± Röker du?")
        await bo.press("ctrl+s")
        await bo.sees("Sparad")
        assert template_drafts.find(clinic.bo, None) is None
        await bo.press("escape", "escape")  # out of the fields, and away
        await bo.sees("Åtkomstlogg", gone="Instruktion till")
        await bo.app.push_screen(BuilderScreen())
        await bo.sees("Instruktion till vårdgivaren", gone="Halvvägs")


async def test_what_cannot_be_read_yet_survives_too(store: Store, clinic: Clinic) -> None:
    opened = draft(clinic, form=Form(items=(WholeNumber(id="antal", wording="Hur många?"),)))
    async with building(store, clinic, opened) as bo:
        await bo.press("end", "enter", "tab", "tab", "tab")
        await bo.type("tre")
        wanted = (("antal", "least", "tre"),)
        await kept(bo, clinic, lambda found: found is not None and found.unread == wanted, opened.id)
        await dies_and_opens(bo, clinic, opened.id)
        await bo.press("f7", "enter")
        await bo.sees("tre", "✗ Skriv ett heltal")


async def test_leaving_without_saving_forgets_it(store: Store, clinic: Clinic) -> None:
    opened = draft(clinic)
    async with building(store, clinic, opened) as bo:
        await bo.press("end", "d")
        await kept(bo, clinic, lambda found: found is not None, opened.id)
        await bo.press("escape", "3")
        await bo.sees("Åtkomstlogg", gone="Utkast")
        assert template_drafts.find(clinic.bo, opened.id) is None


async def test_undoing_everything_forgets_it(store: Store, clinic: Clinic) -> None:
    opened = draft(clinic)
    async with building(store, clinic, opened) as bo:
        await bo.press("end", "d")
        await kept(bo, clinic, lambda found: found is not None, opened.id)
        await bo.press("u")
        await kept(bo, clinic, lambda found: found is None, opened.id)


async def test_a_colleague_who_saved_meanwhile_is_met_when_it_is_saved(store: Store, clinic: Clinic) -> None:
    opened = draft(clinic)
    async with building(store, clinic, opened) as bo:
        await bo.press("end", "a", "1")
        await bo.type("Tre")
        await kept(bo, clinic, lambda found: found is not None and "Tre" in str(found.form), opened.id)
        theirs = opened.form.model_copy(update={"staff_instruction": "Deras"})
        templates.save(clinic.bo, opened.model_copy(update={"form": theirs}))
        await dies_and_opens(bo, clinic, opened.id)
        await bo.sees("är kvar", "3 a Tre")
        await bo.press("ctrl+s")
        await bo.sees("Någon annan hann spara", "Fortsätt redigera")
        await bo.press("4")
        await bo.sees("2 a Två", gone="Tre")
        await kept(bo, clinic, lambda found: found is None, opened.id)


async def test_it_is_kept_at_once_when_the_terminal_is_locked(store: Store, clinic: Clinic) -> None:
    opened = draft(clinic, form=Form(items=(ShortText(id="ett", wording="Ett"),)))
    async with building(store, clinic, opened) as bo:
        await bo.press("end", "enter")
        await bo.type("!")
        screen = bo.app.screen
        assert isinstance(screen, BuilderScreen)
        await screen.keep()
        found = template_drafts.find(clinic.bo, opened.id)
        assert found is not None
        assert found.form.items[0].wording == "Ett!"


async def test_a_closed_terminal_costs_no_template(at_real_terminal: Callable[..., Person]) -> None:
    bo = at_real_terminal()
    await bo.signs_in_as("3", "Siffran eller Enter öppnar")
    await bo.press("1")
    await bo.sees("Mallar för invånarärende", "Ordination")
    await bo.press("n")
    await bo.sees("Instruktion till vårdgivaren")
    await bo.type("Ny i kölden")
    await bo.sees("Namn: Ny i kölden")
    assert isinstance(bo.terminal, RealTerminal)
    bo.terminal.child.kill(signal.SIGHUP)
    await bo.ends()

    bo = at_real_terminal()
    await bo.signs_in_as("3", "Siffran eller Enter öppnar")
    await bo.press("1")
    await bo.sees("Mallar för invånarärende", "Ordination")
    await bo.press("n")
    await bo.sees("Ditt osparade arbete", "Namn: Ny i kölden")


async def test_the_program_says_where_to_find_it_when_one_leaves(at_terminal: AtTerminal) -> None:
    async with at_terminal() as bo:
        await bo.signs_in_as("3", "Siffran eller Enter öppnar")
        await bo.press("1")
        await bo.sees("Mallar för invånarärende", "Ordination")
        await bo.press("n")
        await bo.sees("Instruktion till vårdgivaren")
        await bo.type("Halvvägs")
        await bo.press("f4")
        await bo.sees("Mallen Halvvägs har ändringar", "Du hittar dem igen")
        await bo.press("2")
        await bo.sees("Mallar för invånarärende", gone="Halvvägs")


async def test_another_of_ones_terminals_is_told_and_loses_nothing(store: Store, clinic: Clinic) -> None:
    opened = draft(clinic)
    async with building(store, clinic, opened) as bo:
        await bo.press("end", "enter")
        await bo.type(" här")
        await kept(bo, clinic, lambda found: found is not None and "här" in str(found.form), opened.id)
        there = template_drafts.find(clinic.bo, opened.id)
        assert there is not None
        template_drafts.keep(clinic.bo, there.model_copy(update={"name": "Där"}))

        await bo.type(" och nu")
        await bo.sees("Du fortsatte redigera mallen vid en annan terminal", "här och nu")
        await bo.press("ctrl+s")
        await bo.sees("Sparad")
        assert stored(clinic, "Utkast").form.items[1].wording == "Två här och nu"
        found = template_drafts.find(clinic.bo, opened.id)
        assert found is not None
        assert found.name == "Där"

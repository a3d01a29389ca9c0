"""The builder, by keys alone, on a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.events import Key

from data import templates
from data.domain.forms import Confirmation, Form, OneChoice, ShortText, WhiteBox
from data.store.store import Store
from data.templates import Template, TemplateState
from tests.conftest import Clinic
from tests.tui.conftest import AtTerminal
from tests.tui.drivers import fits
from tests.tui.one_screen import Someone, at_screen
from tui.screens.admin.menu import AdminScreen
from tui.screens.builder.kinds import KINDS
from tui.screens.builder.template_builder import BuilderScreen

HOSTILE = "[/b] \x1b[2J\x1b]52;c;eA==\x07 \u202eevil\u202c \u200bå"


@asynccontextmanager
async def building(
    store: Store,
    clinic: Clinic,
    template: Template | None = None,
    *,
    size: tuple[int, int] = (80, 24),
) -> AsyncIterator[Someone]:
    """Bo in the builder, with Administration behind it."""
    async with at_screen(store, clinic.bo, AdminScreen, size=size) as bo:
        await bo.sees("Åtkomstlogg")
        await bo.app.push_screen(BuilderScreen(template))
        await bo.sees("Instruktion till vårdgivaren")
        yield bo


def stored(clinic: Clinic, name: str) -> Template:
    row = next(row for row in templates.list_all(clinic.bo) if row.name == name)
    return templates.get(clinic.bo, row.id)


def draft(clinic: Clinic, name: str = "Utkast", form: Form | None = None) -> Template:
    question = Form(items=(ShortText(id="ett", wording="Ett"), ShortText(id="tva", wording="Två")))
    return templates.create(clinic.bo, name, form or question)


def in_a_burst(bo: Someone, *keys: str) -> None:
    """Press keys faster than anything can answer, as when a terminal was stuck for a moment."""
    for key in keys:
        bo.app.post_message(Key(key, key if len(key) == 1 else None))


async def adds(bo: Someone, key: str, wording: str) -> None:
    """Two keys from the outline to the wording, one back."""
    await bo.press("a", key)
    await bo.sees("Ordination", gone="stänger")
    await bo.type(wording)
    await bo.press("escape")


async def test_ordination_is_built_and_published_by_keys_alone(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.bo, AdminScreen) as bo:
        await bo.sees("Mallar för invånarärende")
        await bo.press("1")
        await bo.sees("Publicerad")
        await bo.press("n")
        await bo.sees("Instruktion till vårdgivaren")
        await bo.type("Ordination av läkemedel")
        await bo.press("enter")
        await bo.sees("Namn: Ordination av läkemedel")
        await adds(bo, "0", "Dosering")
        await adds(bo, "4", "Jag har läst och förstått")
        await bo.press("f8")
        await bo.sees("är publicerad")
        assert bo.terminal.strokes == 2 + 1 + 3 + 3 + 1  # beside the text: open, name, two items, publish
        await bo.press("escape")
        await bo.sees("Ordination av läkem", gone="Instruktion")
    made = stored(clinic, "Ordination av läkemedel")
    assert made.state is TemplateState.PUBLISHED
    box, confirmation = made.form.items
    assert isinstance(box, WhiteBox)
    assert isinstance(confirmation, Confirmation)
    assert (box.wording, confirmation.wording) == ("Dosering", "Jag har läst och förstått")
    assert templates.published(clinic.anna)[-1].name == "Ordination av läkemedel"


async def test_every_type_is_added_and_previewed(store: Store, clinic: Clinic) -> None:
    size = (80, 24)
    async with building(store, clinic, size=size) as bo:
        await bo.type("Allt")
        await bo.press("enter")
        for number, kind in enumerate(KINDS, 1):
            await bo.press("a")
            await bo.sees("Enter väljer")
            await bo.press(kind.key)
            await bo.sees(f"{number} {kind.sign}", gone="Enter väljer")
            await bo.type(f"Del {number}")
            if "options" in kind.type.model_fields:
                await bo.press("enter")
                await bo.type("Ja")
                await bo.press("enter")
                await bo.type("Nej")
            await bo.press("escape")
            assert fits(await bo.sees(f"{kind.sign} Del {number}"), *size)
        await bo.sees("Del 15", gone="✗")
        await bo.press("f6")
        await bo.sees("Förhandsgranska", "Del 1", "Del 3")
        await bo.press("ctrl+s")
        await bo.sees("✗")
        await bo.press("escape")
        await bo.press("ctrl+s")
        await bo.sees("Sparad")
    places = stored(clinic, "Allt").form.places
    assert [type(place.item) for place in places] == [kind.type for kind in KINDS]
    assert [len(place.within) for place in places] == [0, 0, *[1] * (len(KINDS) - 2)]


async def test_a_small_terminal_has_room_for_what_is_typed(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.bo, AdminScreen, size=(60, 20)) as bo:
        await bo.app.push_screen(BuilderScreen(draft(clinic)))
        await bo.sees("Namn: Utkast")
        await bo.press("end", "enter")
        await bo.type(" och mycket mer")
        assert fits(await bo.sees("▌ Två och mycket mer", "[x] Måste fyllas i"), 60, 20)


async def test_the_preview_checks_answers_as_the_patients(store: Store, clinic: Clinic) -> None:
    form = Form(
        items=(Confirmation(id="ok", wording="Jag har förstått"), ShortText(id="namn", wording="Vem?"))
    )
    async with building(store, clinic, draft(clinic, form=form)) as bo:
        await bo.press("f6")
        await bo.sees("Jag har förstått")
        await bo.press("ctrl+s")
        await bo.sees("✗ Kryssa i rutan")
        await bo.press("space", "down")
        await bo.type("Bo")
        await bo.press("ctrl+s")
        await bo.sees("Allt är ifyllt", gone="✗")
        await bo.press("escape")
        await bo.sees("Instruktion till vårdgivaren")


async def test_undo_and_redo_step_by_step(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic, draft(clinic)) as bo:
        await bo.press("end", "c")
        await bo.sees("3 a")
        await bo.press("K", "K")
        await bo.sees("1 a Två")
        await bo.press("u", "u", "u")
        await bo.sees("1 a Ett", gone="3 a")
        await bo.press("u")
        await bo.sees("inget att ångra")
        await bo.press("ctrl+y")
        await bo.sees("3 a")


async def test_a_deleted_item_comes_back_with_u(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic, draft(clinic)) as bo:
        await bo.press("end", "d")
        await bo.sees("Borttagen", gone="Två")
        await bo.press("u")
        await bo.sees("2 a Två", gone="osparad")


async def test_undo_within_a_field_takes_back_what_was_typed_there(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic, draft(clinic)) as bo:
        await bo.press("end", "enter")
        await bo.type(" och en halv")
        await bo.sees("Två och en halv")
        await bo.press("ctrl+z")
        await bo.sees("2 a Två", gone="halv")
        await bo.type("!")
        await bo.sees("Två!")


async def test_space_in_the_outline_toggles(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic, draft(clinic)) as bo:
        await bo.press("end", "space", "up", "up", "up", "space")
        await bo.sees("Ska invånaren kunna svara? Nej", "✗")
        await bo.press("ctrl+s")
        await bo.sees("Sparad")
    form = stored(clinic, "Utkast").form
    assert not form.answerable
    assert [item.required for item in form.questions] == [True, False]


async def test_options_are_lines(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic) as bo:
        await bo.type("Val")
        await bo.press("enter", "a", "5")
        await bo.type("När?")
        await bo.press("enter")
        for option in ("Nu", "Sen", "Aldrig"):
            await bo.type(option)
            await bo.press("enter")
        await bo.press("ctrl+s")
        await bo.sees("Sparad")
    (item,) = stored(clinic, "Val").form.items
    assert isinstance(item, OneChoice)
    assert [option.wording for option in item.options] == ["Nu", "Sen", "Aldrig"]


async def test_publishing_says_what_is_missing_and_goes_there(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic) as bo:
        await bo.type("Halv")
        await bo.press("f8")
        await bo.sees("Lägg till en fråga, eller låt invånaren bara läsa", "› Ska invånaren")
        await bo.press("a", "1", "f8")
        await bo.sees("✗ Skriv")
        await bo.type("Vad heter du?")
        await bo.press("f8")
        await bo.sees("är publicerad")
    assert stored(clinic, "Halv").state is TemplateState.PUBLISHED


async def test_a_taken_name_is_told_beside_the_name(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic) as bo:
        await bo.type("ORDINATION")
        await bo.press("ctrl+s")
        await bo.sees("✗ En annan mall heter så")
        await bo.type(" två")
        await bo.sees("ORDINATION två", gone="✗ En annan")
        await bo.press("ctrl+s")
        await bo.sees("Sparad")
    assert stored(clinic, "ORDINATION två").state is TemplateState.DRAFT


async def test_ctrl_s_right_after_the_last_letter_saves_it(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic) as bo:
        in_a_burst(bo, *"Snabb", "ctrl+s", "ctrl+s")
        await bo.sees("Sparad")
    assert [row.name for row in templates.list_all(clinic.bo)].count("Snabb") == 1


async def test_acts_in_the_outline_follow_the_cursor_however_fast_it_moves(
    store: Store, clinic: Clinic
) -> None:
    async with building(store, clinic, draft(clinic)) as bo:
        in_a_burst(bo, "end", "c", "K", "K", "end", "d", "home", "end", "space")
        await bo.sees("1 a Två", "› 2 a Ett", "[ ] Måste fyllas i", gone="3 a")


async def test_leaving_with_changes_asks_and_the_safe_answer_stays(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic, draft(clinic)) as bo:
        await bo.press("end", "d", "escape")
        await bo.sees("Utkast", "Fortsätt redigera")
        await bo.press("enter")
        await bo.sees("osparad", gone="Fortsätt redigera")
        screen = bo.app.screen
        assert isinstance(screen, BuilderScreen)
        assert screen.unsaved() is not None
        await bo.press("f2", "f4")
        assert bo.app.screen is screen
        await bo.press("escape")
        await bo.sees("Fortsätt redigera")
        await bo.press("3")
        await bo.sees("Åtkomstlogg", gone="Utkast")
    assert len(stored(clinic, "Utkast").form.items) == 2


async def test_leaving_can_save(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic, draft(clinic)) as bo:
        await bo.press("end", "d", "escape")
        await bo.sees("Fortsätt redigera")
        await bo.press("2")
        await bo.sees("Åtkomstlogg", gone="Utkast")
    assert len(stored(clinic, "Utkast").form.items) == 1


class TestTwoAdministrators:
    """Someone else saves while Bo edits; Bo adds a third question."""

    @asynccontextmanager
    async def conflict(self, store: Store, clinic: Clinic) -> AsyncIterator[Someone]:
        opened = draft(clinic)
        theirs = opened.form.model_copy(update={"staff_instruction": "Deras"})
        async with building(store, clinic, opened) as bo:
            await bo.press("end", "a", "1")
            await bo.type("Tre")
            templates.save(clinic.bo, opened.model_copy(update={"form": theirs}))
            await bo.press("ctrl+s")
            await bo.sees("Någon annan hann spara", "Bo Bengtsson", "Fortsätt redigera")
            yield bo

    async def test_keep_editing_is_the_default(self, store: Store, clinic: Clinic) -> None:
        async with self.conflict(store, clinic) as bo:
            await bo.press("enter")
            await bo.sees("3 a Tre", "osparad")
        assert stored(clinic, "Utkast").form.staff_instruction == "Deras"

    async def test_mine_becomes_a_template_of_its_own(self, store: Store, clinic: Clinic) -> None:
        async with self.conflict(store, clinic) as bo:
            await bo.press("2")
            await bo.sees("Utkast (kopia)")
            await bo.press("enter")
            await bo.sees("Sparad", "Namn: Utkast (kopia)")
        assert stored(clinic, "Utkast").form.staff_instruction == "Deras"
        assert len(stored(clinic, "Utkast (kopia)").form.items) == 3

    async def test_mine_replaces_theirs(self, store: Store, clinic: Clinic) -> None:
        async with self.conflict(store, clinic) as bo:
            await bo.press("3")
            await bo.sees("Sparad")
        assert stored(clinic, "Utkast").form.staff_instruction == ""
        assert len(stored(clinic, "Utkast").form.items) == 3

    async def test_theirs_is_shown_and_undo_brings_mine_back(self, store: Store, clinic: Clinic) -> None:
        async with self.conflict(store, clinic) as bo:
            await bo.press("4")
            await bo.sees("2 a Två", gone="Tre")
            await bo.press("u")
            await bo.sees("3 a Tre", "osparad")


async def test_hostile_text_is_shown_and_stored_harmless(store: Store, clinic: Clinic) -> None:
    hostile = Form(
        staff_instruction=HOSTILE,
        items=(ShortText(id="a", wording=HOSTILE, help=HOSTILE), OneChoice(id="b", wording=HOSTILE)),
    )
    # `model_copy` cleans nothing, as if an import had let it through.
    raw = hostile.model_copy(
        update={"items": (ShortText.model_construct(id="a", wording=HOSTILE, help=HOSTILE, required=True),)}
    )
    opened = draft(clinic, "[/b] mall", hostile).model_copy(update={"form": raw, "name": HOSTILE})
    async with building(store, clinic, opened) as bo:
        for keys in (("end",), ("enter",), ("escape", "f6"), ("escape", "d")):
            await bo.press(*keys)
            screen = await bo.sees("[/b]")
            assert not set(screen) & {"\x1b", "\x07", "\u202e", "\u200b"}
        await bo.press("ctrl+s")
        await bo.sees("Sparad")


async def test_help_names_what_has_focus(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic) as bo:
        await bo.press("f1")
        await bo.sees("det visas i ärendelistan", "Lägg till")


async def test_the_program_asks_before_it_leaves_unsaved_work(at_terminal: AtTerminal) -> None:
    async with at_terminal() as bo:
        await bo.signs_in_as("3", "Siffran eller Enter öppnar")
        await bo.press("1")
        await bo.sees("sömn", "Utkast")
        await bo.press("n")
        await bo.sees("Instruktion till vårdgivaren")
        await bo.type("Halvvägs")
        await bo.press("ctrl+q")
        await bo.sees("Mallen Halvvägs har ändringar")
        await bo.press("enter")
        await bo.sees("Namn: Halvvägs", gone="har ändringar")
        await bo.press("f4")
        await bo.sees("Mallen Halvvägs har ändringar")
        await bo.press("escape")
        await bo.sees("Namn: Halvvägs", gone="har ändringar")

"""Building what is more than a list of questions: sections, conditions, points, scores, bounds."""

from __future__ import annotations

import pytest

from data.domain import placeholders
from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.forms import (
    Date,
    File,
    Form,
    OneChoice,
    Option,
    Scale,
    Section,
    SeveralChoices,
    ShortText,
    Text,
    WholeNumber,
    YesNo,
)
from data.store.store import Store
from data.templates import TemplateState
from tests.conftest import Clinic
from tests.tui.drivers import fits
from tests.tui.test_builder import building, draft, stored
from tests.tui.test_builder_editing import IF_SMOKING, TREE
from tui import i18n
from tui.screens.builder.row_fields import KNOWN


def outline(form: Form) -> list[str]:
    """The items' wordings, a `>` before them for each section that they lie in."""
    return [">" * len(place.within) + place.item.wording for place in form.places]


async def test_a_section_is_filled_and_left_by_two_keys_an_item(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic) as bo:
        await bo.type("Vanor")
        await bo.press("enter")
        before = bo.terminal.strokes
        for keys, wording in (("as", "Tobak"), ("a3", "Röker du?"), ("a8", "Hur många?"), ("A1", "Vem?")):
            await bo.press(*keys)
            await bo.type(wording)
            await bo.press("escape")
        assert bo.terminal.strokes - before == 4 * (2 + 1)  # to the wording, and back to the outline
        screen = await bo.sees("1 § Tobak", "2 ± Röker du?", "3 123 Hur många?", "4 a Vem?")
        assert fits(screen, 80, 24)
        await bo.press("ctrl+s")
        await bo.sees("Sparad")
    assert outline(stored(clinic, "Vanor").form) == ["Tobak", ">Röker du?", ">Hur många?", "Vem?"]


async def test_items_are_moved_over_the_edges_of_sections(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic, draft(clinic, form=TREE)) as bo:
        await bo.press("end", "K")
        await bo.sees("5   a   Vem?")  # in at its end
        await bo.press("less_than_sign", "greater_than_sign", "K")
        await bo.press("home", *["down"] * 6, "J", "ctrl+s")
        await bo.sees("Sparad")
    assert outline(stored(clinic, "Utkast").form) == ["Vanor", ">Hej!", ">Röker du?", ">Vem?", ">Hur många?"]


async def test_what_cannot_be_moved_says_why(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic, draft(clinic, form=TREE)) as bo:
        await bo.press(*["down"] * 6, "greater_than_sign")
        await bo.sees("Bara det som står direkt efter ett avsnitt")
        await bo.press("less_than_sign")
        await bo.sees("ligger inte i något avsnitt")


async def test_a_section_is_copied_and_deleted_with_its_content(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic, draft(clinic, form=TREE)) as bo:
        await bo.press(*["down"] * 7, "c")
        await bo.sees("5 § Vanor", "8 a Vem?")
        await bo.press("d")
        await bo.sees("5 a Vem?", "Borttagen", gone="8 a")
        await bo.press("u", "ctrl+s")
        await bo.sees("Sparad")
    form = stored(clinic, "Utkast").form
    first, second = (place.item for place in form.places if place.item.wording == "Röker du?")
    asked = [
        condition.question
        for place in form.places
        if isinstance(place.item, WholeNumber) and place.item.shown_when
        for condition in place.item.shown_when.conditions
    ]
    assert asked == [first.id, second.id]


async def test_a_section_that_repeats_says_how_often(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic, draft(clinic, form=TREE)) as bo:
        await bo.press(*["down"] * 7)
        await bo.sees("Upprepas", gone="Högst gånger")
        await bo.press("enter", "down", "down", "space")
        await bo.sees("Högst gånger", "2 § Vanor ×")
        await bo.press("down", "down")
        await bo.type("3")
        await bo.press("ctrl+s")
        await bo.sees("Sparad")
    section = stored(clinic, "Utkast").form.items[1]
    assert isinstance(section, Section)
    assert (section.repeats, section.least, section.most) == (True, 1, 3)


async def test_a_text_becomes_a_heading(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic, draft(clinic, form=TREE)) as bo:
        await bo.press(*["down"] * 6, "enter", "tab", "2")
        await bo.sees("1 # Hej!")
        await bo.press("ctrl+s")
        await bo.sees("Sparad")
    text = stored(clinic, "Utkast").form.items[0]
    assert isinstance(text, Text)
    assert text.level == 1


async def test_points_and_options_that_stand_alone_are_written_at_the_end_of_the_line(
    store: Store, clinic: Clinic
) -> None:
    async with building(store, clinic) as bo:
        await bo.type("Oro")
        await bo.press("enter", "a", "6")
        await bo.type("Vad oroar dig?")
        await bo.press("enter")
        await bo.sees("Skriv = 2 sist på raden för 2 poäng, och ! för ett som bara kan väljas ensamt")
        for line in ("Hälsan = 1", "Pengar = 2", "Inget av detta = 0 !"):
            await bo.type(line)
            await bo.press("enter")
        await bo.press("ctrl+s")
        await bo.sees("Sparad")
    (question,) = stored(clinic, "Oro").form.items
    assert isinstance(question, SeveralChoices)
    assert [(one.wording, one.points, one.exclusive) for one in question.options] == [
        ("Hälsan", 1, False),
        ("Pengar", 2, False),
        ("Inget av detta", 0, True),
    ]


async def test_bounds_are_typed_as_people_write_them(store: Store, clinic: Clinic) -> None:
    form = Form(items=(Date(id="dag", wording="När?"), Scale(id="ont", wording="Hur ont?")))
    async with building(store, clinic, draft(clinic, form=form)) as bo:
        await bo.press(*["down"] * 6, "enter", "tab", "tab", "tab")
        await bo.type("20260131")
        await bo.press("escape", "down", "enter", "tab", "tab", "tab", "tab")
        await bo.type("5")
        await bo.press("enter")
        await bo.type("ingen alls")
        await bo.press("ctrl+s")
        await bo.sees("Sparad")
    day, scale = stored(clinic, "Utkast").form.items
    assert isinstance(day, Date)
    assert day.least == "2026-01-31"
    assert isinstance(scale, Scale)
    assert (scale.least, scale.most, scale.least_words) == (0, 5, "ingen alls")


class TestUnreadable:
    """What is typed and is no number is neither lost nor half saved."""

    FORM = Form(items=(WholeNumber(id="antal", wording="Hur många?", least=1),))

    async def test_it_is_told_once_the_field_is_left_and_nothing_is_saved(
        self, store: Store, clinic: Clinic
    ) -> None:
        async with building(store, clinic, draft(clinic, form=self.FORM)) as bo:
            await bo.press("end", "enter", "tab", "tab", "tab")
            await bo.type("x")
            await bo.sees("1x", gone="✗ Skriv ett heltal")
            await bo.press("tab")
            await bo.sees("1x", "✗ Skriv ett heltal")
            await bo.press("escape", "home", "ctrl+s")
            await bo.sees("✗ Skriv ett heltal", "› 1 123 Hur många?")
            await bo.press("backspace", "ctrl+s")  # the cursor is in the field at fault
            await bo.sees("Sparad", gone="✗")
        (number,) = stored(clinic, "Utkast").form.items
        assert isinstance(number, WholeNumber)
        assert number.least == 1

    async def test_undo_brings_the_readable_text_back(self, store: Store, clinic: Clinic) -> None:
        async with building(store, clinic, draft(clinic, form=self.FORM)) as bo:
            await bo.press("end", "enter", "tab", "tab", "tab")
            await bo.type("x")
            await bo.press("escape")
            await bo.sees("✗", "1x")
            await bo.press("u")
            await bo.sees("Minst", gone="✗")
            assert "osparad" not in bo.terminal.text()

    async def test_it_stands_in_the_way_of_publishing(self, store: Store, clinic: Clinic) -> None:
        async with building(store, clinic, draft(clinic, form=self.FORM)) as bo:
            await bo.press("end", "enter", "tab", "tab", "tab")
            await bo.type("x")
            await bo.press("f8")
            await bo.sees("✗ Skriv ett heltal")
        assert stored(clinic, "Utkast").state is TemplateState.DRAFT


async def test_the_list_of_problems_leads_into_the_field_at_fault(store: Store, clinic: Clinic) -> None:
    form = Form(items=(ShortText(id="a", wording="Vem?"), OneChoice(id="b", wording="När?"), YesNo(id="c")))
    async with building(store, clinic, draft(clinic, form=form)) as bo:
        await bo.press("f7")
        await bo.sees(
            "2 saker att rätta", "2 När?: Skriv minst två alternativ", "3 (ja eller nej): Skriv texten"
        )
        await bo.press("enter")
        await bo.type("Nu")
        await bo.press("enter")
        await bo.type("Sen")
        await bo.press("f7")
        await bo.sees("1 sak att rätta")
        await bo.press("enter")
        await bo.type("Röker du?")
        await bo.press("f7")
        await bo.sees("Det finns inget att rätta")
        await bo.press("f8")
        await bo.sees("är publicerad")
    assert [item.wording for item in stored(clinic, "Utkast").form.items] == ["Vem?", "När?", "Röker du?"]


async def test_a_refused_publication_leads_to_the_list(store: Store, clinic: Clinic) -> None:
    form = Form(items=(YesNo(id="a"), YesNo(id="b")))
    async with building(store, clinic, draft(clinic, form=form)) as bo:
        await bo.press("f8")
        await bo.sees("2 saker att rätta, märkta ✗; F7 listar dem", "› 1 ±")
        await bo.press("f7", "down", "enter")
        await bo.sees("› 2 ±")
        await bo.type("Röker du?")
        await bo.sees("2 ± Röker du?")


async def test_a_condition_is_chosen_with_v_and_can_be_undone(store: Store, clinic: Clinic) -> None:
    form = Form(items=(YesNo(id="rok", wording="Röker du?"), ShortText(id="namn", wording="Vad?")))
    async with building(store, clinic, draft(clinic, form=form)) as bo:
        await bo.press("end", "v")
        await bo.sees("Visas beroende på vilken fråga?")
        await bo.press("enter", "1", "ctrl+s")
        assert bo.terminal.strokes == 1 + 4
        await bo.sees("2 a Vad? ?", "Villkor › visas om ”Röker du?” är Ja")
        await bo.press("u")
        await bo.sees("visas alltid")
        await bo.press("ctrl+y", "ctrl+s")
        await bo.sees("Sparad")
    assert stored(clinic, "Utkast").form.items[1] == ShortText(
        id="namn",
        wording="Vad?",
        shown_when=ShownWhen(conditions=(Condition(question="rok", test=Test.EQUALS, value=True),)),
    )


async def test_the_condition_is_a_line_among_the_fields_too(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic, draft(clinic, form=TREE)) as bo:
        await bo.press("end", "enter", "tab", "tab", "tab", "enter")
        await bo.sees("Villkor", "”Röker du?” är Ja")
        await bo.press("d", "escape")
        await bo.sees("visas alltid", "osparad")
    assert stored(clinic, "Utkast").form.items[2] == TREE.items[2]


async def test_a_white_box_has_no_condition_and_says_so(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic) as bo:
        await bo.type("Dosering")
        await bo.press("enter", "a", "0", "escape", "v")
        await bo.sees("En vit ruta visas alltid")


async def test_scores_are_opened_from_their_row(store: Store, clinic: Clinic) -> None:
    form = Form(items=(Scale(id="ont", wording="Hur ont?"),))
    async with building(store, clinic, draft(clinic, form=form)) as bo:
        await bo.press(*["down"] * 5)
        await bo.sees("› Poängsummor inga")
        await bo.press("enter")
        await bo.sees("Poängsummor", "Namn")
        await bo.type("Smärta")
        await bo.press("enter", "1", "ctrl+s")
        await bo.sees("› Poängsummor 1", "1 poängsumma: Smärta", "osparad")
        await bo.press("ctrl+s")
        await bo.sees("Sparad")
    (score,) = stored(clinic, "Utkast").form.scores
    assert (score.name, score.questions) == ("Smärta", ("ont",))


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_placeholders_that_are_told_are_known(language: str) -> None:
    i18n.install(language)
    assert all(placeholders.is_given(i18n._(name)) for name in KNOWN)


async def test_the_title_for_the_patient_is_another_than_the_name(store: Store, clinic: Clinic) -> None:
    async with building(store, clinic, draft(clinic)) as bo:
        await bo.sees("Titel för invånaren: (namnet)")
        await bo.press("down", "enter")
        await bo.sees("Tomt: invånaren ser namnet")
        await bo.type("Meddelande från oss")
        await bo.press("ctrl+s")
        await bo.sees("Sparad")
    assert stored(clinic, "Utkast").form.title == "Meddelande från oss"


async def test_a_file_question_that_was_imported_is_shown_and_can_be_deleted(
    store: Store, clinic: Clinic
) -> None:
    form = Form(items=(File(id="bild", wording="Bifoga en bild"), YesNo(id="rok", wording="Röker du?")))
    async with building(store, clinic, draft(clinic, form=form)) as bo:
        await bo.press("a")
        await bo.sees("Enter väljer", gone="Fil ")
        await bo.press("escape", "f8")
        await bo.sees("✗ Filer", "› 1 ↑ Bifoga en bild")
        await bo.press("d", "f8")
        await bo.sees("är publicerad")


class TestPaper:
    """The form as the patient sees it, beside the editor where there is room for it."""

    async def test_it_follows_every_edit(self, store: Store, clinic: Clinic) -> None:
        async with building(store, clinic, draft(clinic, form=TREE), size=(120, 36)) as bo:
            await bo.sees("( ) Ja ( ) Nej")
            await bo.press("end", "enter")
            await bo.type(" Och varför?")
            screen = await bo.sees("Vem? Och varför?")
            assert screen.count("Vem? Och varför?") == 3  # in the outline, in the field, on the paper
            assert fits(screen, 120, 36)

    @pytest.mark.parametrize(("columns", "there"), [(119, False), (120, True)])
    async def test_it_needs_a_wide_terminal(
        self, store: Store, clinic: Clinic, columns: int, there: bool
    ) -> None:
        async with building(store, clinic, draft(clinic, form=TREE), size=(columns, 30)) as bo:
            await bo.sees("Hur många?")
            assert ("( ) Ja" in bo.terminal.text()) is there

    def test_the_tree_of_these_tests_has_conditions(self) -> None:
        assert any(getattr(place.item, "shown_when", None) == IF_SMOKING for place in TREE.places)


async def test_options_keep_their_points_when_the_wording_is_mended(store: Store, clinic: Clinic) -> None:
    options = (Option(id="a", wording="Ja", points="2"), Option(id="b", wording="Nej"))
    form = Form(items=(OneChoice(id="val", wording="Oro?", options=options),))
    async with building(store, clinic, draft(clinic, form=form)) as bo:
        await bo.press("end", "enter", "tab")
        await bo.sees("Ja = 2")
        await bo.type(" tack")
        await bo.press("ctrl+s")
        await bo.sees("Sparad")
    assert stored(clinic, "Utkast").form.items[0] == OneChoice(
        id="val",
        wording="Oro?",
        options=(options[0], Option(id="b", wording="Nej tack")),
    )

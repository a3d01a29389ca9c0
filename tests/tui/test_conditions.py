"""The conditions of an item, by keys alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from data import templates
from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.errors import Message
from data.domain.forms import (
    AnyItem,
    Date,
    Form,
    OneChoice,
    Option,
    Scale,
    Section,
    ShortText,
    Text,
    WholeNumber,
    YesNo,
)
from data.store.store import Store
from tests.conftest import Clinic
from tests.tui.one_screen import Someone, at_screen
from tui.i18n import say
from tui.screens.admin.menu import AdminScreen
from tui.screens.builder.ask_condition import AskCondition
from tui.screens.builder.conditions import ConditionsScreen
from tui.screens.builder.template_builder import BuilderScreen

HOSTILE = "[/b] \x1b[2J\x1b]52;c;eA==\x07 \u202eevil\u202c \u200bå"
CHOICE = OneChoice(
    id="val", wording="Vad mest?", options=(Option(id="a", wording="Feber"), Option(id="b", wording="Hosta"))
)
SMOKES = YesNo(id="rok", wording="Röker du?")
AGE = WholeNumber(id="alder", wording="Ålder", unit="år", least=0)
IS_YES = Condition(question="rok", test=Test.EQUALS, value=True)
OF_AGE = Condition(question="alder", test=Test.AT_LEAST, value=18)


@asynccontextmanager
async def conditions_of(
    store: Store, clinic: Clinic, *earlier: AnyItem, shown_when: ShownWhen | None = None
) -> AsyncIterator[Someone]:
    """Bo at the conditions of a text that stands below the earlier items."""
    form = Form(items=(*earlier, Text(id="text", wording="Då gäller detta", shown_when=shown_when)))
    async with at_screen(store, clinic.bo, lambda: ConditionsScreen(form, "text", ["Mallen"])) as bo:
        yield bo


def both(every: bool = True) -> ShownWhen:
    return ShownWhen(conditions=(IS_YES, OF_AGE), every=every)


def only(condition: Condition) -> ShownWhen:
    return ShownWhen(conditions=(condition,))


async def test_yes_to_the_question_above_takes_three_keys(store: Store, clinic: Clinic) -> None:
    async with conditions_of(store, clinic, AGE, SMOKES) as bo:
        await bo.sees("Visas beroende på vilken fråga?", "› 1  Röker du?")
        await bo.press("enter", "1", "ctrl+s")
        assert bo.app.results == [only(IS_YES)]
        assert bo.terminal.strokes == 3


async def test_the_second_option_of_the_choice_above_takes_three_keys_in_a_burst(
    store: Store, clinic: Clinic
) -> None:
    async with conditions_of(store, clinic, SMOKES, CHOICE) as bo:
        await bo.terminal.burst("enter", "2", "escape")
        await bo.sees("")
        assert bo.app.results == [only(Condition(question="val", test=Test.EQUALS, value="b"))]


async def test_a_number_is_typed_and_what_is_wrong_with_it_stands_beside_it(
    store: Store, clinic: Clinic
) -> None:
    async with conditions_of(store, clinic, AGE, SMOKES) as bo:
        await bo.press("2")  # Ålder, the second nearest
        await bo.sees("är minst …")
        await bo.type("minst")
        await bo.sees("är minst …", gone="är högst …")
        await bo.press("enter")
        await bo.sees("”Ålder” är minst …")
        await bo.press("enter")
        await bo.sees("✗ Skriv svaret som avgör")
        await bo.type("arton")
        await bo.press("enter")
        await bo.sees("✗", "37")  # whole numbers are written like that
        await bo.press(*["backspace"] * 5)
        await bo.type("18")
        await bo.press("enter")
        await bo.sees("”Ålder” är minst 18 år", "Visas om det här gäller")
        await bo.press("ctrl+s")
        assert bo.app.results == [only(OF_AGE)]


@pytest.mark.parametrize(
    ("question", "typed", "value"),
    [(Scale(id="q", wording="Smärta"), "7", 7), (Date(id="q", wording="När"), "20260131", "2026-01-31")],
)
async def test_a_typed_answer_is_stored_as_its_question_stores_it(
    store: Store, clinic: Clinic, question: AnyItem, typed: str, value: int | str
) -> None:
    async with conditions_of(store, clinic, question) as bo:
        await bo.press("enter", "enter")  # equals
        await bo.type(typed)
        await bo.press("enter", "ctrl+s")
        assert bo.app.results == [only(Condition(question="q", test=Test.EQUALS, value=value))]


async def test_of_many_questions_one_is_found_by_typing(store: Store, clinic: Clinic) -> None:
    many = [YesNo(id=f"q{number}", wording=f"Fråga {number}") for number in range(150)]
    async with conditions_of(
        store, clinic, *many, SMOKES, *[one.model_copy(update={"id": "x" + one.id}) for one in many]
    ) as bo:
        await bo.type("rok")
        await bo.sees("Inget stämmer med det du skrev")
        await bo.press(*["backspace"] * 3)
        await bo.type("röker")
        await bo.sees("Röker du?", gone="Fråga 149")
        await bo.press("enter", "2", "ctrl+s")
        assert bo.app.results == [only(Condition(question="rok", test=Test.EQUALS, value=False))]


async def test_questions_that_say_the_same_are_told_apart_by_their_section(
    store: Store, clinic: Clinic
) -> None:
    def section(number: int) -> Section:
        same = SMOKES.model_copy(update={"id": f"rok{number}"})
        return Section(id=f"del{number}", wording=f"Del {number}", items=(same,))

    async with conditions_of(store, clinic, section(1), section(2), AGE) as bo:
        await bo.sees("1  Ålder", "2  Röker du?  (Del 2)", "3  Röker du?  (Del 1)")


async def test_the_arrow_up_at_the_first_question_stays_there(store: Store, clinic: Clinic) -> None:
    async with conditions_of(store, clinic, AGE, SMOKES) as bo:
        await bo.press("up", "up", "down")
        await bo.sees("› 2  Ålder")


async def test_from_the_builder_it_is_one_key_more_and_seen_beside_it(store: Store, clinic: Clinic) -> None:
    form = Form(items=(SMOKES, Text(id="text", wording="Då gäller detta")))
    template = templates.create(clinic.bo, "Mallen", form)
    async with at_screen(store, clinic.bo, AdminScreen, size=(140, 36)) as bo:
        await bo.app.push_screen(BuilderScreen(template))
        await bo.sees("Instruktion till vårdgivaren")
        await bo.press("end")
        bo.terminal.strokes = 0
        await bo.press("v", "enter", "1", "ctrl+s")
        await bo.sees("visas om ”Röker du?” är Ja")
        assert bo.terminal.strokes == 4
        await bo.press("ctrl+s")
        await bo.sees("Sparad")
    text = templates.get(clinic.bo, template.id).form.item("text")
    assert isinstance(text, Text)
    assert text.shown_when == only(IS_YES)


async def test_all_or_any_is_one_key(store: Store, clinic: Clinic) -> None:
    async with conditions_of(store, clinic, SMOKES, AGE, shown_when=both()) as bo:
        await bo.sees("Visas om alla de här gäller", "”Röker du?” är Ja", "”Ålder” är minst 18 år")
        await bo.press("space")
        await bo.sees("Visas om minst ett av de här gäller")
        await bo.press("ctrl+s")
        assert bo.app.results == [both(every=False)]


async def test_a_condition_is_changed_where_it_stands(store: Store, clinic: Clinic) -> None:
    async with conditions_of(store, clinic, SMOKES, AGE, shown_when=both()) as bo:
        await bo.press("down", "enter")
        await bo.sees("› 5  är minst …")
        await bo.press("enter")
        await bo.press("backspace")
        await bo.type("9")
        await bo.press("enter")
        await bo.sees("”Ålder” är minst 19 år")
        await bo.press("escape")
        nineteen = OF_AGE.model_copy(update={"value": 19})
        assert bo.app.results == [ShownWhen(conditions=(IS_YES, nineteen))]


async def test_without_its_last_condition_the_item_is_shown_always(store: Store, clinic: Clinic) -> None:
    async with conditions_of(store, clinic, SMOKES, shown_when=only(IS_YES)) as bo:
        await bo.press("d")
        await bo.sees("Visas alltid. a lägger till ett villkor")
        await bo.press("ctrl+s")
        assert bo.app.results == [None]


async def test_escape_goes_back_step_by_step_and_leads_out_of_what_was_not_begun(
    store: Store, clinic: Clinic
) -> None:
    async with conditions_of(store, clinic, AGE) as bo:
        await bo.press("enter", "enter")
        await bo.sees("”Ålder” är …")
        await bo.press("escape")
        await bo.sees("är besvarad")
        await bo.press("escape")
        await bo.sees("Visas beroende på vilken fråga?")
        await bo.press("escape")
        assert bo.app.results == [None]


async def test_giving_up_a_change_keeps_the_condition(store: Store, clinic: Clinic) -> None:
    async with conditions_of(store, clinic, SMOKES, AGE, shown_when=both()) as bo:
        await bo.press("enter")
        await bo.sees("› 1  är Ja")
        await bo.press("escape", "escape")
        await bo.sees("Visas om alla de här gäller")
        await bo.press("escape")
        assert bo.app.results == [both()]


async def test_a_condition_that_is_broken_says_why(store: Store, clinic: Clinic) -> None:
    gone = Condition(question="borta", test=Test.ANSWERED)
    async with conditions_of(store, clinic, SMOKES, shown_when=ShownWhen(conditions=(IS_YES, gone))) as bo:
        screen = await bo.sees("(en fråga som är borta) är besvarad")
        assert screen.count("✗") == 1
        await bo.press("down")
        await bo.sees("✗ " + say(Message("The condition asks about a question that is gone: choose another")))


async def test_where_nothing_was_asked_before_it_says_so(store: Store, clinic: Clinic) -> None:
    async with conditions_of(store, clinic) as bo:
        await bo.sees("Visas alltid. Det finns ingen tidigare fråga")
        await bo.press("a")
        assert not isinstance(bo.app.screen, AskCondition)


async def test_unsaved_conditions_are_told_of(store: Store, clinic: Clinic) -> None:
    async with conditions_of(store, clinic, SMOKES, AGE, shown_when=both()) as bo:
        screen = bo.app.screen
        assert isinstance(screen, ConditionsScreen)
        assert screen.unsaved() is None
        await bo.press("space")
        assert "Då gäller detta" in str(screen.unsaved())


async def test_hostile_words_are_only_drawn(store: Store, clinic: Clinic) -> None:
    question = OneChoice.model_construct(
        id="q", wording=HOSTILE, options=(Option.model_construct(id="a", wording=HOSTILE),), other=False
    )
    plain = ShortText(id="p", wording="Vanlig")
    async with conditions_of(store, clinic, plain) as bo:
        form = Form.model_construct(items=(question, Text(id="text", wording="x")), scores=())
        await bo.app.push_screen(ConditionsScreen(form, "text"))
        for keys in ((), ("enter",), ("1",)):
            await bo.press(*keys)
            assert not set("\x1b\x07\u202e\u200b") & set(await bo.sees("[/b]"))

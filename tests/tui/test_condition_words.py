"""Conditions in words, and what a condition may ask about."""

from __future__ import annotations

import pytest
from hypothesis import given

from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.forms import (
    AnyItem,
    Date,
    DecimalNumber,
    Form,
    LongText,
    OneChoice,
    Option,
    Question,
    Scale,
    Section,
    SeveralChoices,
    Text,
    WhiteBox,
    WholeNumber,
    YesNo,
)
from data.domain.reading import Refused
from tests.forms_strategy import forms
from tui.screens.builder.askable import askable, fault_of, read_value, typed_value
from tui.widgets.condition_words import NAME_CELLS, in_words, note, of_condition

OPTIONS = (Option(id="a", wording="Feber"), Option(id="b", wording="Hosta"))
ASKED: tuple[AnyItem, ...] = (
    YesNo(id="rok", wording="Röker du?"),
    WholeNumber(id="alder", wording="Ålder", unit="år"),
    OneChoice(id="ett", wording="Vad mest?", options=OPTIONS),
    SeveralChoices(id="flera", wording="Symtom", options=OPTIONS),
    Date(id="dag", wording="Insjuknade"),
    DecimalNumber(id="vikt", wording="Vikt"),
    Scale(id="ont", wording="Smärta"),
    LongText(id="mer", wording="Något\nmer?"),
    Text(id="text", wording="Ring oss"),
)
FORM = Form(items=ASKED)


def condition(question: str, test: Test, value: bool | int | str | None = None) -> Condition:
    return Condition(question=question, test=test, value=value)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (condition("rok", Test.EQUALS, True), "”Röker du?” är Ja"),
        (condition("rok", Test.DIFFERS, False), "”Röker du?” är inte Nej"),
        (condition("alder", Test.AT_LEAST, 18), "”Ålder” är minst 18 år"),
        (condition("alder", Test.LESS, 18), "”Ålder” är mindre än 18 år"),
        (condition("ett", Test.EQUALS, "a"), "”Vad mest?” är ”Feber”"),
        (condition("flera", Test.EQUALS, "b"), "”Symtom” innehåller ”Hosta”"),
        (condition("flera", Test.DIFFERS, "b"), "”Symtom” innehåller inte ”Hosta”"),
        (condition("dag", Test.MORE, "2026-01-31"), "”Insjuknade” är efter 2026-01-31"),
        (condition("vikt", Test.AT_MOST, "37.5"), "”Vikt” är högst 37,5"),
        (condition("ont", Test.MORE, 3), "”Smärta” är mer än 3"),
        (condition("mer", Test.UNANSWERED), "”Något mer?” är inte besvarad"),
        (condition("ett", Test.EQUALS, "borta"), "”Vad mest?” är …"),
        (condition("borta", Test.ANSWERED), "(en fråga som är borta) är besvarad"),
    ],
)
def test_a_condition_is_said_as_people_say_it(asked: Condition, words: str) -> None:
    assert of_condition(FORM, asked) == words


def test_several_conditions_are_joined_by_what_decides() -> None:
    both = (condition("rok", Test.EQUALS, True), condition("alder", Test.AT_LEAST, 18))
    assert (
        in_words(FORM, ShownWhen(conditions=both)) == "visas om ”Röker du?” är Ja och ”Ålder” är minst 18 år"
    )
    assert in_words(FORM, ShownWhen(conditions=both, every=False)) == (
        "visas om ”Röker du?” är Ja eller ”Ålder” är minst 18 år"
    )


def test_braces_in_a_question_are_its_own() -> None:
    form = Form(items=(YesNo(id="a", wording="{one} {x}"), YesNo(id="b", wording="B")))
    both = ShownWhen(conditions=(condition("a", Test.ANSWERED), condition("b", Test.ANSWERED)))
    assert in_words(form, both) == "visas om ”{one} {x}” är besvarad och ”B” är besvarad"


def test_a_long_question_is_cut() -> None:
    form = Form(items=(YesNo(id="a", wording="lång " * 50),))
    words = of_condition(form, condition("a", Test.ANSWERED))
    assert "…" in words
    assert len(words) < NAME_CELLS + 20


@given(forms())
def test_every_form_s_conditions_can_be_said(form: Form) -> None:
    for place in form.places:
        words = note(form, place.item.id)
        shown_when = None if isinstance(place.item, WhiteBox) else place.item.shown_when
        assert bool(words) == (shown_when is not None)
        assert "\n" not in words


@given(forms())
def test_what_may_be_asked_about_is_what_may_be_published(form: Form) -> None:
    """The list of questions agrees with the rule of the form itself."""
    for place in form.places:
        if isinstance(place.item, WhiteBox):
            continue
        offered = {question.id for question in askable(form, place.item.id)}
        for other in form.places:
            about = condition(other.item.id, Test.ANSWERED)
            assert (fault_of(form, place.item.id, about) is None) == (other.item.id in offered)


def test_the_nearest_question_comes_first_and_one_s_own_times_only() -> None:
    repeated = Section(
        id="igen",
        wording="Igen",
        repeats=True,
        items=(YesNo(id="inne", wording="I"), YesNo(id="nast", wording="N")),
    )
    form = Form(items=(YesNo(id="forst", wording="F"), repeated, YesNo(id="sist", wording="S")))
    assert [one.id for one in askable(form, "nast")] == ["inne", "forst"]
    assert [one.id for one in askable(form, "sist")] == ["forst"]
    assert askable(form, "forst") == ()


@pytest.mark.parametrize(
    ("question", "typed", "value"),
    [
        (WholeNumber(id="q"), " 18 ", 18),
        (DecimalNumber(id="q"), "37,50", "37.5"),
        (Scale(id="q"), "7", 7),
        (Date(id="q"), "20260131", "2026-01-31"),
        (LongText(id="q"), "Ja tack", "Ja tack"),
    ],
)
def test_a_typed_answer_is_read_by_its_question(question: Question, typed: str, value: object) -> None:
    assert read_value(question, typed) == value
    assert read_value(question, typed_value(question, value)) == value


@pytest.mark.parametrize(
    ("question", "typed"), [(WholeNumber(id="q"), "arton"), (WholeNumber(id="q"), " "), (Scale(id="q"), "11")]
)
def test_what_the_question_does_not_take_is_refused(question: Question, typed: str) -> None:
    with pytest.raises(Refused):
        read_value(question, typed)

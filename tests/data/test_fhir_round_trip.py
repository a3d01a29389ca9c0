"""Out as FHIR and in again: nothing changes, nothing is lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from data.domain.answers import Writer, check
from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.forms import (
    Band,
    DateTime,
    DecimalNumber,
    File,
    Form,
    LongText,
    OneChoice,
    Option,
    Scale,
    Score,
    Section,
    SeveralChoices,
    ShortText,
    Text,
    WhiteBox,
    YesNo,
)
from data.domain.text import clean
from data.exchange.fhir.export import export_questionnaire
from data.exchange.fhir.export_response import export_response
from data.exchange.fhir.import_questionnaire import Imported, read_questionnaire
from data.exchange.fhir.import_response import read_response
from data.exchange.fhir.reading import parse_resource
from data.exchange.fhir.writing import written
from data.library import shipped
from tests.data.fhir_every_type import ANSWERED, EVERYTHING, WRITTEN
from tests.forms_strategy import WORDS, answers_to, forms


def back(form: Form, name: str = "Namn") -> Imported:
    return read_questionnaire(parse_resource(written(export_questionnaire(name, form, status="draft"))))


def one(**condition: Any) -> ShownWhen:
    return ShownWhen(conditions=(Condition(**condition),))


@given(forms(), WORDS)
def test_any_form_that_the_builder_can_make_survives(form: Form, name: str) -> None:
    assert back(form, name) == Imported(name, form, ())


@given(forms(sound=True), st.data())
def test_any_answers_survive(form: Form, data: st.DataObject) -> None:
    typed = data.draw(answers_to(form))
    checked = check(form, typed, Writer.PATIENT)
    assume(not checked.problems)
    boxes = {box.id: "Skrivet" for box in form.white_boxes}
    found = read_response(form, parse_resource(written(export_response(form, typed, boxes))))
    assert found.answers == checked.values
    assert found.losses == ()
    assert found.written.items() <= boxes.items()


def test_everything_there_is_survives() -> None:
    assert back(EVERYTHING) == Imported("Namn", EVERYTHING, ())
    found = read_response(EVERYTHING, export_response(EVERYTHING, ANSWERED, WRITTEN))
    assert (found.answers, found.written, found.losses) == (ANSWERED, WRITTEN, ())


@pytest.mark.parametrize("name", sorted(shipped()))
def test_the_library_survives(name: str) -> None:
    assert back(shipped()[name], name) == Imported(name, shipped()[name], ())


YES = YesNo(id="q", wording="?")
ASKED = one(question="q", test=Test.ANSWERED)


@pytest.mark.parametrize(
    "item",
    [
        Text(id="a"),
        Section(id="a", least=3, most=2),
        Section(id="a", repeats=True, least=0, most=0),
        Section(id="a", repeats=True, most=60, items=(YesNo(id="b", shown_when=ASKED),)),
        WhiteBox(id="a", most_length=9_000, default="{", help="}"),
        ShortText(id="a", most_length=4_000, pattern="(?=a)", pattern_message=""),
        LongText(id="a", most_length=0, least_length=7),
        OneChoice(id="a", options=(Option(id="x"), Option(id="y", wording="{y}", points=Decimal("-0.5")))),
        SeveralChoices(id="a", least=3, options=(Option(id="x", exclusive=True),), most=0),
        SeveralChoices(id="a", least=0, other=True),
        Scale(id="a", least=None, most=None),
        Scale(id="a", least=0, most=1_000, least_words="{", most_words="}"),
        DecimalNumber(id="a", least=Decimal("123456789012.123456"), decimals=-4),
        DateTime(id="a", least="2026-10-25T02:30", most="1900-01-01T00:00"),
        File(id="a"),
        YesNo(id="a", shown_when=ShownWhen(conditions=())),
        YesNo(id="a", shown_when=ShownWhen(conditions=(), every=False)),
        YesNo(id="a", shown_when=one(question="gone", test=Test.EQUALS, value="x")),
        YesNo(id="a", shown_when=one(question="", test=Test.EQUALS, value="")),
        YesNo(id="a", shown_when=one(question="q", test=Test.EQUALS, value=1)),
        YesNo(id="a", shown_when=one(question="q", test=Test.ANSWERED, value=True)),
        YesNo(id="a", shown_when=one(question="q", test=Test.MORE, value=None)),
        YesNo(id="a", shown_when=one(question="a", test=Test.ANSWERED)),
    ],
    ids=lambda item: type(item).__name__,
)
def test_a_draft_in_any_state_survives(item: Any) -> None:
    form = Form(answerable=False, items=(YES, item))
    assert back(form) == Imported("Namn", form, ())


def test_a_draft_of_a_score_survives() -> None:
    bands = (Band(), Band(least=Decimal("0.5")), Band(wording="{x}"))
    form = Form(scores=(Score(id="s", questions=("gone",), bands=bands), Score(id="s")))
    assert back(form).form == form


@given(st.text("{}ab ", max_size=12))
def test_braces_are_placeholders_only_in_our_own_files(text: str) -> None:
    form = Form(title=text, items=(ShortText(id="a", wording=text, help=text), WhiteBox(id="b", help=text)))
    assert back(form).form == form
    theirs = {
        "resourceType": "Questionnaire",
        "status": "active",
        "title": text,
        "item": [{"linkId": "a", "type": "string", "text": text}],
    }
    wording = read_questionnaire(theirs).form.items[0].wording
    assert Form(items=(Text(id="x", wording=wording),)).filled({"a": "!", "b": "!"}).items[
        0
    ].wording == clean(text, lines=True)

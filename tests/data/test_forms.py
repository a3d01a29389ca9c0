"""Forms: what may be stored, and what keeps a form from being published."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import ValidationError

from data.domain.forms import (
    AnyItem,
    Confirmation,
    Date,
    DateTime,
    DecimalNumber,
    File,
    Form,
    Item,
    LongText,
    OneChoice,
    Option,
    Scale,
    Section,
    SeveralChoices,
    ShortText,
    Text,
    Time,
    WhiteBox,
    WholeNumber,
    YesNo,
)
from data.domain.limits import ITEM_LIMIT, LINE_LIMIT, TEXT_LIMIT
from data.domain.reading import Refused
from data.library import shipped
from tests.conftest import INFORMATION, QUESTION
from tests.forms_strategy import forms

ITEM_TYPES = get_args(get_args(AnyItem)[0])
YES = Option(id="ja", wording="Ja")
NO = Option(id="nej", wording="Nej")


def told(form: Form) -> list[tuple[str, str]]:
    return [(problem.field, str(problem.message)) for problem in form.problems()]


@pytest.mark.parametrize("form", [INFORMATION, QUESTION, *shipped().values()])
def test_forms_that_are_ready(form: Form) -> None:
    assert form.problems() == ()


@pytest.mark.parametrize("form", [INFORMATION, QUESTION, *shipped().values()])
def test_a_stored_form_comes_back_the_same(form: Form) -> None:
    assert Form.model_validate_json(form.model_dump_json()) == form


def test_parts_of_a_form() -> None:
    assert [box.id for box in QUESTION.white_boxes] == ["dos"]
    assert [question.id for question in QUESTION.questions] == ["ok", "rok", "ovrigt", "hjalp"]
    assert QUESTION.item("dos") == QUESTION.items[0]
    assert QUESTION.item("none") is None


def test_an_edited_copy_knows_its_own_items() -> None:
    assert QUESTION.item("dos") is not None
    assert QUESTION.model_copy(update={"items": ()}).item("dos") is None


def test_an_edited_copy_knows_what_its_own_placeholders_stand_for() -> None:
    form = Form(patient_instruction="Ta {dos}", items=(WhiteBox(id="a", wording="A", name="dos"),))
    assert not list(form.unfilled(form.box_values({"a": "En"})))
    renamed = form.model_copy(update={"items": (WhiteBox(id="a", wording="A", name="styrka"),)})
    assert renamed.box_values({"a": "En"}) == {"styrka": "En"}
    assert [problem.field for problem in renamed.unfilled(renamed.box_values({"a": "En"}))] == ["written"]
    reworded = form.model_copy(update={"patient_instruction": "Ta {styrka}"})
    assert [problem.field for problem in reworded.unfilled(reworded.box_values({"a": "En"}))] == ["written"]


def test_a_question_needs_a_question() -> None:
    form = Form(answerable=True, items=(Text(id="t", wording="Hej"),))

    assert told(form) == [("items", "Add a question, or let the patient only read")]


def test_an_information_has_no_question() -> None:
    form = Form(answerable=False, items=(YesNo(id="q", wording="Mår du bra?"),))

    assert told(form) == [("q", "The patient can't answer this message: delete the question")]


def test_an_empty_information_says_nothing() -> None:
    assert told(Form(answerable=False)) == [("items", "Write something for the patient to read")]
    assert told(Form(answerable=False, patient_instruction="Läs")) == []


@pytest.mark.parametrize("kind", ITEM_TYPES)
def test_every_item_needs_its_wording(kind: type[Item]) -> None:
    form = Form(items=(kind(id="x"), Confirmation(id="ok", wording="Läst")))

    assert "x" in [field for field, _ in told(form)]


@pytest.mark.parametrize("kind", [OneChoice, SeveralChoices])
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ((), "Write at least two options"),
        ((YES,), "Write at least two options"),
        ((YES, Option(id="x")), "Write the wording of every option"),
        ((YES, Option(id="x", wording="JA")), "Two options say the same: change or delete one"),
        (
            (YES, NO.model_copy(update={"id": "ja"})),
            "Two options have the same id: delete one and write it anew",
        ),
    ],
)
def test_options(
    kind: type[OneChoice] | type[SeveralChoices], options: tuple[Option, ...], reason: str
) -> None:
    form = Form(items=(kind(id="v", wording="Välj", options=options),))

    assert told(form) == [("v", reason)]
    assert told(Form(items=(kind(id="v", wording="Välj", options=(YES, NO)),))) == []


def test_two_items_with_the_same_id() -> None:
    form = Form(items=(YesNo(id="q", wording="A"), YesNo(id="q", wording="B"), YesNo(id="r", wording="C")))

    assert told(form) == [("q", "Two items have the same id: delete one and add it anew")]


@pytest.mark.parametrize("item_id", ["", "Å", "a b", "-a", "a" * 65, "a\n", "a[0]", "../a"])
def test_ids_are_short_and_plain(item_id: str) -> None:
    with pytest.raises(ValidationError):
        YesNo(id=item_id, wording="A")


def test_texts_are_cleaned_and_cut() -> None:
    question = YesNo(id="q", wording="a\x1b[2J\r\nb\u202e", help="rad\nett" + "x" * 1_000)

    assert question.wording == "a[2J\nb"
    assert question.help.startswith("rad ett")
    assert len(question.help) == LINE_LIMIT
    assert len(Text(id="t", wording="x" * 100_000).wording) == TEXT_LIMIT


@pytest.mark.parametrize("value", [None, 1, True, ["a"]])
def test_what_is_no_text_is_not_taken_for_one(value: object) -> None:
    with pytest.raises(ValidationError):
        Text.model_validate({"id": "t", "wording": value})


def test_a_form_has_an_end() -> None:
    many = [{"kind": "text", "id": f"t{index}", "wording": "x"} for index in range(ITEM_LIMIT + 1)]

    assert len(Form.model_validate({"items": many[:-1]}).items) == ITEM_LIMIT
    with pytest.raises(ValidationError):
        Form.model_validate({"items": many})


def test_unknown_parts_are_refused() -> None:
    for strange in ({"colour": "red"}, {"items": [{"kind": "video", "id": "v"}]}):
        with pytest.raises(ValidationError):
            Form.model_validate(strange)


def test_sections_lie_three_deep_and_no_deeper() -> None:
    item: object = YesNo(id="q", wording="A")
    for depth in range(1, 4):
        item = Section(id=f"s{depth}", wording="S", items=(item,))
        assert told(Form(items=(item,))) == []
    with pytest.raises(ValidationError):
        Form(items=(Section(id="s4", wording="S", items=(item,)),))


def test_every_item_counts_wherever_it_lies() -> None:
    many = tuple(Text(id=f"t{index}", wording="x") for index in range(ITEM_LIMIT))
    with pytest.raises(ValidationError):
        Form(items=(Section(id="s", wording="S", items=many),))


@pytest.mark.parametrize(
    ("item", "part", "reason"),
    [
        (Section(id="x", wording="S"), "items", "The section is empty: put something in it, or delete it"),
        (ShortText(id="x", wording="A", most_length=301), "most_length", "Write a number from 1 to 300"),
        (
            LongText(id="x", wording="A", least_length=9, most_length=8),
            "least_length",
            "The least is more than the most: change one of them",
        ),
        (
            ShortText(id="x", wording="A", pattern="(", pattern_message="m"),
            "pattern",
            "The pattern can't be understood: mend or delete it",
        ),
        (
            ShortText(id="x", wording="A", pattern="[0-9]+"),
            "pattern_message",
            "Say in words what the pattern asks for",
        ),
        (
            WholeNumber(id="x", wording="A", least=3, most=2),
            "most",
            "The least is more than the most: change one of them",
        ),
        (
            Date(id="x", wording="A", least="2026-02-01", most="2026-01-31"),
            "most",
            "The earliest is after the latest: change one of them",
        ),
        (DecimalNumber(id="x", wording="A", decimals=7), "decimals", "Write a number from 0 to 6"),
        (Scale(id="x", wording="A", least=0, most=21), "most", "A scale has at most 21 steps"),
        (Scale(id="x", wording="A", most=None), "most", "Write where the scale ends"),
        (
            SeveralChoices(id="x", wording="A", options=(YES, NO), least=3),
            "least",
            "There are only 2 to choose from: ask for fewer",
        ),
        (
            SeveralChoices(
                id="x", wording="A", options=(YES, NO.model_copy(update={"exclusive": True})), least=2
            ),
            "least",
            "There are only 1 to choose from: ask for fewer",
        ),
        (
            File(id="x", wording="A"),
            "kind",
            "Files can't be received yet: ask in another way, or delete the question",
        ),
        (
            WhiteBox(id="x", wording="A", default="12345", most_length=4),
            "default",
            "The text is longer than the box takes: at most 4",
        ),
    ],
)
def test_what_an_item_lacks_is_told_at_its_field(item: Item, part: str, reason: str) -> None:
    problems = Form(items=(item, YesNo(id="q", wording="B"))).problems()

    assert [(one.field, one.part, str(one.message)) for one in problems] == [("x", part, reason)]


def test_sections_that_repeat_in_each_other_cannot_make_an_endless_form() -> None:
    def nested(least: int) -> Form:
        item: AnyItem = Confirmation(id="ok", wording="Ok")
        for name in "abc":
            item = Section(id=name, wording="S", repeats=True, least=least, most=50, items=(item,))
        return Form(items=(item,))

    assert nested(5).problems() == ()
    (problem,) = nested(10).problems()
    assert problem.field == "items"
    assert "the form holds 1111 items: at most 1000" in str(problem.message)


@pytest.mark.parametrize(
    ("kind", "field", "typed", "message"),
    [
        (WholeNumber, "least", "3x", "Write a whole number with digits, like 37"),
        (WholeNumber, "most", "99999999999", "The number is too large: at most 2147483647"),
        (WholeNumber, "most", "9999999999", "The number is too large: at most 2147483647"),
        (DecimalNumber, "least", "1,2,3", "Write a number with digits, like 37,5"),
        (Date, "most", "2026-02-30", "Write a date as year-month-day, like 2026-01-31"),
        (Time, "least", "24:00", "Write a time as hour:minute, like 08:30"),
        (DateTime, "least", "2026-01-31", "Write date and time, like 2026-01-31 08:30"),
        (ShortText, "most_length", "-1", "Write a number from 0"),
        (Section, "least", "", "Write a whole number with digits, like 37"),
    ],
)
def test_a_bound_that_cannot_be_read_says_what_to_write(
    kind: type[Item], field: str, typed: str, message: str
) -> None:
    with pytest.raises(ValidationError) as error:
        kind.model_validate({"id": "x", field: typed})
    refused = error.value.errors()[0]["ctx"]["error"]

    assert isinstance(refused, Refused)
    assert str(refused.message) == message


def test_bounds_are_stored_exactly() -> None:
    number = DecimalNumber.model_validate({"id": "x", "least": "0,10", "most": "12345678,123456"})

    assert (str(number.least), str(number.most)) == ("0.1", "12345678.123456")
    assert DecimalNumber.model_validate_json(number.model_dump_json()) == number


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(forms())
def test_any_form_is_stored_and_its_gaps_are_told_without_a_fault(form: Form) -> None:
    assert Form.model_validate_json(form.model_dump_json()) == form
    assert all(str(problem) for problem in form.problems())


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(forms(sound=True))
def test_a_sound_form_has_no_gaps(form: Form) -> None:
    assert form.problems() == ()

"""Answers: checking never raises, what is valid comes back the same, and everything can be said in words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.domain.answers import Answers, Checked, Value, Writer, check, in_words, kept
from data.domain.errors import Message
from data.domain.forms import (
    Confirmation,
    Date,
    DecimalNumber,
    Form,
    LongText,
    OneChoice,
    Option,
    Question,
    Scale,
    SeveralChoices,
    ShortText,
    Text,
    WhiteBox,
    YesNo,
)
from data.domain.limits import LINE_LIMIT, TEXT_LIMIT, TYPED_LIMIT
from data.domain.text import clean

OPTIONS = (Option(id="a", wording="Alfa"), Option(id="b", wording="Beta"), Option(id="c", wording="Gamma"))

FORM = Form(
    items=(
        Text(id="hej", wording="Hej"),
        WhiteBox(id="box", wording="Skriv"),
        ShortText(id="short", wording="Kort"),
        LongText(id="long", wording="Långt"),
        YesNo(id="yesno", wording="Ja?"),
        Confirmation(id="confirm", wording="Läst"),
        OneChoice(id="one", wording="En", options=OPTIONS),
        SeveralChoices(id="several", wording="Flera", options=OPTIONS),
        Date(id="date", wording="När"),
        DecimalNumber(id="number", wording="Hur mycket", unit="kg/st."),
        Scale(id="scale", wording="Hur ont"),
    )
)
IDS = [question.id for question in FORM.questions]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)

GOOD: dict[str, st.SearchStrategy[object]] = {
    "short": st.text(max_size=LINE_LIMIT),
    "long": st.text(max_size=400),
    "yesno": st.booleans(),
    "confirm": st.booleans(),
    "one": st.sampled_from(["a", "b", "c"]),
    "several": st.lists(st.sampled_from(["a", "b", "c"])),
    "date": st.dates().map(lambda day: day.isoformat()),
    "number": st.decimals(-(10**11), 10**11, allow_nan=False, places=6).map(lambda number: f"{number:f}")
    | st.integers(-(10**11), 10**11).map(str),
    "scale": st.integers(0, 10),
}


def optional(form: Form) -> Form:
    items = tuple(
        item if isinstance(item, Text) else item.model_copy(update={"required": False}) for item in form.items
    )
    return form.model_copy(update={"items": items})


def read_one(item_id: str, typed: object) -> Checked:
    return check(optional(FORM), {item_id: typed}, Writer.PATIENT)


def item(item_id: str) -> Question:
    return next(one for one in FORM.questions if one.id == item_id)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*IDS, "box", "hej", "x", ""]), JSON), st.sampled_from(Writer))
def test_checking_any_json_never_raises_and_drops_nothing(typed: dict[str, object], writer: Writer) -> None:
    checked = check(FORM, typed, writer)
    known = {one.id for one in (FORM.white_boxes if writer is Writer.STAFF else FORM.questions)}
    told = {problem.field for problem in checked.problems}

    assert set(checked.values) <= known
    assert not set(checked.values) & told
    assert known <= set(checked.values) | told  # all are required
    assert set(typed) - known <= told
    assert json.loads(json.dumps(checked.values)) == checked.values
    assert all(str(problem) for problem in checked.problems)


@settings(max_examples=300, deadline=None)
@given(st.fixed_dictionaries({}, optional=GOOD))
def test_what_is_valid_is_understood_and_comes_back_the_same(typed: dict[str, object]) -> None:
    form = optional(FORM)
    first = check(form, typed, Writer.PATIENT)
    assert first.problems == ()

    stored: Answers = json.loads(json.dumps(first.values))
    again = check(form, stored, Writer.PATIENT)
    assert (again.values, again.problems) == (first.values, ())
    for item_id, value in stored.items():
        assert str(in_words(item(item_id), value)) != ""


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([*IDS, "x", "\ud800"]), JSON | st.binary() | st.dates()))
def test_what_is_kept_of_a_half_filled_form_can_be_stored_and_read(typed: dict[str, object]) -> None:
    stored = kept(FORM, typed, Writer.PATIENT)

    assert set(stored) <= set(IDS)
    assert json.loads(json.dumps(stored, ensure_ascii=False).encode()) == stored
    assert kept(FORM, stored, Writer.PATIENT) == stored


@settings(deadline=None)
@given(st.fixed_dictionaries({}, optional=GOOD))
def test_a_half_filled_form_means_the_same_after_it_was_kept(typed: dict[str, object]) -> None:
    form = optional(FORM)

    stored = kept(FORM, typed, Writer.PATIENT)
    assert check(form, stored, Writer.PATIENT) == check(form, typed, Writer.PATIENT)


def test_a_long_unfinished_text_is_kept() -> None:
    assert kept(FORM, {"long": "x" * TYPED_LIMIT}, Writer.PATIENT) == {"long": "x" * TYPED_LIMIT}


@pytest.mark.parametrize("value", [2**10_000, 1.5, None, {}, (1, 2), object(), b"x"])
def test_what_nobody_can_type_is_not_kept(value: object) -> None:
    assert kept(FORM, {"scale": value}, Writer.PATIENT) == {}


def test_required_and_unanswered() -> None:
    problems = {problem.field: str(problem.message) for problem in check(FORM, {}, Writer.PATIENT).problems}

    assert list(problems) == IDS
    assert problems["confirm"] == "Tick the box to confirm"
    assert problems["several"] == "Choose at least one"
    assert [one.field for one in check(FORM, {"box": " "}, Writer.STAFF).problems] == ["box"]


def test_no_is_an_answer() -> None:
    form = Form(items=(YesNo(id="q", wording="Ja?"),))
    checked = check(form, {"q": False}, Writer.PATIENT)

    assert (checked.values, checked.problems) == ({"q": False}, ())
    assert check(form, {"q": None}, Writer.PATIENT).values == {}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("37,5", "37.5"),
        (" 37.50 ", "37.5"),
        ("−3", "-3"),
        ("+5", "5"),
        ("0,000001", "0.000001"),
        ("-0,0", "0"),
        ("007", "7"),
        ("999999999999", "999999999999"),
    ],
)
def test_numbers(typed: str, stored: str) -> None:
    assert read_one("number", typed).values == {"number": stored}


@pytest.mark.parametrize(
    "typed", ["1e5", "NaN", "1 000", "٣", "½", "1,", ",5", "--1", "1" * 13, "0,0000001", True, "0x1"]
)
def test_no_numbers(typed: object) -> None:
    checked = read_one("number", typed)

    assert checked.values == {}
    assert [problem.field for problem in checked.problems] == ["number"]


@pytest.mark.parametrize(("typed", "stored"), [("2026-01-31", "2026-01-31"), (" 20260131 ", "2026-01-31")])
def test_dates(typed: str, stored: str) -> None:
    assert read_one("date", typed).values == {"date": stored}


@pytest.mark.parametrize(
    "typed",
    ["2026-02-30", "0000-01-01", "31/1 2026", "２０２６-01-31", "2026-1-31", 20260131, "2026-01-31T10"],
)
def test_no_dates(typed: object) -> None:
    assert [problem.field for problem in read_one("date", typed).problems] == ["date"]


def test_choices_come_in_the_forms_order_and_once() -> None:
    assert read_one("several", ["c", "a", "c"]).values == {"several": ["a", "c"]}
    assert read_one("several", "b").values == {"several": ["b"]}
    assert read_one("one", ["b"]).values == {"one": "b"}


@pytest.mark.parametrize(
    ("item_id", "typed"),
    [
        ("one", "d"),
        ("one", ["a", "b"]),
        ("several", ["a", "d"]),
        ("several", [{}]),
        ("scale", 11),
        ("scale", True),
        ("scale", "5"),
        ("scale", 5.0),
        ("yesno", "ja"),
        ("yesno", 1),
        ("confirm", "x"),
        ("short", 5),
        ("short", True),
        ("short", "x" * (LINE_LIMIT + 1)),
        ("long", "x" * (TEXT_LIMIT + 1)),
    ],
)
def test_what_a_question_cannot_take(item_id: str, typed: object) -> None:
    checked = read_one(item_id, typed)

    assert checked.values == {}
    assert [problem.field for problem in checked.problems] == [item_id]


def test_texts_are_cleaned() -> None:
    assert read_one("short", " a\x1b[2J\nb ").values == {"short": "a[2J b"}
    assert read_one("long", "a\r\nb\u202e\n").values == {"long": "a\nb"}
    assert read_one("long", "\u200b\x1b").values == {}
    assert read_one("short", "x" * LINE_LIMIT + "  ").values == {"short": "x" * LINE_LIMIT}


@given(st.text(max_size=200))
def test_a_text_answer_is_what_clean_makes_of_it(text: str) -> None:
    assert read_one("long", text).values.get("long", "") == clean(text, lines=True)


@pytest.mark.parametrize(
    ("item_id", "value", "words"),
    [
        ("short", None, "Not answered"),
        ("yesno", True, "Yes"),
        ("yesno", False, "No"),
        ("confirm", True, "Confirmed"),
        ("one", "b", "Beta"),
        ("several", ["a", "c"], "Alfa\nGamma"),
        ("date", "2026-01-31", "2026-01-31"),
        ("number", "37.5", "37,5 kg/st."),
        ("number", "37", "37 kg/st."),
        ("scale", 0, "0 of 10"),
        ("long", "Hej. Då.", "Hej. Då."),
    ],
)
def test_in_words(item_id: str, value: Value | None, words: str) -> None:
    assert str(in_words(item(item_id), value)) == words


def test_words_of_the_program_are_messages_and_words_of_people_are_not() -> None:
    assert isinstance(in_words(item("yesno"), True), Message)
    assert isinstance(in_words(item("short"), "Yes"), str)

"""What is shown when, how often, under which rules: conditions, repetitions, choices and bounds at work."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.domain.answers import Writer, check, kept
from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.forms import (
    Date,
    DateTime,
    DecimalNumber,
    File,
    Form,
    Item,
    LongText,
    OneChoice,
    Option,
    Question,
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
from tests.forms_strategy import answers_to, forms

A, B, NONE = Option(id="a", wording="Alfa"), Option(id="b", wording="Beta"), Option(id="n", wording="Inget")


def when(*conditions: tuple[str, Test, Any], every: bool = True) -> ShownWhen:
    return ShownWhen(
        conditions=tuple(Condition(question=q, test=test, value=value) for q, test, value in conditions),
        every=every,
    )


def shown(form: Form, **typed: object) -> list[str]:
    return [one.path for one in check(form, typed, Writer.PATIENT).shown]


def told(form: Form, typed: dict[str, Any]) -> dict[str, str]:
    return {one.field: str(one.message) for one in check(form, typed, Writer.PATIENT).problems}


SMOKER = Form(
    items=(
        YesNo(id="smokes", wording="Röker du?"),
        WholeNumber(id="many", wording="Hur många?", shown_when=when(("smokes", Test.EQUALS, True))),
        Text(id="stop", wording="Vi hjälper dig att sluta", shown_when=when(("many", Test.MORE, 10))),
    )
)


def test_a_question_appears_with_its_answer_and_only_then_is_required() -> None:
    assert shown(SMOKER) == ["smokes"]
    assert shown(SMOKER, smokes=False) == ["smokes"]
    assert told(SMOKER, {"smokes": False}) == {}
    assert shown(SMOKER, smokes=True) == ["smokes", "many"]
    assert told(SMOKER, {"smokes": True}) == {"many": "Answer this question"}
    assert shown(SMOKER, smokes=True, many="11") == ["smokes", "many", "stop"]


def test_an_answer_that_is_hidden_now_is_not_sent_and_that_is_told() -> None:
    checked = check(SMOKER, {"smokes": False, "many": "20"}, Writer.PATIENT)

    assert checked.values == {"smokes": False}
    assert checked.problems == ()
    assert checked.left_out == ("many",)
    assert [one.path for one in checked.shown] == ["smokes"], "a hidden answer shows nothing either"
    assert kept(SMOKER, {"smokes": False, "many": "20"}, Writer.PATIENT)["many"] == "20"


@pytest.mark.parametrize(
    ("test", "wanted", "holds_for", "not_for"),
    [
        (Test.EQUALS, 5, ["5"], ["4", "", "x"]),
        (Test.DIFFERS, 5, ["4"], ["5", "", "x"]),
        (Test.LESS, 5, ["4"], ["5", "6", ""]),
        (Test.MORE, 5, ["6", "10"], ["5", "4", ""]),
        (Test.AT_LEAST, 5, ["5", "6"], ["4", ""]),
        (Test.AT_MOST, 5, ["5", "4"], ["6", ""]),
        (Test.ANSWERED, None, ["0", "5"], ["", "x"]),
        (Test.UNANSWERED, None, ["", "x"], ["0"]),
    ],
)
def test_every_test(test: Test, wanted: object, holds_for: list[str], not_for: list[str]) -> None:
    form = Form(
        items=(
            WholeNumber(id="n", wording="Hur många?"),
            Text(id="t", wording="Text", shown_when=when(("n", test, wanted))),
        )
    )
    assert form.problems() == () or not form.problems()
    for typed in holds_for:
        assert shown(form, n=typed) == ["n", "t"], typed
    for typed in not_for:
        assert shown(form, n=typed) == ["n"], typed


@pytest.mark.parametrize(
    ("question", "less", "more"),
    [
        (DecimalNumber(id="n", wording="?"), "9,5", "10,25"),
        (Date(id="n", wording="?"), "2026-01-31", "20260201"),
        (Time(id="n", wording="?"), "9:05", "10.00"),
        (DateTime(id="n", wording="?"), "2026-01-31 9:05", "2026-01-31 10:00"),
        (Scale(id="n", wording="?"), 2, 10),
    ],
)
def test_order_is_by_value_and_not_by_letters(question: Question, less: Any, more: Any) -> None:
    wanted = question.read(more)
    form = Form(items=(question, Text(id="t", wording="T", shown_when=when(("n", Test.LESS, wanted)))))

    assert form.problems()[0].field == "items" if not form.questions else form.problems() == ()
    assert shown(form, n=less) == ["n", "t"]
    assert shown(form, n=more) == ["n"]


def test_of_several_choices_one_suffices_and_differs_asks_for_none() -> None:
    several = SeveralChoices(id="v", wording="Vad?", options=(A, B))
    has = Text(id="has", wording="T", shown_when=when(("v", Test.EQUALS, "a")))
    lacks = Text(id="lacks", wording="T", shown_when=when(("v", Test.DIFFERS, "a")))
    form = Form(items=(several, has, lacks))

    assert shown(form, v=["a", "b"]) == ["v", "has"]
    assert shown(form, v=["b"]) == ["v", "lacks"]
    assert shown(form) == ["v"]


def test_nothing_is_shown_depending_on_itself_or_on_what_lies_in_it() -> None:
    itself = YesNo(id="q", wording="?", shown_when=when(("q", Test.EQUALS, True)))
    inside = Section(id="s", wording="S", shown_when=itself.shown_when, items=(YesNo(id="q", wording="?"),))
    for item in (itself, inside):
        (problem,) = Form(items=(item,)).problems()
        assert (problem.field, problem.part) == (item.id, "shown_when")
        assert str(problem.message).endswith("itself or something in it: choose an earlier question")


def test_all_or_any() -> None:
    conditions = (("p", Test.EQUALS, True), ("q", Test.EQUALS, True))
    form = Form(
        items=(
            YesNo(id="p", wording="P"),
            YesNo(id="q", wording="Q"),
            Text(id="all", wording="T", shown_when=when(*conditions)),
            Text(id="any", wording="T", shown_when=when(*conditions, every=False)),
        )
    )
    assert shown(form, p=True, q=False) == ["p", "q", "any"]
    assert shown(form, p=True, q=True) == ["p", "q", "all", "any"]
    assert shown(form, p=False, q=False) == ["p", "q"]


def test_a_hidden_section_hides_what_lies_in_it_and_what_depends_on_that() -> None:
    inside = YesNo(id="inside", wording="I")
    form = Form(
        items=(
            YesNo(id="p", wording="P"),
            Section(id="s", wording="S", items=(inside,), shown_when=when(("p", Test.EQUALS, True))),
            Text(id="t", wording="T", shown_when=when(("inside", Test.EQUALS, True))),
        )
    )
    assert form.problems() == ()
    assert shown(form, p=True, inside=True) == ["p", "s", "inside", "t"]
    checked = check(form, {"p": False, "inside": True}, Writer.PATIENT)
    assert [one.path for one in checked.shown] == ["p"]
    assert (checked.values, checked.problems, checked.left_out) == ({"p": False}, (), ("inside",))


def test_each_answer_in_a_hidden_section_that_repeats_is_told_of_and_blank_ones_are_not() -> None:
    medicine = Section(
        id="med",
        wording="Läkemedel",
        repeats=True,
        shown_when=when(("p", Test.EQUALS, True)),
        items=(ShortText(id="name", wording="Namn"), YesNo(id="still", wording="Tar du det än?")),
    )
    form = Form(items=(YesNo(id="p", wording="P"), medicine))

    def left_out(times: Any) -> tuple[str, ...]:
        return check(form, {"p": False, "med": times}, Writer.PATIENT).left_out

    assert left_out([{"name": "Alvedon", "still": False}, {"name": "Ipren"}]) == (
        "med[0]/name",
        "med[0]/still",
        "med[1]/name",
    )
    assert left_out([{}, {"name": " "}]) == ()
    assert left_out([{"gone": "x"}, "nonsense"]) == ("med[0]/gone", "med")


MEDICINES = Form(
    items=(
        Section(
            id="med",
            wording="Läkemedel",
            repeats=True,
            least=1,
            most=3,
            items=(
                ShortText(id="name", wording="Namn"),
                YesNo(id="stopped", wording="Har du slutat?", required=False),
                LongText(id="why", wording="Varför?", shown_when=when(("stopped", Test.EQUALS, True))),
            ),
        ),
    )
)


def test_a_section_is_filled_in_again_and_again_each_time_by_itself() -> None:
    typed = {"med": [{"name": "Alvedon"}, {"name": "Ipren", "stopped": True}]}
    assert MEDICINES.problems() == ()
    assert shown(MEDICINES, **typed) == [
        "med",
        "med[0]",
        "med[0]/name",
        "med[0]/stopped",
        "med[1]",
        "med[1]/name",
        "med[1]/stopped",
        "med[1]/why",
    ]
    assert told(MEDICINES, typed) == {"med[1]/why": "Answer this question"}
    typed["med"][1]["why"] = "Blev yr"
    assert check(MEDICINES, typed, Writer.PATIENT).values == typed


def test_the_least_number_of_times_is_asked_for_and_the_most_is_held() -> None:
    assert told(MEDICINES, {}) == {"med[0]/name": "Answer this question"}
    four = {"med": [{"name": "x"}] * 4}
    assert told(MEDICINES, four) == {"med": "Filled in 4 times: at most 3, take some away"}


@pytest.mark.parametrize("nonsense", ["x", 1, {"name": "x"}, [1, 2, 3], [["x"]], [None]])
def test_a_section_that_cannot_be_read_is_told_of(nonsense: object) -> None:
    assert "med" in told(MEDICINES, {"med": nonsense})


def test_unknown_answers_are_told_of_in_their_order() -> None:
    typed = {f"x{number}": 1 for number in range(9)}
    assert list(told(MEDICINES, {"med": [{"name": "x"}], **typed})) == list(typed)


def test_an_unknown_answer_is_told_of_where_it_lies() -> None:
    assert list(told(MEDICINES, {"med": [{"name": "x", "y": 1}], "name": "z"})) == ["med[0]/y", "name"]


@pytest.mark.parametrize(
    ("question", "typed", "message"),
    [
        (WholeNumber(id="q", wording="?", least=0, unit="kg"), "-1", "-1 kg is too low: at least 0 kg"),
        (WholeNumber(id="q", wording="?", most=300), "301", "301 is too high: at most 300"),
        (WholeNumber(id="q", wording="?"), "1,5", "Write a whole number with digits, like 37"),
        (WholeNumber(id="q", wording="?"), "9" * 11, "The number is too large: at most 2147483647"),
        (WholeNumber(id="q", wording="?"), "-3000000000", "The number is too small: at least -2147483648"),
        (DecimalNumber(id="q", wording="?"), "1" + "0" * 12, "The number is too large: at most 999999999999"),
        (
            DecimalNumber(id="q", wording="?"),
            "-1" + "0" * 12,
            "The number is too small: at least -999999999999",
        ),
        (DecimalNumber(id="q", wording="?"), "1,1234567", "Too many decimals: at most 6"),
        (DecimalNumber(id="q", wording="?"), "1" * 100_000, "Write a number with digits, like 37,5"),
        (DecimalNumber(id="q", wording="?", most="41,5"), "41,6", "41,6 is too high: at most 41,5"),
        (DecimalNumber(id="q", wording="?", decimals=1), "36,55", "Too many decimals: at most 1"),
        (
            Date(id="q", wording="?", least="2026-01-01"),
            "2025-12-31",
            "2025-12-31 is too early: at the earliest 2026-01-01",
        ),
        (Time(id="q", wording="?", most="17:00"), "17:01", "17:01 is too late: at the latest 17:00"),
        (
            DateTime(id="q", wording="?", least="2026-01-01T08:00"),
            "2026-01-01 07:59",
            "2026-01-01 07:59 is too early: at the earliest 2026-01-01 08:00",
        ),
        (
            DateTime(id="q", wording="?"),
            "2026-03-29 02:30",
            "That time does not exist: the clocks go forward that night. Write a later time",
        ),
        (DateTime(id="q", wording="?"), "1899-12-31 12:00", "Write a year from 1900 to 2199"),
        (
            ShortText(id="q", wording="?", least_length=3),
            "ab",
            "The text is too short: at least 3 characters",
        ),
        (LongText(id="q", wording="?", most_length=3), "abcd", "The text is too long: at most 3 characters"),
        (
            ShortText(id="q", wording="?", pattern="[0-9]{5}", pattern_message="Fem siffror"),
            "1234",
            "Fem siffror",
        ),
        (
            ShortText(id="q", wording="?", pattern="[0-9]{5}"),
            "123456",
            "The answer must have the form [0-9]{5}",
        ),
        (Scale(id="q", wording="?", least=1, most=5), 6, "Choose a number from 1 to 5"),
        (SeveralChoices(id="q", wording="?", options=(A, B, NONE), least=2), ["a"], "Choose at least 2"),
        (SeveralChoices(id="q", wording="?", options=(A, B, NONE), most=1), ["a", "b"], "Choose at most 1"),
        (OneChoice(id="q", wording="?", options=(A, B)), {"other": "Gamma"}, "Choose among the options"),
        (
            OneChoice(id="q", wording="?", options=(A, B), other=True),
            {"other": " "},
            "Write your own answer, or choose among the options",
        ),
        (File(id="q", wording="?"), "bild.png", "Files can't be sent yet: leave this empty"),
    ],
)
def test_each_problem_names_the_rule_and_the_remedy(question: Item, typed: object, message: str) -> None:
    assert told(Form(items=(question,)), {"q": typed}) == {"q": message}


def test_an_exclusive_option_stands_alone() -> None:
    none = NONE.model_copy(update={"exclusive": True})
    form = Form(items=(SeveralChoices(id="q", wording="?", options=(A, B, none), least=2),))

    assert told(form, {"q": ["n"]}) == {}, "none of these is an answer, though two are asked for"
    assert told(form, {"q": ["a", "n"]}) == {
        "q": "“Inget” can't be chosen with others: take it or the others back"
    }


def test_one_may_answer_in_words_of_ones_own() -> None:
    form = Form(
        items=(
            OneChoice(id="p", wording="?", options=(A, B), other=True),
            SeveralChoices(id="q", wording="?", options=(A, B), other=True),
        )
    )
    values = check(
        form, {"p": {"other": " Gamma\x1b "}, "q": [{"other": "Delta"}, "b"]}, Writer.PATIENT
    ).values

    assert values == {"p": {"other": "Gamma"}, "q": ["b", {"other": "Delta"}]}
    assert form.questions[1].in_words(values["q"]) == "Beta\nDelta"


def test_staff_write_in_every_white_box_whatever_is_shown() -> None:
    box = WhiteBox(id="box", wording="Skriv", most_length=5)
    hidden = Section(id="s", wording="S", items=(box,), shown_when=when(("p", Test.EQUALS, True)))
    form = Form(items=(YesNo(id="p", wording="P"), hidden))

    assert [one.field for one in check(form, {}, Writer.STAFF).problems] == ["box"]
    assert [one.field for one in check(form, {"box": "123456"}, Writer.STAFF).problems] == ["box"]
    assert check(form, {"box": "12345"}, Writer.STAFF).values == {"box": "12345"}


@pytest.mark.parametrize(
    ("items", "message"),
    [
        (
            (
                Text(id="t", wording="T", shown_when=when(("q", Test.EQUALS, True))),
                YesNo(id="q", wording="Q"),
            ),
            "The condition asks about a later question: move that one before this",
        ),
        (
            (
                YesNo(id="q", wording="Q"),
                Text(id="t", wording="T", shown_when=when(("x", Test.ANSWERED, None))),
            ),
            "The condition asks about a question that is gone: choose another",
        ),
        (
            (YesNo(id="q", wording="Q"), Text(id="t", wording="T", shown_when=when(("q", Test.LESS, True)))),
            "“Q” can't be compared so: choose another condition",
        ),
        (
            (
                YesNo(id="q", wording="Q"),
                Text(id="t", wording="T", shown_when=when(("q", Test.EQUALS, "ja"))),
            ),
            "Choose the answer to “Q” that decides",
        ),
        (
            (
                Section(id="s", wording="S", repeats=True, items=(YesNo(id="q", wording="Q"),)),
                Text(id="t", wording="T", shown_when=when(("q", Test.EQUALS, True))),
            ),
            "“Q” may have several answers, since its section repeats: ask in the same section",
        ),
        (
            (YesNo(id="q", wording="Q"), Text(id="t", wording="T", shown_when=ShownWhen(conditions=()))),
            "Write a condition, or show it always",
        ),
    ],
)
def test_a_condition_that_cannot_decide_stops_publishing(items: tuple[Any, ...], message: str) -> None:
    problems = [one for one in Form(items=items).problems() if one.part == "shown_when"]

    assert [(one.field, str(one.message)) for one in problems] == [("t", message)]


def test_a_white_box_in_a_section_that_repeats_stops_publishing() -> None:
    box = WhiteBox(id="box", wording="Skriv")
    form = Form(items=(Section(id="s", wording="S", repeats=True, items=(box, YesNo(id="q", wording="Q"))),))

    assert [one.field for one in form.problems()] == ["box"]


NOISE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), forms(), st.sampled_from(Writer))
def test_checking_never_raises_and_every_answer_is_taken_told_of_or_left_out(
    data: st.DataObject, form: Form, writer: Writer
) -> None:
    ids = [place.item.id for place in form.places]
    typed = data.draw(
        answers_to(form) | st.dictionaries(st.sampled_from([*ids, "x"]), NOISE, max_size=4), label="typed"
    )
    checked = check(form, typed, writer)

    paths = [*(one.field for one in checked.problems), *checked.left_out]
    told_of = {path.partition("[")[0] for path in paths}
    for item_id, value in typed.items():
        blank = value in (None, "", False) or (isinstance(value, list) and not any(value))
        blank = blank or not str(value).strip()
        assert blank or item_id in checked.values or item_id in told_of or _is_blank(form, item_id, value)


def _is_blank(form: Form, item_id: str, value: object) -> bool:
    item = form.item(item_id)
    return hasattr(item, "is_blank") and (item.is_blank(value) or not str(value).isprintable())


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), forms(sound=True))
def test_what_is_taken_comes_back_the_same(data: st.DataObject, form: Form) -> None:
    typed = data.draw(answers_to(form), label="typed")
    values = check(form, typed, Writer.PATIENT).values

    assert check(form, values, Writer.PATIENT).values == values
    assert kept(form, values, Writer.PATIENT) == values
    for one in check(form, values, Writer.PATIENT).shown:
        if one.value is not None:
            assert str(one.item.in_words(one.value))  # type: ignore[union-attr]

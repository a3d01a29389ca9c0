"""The check of a response under conditions: what is asked, and what must not be answered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.data.fhir_forms import (
    KG,
    OTHER,
    WORD,
    A,
    B,
    Json,
    answer,
    coding,
    group,
    item,
    problems,
    questionnaire,
    response,
    when,
)

# Conditions


def shown_when(*conditions: Json, **parts: Any) -> Json:
    """The questions of all kinds, and one that is required when the conditions are met."""
    kinds = (
        "boolean",
        "integer",
        "decimal",
        "date",
        "dateTime",
        "time",
        "string",
        "choice",
        "quantity",
        "reference",
    )
    asked = [item(kind, kind, repeats=True) for kind in kinds]
    behaviour = {"enableBehavior": "all"} if len(conditions) > 1 else {}
    return questionnaire(
        *asked, item("q", "string", required=True, enableWhen=list(conditions), **behaviour | parts)
    )


@pytest.mark.parametrize(
    ("condition", "answers", "enabled"),
    [
        (when("string", "exists", answerBoolean=True), [], False),
        (when("string", "exists", answerBoolean=True), [WORD], True),
        (when("string", "exists", answerBoolean=False), [], True),
        (when("string", "exists", answerBoolean=False), [WORD], False),
        (when("boolean", "=", answerBoolean=True), [{"valueBoolean": True}], True),
        (when("boolean", "=", answerBoolean=True), [{"valueBoolean": False}], False),
        (when("boolean", "!=", answerBoolean=True), [{"valueBoolean": False}], True),
        (when("string", "!=", answerString="x"), [], False),
        (when("string", "!=", answerString="x"), [WORD], False),
        (when("string", "!=", answerString="x"), [OTHER], True),
        (when("string", "!=", answerString="x"), [OTHER, WORD], False),
        (when("string", "=", answerString="x"), [OTHER, WORD], True),
        (when("integer", ">", answerInteger=3), [{"valueInteger": 3}], False),
        (when("integer", ">=", answerInteger=3), [{"valueInteger": 3}], True),
        (when("integer", ">", answerInteger=3), [{"valueInteger": 1}, {"valueInteger": 4}], True),
        (when("integer", "<", answerDecimal=Decimal("3.5")), [{"valueInteger": 3}], True),
        (when("decimal", "=", answerDecimal=Decimal("1.0")), [{"valueDecimal": 1}], True),
        (when("decimal", "<=", answerDecimal=1), [{"valueDecimal": Decimal("1.01")}], False),
        (when("date", "<", answerDate="2022-06"), [{"valueDate": "2022-05-31"}], True),
        (when("date", "<", answerDate="2022-06"), [{"valueDate": "2022"}], False),
        (when("date", "=", answerDate="2022-06"), [{"valueDate": "2022-06"}], True),
        (
            when("dateTime", ">", answerDateTime="2022-06-01T12:00:00Z"),
            [{"valueDateTime": "2022-06-01T13:30:00+01:00"}],
            True,
        ),
        (
            when("dateTime", ">", answerDateTime="2022-06-01T12:00:00Z"),
            [{"valueDateTime": "2022-06-01T12:30:00+01:00"}],
            False,
        ),
        (when("time", ">=", answerTime="10:00:00"), [{"valueTime": "10:00:00.5"}], True),
        (when("choice", "=", answerCoding=coding("a")), [A], True),
        (when("choice", "=", answerCoding=coding("a")), [B], False),
        (when("choice", "=", answerCoding=coding("a", "http://other.org")), [A], False),
        (when("choice", "=", answerCoding={"code": "a"}), [A], True),
        (when("choice", "!=", answerCoding=coding("a")), [B], True),
        (when("quantity", ">", answerQuantity={**KG, "value": 60}), [{"valueQuantity": KG}], True),
        (
            when("quantity", ">", answerQuantity={**KG, "value": 60, "code": "g"}),
            [{"valueQuantity": KG}],
            False,
        ),
        (
            when("reference", "=", answerReference={"reference": "Patient/1"}),
            [{"valueReference": {"reference": "Patient/1", "display": "Eva"}}],
            True,
        ),
    ],
)
def test_each_operator_on_each_kind(condition: Json, answers: list[Json], enabled: bool) -> None:
    asked = shown_when(condition)
    before = [answer(condition["question"], *answers)] if answers else []
    required = "q: It is required: answer it"
    assert problems(asked, response(*before)) == ([required] if enabled else [])
    found = problems(asked, response(*before, answer("q", WORD)))
    assert [line[:14] for line in found] == ([] if enabled else ["q: It is answe"])
    assert problems(asked, response(*before, answer("q", WORD), status="in-progress")) == []


def test_all_and_any() -> None:
    both = (when("string", "exists", answerBoolean=True), when("integer", "=", answerInteger=1))
    one = response(answer("string", WORD))
    assert problems(shown_when(*both, enableBehavior="all"), one) == []
    assert problems(shown_when(*both, enableBehavior="any"), one) == ["q: It is required: answer it"]


def test_what_a_disabled_question_answers_does_not_count() -> None:
    asked = questionnaire(
        item("a", "boolean"),
        item("b", "boolean", enableWhen=[when("a", "=", answerBoolean=True)]),
        item("c", "string", required=True, enableWhen=[when("b", "=", answerBoolean=True)]),
    )
    yes, no = {"valueBoolean": True}, {"valueBoolean": False}
    assert problems(asked, response(answer("a", yes), answer("b", yes))) == ["c: It is required: answer it"]
    found = problems(asked, response(answer("a", no), answer("b", yes)))
    assert [line.partition(":")[0] for line in found] == ["b"]


def test_a_disabled_group_disables_all_in_it() -> None:
    asked = questionnaire(
        item("a", "boolean"),
        item(
            "g",
            "group",
            required=True,
            enableWhen=[when("a", "=", answerBoolean=True)],
            item=[item("b", "string", required=True)],
        ),
    )
    assert problems(asked, response()) == []
    found = problems(asked, response(group("g", answer("b", WORD))))
    assert [line.partition(":")[0] for line in found] == ["g"]
    assert problems(asked, response({"linkId": "g"})) == []


REPEATED = questionnaire(
    item(
        "g",
        "group",
        repeats=True,
        item=[
            item("a", "boolean"),
            item("b", "string", required=True, enableWhen=[when("a", "=", answerBoolean=True)]),
        ],
    ),
)


def test_the_nearest_answer_counts_in_each_repetition() -> None:
    yes, no = answer("a", {"valueBoolean": True}), answer("a", {"valueBoolean": False})
    assert problems(REPEATED, response(group("g", yes, answer("b", WORD)), group("g", no))) == []
    assert len(problems(REPEATED, response(group("g", no), group("g", yes)))) == 1
    assert len(problems(REPEATED, response(group("g", no, answer("b", WORD)), group("g", yes)))) == 2
    # The first repetition's yes is not the second one's, which is unanswered.
    assert problems(REPEATED, response(group("g", yes, answer("b", WORD)), {"linkId": "g"})) == []


def test_a_question_under_an_answer_asks_its_parent() -> None:
    asked = questionnaire(
        item(
            "a",
            "integer",
            repeats=True,
            item=[item("b", "string", required=True, enableWhen=[when("a", ">", answerInteger=5)])],
        )
    )
    assert problems(asked, response(answer("a", {"valueInteger": 1}))) == []
    assert problems(asked, response(answer("a", {"valueInteger": 6}))) == ["b: It is required: answer it"]


def test_conditions_may_look_ahead_and_in_circles() -> None:
    ahead = questionnaire(
        item("a", "string", required=True, enableWhen=[when("b", "=", answerBoolean=True)]),
        item("b", "boolean"),
    )
    assert len(problems(ahead, response(answer("b", {"valueBoolean": True})))) == 1
    assert problems(ahead, response(answer("b", {"valueBoolean": False}))) == []
    circle = questionnaire(
        item("a", "string", enableWhen=[when("b", "exists", answerBoolean=True)]),
        item("b", "string", enableWhen=[when("a", "exists", answerBoolean=True)]),
    )
    assert problems(circle, response(answer("a", WORD), answer("b", WORD))) == []


def test_a_chain_of_conditions_may_be_long() -> None:
    count = 3_000
    links = [
        item(f"q{n}", "boolean", enableWhen=[when(f"q{n + 1}", "=", answerBoolean=True)])
        for n in range(count)
    ]
    asked = questionnaire(*links, item(f"q{count}", "boolean"))
    given = response(*(answer(f"q{n}", {"valueBoolean": n < count}) for n in range(count + 1)))
    assert len(problems(asked, given)) == 1_001

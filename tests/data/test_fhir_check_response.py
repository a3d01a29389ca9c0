"""The check of a response against its questionnaire: places, counts, and what can't be judged."""

from __future__ import annotations

import pytest

from data.exchange.fhir.check_response import check_response
from tests.data.fhir_forms import (
    EXPRESSION,
    HL7,
    SDC,
    WORD,
    A,
    B,
    Json,
    answer,
    extension,
    group,
    item,
    problems,
    questionnaire,
    response,
    verdict,
    when,
)

FORM = questionnaire(
    item("g", "group", item=[item("a", "string"), item("b", "string", item=[item("c", "string")])]),
    item("d", "display"),
    item("e", "integer"),
)


# Places


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], ""),
        (
            [
                group("g", answer("a", WORD), answer("b", {**WORD, "item": [answer("c", WORD)]})),
                {"linkId": "d"},
            ],
            "",
        ),
        ([answer("x", WORD)], "x: The questionnaire has no item"),
        ([answer("a", WORD)], "a: It stands at the top: it belongs in g"),
        ([group("g", answer("e", {"valueInteger": 1}))], "e: It stands in g: it belongs at the top"),
        ([group("g", answer("c", WORD))], "c: It stands in g: it belongs in b"),
        ([answer("e", {"valueInteger": 1}), group("g", answer("a", WORD))], "g: It must come before e"),
        ([group("g", answer("b", WORD), answer("a", WORD))], "a: It must come before b"),
        ([{"linkId": "g", "answer": [WORD]}], "g: It is a group and has no answers"),
        ([group("g", {**answer("b", WORD), "item": [answer("c", WORD)]})], "b: Items under a question"),
        ([answer("d", WORD)], "d: It is a text that can't be answered"),
        ([group("d", answer("e", {"valueInteger": 1}))], "d: It is a text and holds no items"),
        ([group("g"), group("g")], "g: It stands 2 times and does not repeat"),
        (
            [answer("e", {"valueInteger": 1}), answer("e", {"valueInteger": 2})],
            "e: It stands 2 times: put all",
        ),
        ([answer("e", {"valueInteger": 1}, {"valueInteger": 2})], "e: It has 2 answers and takes one"),
        ([{"answer": [WORD]}], "QuestionnaireResponse.item[1]: “linkId” is missing"),
        ([{"linkId": "e", "answer": []}], "e: “answer” is empty"),
        ([answer("e", {})], "e: “answer[1]” is empty"),
        ([answer("e", {"valueInteger": 1, "valueString": "1"})], "e: There are several values"),
        ([answer("e", {"valueCode": "1"})], "e: “answer[1].valueCode” is no element"),
        ([group("g", answer("b", {"item": [answer("c", WORD)]}))], ""),
    ],
)
def test_items_stand_where_the_questionnaire_has_them(items: list[Json], expected: str) -> None:
    found = problems(FORM, response(*items))
    if expected:
        assert any(line.startswith(expected) for line in found), found
    else:
        assert found == []


def test_the_wording_in_a_response_is_free() -> None:
    assert problems(FORM, response({**answer("e", {"valueInteger": 1}), "text": "How many?"})) == []


# The whole


@pytest.mark.parametrize(
    ("asked", "given", "valid"),
    [
        ({"url": "http://x.org/q"}, {"questionnaire": "http://x.org/q"}, True),
        ({"url": "http://x.org/q"}, {"questionnaire": "http://x.org/r"}, False),
        ({"url": "http://x.org/q"}, {}, True),
        ({}, {"questionnaire": "http://x.org/q"}, True),
        ({"url": "http://x.org/q", "version": "1"}, {"questionnaire": "http://x.org/q|1"}, True),
        ({"url": "http://x.org/q", "version": "1"}, {"questionnaire": "http://x.org/q|2"}, False),
        ({"url": "http://x.org/q", "version": "1"}, {"questionnaire": "http://x.org/q"}, True),
        ({"url": "http://x.org/q"}, {"questionnaire": "http://x.org/q|2"}, True),
        ({"url": "http://x.org/q"}, {"questionnaire": "http://x.org/q|2#part"}, True),
        ({"url": "http://x.org/q"}, {"questionnaire": "#contained"}, True),
        ({"url": "http://x.org/q", "id": "7"}, {"questionnaire": "Questionnaire/7"}, True),
        ({"url": "http://x.org/q", "id": "7"}, {"questionnaire": "https://y.org/Questionnaire/7|1"}, True),
        ({"url": "http://x.org/q", "id": "7"}, {"questionnaire": "Questionnaire/17"}, False),
        ({"url": "http://x.org/q"}, {"questionnaire": "Questionnaire/7"}, True),
        ({"subjectType": ["Patient"]}, {"subject": {"reference": "Patient/1"}}, True),
        ({"subjectType": ["Patient"]}, {"subject": {"reference": "http://x.org/Group/1/_history/2"}}, False),
        ({"subjectType": ["Patient"]}, {"subject": {"display": "Eva"}}, True),
        ({}, {"status": "done"}, False),
        ({}, {"authored": "2022-01-01T10:00"}, False),
        ({}, {"authored": "2022-01-01T10:00:00+01:00"}, True),
    ],
)
def test_the_resources_fit_each_other(asked: Json, given: Json, valid: bool) -> None:
    assert verdict(questionnaire(item("q", "string"), **asked), {**response(), **given}) == (
        "valid" if valid else "problems"
    )


def test_a_response_without_status_and_another_resource() -> None:
    asked = questionnaire(item("q", "string"))
    assert problems(asked, {"resourceType": "QuestionnaireResponse"}) == [
        "QuestionnaireResponse: “status” is missing: add it"
    ]
    assert verdict(asked, asked) == "unsupported"


# Required, and how many


REQUIRED = questionnaire(
    item("g", "group", item=[item("a", "string", required=True)]),
    item("h", "group", required=True, item=[item("b", "string")]),
    item("q", "string", required=True, item=[item("c", "string", required=True)]),
)


@pytest.mark.parametrize(
    ("items", "missing"),
    [
        ([], ["h", "q"]),
        ([{"linkId": "g"}, {"linkId": "h"}, {"linkId": "q"}], ["a", "h", "q"]),
        ([group("h", answer("b", WORD)), answer("q", WORD)], ["c"]),
        ([group("h", answer("b", WORD)), answer("q", {**WORD, "item": [answer("c", WORD)]})], []),
        (
            [
                group("h", answer("b", WORD)),
                answer(
                    "q",
                    {
                        "_valueString": {"extension": [{"url": "http://x.org", "valueCode": "unknown"}]},
                        "item": [answer("c", WORD)],
                    },
                ),
            ],
            ["q"],
        ),
    ],
)
def test_what_is_required_is_asked_of_what_is_finished(items: list[Json], missing: list[str]) -> None:
    for status in ("completed", "amended"):
        found = problems(REQUIRED, response(*items, status=status))
        assert [line.partition(":")[0] for line in found] == missing
    for status in ("in-progress", "stopped", "entered-in-error"):
        assert problems(REQUIRED, response(*items, status=status)) == []


@pytest.mark.parametrize(("count", "valid"), [(0, True), (1, False), (2, True), (3, True), (4, False)])
def test_least_and_most_answers_and_repetitions(count: int, valid: bool) -> None:
    limits = [
        extension("questionnaire-minOccurs", valueInteger=2),
        extension("questionnaire-maxOccurs", valueInteger=3),
    ]
    question = questionnaire(item("q", "string", repeats=True, extension=limits))
    words = [{"valueString": str(n)} for n in range(count)]
    given = response(answer("q", *words)) if count else response()
    assert (problems(question, given) == []) is valid
    groups = questionnaire(item("g", "group", repeats=True, extension=limits, item=[item("q", "string")]))
    assert (problems(groups, response(*(group("g", answer("q", word)) for word in words))) == []) is valid


# What is not supported, and when it matters


def test_a_pattern_that_looks_around_matters_to_an_answer() -> None:
    asked = questionnaire(item("q", "string", extension=[extension("regex", valueString="(?=a)b")]))
    assert verdict(asked, response()) == "valid"
    assert verdict(asked, response(answer("q", WORD))) == "unsupported"


@pytest.mark.parametrize(
    ("parts", "items", "expected"),
    [
        ({"extension": [extension(f"{SDC}enableWhenExpression", **EXPRESSION)]}, [], "valid"),
        (
            {"extension": [extension(f"{SDC}enableWhenExpression", **EXPRESSION)]},
            [answer("q", A)],
            "unsupported",
        ),
        (
            {"extension": [extension(f"{SDC}enableWhenExpression", **EXPRESSION)], "required": True},
            [],
            "unsupported",
        ),
        ({"extension": [extension(f"{SDC}calculatedExpression", **EXPRESSION)]}, [answer("q", A)], "valid"),
        ({"extension": [extension(f"{SDC}answerExpression", **EXPRESSION)]}, [answer("q", A)], "unsupported"),
        ({"extension": [extension(f"{SDC}answerExpression", **EXPRESSION)]}, [], "valid"),
        ({"answerValueSet": "http://x.org/v"}, [], "valid"),
        ({"answerValueSet": "http://x.org/v"}, [answer("q", A)], "unsupported"),
        ({"answerValueSet": "http://x.org/v"}, [answer("q", A, B)], "problems"),
        (
            {
                "extension": [
                    extension(
                        "questionnaire-constraint", extension=[{"url": "severity", "valueCode": "error"}]
                    )
                ]
            },
            [answer("q", A)],
            "unsupported",
        ),
        (
            {
                "extension": [
                    extension(
                        "questionnaire-constraint", extension=[{"url": "severity", "valueCode": "warning"}]
                    )
                ]
            },
            [answer("q", A)],
            "valid",
        ),
        (
            {"extension": [{"url": "http://example.org/unknown", "valueBoolean": True}]},
            [answer("q", A)],
            "valid",
        ),
    ],
)
def test_the_unsupported_is_told_when_it_could_change_the_verdict(
    parts: Json, items: list[Json], expected: str
) -> None:
    asked = questionnaire(item("q", "choice", **parts))
    assert verdict(asked, response(*items)) == expected
    if expected == "unsupported":
        assert check_response(asked, response(*items)).unsupported[0].field == "q"


def test_a_computed_limit_is_unsupported_once_answered() -> None:
    computed = {
        "url": f"{HL7}minValue",
        "_valueInteger": {"extension": [extension("cqf-calculatedValue", **EXPRESSION)]},
    }
    asked = questionnaire(item("q", "integer", extension=[computed]))
    assert verdict(asked, response()) == "valid"
    assert verdict(asked, response(answer("q", {"valueInteger": 1}))) == "unsupported"


def test_modifiers_in_a_response_are_unsupported() -> None:
    asked = questionnaire(item("q", "string"))
    changed = {**answer("q", WORD), "modifierExtension": [{"url": "http://x.org/not", "valueBoolean": True}]}
    assert verdict(asked, response(changed)) == "unsupported"
    assert verdict(asked, response(implicitRules="http://x.org/rules")) == "unsupported"


def test_a_condition_of_another_type_is_never_met() -> None:
    asked = questionnaire(
        item("a", "string"),
        item("q", "string", required=True, enableWhen=[when("a", "=", answerBoolean=True)]),
    )
    assert check_response(asked, response(answer("a", WORD))).is_valid

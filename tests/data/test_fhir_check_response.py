"""The check of a response against its questionnaire: places, counts, conditions, and every kind of answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from data.exchange.fhir.check_questionnaire import check_questionnaire
from data.exchange.fhir.check_response import check_response
from tests.data.fhir_forms import (
    HL7,
    SDC,
    Json,
    answer,
    coding,
    extension,
    group,
    item,
    questionnaire,
    response,
    when,
)

EXPRESSION = {"valueExpression": {"language": "text/fhirpath", "expression": "true"}}
A, B = {"valueCoding": coding("a")}, {"valueCoding": coding("b")}
WORD, OTHER = {"valueString": "x"}, {"valueString": "y"}


def problems(asked: Json, given: Json) -> list[str]:
    assert check_questionnaire(asked).problems == ()
    return [str(problem) for problem in check_response(asked, given).problems]


def verdict(asked: Json, given: Json) -> str:
    report = check_questionnaire(asked) + check_response(asked, given)
    return "problems" if report.problems else "unsupported" if report.unsupported else "valid"


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


KG = {"value": 70, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}


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


# Types and formats


@pytest.mark.parametrize(
    ("kind", "value", "valid"),
    [
        ("boolean", {"valueBoolean": True}, True),
        ("boolean", {"valueBoolean": "true"}, False),
        ("boolean", {"valueInteger": 1}, False),
        ("decimal", {"valueDecimal": Decimal("1.5")}, True),
        ("decimal", {"valueDecimal": 2}, True),
        ("decimal", {"valueDecimal": 2.5}, True),
        ("decimal", {"valueDecimal": "2"}, False),
        ("decimal", {"valueDecimal": True}, False),
        ("decimal", {"valueInteger": 2}, False),
        ("integer", {"valueInteger": 2**31 - 1}, True),
        ("integer", {"valueInteger": 2**31}, False),
        ("integer", {"valueInteger": -(2**31)}, True),
        ("integer", {"valueInteger": 10**5000}, False),
        ("integer", {"valueInteger": Decimal("1.0")}, False),
        ("integer", {"valueDecimal": 1}, False),
        ("date", {"valueDate": "2024-02-29"}, True),
        ("date", {"valueDate": "2023-02-29"}, False),
        ("date", {"valueDate": "2024-02"}, True),
        ("date", {"valueDate": "2024"}, True),
        ("date", {"valueDate": "0000"}, False),
        ("date", {"valueDate": "9999-12-31"}, True),
        ("date", {"valueDate": "2024-1-1"}, False),
        ("date", {"valueDate": "2024-02-29\n"}, False),
        ("date", {"valueDate": "2024-02-29T10:00:00Z"}, False),
        ("date", {"valueDateTime": "2024-02-29"}, False),
        ("dateTime", {"valueDateTime": "2024-02-29T23:59:60.5+14:00"}, True),
        ("dateTime", {"valueDateTime": "2024-02-29T10:00:00"}, False),
        ("dateTime", {"valueDateTime": "2024-02-29T24:00:00Z"}, False),
        ("dateTime", {"valueDateTime": "2024-02"}, True),
        ("dateTime", {"valueDate": "2024-02"}, False),
        ("time", {"valueTime": "23:59:59"}, True),
        ("time", {"valueTime": "23:59"}, False),
        ("time", {"valueTime": "٢٣:59:59"}, False),
        ("string", {"valueString": "a\nb"}, True),
        ("string", {"valueString": ""}, False),
        ("string", {"valueString": " \n"}, False),
        ("string", {"valueString": "a\u0000"}, False),
        ("string", {"valueUri": "a"}, False),
        ("text", {"valueString": "a"}, True),
        ("text", {"valueMarkdown": "a"}, False),
        ("url", {"valueUri": "http://x.org"}, True),
        ("url", {"valueUri": "http://x org"}, False),
        ("url", {"valueUrl": "http://x.org"}, False),
        ("choice", A, True),
        ("choice", {"valueString": "a"}, False),
        ("choice", {"valueCoding": "a"}, False),
        ("choice", {"valueCoding": {"code": " a"}}, False),
        ("open-choice", A, True),
        ("open-choice", {"valueString": "a"}, True),
        ("open-choice", {"valueInteger": 1}, False),
        ("attachment", {"valueAttachment": {"url": "http://x.org", "contentType": "image/png"}}, True),
        ("attachment", {"valueAttachment": {"data": "aGVq", "contentType": "text/plain"}}, True),
        ("attachment", {"valueAttachment": {"data": "aGVq"}}, False),
        ("attachment", {"valueAttachment": {"data": "!", "contentType": "text/plain"}}, False),
        ("attachment", {"valueAttachment": {"url": "http://x.org", "size": -1}}, False),
        ("attachment", {"valueAttachment": {}}, False),
        ("reference", {"valueReference": {"reference": "Patient/1"}}, True),
        ("reference", {"valueReference": {"display": "Eva"}}, True),
        ("reference", {"valueReference": {"type": "Patient"}}, False),
        ("reference", {"valueReference": {"extension": [extension("alternate", valueCode="x")]}}, True),
        ("reference", {"valueReference": {"reference": "#p"}}, False),
        ("quantity", {"valueQuantity": KG}, True),
        ("quantity", {"valueQuantity": {"value": 1, "code": "kg"}}, False),
        ("quantity", {"valueQuantity": {"unit": "kg"}}, False),
        ("quantity", {"valueQuantity": {"value": 1, "comparator": "~"}}, False),
        ("quantity", {"valueDecimal": 1}, False),
    ],
)
def test_each_type_takes_its_own_values(kind: str, value: Json, valid: bool) -> None:
    found = problems(questionnaire(item("q", kind)), response(answer("q", value)))
    assert all(line.startswith("q: ") for line in found)
    assert (found == []) is valid, found


def test_a_contained_resource_can_be_referred_to() -> None:
    contained = [{"resourceType": "Patient", "id": "p"}]
    given = response(answer("q", {"valueReference": {"reference": "#p"}}), contained=contained)
    assert problems(questionnaire(item("q", "reference")), given) == []


# Limits


def limited(kind: str, *extensions: Json, **parts: Any) -> Json:
    return questionnaire(item("q", kind, **({"extension": list(extensions)} if extensions else {}), **parts))


MAX_2022_06 = extension("maxValue", valueDateTime="2022-06")
UNITS = [
    extension("questionnaire-unitOption", valueCoding=coding(unit, "http://unitsofmeasure.org"))
    for unit in ("kg", "g")
]


@pytest.mark.parametrize(
    ("asked", "value", "expected"),
    [
        (limited("string", maxLength=3), "åäö", "valid"),
        (limited("string", maxLength=3), "åäö!", "problems"),
        (limited("url", maxLength=3), "a:bc", "problems"),
        (limited("integer", maxLength=3), 1234, "problems"),
        (limited("open-choice", maxLength=3), "abcd", "problems"),
        (limited("string", extension("minLength", valueInteger=3)), "ab", "problems"),
        (limited("string", extension("minLength", valueInteger=3)), "abc", "valid"),
        (limited("string", extension("regex", valueString="[0-9]{5}")), "12345", "valid"),
        (limited("string", extension("regex", valueString="[0-9]{5}")), "123456", "problems"),
        (limited("string", extension("regex", valueString="(?=1).*")), "123456", "unsupported"),
        (limited("integer", extension("minValue", valueInteger=3)), 2, "problems"),
        (limited("integer", extension("minValue", valueInteger=3)), 3, "valid"),
        (limited("integer", extension("maxValue", valueDecimal=Decimal("3.5"))), 4, "problems"),
        (limited("decimal", extension("maxValue", valueDecimal=Decimal("0.1"))), Decimal("0.10"), "valid"),
        (
            limited("decimal", extension("maxValue", valueDecimal=Decimal("0.1"))),
            Decimal("1e999999"),
            "problems",
        ),
        (limited("decimal", extension("maxDecimalPlaces", valueInteger=2)), Decimal("1.50"), "valid"),
        (limited("decimal", extension("maxDecimalPlaces", valueInteger=2)), Decimal("1.500"), "problems"),
        (limited("decimal", extension("maxDecimalPlaces", valueInteger=0)), Decimal("1e3"), "valid"),
        (limited("date", extension("minValue", valueDate="2020")), "2020", "valid"),
        (limited("date", extension("minValue", valueDate="2020-06-15")), "2020", "valid"),
        (limited("date", extension("minValue", valueDate="2020-06-15")), "2020-06-14", "problems"),
        (limited("date", extension("maxValue", valueDate="2020")), "2020-12-31", "valid"),
        (limited("date", extension("maxValue", valueDate="2020")), "2021-01-01", "problems"),
        (limited("dateTime", MAX_2022_06), "2022-06-30T23:59:59-05:00", "valid"),
        (limited("dateTime", MAX_2022_06), "2022-07-01T00:00:00+14:00", "problems"),
        (
            limited("dateTime", extension("minValue", valueDateTime="2022-06-01T12:00:00Z")),
            "2022-06-01T12:30:00+01:00",
            "problems",
        ),
        (
            limited("dateTime", extension("minValue", valueDateTime="2022-06-01T12:00:00Z")),
            "2022-06-01",
            "valid",
        ),
        (limited("time", extension("maxValue", valueTime="10:00:00")), "10:00:00.001", "problems"),
        (limited("quantity", extension("maxValue", valueInteger=70)), KG, "valid"),
        (limited("quantity", extension("maxValue", valueInteger=69)), KG, "problems"),
        (
            limited("quantity", extension(f"{SDC}minQuantity", valueQuantity={**KG, "value": 71})),
            KG,
            "problems",
        ),
        (
            limited("quantity", extension(f"{SDC}minQuantity", valueQuantity={**KG, "code": "g"})),
            KG,
            "unsupported",
        ),
        (limited("quantity", *UNITS), KG, "valid"),
        (limited("quantity", *UNITS), {"value": 1, "unit": "lb"}, "problems"),
        (limited("quantity", *UNITS), {"value": 1}, "problems"),
        (
            limited("quantity", *UNITS, extension(f"{SDC}unitOpen", valueCode="optionsOrString")),
            {"value": 1, "unit": "lb"},
            "valid",
        ),
        (
            limited("quantity", extension("questionnaire-unitValueSet", valueCanonical="http://x.org")),
            KG,
            "unsupported",
        ),
        (
            limited("attachment", extension("mimeType", valueCode="image/png")),
            {"url": "http://x.org", "contentType": "image/jpeg"},
            "problems",
        ),
        (
            limited("attachment", extension("mimeType", valueCode="image/*")),
            {"url": "http://x.org", "contentType": "image/jpeg"},
            "valid",
        ),
        (
            limited("attachment", extension("maxSize", valueDecimal=1)),
            {"url": "http://x.org", "size": 1024 * 1024 + 1},
            "problems",
        ),
        (
            limited("attachment", extension("maxSize", valueDecimal=Decimal("0.000001"))),
            {"data": "aGVq", "contentType": "text/plain"},
            "problems",
        ),
        (
            limited("reference", extension("questionnaire-referenceResource", valueCode="Patient")),
            {"reference": "Practitioner/1"},
            "problems",
        ),
        (
            limited("reference", extension("questionnaire-referenceResource", valueCode="Patient")),
            {"reference": "http://x.org/fhir/Patient/1"},
            "valid",
        ),
        (
            limited(
                "boolean",
                extension("https://omvant.se/fhir/StructureDefinition/confirmation", valueBoolean=True),
            ),
            False,
            "problems",
        ),
        (
            limited(
                "boolean",
                extension("https://omvant.se/fhir/StructureDefinition/confirmation", valueBoolean=True),
            ),
            True,
            "valid",
        ),
    ],
)
def test_limits(asked: Json, value: Any, expected: str) -> None:
    names = {
        "url": "valueUri",
        "text": "valueString",
        "open-choice": "valueString",
        "dateTime": "valueDateTime",
    }
    kind = asked["item"][0]["type"]
    name = names.get(kind, f"value{kind.capitalize()}")
    assert verdict(asked, response(answer("q", {name: value}))) == expected


# Options

EXCLUSIVE = {**B, "extension": [extension("questionnaire-optionExclusive", valueBoolean=True)]}


@pytest.mark.parametrize(
    ("kind", "options", "answers", "valid"),
    [
        ("choice", [A, B], [A], True),
        ("choice", [A], [B], False),
        ("choice", [A], [{"valueCoding": coding("a", "http://other.org")}], False),
        ("choice", [A], [{"valueCoding": {"code": "a"}}], False),
        ("choice", [{"valueCoding": {"code": "a"}}], [A], True),
        ("choice", [{"valueCoding": {"display": "Röd"}}], [{"valueCoding": {"display": "Röd"}}], True),
        ("choice", [A], [{"valueCoding": {**coding("a"), "display": "Annat"}}], True),
        ("choice", [A, B], [A, B], True),
        ("choice", [A, B], [A, A], True),
        ("choice", [A, EXCLUSIVE], [B], True),
        ("choice", [A, EXCLUSIVE], [A, B], False),
        ("choice", [WORD], [WORD], True),
        ("choice", [WORD], [OTHER], False),
        ("choice", [WORD], [A], False),
        ("choice", [{"valueInteger": 1}], [{"valueInteger": 1}], True),
        ("choice", [{"valueDate": "2022"}], [{"valueDate": "2022-01"}], False),
        (
            "choice",
            [{"valueReference": {"reference": "X/1"}}],
            [{"valueReference": {"reference": "X/1"}}],
            True,
        ),
        (
            "choice",
            [{"valueReference": {"reference": "X/1"}}],
            [{"valueReference": {"reference": "X/2"}}],
            False,
        ),
        ("open-choice", [A], [OTHER], True),
        ("open-choice", [A], [B], False),
        ("open-choice", [A, EXCLUSIVE], [OTHER, B], False),
        ("open-choice", [WORD], [A], False),
        ("integer", [{"valueInteger": 1}], [{"valueInteger": 2}], False),
        ("string", [WORD], [OTHER], False),
        ("time", [{"valueTime": "10:00:00"}], [{"valueTime": "10:00:00"}], True),
        ("date", [{"valueDate": "2022-01-01"}], [{"valueDate": "2022-01-02"}], False),
    ],
)
def test_options(kind: str, options: list[Json], answers: list[Json], valid: bool) -> None:
    asked = questionnaire(item("q", kind, repeats=True, answerOption=options))
    assert verdict(asked, response(answer("q", *answers))) == ("valid" if valid else "problems")


def value_set(**parts: Any) -> Json:
    return {"resourceType": "ValueSet", "id": "v", "url": "http://x.org/v", "version": "1", **parts}


LISTED = [{"system": "http://example.org", "concept": [{"code": "a"}, {"code": "b"}]}]
ALL_OF = [{"system": "http://other.org"}]


@pytest.mark.parametrize(
    ("contained", "canonical", "value", "expected"),
    [
        (value_set(compose={"include": LISTED}), "#v", A, "valid"),
        (value_set(compose={"include": LISTED}), "http://x.org/v", A, "valid"),
        (value_set(compose={"include": LISTED}), "http://x.org/v|1", A, "valid"),
        (value_set(compose={"include": LISTED}), "http://x.org/v|2", A, "unsupported"),
        (value_set(compose={"include": LISTED}), "#v", {"valueCoding": coding("c")}, "problems"),
        (value_set(compose={"include": LISTED}), "#v", {"valueCoding": {"code": "a"}}, "problems"),
        (value_set(compose={"include": LISTED, "exclude": LISTED}), "#v", A, "problems"),
        (value_set(compose={"include": LISTED, "exclude": ALL_OF}), "#v", A, "unsupported"),
        (value_set(compose={"include": LISTED + ALL_OF}), "#v", A, "valid"),
        (value_set(compose={"include": LISTED + ALL_OF}), "#v", {"valueCoding": coding("c")}, "unsupported"),
        (value_set(compose={"include": [{**LISTED[0], "filter": []}]}), "#v", A, "unsupported"),
        (
            value_set(
                expansion={
                    "contains": [
                        {
                            "abstract": True,
                            "system": "http://example.org",
                            "code": "b",
                            "contains": [coding("a")],
                        }
                    ]
                }
            ),
            "#v",
            A,
            "valid",
        ),
        (
            value_set(
                expansion={
                    "contains": [
                        {
                            "abstract": True,
                            "system": "http://example.org",
                            "code": "b",
                            "contains": [coding("a")],
                        }
                    ]
                }
            ),
            "#v",
            B,
            "problems",
        ),
        (value_set(), "#v", A, "unsupported"),
        (value_set(), "#w", A, "unsupported"),
        (
            value_set(),
            "http://hl7.org/fhir/ValueSet/administrative-gender",
            {"valueCoding": coding("female", "http://hl7.org/fhir/administrative-gender")},
            "valid",
        ),
        (value_set(), "http://hl7.org/fhir/ValueSet/administrative-gender", A, "problems"),
    ],
)
def test_value_sets(contained: Json, canonical: str, value: Json, expected: str) -> None:
    asked = questionnaire(item("q", "choice", answerValueSet=canonical), contained=[contained])
    assert verdict(asked, response(answer("q", value))) == expected


@pytest.mark.parametrize(
    ("content", "code", "expected"),
    [
        ("complete", "inner", "valid"),
        ("complete", "c", "problems"),
        ("fragment", "inner", "unsupported"),
    ],
)
def test_a_contained_code_system_lists_its_codes(content: str, code: str, expected: str) -> None:
    system = {
        "resourceType": "CodeSystem",
        "url": "http://other.org",
        "content": content,
        "concept": [{"code": "outer", "concept": [{"code": "inner"}]}],
    }
    contained = [value_set(compose={"include": ALL_OF}), system]
    asked = questionnaire(item("q", "choice", answerValueSet="#v"), contained=contained)
    assert (
        verdict(asked, response(answer("q", {"valueCoding": coding(code, "http://other.org")}))) == expected
    )


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

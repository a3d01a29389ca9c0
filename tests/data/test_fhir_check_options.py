"""The check of answers that are chosen: options and value sets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.data.fhir_forms import (
    OTHER,
    WORD,
    A,
    B,
    Json,
    answer,
    coding,
    extension,
    item,
    questionnaire,
    response,
    verdict,
)

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

"""The check of single answers: their types and formats, lengths, patterns and limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.data.fhir_forms import (
    KG,
    SDC,
    A,
    Json,
    answer,
    coding,
    extension,
    item,
    problems,
    questionnaire,
    response,
    verdict,
)

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

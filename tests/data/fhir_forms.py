"""Small questionnaires and responses for the checks of FHIR."""

from __future__ import annotations

from typing import Any

from data.exchange.fhir.check_questionnaire import check_questionnaire
from data.exchange.fhir.check_response import check_response

Json = dict[str, Any]

HL7 = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"


def item(link_id: str, kind: str, **parts: Any) -> Json:
    """A questionnaire's item; `enableWhen`, `extension` and `item` go in as they are."""
    return {"linkId": link_id, "type": kind, **parts}


def questionnaire(*items: Json, **parts: Any) -> Json:
    return {"resourceType": "Questionnaire", "status": "active", **parts, "item": list(items)}


def answer(link_id: str, *values: Json) -> Json:
    """A response's item with an answer for each value, as in `answer("q", {"valueInteger": 1})`."""
    return {"linkId": link_id, "answer": list(values)}


def group(link_id: str, *items: Json) -> Json:
    return {"linkId": link_id, "item": list(items)}


def response(*items: Json, status: str = "completed", **parts: Any) -> Json:
    made = {"resourceType": "QuestionnaireResponse", "status": status, **parts}
    return {**made, "item": list(items)} if items else made


def extension(url: str, **value: Any) -> Json:
    """An extension by the end of an HL7 URL, or by a whole one."""
    return {"url": url if ":" in url else f"{HL7}{url}", **value}


def when(question: str, operator: str, **value: Any) -> Json:
    return {"question": question, "operator": operator, **value}


def coding(code: str, system: str = "http://example.org") -> Json:
    return {"system": system, "code": code}


WORD, OTHER = {"valueString": "x"}, {"valueString": "y"}
A, B = {"valueCoding": coding("a")}, {"valueCoding": coding("b")}
EXPRESSION = {"valueExpression": {"language": "text/fhirpath", "expression": "true"}}
KG = {"value": 70, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}


def problems(asked: Json, given: Json) -> list[str]:
    """What is wrong with a response to a sound questionnaire."""
    assert check_questionnaire(asked).problems == ()
    return [str(problem) for problem in check_response(asked, given).problems]


def verdict(asked: Json, given: Json) -> str:
    """What is said of the two together: valid, problems or unsupported."""
    report = check_questionnaire(asked) + check_response(asked, given)
    return "problems" if report.problems else "unsupported" if report.unsupported else "valid"

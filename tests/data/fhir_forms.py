"""Small questionnaires and responses for the checks of FHIR."""

from __future__ import annotations

from typing import Any

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

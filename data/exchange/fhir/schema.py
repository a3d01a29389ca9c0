"""Which elements a Questionnaire, a QuestionnaireResponse and their datatypes have in FHIR R4 (4.0.1).

Source: hl7.org/fhir/R4 questionnaire.html, questionnaireresponse.html, datatypes.html, metadatatypes.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Element:
    """An element of a datatype or resource."""

    type: str
    many: bool
    required: bool
    choice: str
    """"value" for each `valueX` of a value[x], else empty."""


_PRIMITIVES: Final = (
    "base64Binary boolean canonical code date dateTime decimal id instant integer markdown oid positiveInt"
    " string time unsignedInt uri url uuid"
)
_COMPLEX: Final = (
    "Address Age Annotation Attachment CodeableConcept Coding ContactPoint Count Distance Duration HumanName"
    " Identifier Money Period Quantity Range Ratio Reference SampledData Signature Timing ContactDetail"
    " Contributor DataRequirement Expression ParameterDefinition RelatedArtifact TriggerDefinition"
    " UsageContext Dosage Meta"
)
_ANYTHING: Final = f"{_PRIMITIVES} {_COMPLEX}"

ANSWERS: Final = (
    "boolean",
    "decimal",
    "integer",
    "date",
    "dateTime",
    "time",
    "string",
    "uri",
    "Attachment",
    "Coding",
    "Quantity",
    "Reference",
)
"""The types of `QuestionnaireResponse.item.answer.value[x]` and `Questionnaire.item.initial.value[x]`."""

_ANSWER: Final = " ".join(ANSWERS)

# After the types: * for a list, + for one that must be there, nothing for what may be left out.
_ELEMENT: Final = {"id": "string", "extension": "Extension *"}
_BACKBONE: Final = {**_ELEMENT, "modifierExtension": "Extension *"}
_RESOURCE: Final = {
    "resourceType": "code +",
    "id": "id",
    "meta": "Meta",
    "implicitRules": "uri",
    "language": "code",
    "text": "Narrative",
    "contained": "Resource *",
    "extension": "Extension *",
    "modifierExtension": "Extension *",
}
_QUANTITY: Final = {
    **_ELEMENT, "value": "decimal", "comparator": "code", "unit": "string", "system": "uri", "code": "code",
}  # fmt: skip

_SPECIFICATION: Final[dict[str, dict[str, str]]] = {
    "Questionnaire": {
        **_RESOURCE,
        "url": "uri",
        "identifier": "Identifier *",
        "version": "string",
        "name": "string",
        "title": "string",
        "derivedFrom": "canonical *",
        "status": "code +",
        "experimental": "boolean",
        "subjectType": "code *",
        "date": "dateTime",
        "publisher": "string",
        "contact": "ContactDetail *",
        "description": "markdown",
        "useContext": "UsageContext *",
        "jurisdiction": "CodeableConcept *",
        "purpose": "markdown",
        "copyright": "markdown",
        "approvalDate": "date",
        "lastReviewDate": "date",
        "effectivePeriod": "Period",
        "code": "Coding *",
        "item": "Questionnaire.item *",
    },
    "Questionnaire.item": {
        **_BACKBONE,
        "linkId": "string +",
        "definition": "uri",
        "code": "Coding *",
        "prefix": "string",
        "text": "string",
        "type": "code +",
        "enableWhen": "Questionnaire.item.enableWhen *",
        "enableBehavior": "code",
        "required": "boolean",
        "repeats": "boolean",
        "readOnly": "boolean",
        "maxLength": "integer",
        "answerValueSet": "canonical",
        "answerOption": "Questionnaire.item.answerOption *",
        "initial": "Questionnaire.item.initial *",
        "item": "Questionnaire.item *",
    },
    "Questionnaire.item.enableWhen": {
        **_BACKBONE,
        "question": "string +",
        "operator": "code +",
        "answer[x]": "boolean decimal integer date dateTime time string Coding Quantity Reference +",
    },
    "Questionnaire.item.answerOption": {
        **_BACKBONE,
        "value[x]": "integer date time string Coding Reference +",
        "initialSelected": "boolean",
    },
    "Questionnaire.item.initial": {**_BACKBONE, "value[x]": f"{_ANSWER} +"},
    "QuestionnaireResponse": {
        **_RESOURCE,
        "identifier": "Identifier",
        "basedOn": "Reference *",
        "partOf": "Reference *",
        "questionnaire": "canonical",
        "status": "code +",
        "subject": "Reference",
        "encounter": "Reference",
        "authored": "dateTime",
        "author": "Reference",
        "source": "Reference",
        "item": "QuestionnaireResponse.item *",
    },
    "QuestionnaireResponse.item": {
        **_BACKBONE,
        "linkId": "string +",
        "definition": "uri",
        "text": "string",
        "answer": "QuestionnaireResponse.item.answer *",
        "item": "QuestionnaireResponse.item *",
    },
    "QuestionnaireResponse.item.answer": {
        **_BACKBONE,
        "value[x]": _ANSWER,
        "item": "QuestionnaireResponse.item *",
    },
    "Extension": {**_ELEMENT, "url": "uri +", "value[x]": _ANYTHING},
    "Annotation": {
        **_ELEMENT, "author[x]": "Reference string", "time": "dateTime", "text": "markdown +",
    },
    "Attachment": {
        **_ELEMENT,
        "contentType": "code",
        "language": "code",
        "data": "base64Binary",
        "url": "url",
        "size": "unsignedInt",
        "hash": "base64Binary",
        "title": "string",
        "creation": "dateTime",
    },
    "CodeableConcept": {**_ELEMENT, "coding": "Coding *", "text": "string"},
    "Coding": {
        **_ELEMENT,
        "system": "uri",
        "version": "string",
        "code": "code",
        "display": "string",
        "userSelected": "boolean",
    },
    "ContactDetail": {**_ELEMENT, "name": "string", "telecom": "ContactPoint *"},
    "ContactPoint": {
        **_ELEMENT,
        "system": "code",
        "value": "string",
        "use": "code",
        "rank": "positiveInt",
        "period": "Period",
    },
    "Expression": {
        **_ELEMENT,
        "description": "string",
        "name": "id",
        "language": "code +",
        "expression": "string",
        "reference": "uri",
    },
    "Identifier": {
        **_ELEMENT,
        "use": "code",
        "type": "CodeableConcept",
        "system": "uri",
        "value": "string",
        "period": "Period",
        "assigner": "Reference",
    },
    "Meta": {
        **_ELEMENT,
        "versionId": "id",
        "lastUpdated": "instant",
        "source": "uri",
        "profile": "canonical *",
        "security": "Coding *",
        "tag": "Coding *",
    },
    "Money": {**_ELEMENT, "value": "decimal", "currency": "code"},
    "Narrative": {**_ELEMENT, "status": "code +", "div": "xhtml +"},
    "Period": {**_ELEMENT, "start": "dateTime", "end": "dateTime"},
    **dict.fromkeys(("Quantity", "Age", "Count", "Distance", "Duration"), _QUANTITY),
    "Range": {**_ELEMENT, "low": "Quantity", "high": "Quantity"},
    "Ratio": {**_ELEMENT, "numerator": "Quantity", "denominator": "Quantity"},
    "Reference": {
        **_ELEMENT, "reference": "string", "type": "uri", "identifier": "Identifier", "display": "string",
    },
    "UsageContext": {
        **_ELEMENT, "code": "Coding +", "value[x]": "CodeableConcept Quantity Range Reference +",
    },
}  # fmt: skip

ITEM_TYPES: Final = (
    "group", "display", "boolean", "decimal", "integer", "date", "dateTime", "time", "string", "text", "url",
    "choice", "open-choice", "attachment", "reference", "quantity",
)  # fmt: skip
"""hl7.org/fhir/R4/valueset-item-type.html without `question`, which is abstract."""

OPERATORS: Final = ("exists", "=", "!=", ">", "<", ">=", "<=")

CODES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("Questionnaire", "status"): ("draft", "active", "retired", "unknown"),
    ("Questionnaire.item", "type"): ITEM_TYPES,
    ("Questionnaire.item", "enableBehavior"): ("all", "any"),
    ("Questionnaire.item.enableWhen", "operator"): OPERATORS,
    ("QuestionnaireResponse", "status"): (
        "in-progress", "completed", "amended", "entered-in-error", "stopped",
    ),
    ("Quantity", "comparator"): ("<", "<=", ">=", ">"),
    ("Identifier", "use"): ("usual", "official", "temp", "secondary", "old"),
    ("ContactPoint", "system"): ("phone", "fax", "email", "pager", "url", "sms", "other"),
    ("ContactPoint", "use"): ("home", "work", "temp", "old", "mobile"),
    ("Narrative", "status"): ("generated", "extensions", "additional", "empty"),
}  # fmt: skip
"""Elements whose codes R4 fixes ("required" bindings): by type and element."""


def _read(elements: Mapping[str, str]) -> dict[str, Element]:
    found: dict[str, Element] = {}
    for name, text in elements.items():
        words = text.split()
        required, many = words[-1] == "+", words[-1] == "*"
        types = [word for word in words if word not in {"+", "*"}]
        choice = name.removesuffix("[x]") if name.endswith("[x]") else ""
        for kind in types:
            found[element_name(choice, kind) if choice else name] = Element(kind, many, required, choice)
    return found


def element_name(choice: str, kind: str) -> str:
    """How JSON writes a choice of type: `valueCoding` for "value" and "Coding"."""
    return f"{choice}{kind[0].upper()}{kind[1:]}"


SCHEMA: Final[Mapping[str, Mapping[str, Element]]] = {
    name: _read(elements) for name, elements in _SPECIFICATION.items()
}
"""Types that are not here (Address, Timing …) only occur inside extensions; their parts are not checked."""

"""Writing extensions and values as FHIR's JSON has them."""

from __future__ import annotations

from typing import Any

from data.exchange.fhir import urls
from data.exchange.fhir.primitives import Json
from data.exchange.fhir.questionnaire import Value
from data.exchange.fhir.schema import element_name

Object = dict[str, Any]


def extension(url: str, kind: str, value: Json) -> Object:
    """An extension with a value of a datatype, say `("…/minLength", "integer", 3)`."""
    return {"url": url, element_name("value", kind): value}


def flag(url: str) -> Object:
    """An extension that says yes."""
    return extension(url, "boolean", True)


def nested(url: str, parts: list[Object]) -> Object:
    """An extension made of others, whose URLs are names."""
    return {"url": url, "extension": parts}


def with_value(url: str, value: Value) -> Object:
    """An extension with a value whose datatype it knows."""
    return extension(url, value.type, value.json)


def control(code: str) -> Object:
    """How an item is shown, in HL7's words: help, slider, lower, upper."""
    concept = {"coding": [{"system": urls.ITEM_CONTROL_CODES, "code": code}]}
    return extension(urls.ITEM_CONTROL, "CodeableConcept", concept)

"""Comparing two values, as options, limits and conditions need it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from data.exchange.fhir import primitives
from data.exchange.fhir.questionnaire import JsonObject, Value, text

_NUMBERS: Final = frozenset({"integer", "decimal"})
_DAYS: Final = frozenset({"date", "dateTime"})
_UNORDERED: Final = frozenset({"Coding", "Reference", "boolean", "Attachment"})
_TEXTS: Final = frozenset({"string", "uri"})


def compare(one: Value, other: Value) -> int | None:
    """-1, 0 or 1 as `one` is less than, the same as or greater than `other`; None where neither can be said:
    different kinds or units, values without an order, dates of which one is a part of the other."""
    kinds = {one.type, other.type}
    if kinds <= _NUMBERS or (kinds == {"Quantity"} and _unit(one) == _unit(other)):
        first, second = one.number, other.number
        return None if first is None or second is None else (first > second) - (first < second)
    if kinds <= _DAYS or kinds == {"time"}:
        begun, then = primitives.span(one.type, one.json), primitives.span(other.type, other.json)
        return primitives.order(begun, then) if begun and then else None
    if kinds <= _TEXTS and isinstance(one.json, str) and isinstance(other.json, str):
        return (one.json > other.json) - (one.json < other.json)
    return 0 if kinds <= _UNORDERED and is_same(one, other) else None


def is_same(one: Value, wanted: Value) -> bool:
    """Whether `one` is the value that an option or a condition asks for. A Coding is, by its system and code;
    where the wanted one has no system by its code, and without a code by what is displayed."""
    if one.type != wanted.type and {one.type, wanted.type} & _UNORDERED:
        return False
    if one.type == "Coding":
        return any(key in coding_keys(wanted.json) for key in coding_keys(one.json, asked=True))
    if one.type == "Reference":
        return reference_key(one.json) == reference_key(wanted.json) is not None
    if one.type == "boolean":
        return one.json is wanted.json
    if one.type == "Attachment":
        return one.json == wanted.json
    return compare(one, wanted) == 0


Key = tuple[str | Decimal, ...]


def coding_keys(json: object, *, asked: bool = False) -> tuple[Key, ...]:
    """What a wanted Coding is found by; with `asked`, everything that a given Coding may be found by."""
    if not isinstance(json, dict):
        return ()
    system, code, display = (text(json, name) for name in ("system", "code", "display"))
    if not asked:
        return (
            ("code", system, code) if system and code else ("code", code) if code else ("display", display),
        )
    keys: list[Key] = []
    if code:
        keys += [("code", system, code)] if system else []
        keys += [("code", code)]
    return (*keys, ("display", display)) if display else tuple(keys)


def value_keys(value: Value, *, wanted: bool = False) -> tuple[Key, ...]:
    """What an answer is looked up by, the surest first, or (`wanted`) what an option is found by."""
    if value.type == "Coding":
        return coding_keys(value.json, asked=not wanted)
    if value.type == "Reference":
        key = reference_key(value.json)
        return (key,) if key else ()
    exact = value.number
    return (("number", exact) if exact is not None else ("text", str(value.json)),)


def reference_key(json: object) -> Key | None:
    """What two References to the same thing have in common, None for one that refers to nothing."""
    if not isinstance(json, dict):
        return None
    if reference := text(json, "reference"):
        return ("reference", reference)
    identifier = json.get("identifier")
    if isinstance(identifier, dict) and text(identifier, "value"):
        return ("identifier", text(identifier, "system"), text(identifier, "value"))
    return ("display", text(json, "display")) if text(json, "display") else None


def unit_keys(json: JsonObject) -> tuple[Key, ...]:
    """What the unit of a Quantity is found by: system and code, or the words alone."""
    system, code, unit = (text(json, name) for name in ("system", "code", "unit"))
    keys: tuple[Key, ...] = ()
    if code:
        keys = (("code", system, code), ("code", code)) if system else (("code", code),)
    return (*keys, ("display", unit)) if unit else keys


def _unit(value: Value) -> Key:
    """The unit of a Quantity in which it can be compared."""
    keys = unit_keys(value.json) if isinstance(value.json, dict) else ()
    return keys[0] if keys else ()

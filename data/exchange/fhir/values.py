"""Stored answers as FHIR's values, and back: nothing is rounded, and a time keeps its moment.

A stored moment is Swedish time without a zone; FHIR asks for one, so it is written with Sweden's offset.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from data.domain.choices import OTHER
from data.domain.forms import (
    Choice,
    Confirmation,
    Date,
    DateTime,
    DecimalNumber,
    Filled,
    LongText,
    Option,
    Scale,
    ShortText,
    Time,
    WhiteBox,
    WholeNumber,
    YesNo,
)
from data.domain.items import Value as Stored
from data.domain.reading import (
    SWEDEN,
    Refused,
    in_sweden,
    read_day,
    read_decimal,
    read_moment,
    read_time,
    read_whole,
)
from data.exchange.fhir import primitives
from data.exchange.fhir.comparing import Key, value_keys
from data.exchange.fhir.primitives import Json
from data.exchange.fhir.questionnaire import Value, text


def fhir_value(item: Filled, value: object) -> Value:
    """One stored answer (or bound, or value of a condition) to the item. Raises `Refused` for any other."""
    match item, value:
        case ((YesNo() | Confirmation()), bool()):
            made = Value("boolean", value)
        case ((ShortText() | LongText() | WhiteBox()), str()) if value:
            made = Value("string", value)
        case Choice(), str():
            made = Value("Coding", coding(item.option(value) or Option(id=value)))
        case Choice(), {"other": str(words)} if words:
            made = Value("string", words)
        case ((WholeNumber() | Scale()), int()) if not isinstance(value, bool):
            made = Value("integer", read_whole(value))
        case DecimalNumber(), (str() | Decimal()):
            made = Value("decimal", Decimal(read_decimal(value)))
        case Date(), str():
            made = Value("date", read_day(value))
        case Time(), str():
            made = Value("time", f"{read_time(value)}:00")
        case DateTime(), str():
            made = Value("dateTime", in_sweden(datetime.fromisoformat(read_moment(value))).isoformat())
        case _:
            raise Refused("The answer can't be said in FHIR")
    return made


def coding(option: Option) -> dict[str, Json]:
    """An option as a code of the questionnaire's own, without a system."""
    return {"code": option.id, **({"display": option.wording} if option.wording else {})}


Offered = Mapping[Key, str]
"""The ids of a choice's options, by what tells that an answer in FHIR is one of them."""

NONE_OFFERED: Final[Offered] = MappingProxyType({})


def offered(options: Iterable[tuple[Value, str]]) -> Offered:
    """What is looked up of options in FHIR, each with its id; of two that look the same the first counts."""
    found: dict[Key, str] = {}
    for value, option_id in options:
        for key in _keys(value, wanted=True):
            found.setdefault(key, option_id)
    return found


def offered_by(item: Choice) -> Offered:
    """The options of a question of ours."""
    return offered((Value("Coding", coding(option)), option.id) for option in item.options)


def _keys(value: Value, *, wanted: bool = False) -> tuple[Key, ...]:
    """As `value_keys`, and at last by the words: whoever imports wants the option that was meant."""
    coded = value.json if value.type == "Coding" and isinstance(value.json, dict) else {}
    display = text(coded, "display")
    return (*value_keys(value, wanted=wanted), *([("display", display)] if display else []))


def stored_value(item: Filled, value: Value, options: Offered = NONE_OFFERED) -> Stored:
    """The answer as it is stored. Raises `Refused` when the item stores nothing of the kind.

    A text that is no option of a question that takes free answers is one.
    """
    made: Stored | None = None
    match item, value.type, value.json:
        case Choice(), _, _:
            made = _chosen(item, value, options)
        case ((YesNo() | Confirmation()), "boolean", bool(given)):
            made = given
        case ((ShortText() | LongText() | WhiteBox()), ("string" | "uri" | "markdown"), str(given)):
            made = given or None
        case ((WholeNumber() | Scale()), ("integer" | "decimal" | "Quantity"), _):
            number = _number(value)
            made = read_whole(int(number)) if number == number.to_integral_value() else None
        case DecimalNumber(), ("integer" | "decimal" | "Quantity"), _:
            made = read_decimal(_number(value))
        case Date(), "date", str(given) if len(given) == 10:
            made = read_day(given)
        case Time(), "time", str(given) if given.endswith(":00"):
            made = read_time(given[:-3])
        case DateTime(), "dateTime", str(given):
            made = _moment(given)
    if made is None:
        raise Refused("It is not of the kind that this question takes")
    return made


def _chosen(item: Choice, value: Value, options: Offered) -> Stored | None:
    found = next((options[key] for key in _keys(value) if key in options), None)
    if found is None and item.other and value.type == "string" and isinstance(value.json, str) and value.json:
        return {OTHER: value.json}
    return found


def _number(value: Value) -> Decimal:
    number = value.number
    # The exponent first: a number may be written with more digits than there is memory for.
    if number is None or not -100 < number.adjusted() < 100 or primitives.decimal_places(number) > 100:
        raise Refused("Write a number with digits, like 37,5")
    return Decimal(number)


def _moment(given: str) -> str:
    """A moment with an offset, in Swedish time; nothing that Swedish time would say of another moment."""
    if not primitives.is_valid("dateTime", given) or "T" not in given:
        raise Refused("Write date and time, like 2026-01-31 08:30")
    try:
        moment = datetime.fromisoformat(given)
        local = moment.astimezone(SWEDEN).replace(tzinfo=None)
        # In UTC: Python takes no time that comes twice for equal to one with an offset.
        same = in_sweden(local).astimezone(UTC) == moment.astimezone(UTC)
    except (ValueError, OverflowError):
        same = False
    if not same or local.second or local.microsecond:
        raise Refused("Write date and time, like 2026-01-31 08:30")
    return read_moment(local.isoformat(timespec="minutes"))

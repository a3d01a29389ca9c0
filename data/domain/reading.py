"""What people type for a number, a date or a text, read exactly: one way for answers, bounds and conditions.

Each function takes what was typed or stored and returns the value to store, or raises `Refused` with words
that say what to write instead. Reading a stored value again returns it unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, ValidationError

from data.domain.errors import Message
from data.domain.limits import LINE_LIMIT, TEXT_LIMIT
from data.domain.text import clean

LEAST_WHOLE, MOST_WHOLE = -(2**31), 2**31 - 1
"""The whole numbers that FHIR's `integer` holds (hl7.org/fhir/R4/datatypes.html#integer)."""

SWEDEN = ZoneInfo("Europe/Stockholm")
"""The zone of a time that is written without one."""

FIRST_YEAR, LAST_YEAR = 1900, 2199

MOST_DECIMALS = 6

MOST_DIGITS = 12
"""Digits of a decimal number before its point."""

# Bounded, since reading hundreds of thousands of digits takes time; who writes more writes no number.
_WHOLE = re.compile(r"[-+]?[0-9]{1,50}")
_DECIMAL = re.compile(r"([-+]?)([0-9]{1,50})(?:[.,]([0-9]{1,50}))?")
_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_TIME = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})|([0-9]{2})([0-9]{2})")


class Refused(ValueError):  # noqa: N818 - named for what happened to the answer
    """What was typed can't be taken; `message` says what to do instead."""

    def __init__(self, text: str, /, **parts: object) -> None:
        """`text` is a gettext id."""
        self.message = Message(text, **parts)
        super().__init__(str(self.message))


def why_refused(error: ValidationError) -> Message | None:
    """The words of the first `Refused` within pydantic's error; None when it was another fault."""
    refused = error.errors()[0].get("ctx", {}).get("error")
    return refused.message if isinstance(refused, Refused) else None


def read_text(typed: object, *, lines: bool, most: int, least: int = 0) -> str | None:
    """Safe text of `least` to `most` characters; None for blank text."""
    if not isinstance(typed, str):
        raise Refused("Answer with text")
    text = clean(typed, lines=lines, limit=most + 1)
    if len(text) > most:
        raise Refused("The text is too long: at most {limit} characters", limit=most)
    if text and len(text) < least:
        raise Refused("The text is too short: at least {limit} characters", limit=least)
    return text or None


def read_whole(typed: object) -> int:
    """A whole number of 32 bits with sign."""
    if isinstance(typed, int) and not isinstance(typed, bool):
        number = typed
    elif _WHOLE.fullmatch(text := _digits(typed)):
        number = int(text)
    else:
        raise Refused("Write a whole number with digits, like 37")
    if number < LEAST_WHOLE:
        raise _too_small(LEAST_WHOLE)
    if number > MOST_WHOLE:
        raise _too_large(MOST_WHOLE)
    return number


def read_count(typed: object) -> int:
    """A whole number from 0."""
    number = read_whole(typed)
    if number < 0:
        raise Refused("Write a number from {least}", least=0)
    return number


def read_decimal(typed: object) -> str:
    """A decimal number as text: a point, no exponent, no zeros that say nothing. It is never rounded."""
    if isinstance(typed, Decimal | int) and not isinstance(typed, bool):
        text = format(typed, "f") if isinstance(typed, Decimal) else str(typed)
    else:
        text = _digits(typed)
    match = _DECIMAL.fullmatch(text)
    if match is None:
        raise Refused("Write a number with digits, like 37,5")
    sign, digits, decimals = match.groups(default="")
    if len(digits) > MOST_DIGITS:
        end = 10**MOST_DIGITS - 1
        raise _too_small(-end) if sign == "-" else _too_large(end)
    if len(decimals) > MOST_DECIMALS:
        raise Refused("Too many decimals: at most {decimals}", decimals=MOST_DECIMALS)
    number = Decimal(text.replace(",", "."))
    if number == 0:
        return "0"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_day(typed: object) -> str:
    """A calendar date as ISO 8601, `2026-01-31`."""
    match = _DAY.fullmatch(typed.strip()) if isinstance(typed, str) else None
    try:
        if match is None:
            raise ValueError
        return date(*map(int, match.groups())).isoformat()
    except ValueError:
        raise Refused("Write a date as year-month-day, like 2026-01-31") from None


def read_time(typed: object) -> str:
    """A time of day to the minute, `08:30`."""
    match = _TIME.fullmatch(typed.strip()) if isinstance(typed, str) else None
    try:
        if match is None:
            raise ValueError
        hour, minute = (int(part) for part in match.groups() if part is not None)
        return time(hour, minute).isoformat("minutes")
    except ValueError:
        raise Refused("Write a time as hour:minute, like 08:30") from None


def read_moment(typed: object) -> str:
    """A date and a time of day in Sweden since 1900, `2026-01-31T08:30`.

    A time that the clocks skip in spring is refused; of one that comes twice in autumn, the first is meant.
    Before 1900 Swedish time had seconds of offset, which FHIR can't say.
    """
    text = typed.strip().replace("T", " ") if isinstance(typed, str) else ""
    day, _gap, clock = text.partition(" ")
    try:
        moment = datetime.fromisoformat(f"{read_day(day)}T{read_time(clock.strip())}")
    except Refused:
        raise Refused("Write date and time, like 2026-01-31 08:30") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Refused("Write a year from {least} to {most}", least=FIRST_YEAR, most=LAST_YEAR)
    if in_sweden(moment).astimezone(UTC).astimezone(SWEDEN).replace(tzinfo=None) != moment:
        raise Refused("That time does not exist: the clocks go forward that night. Write a later time")
    return moment.isoformat(timespec="minutes")


def in_sweden(moment: datetime) -> datetime:
    """A moment without a zone, as the moment that it is in Sweden."""
    return moment.replace(tzinfo=SWEDEN)


def _too_small(least: int) -> Refused:
    return Refused("The number is too small: at least {least}", least=least)


def _too_large(most: int) -> Refused:
    return Refused("The number is too large: at most {most}", most=most)


def _digits(typed: object) -> str:
    return typed.strip().replace("−", "-") if isinstance(typed, str) else ""


def _unless_empty(read: Callable[[Any], Any]) -> BeforeValidator:
    """Nothing typed is no value. A `Refused` reaches the caller within pydantic's `ValidationError`."""
    return BeforeValidator(lambda typed: None if typed is None or typed == "" else read(typed))


def _amount(typed: object) -> Decimal:
    return Decimal(read_decimal(typed))


def _line(value: object) -> object:
    return clean(value, limit=LINE_LIMIT) if isinstance(value, str) else value


def _lines(value: object) -> object:
    return clean(value, lines=True, limit=TEXT_LIMIT) if isinstance(value, str) else value


Line = Annotated[str, BeforeValidator(_line)]
"""One line of outside text, made safe."""

Lines = Annotated[str, BeforeValidator(_lines)]
"""Outside text with line breaks, made safe."""

Count = Annotated[int, BeforeValidator(read_count)]
"""How many of something: never negative."""

Whole = Annotated[int | None, _unless_empty(read_whole)]
Amount = Annotated[Decimal | None, _unless_empty(_amount)]
Day = Annotated[str | None, _unless_empty(read_day)]
Clock = Annotated[str | None, _unless_empty(read_time)]
Moment = Annotated[str | None, _unless_empty(read_moment)]

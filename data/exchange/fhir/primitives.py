"""FHIR's primitive datatypes: how each is written, and what it means.

Source: hl7.org/fhir/R4/datatypes.html#primitive, whose regular expressions these are, and the calendar.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date as calendar_date
from decimal import Decimal
from typing import Final

Json = object
"""Any value that `reading` returns: dict, list, str, int, Decimal, bool or None."""

STRING_LIMIT: Final = 1024 * 1024
"""Characters."""

_INT32: Final = 2**31
_YEAR: Final = r"([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)"
_MONTH: Final = r"(?:0[1-9]|1[0-2])"
_DAY: Final = r"(?:0[1-9]|[12][0-9]|3[01])"
_CLOCK: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_ZONE: Final = r"Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)"

_DATE: Final = re.compile(rf"{_YEAR}(?:-{_MONTH}(?:-{_DAY})?)?")
_DATE_TIME: Final = re.compile(rf"{_YEAR}(?:-{_MONTH}(?:-{_DAY}(?:T{_CLOCK}(?:{_ZONE}))?)?)?")
_INSTANT: Final = re.compile(rf"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}(?:{_ZONE})")
_TIME: Final = re.compile(_CLOCK)
_CODE: Final = re.compile(r"[^\s]+(?:\s[^\s]+)*")
_ID: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_URI: Final = re.compile(r"\S+")
_OID: Final = re.compile(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+")
_UUID: Final = re.compile(r"urn:uuid:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Span:
    """The stretch of time that a date or a time names: "2022" is a year long, a moment with a clock no time.

    Seconds, `end` not included unless it is `start`: since the year 1 for dates, since midnight for times.
    """

    start: Decimal
    end: Decimal
    zone: int | None
    """Seconds east of Greenwich, already taken off; None where none was written."""


def number(value: Json) -> Decimal | None:
    """A JSON number as it is, None for anything else (also true, NaN)."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return exact if exact.is_finite() else None


def whole_number(value: Json) -> int | None:
    """A JSON number that is written without a point and fits in 32 bits, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if -_INT32 <= value < _INT32 else None


def decimal_places(value: Decimal) -> int:
    """Digits after the point as written: 2 for 1.50."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def span(kind: str, value: Json) -> Span | None:
    """What a `date`, `dateTime`, `instant` or `time` covers; None where it is not well-formed."""
    if not isinstance(value, str) or not is_valid(kind, value):
        return None
    if kind == "time":
        at = _seconds(value)
        return Span(at, at, None)
    day, _t, clock = value.partition("T")
    start, end = _days(day)
    if not clock:
        return Span(Decimal(start * 86_400), Decimal(end * 86_400), None)
    written = clock.rstrip("Z")
    sign = max(written.find("+"), written.find("-"))
    zone = _offset(written[sign:]) if sign >= 0 else 0
    at = Decimal(start * 86_400) + _seconds(written[:sign] if sign >= 0 else written) - zone
    return Span(at, at, zone)


def order(one: Span, other: Span) -> int | None:
    """-1, 0 or 1 as `one` is before, the same as or after `other`; None where one is a part of the other.

    Where only one of them names a zone, the other is taken to be in it.
    """
    if (one.zone is None) != (other.zone is None):
        shift = one.zone or other.zone or 0
        one = one if one.zone is not None else Span(one.start - shift, one.end - shift, shift)
        other = other if other.zone is not None else Span(other.start - shift, other.end - shift, shift)
    if (one.start, one.end) == (other.start, other.end):
        return 0
    if one.end < other.start or (one.end == other.start and one.start < other.start):
        return -1
    if other.end < one.start or (other.end == one.start and other.start < one.start):
        return 1
    return None


def is_valid(kind: str, value: Json) -> bool:
    """Whether the JSON value is a well-formed primitive of the kind, the calendar included."""
    return _VALID[kind](value)


def is_primitive(kind: str) -> bool:
    """Whether FHIR R4 has a primitive datatype of that name (xhtml is one too)."""
    return kind in _VALID


def json_kind(kind: str) -> type:
    """`bool`, `Decimal` (any number) or `str`: how JSON writes the primitive."""
    return {
        "boolean": bool,
        **dict.fromkeys(("decimal", "integer", "unsignedInt", "positiveInt"), Decimal),
    }.get(kind, str)


def _days(text: str) -> tuple[int, int]:
    """The first day that "2022", "2022-06" or "2022-06-30" covers, and the first day after it."""
    year, month, day = ([int(part) for part in text.split("-")] + [0, 0])[:3]
    start = calendar_date(year, month or 1, day or 1).toordinal()
    if day:
        return start, start + 1
    if month and month < 12:
        return start, calendar_date(year, month + 1, 1).toordinal()
    return start, calendar_date(year, 12, 31).toordinal() + 1


def _seconds(clock: str) -> Decimal:
    hours, minutes, seconds = clock.split(":")
    return Decimal(int(hours) * 3600 + int(minutes) * 60) + Decimal(seconds)


def _offset(zone: str) -> int:
    hours, minutes = zone[1:].split(":")
    return (int(hours) * 3600 + int(minutes) * 60) * (-1 if zone[0] == "-" else 1)


def _is_day(text: str) -> bool:
    """Whether the calendar has the day that begins the text; a month or a year alone is always there."""
    try:
        _days(text.partition("T")[0])
    except ValueError:
        return False
    return True


def _text(value: Json) -> bool:
    return isinstance(value, str) and 0 < len(value) <= STRING_LIMIT and not _FORBIDDEN.search(value)


def _base64(value: Json) -> bool:
    if not isinstance(value, str) or not value:
        return False
    try:
        base64.b64decode("".join(value.split()).encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return False
    return True


def _written(pattern: re.Pattern[str], *, dated: bool = False) -> Callable[[Json], bool]:
    def check(value: Json) -> bool:
        return isinstance(value, str) and bool(pattern.fullmatch(value)) and (not dated or _is_day(value))

    return check


def _at_least(least: int) -> Callable[[Json], bool]:
    def check(value: Json) -> bool:
        found = whole_number(value)
        return found is not None and found >= least

    return check


_VALID: Final[dict[str, Callable[[Json], bool]]] = {
    "base64Binary": _base64,
    "boolean": lambda value: isinstance(value, bool),
    "canonical": _written(_URI),
    "code": _written(_CODE),
    "date": _written(_DATE, dated=True),
    "dateTime": _written(_DATE_TIME, dated=True),
    "decimal": lambda value: number(value) is not None,
    "id": _written(_ID),
    "instant": _written(_INSTANT, dated=True),
    "integer": _at_least(-_INT32),
    "markdown": _text,
    "oid": _written(_OID),
    "positiveInt": _at_least(1),
    "string": _text,
    "time": _written(_TIME),
    "unsignedInt": _at_least(0),
    "uri": _written(_URI),
    "url": _written(_URI),
    "uuid": _written(_UUID),
    "xhtml": _text,
}

"""FHIR in JSON, read without trusting it: what it may cost is bounded before anything looks at it.

RFC 8259 leaves open what a repeated key or a number too large for a machine means; here the former is refused
and numbers are kept exactly as written (FHIR R4, datatypes, "decimal": the precision matters).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, NoReturn

from data.domain.errors import Invalid, invalid
from data.domain.text import clean
from data.exchange.files import read_file

FILE_LIMIT: Final = 5_000_000
"""Bytes."""

DEPTH_LIMIT: Final = 120
"""Lists and objects inside each other; a level of groups takes two, one of nested answers four."""

ITEM_LIMIT: Final = 10_000
"""Items in a questionnaire or a response, and answers in a response."""

_LONGEST_INT: Final = 40
_FIELD: Final = "file"


def read_resource(path: Path) -> Mapping[str, Any]:
    """The JSON object in a file: numbers are `int` or `Decimal`, and it is within the limits above.

    Raises `NotFound`, `Unavailable` (no ordinary file, no permission) or `Invalid`, with words for a person.
    """
    return parse_resource(read_file(path, FILE_LIMIT))


def parse_resource(content: bytes) -> Mapping[str, Any]:
    """As `read_resource`, from the file's bytes. Raises `Invalid`."""
    if len(content) > FILE_LIMIT:
        raise invalid(_FIELD, "The file is too large: at most {limit} MB", limit=FILE_LIMIT // 1_000_000)
    try:
        value = json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_without_repeats,
            parse_float=_decimal,
            parse_int=_whole,
            parse_constant=_no_number,
        )
    except UnicodeDecodeError as error:
        raise invalid(_FIELD, "The file is not in UTF-8, from byte {place}", place=error.start + 1) from error
    except json.JSONDecodeError as error:
        raise invalid(
            _FIELD,
            "The file is not JSON: line {line}, column {column}",
            line=error.lineno,
            column=error.colno,
        ) from error
    except RecursionError:
        raise too_deep() from None
    check_limits(value)
    if not isinstance(value, dict):
        raise invalid(_FIELD, "The file holds no FHIR resource: it must be a JSON object")
    return value


def check_limits(value: object) -> None:
    """Raise `Invalid` for a JSON value that is too deep or has too many items; never recurses itself."""
    level, depth, items = [value], 0, 0
    while level:
        depth += 1
        if depth > DEPTH_LIMIT:
            raise too_deep()
        below: list[object] = []
        for one in level:
            if isinstance(one, dict):
                items += sum(len(one[key]) for key in ("item", "answer") if isinstance(one.get(key), list))
                below += [part for part in one.values() if isinstance(part, (dict, list))]
            elif isinstance(one, list):
                below += [part for part in one if isinstance(part, (dict, list))]
        if items > ITEM_LIMIT:
            raise invalid(_FIELD, "There are too many items: at most {limit}", limit=ITEM_LIMIT)
        level = below


def too_deep() -> Invalid:
    """The error of a value with too much inside each other."""
    return invalid(_FIELD, "Too many levels are inside each other: at most {limit}", limit=DEPTH_LIMIT)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _value in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise invalid(_FIELD, "“{name}” stands twice in the same object", name=clean(twice, limit=60))
    return found


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise _no_size() from None


def _whole(text: str) -> int | Decimal:
    """As `int` where that is sure to work: Python refuses to read thousands of digits as one."""
    return int(text) if len(text) <= _LONGEST_INT else _decimal(text)


def _no_number(name: str) -> NoReturn:
    raise invalid(_FIELD, "{name} is no number in JSON", name=name)


def _no_size() -> Invalid:
    return invalid(_FIELD, "A number in the file is too large to be read")

"""Patterns that answers must match, in time that grows with the text alone.

Patterns come from people who write forms, and the texts from patients: an engine that backtracks (Python's
`re`) can be made to search for years by a pair of them. Pydantic's engine is Rust's `regex`, which is linear,
and what can't be linear (lookaround, references back) it refuses. Syntax: docs.rs/regex.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import Annotated, Final

from pydantic import StringConstraints, TypeAdapter, ValidationError
from pydantic_core import SchemaError

PATTERN_LIMIT: Final = 1000
"""Characters."""

_ESCAPE: Final = re.compile(r"\\(?:[dDsSwW]-|[\s\S])")
# As in ECMAScript and Java: a Rust `\d` takes the digits of every script.
_ASCII_DIGITS: Final = {r"\d": "[0-9]", r"\D": "[^0-9]"}


def is_usable(pattern: str) -> bool:
    """Whether `matches` can use the pattern: at most `PATTERN_LIMIT` long, and nothing that backtracks."""
    return _compiled(pattern) is not None


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches, as with `re.fullmatch`. ValueError for a pattern that is not usable.

    `\\d` is an ASCII digit; `\\w` and `\\s` know every script; `.` is anything but a newline.
    """
    compiled = _compiled(pattern)
    if compiled is None:
        raise ValueError(f"not a pattern that can be used: {pattern!r}")
    try:
        compiled.validate_python(text)
    except ValidationError:
        return False
    return True


def is_written_well(pattern: str) -> bool:
    """Whether it is a pattern at all, of at most `PATTERN_LIMIT`: one that looks around or refers back is,
    though not usable here."""
    if len(pattern) > PATTERN_LIMIT:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            re.compile(pattern)  # only read, never searched with
    except (re.error, OverflowError, RecursionError):
        return False
    return True


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> TypeAdapter[str] | None:
    if len(pattern) > PATTERN_LIMIT:
        return None
    portable = _ESCAPE.sub(_portable, pattern)
    try:
        # By itself first: `a)|(b` must not become a pattern by what is put around it.
        _adapter(portable)
        return _adapter(rf"\A(?:{portable})\z")
    except (SchemaError, UnicodeError):
        return None


def _portable(escape: re.Match[str]) -> str:
    """An escape as Rust reads it. The hyphen in `[\\w-.]` begins no range in ECMAScript and Java."""
    written = escape[0][:2]
    return _ASCII_DIGITS.get(written, written) + (r"\-" if len(escape[0]) > 2 else "")


def _adapter(pattern: str) -> TypeAdapter[str]:
    return TypeAdapter(Annotated[str, StringConstraints(pattern=pattern, strict=True)])

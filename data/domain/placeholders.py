"""Placeholders in texts: `{namn}` becomes the patient's name when the case is sent.

The four that are always there have a Swedish and an English name; the others are the names of white boxes.
A name in braces is looked up without regard to case and accents. `{{` and `}}` are braces as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

from data.domain.text import fold

_PART = re.compile(r"\{\{|\}\}|\{([^{}\n]+)\}")


class Given(StrEnum):
    """What is known without a white box; the value is the placeholder's Swedish name."""

    PATIENT = "namn"
    CLINIC = "mottagning"
    SIGNATURE = "signatur"
    DATE = "datum"


def given(*, patient: str, clinic: str, signature: str, date: date) -> dict[str, str]:
    """What they stand for in a case that is sent on `date`, for `fill`."""
    return {
        Given.PATIENT: patient,
        Given.CLINIC: clinic,
        Given.SIGNATURE: signature,
        Given.DATE: date.isoformat(),
    }


_ALIASES = {
    **{given.value: given.value for given in Given},
    "name": Given.PATIENT.value,
    "clinic": Given.CLINIC.value,
    "signature": Given.SIGNATURE.value,
    "date": Given.DATE.value,
}


def key_of(name: str) -> str:
    """What a placeholder or a white box of that name is looked up by."""
    folded = fold(name)
    return _ALIASES.get(folded, folded)


def is_given(name: str) -> bool:
    """Whether the name belongs to one of `Given`, in Swedish or English."""
    return fold(name) in _ALIASES


def names_in(text: str) -> Iterator[str]:
    """The names in the text's placeholders, as written."""
    if "{" in text:
        yield from (match[1] for match in _PART.finditer(text) if match[1])


def has_lone_brace(text: str) -> bool:
    """Whether a brace belongs neither to a placeholder nor to `{{` or `}}`: `{name`, `{}` or `{name}}`."""
    return ("{" in text or "}" in text) and bool({"{", "}"} & set(_PART.sub("", text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with each placeholder replaced by the value under its `key_of`; unknown ones stay as they are.

    Values are put in as they are: a brace in them is a brace.
    """

    def replacement(match: re.Match[str]) -> str:
        if match[1]:
            return values.get(key_of(match[1]), match[0])
        return match[0][0]

    return _PART.sub(replacement, text) if "{" in text or "}" in text else text

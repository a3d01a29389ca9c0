"""Lists of identity numbers as people paste them: one a line, or with commas or spaces between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from data.domain.errors import Invalid, Message
from data.domain.identity import PersonalIdentityNumber

_BETWEEN: Final = re.compile(r"[,;\t]")


@dataclass(frozen=True)
class Listed:
    """What stands in one place of a list: a number, or why it is none. `line` counts from 1."""

    line: int
    text: str
    number: PersonalIdentityNumber | None
    fault: Message | None = None


def read_list(text: str, *, today: date) -> tuple[Listed, ...]:
    """Every number of a list, in its order, also those that can't be read. Never raises.

    Spaces within a number are taken as `PersonalIdentityNumber.parse` takes them, unless there are several
    numbers on the line with nothing else between them.
    """
    return tuple(
        listed
        for line, words in enumerate(text.split("\n"), 1)
        for part in _BETWEEN.split(words)
        if part.strip()
        for listed in _read(line, part.strip(), today)
    )


def distinct(listed: tuple[Listed, ...]) -> tuple[PersonalIdentityNumber, ...]:
    """The numbers that could be read, each once, in their order."""
    return tuple(dict.fromkeys(one.number for one in listed if one.number is not None))


def _read(line: int, part: str, today: date) -> Iterator[Listed]:
    whole = _parsed(line, part, today)
    words = part.split()
    if whole.number is not None or len(words) == 1:
        yield whole
    else:
        yield from (_parsed(line, word, today) for word in words)


def _parsed(line: int, text: str, today: date) -> Listed:
    try:
        return Listed(line, text, PersonalIdentityNumber.parse(text, today=today))
    except Invalid as error:
        return Listed(line, text, None, error.message)

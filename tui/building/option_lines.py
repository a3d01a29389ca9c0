"""A choice's options as lines of text: `Never = 0`, `None of these !`.

` = ` and a number at the end of a line are the option's points, ` !` after that makes it exclusive. A wording
that itself ends so is followed by a bare ` =`, so that every option is read back as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from data.domain.forms import Option
from data.domain.limits import LINE_LIMIT
from data.domain.reading import read_decimal
from data.domain.text import clean
from tui.building.item_ids import Token, matched

_LINE = re.compile(
    r"(?P<wording>.*?)"
    r"(?:(?:^|\s)=(?:\s*(?P<points>[-+−]?[0-9]{1,12}(?:[.,][0-9]{1,6})?))?)?"
    r"(?P<exclusive>(?:^|\s)!)?"
)


class _Line(NamedTuple):
    wording: str
    points: str | None
    exclusive: bool


def as_lines(options: Iterable[Option]) -> str:
    """The options' text, one line each."""
    return "\n".join(map(_as_line, options))


def from_lines(
    text: str, current: Sequence[Option], before: Sequence[Option], token: Token
) -> tuple[Option, ...]:
    """The options that the lines mean, with the ids of those that they were; see `item_ids.matched`.

    Empty lines are none. The text is made safe, and no longer than an option may be.
    """
    read = [_read(line) for line in clean(text, lines=True).split("\n") if line.strip()]
    ids = matched([line.wording for line in read], current, before, token)
    return tuple(
        Option.model_validate({"id": id_, **line._asdict()}) for id_, line in zip(ids, read, strict=True)
    )


def has_too_long(text: str) -> bool:
    """Whether the end of an option would be lost."""
    lines = (_LINE.fullmatch(line.strip()) for line in text.split("\n"))
    return any(match is not None and len(match["wording"]) > LINE_LIMIT for match in lines)


def _as_line(option: Option) -> str:
    points = None if option.points is None else read_decimal(option.points).replace(".", ",")
    line = option.wording
    if points is not None:
        line = f"{line} = {points}"
    elif not line or _read(line).wording != line:
        line = f"{line} ="
    return f"{line} !".strip() if option.exclusive else line.strip()


def _read(line: str) -> _Line:
    match = _LINE.fullmatch(clean(line, limit=len(line)))
    if match is None:
        raise ValueError(f"more than a line: {line!r}")
    wording = clean(match["wording"], limit=LINE_LIMIT)
    return _Line(wording, match["points"], match["exclusive"] is not None)

"""Answers to a form: read what was typed, check it, say it in words.

Values are JSON: text, whole number, true/false, an option's id, or a list of option ids. A decimal number
is kept as text, a date as ISO 8601, so that nothing is rounded or shifted. An absent id is an unanswered
question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from data.domain.errors import Message, Problem
from data.domain.forms import (
    ITEM_LIMIT,
    LINE_LIMIT,
    SCALE,
    TEXT_LIMIT,
    Confirmation,
    Date,
    Form,
    LongText,
    Number,
    OneChoice,
    Question,
    Scale,
    SeveralChoices,
    ShortText,
    WhiteBox,
    YesNo,
)
from data.domain.text import clean

Value = str | int | bool | list[str]
Answers = dict[str, Value]

TYPED_LIMIT = 100_000
"""Characters of one unfinished text: far more than may be sent, so that a draft loses nothing of it."""

_DATE = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_NUMBER = re.compile(r"[-+−]?[0-9]{1,15}([.,][0-9]{1,9})?")


class Writer(Enum):
    """Who fills in: staff write in white boxes, the patient answers questions."""

    STAFF = auto()
    PATIENT = auto()


@dataclass(frozen=True)
class Checked:
    """What was understood, and every problem with the rest; `values` holds only good answers."""

    values: Answers
    problems: tuple[Problem, ...]


class _Refused(Exception):  # noqa: N818 - private control flow within this module
    def __init__(self, message: Message) -> None:
        self.message = message


def fields(form: Form, writer: Writer) -> tuple[WhiteBox | Question, ...]:
    """The items that this writer fills in, in the form's order."""
    return form.white_boxes if writer is Writer.STAFF else form.questions


def check(form: Form, typed: Mapping[str, object], writer: Writer) -> Checked:
    """Check everything that `writer` typed. Never raises: each fault becomes a problem, none is dropped."""
    values: Answers = {}
    problems: list[Problem] = []
    items = fields(form, writer)
    for item in items:
        try:
            value = read(item, typed.get(item.id))
        except _Refused as refused:
            problems.append(Problem(item.id, refused.message))
            continue
        if value is not None:
            values[item.id] = value
        elif item.required:
            problems.append(Problem(item.id, _missing(item)))
    known = {item.id for item in items}
    problems += [
        Problem(str(item_id), Message("There is no such question in this form"))
        for item_id in typed
        if item_id not in known
    ]
    return Checked(values, tuple(problems))


def progress(form: Form, typed: Mapping[str, object], writer: Writer) -> tuple[int, int]:
    """How many items are filled in, and how many there are."""
    items = fields(form, writer)
    return sum(_is_filled(item, typed.get(item.id)) for item in items), len(items)


def kept(typed: Mapping[str, object], item_ids: Iterable[str]) -> dict[str, object]:
    """What may be stored of a half-filled form: values of these items that JSON and the screens know.

    Texts are made safe but not judged; whatever nobody could have typed is left out. Never raises.
    """
    values = ((item_id, _kept(typed.get(item_id))) for item_id in item_ids)
    return {item_id: value for item_id, value in values if value is not None}


def is_empty(value: object) -> bool:
    """True for what counts as no answer: nothing, blank text, no choice, an unticked confirmation."""
    return value is None or value is False or value == [] or (isinstance(value, str) and not value.strip())


def read(item: WhiteBox | Question, typed: object) -> Value | None:
    """The stored value of what was typed for one item; None for no answer.

    Raises the private `_Refused` for what the item can't take; callers use `check`.
    """
    if not _is_filled(item, typed):
        return None
    return _READERS[type(item)](item, typed)


def in_words(item: WhiteBox | Question, value: Value | None) -> str | Message:
    """A stored value as people read it; several choices are separated by line breaks."""
    words: str | Message
    match item:
        case _ if value is None:
            words = Message("Not answered")
        case YesNo():
            words = Message("Yes") if value else Message("No")
        case Confirmation():
            words = Message("Confirmed")
        case OneChoice() | SeveralChoices():
            chosen = value if isinstance(value, list) else [value]
            words = "\n".join(option.wording for option in item.options if option.id in chosen)
        case Number():
            words = f"{str(value).replace('.', ',')} {item.unit}".strip()
        case Scale():
            words = Message("{value} of {most}", value=value, most=SCALE[-1])
        case _:
            words = str(value)
    return words


def _is_filled(item: WhiteBox | Question, typed: object) -> bool:
    """`False` is an answer to yes or no, and an unticked box elsewhere."""
    return (isinstance(item, YesNo) and typed is False) or not is_empty(typed)


def _kept(value: object) -> Value | None:
    match value:
        case bool():
            return value
        case int():
            return value if value in SCALE else None
        case str():
            return clean(value, lines=True, limit=TYPED_LIMIT)
        case list():
            texts = (clean(one, limit=LINE_LIMIT) for one in value[:ITEM_LIMIT] if isinstance(one, str))
            return list(texts)
        case _:
            return None


def _missing(item: WhiteBox | Question) -> Message:
    match item:
        case WhiteBox():
            return Message("Write here before you send")
        case Confirmation():
            return Message("Tick the box to confirm")
        case YesNo() | OneChoice() | Scale():
            return Message("Choose an answer")
        case SeveralChoices():
            return Message("Choose at least one")
        case _:
            return Message("Answer this question")


def _yes_no(item: YesNo, typed: object) -> bool:  # noqa: ARG001 - one signature for all readers
    if isinstance(typed, bool):
        return typed
    raise _Refused(Message("Choose yes or no"))


def _confirmation(item: Confirmation, typed: object) -> bool:  # noqa: ARG001
    if typed is not True:
        raise _Refused(Message("Tick the box to confirm"))
    return True


def _step(item: Scale, typed: object) -> int:  # noqa: ARG001
    if isinstance(typed, bool) or not isinstance(typed, int) or typed not in SCALE:
        raise _Refused(Message("Choose a number from {least} to {most}", least=SCALE[0], most=SCALE[-1]))
    return typed


def _lines(item: WhiteBox | LongText, typed: object) -> str | None:  # noqa: ARG001
    return _text(typed, lines=True, limit=TEXT_LIMIT)


def _line(item: ShortText, typed: object) -> str | None:  # noqa: ARG001
    return _text(typed, lines=False, limit=LINE_LIMIT)


def _text(typed: object, *, lines: bool, limit: int) -> str | None:
    if not isinstance(typed, str):
        raise _Refused(Message("Answer with text"))
    text = clean(typed, lines=lines, limit=limit + 1)
    if len(text) > limit:
        raise _Refused(Message("The text is too long: at most {limit} characters", limit=limit))
    return text or None


def _options(item: OneChoice | SeveralChoices, typed: object) -> Value:
    chosen = typed if isinstance(typed, list) else [typed]
    known = [option.id for option in item.options]
    if any(choice not in known for choice in chosen):
        raise _Refused(Message("Choose among the options"))
    if isinstance(item, OneChoice):
        if len(chosen) != 1:
            raise _Refused(Message("Choose only one"))
        return str(chosen[0])
    return [option for option in known if option in chosen]


def _date(item: Date, typed: object) -> str:  # noqa: ARG001
    match = _DATE.fullmatch(typed.strip()) if isinstance(typed, str) else None
    try:
        if match is None:
            raise ValueError
        return date(*map(int, match.groups())).isoformat()
    except ValueError:
        raise _Refused(Message("Write a date as year-month-day, like 2026-01-31")) from None


def _number(item: Number, typed: object) -> str:  # noqa: ARG001
    text = typed.strip().replace("−", "-") if isinstance(typed, str) else ""
    if not _NUMBER.fullmatch(text):
        raise _Refused(Message("Write a number with digits, like 37,5"))
    return format(Decimal(text.replace(",", ".")), "f")  # never as 1E-7


_READERS: dict[type, Callable[[Any, object], Value | None]] = {
    WhiteBox: _lines,
    LongText: _lines,
    ShortText: _line,
    YesNo: _yes_no,
    Confirmation: _confirmation,
    OneChoice: _options,
    SeveralChoices: _options,
    Date: _date,
    Number: _number,
    Scale: _step,
}

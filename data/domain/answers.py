"""Answers to a form: read what was typed, check it, know what is shown, say it in words.

Answers are JSON by item id. A section that repeats holds a list, one mapping of answers for each time that it
is filled in; an absent id is an unanswered question. An answer's *path* names it in the whole form: its id,
after `section[n]/` for each repeating section around it, counted from 0, as in `medicine[1]/dose`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from data.domain.choices import OTHER
from data.domain.conditions import ShownWhen, Test
from data.domain.errors import Message, Problem
from data.domain.forms import (
    REPEAT_LIMIT,
    AnyItem,
    Filled,
    Form,
    Question,
    Section,
    Value,
    WhiteBox,
)
from data.domain.limits import ITEM_LIMIT, TYPED_LIMIT
from data.domain.reading import LEAST_WHOLE, MOST_WHOLE, Refused
from data.domain.text import clean

Answers = dict[str, Any]
"""A `Value` by item id, or for a section that repeats a list of `Answers`."""


class Writer(Enum):
    """Who fills in: staff write in white boxes, the patient answers questions."""

    STAFF = auto()
    PATIENT = auto()


@dataclass(frozen=True)
class Shown:
    """An item that is shown with these answers, at its path.

    `number` counts the times of a repeating section, from 0; each time is shown as an item of its own at
    `section[n]`, and the section itself before them with `number` None. `value` is a question's or white
    box's readable answer.
    """

    path: str
    item: AnyItem
    number: int | None = None
    value: Value | None = None


@dataclass(frozen=True)
class Checked:
    """What was understood, and every problem with the rest; `values` holds only good answers.

    `left_out` are the paths of what was answered and is hidden now: such answers are not sent.
    """

    values: Answers
    problems: tuple[Problem, ...]
    shown: tuple[Shown, ...] = ()
    left_out: tuple[str, ...] = ()


def check(form: Form, typed: Mapping[str, object], writer: Writer) -> Checked:
    """Check everything that `writer` typed. Never raises: each fault becomes a problem, none is dropped.

    A problem's `field` is the answer's path.
    """
    run = _Run(writer)
    if writer is Writer.STAFF:
        values, known = run.items(form.white_boxes, typed, {}, ""), {box.id for box in form.white_boxes}
    else:
        values, known = run.items(form.items, typed, {}, ""), answer_ids(form.items)
    run.unknown(typed, known, "")
    return Checked(values, tuple(run.problems), tuple(run.shown), tuple(run.left_out))


def kept(form: Form, typed: Mapping[str, object], writer: Writer) -> dict[str, object]:
    """What may be stored of a half-filled form: values of its items that JSON and the screens know.

    Texts are made safe but not judged; whatever nobody could have typed is left out. Never raises.
    """
    return _kept_of(form.items, typed, writer)


def in_words(item: Filled, value: Value | None) -> str | Message:
    """A stored value as people read it; several choices are separated by line breaks."""
    return Message("Not answered") if value is None else item.in_words(value)


@dataclass
class _Run:
    """One walk through a form with its answers, in the order of reading."""

    writer: Writer
    problems: list[Problem] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def items(
        self, items: Iterable[AnyItem], typed: Mapping[str, object], seen: _Seen, prefix: str
    ) -> Answers:
        """The good answers of these items. `seen` gathers the answers that later conditions ask about."""
        values: Answers = {}
        for item in items:
            path = prefix + item.id
            if not self._is_shown(item, seen):
                self._hide(item, typed, prefix)
            elif isinstance(item, Section):
                self.shown.append(Shown(path, item))
                if item.repeats and self.writer is Writer.PATIENT:
                    if times := self._times(item, typed.get(item.id), seen, path):
                        values[item.id] = times
                else:
                    values.update(self.items(item.items, typed, seen, prefix))
            elif isinstance(item, Filled) and _is_filled_by(item, self.writer):
                value = self._read(item, typed.get(item.id), path)
                seen[item.id] = (item, value)
                self.shown.append(Shown(path, item, value=value))
                if value is not None:
                    values[item.id] = value
            else:
                self.shown.append(Shown(path, item))
        return values

    def unknown(self, typed: Mapping[str, object], known: Set[str], prefix: str) -> None:
        """Report what was answered and is not asked."""
        for item_id in (one for one in typed if one not in known):
            message = Message("There is no such question in this form: take the answer away")
            self.problems.append(Problem(f"{prefix}{item_id}", message))

    def _times(self, section: Section, typed: object, seen: _Seen, path: str) -> list[Answers]:
        times = typed if isinstance(typed, list) else []
        readable = typed is None or (
            isinstance(typed, list) and all(isinstance(one, Mapping) for one in times)
        )
        if not readable:
            self.problems.append(
                Problem(path, Message("The answers of this section can't be read: fill it in anew"))
            )
        given = [one if isinstance(one, Mapping) else {} for one in times]
        if len(given) > section.most:
            message = Message(
                "Filled in {count} times: at most {most}, take some away", count=len(given), most=section.most
            )
            self.problems.append(Problem(path, message))
        given = given[:REPEAT_LIMIT] + [{}] * (min(section.least, REPEAT_LIMIT) - len(given))
        return [self._one_time(section, one, dict(seen), path, number) for number, one in enumerate(given)]

    def _one_time(
        self, section: Section, typed: Mapping[str, object], seen: _Seen, path: str, number: int
    ) -> Answers:
        here = f"{path}[{number}]"
        self.shown.append(Shown(here, section, number))
        self.unknown(typed, answer_ids(section.items), f"{here}/")
        return self.items(section.items, typed, seen, f"{here}/")

    def _read(self, item: Filled, typed: object, path: str) -> Value | None:
        try:
            value = None if item.is_blank(typed) else item.read(typed)
        except Refused as refused:
            self.problems.append(Problem(path, refused.message))
            return None
        if value is None and item.required:
            self.problems.append(Problem(path, item.missing))
        return value

    def _is_shown(self, item: AnyItem, seen: _Seen) -> bool:
        if isinstance(item, WhiteBox) or item.shown_when is None:
            return True
        return _holds(item.shown_when, seen)

    def _hide(self, item: AnyItem, typed: Mapping[str, object], prefix: str) -> None:
        """Note the answers that were given before the item was hidden."""
        path = prefix + item.id
        if isinstance(item, Section) and not item.repeats:
            for inner in item.items:
                self._hide(inner, typed, prefix)
        elif isinstance(item, Section):
            self._hide_times(item, typed.get(item.id), path)
        elif isinstance(item, Question) and not item.is_blank(typed.get(item.id)):
            self.left_out.append(path)

    def _hide_times(self, section: Section, typed: object, path: str) -> None:
        """Note each answer of a section that repeats; what can't be read counts as one."""
        known = answer_ids(section.items)
        for number, one in enumerate(typed if isinstance(typed, list) else [typed]):
            if isinstance(one, Mapping):
                for inner in section.items:
                    self._hide(inner, one, f"{path}[{number}]/")
                self.left_out += [f"{path}[{number}]/{item_id}" for item_id in one if item_id not in known]
            elif one:
                self.left_out.append(path)


_Seen = dict[str, tuple[Filled, Value | None]]


def answer_ids(items: Iterable[AnyItem]) -> set[str]:
    """The ids under which the answers to these items lie side by side: a repeating section has one."""
    found: set[str] = set()
    for item in items:
        if isinstance(item, Section) and not item.repeats:
            found |= answer_ids(item.items)
        elif isinstance(item, Section | Question):
            found.add(item.id)
    return found


def _holds(shown_when: ShownWhen, seen: _Seen) -> bool:
    results = []
    for condition in shown_when.conditions:
        question, answer = seen.get(condition.question, (None, None))
        results.append(
            question.meets(condition.test, condition.value, answer)
            if isinstance(question, Question)
            else condition.test is Test.UNANSWERED
        )
    return not results or (all(results) if shown_when.every else any(results))


def _is_filled_by(item: AnyItem, writer: Writer) -> bool:
    return isinstance(item, WhiteBox) if writer is Writer.STAFF else isinstance(item, Question)


def _kept_of(items: Iterable[AnyItem], typed: Mapping[str, object], writer: Writer) -> dict[str, object]:
    found: dict[str, object] = {}
    for item in items:
        value: object
        if isinstance(item, Section) and not item.repeats:
            found.update(_kept_of(item.items, typed, writer))
            continue
        if isinstance(item, Section):
            times = typed.get(item.id)
            given = times[:REPEAT_LIMIT] if isinstance(times, list) else []
            value = [_kept_of(item.items, one, writer) for one in given if isinstance(one, Mapping)] or None
        else:
            value = _kept(typed.get(item.id)) if _is_filled_by(item, writer) else None
        if value is not None:
            found[item.id] = value
    return found


def _kept(value: object) -> Value | None:
    match value:
        case bool():
            return value
        case int():
            return value if LEAST_WHOLE <= value <= MOST_WHOLE else None
        case str():
            return clean(value, lines=True, limit=TYPED_LIMIT)
        case {"other": str(text)}:
            return {OTHER: clean(text, limit=TYPED_LIMIT)}
        case list():
            ones = (_kept(one) for one in value[:ITEM_LIMIT])
            return [one for one in ones if isinstance(one, str | dict)]
        case _:
            return None

"""What can be chosen for a condition, with its words: a question, then a test of its answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from data.domain.conditions import Condition, Test
from data.domain.forms import Choice, Form, Question, YesNo
from tui.screens.builder.askable import tests_of
from tui.widgets.condition_words import name_of, of_test, short_name


@dataclass(frozen=True)
class Asked:
    """A test, with the answer that it asks for when that is one of a few."""

    test: Test
    value: bool | str | None = None
    typed: bool = False
    """Whether the answer is to be typed next."""


Entry: TypeAlias = "tuple[str, Question | Asked]"
"""A line of the list, and what it stands for."""


def question_entries(form: Form, questions: Sequence[Question]) -> list[Entry]:
    """The questions by their wording, and by their section too where several say the same."""
    names = [short_name(question) for question in questions]
    found: list[Entry] = []
    for name, question in zip(names, questions, strict=True):
        place = form.place(question.id)
        around = short_name(place.within[-1]) if place and place.within else ""
        twice = around and names.count(name) > 1
        found.append((f"{name}  ({around})" if twice else name, question))
    return found


def test_entries(question: Question) -> list[Entry]:
    """The tests of a question's answer, each with the answers that it may ask for."""
    return [
        (f"{name_of(question, one.test)} …" if one.typed else of_test(question, one.test, one.value), one)
        for test in tests_of(question)
        for one in _asked(question, test)
    ]


def says(condition: Condition, chosen: Question | Asked) -> bool:
    """Whether a condition says what was chosen."""
    if isinstance(chosen, Question):
        return chosen.id == condition.question
    return chosen.test is condition.test and (chosen.typed or chosen.value == condition.value)


def _asked(question: Question, test: Test) -> Iterator[Asked]:
    """One for each answer where there are a few, else one to type the answer for."""
    if not test.needs_value:
        yield Asked(test)
    elif isinstance(question, YesNo):
        if test is Test.EQUALS:  # "is not yes" says the same as "is no"
            yield Asked(test, value=True)
            yield Asked(test, value=False)
    elif isinstance(question, Choice):
        for option in question.options:
            yield Asked(test, option.id)
    else:
        yield Asked(test, typed=True)

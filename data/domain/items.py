"""What all parts of a form have in common, and the parts that are no questions."""

from __future__ import annotations

import operator
from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import StringConstraints

from data.domain.conditions import ShownWhen, Test
from data.domain.errors import Message
from data.domain.limits import ID_LIMIT, TEXT_LIMIT
from data.domain.reading import Count, Line, Lines, read_text
from data.domain.validated import Validated

ItemId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$", max_length=ID_LIMIT)]
"""Stable through edits, so that answers keep their question. Has no `[`, which paths of answers use."""

Value = bool | int | str | dict[str, str] | list[str | dict[str, str]]
"""A stored answer, as JSON: true/false, a whole number, text, an option's id, `{"other": text}`, or a list of
the latter two. A decimal number is text, a date or time ISO 8601, so that nothing is rounded or shifted."""


class Item(Validated):
    """A part of a form. `wording` is the text itself, the white box's label, the heading or the question."""

    id: ItemId
    wording: Lines = ""

    def texts(self) -> Iterator[tuple[str, str]]:
        """The texts that may hold placeholders, by field."""
        yield "wording", self.wording

    def plain_texts(self) -> Iterator[tuple[str, str]]:
        """The texts that people read too and that are never filled in, by field."""
        yield from ()

    def problems(self) -> Iterator[tuple[str, Message]]:
        """What keeps this item from being published: the name of the field to mend, and why."""
        if not self.wording:
            yield "wording", Message("Write the wording")


class Text(Item):
    """Text that staff and patient read; `level` 1 to 3 makes it a heading."""

    kind: Literal["text"] = "text"
    level: Literal[0, 1, 2, 3] = 0
    shown_when: ShownWhen | None = None

    def problems(self) -> Iterator[tuple[str, Message]]:
        if not self.wording:
            yield "wording", Message("Write the text, or delete it")


class Filled(Item):
    """An item that somebody fills in."""

    help: Line = ""
    required: bool = True

    @abstractmethod
    def read(self, typed: object) -> Value | None:
        """The stored value of what was typed, None for no answer; raises `Refused`.

        Reading a stored value returns it unchanged.
        """

    def is_blank(self, typed: object) -> bool:
        """Whether that counts as no answer at all."""
        return (
            typed is None or typed is False or typed == [] or (isinstance(typed, str) and not typed.strip())
        )

    @property
    def missing(self) -> Message:
        """What to do about a required item that is not filled in."""
        return Message("Answer this question")

    def in_words(self, value: Value) -> str | Message:
        """A stored value as people read it; several choices are separated by line breaks."""
        return str(value)


class WhiteBox(Filled):
    """A box that staff write in before sending, say the dosage; the patient reads what was written.

    `name` is what placeholders call it: `{dos}` in a text stands for what was written here.
    """

    kind: Literal["white_box"] = "white_box"
    name: Line = ""
    default: Lines = ""
    most_length: Count = TEXT_LIMIT

    def read(self, typed: object) -> Value | None:
        return read_text(typed, lines=True, most=self.most_length)

    @property
    def missing(self) -> Message:
        return Message("Write here before you send")

    def plain_texts(self) -> Iterator[tuple[str, str]]:
        yield "default", self.default

    def problems(self) -> Iterator[tuple[str, Message]]:
        yield from super().problems()
        yield from length_problems(0, self.most_length, TEXT_LIMIT)
        if len(self.default) > self.most_length:
            yield (
                "default",
                Message("The text is longer than the box takes: at most {limit}", limit=self.most_length),
            )


class Question(Filled):
    """What the patient is asked. `shown_when` None shows it always."""

    TESTS: ClassVar[frozenset[Test]] = frozenset({Test.ANSWERED, Test.UNANSWERED})
    """What conditions may ask about the answer."""

    shown_when: ShownWhen | None = None

    def texts(self) -> Iterator[tuple[str, str]]:
        yield from super().texts()
        yield "help", self.help

    def wanted(self, typed: object) -> Value | None:
        """The value that a condition compares answers with; raises `Refused`. Bounds matter not: an answer
        may well be asked to be less than the most there is."""
        return self.read(typed)

    def order(self, value: Value) -> Any:
        """What answers are compared by, for `less` and `more`; dates and times compare as text."""
        return value

    def meets(self, test: Test, wanted: object, answer: Value | None) -> bool:
        """Whether an answer to this question meets a condition's test."""
        if answer is None:
            return test is Test.UNANSWERED
        if test in {Test.ANSWERED, Test.UNANSWERED}:
            return test is Test.ANSWERED
        given = answer if isinstance(answer, list) else [answer]
        if test is Test.EQUALS:
            return wanted in given
        if test is Test.DIFFERS:
            return wanted not in given
        try:
            return _COMPARED[test](self.order(answer), self.order(cast(Value, wanted)))
        except (TypeError, ArithmeticError):  # a draft's condition, whose value fits no more
            return False


def length_problems(least: int, most: int, limit: int) -> Iterator[tuple[str, Message]]:
    """What is wrong with the least and most number of characters of a text."""
    if not 1 <= most <= limit:
        yield "most_length", Message("Write a number from {least} to {most}", least=1, most=limit)
    elif least > most:
        yield "least_length", Message("The least is more than the most: change one of them")


_COMPARED: dict[Test, Callable[[Any, Any], bool]] = {
    Test.LESS: operator.lt,
    Test.MORE: operator.gt,
    Test.AT_LEAST: operator.ge,
    Test.AT_MOST: operator.le,
}

"""Questions that are answered in words, with a tick, or (not yet) with a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from data.domain.conditions import EQUALITY, Test
from data.domain.errors import Message
from data.domain.items import Question, Value, length_problems
from data.domain.limits import LINE_LIMIT, TEXT_LIMIT
from data.domain.patterns import is_usable, matches
from data.domain.reading import Count, Line, Refused, read_text


class _TextQuestion(Question):
    """`pattern`, a regular expression, must match the whole answer; `pattern_message` says so in words."""

    TESTS: ClassVar[frozenset[Test]] = EQUALITY
    LINES: ClassVar[bool]
    LIMIT: ClassVar[int]

    least_length: Count = 0
    most_length: Count
    pattern: Line = ""
    pattern_message: Line = ""

    def read(self, typed: object) -> Value | None:
        text = read_text(typed, lines=self.LINES, least=self.least_length, most=self.most_length)
        if text and self.pattern and not (is_usable(self.pattern) and matches(self.pattern, text)):
            if self.pattern_message:
                raise Refused("{rule}", rule=self.pattern_message)
            raise Refused("The answer must have the form {pattern}", pattern=self.pattern)
        return text

    def wanted(self, typed: object) -> Value | None:
        return read_text(typed, lines=self.LINES, most=self.LIMIT)

    def plain_texts(self) -> Iterator[tuple[str, str]]:
        yield "pattern_message", self.pattern_message

    def problems(self) -> Iterator[tuple[str, Message]]:
        yield from super().problems()
        yield from length_problems(self.least_length, self.most_length, self.LIMIT)
        if self.pattern and not is_usable(self.pattern):
            yield "pattern", Message("The pattern can't be understood: mend or delete it")
        if self.pattern and not self.pattern_message:
            yield "pattern_message", Message("Say in words what the pattern asks for")


class ShortText(_TextQuestion):
    """Answered by one line of text."""

    LINES = False
    LIMIT = LINE_LIMIT
    kind: Literal["short_text"] = "short_text"
    most_length: Count = LINE_LIMIT


class LongText(_TextQuestion):
    """Answered by text with line breaks."""

    LINES = True
    LIMIT = TEXT_LIMIT
    kind: Literal["long_text"] = "long_text"
    most_length: Count = TEXT_LIMIT


class YesNo(Question):
    """Answered by yes or no."""

    TESTS: ClassVar[frozenset[Test]] = EQUALITY
    kind: Literal["yes_no"] = "yes_no"

    def read(self, typed: object) -> Value | None:
        if isinstance(typed, bool):
            return typed
        raise Refused("Choose yes or no")

    def is_blank(self, typed: object) -> bool:
        return typed is not False and super().is_blank(typed)

    @property
    def missing(self) -> Message:
        return Message("Choose an answer")

    def in_words(self, value: Value) -> str | Message:
        return Message("Yes") if value else Message("No")


class Confirmation(Question):
    """Answered by a tick: the wording is what the patient confirms."""

    kind: Literal["confirmation"] = "confirmation"

    def read(self, typed: object) -> Value | None:
        if typed is not True:
            raise Refused("Tick the box to confirm")
        return True

    @property
    def missing(self) -> Message:
        return Message("Tick the box to confirm")

    def in_words(self, value: Value) -> str | Message:  # noqa: ARG002 - only a tick is stored
        return Message("Confirmed")


class File(Question):
    """Answered by a picture or a document. Kept in the model for what others send; it can't be published."""

    kind: Literal["file"] = "file"

    def read(self, typed: object) -> Value | None:  # noqa: ARG002
        raise Refused("Files can't be sent yet: leave this empty")

    def problems(self) -> Iterator[tuple[str, Message]]:
        yield from super().problems()
        yield "kind", Message("Files can't be received yet: ask in another way, or delete the question")

"""Questions that are answered by choosing: among options, or on a scale."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from data.domain.conditions import EQUALITY, ORDER, Test
from data.domain.errors import Message
from data.domain.items import ItemId, Question, Value
from data.domain.limits import LINE_LIMIT
from data.domain.reading import Amount, Count, Line, Refused, Whole, read_text
from data.domain.validated import Validated

OTHER = "other"
"""The key of a free answer beside the options: `{"other": "text"}`."""

OPTION_LIMIT = 200
SCALE_STEPS = 21
"""As many steps as fit on a line of 80 cells."""


class Option(Validated):
    """One choice; the id stays when the wording is mended.

    `points` count in scores. An `exclusive` option (say "none of these") can't be chosen with others.
    """

    id: ItemId
    wording: Line = ""
    points: Amount = None
    exclusive: bool = False


class Choice(Question):
    """Options to choose from; with `other`, the patient may also write an answer of their own."""

    TESTS: ClassVar[frozenset[Test]] = EQUALITY

    options: tuple[Option, ...] = ()
    other: bool = False

    def option(self, option_id: object) -> Option | None:
        """The option with that id, or None."""
        return next((option for option in self.options if option.id == option_id), None)

    def wanted(self, typed: object) -> str:
        if isinstance(typed, str) and self.option(typed):
            return typed
        raise Refused("Choose among the options")

    def is_blank(self, typed: object) -> bool:
        typed = typed if isinstance(typed, list) else [typed]
        return all(super(Choice, self).is_blank(one) for one in typed)

    def in_words(self, value: Value) -> str | Message:
        chosen = value if isinstance(value, list) else [value]
        words = [option.wording for option in self.options if option.id in chosen]
        return "\n".join(words + [one[OTHER] for one in chosen if isinstance(one, dict)])

    def plain_texts(self) -> Iterator[tuple[str, str]]:
        yield from (("options", option.wording) for option in self.options)

    def problems(self) -> Iterator[tuple[str, Message]]:
        yield from super().problems()
        if len(self.options) < 2:
            yield "options", Message("Write at least two options")
        if len(self.options) > OPTION_LIMIT:
            yield "options", Message("Too many options: at most {limit}", limit=OPTION_LIMIT)
        wordings = [option.wording.casefold() for option in self.options]
        if not all(wordings):
            yield "options", Message("Write the wording of every option")
        if len(set(wordings)) < len(wordings):
            yield "options", Message("Two options say the same: change or delete one")
        if len({option.id for option in self.options}) < len(self.options):
            yield "options", Message("Two options have the same id: delete one and write it anew")

    def _read_one(self, typed: object) -> str | dict[str, str]:
        """An option's id, or what was written instead; an empty own answer is refused."""
        if self.other and isinstance(typed, dict) and set(typed) == {OTHER}:
            text = read_text(typed[OTHER], lines=False, most=LINE_LIMIT)
            if text is None:
                raise Refused("Write your own answer, or choose among the options")
            return {OTHER: text}
        return self.wanted(typed)


class OneChoice(Choice):
    """Answered by exactly one option."""

    kind: Literal["one_choice"] = "one_choice"

    def read(self, typed: object) -> Value | None:
        chosen = typed if isinstance(typed, list) else [typed]
        if len(chosen) != 1:
            raise Refused("Choose only one")
        return self._read_one(chosen[0])

    @property
    def missing(self) -> Message:
        return Message("Choose an answer")


class SeveralChoices(Choice):
    """Answered by one or more options, between `least` and `most` of them when it is answered at all."""

    kind: Literal["several_choices"] = "several_choices"
    least: Count = 1
    most: Whole = None

    def read(self, typed: object) -> Value | None:
        chosen: list[str | dict[str, str]] = []
        for one in map(self._read_one, typed if isinstance(typed, list) else [typed]):
            if one not in chosen:
                chosen.append(one)
        own = [one for one in chosen if isinstance(one, dict)]
        if len(own) > 1:
            raise Refused("Write one answer of your own")
        alone = [option for option in self.options if option.exclusive and option.id in chosen]
        if alone and len(chosen) > 1:
            raise Refused(
                "“{option}” can't be chosen with others: take it or the others back", option=alone[0].wording
            )
        # An exclusive option ("none of these") answers alone, however many are asked for.
        if len(chosen) < self.least and not alone:
            raise Refused("Choose at least {least}", least=self.least)
        if self.most is not None and len(chosen) > self.most:
            raise Refused("Choose at most {most}", most=self.most)
        return [option.id for option in self.options if option.id in chosen] + own

    @property
    def missing(self) -> Message:
        return Message("Choose at least one")

    def problems(self) -> Iterator[tuple[str, Message]]:
        yield from super().problems()
        # An exclusive option answers alone, so it never makes up the number.
        available = sum(not option.exclusive for option in self.options) + self.other
        if self.least > max(available, 1):
            yield "least", Message("There are only {count} to choose from: ask for fewer", count=available)
        if self.most is not None and self.most < max(1, self.least):
            yield "most", Message("The least is more than the most: change one of them")


class Scale(Question):
    """Answered by a step from `least` to `most`, with words for the two ends; the step is its points.

    0 to 10 is the numeric rating scale used in Swedish care.
    """

    TESTS: ClassVar[frozenset[Test]] = ORDER
    kind: Literal["scale"] = "scale"
    least: Whole = 0
    most: Whole = 10
    least_words: Line = ""
    most_words: Line = ""

    @property
    def steps(self) -> range:
        """The steps of the scale; never more than `SCALE_STEPS`, whatever its ends."""
        first = 0 if self.least is None else self.least
        last = first if self.most is None else self.most
        return range(first, min(last, first + SCALE_STEPS - 1) + 1)

    def read(self, typed: object) -> Value | None:
        if isinstance(typed, bool) or not isinstance(typed, int) or typed not in self.steps:
            raise Refused("Choose a number from {least} to {most}", least=self.steps[0], most=self.steps[-1])
        return typed

    @property
    def missing(self) -> Message:
        return Message("Choose an answer")

    def in_words(self, value: Value) -> str | Message:
        return Message("{value} of {most}", value=value, most=self.most)

    def plain_texts(self) -> Iterator[tuple[str, str]]:
        yield "least_words", self.least_words
        yield "most_words", self.most_words

    def problems(self) -> Iterator[tuple[str, Message]]:
        yield from super().problems()
        if self.least is None or self.most is None:
            yield ("least" if self.least is None else "most"), Message("Write where the scale ends")
        elif self.most <= self.least:
            yield "most", Message("The least is more than the most: change one of them")
        elif self.most - self.least >= SCALE_STEPS:
            yield "most", Message("A scale has at most {steps} steps", steps=SCALE_STEPS)

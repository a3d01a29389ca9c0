"""When an item is shown: conditions on the answers to earlier questions.

The tests are those of FHIR's `enableWhen` (hl7.org/fhir/R4/valueset-questionnaire-enable-operator.html). A
question that is hidden or unanswered meets only `unanswered`. Of several choices one suffices, except that
`differs` asks that none of them is the value.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import StrictBool, StrictInt, StrictStr

from data.domain.validated import Validated


class Test(StrEnum):
    """What a condition asks about an answer."""

    __test__ = False  # to pytest, a class with that name is a test

    EQUALS = "equals"
    DIFFERS = "differs"
    LESS = "less"
    MORE = "more"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"

    @property
    def needs_value(self) -> bool:
        return self not in {Test.ANSWERED, Test.UNANSWERED}


EQUALITY = frozenset({Test.EQUALS, Test.DIFFERS, Test.ANSWERED, Test.UNANSWERED})
ORDER = frozenset(Test)


class Condition(Validated):
    """A test of the answer to the question with the id `question`.

    `value` is one stored value of that question (an option's id for choices); None for tests that need none.
    """

    question: str
    test: Test
    value: StrictBool | StrictInt | StrictStr | None = None


class ShownWhen(Validated):
    """Conditions of which all must hold, or with `every` False any one."""

    conditions: tuple[Condition, ...]
    every: bool = True

"""What a condition of an item may ask about, and how a typed answer is read for it."""

from __future__ import annotations

from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.errors import Message
from data.domain.forms import (
    AnyItem,
    Choice,
    DateTime,
    DecimalNumber,
    Form,
    Question,
    Scale,
    WhiteBox,
    mapped,
)
from data.domain.items import Value
from data.domain.reading import Refused, read_whole


def askable(form: Form, item_id: str) -> tuple[Question, ...]:
    """The questions that conditions of that item may ask about, the nearest above it first.

    They stand earlier in the form; one in a section that repeats can be asked about within it only.
    """
    place = form.place(item_id)
    if place is None:
        return ()
    around = {section.id for section in place.within}
    earlier = form.places[: next(at for at, one in enumerate(form.places) if one.item.id == item_id)]
    return tuple(
        one.item
        for one in reversed(earlier)
        if isinstance(one.item, Question)
        and all(section.id in around for section in one.within if section.repeats)
    )


def tests_of(question: Question) -> list[Test]:
    """The tests of its answer, in the order of use."""
    return [test for test in Test if test in question.TESTS]


def read_value(question: Question, typed: str) -> Value:
    """The answer that decides, as the question stores it; raises `Refused`."""
    value = None
    if typed.strip():
        value = question.read(read_whole(typed) if isinstance(question, Scale) else typed)
    if value is None:
        raise Refused("Write the answer that decides")
    return value


def typed_value(question: Question, value: object) -> str:
    """A stored answer as one types it: `read_value` reads it back."""
    if value is None or isinstance(question, Choice):
        return ""
    if isinstance(question, DecimalNumber):
        return str(value).replace(".", ",")
    return str(value).replace("T", " ") if isinstance(question, DateTime) else str(value)


def with_conditions(form: Form, item_id: str, shown_when: ShownWhen | None) -> Form:
    """The form with other conditions for that item."""

    def change(item: AnyItem) -> AnyItem:
        if item.id != item_id or isinstance(item, WhiteBox):
            return item
        return item.model_copy(update={"shown_when": shown_when})

    return form.model_copy(update={"items": mapped(form.items, change)})


def fault_of(form: Form, item_id: str, condition: Condition) -> Message | None:
    """What is wrong with one condition of that item; None when it can be published."""
    alone = with_conditions(form, item_id, ShownWhen(conditions=(condition,)))
    found = (one for one in alone.problems() if (one.field, one.part) == (item_id, "shown_when"))
    return next((problem.message for problem in found), None)

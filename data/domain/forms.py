"""A form: what an administrator builds, staff fill in, the patient sees and answers.

One model serves the builder, the sender's screen, the patient's view and the stored case. All values are
frozen, so an edit makes a new form and undo is a list of old ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from data.domain.errors import Message, Problem
from data.domain.text import clean
from data.domain.value import Frozen

LINE_LIMIT = 300
TEXT_LIMIT = 8_000
ITEM_LIMIT = 500

SCALE = range(11)
"""The steps of a scale, 0 to 10, as on the numeric rating scale used in Swedish care."""


def _line(value: object) -> object:
    return clean(value, limit=LINE_LIMIT) if isinstance(value, str) else value


def _lines(value: object) -> object:
    return clean(value, lines=True, limit=TEXT_LIMIT) if isinstance(value, str) else value


Line = Annotated[str, BeforeValidator(_line)]
"""One line of outside text, made safe."""

Lines = Annotated[str, BeforeValidator(_lines)]
"""Outside text with line breaks, made safe."""

ItemId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
"""Stable through edits, so that answers keep their question."""


class Item(Frozen):
    """A part of a form. `wording` is the text itself, the white box's label or the question."""

    id: ItemId
    wording: Lines = ""

    def problems(self) -> Iterator[Message]:
        """What keeps this item from being published."""
        if not self.wording:
            yield Message("Write the wording")


class Text(Item):
    """Text that staff and patient read."""

    kind: Literal["text"] = "text"

    def problems(self) -> Iterator[Message]:
        if not self.wording:
            yield Message("Write the text, or delete it")


class WhiteBox(Item):
    """A box that staff write in before sending, say the dosage; the patient reads what was written."""

    kind: Literal["white_box"] = "white_box"
    help: Line = ""
    required: bool = True
    default: Lines = ""


class _Question(Item):
    help: Line = ""
    required: bool = True


class ShortText(_Question):
    """Answered by one line of text."""

    kind: Literal["short_text"] = "short_text"


class LongText(_Question):
    """Answered by text with line breaks."""

    kind: Literal["long_text"] = "long_text"


class YesNo(_Question):
    """Answered by yes or no."""

    kind: Literal["yes_no"] = "yes_no"


class Confirmation(_Question):
    """Answered by a tick: the wording is what the patient confirms."""

    kind: Literal["confirmation"] = "confirmation"


class Option(Frozen):
    """One choice; the id stays when the wording is mended."""

    id: ItemId
    wording: Line = ""


class _Choice(_Question):
    options: tuple[Option, ...] = ()

    def problems(self) -> Iterator[Message]:
        yield from super().problems()
        if len(self.options) < 2:
            yield Message("Write at least two options")
        wordings = [option.wording.casefold() for option in self.options]
        if not all(wordings):
            yield Message("Write the wording of every option")
        if len(set(wordings)) < len(wordings):
            yield Message("Two options say the same: change or delete one")
        if len({option.id for option in self.options}) < len(self.options):
            yield Message("Two options have the same id: delete one and write it anew")


class OneChoice(_Choice):
    """Answered by exactly one option."""

    kind: Literal["one_choice"] = "one_choice"


class SeveralChoices(_Choice):
    """Answered by one or more options."""

    kind: Literal["several_choices"] = "several_choices"


class Date(_Question):
    """Answered by a calendar date."""

    kind: Literal["date"] = "date"


class Number(_Question):
    """Answered by a decimal number."""

    kind: Literal["number"] = "number"
    unit: Line = ""


class Scale(_Question):
    """Answered by a step from 0 to 10, with words for the two ends."""

    kind: Literal["scale"] = "scale"
    least: Line = ""
    most: Line = ""


Choice = OneChoice | SeveralChoices
Question = ShortText | LongText | YesNo | Confirmation | OneChoice | SeveralChoices | Date | Number | Scale
AnyItem = Annotated[Text | WhiteBox | Question, Field(discriminator="kind")]

QUESTION_TYPES: tuple[type[Question], ...] = (
    ShortText,
    LongText,
    YesNo,
    Confirmation,
    OneChoice,
    SeveralChoices,
    Date,
    Number,
    Scale,
)


class Form(Frozen):
    """Everything of a template but its name.

    `staff_instruction` is never shown to the patient; `answerable` is *Ska invånaren kunna svara?*.
    """

    staff_instruction: Lines = ""
    patient_instruction: Lines = ""
    answerable: bool = True
    items: Annotated[tuple[AnyItem, ...], Field(max_length=ITEM_LIMIT)] = ()

    @property
    def white_boxes(self) -> tuple[WhiteBox, ...]:
        return tuple(item for item in self.items if isinstance(item, WhiteBox))

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(item for item in self.items if isinstance(item, QUESTION_TYPES))

    def item(self, item_id: str) -> Text | WhiteBox | Question | None:
        """The item with that id, or None."""
        return next((item for item in self.items if item.id == item_id), None)

    def problems(self) -> tuple[Problem, ...]:
        """All that keeps this form from being published; `field` is an item's id or a property's name."""
        found = [Problem(item.id, message) for item in self.items for message in item.problems()]
        if self.answerable and not self.questions:
            found.append(Problem("items", Message("Add a question, or let the patient only read")))
        if not self.answerable:
            found += [
                Problem(question.id, Message("The patient can't answer this message: delete the question"))
                for question in self.questions
            ]
            if not self.patient_instruction and not self.items:
                found.append(Problem("items", Message("Write something for the patient to read")))
        ids = [item.id for item in self.items]
        found += [
            Problem(item_id, Message("Two items have the same id"))
            for item_id in dict.fromkeys(ids)
            if ids.count(item_id) > 1
        ]
        return tuple(found)

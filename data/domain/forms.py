"""A form: what an administrator builds, staff fill in, the patient sees and answers.

One model serves the builder, the sender's screen, the patient's view, the stored case and the exchange with
others. All values are frozen, so an edit makes a new form and undo is a list of old ones.

The items are a tree: a `Section` holds items of its own. Ids are unique in the whole form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from data.domain import placeholders
from data.domain.choices import Choice, OneChoice, Option, Scale, SeveralChoices
from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.errors import Message, Problem
from data.domain.form_problems import names_used, problems_of, unfilled
from data.domain.items import Filled, Item, Question, Text, Value, WhiteBox
from data.domain.limits import ITEM_LIMIT
from data.domain.measures import Date, DateTime, DecimalNumber, Measure, Time, WholeNumber
from data.domain.reading import Count, Line, Lines, Refused
from data.domain.scores import Band, Score
from data.domain.texts import Confirmation, File, LongText, ShortText, YesNo
from data.domain.validated import Validated
from data.domain.value import Frozen

__all__ = [
    "REPEAT_LIMIT",
    "SECTION_DEPTH",
    "AnyItem",
    "Band",
    "Choice",
    "Condition",
    "Confirmation",
    "Date",
    "DateTime",
    "DecimalNumber",
    "File",
    "Filled",
    "Form",
    "Item",
    "LongText",
    "Measure",
    "OneChoice",
    "Option",
    "Place",
    "Question",
    "Scale",
    "Score",
    "Section",
    "SeveralChoices",
    "ShortText",
    "ShownWhen",
    "Test",
    "Text",
    "Time",
    "Value",
    "WhiteBox",
    "WholeNumber",
    "YesNo",
]

SECTION_DEPTH = 3
"""How deep sections may lie in each other."""

REPEAT_LIMIT = 50
"""How many times a section may be filled in."""


class Section(Item):
    """Items that belong together under a heading, its wording.

    With `repeats`, the patient fills it in from `least` to `most` times, say once for each medicine.
    """

    kind: Literal["section"] = "section"
    help: Line = ""
    shown_when: ShownWhen | None = None
    repeats: bool = False
    least: Count = 1
    most: Count = 10
    items: tuple[AnyItem, ...] = ()

    def texts(self) -> Iterator[tuple[str, str]]:
        yield from super().texts()
        yield "help", self.help

    def problems(self) -> Iterator[tuple[str, Message]]:
        if not self.wording:
            yield "wording", Message("Write the heading of the section")
        if not self.items:
            yield "items", Message("The section is empty: put something in it, or delete it")
        if self.repeats and not 1 <= self.most <= REPEAT_LIMIT:
            yield "most", Message("Write a number from {least} to {most}", least=1, most=REPEAT_LIMIT)
        elif self.repeats and self.least > self.most:
            yield "most", Message("The least is more than the most: change one of them")


AnyItem = Annotated[
    Text
    | Section
    | WhiteBox
    | ShortText
    | LongText
    | YesNo
    | Confirmation
    | OneChoice
    | SeveralChoices
    | Date
    | Time
    | DateTime
    | WholeNumber
    | DecimalNumber
    | Scale
    | File,
    Field(discriminator="kind"),
]


class Place(Frozen):
    """An item in its form: the sections that it lies in, outermost first."""

    item: AnyItem
    within: tuple[Section, ...] = ()

    @property
    def repeated(self) -> Section | None:
        """The innermost repeating section that it lies in."""
        return next((section for section in reversed(self.within) if section.repeats), None)


class Form(Validated):
    """Everything of a template but its name.

    `title` is what the patient sees instead of the name, which may say too much in an inbox.
    `staff_instruction` is never shown to the patient; `answerable` is *Ska invånaren kunna svara?*.
    """

    title: Line = ""
    staff_instruction: Lines = ""
    patient_instruction: Lines = ""
    answerable: bool = True
    items: tuple[AnyItem, ...] = ()
    scores: tuple[Score, ...] = ()

    @model_validator(mode="after")
    def _is_of_bounded_size(self) -> Self:
        if len(self.places) > ITEM_LIMIT:
            raise Refused("A form holds at most {limit} items", limit=ITEM_LIMIT)
        if any(len(place.within) > SECTION_DEPTH for place in self.places):
            raise Refused("Sections lie at most {depth} deep in each other", depth=SECTION_DEPTH)
        return self

    def __copy__(self) -> Self:
        copied = super().__copy__()
        # Pydantic copies what is cached along with the fields, and `model_copy` then changes the items.
        for name, kept in vars(Form).items():
            if isinstance(kept, cached_property):
                copied.__dict__.pop(name, None)
        return copied

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every item, those in sections too, in the order of reading."""
        return tuple(_places(self.items, ()))

    @cached_property
    def _by_id(self) -> dict[str, Place]:
        return {place.item.id: place for place in reversed(self.places)}

    @cached_property
    def white_boxes(self) -> tuple[WhiteBox, ...]:
        return tuple(place.item for place in self.places if isinstance(place.item, WhiteBox))

    @cached_property
    def names_used(self) -> tuple[str, ...]:
        """The names in its texts' placeholders, each once as it is first written."""
        return names_used(self)

    @cached_property
    def keys_used(self) -> dict[str, str]:
        """The names in its texts' placeholders, and what each is looked up by."""
        return {name: placeholders.key_of(name) for name in self.names_used}

    @cached_property
    def box_keys(self) -> dict[str, str]:
        """What each white box that has a name is looked up by in placeholders, by its id."""
        return {box.id: placeholders.key_of(box.name) for box in self.white_boxes if box.name}

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(place.item for place in self.places if isinstance(place.item, Question))

    def place(self, item_id: str) -> Place | None:
        """Where the item with that id lies, or None."""
        return self._by_id.get(item_id)

    def item(self, item_id: str) -> AnyItem | None:
        """The item with that id, or None."""
        place = self._by_id.get(item_id)
        return place.item if place else None

    def box_values(self, written: Mapping[str, object]) -> dict[str, str]:
        """What is written in the white boxes that have a name, for `filled`; empty ones are left out."""
        named = ((key, written.get(box_id)) for box_id, key in self.box_keys.items())
        return {key: text for key, text in named if isinstance(text, str) and text.strip()}

    def filled(self, values: Mapping[str, str]) -> Form:
        """The form with its placeholders replaced by values under their `placeholders.key_of`."""

        def put(text: str) -> str:
            return placeholders.fill(text, values)

        changed = {name: put(text) for name, text in self.texts()}
        return self.model_copy(
            update={**changed, "items": mapped(self.items, lambda item: _filled(item, put))}
        )

    def texts(self) -> Iterator[tuple[str, str]]:
        """The form's own texts that may hold placeholders, by name."""
        yield "title", self.title
        yield "patient_instruction", self.patient_instruction

    def problems(self) -> tuple[Problem, ...]:
        """All that keeps this form from being published; `field` is an item's id or a property's name."""
        return problems_of(self)

    def unfilled(self, filled: Iterable[str]) -> Iterator[Problem]:
        """The placeholders that have no value yet; `filled` are the keys that have one. `field` is the id of
        the white box that should be written in, or `signature`."""
        return unfilled(self, filled)


def mapped(items: Iterable[AnyItem], change: Callable[[AnyItem], AnyItem]) -> tuple[AnyItem, ...]:
    """The items with `change` applied to each, those in sections first."""
    return tuple(
        change(
            item.model_copy(update={"items": mapped(item.items, change)})
            if isinstance(item, Section)
            else item
        )
        for item in items
    )


def _filled(item: AnyItem, put: Callable[[str], str]) -> AnyItem:
    changed = {name: put(text) for name, text in item.texts() if "{" in text or "}" in text}
    return item.model_copy(update=changed) if changed else item


def _places(items: Iterable[AnyItem], within: tuple[Section, ...]) -> Iterator[Place]:
    for item in items:
        yield Place(item=item, within=within)
        if isinstance(item, Section):
            yield from _places(item.items, (*within, item))


Section.model_rebuild()
Form.model_rebuild()

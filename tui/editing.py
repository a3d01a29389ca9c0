"""Building a template: what is edited, where one stands in it, and every step back. No screen in here.

A state is a name, a frozen `Form` and the row one stands on; an edit makes a new state, so that undo is a
list of old ones and shares with them all that did not change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from data.domain.errors import Message, Problem
from data.domain.forms import (
    ITEM_LIMIT,
    LINE_LIMIT,
    Form,
    Option,
    Question,
    Text,
    WhiteBox,
)
from data.domain.text import clean
from tui.item_ids import Token, fresh, matched, random_token


class Head(Enum):
    """The rows above the items; the value is the property of the template that the row edits."""

    NAME = "name"
    STAFF = "staff_instruction"
    PATIENT = "patient_instruction"
    ANSWERABLE = "answerable"


AnItem: TypeAlias = Text | WhiteBox | Question
Row: TypeAlias = Head | str
"""A row of the outline: one of the head, or an item's id."""

WHOLE = ""
"""The name in `Editing.faults` for what concerns a row as a whole and none of its fields."""


@dataclass(frozen=True)
class State:
    """A template at one moment of its editing."""

    name: str
    form: Form
    row: Row


class Editing:
    """One template being edited, with undo and redo without limit.

    Ids of items are drawn at random rather than counted, so that an id never comes back for another
    question: neither after a delete, nor when the template is opened again, nor when two administrators add
    to it at the same time.
    """

    def __init__(self, name: str, form: Form, *, token: Token = random_token) -> None:
        self._token = token
        self._now = State(name, form, Head.NAME)
        self._saved = (name, form)
        self._past: list[State] = []
        self._future: list[State] = []
        self._typing: tuple[Row, str] | None = None  # the field that the latest step was typed in
        self._used = {item.id for item in form.items}

    # What there is

    @property
    def name(self) -> str:
        return self._now.name

    @property
    def form(self) -> Form:
        return self._now.form

    @property
    def row(self) -> Row:
        """Where one stands. Going elsewhere is no change, and ends what undo takes back as one step."""
        return self._now.row

    @row.setter
    def row(self, row: Row) -> None:
        if row != self.row:
            self._now = replace(self._now, row=row)
            self.pause()

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, from above."""
        return (*Head, *(item.id for item in self.form.items))

    @property
    def item(self) -> AnItem | None:
        """The item one stands on; None in the head."""
        return None if isinstance(self.row, Head) else self.form.item(self.row)

    @property
    def changed(self) -> bool:
        """Whether there is anything to save."""
        return (self.name, self.form) != self._saved

    @property
    def is_full(self) -> bool:
        """Whether no item can be added."""
        return len(self.form.items) >= ITEM_LIMIT

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    # Editing

    def write(self, field: str, value: object) -> None:
        """Put `value` into a field of the row one stands on; KeyError when the row has no such field.

        Options are given as text, one a line. Text is made safe. Consecutive writes of text to one field
        are one step.
        """
        typing = (self.row, field) if isinstance(value, str) else None
        self._step(self._written(field, value), typing)

    def rename(self, name: str) -> None:
        """Give the template a name, wherever one stands."""
        self._step(replace(self._now, name=clean(name, limit=LINE_LIMIT)))

    def add(self, kind: type[AnItem]) -> str:
        """Add an empty item below the row one stands on, or first from the head; go there. Returns its id."""
        item = kind(id=self._new_id())
        self._insert(item)
        return item.id

    def copy(self) -> None:
        """Copy the item one stands on to the place below it, and go there."""
        if self.item is not None:
            self._insert(self.item.model_copy(update={"id": self._new_id()}))

    def delete(self) -> None:
        """Take out the item one stands on, and go to the next row, or to the one before the end."""
        place = self._place()
        if place is None:
            return
        rows = self.rows
        here = rows.index(self.row)
        row = rows[here + 1] if here + 1 < len(rows) else rows[here - 1]
        items = self.form.items
        self._step(State(self.name, self._form([*items[:place], *items[place + 1 :]]), row))

    def shift(self, by: int) -> None:
        """Move the item one stands on `by` places down, or up when negative; not beyond the ends."""
        place = self._place()
        if place is None:
            return
        items = list(self.form.items)
        item = items.pop(place)
        items.insert(max(0, min(place + by, len(items))), item)
        self._step(replace(self._now, form=self._form(items)))

    def adopt(self, name: str, form: Form) -> None:
        """Put another version in the place of this one, say what a colleague saved; it can be undone."""
        self._used |= {item.id for item in form.items}
        stays = isinstance(self.row, Head) or form.item(self.row) is not None
        self._step(State(name, form, self.row if stays else Head.NAME))

    def undo(self) -> None:
        """Take the latest step back, and go to where it was made."""
        if self._past:
            self._future.append(self._now)
            self._now = self._past.pop()
            self.pause()

    def redo(self) -> None:
        """Make the step again that was taken back last."""
        if self._future:
            self._past.append(self._now)
            self._now = self._future.pop()
            self.pause()

    def pause(self) -> None:
        """What is typed from here on is a step of its own."""
        self._typing = None

    def mark_saved(self, name: str, form: Form) -> None:
        """That name and form are what is stored now."""
        self._saved = (name, form)
        self.pause()

    # What is missing

    def problems(self) -> tuple[Problem, ...]:
        """All that keeps the template from being published, in the order of the rows."""
        found = [Problem("name", Message("Give the template a name"))] if not self.name else []
        found += self.form.problems()
        places = {row: place for place, row in enumerate(self.rows)}
        return tuple(sorted(found, key=lambda problem: places[self.row_of(problem)]))

    def row_of(self, problem: Problem) -> Row:
        """The row where a problem can be mended."""
        if self.form.item(problem.field) is not None:
            return problem.field
        if problem.field == Head.NAME.value:
            return Head.NAME
        # What is missing among the items has no row of its own.
        return Head.ANSWERABLE if self.form.answerable else Head.PATIENT

    def faults(self, row: Row) -> dict[str, Message]:
        """What is wrong in a row, by field; `WHOLE` for the row itself. At most one a field."""
        messages = [problem.message for problem in self.problems() if self.row_of(problem) == row]
        item = None if isinstance(row, Head) else self.form.item(row)
        own = list(item.problems()) if item is not None else []
        found: dict[str, Message] = {}
        for message in messages:
            field = row.value if isinstance(row, Head) else _field_of(item, own, message)
            found.setdefault(field, message)
        return found

    # The inside

    def _step(self, state: State, typing: tuple[Row, str] | None = None) -> None:
        if (state.name, state.form) == (self.name, self.form):
            return
        if typing is None or typing != self._typing:
            self._past.append(self._now)
        self._future.clear()
        self._now = state
        self._typing = typing

    def _written(self, field: str, value: object) -> State:
        if self.row is Head.NAME:
            return replace(self._now, name=clean(str(value), limit=LINE_LIMIT))
        if isinstance(self.row, Head):
            return replace(self._now, form=Form.model_validate({**dict(self.form), field: value}))
        item, place = self.item, self._place()
        if item is None or place is None or field not in type(item).model_fields:
            raise KeyError(field)
        if field == "options":
            value = self._options(str(value))
        items = list(self.form.items)
        items[place] = type(item).model_validate({**dict(item), field: value})
        return replace(self._now, form=self._form(items))

    def _options(self, text: str) -> tuple[Option, ...]:
        wordings = [line for line in clean(text, lines=True).split("\n") if line.strip()]
        # What an option was called before this stretch of typing counts too: a line that is cut and pasted
        # elsewhere is gone for a moment, and is the same option still.
        before = self._past[-1].form.item(str(self.row)) if self._past and self._typing else None
        return matched(wordings, _options_of(self.item), _options_of(before), self._token)

    def _insert(self, item: AnItem) -> None:
        place = self._place()
        at = 0 if place is None else place + 1
        items = [*self.form.items[:at], item, *self.form.items[at:]]
        self._step(State(self.name, self._form(items), item.id))

    def _form(self, items: Sequence[AnItem]) -> Form:
        return self.form.model_copy(update={"items": tuple(items)})

    def _place(self) -> int | None:
        """The index of the item one stands on among the items."""
        ids = [item.id for item in self.form.items]
        return ids.index(self.row) if self.row in ids else None

    def _new_id(self) -> str:
        new = next(fresh("q", self._used, self._token))
        self._used.add(new)
        return new


def _options_of(item: AnItem | None) -> Sequence[Option]:
    values: Mapping[str, object] = dict(item) if item is not None else {}
    options = values.get("options")
    return options if isinstance(options, tuple) else ()


def _field_of(item: AnItem | None, own: Sequence[Message], message: Message) -> str:
    """The field of an item where a message belongs; `own` is what the item finds wrong by itself."""
    if item is None or message not in own:
        return WHOLE
    return "wording" if not item.wording and message == own[0] else "options"

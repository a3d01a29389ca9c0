"""Building a template: what is edited, where one stands in it, and every step back. No screen in here.

A state is a frozen `Content` and the row one stands on; an edit makes a new state, so that undo is a list of
old ones and shares with them all that did not change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from data.domain.forms import AnyItem, Choice, Form, Option, Place, Score, Section
from data.domain.limits import ITEM_LIMIT, LINE_LIMIT
from data.domain.text import clean
from tui.building import tree
from tui.building.content import Content, Head, Row
from tui.building.item_fields import Unread, changed, shown
from tui.building.item_ids import Token, fresh, random_token
from tui.building.option_lines import from_lines


@dataclass(frozen=True)
class State:
    """A template at one moment of its editing."""

    content: Content
    row: Row


class Editing:
    """One template being edited, with undo and redo without limit.

    Ids of items are drawn at random rather than counted, so that an id never comes back for another
    question: neither after a delete, nor when the template is opened again, nor when two administrators add
    to it at the same time.
    """

    def __init__(self, name: str, form: Form, *, token: Token = random_token) -> None:
        self._token = token
        self._now = State(Content(name, form), Head.NAME)
        self._saved = (name, form)
        self._past: list[State] = []
        self._future: list[State] = []
        self._typing: tuple[Row, str] | None = None  # the field that the latest step was typed in
        self._used = {place.item.id for place in form.places}

    # What there is

    @property
    def content(self) -> Content:
        """The template as it stands now."""
        return self._now.content

    @property
    def name(self) -> str:
        return self.content.name

    @property
    def form(self) -> Form:
        return self.content.form

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
        return tuple(self.content.rows)

    @property
    def item(self) -> AnyItem | None:
        """The item one stands on; None in the head."""
        place = self.place
        return place.item if place else None

    @property
    def place(self) -> Place | None:
        """Where the item one stands on lies; None in the head."""
        return None if isinstance(self.row, Head) else self.form.place(self.row)

    @property
    def changed(self) -> bool:
        """Whether there is anything to save."""
        return bool(self.content.unread) or (self.name, self.form) != self._saved

    @property
    def room(self) -> int:
        """How many items can be added."""
        return ITEM_LIMIT - len(self.form.places)

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def value(self, field: str) -> object:
        """What a field of the row one stands on shows: what was typed there, even if it can't be read."""
        item = self.item
        if item is None:
            return self.name if field == Head.NAME.value else getattr(self.form, field)
        typed = self.content.unread.get((item.id, field))
        return shown(item, field) if typed is None else typed

    # Editing

    def write(self, field: str, value: object) -> None:
        """Put `value` into a field of the row one stands on; KeyError when the row has no such field.

        Text is made safe and read as the field's value: options one a line, numbers and dates as people
        write them. What can't be read stays as unread text. Consecutive writes of text to one field are one
        step.
        """
        typing = (self.row, field) if isinstance(value, str) else None
        self._step(self._written(field, value), typing)

    def put_scores(self, scores: tuple[Score, ...]) -> None:
        """Let the template have these scores, wherever one stands."""
        self._step(self._with(form=self.form.model_copy(update={"scores": scores})))

    def rename(self, name: str) -> None:
        """Give the template a name, wherever one stands."""
        self._step(self._with(name=clean(name, limit=LINE_LIMIT)))

    def add(self, kind: type[AnyItem], *, after_section: bool = False) -> str:
        """Add an empty item and go there; returns its id.

        It lands below the row one stands on: first from the head, first in a section from its heading, and
        with `after_section` after the section that one stands in. A section that would lie too deep lands
        after those that it has no room in.
        """
        item = kind(id=self._new_id())
        self._insert(self._landing(item, after_section=after_section), item)
        return item.id

    def copy(self) -> None:
        """Copy the item one stands on, with all that is in it, to the place below it, and go there."""
        place = self.place
        if place is None:
            return
        item, ids = tree.copied(place.item, self._new_id)
        unread = {
            **self.content.unread,
            **{(ids[row], field): text for (row, field), text in self.content.unread.items() if row in ids},
        }
        form = tree.inserted(self.form, tree.below(self.form, place), item)
        self._step(State(Content(self.name, form, unread), item.id))

    def delete(self) -> None:
        """Take out the item one stands on and all in it; go to the next row, or to the one before the end."""
        place = self.place
        if place is None:
            return
        gone = set(tree.ids_in(place.item))
        rows = self.rows
        here = self.content.rows[self.row]
        row = next((row for row in rows[here:] if row not in gone), rows[here - 1])
        unread = {key: text for key, text in self.content.unread.items() if key[0] not in gone}
        self._step(State(Content(self.name, tree.removed(self.form, place), unread), row))

    def shift(self, step: int) -> None:
        """Move the item one stands on down by one line, or up with -1: past the edge of a section, into it
        or out of it. Nothing happens at the ends."""
        self._move(tree.down_from if step > 0 else tree.up_from)

    def move_in(self) -> None:
        """Move the item one stands on to the end of the section right before it, if there is one."""
        self._move(tree.inward)

    def move_out(self) -> None:
        """Move the item one stands on to right after the section that it lies in, if it lies in one."""
        self._move(tree.outward)

    def adopt(self, name: str, form: Form, unread: Mapping[tuple[str, str], str] | None = None) -> None:
        """Put another version in the place of this one, say what a colleague saved; it can be undone."""
        self._used |= {place.item.id for place in form.places}
        known = {key: text for key, text in (unread or {}).items() if _has_field(form, *key)}
        stays = isinstance(self.row, Head) or form.item(self.row) is not None
        self._step(State(Content(name, form, known), self.row if stays else Head.NAME))

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

    # The inside

    def _step(self, state: State, typing: tuple[Row, str] | None = None) -> None:
        if state.content == self.content:
            return
        if typing is None or typing != self._typing:
            self._past.append(State(self.content.at_rest(), self.row))
        self._future.clear()
        self._now = state
        self._typing = typing

    def _with(self, **changes: Any) -> State:
        """What there is now with another name, form or unread text."""
        return replace(self._now, content=replace(self.content, **changes))

    def _written(self, field: str, value: object) -> State:
        if self.row is Head.NAME:
            return self._with(name=clean(str(value), limit=LINE_LIMIT))
        if isinstance(self.row, Head):
            if field != self.row.value:
                raise KeyError(field)
            # Read by itself, so that it takes no longer in a longer form.
            read = dict(Form.model_validate({field: value}))[field]
            return self._with(form=self.form.model_copy(update={field: read}))
        place = self.place
        if place is None:
            raise KeyError(field)
        key = (place.item.id, field)
        unread = {other: text for other, text in self.content.unread.items() if other != key}
        if field == "options":
            value = self._options(str(value))
        try:
            form = tree.replaced(self.form, place, changed(place.item, field, value))
        except Unread:
            return self._with(unread={**unread, key: clean(str(value), lines=True)})
        return self._with(form=form, unread=unread)

    def _options(self, text: str) -> tuple[Option, ...]:
        # What an option was called before this stretch of typing counts too: a line that is cut and pasted
        # elsewhere is gone for a moment, and is the same option still.
        before = self._past[-1].content.form.item(str(self.row)) if self._past and self._typing else None
        return from_lines(text, _options_of(self.item), _options_of(before), self._token)

    def _landing(self, item: AnyItem, *, after_section: bool) -> tree.Spot:
        place = self.place
        if place is None:
            return tree.Spot(None, 0)
        if after_section:
            return tree.after_section(self.form, place)
        depth = len(place.within)
        if isinstance(place.item, Section) and tree.fits(item, depth + 1):
            return tree.Spot(place.item.id, 0)
        while not tree.fits(item, len(place.within)):
            place = tree.around(place)
        return tree.below(self.form, place)

    def _insert(self, spot: tree.Spot, item: AnyItem) -> None:
        self._step(replace(self._with(form=tree.inserted(self.form, spot, item)), row=item.id))

    def _move(self, target: tree.Target) -> None:
        place = self.place
        spot = target(self.form, place) if place is not None else None
        if place is not None and spot is not None:
            form = tree.inserted(tree.removed(self.form, place), spot, place.item)
            self._step(self._with(form=form))

    def _new_id(self) -> str:
        new = next(fresh("q", self._used, self._token))
        self._used.add(new)
        return new


def _options_of(item: AnyItem | None) -> Sequence[Option]:
    return item.options if isinstance(item, Choice) else ()


def _has_field(form: Form, row: str, field: str) -> bool:
    item = form.item(row)
    return item is not None and field in type(item).model_fields

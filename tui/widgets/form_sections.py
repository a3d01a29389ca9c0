"""Sections on the screen: their headings, and the times of those that repeat."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, TypeAlias

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from data.domain.forms import REPEAT_LIMIT, AnyItem, Section
from tui.i18n import _
from tui.widgets.field_messages import FieldLeft
from tui.widgets.form_items import Box, FaultyBox, FieldBox, Holder, Title
from tui.widgets.plain import Note, PlainButton

MakeBoxes: TypeAlias = "Callable[[Iterable[AnyItem], Mapping[str, object], Holder], Iterable[Widget]]"
"""Makes the boxes of items with what was typed in them, for a holder."""


class SectionBox(Box[Section]):
    """The heading of a section; what lies in the section follows it."""

    DEFAULT_CSS = """
    SectionBox { margin-bottom: 1; & > Title { margin-bottom: 0; } }
    """

    def __init__(self, section: Section, holder: Holder, level: int, note: str = "") -> None:
        """`level` counts the sections around it, from 1."""
        super().__init__(section, holder, note)
        self._title = Title(section.wording, level)
        self._help = Note(section.help)

    def compose(self) -> ComposeResult:
        yield self._title
        yield from super().compose()
        if self.item.help:
            yield self._help

    def reword(self, item: Section) -> None:
        super().reword(item)
        self._title.update(item.wording)
        self._help.update(item.help)


class RowButton(PlainButton):
    """A button on a line of its own among the fields: the arrows go past it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "leave(1)", show=False),
        Binding("up", "leave(-1)", show=False),
    ]

    def action_leave(self, step: int) -> None:
        self.post_message(FieldLeft(self, step))


class TimeBox(Vertical):
    """One time of a section that repeats, in a frame that shows where it ends."""

    DEFAULT_CSS = """
    TimeBox {
        height: auto;
        border-left: solid $foreground 60%;
        padding-left: 1;
        margin-bottom: 1;
        & > Title { margin-bottom: 0; }
    }
    """

    def __init__(self, repeat: RepeatBox, number: int, typed: Mapping[str, object], make: MakeBoxes) -> None:
        super().__init__()
        self.number = number
        self._repeat = repeat
        self._title = Title("", 3)
        self.remove_row = RowButton("")
        self.boxes = list(make(repeat.item.items, typed, self))

    def compose(self) -> ComposeResult:
        yield self._title
        yield from self.boxes
        yield self.remove_row

    @property
    def prefix(self) -> str:
        """What the paths of its answers begin with."""
        return f"{self._repeat.path}[{self.number}]/"

    @property
    def typed(self) -> dict[str, object]:
        """What is filled in this time, by item id."""
        return typed_in(self.boxes)

    @property
    def is_filled(self) -> bool:
        """Whether anything at all is filled in this time."""
        return any(not box.item.is_blank(box.typed) for box in own_fields(self.boxes))

    @property
    def time_name(self) -> str:
        """The section's heading and the number, from 1, as people count."""
        return f"{self._repeat.item.wording} {self.number + 1}"

    def show_number(self, number: int, *, removable: bool) -> None:
        """Take the place `number` among the times, from 0."""
        self.number = number
        self._title.update(self.time_name)
        self.remove_row.label = _("Take away: {what}").format(what=self.time_name)
        self.remove_row.display = removable

    @property
    def stops(self) -> Iterator[Widget]:
        """What takes the focus in it, in reading order."""
        yield from stops_in(self.boxes)
        if self.remove_row.display:
            yield self.remove_row


class RepeatBox(FaultyBox[Section]):
    """A section that is filled in several times: a frame for each, and rows to add one or take one away.

    What is taken away with words in it can be taken back.
    """

    DEFAULT_CSS = """
    RepeatBox { margin-bottom: 1; & > .rows { height: auto; } & > SectionBox { margin-bottom: 1; } }
    """

    def __init__(self, section: Section, holder: Holder, level: int, typed: object, make: MakeBoxes) -> None:
        super().__init__(section, holder)
        self._make = make
        self._removed: list[tuple[int, dict[str, object]]] = []
        self._heading = SectionBox(section, holder, level)
        self._back_row = RowButton("")
        self._add_row = RowButton(_("Add: {what}").format(what=section.wording))
        self._no_more = Note(_("At most {most}").format(most=section.most))
        given = [one if isinstance(one, Mapping) else {} for one in typed] if isinstance(typed, list) else []
        given = given[:REPEAT_LIMIT]
        given += [{}] * (min(section.least, REPEAT_LIMIT) - len(given))
        self.times = [TimeBox(self, number, one, make) for number, one in enumerate(given)]
        self._number()

    def compose(self) -> ComposeResult:
        yield self._heading
        yield from self.times
        yield self._back_row
        yield self._add_row
        yield self._no_more

    @property
    def typed(self) -> list[dict[str, object]]:
        """What is filled in each time, by item id."""
        return [time.typed for time in self.times]

    @property
    def stops(self) -> Iterator[Widget]:
        for time in self.times:
            yield from time.stops
        yield from (row for row in (self._back_row, self._add_row) if row.display)

    async def press(self, row: RowButton) -> TimeBox | RowButton:
        """Do what a row of this section offers; returns where one goes on then."""
        self.error = None
        time = next((time for time in self.times if time.remove_row is row), None)
        if time is not None:
            return await self._remove(time)
        number, typed = self._removed.pop() if row is self._back_row else (len(self.times), {})
        return await self._put(number, typed)

    async def _put(self, number: int, typed: Mapping[str, object]) -> TimeBox:
        time = TimeBox(self, number, typed, self._make)
        before = self.times[number] if number < len(self.times) else self._back_row
        self.times.insert(number, time)
        self._number()
        await self.mount(time, before=before)
        return time

    async def _remove(self, time: TimeBox) -> TimeBox | RowButton:
        number, is_filled = time.number, time.is_filled
        if is_filled:
            self._removed.append((number, time.typed))
        self.times.remove(time)
        self._number()
        await time.remove()
        if is_filled:
            return self._back_row
        return self.times[number] if number < len(self.times) else self._add_row

    def _number(self) -> None:
        """Number the times anew, and offer what their number allows."""
        count = len(self.times)
        for number, time in enumerate(self.times):
            time.show_number(number, removable=count > self.item.least)
        may_add = count < min(self.item.most, REPEAT_LIMIT)
        self._add_row.display = may_add
        self._no_more.display = not may_add
        self._back_row.display = may_add and bool(self._removed)
        if self._removed:
            what = f"{self.item.wording} {self._removed[-1][0] + 1}"
            self._back_row.label = _("Take back: {what}").format(what=what)

    def _said_after(self) -> Widget | None:
        return self._heading


def all_boxes(widgets: Iterable[Widget]) -> Iterator[Box[Any]]:
    """Every box among these widgets, and in the sections among them, in reading order."""
    for widget in widgets:
        if isinstance(widget, Box):
            yield widget
        if isinstance(widget, RepeatBox):
            for time in widget.times:
                yield from all_boxes(time.boxes)


def typed_in(boxes: Iterable[Widget]) -> dict[str, object]:
    """What the writer has filled in these boxes, by item id; not checked."""
    found: dict[str, object] = {}
    for box in boxes:
        if (isinstance(box, FieldBox) and box.own) or (isinstance(box, RepeatBox) and box.times):
            found[box.item.id] = box.typed
    return found


def own_fields(widgets: Iterable[Widget]) -> Iterator[FieldBox]:
    """The writer's own fields among these widgets, those that are hidden too."""
    return (box for box in all_boxes(widgets) if isinstance(box, FieldBox) and box.own)


def stops_in(boxes: Iterable[Widget]) -> Iterator[Widget]:
    """What takes the focus in the boxes that are shown, in reading order."""
    for box in boxes:
        if isinstance(box, FaultyBox) and box.display and box.is_attached:
            yield from box.stops

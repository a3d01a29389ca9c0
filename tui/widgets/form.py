"""A form as fields: what staff fill in, what the patient answers, and how both read it afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain, takewhile

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message as TextualMessage
from textual.widget import Widget

from data.domain.answers import Checked, Writer, check
from data.domain.errors import Message, Problem
from data.domain.forms import Form, Question, WhiteBox
from tui.i18n import _
from tui.widgets.choices import ChoiceField
from tui.widgets.fields import FieldChanged, FieldLeft, FieldRefused
from tui.widgets.form_boxes import Boxes
from tui.widgets.form_items import FaultyBox, FieldBox
from tui.widgets.form_sections import RepeatBox, RowButton, TimeBox, all_boxes, own_fields, stops_in, typed_in
from tui.widgets.form_words import score_lines, with_known_words
from tui.widgets.long_view import LongView
from tui.widgets.plain import PlainButton, Text


class FormView(LongView):
    """A form for one writer.

    `Writer.STAFF` fills in the white boxes and sees all questions, `Writer.PATIENT` answers those that are
    shown, None only reads: what was shown with the answers `typed`, or all of it when they are None.
    `written` is the text of the white boxes by item id; `typed` holds the answers so far, or the submitted
    ones when nobody writes. `known` are the values of placeholders, for a form that still has any.

    Where there is nothing to fill in, it takes the focus itself and the arrows scroll it too.
    """

    DEFAULT_CSS = """
    FormView {
        height: 1fr;
        scrollbar-size-vertical: 1;
        & > .staff-only {
            color: $text-muted;
            border-left: outer $secondary;
            padding-left: 1;
            margin-bottom: 1;
        }
        & > .text { margin-bottom: 1; }
        & > .scores { text-style: bold; margin-bottom: 1; }
    }
    """
    guidance = Message("PageUp and PageDown show the rest of the form.")

    prefix = ""
    """What the paths of answers begin with that lie in no section that repeats."""

    class Changed(TextualMessage):
        """The person changed an answer; `view.typed` has them all."""

        def __init__(self, view: FormView) -> None:
            super().__init__()
            self.view = view

        @property
        def control(self) -> FormView:
            """The form, for `@on(…, "#selector")`."""
            return self.view

    def __init__(
        self,
        form: Form,
        *,
        writer: Writer | None,
        written: Mapping[str, object] | None = None,
        typed: Mapping[str, object] | None = None,
        known: Mapping[str, str] | None = None,
        show_staff_instruction: bool = False,
        show_scores: bool = False,
        id: str | None = None,  # noqa: A002 (Textual's name for it)
    ) -> None:
        self.form = form
        self.writer = writer
        self._known = known
        self._written = written or {}
        self._worded = self._with_known_words(self._written)
        self._instruction = Text(self._worded.patient_instruction, classes="text")
        self._show_staff_instruction = show_staff_instruction
        self._scores = list(score_lines(form, typed or {})) if show_scores else []
        boxes = Boxes(self._worded, writer, self._written)
        widgets = list(
            boxes.of(self._worded.items, typed or {}, self)
            if writer or typed is None
            else boxes.as_answered(typed, self)
        )
        self._latest: tuple[dict[str, object], Checked] | None = None
        self._steering = {
            condition.question
            for place in form.places
            if not isinstance(place.item, WhiteBox) and place.item.shown_when
            for condition in place.item.shown_when.conditions
        }
        """The questions whose answers decide what else is shown."""
        self._from_top = False
        """A patient reads from the top, though the first field, which has the focus, lies below the view."""
        super().__init__(widgets, id=id, can_focus=not any(own_fields(widgets)))
        self._follow()

    def compose(self) -> ComposeResult:
        if self._show_staff_instruction and self.form.staff_instruction:
            yield Text(f"{_('For staff only:')} {self.form.staff_instruction}", classes="staff-only")
        if self._scores:
            yield Text("\n".join(self._scores), classes="scores")
        if self.form.patient_instruction:
            yield self._instruction
        first = self._first_to_fill_in()
        before = takewhile(lambda part: all(box is not first for box in all_boxes([part])), self._parts)
        yield from self.first_parts(len(list(before)) if first else 0)

    @property
    def typed(self) -> dict[str, object]:
        """What the writer has filled in so far, by item id; not checked."""
        return typed_in(self._parts)

    @property
    def checked(self) -> Checked:
        """What that comes to. Checked once for each change; nothing for who only reads."""
        typed = self.typed
        if self._latest is None or self._latest[0] != typed:
            self._latest = typed, check(self.form, typed, self.writer) if self.writer else Checked({}, ())
        return self._latest[1]

    @property
    def progress(self) -> tuple[int, int]:
        """How many of the writer's items in view are filled in and readable, and how many there are."""
        wanted = WhiteBox if self.writer is Writer.STAFF else Question
        shown = [one for one in self.checked.shown if isinstance(one.item, wanted)]
        return sum(one.value is not None for one in shown), len(shown)

    def focus_first(self) -> None:
        """Go to where one begins or goes on; in a form without fields, to the view."""
        box = self._first_to_fill_in()
        stops = box.stops if box else stops_in(self._parts)
        first = next(iter(stops), None)
        self._from_top = self.writer is Writer.PATIENT and first is next(stops_in(self._parts), None)
        (first or self).focus()

    def know(self, known: Mapping[str, str]) -> None:
        """Show the texts with other values of placeholders."""
        self._known = known
        self._reword()

    def show_problems(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Put each problem beside its field and go to the first; returns those of no field here."""
        self._from_top = False
        boxes = {box.path: box for box in all_boxes(self._parts) if isinstance(box, FaultyBox)}
        found: dict[str, Message] = {}
        elsewhere = []
        for problem in problems:
            if problem.field in boxes:
                found.setdefault(problem.field, problem.message)
            else:
                elsewhere.append(problem)
        if found:
            self.mount_waiting()
        for path, box in boxes.items():
            box.error = found.get(path)
        first = next((box for box in boxes.values() if box.error), None)
        if first:
            next(iter(first.stops), self).focus()
            # Once more when the focus was there already, and now that the error takes a row.
            self._reveal(first)
        return tuple(elsewhere)

    @property
    def marked(self) -> bool:
        """Whether a problem still stands beside a field."""
        return any(isinstance(box, FaultyBox) and box.error for box in all_boxes(self._parts))

    @on(FieldChanged)
    def _field_changed(self, event: FieldChanged) -> None:
        event.stop()
        self._from_top = False
        if box := _field_box_of(event.field):
            box.changed()
            if isinstance(box.item, WhiteBox) and box.item.name:
                self._reword()
            self._reveal(box)
            # Not at every letter: looking through all answers takes longer than painting it.
            if box.item.id in self._steering:
                self._follow()
        self.post_message(self.Changed(self))

    @on(FieldRefused)
    def _field_refused(self, event: FieldRefused) -> None:
        event.stop()
        if box := _field_box_of(event.field):
            box.error = event.reason
            self._reveal(box)

    @on(FieldLeft)
    def _field_left(self, event: FieldLeft) -> None:
        event.stop()
        stops = list(stops_in(self._parts))
        if event.field not in stops:
            return
        if self._from_top:
            self._from_top = False
            if not self.region.contains_region(event.field.region):
                self._reveal_now(event.field)  # first see the field, then leave it
                return
        there = stops.index(event.field) + event.step
        if there == len(stops) and not self.is_whole:
            self.mount_waiting()
            stops = list(stops_in(self._parts))
        if 0 <= there < len(stops):
            # At once, not by `focus()`, which would let the next key still come to the old field.
            self.screen.set_focus(stops[there])
        elif event.step > 0:
            self.scroll_end(animate=False)
        else:
            self.scroll_home(animate=False)

    @on(PlainButton.Pressed)
    async def _row_pressed(self, event: PlainButton.Pressed) -> None:
        """Add a time to a section that repeats, take one away, or take it back."""
        row = event.button
        section = next((node for node in row.ancestors if isinstance(node, RepeatBox)), None)
        if section is None or not isinstance(row, RowButton):
            return
        event.stop()
        async with self.batch():
            goal = await section.press(row)
            self._follow()
            stops = iter(goal.stops if isinstance(goal, TimeBox) else [goal])
            self.screen.set_focus(next(stops, next(stops_in(self._parts), None)))
        self.post_message(self.Changed(self))

    @on(events.DescendantFocus)
    def _field_entered(self, event: events.DescendantFocus) -> None:
        self._reveal(_field_box_of(event.widget) or event.widget)

    @on(events.Resize)
    def _show_where_one_writes(self) -> None:
        focused = self.screen.focused
        if focused and self in focused.ancestors:
            self._reveal(_field_box_of(focused) or focused)

    def _follow(self) -> None:
        """Show the items that the answers ask for, and hide the others; the focus stays in what is shown."""
        if self.writer is not Writer.PATIENT:
            return
        paths = {one.path for one in self.checked.shown}
        for box in all_boxes(self._parts):
            if box.display != (box.path in paths):
                box.display = not box.display

    def _reword(self) -> None:
        """Put what is known and written now in place of the placeholders."""
        before = self._worded
        self._worded = self._with_known_words({**self._written, **self.typed})
        self._instruction.update(self._worded.patient_instruction)
        boxes = {box.item.id: box for box in all_boxes(self._parts)}
        for old, new in zip(before.places, self._worded.places, strict=True):
            if [*old.item.texts()] != [*new.item.texts()] and (box := boxes.get(new.item.id)):
                box.reword(new.item)

    def _with_known_words(self, written: Mapping[str, object]) -> Form:
        return self.form if self._known is None else with_known_words(self.form, self._known, written)

    def _first_to_fill_in(self) -> FieldBox | None:
        """The first field that must still be filled in, or else the first. A patient who has not begun reads
        from the first question, required or not: staff know their templates, a patient would miss it."""
        good = {one.path for one in self.checked.shown if one.value is not None}
        boxes = [box for box in own_fields(self._parts) if box.display and [*box.stops]]
        if self.writer is Writer.PATIENT and not good:
            return next(iter(boxes), None)
        empty = (box for box in boxes if box.item.required and box.path not in good)
        return next(chain(empty, boxes), None)

    def _reveal(self, widget: Widget) -> None:
        """Bring a field into view, with its wording and its error where there is room for them."""
        self.call_after_refresh(self._reveal_now, widget)

    def _reveal_now(self, widget: Widget) -> None:
        stops = list(widget.stops) if isinstance(widget, FaultyBox) else [widget]
        if not widget.is_attached or not stops:
            return
        at = next((stop for stop in stops if stop is self.screen.focused), stops[0])
        bottom = widget.region.bottom - self.region.y + self.scroll_offset.y
        if (self._from_top or bottom <= self.size.height) and stops[0] is next(stops_in(self._parts), None):
            self.scroll_home(animate=False, immediate=True)  # the first field brings what introduces it
        elif widget.outer_size.height <= self.size.height:
            self.scroll_to_widget(widget)
        else:
            self.scroll_to_widget(at)
        if isinstance(at, ChoiceField):
            at.show_cursor()


def _field_box_of(control: Widget) -> FieldBox | None:
    return next((node for node in control.ancestors if isinstance(node, FieldBox)), None)

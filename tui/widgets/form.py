"""A form as fields: what staff fill in, what the patient answers, and how both read it afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Offset, Region
from textual.message import Message as TextualMessage
from textual.widget import Widget

from data.domain.answers import Writer, check, fields
from data.domain.errors import Message, Problem
from data.domain.forms import Form, Question, Text, WhiteBox
from tui.i18n import _
from tui.widgets.fields import FieldChanged, FieldLeft, FieldRefused
from tui.widgets.form_items import Control, FieldBox, ReadBox, control_for
from tui.widgets.plain import Heading
from tui.widgets.plain import Text as PlainText


class FormView(VerticalScroll):
    """A form for one writer.

    `Writer.STAFF` fills in the white boxes and sees the questions as the patient will, `Writer.PATIENT`
    answers the questions, None only reads. `written` is the text of the white boxes by item id; `typed` holds
    the answers so far, or the submitted ones when nobody writes.

    PageUp and PageDown scroll it from every field; where there is nothing to fill in, it takes the focus
    itself and the arrows scroll it too.
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
    }
    """
    guidance = Message("PageUp and PageDown show the rest of the form.")

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
        show_staff_instruction: bool = False,
        id: str | None = None,  # noqa: A002 (Textual's name for it)
    ) -> None:
        self.form = form
        self.writer = writer
        own = fields(form, writer) if writer else ()
        self._given = {**(written or {}), **(typed or {})}
        self._show_staff_instruction = show_staff_instruction
        self._boxes = {item.id: FieldBox(item, control_for(item, self._given.get(item.id))) for item in own}
        super().__init__(id=id, can_focus=not own)

    def compose(self) -> ComposeResult:
        if self._show_staff_instruction and self.form.staff_instruction:
            yield PlainText(f"{_('For staff only:')} {self.form.staff_instruction}", classes="staff-only")
        if self.form.patient_instruction:
            yield PlainText(self.form.patient_instruction, classes="text")
        announced = False
        for item in self.form.items:
            if isinstance(item, Text):
                yield PlainText(item.wording, classes="text")
            elif item.id in self._boxes:
                yield self._boxes[item.id]
            elif self.writer is Writer.STAFF:
                if not announced:
                    announced = True
                    yield Heading(_("The patient will be asked"), classes="text")
                yield _shown_only(item)
            else:
                yield ReadBox(item, self._given.get(item.id))

    @property
    def typed(self) -> dict[str, object]:
        """What the writer has filled in so far, by item id; not checked."""
        return {item_id: control.typed for item_id, control in self._controls()}

    def focus_first(self) -> None:
        """Go to the first field that must still be filled in, or else the first; without any, to the view."""
        filled = check(self.form, self.typed, self.writer).values if self.writer else {}
        boxes = list(self._boxes.values())
        empty = (box for box in boxes if box.item.required and box.item.id not in filled)
        target = next(empty, boxes[0] if boxes else None)
        (target.control if target else self).focus()

    def show_problems(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Put each problem beside its field and go to the first; returns those of no field here."""
        found: dict[str, Message] = {}
        elsewhere = []
        for problem in problems:
            if problem.field in self._boxes:
                found.setdefault(problem.field, problem.message)
            else:
                elsewhere.append(problem)
        for item_id, box in self._boxes.items():
            box.error = found.get(item_id)
        first = next((box for box in self._boxes.values() if box.error), None)
        if first:
            first.control.focus()
            # Once more when the focus was there already, and now that the error takes a row.
            self._reveal(first)
        return tuple(elsewhere)

    def scroll_to_region(self, region: Region, **options: Any) -> Offset:
        """Scroll no farther than needed: Textual would glide the focused field to the middle."""
        return super().scroll_to_region(region, **{**options, "center": False, "animate": False})

    def action_page_up(self) -> None:
        self.scroll_page_up(animate=False)

    def action_page_down(self) -> None:
        self.scroll_page_down(animate=False)

    @on(FieldChanged)
    def _field_changed(self, event: FieldChanged) -> None:
        event.stop()
        if box := self._box_of(event.field):
            box.error = None
            self._reveal(box)
        self.post_message(self.Changed(self))

    @on(FieldRefused)
    def _field_refused(self, event: FieldRefused) -> None:
        event.stop()
        if box := self._box_of(event.field):
            box.error = event.reason
            self._reveal(box)

    @on(FieldLeft)
    def _field_left(self, event: FieldLeft) -> None:
        event.stop()
        boxes = list(self._boxes.values())
        box = self._box_of(event.field)
        if box is None:
            return
        there = boxes.index(box) + event.step
        if 0 <= there < len(boxes):
            # At once, not by `focus()`, which would let the next key still come to the old field.
            self.screen.set_focus(boxes[there].control)
        elif event.step > 0:
            self.scroll_end(animate=False)
        else:
            self.scroll_home(animate=False)

    @on(events.DescendantFocus)
    def _field_entered(self, event: events.DescendantFocus) -> None:
        if box := self._box_of(event.widget):
            self._reveal(box)

    @on(events.Resize)
    def _show_where_one_writes(self) -> None:
        if (focused := self.screen.focused) and (box := self._box_of(focused)):
            self._reveal(box)

    def _reveal(self, box: FieldBox) -> None:
        """Bring a field into view, with its wording and its error where there is room for them."""
        self.call_after_refresh(self._reveal_now, box)

    def _reveal_now(self, box: FieldBox) -> None:
        first = next(iter(self._boxes.values()))
        if box is first and box.virtual_region.bottom <= self.size.height:
            self.scroll_home(animate=False)  # the first field brings what introduces it
            return
        whole = box.outer_size.height <= self.size.height
        self.scroll_to_widget(box if whole else box.control, animate=False)

    def _box_of(self, control: Widget) -> FieldBox | None:
        return next((box for box in self._boxes.values() if box.control is control), None)

    def _controls(self) -> Iterator[tuple[str, Control]]:
        """The writer's own controls by item id, in the form's order."""
        for item_id, box in self._boxes.items():
            if isinstance(box.control, Control):
                yield item_id, box.control


def _shown_only(question: Question | WhiteBox) -> FieldBox:
    control = control_for(question)
    control.disabled = True
    return FieldBox(question, control)

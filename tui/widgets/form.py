"""A form as fields: what staff fill in, what the patient answers, and how both read it afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol, cast, runtime_checkable

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message as TextualMessage
from textual.widget import Widget

from data.domain.answers import Value, Writer, check, fields, in_words
from data.domain.errors import Message, Problem
from data.domain.forms import (
    Confirmation,
    Date,
    Form,
    LongText,
    Number,
    OneChoice,
    Question,
    Scale,
    SeveralChoices,
    ShortText,
    Text,
    WhiteBox,
    YesNo,
)
from tui.i18n import _, say
from tui.widgets.fields import (
    FieldChanged,
    FieldLeft,
    FieldRefused,
    LineField,
    LinesField,
    OptionsField,
    ScaleField,
    TickField,
    YesNoField,
)
from tui.widgets.plain import ErrorText, Heading, Note
from tui.widgets.plain import Text as PlainText

SHORT = 24
"""Cells that a date or a number takes at most: a box as wide as the screen asks for more than that."""


@runtime_checkable
class Control(Protocol):
    """A control of `tui.widgets.fields`: `typed` is what it holds, not yet checked."""

    @property
    def typed(self) -> object: ...


def control_for(item: WhiteBox | Question, value: object = None) -> Widget:
    """The control that fills in an item, holding `value` as typed so far."""
    text = value if isinstance(value, str) else ""
    match item:
        case WhiteBox():
            return LinesField(text if value is not None else item.default)
        case LongText():
            return LinesField(text)
        case ShortText():
            return LineField(text)
        case Date():
            return _short(LineField(text, placeholder=_("year-month-day")))
        case Number():
            return _short(LineField(text.replace(".", ",")))
        case YesNo():
            return YesNoField((_("Yes"), _("No")), value)
        case Confirmation():
            return TickField(item.wording + _suffix(item), value)
        case Scale():
            return ScaleField(item.least, item.most, value)
        case OneChoice() | SeveralChoices():
            chosen = frozenset(value if isinstance(value, list) else [text] if text else [])
            options = [(option.id, option.wording) for option in item.options]
            return OptionsField(options, several=isinstance(item, SeveralChoices), chosen=chosen)


def _short(field: LineField) -> LineField:
    field.styles.max_width = SHORT
    return field


def _suffix(item: WhiteBox | Question) -> str:
    """What stands after the wording: the unit of a number, and whether the item may be left out."""
    unit = f" ({item.unit})" if isinstance(item, Number) and item.unit else ""
    return unit if item.required else f"{unit}  {_('(optional)')}"


class FieldBox(Vertical):
    """One item: its wording, its help, the control, and the error beside it."""

    DEFAULT_CSS = """
    FieldBox {
        height: auto;
        margin-bottom: 1;
        & > .wording { text-style: bold; }
    }
    """

    def __init__(self, item: WhiteBox | Question, control: Widget) -> None:
        super().__init__()
        self.item = item
        self.control = control
        self._error = ErrorText()

    def compose(self) -> ComposeResult:
        if not isinstance(self.item, Confirmation):
            yield PlainText(self.item.wording + _suffix(self.item), classes="wording")
        if self.item.help:
            yield Note(self.item.help)
        yield self.control
        yield self._error

    @property
    def error(self) -> Message | None:
        """What is wrong with what was filled in; nothing is shown for None."""
        return self._problem

    @error.setter
    def error(self, problem: Message | None) -> None:
        self._problem = problem
        self._error.update(say(problem) if problem else "")

    _problem: Message | None = None


class ReadBox(Vertical):
    """One item as it was filled in."""

    DEFAULT_CSS = """
    ReadBox {
        height: auto;
        margin-bottom: 1;
        & > .wording { text-style: bold; }
        & > .value { padding-left: 2; }
    }
    """

    def __init__(self, item: WhiteBox | Question, value: object) -> None:
        super().__init__()
        self._item = item
        self._value = cast("Value | None", value)

    def compose(self) -> ComposeResult:
        yield PlainText(self._item.wording, classes="wording")
        yield PlainText(self._words(), classes="value")

    def _words(self) -> str:
        if isinstance(self._item, WhiteBox) and not self._value:
            return "–"  # staff left it empty; "not answered" would sound like the patient's fault
        words = in_words(self._item, self._value)
        return say(words) if isinstance(words, Message) else words


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
        self._own = fields(form, writer) if writer else ()
        self._given = {**(written or {}), **(typed or {})}
        self._show_staff_instruction = show_staff_instruction
        self._boxes = {
            item.id: FieldBox(item, control_for(item, self._given.get(item.id))) for item in self._own
        }
        super().__init__(id=id, can_focus=not self._own)

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
        """Go to the first field that is not filled in, or the first; to the view itself without fields."""
        filled = check(self.form, self.typed, self.writer).values if self.writer else {}
        boxes = list(self._boxes.values())
        empty = (box for box in boxes if box.item.id not in filled)
        target = next(empty, boxes[0] if boxes else None)
        (target.control if target else self).focus()

    def show_problems(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Put each problem beside its field and go to the first; returns those that belong to no field here."""
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
            self._show(first)
        return tuple(elsewhere)

    def action_page_up(self) -> None:
        self.scroll_page_up(animate=False)

    def action_page_down(self) -> None:
        self.scroll_page_down(animate=False)

    @on(FieldChanged)
    def _field_changed(self, event: FieldChanged) -> None:
        event.stop()
        if box := self._box_of(event.field):
            box.error = None
            self._show(box)
        self.post_message(self.Changed(self))

    @on(FieldRefused)
    def _field_refused(self, event: FieldRefused) -> None:
        event.stop()
        if box := self._box_of(event.field):
            box.error = event.reason
            self._show(box)

    @on(FieldLeft)
    def _field_left(self, event: FieldLeft) -> None:
        event.stop()
        boxes = list(self._boxes.values())
        box = self._box_of(event.field)
        if box is None:
            return
        there = boxes.index(box) + event.step
        if 0 <= there < len(boxes):
            boxes[there].control.focus()
        elif event.step > 0:
            self.scroll_end(animate=False)
        else:
            self.scroll_home(animate=False)

    @on(events.DescendantFocus)
    def _field_entered(self, event: events.DescendantFocus) -> None:
        if box := self._box_of(event.widget):
            self._show(box)

    def _show(self, box: FieldBox) -> None:
        """Bring a field into view, with its wording and its error where there is room for them."""
        self.call_after_refresh(self._scroll_to, box)

    def _scroll_to(self, box: FieldBox) -> None:
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

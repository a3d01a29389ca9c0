"""The editor of one row of a template: its fields, what is wrong with them, and what is worth knowing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message as TextualMessage

from data.domain import forms
from data.domain.errors import Message
from data.domain.forms import LINE_LIMIT, TEXT_LIMIT, Option
from tui.editing import WHOLE, Editing, Head, Row
from tui.i18n import N_, _, say
from tui.screens.admin.kinds import kind_of
from tui.widgets.fields import FieldChanged, FieldLeft, FieldRefused, LineField, LinesField, TickField
from tui.widgets.labelled import Labelled
from tui.widgets.plain import ErrorText, Heading

ENTER_LEAVES = "-enter-leaves"


class BuilderLines(LinesField):
    """Lines in the builder, where undo and redo are the builder's own.

    With the class `ENTER_LEAVES`, Enter goes to the next field, as in a line.
    """

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action not in ("undo", "redo") and super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter" and self.has_class(ENTER_LEAVES):
            event.stop()
            event.prevent_default()  # otherwise the text area goes on to break the line
            self.post_message(FieldLeft(self, 1))


Control: TypeAlias = LineField | BuilderLines | TickField


@dataclass(frozen=True)
class FieldSpec:
    """A field of some rows. Words are gettext ids; a row of the head is named by its heading alone."""

    control: type[Control]
    label: str = ""
    note: str = ""
    tick: str = ""


FIELDS: dict[str, FieldSpec] = {
    Head.NAME.value: FieldSpec(
        LineField,
        note=N_(
            "Choose a specific name, such as “Questions before a first visit for back pain”: "
            "it is what the case list shows, and what staff search for."
        ),
    ),
    Head.STAFF.value: FieldSpec(
        BuilderLines,
        note=N_("When to use the template and what to write in it. The patient never sees this."),
    ),
    Head.PATIENT.value: FieldSpec(
        BuilderLines,
        note=N_("What the message is about and what the patient should do. It stands first in the message."),
    ),
    Head.ANSWERABLE.value: FieldSpec(
        TickField,
        tick=N_("Yes, the patient can answer"),
        note=N_("With a tick, staff see (Question) after the name; without, (Information)."),
    ),
    "wording": FieldSpec(BuilderLines),
    "options": FieldSpec(BuilderLines, N_("Options"), N_("One option a line")),
    "help": FieldSpec(LineField, N_("Help")),
    "unit": FieldSpec(LineField, N_("Unit")),
    "least": FieldSpec(LineField, N_("Words for 0")),
    "most": FieldSpec(LineField, N_("Words for 10")),
    "default": FieldSpec(BuilderLines, N_("Begins with"), N_("Text that stands in the box from the start")),
    "required": FieldSpec(TickField, N_("Required"), tick=N_("Must be filled in")),
}
"""Every field that a row can have, from above; those of an item are named like its properties."""


class RowEditor(VerticalScroll, can_focus=False):
    """Fields for the row that an `Editing` stands on.

    All fields are there from the start, and those that the row does not have are hidden: going through the
    rows mounts nothing. What is typed goes into the `Editing` at each change, and whoever is about to use it
    calls `take` first, since a change is told by a message that may still be on its way.
    """

    DEFAULT_CSS = """
    RowEditor {
        scrollbar-size-vertical: 1;
        & > Heading { margin-bottom: 1; }
        & > ErrorText { margin-bottom: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page_up", show=False),
        Binding("pagedown", "page_down", show=False),
    ]

    class Edited(TextualMessage):
        """The template is another than before."""

    class Left(TextualMessage):
        """The person went beyond the last field."""

    def __init__(self, editing: Editing) -> None:
        super().__init__()
        self._editing = editing
        self._row: Row | None = None
        self._loaded: dict[str, object] = {}  # what each field of the row held when it was last taken
        self._controls = {name: _control(spec) for name, spec in FIELDS.items()}
        self._fields = {name: _labelled(name, control) for name, control in self._controls.items()}

    def compose(self) -> ComposeResult:
        yield Heading()
        yield ErrorText()
        yield from self._fields.values()

    def show(self, *, fresh: bool = False) -> bool:
        """Load the row's fields; True when it is another row than before.

        A `fresh` row is not yet told what it lacks: one has only begun with it.
        """
        other, self._row = self._row != self._editing.row, self._editing.row
        item = self._editing.item
        names = list(self._names())
        self.query_one(Heading).update(_(kind_of(item).word) if item else head_word(self._editing.row))
        for name, field in self._fields.items():
            field.display = name in names
        if item:
            self._fields["wording"].label = _(kind_of(item).wording)
            self._controls["wording"].set_class(not isinstance(item, forms.Text), ENTER_LEAVES)
        self._loaded = {name: self._value(name) for name in names}
        for name, value in self._loaded.items():
            _load(self._controls[name], value)
        self.show_faults({} if fresh else self._editing.faults(self._editing.row))
        self.scroll_home(animate=False)
        return other

    def take(self) -> None:
        """Put what the fields hold into the template."""
        changed = [name for name, value in self._loaded.items() if self._typed(name) != value]
        for name in changed:
            self._loaded[name] = self._typed(name)
            self._editing.write(name, self._loaded[name])
        if not changed:
            return
        # A fault goes as soon as it is mended, but none comes while one is typing.
        faults = self._editing.faults(self._editing.row)
        for name in changed:
            field = self._fields[name]
            field.error = _too_long(name, self._loaded[name]) or (faults.get(name) if field.error else None)
        self.post_message(self.Edited())

    def show_faults(self, faults: dict[str, Message]) -> None:
        """Show these faults, each beside its field, and no others."""
        for name, field in self._fields.items():
            field.error = faults.get(name)
        whole = faults.get(WHOLE)
        self.query_one(ErrorText).update(say(whole) if whole else "")

    def focus_field(self, name: str | None = None) -> None:
        """Go to a field, or to the first one, at once: `focus` would wait behind letters typed already."""
        wanted = name if name in self._loaded else next(iter(self._loaded), None)
        if wanted is not None:
            self.screen.set_focus(self._controls[wanted])

    @on(FieldChanged)
    def _field_changed(self, event: FieldChanged) -> None:
        event.stop()
        self.take()

    @on(FieldRefused)
    def _field_refused(self, event: FieldRefused) -> None:
        event.stop()
        name = next(name for name, control in self._controls.items() if control is event.control)
        self._fields[name].error = event.reason

    @on(FieldLeft)
    def _field_left(self, event: FieldLeft) -> None:
        event.stop()
        controls = [self._controls[name] for name in self._loaded]
        there = event.step + next(
            (place for place, control in enumerate(controls) if control is event.control), 0
        )
        if there < len(controls):
            self.screen.set_focus(controls[max(0, there)])
        else:
            self.post_message(self.Left())

    def _names(self) -> Iterator[str]:
        """The fields of the row, from above."""
        row, item = self._editing.row, self._editing.item
        if isinstance(row, Head):
            yield row.value
        elif item is not None:
            yield from (name for name in FIELDS if name in type(item).model_fields)

    def _value(self, name: str) -> object:
        """What the template holds, as the field shows it."""
        if name == Head.NAME.value:
            return self._editing.name
        value = getattr(self._editing.item or self._editing.form, name)
        return _as_lines(value) if name == "options" else value

    def _typed(self, name: str) -> object:
        return self._controls[name].typed


HEAD_WORDS = {
    Head.NAME: N_("Name"),
    Head.STAFF: N_("Instruction to staff"),
    Head.PATIENT: N_("Instruction to the patient"),
    Head.ANSWERABLE: N_("Can the patient answer?"),
}


def head_word(row: object) -> str:
    """What a row of the head is called."""
    return _(HEAD_WORDS[row]) if isinstance(row, Head) else ""


def _control(spec: FieldSpec) -> Control:
    if issubclass(spec.control, TickField):
        return spec.control(_(spec.tick))
    return spec.control()


def _labelled(name: str, control: Control) -> Labelled:
    spec = FIELDS[name]
    guidance = Message(spec.note) if spec.note else None
    return Labelled(_(spec.label), control, note=_(spec.note), guidance=guidance, id=f"field-{name}")


def _load(control: Control, value: object) -> None:
    match control:
        case TickField():
            control.chosen = frozenset({"tick"} if value else ())
        case LineField():
            control.value = str(value)
            control.action_end()
        case BuilderLines():
            control.text = str(value)
            control.move_cursor(control.document.end)


def _as_lines(options: tuple[Option, ...]) -> str:
    return "\n".join(option.wording for option in options)


def _too_long(name: str, value: object) -> Message | None:
    """The field takes any amount of text, the template only so much."""
    text = value if isinstance(value, str) else ""
    if name == "options" and any(len(line.strip()) > LINE_LIMIT for line in text.split("\n")):
        return Message("An option is too long: at most {limit} characters are kept", limit=LINE_LIMIT)
    limit = LINE_LIMIT if FIELDS[name].control is LineField else TEXT_LIMIT
    if len(text.strip()) > limit:
        return Message("The text is too long: at most {limit} characters are kept", limit=limit)
    return None

"""The editor of one row of a template: its fields, what is wrong with them, and what is worth knowing."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message as TextualMessage

from data.domain import forms
from data.domain.errors import Message
from data.domain.forms import AnyItem, WhiteBox
from tui.building.content import WHOLE, Head, Row
from tui.building.editing import Editing
from tui.building.item_fields import from_start
from tui.i18n import _, ngettext, say
from tui.screens.builder.kinds import kind_of
from tui.screens.builder.row_fields import (
    ENTER_LEAVES,
    FIELDS,
    BuilderLines,
    Control,
    Key,
    LevelField,
    control_of,
    head_word,
    keys_of,
    labelled,
    note_of,
    property_of,
    too_long,
)
from tui.widgets.act_line import ActLine
from tui.widgets.condition_words import in_words
from tui.widgets.fields import FieldChanged, FieldLeft, FieldRefused, LineField, TickField
from tui.widgets.plain import ErrorText, Heading


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

    class Opened(TextualMessage):
        """The person wants to edit the property `field`, which has a screen of its own."""

        def __init__(self, field: str) -> None:
            super().__init__()
            self.field = field

    def __init__(self, editing: Editing) -> None:
        super().__init__()
        self._editing = editing
        self._row: Row | None = None
        self._keys: tuple[Key, ...] = ()
        self._loaded: dict[Key, object] = {}  # what each field of the row held when it was last taken
        self._controls = {key: control_of(spec) for key, spec in FIELDS.items()}
        self._fields = {key: labelled(key, control) for key, control in self._controls.items()}

    def compose(self) -> ComposeResult:
        yield Heading()
        yield ErrorText()
        yield from self._fields.values()

    def show(self, *, fresh: bool = False) -> bool:
        """Load the row's fields; True when it is another row than before.

        A `fresh` row is not yet told what it lacks: one has only begun with it.
        """
        other, self._row = self._row != self._editing.row, self._editing.row
        row, item = self._row, self._editing.item
        heading = _(kind_of(item).word) if item else head_word(row) if isinstance(row, Head) else ""
        self.query_one(Heading).update(heading)
        self._load_fields(other=other)
        self.show_faults({} if fresh else self._editing.content.faults(row))
        if other:
            self.scroll_home(animate=False)
        return other

    def take(self) -> None:
        """Put what the fields hold into the template."""
        changed = [key for key, value in self._loaded.items() if self._typed(key) != value]
        for key in changed:
            self._loaded[key] = self._typed(key)
            self._editing.write(property_of(key), self._loaded[key])
        if not changed:
            return
        # A fault goes as soon as it is mended, but none comes while one is typing.
        faults = self._editing.content.faults(self._editing.row)
        for key in changed:
            field = self._fields[key]
            mending = faults.get(property_of(key)) if field.error else None
            field.error = too_long(key, self._loaded[key]) or mending
        if "repeats" in changed:
            self._load_fields(other=False)
        self.post_message(self.Edited())

    def show_faults(self, faults: dict[str, Message]) -> None:
        """Show these faults, each beside its field, and no others."""
        told = {property_of(key): key for key in self._keys}
        for field in self._fields.values():
            field.error = None
        for name, message in faults.items():
            if name in told:
                self._fields[told[name]].error = message
        # What has no field here, say since it is hidden, is told of the row.
        rest = [say(message) for name, message in faults.items() if name not in told]
        self.query_one(ErrorText).update("\n".join(rest))

    def focus_field(self, name: str = WHOLE) -> None:
        """Go to the field of a property, or to the first one, at once: `focus` would wait behind letters that
        are typed already."""
        wanted = next((key for key in self._keys if property_of(key) == name), next(iter(self._keys), None))
        if wanted is not None:
            self.screen.set_focus(self._controls[wanted])

    @on(FieldChanged)
    def _field_changed(self, event: FieldChanged) -> None:
        event.stop()
        self.take()

    @on(FieldRefused)
    def _field_refused(self, event: FieldRefused) -> None:
        event.stop()
        key = next(key for key, control in self._controls.items() if control is event.control)
        self._fields[key].error = event.reason

    @on(FieldLeft)
    def _field_left(self, event: FieldLeft) -> None:
        event.stop()
        controls = [self._controls[key] for key in self._keys]
        there = event.step + next(
            (place for place, control in enumerate(controls) if control is event.control), 0
        )
        if there < len(controls):
            self.screen.set_focus(controls[max(0, there)])
        else:
            self.post_message(self.Left())

    @on(ActLine.Opened)
    def _line_opened(self, event: ActLine.Opened) -> None:
        event.stop()
        key = next(key for key, control in self._controls.items() if control is event.control)
        self.post_message(self.Opened(property_of(key)))

    def on_descendant_blur(self, _event: events.DescendantBlur) -> None:
        """Say what can't be read once its field is left; while one types it is only not finished."""
        self.take()
        for problem in self._editing.content.unread_problems:
            if problem.field == self._row == self._editing.row and problem.part in self._keys:
                self._fields[problem.part].error = problem.message

    def _load_fields(self, *, other: bool) -> None:
        item = self._editing.item
        self._keys = tuple(keys_of(self._editing.row, item))
        for key, field in self._fields.items():
            field.display = key in self._keys
        if item is not None:
            labels = {"wording": kind_of(item).wording, **kind_of(item).labels}
            for key in self._keys:
                self._fields[key].label = _(labels.get(str(key), FIELDS[key].label))
                self._fields[key].note = say(note_of(kind_of(item).notes.get(str(key), FIELDS[key].note)))
            self._controls["wording"].set_class(not isinstance(item, forms.Text), ENTER_LEAVES)
        self._loaded = {}
        for key in self._keys:
            self._load(key, item, other=other)

    def _load(self, key: Key, item: AnyItem | None, *, other: bool) -> None:
        control = self._controls[key]
        if isinstance(control, ActLine):
            control.update(self._conditions(item) if item else self._scores())
            return
        value = self._loaded[key] = self._editing.value(property_of(key))
        if value == self._typed(key) and not other:
            return  # a field that is written anew is laid out anew, which takes time
        match control:
            case TickField():
                control.chosen = frozenset({"tick"} if value else ())
            case LevelField():
                control.chosen = frozenset({str(value)})
                control.cursor = control.typed
            case LineField():
                control.placeholder = from_start(item, str(key)) if item else ""
                control.value = str(value)
                control.action_end()
            case BuilderLines():
                control.text = str(value)
                control.move_cursor(control.document.end)

    def _conditions(self, item: AnyItem) -> str:
        shown_when = None if isinstance(item, WhiteBox) else item.shown_when
        return in_words(self._editing.form, shown_when) if shown_when else _("shown always")

    def _scores(self) -> str:
        scores = self._editing.form.scores
        if not scores:
            return _("No scores")
        count = ngettext("{n} score", "{n} scores", len(scores)).format(n=len(scores))
        return f"{count}: {', '.join(score.name or '…' for score in scores)}"

    def _typed(self, key: Key) -> object:
        control: Control = self._controls[key]
        return None if isinstance(control, ActLine) else control.typed

"""Which fields a row of a template has, and what they are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from textual import events

from data.domain.errors import Message
from data.domain.forms import AnyItem, Section
from data.domain.limits import LINE_LIMIT, TEXT_LIMIT
from tui.building.content import Head, Row
from tui.building.option_lines import has_too_long
from tui.i18n import N_, _, say
from tui.widgets.act_line import ActLine
from tui.widgets.fields import ChoiceField, FieldLeft, LineField, LinesField, TickField
from tui.widgets.labelled import Labelled

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


LEVEL_WORDS = (N_("Plain text"), N_("Heading"), N_("Smaller heading"), N_("Smallest heading"))
"""Gettext ids of what a text is, by its level."""


class LevelField(ChoiceField):
    """What a text is: plain text or a heading of one of three sizes."""

    def __init__(self) -> None:
        super().__init__([(str(level), _(word)) for level, word in enumerate(LEVEL_WORDS)])

    def toggled(self, value: str) -> frozenset[str]:
        """Exactly one of them always holds."""
        return frozenset({value})

    @property
    def typed(self) -> int:
        """0 for plain text, 1 to 3 for a heading."""
        return int(next(iter(self.chosen), "0"))


Control: TypeAlias = LineField | BuilderLines | TickField | LevelField | ActLine
Key: TypeAlias = Head | str
"""A field: that of a row of the head, or an item's property."""


@dataclass(frozen=True)
class FieldSpec:
    """A field of some rows. Words are gettext ids; a row of the head is named by its heading alone."""

    control: type[Control]
    label: str = ""
    note: str = ""
    tick: str = ""


FIELDS: dict[Key, FieldSpec] = {
    Head.NAME: FieldSpec(
        LineField,
        note=N_(
            "Choose a specific name, such as “Questions before a first visit for back pain”: "
            "it is what the case list shows, and what staff search for."
        ),
    ),
    Head.TITLE: FieldSpec(
        LineField,
        note=N_(
            "What the patient sees instead of the name, also in the inbox, where others may read it. "
            "Empty: the patient sees the name."
        ),
    ),
    Head.STAFF: FieldSpec(
        BuilderLines,
        note=N_("When to use the template and what to write in it. The patient never sees this."),
    ),
    Head.PATIENT: FieldSpec(
        BuilderLines,
        note=N_(
            "What the message is about and what the patient should do. It stands first in the message. "
            "{known} are filled in when it is sent."
        ),
    ),
    Head.ANSWERABLE: FieldSpec(
        TickField,
        tick=N_("Yes, the patient can answer"),
        note=N_("With a tick, staff see (Question) after the name; without, (Information)."),
    ),
    Head.SCORES: FieldSpec(
        ActLine, note=N_("Sums of points and what they mean, shown to staff with the answers. Enter opens.")
    ),
    "wording": FieldSpec(BuilderLines),
    "level": FieldSpec(LevelField, N_("Shown as")),
    "options": FieldSpec(BuilderLines, N_("Options"), N_("One a line. At its end, = 2 gives points")),
    "required": FieldSpec(TickField, N_("Required"), tick=N_("Must be filled in")),
    "help": FieldSpec(LineField, N_("Help")),
    "repeats": FieldSpec(TickField, N_("Repeats"), tick=N_("Can be filled in several times")),
    "least": FieldSpec(LineField, N_("Least")),
    "most": FieldSpec(LineField, N_("Most")),
    "decimals": FieldSpec(LineField, N_("Decimals"), N_("At most so many; empty: as many as one likes")),
    "unit": FieldSpec(LineField, N_("Unit")),
    "least_words": FieldSpec(LineField, N_("Least means")),
    "most_words": FieldSpec(LineField, N_("Most means")),
    "other": FieldSpec(TickField, N_("Other"), tick=N_("The patient may write an own answer")),
    "name": FieldSpec(
        LineField,
        N_("Short name"),
        N_("With the name {word}, {braced} in another text shows what is written here"),
    ),
    "default": FieldSpec(BuilderLines, N_("Begins with"), N_("Text that stands in the box from the start")),
    "shown_when": FieldSpec(ActLine, N_("Condition"), N_("Enter changes when it is shown")),
    "least_length": FieldSpec(LineField, N_("Least length"), N_("In characters")),
    "most_length": FieldSpec(LineField, N_("Most length"), N_("In characters")),
    "pattern": FieldSpec(
        LineField, N_("Pattern"), N_("A regular expression that the whole answer must match")
    ),
    "pattern_message": FieldSpec(
        LineField, N_("In words"), N_("What the pattern asks for, as the patient reads it")
    ),
}
"""Every field that a row can have, the most used first."""

_MAIN = frozenset({"wording", "options"})
"""Fields with a line of air below them; the others stand close, and tell their note when one is there."""

KNOWN = (N_("name"), N_("clinic"), N_("signature"), N_("date"))
"""The placeholders that are always known, as gettext ids: `data.domain.placeholders` knows both languages."""

HEAD_WORDS = {
    Head.NAME: N_("Name"),
    Head.TITLE: N_("Title for the patient"),
    Head.STAFF: N_("Instruction to staff"),
    Head.PATIENT: N_("Instruction to the patient"),
    Head.ANSWERABLE: N_("Can the patient answer?"),
    Head.SCORES: N_("Scores"),
}


def head_word(row: Head) -> str:
    """What a row of the head is called."""
    return _(HEAD_WORDS[row])


def keys_of(row: Row, item: AnyItem | None) -> Iterator[Key]:
    """The fields of a row, from above; `item` is None in the head."""
    if isinstance(row, Head):
        yield row
    elif item is not None:
        yield from (key for key in FIELDS if key in type(item).model_fields and not _is_idle(item, key))


def property_of(key: Key) -> str:
    """The property that a field edits."""
    return key.value if isinstance(key, Head) else key


def control_of(spec: FieldSpec) -> Control:
    """A new control for such a field."""
    if issubclass(spec.control, TickField):
        return spec.control(_(spec.tick))
    return spec.control()


def labelled(key: Key, control: Control) -> Labelled:
    """The field with its label and its note."""
    spec = FIELDS[key]
    note = note_of(spec.note)
    close = not isinstance(key, Head) and key not in _MAIN
    field = Labelled(
        _(spec.label), control, note=say(note), guidance=note if spec.note else None, close=close
    )
    field.id = f"field-{key.name.lower() if isinstance(key, Head) else f'item-{key}'}"
    return field


def note_of(text: str) -> Message:
    """A field's note, a gettext id, with the placeholders that it may name."""
    word = _("dose")
    known = ", ".join(f"{{{_(name)}}}" for name in KNOWN)
    return Message(text, known=known, word=word, braced=f"{{{word}}}")


def too_long(key: Key, value: object) -> Message | None:
    """What to say of a text that the field takes and the template does not take whole."""
    text = value if isinstance(value, str) else ""
    if key == "options" and has_too_long(text):
        return Message("An option is too long: at most {limit} characters are kept", limit=LINE_LIMIT)
    limit = LINE_LIMIT if FIELDS[key].control is LineField else TEXT_LIMIT
    if len(text.strip()) > limit:
        return Message("The text is too long: at most {limit} characters are kept", limit=limit)
    return None


def _is_idle(item: AnyItem, key: Key) -> bool:
    """Whether the property says nothing about the item as it is."""
    return isinstance(item, Section) and not item.repeats and key in ("least", "most")

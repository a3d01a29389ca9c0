"""The parts of a form on the screen: an item to fill in, and an item to read."""

from __future__ import annotations

from typing import Protocol, cast, runtime_checkable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from data.domain.answers import Value, in_words
from data.domain.errors import Message
from data.domain.forms import (
    Confirmation,
    Date,
    LongText,
    Number,
    OneChoice,
    Question,
    Scale,
    SeveralChoices,
    ShortText,
    WhiteBox,
    YesNo,
)
from tui.i18n import _, say
from tui.widgets.fields import LineField, LinesField, OptionsField, ScaleField, TickField, YesNoField
from tui.widgets.plain import ErrorText, Note, Text

SHORT = 24
"""Cells that a date or a number takes at most: a box as wide as the screen asks for more than that."""


@runtime_checkable
class Control(Protocol):
    """A control of `tui.widgets.fields`: `typed` is what it holds, not yet checked."""

    @property
    def typed(self) -> object: ...


def control_for(item: WhiteBox | Question, value: object = None) -> Widget:  # noqa: PLR0911 (one a kind)
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
            yield Text(self.item.wording + _suffix(self.item), classes="wording")
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
        yield Text(self._item.wording, classes="wording")
        yield Text(self._words(), classes="value")

    def _words(self) -> str:
        if isinstance(self._item, WhiteBox) and not self._value:
            return "–"  # staff left it empty; "not answered" would sound like the patient's fault
        words = in_words(self._item, self._value)
        return say(words) if isinstance(words, Message) else words

"""Which control fills in which kind of item: the one table to extend for a new type of question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from textual.widget import Widget

from data.domain.forms import (
    Choice,
    Confirmation,
    Date,
    DateTime,
    DecimalNumber,
    File,
    Filled,
    LongText,
    OneChoice,
    Scale,
    SeveralChoices,
    ShortText,
    Time,
    WhiteBox,
    WholeNumber,
    YesNo,
)
from tui.i18n import _
from tui.widgets.fields import (
    LineField,
    LinesField,
    OptionsField,
    OwnAnswerField,
    ScaleField,
    TickField,
    YesNoField,
)
from tui.widgets.plain import Note

SHORT = 24
"""Cells that a date or a number takes at most: a box as wide as the screen asks for more than that."""


class NoFile(Note):
    """Stands where a file would be chosen."""

    def __init__(self) -> None:
        super().__init__(_("Files can't be sent yet"))


def control_for(item: Filled, value: object = None) -> Widget:
    """The control that fills in an item, holding `value` as typed so far; its `typed` is what it holds."""
    return CONTROLS[type(item)](item, value)


def stops_of(control: Widget) -> Iterable[Widget]:
    """The parts of a control that take the focus, in their order."""
    return control.stops if isinstance(control, OwnAnswerField) else [control] if control.can_focus else []


def optional_words(item: Filled) -> str:
    """What stands after the wording of what may be left out."""
    return "" if item.required else f"  {_('(optional)')}"


def _white_box(item: WhiteBox, value: object) -> Widget:
    return LinesField(item.default if value is None else _text(value))


def _date(_item: Date, value: object) -> Widget:
    return _short(LineField(_text(value), placeholder=_("year-month-day")))


def _time(_item: Time, value: object) -> Widget:
    return _short(LineField(_text(value), placeholder=_("hour:minute")))


def _moment(_item: DateTime, value: object) -> Widget:
    return _short(LineField(_text(value).replace("T", " "), placeholder=_("year-month-day hour:minute")))


def _number(_item: WholeNumber | DecimalNumber, value: object) -> Widget:
    # Stored, a whole number is a number; half-typed, both are text.
    whole = isinstance(value, int) and not isinstance(value, bool)
    return _short(LineField(str(value) if whole else _text(value).replace(".", ",")))


def _choice(item: Choice, value: object) -> Widget:
    options = [(option.id, option.wording) for option in item.options]
    given = value if isinstance(value, list) else [value]
    several = isinstance(item, SeveralChoices)
    exclusive = frozenset(option.id for option in item.options if option.exclusive)
    if item.other:
        return OwnAnswerField(options, several=several, chosen=given, exclusive=exclusive)
    chosen = frozenset(one for one in given if isinstance(one, str))
    return OptionsField(options, several=several, chosen=chosen, exclusive=exclusive)


CONTROLS: Mapping[type[Filled], Callable[[Any, object], Widget]] = {
    WhiteBox: _white_box,
    ShortText: lambda _item, value: LineField(_text(value)),
    LongText: lambda _item, value: LinesField(_text(value)),
    YesNo: lambda _item, value: YesNoField((_("Yes"), _("No")), value),
    Confirmation: lambda item, value: TickField(item.wording + optional_words(item), value),
    OneChoice: _choice,
    SeveralChoices: _choice,
    Date: _date,
    Time: _time,
    DateTime: _moment,
    WholeNumber: _number,
    DecimalNumber: _number,
    Scale: lambda item, value: ScaleField(item.steps, (item.least_words, item.most_words), value),
    File: lambda _item, _value: NoFile(),
}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _short(field: LineField) -> LineField:
    field.styles.max_width = SHORT
    return field

"""The fields of an item as text: how what is typed becomes a property of the item, and how that is shown."""

from __future__ import annotations

from decimal import Decimal

from pydantic import ValidationError

from data.domain.errors import Message
from data.domain.forms import AnyItem, DateTime
from data.domain.reading import read_decimal, why_refused
from tui.building.option_lines import as_lines

_UNREADABLE = Message("This can't be understood: write it in another way")


class Unread(ValueError):  # noqa: N818 - named for what happened to the text
    """What was typed is no value of its field; `message` says what to write instead."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def changed(item: AnyItem, field: str, value: object) -> AnyItem:
    """The item with a field read from what was typed; raises `Unread`.

    Nothing typed is what the field has from the start. KeyError when the item has no such field.
    """
    default = type(item).model_fields[field].default
    if value == "" and not isinstance(default, str):
        value = default
    try:
        read = type(item).model_validate({"id": item.id, field: value})
    except ValidationError as error:
        raise Unread(why_refused(error) or _UNREADABLE) from None
    return item.model_copy(update={field: dict(read)[field]})


def fault_of(item: AnyItem, field: str, text: str) -> Message | None:
    """Why a text can't be read into a field; None when it can."""
    try:
        changed(item, field, text)
    except Unread as unread:
        return unread.message
    return None


def shown(item: AnyItem, field: str) -> object:
    """A property of the item as its field shows it: text, or a value to choose.

    A number that the field has from the start is not written out: see `from_start`.
    """
    value = dict(item)[field]
    if field == "options":
        return as_lines(value)
    if field == "level":  # chosen, not typed
        return value
    if _is_written(value) and value == type(item).model_fields[field].default:
        return ""
    return _as_text(item, value)


def from_start(item: AnyItem, field: str) -> str:
    """What an empty field stands for; "" when that is nothing."""
    default = type(item).model_fields[field].default
    return str(_as_text(item, default)) if _is_written(default) else ""


def _is_written(value: object) -> bool:
    """Whether a value is typed with digits."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _as_text(item: AnyItem, value: object) -> object:
    match value:
        case None:
            return ""
        case Decimal():
            return read_decimal(value).replace(".", ",")
        case int() if not isinstance(value, bool):
            return str(value)
        case str() if isinstance(item, DateTime):
            return value.replace("T", " ", 1) if value[:4].isdigit() else value
        case _:
            return value

"""The white box of one line, and what may be pasted into any."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import reactive
from textual.widgets import Input

from data.domain.errors import Message
from data.domain.limits import TYPED_LIMIT
from data.domain.text import clean
from tui.widgets.field_messages import FieldChanged, FieldLeft, FieldRefused


def pasted(text: str, *, lines: bool = False) -> str:
    """A paste as data: no control characters, and one line unless `lines`. Spaces around it stay."""
    cleaned = clean(text, lines=lines, limit=len(text) + TYPED_LIMIT)
    if not cleaned:
        return ""
    before = text[: len(text) - len(text.lstrip(" "))]
    after = text[len(text.rstrip(" ")) :]
    # With lines, `clean` keeps the first line's indentation itself.
    return (before if not lines else "") + cleaned + after


def refusal(present: int, taken: int, text: str) -> Message | None:
    """Why `text` can't take the place of `taken` characters in a field of `present`; None when it can.

    A field takes as much as a draft keeps: far more than may be sent, so that nothing is cut unseen.
    """
    surplus = present - taken + len(text) - TYPED_LIMIT
    if surplus <= 0:
        return None
    return Message(
        "Nothing was pasted: it is {surplus} characters too long. Paste a shorter part.", surplus=surplus
    )


class LineField(Input):
    """One line of text. Enter and the arrows up and down go to the neighbouring fields."""

    # The bars on both sides show the box where there is no colour.
    DEFAULT_CSS = """
    LineField {
        width: 1fr;
        height: 1;
        padding: 0 1;
        background: $white-box;
        color: $white-box-text;
        border: none;
        border-left: outer $foreground 40%;
        border-right: outer $foreground 40%;
        &:focus {
            background-tint: transparent;
            border: none;
            border-left: outer $primary;
            border-right: outer $primary;
        }
        &:disabled:can-focus { opacity: 100%; }
        & > .input--placeholder { color: $white-box-text 60%; }
    }
    """
    # Of Textual's making, and there a change of it lays out the whole screen anew, at every letter. What is
    # typed changes neither the width nor the height of a field.
    virtual_size = reactive(Size(0, 0), layout=False)

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "leave(1)", show=False),
        Binding("up", "leave(-1)", show=False),
    ]

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        password: bool = False,
        id: str | None = None,  # noqa: A002 (Textual's name for it)
    ) -> None:
        super().__init__(
            clean(value), placeholder=placeholder, password=password, select_on_focus=False, id=id
        )
        self._told = self.value
        self.cursor_blink = False

    @property
    def typed(self) -> str:
        """What the field holds, as it was typed."""
        return self.value

    def action_leave(self, step: int) -> None:
        self.post_message(FieldLeft(self, step))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        # Textual tells of the value that it was made with, too; that is no change of the person's.
        if self.value != self._told:
            self._told = self.value
            self.post_message(FieldChanged(self))

    def _on_paste(self, event: events.Paste) -> None:
        """Take a paste whole, all its lines as one: Textual would keep only the first."""
        event.stop()
        event.prevent_default()
        self._take(event.text)

    def action_copy(self) -> None:
        """Copy what is selected; nothing of a password, which could be read in the next field."""
        if self.password:
            raise SkipAction
        super().action_copy()

    def action_cut(self) -> None:
        """Cut what is selected, as `action_copy` copies it."""
        if not self.password:
            super().action_cut()

    def action_paste(self) -> None:
        self._take(self.app.clipboard)

    def _take(self, text: str) -> None:
        start, end = sorted(self.selection)
        text = pasted(text)
        if reason := refusal(len(self.value), end - start, text):
            self.post_message(FieldRefused(self, reason))
        else:
            self.replace(text, start, end)

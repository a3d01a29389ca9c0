"""The white box of several lines."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from data.domain.errors import Message
from data.domain.text import clean
from tui.widgets.field_messages import FieldChanged, FieldLeft, FieldRefused
from tui.widgets.line_field import pasted, refusal

LINES_LEAST = 2
LINES_MOST = 8
"""Rows that a text field takes at least, and to which it grows before it scrolls by itself."""

# Textual's F6 and F7 belong to the screens; PageUp and PageDown to the form that the field stands in.
_NOT_OURS = {"f6", "f7", "pageup", "pagedown"}


class LinesField(TextArea, inherit_bindings=False):
    """Text with line breaks. It grows with what is written; Tab leaves it."""

    DEFAULT_CSS = """
    LinesField {
        width: 1fr;
        height: 2;
        padding: 0 1;
        background: $white-box;
        color: $white-box-text;
        border: none;
        border-left: outer $foreground 40%;
        border-right: outer $foreground 40%;
        scrollbar-size-vertical: 1;
        &:focus {
            border: none;
            border-left: outer $primary;
            border-right: outer $primary;
        }
        &:disabled:can-focus { opacity: 100%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        binding
        for binding in TextArea.BINDINGS
        if not (isinstance(binding, Binding) and binding.key in _NOT_OURS)
    ]
    guidance = Message("Enter makes a new line. Tab goes to the next field, Shift+Tab to the one before.")

    def __init__(self, value: str = "", *, id: str | None = None) -> None:  # noqa: A002 (Textual's name for it)
        super().__init__(
            clean(value, lines=True),
            soft_wrap=True,
            tab_behavior="focus",
            show_line_numbers=False,
            highlight_cursor_line=False,
            id=id,
        )
        self.cursor_blink = False

    @property
    def typed(self) -> str:
        """What the field holds, as it was typed."""
        return self.text

    def on_mount(self) -> None:
        self._grow()

    def on_resize(self) -> None:
        # Once Textual has wrapped the text anew, which it does after this.
        self.call_later(self._grow)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._grow()
        self.post_message(FieldChanged(self))

    def action_cursor_up(self, select: bool = False) -> None:
        if not select and self.navigator.is_first_wrapped_line(self.cursor_location):
            self.post_message(FieldLeft(self, -1))
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        if not select and self.navigator.is_last_wrapped_line(self.cursor_location):
            self.post_message(FieldLeft(self, 1))
        else:
            super().action_cursor_down(select)

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self._take(event.text)

    def action_paste(self) -> None:
        self._take(self.app.clipboard)

    def _take(self, text: str) -> None:
        text = pasted(text, lines=True)
        if reason := refusal(len(self.text), len(self.selected_text), text):
            self.post_message(FieldRefused(self, reason))
        elif result := self._replace_via_keyboard(text, *self.selection):
            self.move_cursor(result.end_location)

    def _grow(self) -> None:
        self.styles.height = min(max(self.wrapped_document.height, LINES_LEAST), LINES_MOST)

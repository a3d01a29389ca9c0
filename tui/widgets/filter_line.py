"""The line above a list in which `/` narrows it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from tui.i18n import _
from tui.widgets.line_field import LineField

REST = 0.2
"""Seconds of rest after which the list follows: every reading is one more entry in the access log."""


class FilterLine(LineField):
    """Hidden until `open()`. Enter or the arrow down goes to the list; Esc clears the filter and hides it."""

    DEFAULT_CSS = """
    FilterLine { display: none; margin-bottom: 1; &.-open { display: block; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "go_to_list", show=False),
        Binding("escape", "clear", show=False),
    ]

    class Narrowed(Message):
        """The person rested after typing in the line, went to the list, or cleared it."""

        def __init__(self, line: FilterLine, text: str) -> None:
            super().__init__()
            self.line = line
            self.text = text

        @property
        def control(self) -> FilterLine:
            return self.line

    def __init__(self, target: Widget, *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002
        """`target` is the list that gets the focus back."""
        super().__init__(placeholder=placeholder or _("Filter"), id=id)
        self._target = target
        self._told = ""
        self._rest: Timer | None = None

    def open(self) -> None:
        """Show the line and type in it."""
        self.add_class("-open")
        self.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        event.prevent_default()  # no `FieldChanged` as well
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self._tell)

    def action_go_to_list(self) -> None:
        self._tell()
        if not self.value.strip():
            self.remove_class("-open")
        self._target.focus()

    def action_clear(self) -> None:
        """Show the whole list again."""
        self.value = ""
        self._tell()
        self.remove_class("-open")
        self._target.focus()

    def _tell(self) -> None:
        if self.value != self._told:
            self._told = self.value
            self.post_message(self.Narrowed(self, self.value))

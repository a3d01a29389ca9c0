"""A line among fields that shows what is edited elsewhere; Enter leads there."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message as TextualMessage

from data.domain.errors import Message
from tui.widgets.field_messages import FieldLeft
from tui.widgets.plain import Text


class ActLine(Text, can_focus=True):
    """Words with a `›` before them. Posts `Opened` for Enter; the arrows lead to the neighbouring fields."""

    SIGN = "› "
    DEFAULT_CSS = """
    ActLine { width: 1fr; &:focus { text-style: bold reverse; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", show=False),
        Binding("up", "leave(-1)", show=False),
        Binding("down", "leave(1)", show=False),
    ]
    guidance = Message("Enter opens what is shown here, to change it.")

    class Opened(TextualMessage):
        """The person wants to change what the line shows."""

        def __init__(self, line: ActLine) -> None:
            super().__init__()
            self.line = line

        @property
        def control(self) -> ActLine:
            return self.line

    def action_open(self) -> None:
        self.post_message(self.Opened(self))

    def action_leave(self, step: int) -> None:
        self.post_message(FieldLeft(self, step))

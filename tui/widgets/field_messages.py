"""What a field tells the form or the screen around it."""

from __future__ import annotations

from textual.message import Message as TextualMessage
from textual.widget import Widget

from data.domain.errors import Message


class FieldMessage(TextualMessage):
    """The base of what fields tell; `field` and `control` say which field."""

    def __init__(self, field: Widget) -> None:
        super().__init__()
        self.field = field

    @property
    def control(self) -> Widget:
        """The field, for `@on(…, "#selector")`."""
        return self.field


class FieldChanged(FieldMessage):
    """The person changed what the field holds."""


class FieldLeft(FieldMessage):
    """The person goes to the next (`step` 1) or the previous (-1) field."""

    def __init__(self, field: Widget, step: int) -> None:
        super().__init__(field)
        self.step = step


class FieldRefused(FieldMessage):
    """The field took nothing of what was pasted, for the `reason`; whoever shows its errors says so."""

    def __init__(self, field: Widget, reason: Message) -> None:
        super().__init__(field)
        self.reason = reason

"""A field whose Enter acts instead of going to the next field."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.widgets.line_field import LineField


class SubmitField(LineField):
    """One line of text; Enter posts `Input.Submitted`, the arrows up and down go to the neighbours."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", show=False)]

"""A dialogue with a few lines to fill in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from data.domain.errors import Problem
from tui.i18n import _
from tui.screens.dialog import SHEET_CSS
from tui.widgets.field_column import FieldColumn
from tui.widgets.labelled import Labelled
from tui.widgets.plain import Heading, Note
from tui.widgets.submit_field import SubmitField


@dataclass(frozen=True)
class AskedField:
    """A line to fill in; all words are translated."""

    name: str
    label: str
    initial: str = ""
    note: str = ""


class AskFields(ModalScreen[dict[str, str] | None]):
    """Dismissed with what was typed, stripped, by the fields' names; None for Esc. Enter accepts from any
    field, the arrows and Tab go between them. `check` names what is wrong, shown beside the fields."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("ctrl+s", "accept", show=False, priority=True),
    ]
    DEFAULT_CSS = f"""
    AskFields {{
        {SHEET_CSS}
        & FieldColumn {{ height: auto; max-height: 16; margin-top: 1; }}
    }}
    """

    def __init__(
        self,
        title: str,
        fields: Sequence[AskedField],
        *,
        check: Callable[[Mapping[str, str]], Sequence[Problem]] = lambda _typed: (),
        fault: Problem | None = None,
    ) -> None:
        """`fault` is what was wrong with what the fields hold at first."""
        super().__init__()
        self._heading = title
        self._check = check
        self._fault = fault
        self._fields = fields
        self._column = FieldColumn()

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield Heading(self._heading)
            with self._column:
                for one in self._fields:
                    yield Labelled(
                        one.label, SubmitField(one.initial), note=one.note, close=True, id=one.name
                    )
            yield Note(_("Enter accepts   Tab goes on   Esc cancels"))

    def on_mount(self) -> None:
        self._column.focus_first()
        if self._fault:
            self._column.show_problems([self._fault])

    @on(Input.Submitted)
    def action_accept(self) -> None:
        typed = {one.name: self._column.typed(one.name).strip() for one in self._fields}
        problems = self._check(typed)
        self._column.show_problems(problems)
        if not problems:
            self.dismiss(typed)

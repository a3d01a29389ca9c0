"""A dialogue with a few lines to fill in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input

from data.domain.errors import Problem
from tui.i18n import _
from tui.widgets.field_messages import FieldChanged, FieldLeft, FieldRefused
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
    DEFAULT_CSS = """
    AskFields {
        align: center middle;
        & > .sheet {
            width: 100%;
            max-width: 72;
            height: auto;
            max-height: 100%;
            padding: 1 2;
            background: $panel;
        }
        & VerticalScroll { height: auto; max-height: 16; margin-top: 1; }
    }
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
        self._fields = {
            one.name: Labelled(one.label, SubmitField(one.initial), note=one.note, close=True)
            for one in fields
        }

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield Heading(self._heading)
            with VerticalScroll(can_focus=False):
                yield from self._fields.values()
            yield Note(_("Enter accepts   Tab goes on   Esc cancels"))

    def on_mount(self) -> None:
        self._lines()[0].focus()
        self._show((self._fault,) if self._fault else ())

    @on(Input.Submitted)
    def action_accept(self) -> None:
        typed = {name: line.value.strip() for name, line in zip(self._fields, self._lines(), strict=True)}
        problems = self._check(typed)
        self._show(problems)
        if not problems:
            self.dismiss(typed)

    def _show(self, problems: Sequence[Problem]) -> None:
        """Put each beside its field, and go to the first."""
        for problem in reversed(problems):
            field = self._fields[problem.field]
            field.error = problem.message
            field.control.focus()

    @on(FieldLeft)
    def _left(self, event: FieldLeft) -> None:
        lines = self._lines()
        there = next(index for index, line in enumerate(lines) if line is event.field) + event.step
        if 0 <= there < len(lines):
            lines[there].focus()

    @on(FieldChanged)
    def _changed(self, event: FieldChanged) -> None:
        self._of(event).error = None

    @on(FieldRefused)
    def _refused(self, event: FieldRefused) -> None:
        self._of(event).error = event.reason

    def _of(self, event: FieldChanged | FieldRefused) -> Labelled:
        return next(field for field in self._fields.values() if field.control is event.field)

    def _lines(self) -> list[SubmitField]:
        return [field.control for field in self._fields.values() if isinstance(field.control, SubmitField)]

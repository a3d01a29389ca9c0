"""Everything that keeps a template from being published, to choose what to mend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from data.domain.errors import Problem
from tui.building.content import Content, Head
from tui.i18n import _, ngettext, say
from tui.screens.builder.kinds import name_of
from tui.screens.builder.row_fields import head_word
from tui.widgets.menu import PlainList
from tui.widgets.plain import Heading, Note, content, fit

_NAME = 50
"""Cells that the wording of an item takes at most, so that what is wrong with it is seen."""


class ProblemList(ModalScreen[None]):
    """Calls `chosen` with the problem to mend; by Esc not at all."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f7", "dismiss", show=False)]
    DEFAULT_CSS = """
    ProblemList {
        align: center middle;
        & > Vertical {
            width: 100%;
            max-width: 90;
            height: auto;
            max-height: 100%;
            padding: 1 2;
            background: $panel;
        }
        & PlainList { height: auto; max-height: 16; margin: 1 0; }
    }
    """

    def __init__(self, content: Content, chosen: Callable[[Problem], None]) -> None:
        super().__init__()
        self._content = content
        self._problems: Sequence[Problem] = content.problems
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        count = len(self._problems)
        with Vertical():
            yield Heading(ngettext("{n} thing to mend", "{n} things to mend", count).format(n=count))
            yield PlainList(*(Option(content(self._words(problem))) for problem in self._problems))
            yield Note(_("↑ ↓ choose   Enter goes there   Esc closes"))

    def on_mount(self) -> None:
        self.query_one(PlainList).focus()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss()
        self._chosen(self._problems[event.option_index])

    def _words(self, problem: Problem) -> str:
        row = self._content.row_of(problem)
        if isinstance(row, Head):
            return f"{head_word(row)}: {say(problem.message)}"
        item = self._content.form.item(row)
        number = self._content.rows[row] - len(Head) + 1
        return f"{number} {fit(name_of(item), _NAME) if item else ''}: {say(problem.message)}"

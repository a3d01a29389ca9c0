"""Which type of item to add: one more key after `a`, and the wording can be typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from data.domain.forms import AnyItem
from tui.i18n import _
from tui.screens.builder.kinds import KINDS, Kind
from tui.widgets.plain import Heading, Note, content, pad

_WORD = 18
"""Cells for the name of a type, so that the explanations stand in a column."""


class TypeList(ModalScreen[None]):
    """Calls `chosen` with the type; by Esc not at all.

    A screen's result is told by a message, and letters typed before it arrives would act in the outline
    rather than be written in the new item: hence a call.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        *(Binding(kind.key, f"choose('{kind.key}')", show=False) for kind in KINDS),
    ]
    DEFAULT_CSS = """
    TypeList {
        align: center middle;
        & > Vertical { width: 100%; max-width: 66; height: auto; padding: 1 2; background: $panel; }
        & OptionList {
            height: auto;
            max-height: 100%;
            margin: 1 0;
            padding: 0;
            border: none;
            background: transparent;
            &:focus { border: none; }
            & > .option-list--option-highlighted { background: transparent; color: $foreground; }
            &:focus > .option-list--option-highlighted { text-style: reverse; }
        }
    }
    """

    def __init__(self, chosen: Callable[[type[AnyItem]], None]) -> None:
        super().__init__()
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Heading(_("Add"))
            yield OptionList(*(Option(_prompt(kind), id=kind.key) for kind in KINDS), markup=False)
            yield Note(_("The key or Enter chooses   Esc closes"))

    def on_mount(self) -> None:
        types = self.query_one(OptionList)
        types.highlighted = 0
        types.focus()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.action_choose(str(event.option_id))

    def action_choose(self, key: str) -> None:
        self.dismiss()
        self._chosen(next(kind.type for kind in KINDS if kind.key == key))


def _prompt(kind: Kind) -> Content:
    # Not muted: muted text would not stand out enough on the cursor's colour.
    words = pad(_(kind.word), _WORD) + _(kind.explanation)
    return content(f" {kind.key}  ", "bold") + content(words)

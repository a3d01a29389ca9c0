"""A short list whose choices each have a digit."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.widgets.plain import content


class DigitMenu(OptionList):
    """Options numbered from 1: a digit chooses at once, arrows and Enter as usual. At most nine options.

    Posts `OptionList.OptionSelected`.
    """

    DEFAULT_CSS = """
    DigitMenu { border: none; padding: 0; background: transparent; height: auto; }
    DigitMenu:focus { border: none; }
    DigitMenu > .option-list--option-highlighted { text-style: none; background: transparent; color: $foreground; }
    DigitMenu:focus > .option-list--option-highlighted { text-style: reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "cursor_up", show=False),
        Binding("j", "cursor_down", show=False),
        *(Binding(str(digit), f"choose({digit})", show=False) for digit in range(1, 10)),
    ]

    def __init__(self, *options: Option, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        numbered = [
            Option(Content.assemble(content(f" {number}  "), content(str(option.prompt))), id=option.id)
            for number, option in enumerate(options, start=1)
        ]
        super().__init__(*numbered, id=id, markup=False)
        self.highlighted = 0 if numbered else None

    def action_choose(self, number: int) -> None:
        if number <= self.option_count:
            self.highlighted = number - 1
            self.action_select()

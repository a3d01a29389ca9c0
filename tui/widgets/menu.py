"""Short lists of choices."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.strip import Strip
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.widgets.field_messages import FieldLeft
from tui.widgets.plain import content

CURSOR = "› "


class PlainList(OptionList):
    """Options below each other without a frame; `›` stands before the highlighted one, colour or not.

    The arrow up at the first option leaves the list (`FieldLeft`). Posts `OptionList.OptionSelected`.
    """

    DEFAULT_CSS = """
    PlainList {
        border: none;
        padding: 0;
        height: auto;
        background: transparent;
        &:focus { border: none; background-tint: transparent; }
        & > .option-list--option-highlighted {
            background: transparent;
            color: $foreground;
            text-style: none;
        }
        &:focus > .option-list--option-highlighted {
            background: $primary;
            color: $background;
            text-style: bold;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "cursor_up", show=False),
        Binding("j", "cursor_down", show=False),
    ]

    def __init__(self, *options: Option, id: str | None = None) -> None:  # noqa: A002 (Textual's name for it)
        super().__init__(*options, id=id, markup=False)
        self.highlighted = 0 if options else None

    def action_cursor_up(self) -> None:
        if self.highlighted in (None, 0):
            self.post_message(FieldLeft(self, -1))
        else:
            super().action_cursor_up()

    def action_cursor_down(self) -> None:
        # Textual's list begins again at its end: a person who holds the key down would not notice.
        if self.highlighted is None or self.highlighted + 1 < self.option_count:
            super().action_cursor_down()

    def _get_left_gutter_width(self) -> int:
        return len(CURSOR)

    def render_line(self, y: int) -> Strip:
        line = super().render_line(y)
        at = self.scroll_offset.y + y
        here = at < len(self._lines) and self._lines[at] == (self.highlighted, 0)
        style = next((segment.style for segment in line if segment.style), None)
        return Strip([Segment(CURSOR if here else " " * len(CURSOR), style), *line])


class DigitMenu(PlainList):
    """Options numbered from 1: a digit chooses at once, arrows and Enter as usual. At most nine options."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(str(digit), f"choose({digit})", show=False) for digit in range(1, 10)
    ]

    def __init__(self, *options: Option, id: str | None = None) -> None:  # noqa: A002 (Textual's name for it)
        numbered = [
            Option(Content.assemble(content(f"{number}  "), content(str(option.prompt))), id=option.id)
            for number, option in enumerate(options, start=1)
        ]
        super().__init__(*numbered, id=id)

    def action_choose(self, number: int) -> None:
        if number <= self.option_count:
            self.highlighted = number - 1
            self.action_select()

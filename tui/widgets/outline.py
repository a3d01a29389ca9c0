"""An outline: one line a row, a cursor, and marks for what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.columns import Column, draw, widths

CURSOR = "› "
NO_CURSOR = "  "
FAULT = "✗"


class Line(NamedTuple):
    """A row as it is shown: `value` stands at the right of `text`, `fault` marks what must be mended."""

    text: str
    value: str = ""
    fault: bool = False


class Outline(Widget, can_focus=True):
    """Lines to walk through with the arrows or j and k.

    It draws the lines in view only, and moves by itself rather than by Textual's scrolling, so that an edit
    costs no layout. `cursor` is right at once; `Highlighted` arrives after the keys typed meanwhile.
    What else may be done with a line, the screen binds.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"outline--cursor", "outline--here"}
    DEFAULT_CSS = """
    Outline {
        height: 1fr;
        & > .outline--here { text-style: bold; }
        & > .outline--cursor { text-style: reverse; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "go(0)", show=False),
        Binding("end", "go(-1)", show=False),
    ]

    class Highlighted(Message):
        """The person moved the cursor to the line with this index."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name for it)
        super().__init__(id=id)
        self.lines: Sequence[Line] = ()
        self.cursor = 0
        self._top = 0

    def show(self, lines: Sequence[Line], cursor: int) -> None:
        """Show these lines, with the cursor on one of them; nothing is posted."""
        before = self._in_view()
        self.lines = lines
        self._put(cursor)
        # Painting is most of what a key costs, and an edit changes a line or two.
        changed = [y for y, (old, new) in enumerate(zip(before, self._in_view(), strict=True)) if old != new]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def on_resize(self, _event: events.Resize) -> None:
        self._put(self.cursor)
        self.refresh()

    def action_move(self, step: int) -> None:
        self._move(self.cursor + step)

    def action_page(self, pages: int) -> None:
        self._move(self.cursor + pages * max(1, self.size.height - 1))

    def action_go(self, index: int) -> None:
        self._move(index % max(1, len(self.lines)))

    def render_line(self, y: int) -> Strip:
        """Line `y` of the view."""
        width = self.size.width
        index = self._top + y
        if index >= len(self.lines):
            return Strip.blank(width, self.rich_style)
        line = self.lines[index]
        here = index == self.cursor
        base = self.rich_style
        if here:
            base = self.get_component_rich_style("outline--cursor" if self.has_focus else "outline--here")
        columns: list[Column[Line]] = [
            Column("", 1, lambda line: line.text, flexible=True),
            Column("", 1, lambda line: FAULT if line.fault else ""),
        ]
        if line.value:
            columns.insert(1, Column("", len(line.value), lambda line: line.value))
        sizes = widths(columns, width - len(CURSOR))
        values = [column.value(line) for column in columns]
        return draw(
            self.app.console, width, base, CURSOR if here else NO_CURSOR, zip(values, sizes, strict=True)
        )

    def _in_view(self) -> list[tuple[Line | None, bool]]:
        """What each line of the view shows, and whether the cursor is there."""
        rows = range(self._top, self._top + self.size.height)
        return [(self.lines[row] if row < len(self.lines) else None, row == self.cursor) for row in rows]

    def _move(self, cursor: int) -> None:
        before, top = self.cursor, self._top
        self._put(cursor)
        if self.cursor == before:
            return
        if self._top == top:
            self.refresh(*(Region(0, index - top, self.size.width, 1) for index in (before, self.cursor)))
        else:
            self.refresh()
        self.post_message(self.Highlighted(self.cursor))

    def _put(self, cursor: int) -> None:
        """Set the cursor, and the nearest top that fills the view with the cursor in it."""
        height = max(1, self.size.height)
        self.cursor = max(0, min(cursor, len(self.lines) - 1))
        top = max(0, min(self._top, len(self.lines) - height))
        self._top = max(self.cursor - height + 1, min(top, self.cursor))

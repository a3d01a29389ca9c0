"""Differences line by line, each behind its sign; what is too long for a line goes on below its beginning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text as RichText
from textual.geometry import Size
from textual.widget import Widget

from data.domain.form_diff import Act
from tui.widgets.hanging import block, hanging

SIGNS = {Act.ADDED: "+", Act.REMOVED: "−", Act.CHANGED: "~", Act.MOVED: "»"}
"""Stand before lines, so that nothing is told by colour alone."""

INDENT = "    "


@dataclass(frozen=True)
class DiffLine:
    """A line of differences; `depth` is how far it is set in below the part that it belongs to."""

    act: Act
    text: str
    depth: int = 0


class DiffView(Widget):
    """All the lines, as high as they need; it stands in something that scrolls."""

    COMPONENT_CLASSES = {"diff--added", "diff--removed", "diff--part"}
    DEFAULT_CSS = """
    DiffView {
        height: auto;
        & > .diff--added { color: $text-success; }
        & > .diff--removed { color: $text-error; }
        & > .diff--part { text-style: bold; }
    }
    """

    def __init__(self, lines: Sequence[DiffLine]) -> None:
        super().__init__()
        self._differences = lines
        self._wrapped: tuple[int, list[RichText]] = (-1, [])

    def render(self) -> RichText:
        return block(self._at_width(self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 (Textual's hook)
        """The rows of all lines, wrapped to `width`."""
        return len(self._at_width(width))

    def _at_width(self, width: int) -> list[RichText]:
        if self._wrapped[0] != width:
            self._wrapped = (width, [row for line in self._differences for row in self._rows(line, width)])
        return self._wrapped[1]

    def _rows(self, line: DiffLine, width: int) -> list[RichText]:
        lead = f"{INDENT * line.depth}{SIGNS[line.act]} "
        rows = hanging(self.app.console, width, lead, line.text)
        looks = {Act.ADDED: "diff--added", Act.REMOVED: "diff--removed"}
        names = [looks[line.act]] if line.act in looks else []
        for name in names if line.depth else [*names, "diff--part"]:
            style = self.get_component_rich_style(name, partial=True)
            for row in rows:
                row.stylize(style)
        return rows

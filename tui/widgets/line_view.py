"""A view that draws its own lines, each once: what is painted again is only what was refreshed."""

from __future__ import annotations

from typing import Self

from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip


class LineView(ScrollView):
    """Keeps its lines as they are written, filters and all.

    A subclass draws them in `render_line`, which may give the same strip again for another place: nothing is
    measured, cut or encoded anew then. Textual would style each line once more, to add the border, padding
    and opacity that such a view can't have.
    """

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 (Textual's name for it)
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        self._finished: dict[int, Strip] = {}
        self._finished_width = 0
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)

    def forget_lines(self) -> None:
        """Nothing that was drawn stays: styles, the width, or what the lines say may be other ones."""
        self._finished.clear()

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """As Textual's; without regions, all that was drawn is forgotten."""
        if not regions:
            self.forget_lines()
        for region in regions:
            for y in region.line_range:
                self._finished.pop(y, None)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        self.forget_lines()
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a region of the view; `crop` is in cells from its corner."""
        if self._finished_width != self.size.width:
            self._finished_width = self.size.width
            self.forget_lines()
        missing = [y for y in crop.line_range if y not in self._finished]
        if missing:
            strips = [self.render_line(y) for y in missing]
            background = self.background_colors[1]
            for filter_ in self.get_line_filters():
                strips = [strip.apply_filter(filter_, background) for strip in strips]
            self._finished.update(zip(missing, strips, strict=True))
        lines = [self._finished[y] for y in crop.line_range]
        if crop.column_span == (0, self.size.width):
            return lines
        return [line.crop(*crop.column_span) for line in lines]

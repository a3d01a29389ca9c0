"""What is painted when a part of the screen has changed: that part, and nothing around it."""

from __future__ import annotations

from collections.abc import Iterable

from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class NarrowCompositor(Compositor):
    """Asks widgets for the rows that are painted. Textual's own asks every widget in view for all of its
    lines when one row of one of them has changed, and throws away what it did not need.

    Private to Textual 8.2.8, which is pinned; `tests/tui/test_painting.py` compares the two.
    """

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """Each widget's region, what is seen of it, and those lines, from front to back until all is covered.

        Only rows are narrowed: lines are cut at columns that the whole screen has in common.
        """
        screen = self.size.region
        rows = screen if crop is None else Region(0, crop.y, screen.width, crop.height).intersection(screen)
        for widget, (region, clip) in self.visible_widgets.items():
            seen = clip.intersection(rows)
            part = region.intersection(seen)
            if part:
                yield region, seen, widget.render_lines(part.translate(-region.offset))
            if part == rows:
                return


def paint(widget: Widget) -> None:
    """Paint now what has changed in a widget of the screen in view. Textual would wait for the next of its
    sixty moments a second, and often for the one after it; private to Textual 8.2.8."""
    screen = widget.screen
    screen._dirty_widgets.add(widget)
    screen._on_timer_update()

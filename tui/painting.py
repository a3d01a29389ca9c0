"""What is painted, and when: only the part of the screen that has changed, and no place before it is there.

Private to Textual 8.2.8, which is pinned; `tests/tui/test_painting.py` knows what must hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from textual._compositor import Compositor
from textual.app import App
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

Result = TypeVar("Result")


class NarrowCompositor(Compositor):
    """Asks widgets for the rows that are painted. Textual's own asks every widget in view for all of its
    lines when one row of one of them has changed, and throws away what it did not need.
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


class PaintedScreen(Screen[Result]):
    """Paints narrowly; and while updates rest, nothing: Textual would draw all, to throw it away."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = NarrowCompositor()

    def _compositor_refresh(self) -> None:
        if not self.app._batch_count:
            super()._compositor_refresh()

    def _screen_resized(self, _size: Size) -> None:
        # The size that is, not one that was on its way: each tells the screen of itself, and while updates
        # rest, two of them would go on replacing each other for ever.
        super()._screen_resized(self.app.size)


class PaintedApp(App[None], inherit_bindings=False):
    """Changes places in one frame, as soon as the new one is there."""

    _curtain: Timer | None = None

    @property
    def curtained(self) -> bool:
        """Whether nothing is painted before `show`."""
        return self._curtain is not None

    def delay_update(self, delay: float = 0.05) -> None:
        """Paint nothing until `show`, which comes by itself after `delay` seconds. Textual asks for this when
        one changes places, and always waits for all of them."""
        if self._curtain is None:
            self._begin_batch()
        else:
            self._curtain.stop()
        self._curtain = self.set_timer(delay, self.show)

    def show(self) -> None:
        """Paint from now on: there is something to see."""
        if self._curtain is not None:
            self._curtain.stop()
            self._curtain = None
            self._end_batch()
            self.screen.refresh()
            self.screen.refresh_bindings()


def paint(widget: Widget) -> None:
    """Paint now what has changed in a widget of the screen in view. Textual would wait for the next of its
    sixty moments a second, and often for the one after it."""
    screen = widget.screen
    screen._dirty_widgets.add(widget)
    screen._on_timer_update()

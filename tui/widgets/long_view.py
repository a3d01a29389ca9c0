"""A view that is longer than the screen: mounted bit by bit, and scrolled no farther than needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from textual.containers import VerticalScroll
from textual.geometry import Offset, Region
from textual.widget import AwaitMount, Widget

AT_ONCE = 12
"""Parts that are there when the view opens: more than fit on most screens. The rest follow in the background,
as many at a time, since there may be hundreds."""


class LongView(VerticalScroll):
    """Holds `parts`, of which `compose` yields those of `first_parts`.

    PageUp and PageDown scroll it from everything in it.
    """

    def __init__(
        self,
        parts: Sequence[Widget],
        *,
        can_focus: bool,
        id: str | None = None,  # noqa: A002 (Textual's name for it)
    ) -> None:
        self._parts = parts
        self._waiting: Sequence[Widget] = ()
        super().__init__(id=id, can_focus=can_focus)

    def first_parts(self, before: int = 0) -> Iterator[Widget]:
        """What to begin with: `AT_ONCE` parts, after so many others that stand above where one begins."""
        yield from self._parts[: before + AT_ONCE]
        self._waiting = self._parts[before + AT_ONCE :]

    def on_mount(self) -> None:
        self.call_after_refresh(self._mount_more)

    async def whole(self) -> None:
        """Return when all of it is there, not only what the screen has room for."""
        await self.mount_waiting()

    def mount_waiting(self) -> AwaitMount:
        """Mount what is not there yet."""
        waiting, self._waiting = self._waiting, ()
        return self.mount_all(waiting)

    @property
    def is_whole(self) -> bool:
        """Whether nothing waits to be mounted."""
        return not self._waiting

    def once_whole(self, scroll: Callable[[], None], patience: int = 10) -> None:
        """Scroll when all of it is there to be scrolled through; after `patience` refreshes at the latest,
        since a last part may have nothing to show."""
        last = next((part for part in reversed(self._parts) if part.display), self)
        if last.region or not patience:
            scroll()
            return
        self.mount_waiting()
        self.call_after_refresh(self.once_whole, scroll, patience - 1)

    def scroll_to_region(self, region: Region, **options: Any) -> Offset:
        """Scroll no farther than needed, and at once: Textual would glide the focused field to the middle,
        and until it has, others would reckon with where the view was."""
        return super().scroll_to_region(
            region, **{**options, "center": False, "animate": False, "immediate": True}
        )

    def action_page_up(self) -> None:
        turn_page(self, -1)

    def action_page_down(self) -> None:
        self.once_whole(partial(turn_page, self, 1))

    def action_scroll_end(self) -> None:
        self.once_whole(partial(self.scroll_end, animate=False))

    async def _mount_more(self) -> None:
        """Mount the next parts, and the others when the keys typed meanwhile have been answered."""
        if not self._waiting or not self.is_attached:
            return
        now, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        await self.mount_all(now)
        self.call_after_refresh(self._mount_more)


def turn_page(view: Widget, pages: int) -> None:
    """Scroll a view by so many of its heights. At once: Textual's own page keys wait for the next frame, and
    of those that arrive before it, all but one are lost."""
    height = view.scrollable_content_region.height
    view.scroll_to(y=view.scroll_y + pages * height, animate=False, immediate=True)

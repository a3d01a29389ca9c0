"""What is painted bit by bit is what a whole frame would show."""

from __future__ import annotations

from typing import Any

import pyte
from textual._compositor import CompositorUpdate
from textual.filter import LineFilter
from textual.screen import Screen

from tests.tui.case_register import Case, ListApp, Register, register, settled, started
from tui.painting import NarrowCompositor
from tui.widgets.columns import KEPT
from tui.widgets.plain import GuardFilter


class Narrow(Screen[None]):
    def __init__(self) -> None:
        super().__init__()
        self._compositor = NarrowCompositor()


class PaintedApp(ListApp):
    """A list whose frames go to a terminal, and nothing but the frames."""

    def get_default_screen(self) -> Screen[Any]:
        return Narrow()

    def begin(self, size: tuple[int, int]) -> None:
        self.terminal = pyte.Screen(*size)
        self._stream = pyte.Stream(self.terminal)

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        super()._display(screen, renderable)
        if isinstance(renderable, CompositorUpdate):
            # A real terminal is in raw mode, where a line feed goes to no first column; moves are absolute.
            self._stream.feed(renderable.render_segments(self.console))


async def test_a_terminal_shows_what_a_whole_frame_would() -> None:
    app = PaintedApp(register(2_000))
    app.begin((80, 24))
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        steps = ["down", "down", "pagedown", "up", "pagedown", *["down"] * 24, "pageup", "end", "up", "home"]
        for key in steps:
            await pilot.press(key)
            await settled(pilot)
            assert [line.rstrip() for line in app.terminal.display] == [
                line.rstrip() for line in app.lines
            ], key


async def test_lines_that_stay_drawn_are_few_however_far_one_scrolls() -> None:
    app = PaintedApp(register(3_000))
    app.begin((80, 24))
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        for _page in range(40):
            await pilot.press("pagedown")
        await settled(pilot)
        assert app.seen[0] > KEPT
        assert len(app.table._lines._kept) <= KEPT
        assert len(app.table._finished) <= 24


async def test_lines_that_stay_drawn_have_passed_the_guard() -> None:
    class Guarded(ListApp):
        guard = GuardFilter()

        def get_line_filters(self) -> list[LineFilter]:
            return [self.guard, *super().get_line_filters()]

    cases = Register([Case(1, "Åsa")])
    async with Guarded(cases, row_style=lambda _case: "link http://evil").run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        strips = app.screen._compositor.render_strips()
        assert "Åsa" in strips[1].text
        assert not any(segment.style and segment.style.link for segment in strips[1])

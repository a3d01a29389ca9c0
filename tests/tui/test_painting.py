"""What is painted bit by bit is what a whole frame would show."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pyte
import pytest
from textual._compositor import CompositorUpdate
from textual.app import ComposeResult
from textual.events import Callback, Resize
from textual.filter import LineFilter
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static

from tests.tui.case_register import Case, ListApp, Register, register, settled, started
from tests.tui.drivers import RealTerminal
from tests.tui.stories import Person
from tui.painting import PaintedApp, PaintedScreen
from tui.widgets.columns import KEPT
from tui.widgets.plain import GuardFilter


class ListInTerminal(ListApp):
    """A list whose frames go to a terminal, and nothing but the frames."""

    def get_default_screen(self) -> Screen[Any]:
        return PaintedScreen()

    def begin(self, size: tuple[int, int]) -> None:
        self.terminal = pyte.Screen(*size)
        self._stream = pyte.Stream(self.terminal)

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        super()._display(screen, renderable)
        if isinstance(renderable, CompositorUpdate):
            # A real terminal is in raw mode, where a line feed goes to no first column; moves are absolute.
            self._stream.feed(renderable.render_segments(self.console))


async def test_a_terminal_shows_what_a_whole_frame_would() -> None:
    app = ListInTerminal(register(2_000))
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
    app = ListInTerminal(register(3_000))
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


CURTAIN = """
from tui.painting import PaintedApp
PaintedApp.delay_update.__defaults__ = (3600.0,)
from tui.cli import main
main()
"""
"""Runs Omvänt where a change of places shows itself only by itself."""


@pytest.fixture
def clinics_terminal(tmp_path: Path) -> Iterator[Person]:
    arguments = ("demo", "--database", str(tmp_path / "demo.db"))
    environment = {"XDG_CONFIG_HOME": str(tmp_path)}
    terminal = RealTerminal(*arguments, program=(sys.executable, "-c", CURTAIN), env=environment)
    yield Person(terminal)
    terminal.close()


async def test_each_place_shows_itself_as_soon_as_it_is_there(clinics_terminal: Person) -> None:
    person = clinics_terminal
    await person.signs_in_as("1", "Ivar Eriksson")
    await person.press("f3")
    await person.sees("Fördelade ärenden", "Cilla")
    await person.press("f2")
    await person.sees("Mina ärenden", gone="Cilla")
    await person.signs_out()
    await person.signs_in_as("3", "Administration")
    await person.signs_out()
    await person.reads_as_tolvan()


class Resized(PaintedApp):
    """Counts how often its only screen is laid out."""

    laid_out = 0

    def get_default_screen(self) -> Screen[Any]:
        return CountingScreen()


class CountingScreen(PaintedScreen[None]):
    def compose(self) -> ComposeResult:
        yield Static("text")

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        app = cast("Resized", self.app)
        app.laid_out += 1
        assert app.laid_out < 100, "sizes go on replacing each other"
        super()._refresh_layout(size, scroll)


async def test_two_sizes_on_their_way_come_to_rest_while_nothing_is_painted() -> None:
    app = Resized()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.delay_update(3600.0)
        for rows in (25, 24, 25, 24):
            app.screen.post_message(Resize(Size(80, rows), Size(80, rows)))
            app.screen.post_message(Callback(lambda: None))  # parted, so that none stands for the others
        await pilot.pause()
        app.show()
        await pilot.pause()
        assert app.screen.size == Size(80, 24)

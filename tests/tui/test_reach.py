"""Nothing is drawn where the keyboard can't bring it into view, on any screen at 80×24."""

from __future__ import annotations

import pytest
from textual.errors import NoWidget
from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget

from data.store.store import Store
from tests.conftest import Clinic
from tests.tui.drivers import fits
from tests.tui.every_screen import all_screens, in_front, make_world, opened, openings


async def test_every_screen_is_tested_here(store: Store, clinic: Clinic) -> None:
    async with in_front(store, clinic, (80, 24)) as someone:
        screens = {type(screen_of()).__name__ for _actor, screen_of in openings(make_world(clinic), someone)}
    assert screens == all_screens(), "name the new screen in tests/tui/every_screen.py"


@pytest.mark.parametrize(("columns", "rows"), [(40, 12), (20, 4)])
async def test_every_screen_opens_in_a_tiny_terminal(
    store: Store, clinic: Clinic, columns: int, rows: int
) -> None:
    world = make_world(clinic)
    async with in_front(store, clinic, (columns, rows)) as someone:
        async for _screen in opened(someone, world):
            assert fits(someone.terminal.text(), columns, rows)


async def test_tab_brings_every_field_into_view(store: Store, clinic: Clinic) -> None:
    world, faults = make_world(clinic), []
    async with in_front(store, clinic, (80, 24)) as someone:
        async for screen in opened(someone, world):
            start, seen = screen.focused, []
            while screen.focus_chain and screen.focused not in seen and len(seen) < 50:
                if screen.focused is not None:
                    seen.append(screen.focused)
                    if not is_in_view(screen, screen.focused):
                        faults.append(f"{type(screen).__name__}: {screen.focused}")
                await someone.terminal.burst("tab")
            wanted = set(screen.focus_chain)
            assert start is None or start in seen
            if wanted - set(seen):
                faults.append(f"{type(screen).__name__}: Tab never comes to {wanted - set(seen)}")
    assert faults == []


async def test_the_keyboard_brings_every_text_into_view(store: Store, clinic: Clinic) -> None:
    world, faults = make_world(clinic), []
    async with in_front(store, clinic, (80, 24)) as someone:
        async for screen in opened(someone, world):
            leaves = [leaf for leaf in screen.query("*").results(Widget) if has_text(leaf)]
            unseen = {leaf for leaf in leaves if not is_in_view(screen, leaf)}
            for key in ("pagedown", "down", "tab"):
                before = -1
                while unseen and len(unseen) != before:
                    before = len(unseen)
                    for _step in range(1 if key == "pagedown" else 12):
                        await someone.terminal.burst(key)
                        unseen = {leaf for leaf in unseen if not is_in_view(screen, leaf)}
            faults += [f"{type(screen).__name__}: {leaf} {leaf.region}" for leaf in unseen]
    assert faults == []


def has_text(widget: Widget) -> bool:
    """Whether it is itself something to read, and not only the room for such."""
    return (
        widget.is_attached
        and not widget.children
        and widget.region.area > 0
        and all(node.display for node in widget.ancestors_with_self if isinstance(node, Widget))
        and any(strip.text.strip() for strip in widget.render_lines(widget.size.region))
    )


def is_in_view(screen: Screen[object], widget: Widget) -> bool:
    """Whether all of it is on the screen, or it fills all the room that is left to it."""
    if not widget.is_attached:
        return True
    try:
        place = screen.find_widget(widget)
    except NoWidget:
        return False
    shown = place.clip.intersection(place.region).intersection(Region(0, 0, *screen.size))
    return shown.area > 0 and (
        shown.height >= place.region.height or shown.height >= min(place.clip.height, screen.size.height)
    )

"""Any text, through the whole way of a drawn line: measured, cropped and filtered, and then as characters."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip

from tests.payloads import PAYLOADS
from tests.tui.terminal_bytes import is_obeyed
from tui.widgets import plain

PIECES = (
    st.text()
    | st.sampled_from(list(PAYLOADS.values()))
    | st.text("\x1b[]0;\u200d\ufe0f\u202e👩\u0301é漢\x9b\x07", max_size=20)
)
STYLES = st.sampled_from(
    [None, Style(), Style(bold=True, dim=True), Style(link="http://x\x1b]52;c;eA==\x07"), Style(color="red")]
)
SEGMENTS = st.lists(st.builds(Segment, PIECES, STYLES, st.sampled_from([None, [(1,)]])), max_size=6)
STYLING = re.compile(r"\x1b\[[0-9;]*m")
BLACK = Color.parse("black")


@given(SEGMENTS, st.integers(0, 30), st.integers(0, 60))
def test_whatever_a_widget_draws_only_letters_come_out(
    segments: list[Segment], first: int, last: int
) -> None:
    guard = plain.GuardFilter()
    drawn = [segment for segment in segments if not segment.control]
    safe = guard.apply(segments, BLACK)
    assert sum(segment.cell_length for segment in safe) == sum(cell_len(segment.text) for segment in drawn)
    strip = Strip(safe).crop(first, max(first, last))
    written = STYLING.sub("", strip.render(Console(force_terminal=True, color_system="truecolor")))
    assert not list(filter(is_obeyed, written))


@given(PIECES, st.integers(-1, 40))
def test_whatever_is_said_is_drawn_as_letters_in_its_room(text: str, width: int) -> None:
    for shown in (plain.guard(text, lines=False), plain.fit(text, width), plain.pad(text, width)):
        assert not list(filter(is_obeyed, shown))
    assert cell_len(plain.pad(text, width)) == max(0, width)
    assert plain.guard(plain.guard(text)) == plain.guard(text)

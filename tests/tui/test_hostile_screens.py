"""Hostile text on every screen: in what was stored past the intakes, and in what is typed and pasted."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import pytest
from textual.events import Key, Paste
from textual.screen import Screen
from textual.widgets import Input, TextArea

from data.store.store import Store
from tests.conftest import Clinic
from tests.tui.drivers import fits
from tests.tui.every_screen import (
    Beginner,
    Say,
    all_screens,
    in_front,
    make_world,
    opened,
    settled,
)
from tests.tui.poison import WITHOUT_STORED_TEXT, poisoned

OURS = (
    "[/b]",
    "\x1b]52;c;cHduZWQ=\x07",
    "\x1b[2J\x1b[H",
    "\x1b]8;;http://x\x1b\\x",
    "\x9b31m\x9d0;x\x9c",
    "\u202egnp.exe\u202c",
    "\u2066\u200b\u200d\ufeff\u061c",
    "\x00\x08\x7f\r\n",
    "\U000e0041",
    "[red]",
    "[/]",
    "[@click=app.quit]x[/]",
    "{name} %s",
)
EVER = "".join(OURS)
"""Stands in every text."""

TERMINALS_OBEY = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
AT_ONCE = 8
"""Strings of the public list in one text."""


@pytest.fixture(scope="session")
def naughty(conformance: Path) -> list[str]:
    found: list[str] = json.loads((conformance / "text" / "naughty.json").read_text(encoding="utf-8"))
    return found


def saying(texts: list[str]) -> Say:
    """Each call takes the next few of the texts, in turn, so that all of them come somewhere."""
    ring = itertools.cycle(texts)
    return lambda _place: EVER + " ".join(itertools.islice(ring, AT_ONCE))


def check_drawn(screen: Screen[object], *, columns: int = 80, rows: int = 24) -> None:
    """What the compositor would write has nothing that a terminal obeys, and keeps its width."""
    strips = screen._compositor.render_strips()
    where = type(screen).__name__
    assert fits("\n".join(strip.text for strip in strips), columns, rows), where
    for strip in strips:
        assert not (found := TERMINALS_OBEY.search(strip.text)), (where, found, strip.text)
        for segment in strip:
            assert not segment.control, where
            assert not (segment.style and segment.style.link), where


async def test_stored_text_is_only_drawn(store: Store, clinic: Clinic, naughty: list[str]) -> None:
    """The public list; `test_payloads` sends our own to a real terminal."""
    with store.writing():
        world = poisoned(make_world(clinic), saying(naughty))
    shown = set()
    async with in_front(store, clinic, (80, 24)) as someone:
        async for screen in opened(someone, world):
            check_drawn(screen)
            await someone.terminal.burst("pagedown")
            await settled(someone)
            check_drawn(someone.app.screen)
            if "[/b]" in someone.terminal.text():
                shown.add(type(screen).__name__)
    assert all_screens() - shown == WITHOUT_STORED_TEXT


async def test_typed_and_pasted_text_is_only_drawn(store: Store, clinic: Clinic, naughty: list[str]) -> None:
    """In every field of every screen: all of the public list at once, and our own sign by sign."""
    world = make_world(clinic)
    kinds = set()
    async with in_front(store, clinic, (80, 24)) as someone:
        async for screen in opened(someone, world):
            fields = [field for field in screen.focus_chain if isinstance(field, Input | TextArea)]
            for field in fields:
                if type(field) in kinds:
                    continue
                kinds.add(type(field))
                screen.set_focus(field)
                for start in range(0, len(naughty), 60):
                    empty(field)
                    await paste(someone, EVER + "\n".join(naughty[start : start + 60]))
                    check_drawn(screen)
                empty(field)
                for sign in "\x1b\x9b\u202e\u200b\ufeff\x00\U000e0041[/b][red]":
                    someone.app.post_message(Key(sign, sign))
                await settled(someone)
                check_drawn(screen)
    assert len(kinds) >= 5


def empty(field: Input | TextArea) -> None:
    if isinstance(field, Input):
        field.value = ""
    else:
        field.text = ""


async def paste(someone: Beginner, text: str) -> None:
    someone.app.post_message(Paste(text))
    await settled(someone)

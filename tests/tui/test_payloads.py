"""Thirty payloads × every widget × every screen: the bytes that come out of a real terminal.

`python -m pytest tests/tui/test_payloads.py --long` sends each payload alone, at both sizes.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from peewee import TextField
from textual.screen import Screen
from textual.widget import Widget

import tui.app  # noqa: F401 - it imports every widget
from data.store import models
from tests.payloads import PAYLOADS
from tests.proofs import Found
from tests.tui.every_screen import all_screens
from tests.tui.hostile_widgets import WIDGETS
from tests.tui.poison import MADE_OF_TEXTS, OUR_OWN, SAID, WITHOUT_STORED_TEXT, sign
from tests.tui.terminal_bytes import Page, pages
from tui.intake import BURST

SILENCE = 60
"""Seconds after which a program that writes nothing is given up; reached only when a test fails."""

ASKED = b"\x1b]9999;paste;"
ROOT = Path(__file__).parents[2]
SIZES = ((80, 24), (120, 36))
PARTS = {"Box", "FaultyBox", "FieldColumn", "LineView", "LongView", "NoFile"}
"""Widgets that only their subclasses show, those that only hold others, and one that has nobody's text."""

SEEN = {"FormView": 20, "form of staff": 20, "form to read": 5, "Paper": 10}
"""How many of the payloads have room in widgets that show a whole form; all of them in the rest."""


@dataclass(frozen=True)
class Run:
    """What a program wrote until it ended."""

    pages: list[Page]
    status: int

    @property
    def widgets(self) -> set[str]:
        """The names of the classes of all widgets that were shown."""
        return {widget for page in self.pages for widget in page.widgets}

    @property
    def pastes(self) -> dict[str, frozenset[str]]:
        """What a paste has done to each field, beside being text in it."""
        return {page.shown: page.widgets for page in self.pages if "." in page.shown}

    def with_sign(self, payload: str) -> set[str]:
        """The pages on which a payload was seen."""
        return {page.shown for page in self.pages if sign(payload) in page.drawn}


def run(folder: Path, what: str, payloads: Sequence[str], size: tuple[int, int]) -> Run:
    """Run the hostile program in a pseudo-terminal of its own to its end; paste when it asks for it."""
    columns, rows = size
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    foreign = ("OMVANT_", "TEXTUAL", "COLUMNS", "LINES", "NO_COLOR")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.tui.hostile_program", str(folder), what, *payloads],
        cwd=ROOT,
        env={**clean, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as program:
        os.close(theirs)
        try:
            raw = b"".join(_read(ours, paste_of(payloads)))
        except AssertionError:
            program.kill()
            raise
    os.close(ours)
    assert program.returncode == 0, raw[-4000:].decode("utf-8", "replace")
    return Run(pages(raw, columns, rows), program.returncode)


def _read(terminal: int, pastes: bytes) -> Iterator[bytes]:
    recent = b""
    while True:
        waiting, _, _ = select.select([terminal], [], [], SILENCE)
        assert waiting, f"nothing more came after {recent!r}"
        try:
            data = os.read(terminal, 65_536)
        except OSError:  # the program has ended, and its terminal with it
            return
        if not data:
            return
        yield data
        *asked, recent = (recent + data).split(ASKED)
        for _one in asked:
            os.write(terminal, pastes)
            time.sleep(2 * BURST)  # a person looks before typing on
            os.write(terminal, b"\x1b[20~")


def paste_of(payloads: Sequence[str]) -> bytes:
    """A paste of payloads, as from a terminal that lets an end mark through, and keys to send and leave."""
    text = "".join(PAYLOADS[name] for name in payloads)
    text += "\x1b\x1b" + "n" * 40 + "\x1b[201~\x13\x11\x0c\x1b[200~" + "\x1b[201~\x13\x11"
    return b"\x1b[200~" + text.encode("utf-8", "surrogatepass") + b"\x1b[201~"


def nothing_foreign(run: Run) -> None:
    found = {page.shown: page.foreign[:5] for page in run.pages if page.foreign}
    assert not found


def widgets_of(package: str) -> set[str]:
    """The names of the program's own widgets in a package, screens and the bases of others apart."""
    kinds = [kind for kind in _kinds(Widget) if kind.__module__.startswith(package)]
    return {kind.__name__ for kind in kinds if not issubclass(kind, Screen) and kind.__name__ not in PARTS}


def _kinds(base: type) -> Iterator[type]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)


def test_every_column_with_text_is_known_to_the_poisoners() -> None:
    """A new one must be poisoned too, or be named as the program's own."""
    for table in models.TABLES:
        texts = {field.name for field in table._meta.sorted_fields if isinstance(field, TextField)}
        known = {*SAID.get(table, ()), *MADE_OF_TEXTS.get(table, ()), *OUR_OWN}
        assert table is models.Setting or texts <= known, (table.__name__, texts - known)


def test_every_widget_only_draws_each_payload(tmp_path: Path) -> None:
    shown = run(tmp_path, "widgets", list(PAYLOADS), (100, 120))
    nothing_foreign(shown)
    for name in WIDGETS:
        seen = {payload for payload in PAYLOADS if name in shown.with_sign(payload)}
        assert len(seen) >= SEEN.get(name, len(PAYLOADS)), (name, set(PAYLOADS) - seen)
    assert widgets_of("tui.widgets") <= WIDGETS.keys() | shown.widgets


def test_every_screen_only_draws_what_is_stored_and_pasted(tmp_path: Path) -> None:
    """All payloads in one run, each in the next of all places; and in one paste into each kind of field."""
    shown = run(tmp_path, "screens", list(PAYLOADS), SIZES[0])
    nothing_foreign(shown)
    for payload in PAYLOADS:
        assert len(shown.with_sign(payload)) >= 3, payload
    assert all_screens() - set[str]().union(*map(shown.with_sign, PAYLOADS)) == WITHOUT_STORED_TEXT
    assert widgets_of("tui.screens") <= shown.widgets
    assert set(shown.pastes.values()) == {frozenset({"nothing"})}, shown.pastes
    assert len(shown.pastes) >= 7


def test_each_payload_alone_in_every_place_and_field(
    tmp_path: Path, found: Found, request: pytest.FixtureRequest
) -> None:
    if not request.config.getoption("long"):
        pytest.skip("sixty runs of the program: pytest --long")
    shown = fields = 0
    for number, (payload, size) in enumerate(itertools.product(PAYLOADS, SIZES)):
        folder = tmp_path / str(number)
        folder.mkdir()
        alone = run(folder, "fields", [payload], size)
        nothing_foreign(alone)
        assert all_screens() - alone.with_sign(payload) == WITHOUT_STORED_TEXT, (payload, size)
        assert set(alone.pastes.values()) == {frozenset({"nothing"})}, (payload, size, alone.pastes)
        shown += len(alone.pages) - len(alone.pastes)
        fields += len(alone.pastes)
    found(
        f"{len(PAYLOADS)} payloads: {shown} pages and {fields} pastes with 0 control bytes but the program's"
        " own, 0 keys from a paste, 0 crashes"
    )

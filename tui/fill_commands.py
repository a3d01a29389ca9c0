"""`omvant demo --fill`: a large made-up database, with a bar that shows how far it has come."""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from tui import i18n
from tui.i18n import _

if TYPE_CHECKING:
    from data.domain.errors import Message

_WIDEST = 40
"""Columns of the bar itself, at most."""


def add_fill(demo: argparse.ArgumentParser) -> None:
    """Add the option to `omvant demo`."""
    demo.add_argument(
        "--fill",
        type=int,
        metavar=_("CASES"),
        help=_("make a database with so many made-up cases at --database PATH, and end"),
    )


def fill(options: argparse.Namespace, chosen: str | None) -> int:
    """Make the database that the options ask for; `chosen` is where, if that was said."""
    import sys

    from data import fill
    from data.domain.errors import Message, Unavailable
    from data.store.database import path_of
    from tui.widgets.plain import guard

    if chosen is None:
        raise Unavailable(Message("Say where the database is to be made, with --database PATH"))
    path = path_of(chosen)
    began = time.monotonic()
    try:
        with Bar(sys.stderr) as bar:
            fill.fill(path, options.fill, progress=bar.show)
    except KeyboardInterrupt:
        print(_("Interrupted: no database was made"), file=sys.stderr)
        return 1
    done = _("Made {path}: {cases}, {size} MB, {seconds} s")
    cases = i18n.ngettext("{n} case", "{n} cases", options.fill).format(n=options.fill)
    size, seconds = f"{path.stat().st_size / 1_000_000:.1f}", f"{time.monotonic() - began:.1f}"
    print(done.format(path=guard(str(path), lines=False), cases=cases, size=size, seconds=seconds))
    print(_("Try it with omvant demo and the same --database; the password of all is demo."))
    return 0


class Bar:
    """What is being done and how far it has come: a bar on a terminal, a line for each thing elsewhere."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._out = out
        self._drawn = out.isatty()
        self._clock = clock
        self._told = ""
        self._next = 0.0

    def show(self, what: Message, share: float) -> None:
        """Tell that `what` is being done, and which part of all is done, from 0 to 1."""
        words = i18n.say(what)
        new, self._told = words != self._told, words
        if not self._drawn:
            if new:
                print(f"{share:4.0%} {words}", file=self._out, flush=True)
        elif new or self._clock() >= self._next:
            self._next = self._clock() + 0.1
            self._out.write(f"\r{self._line(words, share)}\x1b[K")
            self._out.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn and self._told:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def _line(self, words: str, share: float) -> str:
        columns = shutil.get_terminal_size().columns - 1
        wide = max(0, min(_WIDEST, columns - len(words) - 8))
        full = round(wide * share)
        return f"{'█' * full}{'░' * (wide - full)} {share:4.0%} {words}"[:columns]

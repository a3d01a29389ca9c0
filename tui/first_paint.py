"""A quick start: what the first screen does not show waits until it is painted.

Four fifths of a start are imports. So modules of the first screens import what they lead to when it is gone
to, within functions; `tests/tui/test_first_paint.py` knows what may be there when the sign-in screen and the
list are painted.
"""

from __future__ import annotations

import gc
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.session import Session

MOMENT = 0.5
"""Seconds after the start of the first screen until the rest is done: nobody has typed their name by then."""

_NEXT = ("data.ssh", "data.cases", "tui.screens.case_list")
"""What those who sign in go to. Not forms: pydantic takes more memory than all the rest of ours."""


def hold() -> None:
    """Call before Textual is imported: looking for garbage among new modules takes a fifth of their time."""
    gc.disable()


def import_next() -> None:
    """Import what comes next at once, for those who begin there: when the database's thread imports it, the
    screen's waits meanwhile, since only one of them runs Python at a time."""
    for name in _NEXT:
        import_module(name)


async def make_good(session: Session) -> None:
    """Import what comes next, in the session's thread, and look for garbage again: only among what is new."""
    for name in _NEXT:
        await session.run(import_module, name)
    if not gc.isenabled():
        gc.collect()  # what is frozen stays, the start's garbage too
        gc.freeze()
        gc.enable()

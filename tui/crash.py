"""What is shown when the program itself is at fault: where, and nothing of what it worked with.

Textual's own crash screen prints local variables and the error's text: patients' names and answers.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

from rich.text import Text
from textual.worker import WorkerFailed

from tui.i18n import _
from tui.widgets.plain import cell


def report(error: BaseException) -> Text:
    """The kind of error and the places it came through, innermost last; causes first."""
    lines = [_("Omvänt has stopped because of a fault of its own. What you had typed is kept."), ""]
    for fault in _chain(error):
        lines += [f"{type(fault).__module__}.{type(fault).__qualname__}", *_places(fault)]
    lines += ["", _("Give these lines to whoever runs Omvänt for you; they hold no patient data.")]
    return Text("\n").join(map(cell, lines))


def _chain(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, WorkerFailed):
        error = error.error
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _chain(cause)
    yield error


def _places(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        # The file's name alone: a whole path tells of the machine and its users.
        yield f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}"

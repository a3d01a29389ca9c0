"""What the program refuses from its surroundings, and leaves behind in none of them: patients' data.

Textual obeys some thirty variables of the environment (8.2.8, `textual/constants.py`, `app.py`): TEXTUAL_LOG
and TEXTUAL_DEBUG write files with what happens and every key, passwords too; TEXTUAL_SCREENSHOT saves the
screen; TEXTUAL_DRIVER loads foreign code; TEXTUAL_PRESS presses keys; TEXTUAL=devtools tells it to a port.
Python prints an error with its text, which may name a patient, wherever nobody catches it.
"""

from __future__ import annotations

import logging
import os
import resource
import sys
import threading
from collections.abc import MutableMapping
from types import TracebackType

_REFUSED = ("TEXTUAL", "PYTHONASYNCIODEBUG")


def secure() -> None:
    """Call once at the start of the process, before anything imports Textual."""
    refuse(os.environ)
    # A dump of the memory would hold patients' texts and the key of the database.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _tell(args.exc_value)
    sys.unraisablehook = lambda args: _tell(args.exc_value)
    # asyncio logs what nobody waited for; without a handler, Python would print it with its text.
    logging.getLogger().addHandler(logging.NullHandler())


def refuse(environ: MutableMapping[str, str]) -> None:
    """Take out what would make a library write down what is on the screen, or do something of its own."""
    for name in [name for name in environ if name.startswith(_REFUSED)]:
        del environ[name]


def _uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    if not isinstance(error, KeyboardInterrupt):
        _tell(error)


def _tell(error: BaseException | None) -> None:
    """Where it happened, and none of what the error says."""
    from tui.crash import report

    if error is not None and sys.stderr is not None:
        sys.stderr.write(f"{report(error).plain}\n")

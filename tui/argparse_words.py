"""What argparse itself says, in the interface's language.

Argparse looks its sentences up with gettext in a catalogue of its own, which no Python brings along. Its ids
are listed here for ours; in a version of Python that words a sentence otherwise, that one is English.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from tui.i18n import N_, _, ngettext

WORDS = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("expected one argument"),
    N_("ignored explicit argument %r"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
)
"""Every sentence that `omvant`'s own arguments can bring about, as Python 3.11 to 3.13 word them."""


@contextmanager
def translated() -> Iterator[None]:
    """Let argparse speak the chosen language, while parsers are made and used."""
    names = vars(argparse)
    before = {name: names[name] for name in ("_", "ngettext")}
    names.update(_=_, ngettext=ngettext)
    try:
        yield
    finally:
        names.update(before)

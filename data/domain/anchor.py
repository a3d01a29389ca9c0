"""Anchors: what is kept outside the database of how far each chain of the access log had come.

A chain proves its own order and content to who has the key. That its end was not cut off, and that nobody who
had the key wrote all of it anew, only a witness elsewhere can prove (OWASP ASVS 5.0, 16.4.3: logs are kept in
a separate system). The format is text, one line a chain:

    omvant-log-anchor 1
    2 4711 <64 hexadecimal digits> 2026-03-02T08:00:00+00:00 Vårdcentralen Björken

that is the chain, the number, the MAC and the moment of its last entry, and what the clinic is called (for
people only). Files may be joined: every line that begins with the name of the format is
passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from data.domain.errors import invalid
from data.domain.text import clean
from data.domain.value import Frozen

FORMAT = "omvant-log-anchor"
VERSION = "1"

FILE_LIMIT = 10_000_000
"""Bytes of a file of anchors: tens of thousands of them."""

_NAME_LIMIT = 200
_LINE = re.compile(r"([0-9]{1,18}) ([0-9]{1,18}) ([0-9a-f]{64}) (\S{1,40})(?: (.*))?")


class Anchor(Frozen):
    """A chain's last entry, which was written `at`; `clinic` is empty for the chain that belongs to none."""

    chain: int
    number: int
    mac: str
    at: datetime
    clinic: str = ""


def written(anchors: Iterable[Anchor]) -> str:
    """The anchors as a file."""
    lines = [f"{FORMAT} {VERSION}"]
    for one in anchors:
        name = clean(one.clinic, limit=_NAME_LIMIT)
        lines.append(
            f"{one.chain} {one.number} {one.mac} {one.at.isoformat(timespec='seconds')} {name}".rstrip()
        )
    return "".join(f"{line}\n" for line in lines)


def parse(content: bytes) -> tuple[Anchor, ...]:
    """The anchors of a file. Raises `Invalid` for a line that is none, and for a file without any."""
    found = []
    text = content.decode("utf-8", errors="replace").replace("\r\n", "\n")
    for number, line in enumerate(text.split("\n"), start=1):
        if not line or line == f"{FORMAT} {VERSION}":
            continue
        match = _LINE.fullmatch(line)
        try:
            at = datetime.fromisoformat(match[4]) if match else None
        except ValueError:
            at = None
        if match is None or at is None:
            raise invalid("file", "Line {number} is no anchor of the access log", number=number)
        name = clean(match[5] or "", limit=_NAME_LIMIT)
        found.append(Anchor(chain=int(match[1]), number=int(match[2]), mac=match[3], at=at, clinic=name))
    if not found:
        raise invalid("file", "The file holds no anchor of the access log")
    return tuple(found)

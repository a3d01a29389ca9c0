"""What tests of the database file share: keys, what is said of a file, and being cut off half-way."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from data.domain.errors import Unavailable
from data.store import models, replacing
from data.store.database import open_store
from data.store.keys import EncryptionKey

KEY = EncryptionKey(b"k" * 32)
OTHER = EncryptionKey(b"o" * 32)
UNENCRYPTED = b"SQLite format 3\x00"
"""How a file begins that is not encrypted."""

PATIENT = "Tolvan Tolvansson"


@contextmanager
def told(words: str) -> Iterator[None]:
    """The block fails with an `Unavailable` that says `words`."""
    with pytest.raises(Unavailable) as error:
        yield
    assert words in str(error.value)


def name_of_a_patient(path: Path, key: EncryptionKey | None = None) -> str:
    """Open the database as a terminal does, and read `PATIENT` from it."""
    store = open_store(path, key=key)
    try:
        name: str = models.Patient.get(models.Patient.number == "191212121212").name
        return name
    finally:
        store.close()


def names_in(folder: Path) -> list[str]:
    """What lies in a folder, save the empty files that writers take turns by (`data.store.turn`)."""
    turns = (".next", ".turn")
    return sorted(file.name for file in folder.iterdir() if file.suffix not in turns)


def cut_off_at(line: int, act: Callable[[], object]) -> bool:
    """Run the act in a process that is gone at its `line`-th line of `replacing`; whether it got so far."""
    child = os.fork()
    if child == 0:
        passed = 0

        def trace(frame: FrameType, event: str, arg: object) -> Any:
            nonlocal passed
            if frame.f_code.co_filename != replacing.__file__ or frame.f_code.co_name == "_digests":
                return None
            if event == "line":
                passed += 1
                if passed == line:
                    os._exit(9)
            return trace

        sys.settrace(trace)
        try:
            act()
        except BaseException:  # a child of a test must never go on as the test
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in (0, 9)
    return os.waitstatus_to_exitcode(status) == 9

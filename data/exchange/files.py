"""Reading and writing the files that people name: only ordinary ones, bounded, and never half a file.

Whoever names the file may be an administrator in a restricted account on the clinic's server, so nothing that
is no ordinary file is even opened: a pipe would wait for ever, a device may do something when it is read.
"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from data.domain.errors import Conflict, Message, NotFound, Unavailable, invalid


def read_file(path: Path, limit: int, *, follow: bool = True) -> bytes:
    """The content of an ordinary file of at most `limit` bytes; `follow` symbolic links to it.

    Raises `NotFound`, `Unavailable` for what can't be read or is no ordinary file, `Invalid` for too much.
    """
    _ordinary(path)
    try:
        # Non-blocking, should it have become a pipe since it was looked at.
        descriptor = os.open(
            path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | (0 if follow else os.O_NOFOLLOW)
        )
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _no_file(path)
            content = file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    if len(content) > limit:
        raise invalid("file", "The file is too large: at most {limit} MB", limit=limit // 1_000_000)
    return content


def readable_fault(path: Path) -> Message | None:
    """Why there is nothing to read at a path, as far as can be seen without opening it."""
    try:
        _ordinary(path)
    except (NotFound, Unavailable) as error:
        return error.message
    return None if os.access(path, os.R_OK) else Message("You may not read {path}", path=path)


def writable_fault(path: Path) -> Message | None:
    """Why a file can't be written at a path, apart from one that is there already."""
    try:
        if path.is_dir():
            return Message("{path} is a folder: write the file's name too", path=path)
        if not path.parent.is_dir():
            return Message("There is no folder {folder}", folder=path.parent)
        if path.exists() and not path.is_file():
            return _no_file(path).message
    except (OSError, ValueError) as error:
        return unwritable(path, error).message
    return (
        None
        if os.access(path.parent, os.W_OK)
        else Message("You may not write in {folder}", folder=path.parent)
    )


def write_file(path: Path, content: bytes, *, replace: bool = False) -> None:
    """Write a file that only its owner may read, whole or not at all.

    Raises `Conflict` where there is one already, unless it may be replaced, and `Unavailable`.
    """
    if fault := writable_fault(path):
        raise Unavailable(fault)
    try:
        descriptor, name = tempfile.mkstemp(prefix=".omvant-", dir=path.parent)
        try:
            with open(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if replace:
                os.replace(name, path)
            else:
                os.link(name, path)  # fails where there is a file, however late it came
        finally:
            Path(name).unlink(missing_ok=True)
    except FileExistsError:
        raise Conflict(Message("There is a file at {path} already", path=path)) from None
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error


def unreadable(path: Path, error: Exception) -> Unavailable:
    """What to raise where reading failed for a reason of the system's."""
    return Unavailable(Message("{path} can't be read: {reason}", path=path, reason=_reason(error)))


def unwritable(path: Path, error: Exception) -> Unavailable:
    """What to raise where writing failed for a reason of the system's."""
    return Unavailable(Message("{path} can't be written: {reason}", path=path, reason=_reason(error)))


def _ordinary(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise NotFound(Message("There is no file at {path}", path=path)) from None
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    if stat.S_ISDIR(mode):
        raise Unavailable(Message("{path} is a folder: write the file's name too", path=path))
    if not stat.S_ISREG(mode):
        raise _no_file(path)


def _no_file(path: Path) -> Unavailable:
    return Unavailable(Message("{path} is no ordinary file", path=path))


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)

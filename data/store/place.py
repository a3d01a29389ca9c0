"""The place of a database file: which file stands there, the files beside it, and who may exchange it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from data.domain.errors import Message, Unavailable
from data.domain.value import Frozen

JOURNALS = ("-wal", "-journal")
"""What SQLite may keep beside a database file and would apply to whichever file stands at its name."""

READ_ONLY = Message("The database can't be written: the file or its folder is read-only")


class OpenFile(Frozen, kw_only=False):
    """A database file, and which of those that may come to stand at its path it is. `named` is the path as it
    was given, which may be a symbolic link."""

    path: Path
    identity: tuple[int, int] | None
    named: Path

    @classmethod
    def at(cls, path: Path, named: Path) -> OpenFile:
        """The file that stands there now."""
        return cls(path, identity(path), named)

    def in_place(self) -> bool:
        """Whether it is still the one at its path, and the one that others who name it get."""
        standing = identity(self.path)
        return standing == self.identity and (self.named == self.path or identity(self.named) == standing)


def identity(file: Path) -> tuple[int, int] | None:
    """What tells a file from another at the same path; None when there is none."""
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def beside(path: Path, ending: str) -> Path:
    """The file whose name is the database's with `ending` after it."""
    return path.with_name(f"{path.name}{ending}")


def stamp(moment: datetime) -> str:
    """A moment as part of a file's name: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def free(path: Path) -> Path:
    """The path if nothing is there, else the first one with a number after it that is free."""
    numbered = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return next(one for one in chain((path,), numbered) if not one.exists())


def check_writable(path: Path) -> None:
    """Raise `Unavailable` unless the file can be written, and the folder, where SQLite puts its journal.

    SQLite itself opens a file that it can't write for reading, tells only at the first writing, and does not
    notice when the file can be written again.
    """
    effective = os.access in os.supports_effective_ids
    if not all(os.access(place, os.W_OK, effective_ids=effective) for place in (path, path.parent)):
        raise Unavailable(READ_ONLY)


def create_private(path: Path) -> None:
    """Make the file, and its folder, readable by its owner only, before anything is in it."""
    previous = os.umask(0o077)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():  # touching one that can't be written would take it for one that can't be made
            path.touch(mode=0o600)
    except OSError as error:
        raise Unavailable(
            Message("The database can't be made at {path}: {reason}", path=path, reason=error.strerror)
        ) from error
    finally:
        os.umask(previous)


def sync(path: Path) -> None:
    """Have the file's content on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Have on the disk which names stand for which files."""
    sync(folder)


@contextmanager
def opening(folder: Path) -> Iterator[None]:
    """Hold off those who would put another file in its place, while a database of the folder is being opened.

    A program that opened the old file just before, and then made its journal by name beside the new one,
    would destroy both. Once it is open, SQLite's own locks say that it is in use. Raises `Unavailable` while
    the file is being exchanged.
    """
    with _folder_lock(folder) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unavailable(
                Message("The database is being encrypted or replaced: try again in a moment")
            ) from None
        yield


@contextmanager
def exchanging(folder: Path) -> Iterator[None]:
    """Wait for those who are opening a database of the folder, and hold off others until the block ends."""
    with _folder_lock(folder) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


@contextmanager
def _folder_lock(folder: Path) -> Iterator[int]:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise Unavailable(
            Message("The folder {folder} can't be read: {reason}", folder=folder, reason=error.strerror)
        ) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)  # lets go of the lock

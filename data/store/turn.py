"""A fair queue before SQLite's write lock, for all programs that have a database open.

SQLite itself waits by sleeping, longer each time, and whoever wakes up when the lock is free gets it: among
many writers some wait for seconds while others go again and again.

Two locks of the system make the queue. Who holds that of `<name>.next` is next, and the others wait for it in
the order in which they came; who holds that of `<name>.turn` writes. Only who is next asks for the turn, so
that nobody who has just written, and writes again at once, goes before who is next. A program that ends,
however it does, lets go of both.

Each thread that writes has the files open for itself, since a lock belongs to an opened file.

Nothing but fairness rests on it: what keeps the file whole is SQLite's own lock, which is taken all the same.
Hence whoever can't queue goes on without, and whoever has waited too long does, as when a program was stopped
in its turn.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import NamedTuple

from data.store.place import beside

QUEUE = (".next", ".turn")
"""End the names of the files, beside the database's, whose locks are the queue. Nothing is in them."""

_FLAGS = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC


class _Files(NamedTuple):
    """The two lock files, open."""

    next: int
    turn: int


class Turn:
    """The queue of one database, for any number of threads; a thread must not take a turn within its own."""

    def __init__(self, database: Path, limit: Callable[[], float]) -> None:
        """`limit` says how long a turn is waited for, in seconds; it is asked only when others are before."""
        self.database = database
        self._names = [str(beside(database, ending)) for ending in QUEUE]
        self._limit = limit
        self._stuck: _Waiter | None = None
        self._kept: list[_Files] = []
        """Files that nobody uses just now: opening them takes longer than all the rest."""

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Close the files, when nobody has the turn; they are opened again when they are needed."""
        while self._kept:
            _close(self._kept.pop())

    def taken(self) -> AbstractContextManager[bool]:
        """Wait for the turn and keep it until the block ends; go without one when that can't be."""
        return _Block(self, wait=True)

    def taken_if_free(self) -> AbstractContextManager[bool]:
        """Whether nobody has the turn or waits for it; if so it is ours until the block ends."""
        return _Block(self, wait=False)

    def take(self, *, wait: bool) -> _Files | None:
        """The files, that of the turn locked; None to go without. Raises `BlockingIOError` for who does not
        want to wait."""
        if self._stuck is not None and self._stuck.waits:
            if not wait:
                raise BlockingIOError
            return None  # the queue does not move, and one in it is enough to learn that it does again
        self._stuck = None
        try:
            files = self._kept.pop()
        except IndexError:
            try:
                files = self._opened()
            except OSError:  # the folder can't be written
                return None
        try:
            for file in files:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(files.next, fcntl.LOCK_UN)
        except BlockingIOError:
            if wait:
                return self._wait(files)
            _close(files)
            raise
        except OSError:  # the file system has no such locks
            _close(files)
            return None
        return files

    def let_go(self, files: _Files) -> None:
        """Leave the turn to who is next."""
        fcntl.flock(files.turn, fcntl.LOCK_UN)
        self._kept.append(files)

    def _wait(self, files: _Files) -> _Files | None:
        waiter = _Waiter(files)
        if waiter.wait(self._limit):
            return files
        self._stuck = waiter
        return None

    def _opened(self) -> _Files:
        opened: list[int] = []
        try:
            opened.extend(map(self._open, self._names))
        except OSError:
            _close(opened)
            raise
        return _Files(*opened)

    def _open(self, name: str) -> int:
        """A lock file, made when it is missing, for the database's owner alone."""
        try:
            return os.open(name, _FLAGS)
        except FileNotFoundError:
            descriptor = os.open(name, _FLAGS | os.O_CREAT, 0o600)
        if os.geteuid() == 0:  # as SQLite does with its journals: an operator's command must shut nobody out
            with suppress(OSError):
                owner = self.database.stat()
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
        return descriptor


class _Block:
    """A block of the program that has the turn; it knows whether it could have it."""

    def __init__(self, turn: Turn, *, wait: bool) -> None:
        self._turn = turn
        self._wait = wait
        self._files: _Files | None = None

    def __enter__(self) -> bool:
        try:
            self._files = self._turn.take(wait=self._wait)
        except BlockingIOError:
            return False
        return True

    def __exit__(self, *_error: object) -> None:
        if self._files is not None:
            self._turn.let_go(self._files)


class _Waiter:
    """Stands in the queue in a thread of its own, since waiting for a lock of the system knows no limit."""

    def __init__(self, files: _Files) -> None:
        """Takes over the files; they are the caller's again when their turn has come."""
        self._files = files
        self._came = threading.Lock()
        self._came.acquire()
        self._decided = threading.Lock()
        """Taken when the turn comes, and when it is given up: whichever is first."""
        self.waits = True

    def wait(self, limit: Callable[[], float]) -> bool:
        """Whether the turn came in time."""
        try:
            threading.Thread(target=self._stand, daemon=True, name="turn").start()
        except RuntimeError:  # no more threads to be had
            self._leave()
            return False
        came = False
        try:
            came = self._came.acquire(timeout=limit())
        finally:
            late = not came and not self._decided.acquire(blocking=False)  # it came at this very moment
            if late:
                self._came.acquire()  # the thread has done with the files
                self._leave()
        return came

    def _stand(self) -> None:
        with suppress(OSError):
            for file in self._files:
                fcntl.flock(file, fcntl.LOCK_EX)
        if self._decided.acquire(blocking=False):
            self.waits = False
            with suppress(OSError):
                fcntl.flock(self._files.next, fcntl.LOCK_UN)
            self._came.release()
        else:
            self._leave()

    def _leave(self) -> None:
        self.waits = False
        _close(self._files)


def _close(files: Iterable[int]) -> None:
    for file in files:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)  # closing would not do while a forked child has it open
        os.close(file)

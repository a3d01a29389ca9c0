"""A fair queue before SQLite's write lock, for all programs that have a database open.

SQLite itself waits by sleeping, longer each time, and whoever wakes up when the lock is free gets it: among
many writers some wait for seconds while others go again and again.

Two locks of the system make the queue. Who holds that of `<name>.next` is next, and the others wait for it in
the order in which they came; who holds that of `<name>.turn` writes. Only who is next asks for the turn, so
that nobody who has just written, and writes again at once, goes before who is next. A program that ends,
however it does, lets go of both.

Nothing but fairness rests on it: what keeps the file whole is SQLite's own lock, which is taken all the same.
Hence whoever can't queue goes on without, and whoever has waited too long does, as when a program was stopped
in its turn.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from data.store.place import beside

QUEUE = (".next", ".turn")
"""End the names of the files, beside the database's, whose locks are the queue. Nothing is in them."""

_FLAGS = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC


class Turn:
    """The queue of one database, for any number of threads; a thread must not take a turn within its own."""

    def __init__(self, database: Path, limit: Callable[[], float]) -> None:
        """`limit` says how long a turn is waited for, in seconds; it is asked only when others are before."""
        self.database = database
        self._next, self._turn = (str(beside(database, ending)) for ending in QUEUE)
        self._limit = limit
        self._stuck: _Waiter | None = None

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn and keep it until the block ends; go without one when that can't be."""
        turn = self._take(wait=True)
        try:
            yield
        finally:
            if turn is not None:
                _let_go(turn)

    @contextmanager
    def taken_if_free(self) -> Iterator[bool]:
        """Whether nobody has the turn or waits for it; if so it is ours until the block ends."""
        turn, free = None, True
        try:
            turn = self._take(wait=False)
        except BlockingIOError:
            free = False
        try:
            yield free
        finally:
            if turn is not None:
                _let_go(turn)

    def _take(self, *, wait: bool) -> int | None:
        """The open file whose lock is the turn; None to go without. Raises `BlockingIOError` for who does not
        want to wait."""
        if self._stuck is not None and self._stuck.waits:
            if not wait:
                raise BlockingIOError
            return None  # the queue does not move, and one in it is enough to learn that it does again
        self._stuck = None
        files: list[int] = []
        try:
            files += [self._opened(self._next)]
            files += [self._opened(self._turn)]
            for file in files:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if wait:
                return self._wait(*files)
            _let_all_go(files)
            raise
        except OSError:  # the folder can't be written, or the file system has no such locks
            _let_all_go(files)
            return None
        _let_go(files[0])
        return files[1]

    def _wait(self, next_: int, turn: int) -> int | None:
        waiter = _Waiter(next_, turn)
        if waiter.wait(self._limit):
            return turn
        self._stuck = waiter
        return None

    def _opened(self, file: str) -> int:
        """A lock file, made when it is missing, for the database's owner alone."""
        try:
            return os.open(file, _FLAGS)
        except FileNotFoundError:
            descriptor = os.open(file, _FLAGS | os.O_CREAT, 0o600)
        if os.geteuid() == 0:  # as SQLite does with its journals: an operator's command must shut nobody out
            with suppress(OSError):
                owner = self.database.stat()
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
        return descriptor


class _Waiter:
    """Stands in the queue in a thread of its own, since waiting for a lock of the system knows no limit."""

    def __init__(self, next_: int, turn: int) -> None:
        """Takes over both files; `turn` is the caller's again when its turn has come."""
        self._next = next_
        self._turn = turn
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
                _let_go(self._turn)
        return came

    def _stand(self) -> None:
        with suppress(OSError):
            fcntl.flock(self._next, fcntl.LOCK_EX)
            fcntl.flock(self._turn, fcntl.LOCK_EX)
        if self._decided.acquire(blocking=False):
            self.waits = False
            self._came.release()
            _let_go(self._next)
        else:
            self._leave()

    def _leave(self) -> None:
        self.waits = False
        _let_all_go([self._turn, self._next])


def _let_all_go(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        _let_go(descriptor)


def _let_go(descriptor: int) -> None:
    with suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_UN)  # closing would not do while a forked child has it open
    os.close(descriptor)

"""Terminals inside the test, each with a connection of its own, that can die between any two statements.

Death here is a connection that is gone without a word, at the same places where `kill -9` hits a program
(`test_kill.py`); inside one process it is tried thousands of times.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from data.store.store import Store

R = TypeVar("R")


class Died(Exception):  # noqa: N818 - not an error of anybody's
    """The terminal died before it was told how the act ended."""


class _Dying(BaseException):
    """Goes through every `except Exception`, as a death does."""


class Power:
    """Counts what each thread asks of a store's database, and cuts off the one whose time has come."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.left = threading.local()
        database = store.database
        database.execute_sql = self._watched(database.execute_sql)
        database.commit = self._watched(database.commit)

    def _watched(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:
            self._tick()
            result = call(*args, **kwargs)
            self._tick()  # what was done is done: only nobody learns of it
            return result

        return watched

    def _tick(self) -> None:
        left = getattr(self.left, "steps", None)
        if left == 0:
            self.store.database.connection().close()
            raise _Dying
        if left is not None:
            self.left.steps = left - 1

    def cut_after(self, steps: int | None) -> None:
        """Let the calling thread do so many steps more; None: as many as it likes."""
        self.left.steps = steps


class Terminal:
    """Where one person works; after a death it is there anew, as a program that was started again."""

    def __init__(self, power: Power) -> None:
        self.power = power
        self._thread = ThreadPoolExecutor(1)

    def begin(self, act: Callable[..., R], *args: object, dies_after: int | None = None) -> Future[R]:
        """Start an act and don't wait; `dies_after` counts steps, two for each statement."""
        return self._thread.submit(self._run, act, args, dies_after)

    def do(self, act: Callable[..., R], *args: object, dies_after: int | None = None) -> R:
        """Act. Raises `Died`, or what the act raises."""
        try:
            return self.begin(act, *args, dies_after=dies_after).result()
        except Died:
            self.restart()
            raise

    def restart(self) -> None:
        """Start again, after a death, with a new connection."""
        self._thread.shutdown()
        self._thread = ThreadPoolExecutor(1)

    def close(self) -> None:
        """Leave."""
        self._thread.submit(self.power.store.close).result()
        self._thread.shutdown()

    def _run(self, act: Callable[..., R], args: tuple[object, ...], dies_after: int | None) -> R:
        self.power.cut_after(dies_after)
        try:
            return act(*args)
        except BaseException as error:
            if _was_death(error):
                raise Died from error
            raise
        finally:
            self.power.cut_after(None)


def _was_death(error: BaseException | None) -> bool:
    """Undoing a transaction fails too when there is no connection, and its error covers the first."""
    while error is not None:
        if isinstance(error, _Dying):
            return True
        error = error.__context__
    return False

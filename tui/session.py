"""Runs operations away from the screen's thread, so that no key ever waits for the disk or the network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from data.store.store import Store

P = ParamSpec("P")
R = TypeVar("R")


class Session:
    """One thread with one connection: operations run one at a time, in the order in which they were asked.

    The order matters: a draft that was saved before Ctrl+S is on disk before the case is sent.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="data")
        self._store: Store | None = None
        self._closed = False

    async def open(self, opening: Callable[[], Store]) -> None:
        """Open the database by `opening` in the session's thread. Raises what it raises."""
        self._store = await self.run(opening)

    async def run(self, act: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of `act` in the session's thread, or the error it raised.

        A cancelled caller does not undo it: what was begun is finished. Whoever asks after the end is
        cancelled: the program is on its way out.
        """
        if self._closed:
            raise asyncio.CancelledError
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(act, *args, **kwargs))

    async def close(self) -> None:
        """Finish what was begun, then close the connection. Once closed, closing again does nothing."""
        store, self._store = self._store, None
        if store is not None:
            await self.run(store.close)
        self._closed = True
        self._thread.shutdown()

"""Runs operations away from the screen's thread, so that no key ever waits for the disk or the network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from data.domain.errors import Away, OmvantError, Uncertain

if TYPE_CHECKING:
    from data.store.store import Store

P = ParamSpec("P")
R = TypeVar("R")

PATIENCE = 90.0
"""Seconds that an operation waits for a server that is away, before its screen is told: a standby takes over
within half a minute (docs/scale.md)."""

_AGAIN = 0.5
_SLOW = 1.5
"""Seconds after which the person is told that something takes its time."""


class Session:
    """One thread with one connection: operations run one at a time, in the order in which they were asked.

    The order matters: a draft that was saved before Ctrl+S is on disk before the case is sent. When the
    database's server is away, what was asked waits for it and is done when it is back. `tell` is called with
    whether something waits, whenever that changes.
    """

    def __init__(
        self, opening: Callable[[], Store], tell: Callable[[bool], None] = lambda _waits: None
    ) -> None:
        """`opening` opens the database; it is called in the session's own thread."""
        self.tell = tell
        self._opening = opening
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="data")
        self._begun: Future[Store] | None = None
        self._store: Store | None = None
        self._opened = asyncio.Event()
        self._closed = False
        self._turn = asyncio.Lock()
        self._waits = False
        self._hurried = asyncio.Event()

    def begin(self) -> Future[Store]:
        """Begin to open the database, before there is a loop to wait in."""
        self._begun = self._thread.submit(self._opening)
        return self._begun

    def ahead(self, act: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """What `act` will give, as the first thing that is done, or why the database could not be opened."""
        begun = self._begun or self.begin()

        def first() -> R:
            begun.result()
            return act(*args, **kwargs)

        return self._thread.submit(first)

    async def open(self) -> None:
        """Open the database, or wait until it is; until then, what is asked waits. Raises what `opening`
        raises."""
        begun = self._begun or self.begin()
        self._store = await self._told(begun)
        self._opened.set()

    async def run(self, act: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The result of `act` in the session's thread, or the error it raised.

        A cancelled caller does not undo it: what was begun is finished. Whoever asks after the end is
        cancelled: the program is on its way out.
        """
        await self._opened.wait()
        async with self._turn:
            end = asyncio.get_running_loop().time() + PATIENCE
            try:
                while True:
                    try:
                        result = await self._once(partial(act, *args, **kwargs))
                        self._hurried.clear()
                        return result
                    except (Away, Uncertain) as error:
                        if isinstance(error, Uncertain) and not _repeatable(act):
                            raise
                        if not await self._may_wait(end):
                            raise
            finally:
                self._say(waits=False)

    async def tidy(self) -> None:
        """Let the store do some of what it has put off, unless something is asked of it just now."""
        if self._store is not None and not self._turn.locked():
            with suppress(OmvantError):
                await self.run(self._store.tidy)

    def hurry(self) -> None:
        """Let nothing wait for a server that is away, until it has answered again: the person wants to leave,
        and is asked what to do without it."""
        self._hurried.set()

    async def close(self) -> None:
        """Finish what was begun, then close the connection. Once closed, closing again does nothing."""
        store, self._store = self._store, None
        if store is not None:
            await self._once(store.close)
        self._closed = True
        self._opened.set()  # whoever waits for it is told that it is over
        self._thread.shutdown()

    async def _once(self, act: Callable[[], R]) -> R:
        if self._closed:
            raise asyncio.CancelledError
        return await self._told(self._thread.submit(act))

    async def _told(self, future: Future[R]) -> R:
        """What comes of work in the thread; when it takes its time, the person is told."""
        work = asyncio.wrap_future(future)
        await asyncio.wait([work], timeout=_SLOW)
        if not work.done():
            self._say(waits=True)
        return await work

    async def _may_wait(self, end: float) -> bool:
        """Wait a moment for the server; False when it has been waited for long enough."""
        self._say(waits=True)
        if asyncio.get_running_loop().time() > end:
            return False
        with suppress(TimeoutError):
            await asyncio.wait_for(self._hurried.wait(), _AGAIN)
        return not self._hurried.is_set()

    def _say(self, *, waits: bool) -> None:
        if waits is not self._waits:
            self._waits = waits
            self.tell(waits)


def _repeatable(act: Callable[..., object]) -> bool:
    return bool(getattr(act, "repeatable", False))

"""Keys typed faster than the screen follows: each waits until the one before it has done its work.

Textual hands a key to whatever has focus at that moment, while a moved focus or a new screen is still on
its way through queues. Over a slow line keys come in bursts: `n` and ten digits in one packet would lose the
digits to the list. Here a key goes out when the one before it has been answered, wherever it led.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App, ScreenStackError
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.worker import Worker

PATIENCE = 1.0
"""Seconds that keys wait for work that leads elsewhere, such as fetching a patient; then they go on."""

_ROUNDS = 4
"""How often a key's answer may set off another (a field left, a focus moved) before the next key goes out."""

Typed = events.Key | events.Paste


class TypeAhead:
    """The queue of keys in front of an app. `deliver` is how one is handled, say the app's own `on_event`."""

    def __init__(self, app: App[Any], deliver: Callable[[Typed], Awaitable[None]]) -> None:
        self._app = app
        self._deliver = deliver
        self._waiting: deque[Typed] = deque()
        self._running: asyncio.Task[None] | None = None
        self._leading: dict[Worker[Any], Screen[Any]] = {}

    def take(self, event: Typed) -> None:
        """Put a key, or a paste, at the end of the queue."""
        self._waiting.append(event)
        if self._running is None:
            self._running = asyncio.create_task(self._run())

    def expect(self, worker: Worker[Any], screen: Screen[Any]) -> None:
        """Let keys wait for work that leads away from this screen, as long as it is uppermost."""
        self._leading[worker] = screen

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._deliver(self._waiting.popleft())
                await self._answered()
        except ScreenStackError:
            self._waiting.clear()  # the program has ended meanwhile
        except Exception as error:
            self._waiting.clear()
            self._app._handle_exception(error)
        finally:
            self._running = None

    async def _answered(self) -> None:
        """Return when what the last key set off has come to rest, or patience is at its end."""
        end = asyncio.get_running_loop().time() + PATIENCE
        for _round in range(_ROUNDS):
            before = self._where()
            await self._queues_empty(end)
            await self._led_there(end)
            if self._where() == before:
                return

    def _where(self) -> tuple[object, object]:
        return self._app.screen, self._app.focused

    async def _queues_empty(self, end: float) -> None:
        """Every pump from the focus to the app has emptied its queue: messages bubble that way."""
        focused = self._app.focused
        pumps: list[MessagePump] = (
            [*focused.ancestors_with_self] if focused else [self._app.screen, self._app]
        )
        for pump in pumps:
            arrived = asyncio.Event()
            # Not by `call_later`, with which Textual looks anew at what parameters the callback takes.
            if pump.is_running and pump.post_message(events.Callback(arrived.set)):
                await _within(end, arrived.wait())

    async def _led_there(self, end: float) -> None:
        while work := [
            worker
            for worker, screen in self._leading.items()
            if not worker.is_finished and screen is self._app.screen
        ]:
            if not await _within(end, self._any_ended(work)):
                break
        # What took too long is waited for no more, or every key would wait as long.
        self._leading = {
            worker: screen
            for worker, screen in self._leading.items()
            if not worker.is_finished and screen is not self._app.screen
        }

    async def _any_ended(self, work: list[Worker[Any]]) -> None:
        """One of them has ended, or a screen has come above theirs: it may ask for keys itself."""
        screen = self._app.screen
        # Textual has nothing to wait on for either.
        while not any(worker.is_finished for worker in work) and screen is self._app.screen:  # noqa: ASYNC110
            await asyncio.sleep(0.002)


async def _within(end: float, awaitable: Awaitable[object]) -> bool:
    """Wait until a moment of the loop's clock; False when it came first."""
    try:
        await asyncio.wait_for(awaitable, max(0.0, end - asyncio.get_running_loop().time()))
    except TimeoutError:
        return False
    return True

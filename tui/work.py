"""Work beside the keyboard: no key ever waits for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

from textual.app import App
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.worker import Worker

if TYPE_CHECKING:
    from tui.desk import Desk


def begin(node: Screen[Any] | App[Any], work: Callable[[], Awaitable[None]], group: str) -> Worker[None]:
    """Do `work` in the background of a screen or the app, instead of what its `group` was still doing.

    It ends with the node. A function and not a coroutine is given, since one that is replaced before it
    began would never be awaited.
    """

    async def attempt() -> None:
        try:
            await work()
        except NoMatches:
            # A screen loses its widgets some moments before its workers: what they found is for nobody.
            if isinstance(node, App) or node in cast("Desk", node.app).places():
                raise

    return node.run_worker(attempt, group=group, exclusive=True)


def lead(screen: Screen[Any], work: Callable[[], Awaitable[None]], group: str) -> None:
    """Like `begin`, for work that leads on: keys typed meanwhile are meant for where it leads, and wait."""
    cast("Desk", screen.app).typing.expect(begin(screen, work, group), screen)

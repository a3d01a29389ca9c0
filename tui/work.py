"""Work beside the keyboard: no key ever waits for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

from textual.dom import DOMNode


def begin(node: DOMNode, work: Callable[[], Awaitable[None]], group: str) -> None:
    """Do `work` in the background of a screen or the app, instead of what its `group` was still doing.

    It ends with the node. A function and not a coroutine is given, since one that is replaced before it
    began would never be awaited.
    """
    # Textual's annotation of `run_worker` fits no bound coroutine function, though it takes them.
    node.run_worker(cast(Any, work), group=group, exclusive=True)

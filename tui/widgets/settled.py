"""Waiting until what was typed has arrived."""

from __future__ import annotations

import asyncio

from textual.widget import Widget


async def settled(field: Widget | None) -> None:
    """Return when the field has taken in every key that was pressed before this call.

    A key with priority, say Ctrl+S, acts at once, while letters pressed just before it still wait in the
    field's own queue: whoever saves what a field holds waits for them first.
    """
    if field is not None and field.is_attached:
        arrived = asyncio.Event()
        if field.call_later(arrived.set):
            await arrived.wait()

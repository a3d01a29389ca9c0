"""Acts that begin at the same moment, at a terminal each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import Any

from data.domain.errors import OmvantError
from data.store import models
from data.store.store import Store
from tests.conftest import on_server

_SECONDS = 30


def at_once(store: Store, *acts: Callable[[], object]) -> list[object]:
    """What becomes of acts that begin together: what they return or the error they raise, in the same order.

    None of them ends before all have read as far as they may: each needs to write in the access log, which is
    held until they all wait, for that or for one another.
    """

    def done(act: Callable[[], object]) -> object:
        try:
            return act()
        except OmvantError as error:
            return error
        finally:
            store.close()

    with ThreadPoolExecutor(len(acts)) as terminals:
        with store.writing():
            for chain in (0, *(clinic.id for clinic in models.Clinic.select())):
                store.hold_chain(chain)
            begun = [terminals.submit(done, act) for act in acts]
            until_all_wait(store, begun)
        return [one.result() for one in begun]


def until_all_wait(store: Store, begun: Sequence[Future[Any]]) -> None:
    """On a server, which tells who waits; whoever has already ended is not waited for. In a file nobody reads
    what is to be changed before it is their turn."""
    end = monotonic() + _SECONDS
    waiting = "SELECT COUNT(DISTINCT pid) FROM pg_locks WHERE NOT granted"
    while on_server():
        (count,) = store.database.execute_sql(waiting).fetchone()
        if count + sum(one.done() for one in begun) == len(begun):
            return
        assert monotonic() < end, f"{count} of {len(begun)} wait"

"""Sixteen terminals that send as fast as they can, on one file: with the queue, and with SQLite's waiting."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from data import cases
from data.domain.errors import OmvantError
from tests.bench import filled
from tests.bench.desks import Desk, Remote, desks
from tests.bench.measure import Effort, Figure, Ratio, Row, Table

TERMINALS = 16
CASES = 10_000

DESCRIPTION = """
16 processes, each of which sends so many drafts, written before, one after the other without a pause, all at
the same time: `cases.send` to random patients of a filled file of 10,000 cases. All send the same number,
so that who waits longest counts as much as who never waits. Each round does so with the queue before the
write lock (`data.store.turn`) and with the busy handler of SQLite alone; the medians of the rounds.
"""
_QUEUE, _PLAIN = "queue", "busy handler"


class BusyDesk(Desk):
    """A terminal that sends without a pause."""

    def prepare(self, count: int, queue: bool) -> None:
        """Write drafts, and choose how to wait for others."""
        self._drafts = [self.draft() for _one in range(count)]
        if queue:
            vars(self.file.turn).pop("taken", None)
        else:
            self.file.turn.taken = nullcontext  # type: ignore[method-assign]

    def send_all(self) -> tuple[list[float], int]:
        """The seconds of each send, and how many failed."""
        seconds, failed = [], 0
        for draft in self._drafts:
            start = time.perf_counter()
            try:
                cases.send(self.sender, draft, draft.key)
            except OmvantError:
                failed += 1
            seconds.append(time.perf_counter() - start)
        return seconds, failed


def run(effort: Effort) -> Iterator[Table]:
    table = Table("16 saturated terminals", DESCRIPTION, columns=(_QUEUE, _PLAIN))
    slow: dict[str, list[float]] = {_QUEUE: [], _PLAIN: []}
    middle: dict[str, list[float]] = {_QUEUE: [], _PLAIN: []}
    whole: dict[str, list[float]] = {_QUEUE: [], _PLAIN: []}
    failed = {_QUEUE: 0, _PLAIN: 0}
    with TemporaryDirectory(prefix="omvant-bench-") as folder:
        path = filled.copy(CASES, Path(folder, "omvant.db"))
        with desks([(path, number) for number in range(TERMINALS)], BusyDesk) as terminals:
            for _round in range(max(3, effort.rounds // 4)):
                for column in table.columns:
                    seconds, faults, took = _at_once(terminals, queue=column is _QUEUE)
                    slow[column].append(seconds[len(seconds) * 99 // 100])
                    middle[column].append(seconds[len(seconds) // 2])
                    whole[column].append(took / len(seconds))
                    failed[column] += faults
    p99, all_of_them = Row("99 of 100 sends take at most", slow), Row("time for each send of all", whole)
    table.rows.extend((p99, Row("half of the sends take at most", middle), all_of_them))
    table.ratios.extend(
        (
            Figure("errors with the queue", failed[_QUEUE], must=0, aim=0),
            Figure("errors with the busy handler", failed[_PLAIN]),
            Ratio(
                "p99 with the queue, over the busy handler", (p99, _QUEUE), (p99, _PLAIN), must=0.5, aim=0.25
            ),
            Ratio("time for all, over the busy handler", (all_of_them, _QUEUE), (all_of_them, _PLAIN)),
        )
    )
    yield table


SENDS = 15
"""Of each terminal in a round."""


def _at_once(terminals: list[Remote], *, queue: bool) -> tuple[list[float], int, float]:
    """The seconds of all sends in order, how many failed, and the seconds of the whole."""
    for one in terminals:  # one after the other: nobody must wait for another here
        one.ask("prepare", SENDS, queue)
    start = time.perf_counter()
    for one in terminals:
        one.begin("send_all")
    ended = [one.end() for one in terminals]
    took = time.perf_counter() - start
    return sorted(second for seconds, _ in ended for second in seconds), sum(n for _, n in ended), took

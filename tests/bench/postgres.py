"""The program on a PostgreSQL server: many terminals at once, and a million cases against ten thousand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from data import cases
from data.case_rows import CaseFilter
from data.domain.paging import Edge
from data.domain.roles import OperatorActor
from data.moving import move
from data.store.moving.sides import Place
from tests.bench import filled
from tests.bench.desks import Desk, Remote, desks
from tests.bench.measure import Effort, Figure, Ratio, Row, Table
from tests.bench.pages import Reader, pages
from tests.postgres import PostgresServer

SMALL, LARGE = 10_000, 1_000_000
TERMINALS = (1, 4, 16, 64)
ACTS = 12
"""Of each terminal in a round; every second is a list, every second a send."""

_DURABLE = {
    "shared_buffers": "1GB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "4GB",
    "max_connections": "100",
    "jit": "off",
}

SATURATED = f"""
So many terminals, each a process with its own connection, that read the first page of Fördelade ärenden
and send a case in turns, {ACTS} acts each without a pause, all at the same time: `cases.list_assigned` and
`cases.send` in a database of {LARGE:,} cases, ten clinics. Server and terminals share the machine's cores.
"""

PACED = f"""
The same with one act a second for each terminal, as busy people never are: {ACTS} seconds.
"""

_LIST, _LIST_99, _SEND, _SEND_99 = "list", "list, 99 of 100", "send", "send, 99 of 100"


class Terminal(Desk):
    """A terminal that lists and sends."""

    def prepare(self) -> None:
        """Write the drafts that are to be sent."""
        self._drafts = [self.draft() for _act in range(ACTS // 2)]

    def work(self, start: float, pause: float) -> tuple[list[float], list[float]]:
        """The seconds of each list and of each send; an act begins every `pause` seconds after the moment
        `start` of the machine's clock."""
        lists: list[float] = []
        sends: list[float] = []
        for number in range(ACTS):
            time.sleep(max(0.0, start + number * pause - time.time()))
            began = time.perf_counter()
            if number % 2:
                draft = self._drafts[number // 2]
                cases.send(self.sender, draft, draft.key)
            else:
                cases.list_assigned(self.sender, CaseFilter(), Edge())
            (sends if number % 2 else lists).append(time.perf_counter() - began)
        return lists, sends


def run(effort: Effort) -> Iterator[Table]:
    with TemporaryDirectory(prefix="omvant-bench-") as folder, on_server(Path(folder)) as (small, large):
        with desks([(large, number) for number in range(max(TERMINALS))], Terminal) as terminals:
            yield at_once("Terminals without a pause, PostgreSQL", SATURATED, terminals, lambda _number: 0.0)
            yield at_once("Terminals with an act a second, PostgreSQL", PACED, terminals, lambda _number: 1.0)
        with desks([(small, 0), (large, 0)], Reader, in_turns=True) as readers:
            yield replace(pages(readers, effort), title="Reading, PostgreSQL")
        with desks([(small, 0), (large, 0)], in_turns=True) as senders:
            yield one_send(senders, 8 * effort.rounds)


@contextmanager
def on_server(folder: Path) -> Iterator[tuple[Place, Place]]:
    """The filled databases of both sizes, on a server that is gone afterwards."""
    server = PostgresServer(_DURABLE)
    try:
        server.make()
        yield _moved(server, folder, SMALL), _moved(server, folder, LARGE)
    finally:
        server.remove()


def _moved(server: PostgresServer, folder: Path, size: int) -> Place:
    name = f"filled_{size}"
    server.do(f"CREATE DATABASE {name}")
    source = Place(str(filled.copy(size, folder / f"{size}.db")))
    target = Place(server.url(name), log_keys=folder / f"{name}.log-keys")
    move(OperatorActor(name="bench"), source, target)
    server.do("VACUUM ANALYZE", database=name)
    (folder / f"{size}.db").unlink()
    return target


def at_once(
    title: str, description: str, terminals: Sequence[Remote], pause_of: Callable[[int], float]
) -> Table:
    """A row for each number of terminals at work at the same time."""
    table = Table(title, description, columns=(_LIST, _LIST_99, _SEND, _SEND_99))
    for count in TERMINALS:
        working = terminals[:count]
        for one in working:
            one.begin("prepare")
        for one in working:
            one.end()
        began = time.perf_counter()
        for number, one in enumerate(working):
            # Not all in the same moment of a second.
            one.begin("work", time.time() + 0.2 + pause_of(count) * number / count, pause_of(count))
        ended = [one.end() for one in working]
        seconds = time.perf_counter() - began
        lists = sorted(second for taken, _sends in ended for second in taken)
        sends = sorted(second for _lists, taken in ended for second in taken)
        samples = {_LIST: lists, _LIST_99: [_late(lists)], _SEND: sends, _SEND_99: [_late(sends)]}
        table.rows.append(Row(f"{count} at work", samples))
        table.ratios.append(Figure(f"acts a second, {count} at work", count * ACTS / seconds))
    return table


def one_send(at: Sequence[Remote], rounds: int) -> Table:
    """A send in each of the two databases, in turns."""
    samples: dict[str, list[float]] = {f"{SMALL:,}": [], f"{LARGE:,}": []}
    for _round in range(rounds):
        for column, one in zip(samples, at, strict=True):
            samples[column].append(one.ask("send"))
    row = Row("a send", samples)
    words = "a send at a million over 10,000, PostgreSQL"
    return Table(
        "One send, PostgreSQL",
        "`cases.send` to a random patient, by one terminal alone, in turns.",
        columns=tuple(samples),
        rows=[row],
        ratios=[Ratio(words, (row, f"{LARGE:,}"), (row, f"{SMALL:,}"), must=1.7, aim=1.3)],
    )


def _late(seconds: Sequence[float]) -> float:
    return seconds[min(len(seconds) - 1, len(seconds) * 99 // 100)]

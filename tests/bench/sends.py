"""One durable send: against raw SQL, at a million cases against ten thousand, and the worst of many."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import filled
from tests.bench.desks import Remote, desks
from tests.bench.measure import Effort, Ratio, Row, Table

SMALL, LARGE = 10_000, 1_000_000

DESCRIPTION = """
`cases.send` of a draft to a random patient, in a filled file that nobody else uses: the case, the log with
its chain, the search, on the disk when it returns. Baseline: the statements that such a send asks (recorded
in a transaction that is undone), given to the same driver's connection one after the other from BEGIN
IMMEDIATE to COMMIT. In turns, with a process for each of the two sizes; tidied between rounds.
"""

WORST = """
The slowest of many sends one after the other in the large file. "put off" is how the program is: pages move
from the WAL file, and the search is merged, between sends, every tenth time here, as it does every two
seconds. Baseline: SQLite's own settings, which do both within sends (wal_autocheckpoint 1000, automerge 4,
crisismerge 16).
"""
_AGAIN, _RAW = "pages read", "raw SQL"


def run(effort: Effort) -> Iterator[Table]:
    with TemporaryDirectory(prefix="omvant-bench-") as folder:
        small, large = (filled.copy(size, Path(folder, f"{size}.db")) for size in (SMALL, LARGE))
        with desks([(small, 0), (large, 0)], in_turns=True) as at:
            yield sends(at, 24 * effort.rounds)
            yield worst(at[1], 100 * effort.rounds)


def sends(at: list[Remote], rounds: int) -> Table:
    columns = {"send": "send", _AGAIN: "send_again", _RAW: "send_raw"}
    table = Table("One send", DESCRIPTION, columns=tuple(columns))
    samples: list[dict[str, list[float]]] = [{column: [] for column in columns} for _one in at]
    for turn in range(rounds + 2):
        for one, taken in zip(at, samples, strict=True):
            for column, name in columns.items():
                seconds = one.ask(name)
                if turn >= 2:
                    taken[column].append(seconds)
            one.ask("tidy")
    few, many = (Row(f"{size:,} cases", taken) for size, taken in zip((SMALL, LARGE), samples, strict=True))
    table.rows.extend((few, many))
    table.ratios.extend(
        (
            Ratio("a send over raw SQL, 10,000 cases", (few, _AGAIN), (few, _RAW), must=1.6, aim=1.25),
            Ratio("a send over raw SQL, a million", (many, _AGAIN), (many, _RAW), must=1.6, aim=1.25),
            Ratio("a send at a million over 10,000", (many, "send"), (few, "send"), must=1.7, aim=1.3),
        )
    )
    return table


def worst(desk: Remote, count: int) -> Table:
    ours, own = "put off", "SQLite's own"
    table = Table(f"The worst of {count} sends", WORST, columns=(ours, own))
    slowest = {ours: [_slowest(desk, count, tidy=True)]}
    desk.ask("as_sqlite_does")
    slowest[own] = [_slowest(desk, count, tidy=False)]
    row = Row("the worst send", slowest)
    table.rows.append(row)
    table.ratios.append(Ratio("the worst send, over SQLite's own", (row, ours), (row, own)))
    return table


def _slowest(desk: Remote, count: int, *, tidy: bool) -> float:
    seconds = []
    for number in range(count):
        seconds.append(desk.ask("send"))
        if tidy and number % 10 == 0:
            desk.ask("tidy")
    return max(seconds)

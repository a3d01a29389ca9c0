"""The most memory that the program takes while someone looks through a list, short or very long."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measure import Effort, Ratio, Row, Table
from tests.bench.one_static import TEXT
from tests.bench.start import BASE, HINTS, Desk, desk_of
from tests.bench.terminal import Spawned

FEW, MANY = 10_000, 1_000_000
DESCRIPTION = f"""
VmHWM (proc(5)): the most bytes of RAM that a program has had at once, with all libraries and what it has
mapped. Mina ärenden is opened by `--staff` in files of {FEW:,} and {MANY:,} cases; PageDown ten times, End,
and Home; until nothing has been painted for half a second. Baseline: the one-Static app, at rest.
"""
PEAK = "peak"
_ROUNDS = 3
"""The figures are the same to a percent in every round."""

_PAGE_DOWN, _END, _HOME = b"\x1b[6~", b"\x1b[F", b"\x1b[H"


def run(effort: Effort) -> Iterator[Table]:
    with TemporaryDirectory() as folder:
        few, many = (desk_of(cases, Path(folder)) for cases in (FEW, MANY))
        works = {
            "one Static": _of_base,
            f"the list of {FEW:,} cases": lambda: _of_list(few),
            f"the list of {MANY:,} cases": lambda: _of_list(many),
        }
        rounds = min(effort.rounds, _ROUNDS)
        peaks = {what: [float(work()) for _round in range(rounds)] for what, work in works.items()}
    rows = [Row(what, {PEAK: samples}, unit="B") for what, samples in peaks.items()]
    base, short, long = ((row, PEAK) for row in rows)
    table = Table("Peak memory in the list", DESCRIPTION, (PEAK,), rows)
    table.ratios.append(
        Ratio(f"peak memory at {MANY:,} cases, over a one-Static app", long, base, must=1.6, aim=1.3)
    )
    table.ratios.append(Ratio(f"peak memory, {MANY:,} cases over {FEW:,}", long, short, must=1.05, aim=1.0))
    yield table


def _of_base() -> int:
    with Spawned(BASE) as terminal:
        terminal.seen(TEXT)
        terminal.rest()
        return terminal.peak_memory()


def _of_list(desk: Desk) -> int:
    with Spawned(desk.mine) as terminal:
        terminal.seen(desk.newest, HINTS)
        terminal.rest()
        for keys in (_PAGE_DOWN * 10, _END, _HOME):
            terminal.send(keys)
            terminal.rest()
        return terminal.peak_memory()

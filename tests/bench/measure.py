"""What all benchmarks share: medians, ratios against a baseline of the same run, and how they are printed.

A figure in milliseconds says something of one machine only. A ratio of two medians that were taken in turns,
in the same run, says the same everywhere, within some percent.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Effort:
    """How hard to try."""

    rounds: int
    """How often each thing is done; the median counts."""


SHORT = Effort(rounds=7)
LONG = Effort(rounds=101)


@dataclass(frozen=True)
class Row:
    """One thing that was measured: its samples in seconds, by column."""

    what: str
    samples: Mapping[str, Sequence[float]]

    def median(self, column: str) -> float:
        return median(self.samples[column])


@dataclass(frozen=True)
class Ratio:
    """How many times `over` the median of `what` is; `share` divides both by their number of items."""

    words: str
    what: tuple[Row, str]
    over: tuple[Row, str]
    share: float = 1.0

    @property
    def value(self) -> float:
        (row, column), (base, base_column) = self.what, self.over
        return row.median(column) / base.median(base_column) / self.share


@dataclass(frozen=True)
class Table:
    """Rows of medians with the same columns, and the ratios that matter.

    `description` says what was measured so that it could be done again on another machine.
    """

    title: str
    description: str
    columns: Sequence[str]
    rows: list[Row] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The table as text."""
        yield f"## {self.title}"
        yield from (f"   {line}" for line in self.description.strip().splitlines())
        yield " " * 46 + "".join(f"{column:>14}" for column in self.columns)
        for row in self.rows:
            cells = (_readable(row.median(c)) if c in row.samples else "–" for c in self.columns)
            yield f"   {row.what:<43}" + "".join(f"{cell:>14}" for cell in cells)
        yield from (f" → {ratio.words}: {ratio.value:.2f}×" for ratio in self.ratios)
        yield ""


def _readable(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms" if seconds >= 0.001 else f"{seconds * 1e6:.1f} µs"


def in_turns(
    works: Mapping[str, Callable[[], object]], effort: Effort, *, least: float = 0.002
) -> dict[str, list[float]]:
    """Do each of the works in turn, round after round, after one for warming up; returns seconds by work.

    Work shorter than `least` seconds is repeated within a round until it takes as long, and divided: the
    clock's own steps count for little then.
    """
    times = {name: _repeats(work, least) for name, work in works.items()}
    samples: dict[str, list[float]] = {name: [] for name in works}
    for _round in range(effort.rounds):
        for name, work in works.items():
            samples[name].append(_seconds(work, times[name]))
    return samples


def _repeats(work: Callable[[], object], least: float) -> int:
    work()
    return max(1, round(least / max(_seconds(work, 1), 1e-7)))


def _seconds(work: Callable[[], object], times: int) -> float:
    """The time that the work takes once, without the pauses of the garbage collector."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        for _time in range(times):
            work()
        return (time.perf_counter() - start) / times
    finally:
        gc.enable()

"""What benchmarks share: medians, ratios against a baseline of the same run, and what they may be at most.

A figure in milliseconds says something of one machine only. A ratio of two medians that were taken in turns,
in the same run, says the same everywhere, within some percent.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median
from typing import Literal

Unit = Literal["s", "B", ""]
"""What a sample counts: seconds, bytes, or things."""


@dataclass(frozen=True)
class Effort:
    """How hard to try."""

    rounds: int
    """How often each thing is done; the median counts."""


SHORT = Effort(rounds=7)
LONG = Effort(rounds=101)


@dataclass(frozen=True)
class Row:
    """One thing that was measured: its samples, by column."""

    what: str
    samples: Mapping[str, Sequence[float]]
    unit: Unit = "s"

    def median(self, column: str) -> float:
        return median(self.samples[column])


class Verdict(StrEnum):
    """How a figure stands to what it may be at most, and to what is aimed at."""

    AIMED = "within the aim"
    OK = "within the limit"
    BEYOND = "BEYOND THE LIMIT"
    FREE = ""


def verdict(value: float, must: float | None, aim: float | None) -> Verdict:
    """The verdict on a figure; `FREE` when nothing is asked of it."""
    if aim is not None and value <= aim:
        return Verdict.AIMED
    if must is None:
        return Verdict.FREE
    return Verdict.OK if value <= must else Verdict.BEYOND


@dataclass(frozen=True)
class Ratio:
    """How many times `over` the median of `what` is; `share` divides both by their number of items.

    `must` is what it may be at most, `aim` what is aimed at.
    """

    words: str
    what: tuple[Row, str]
    over: tuple[Row, str]
    share: float = 1.0
    must: float | None = None
    aim: float | None = None

    @property
    def value(self) -> float:
        (row, column), (base, base_column) = self.what, self.over
        return row.median(column) / base.median(base_column) / self.share

    @property
    def sign(self) -> str:
        """What stands after the figure."""
        return "×"


@dataclass(frozen=True)
class Figure:
    """A figure that is compared with no baseline, such as a count of errors."""

    words: str
    value: float
    sign: str = ""
    """What stands after the figure, such as " min"."""
    must: float | None = None
    aim: float | None = None


@dataclass(frozen=True)
class Table:
    """Rows of medians with the same columns, and the figures that matter.

    `description` says what was measured so that it could be done again on another machine.
    """

    title: str
    description: str
    columns: Sequence[str]
    rows: list[Row] = field(default_factory=list)
    ratios: list[Ratio | Figure] = field(default_factory=list)


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

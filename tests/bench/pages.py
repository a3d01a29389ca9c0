"""What staff read all day, at a million cases against ten thousand: pages of lists, searches, news."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar, cast

from data import audit, cases, patients
from data.case_rows import CaseFilter, CaseRow, CaseState
from data.domain.identity import PersonalIdentityNumber
from data.domain.paging import Edge, Page, Side
from data.operation import Operation
from data.store import models
from data.store.moving.sides import Place
from tests.bench import filled
from tests.bench.desks import Desk, Remote, desks
from tests.bench.measure import Effort, Ratio, Row, Table, in_turns

SMALL, LARGE = 10_000, 1_000_000
R = TypeVar("R")

DESCRIPTION = """
What an operation reads, in a transaction of its own, without its entry in the access log; a page is 128 rows.
The same person at the same clinic in two filled files, in turns, each in a process that has read it before.
"Middle": beside the case in the middle of the person's own, or of the clinic's. Pages of lists, and the
first prefix, are compared by the row, since a person has hardly a page of ten thousand cases; searches and
counts as they are, so that one with few hits there and a page of them here costs more. Words: as they are
typed in the filter line, of Fördelade ärenden unless it says Mina.
"""

_FEW, _MANY = f"{SMALL:,}", f"{LARGE:,}"

_LIST, _PREFIX = (1.3, 1.1), (1.5, None)
"""What may be at most, and what is aimed at, where two pages are compared by the row."""

_FIGURES: dict[str, tuple[float | None, float | None]] = {
    "Mina, first page": _LIST,
    "Mina, a page from the middle": _LIST,
    "Mina, the last page": _LIST,
    "Fördelade, first page": _LIST,
    "Fördelade, a page from the middle": _LIST,
    "Fördelade, the last page": _LIST,
    "patient by number": (2.0, None),
    "name prefix: ma": _PREFIX,
    "name prefix: nils": (None, None),
    "name prefix in Mina: nils": (None, None),
    "part of a name: lsso": (4.0, None),
    "part of a rare name: rsame": (4.0, None),
    "a word: tablett": (3.0, None),
    "the beginning of words: vär": (3.0, None),
    "a rarer word: warfarin": (3.0, None),
    "a word that nobody wrote": (3.0, None),
    "two words and a state": (None, None),
    "only those unread": _LIST,
    "only new answers, in Mina": _LIST,
    "only open, the last page": _LIST,
    "only closed": _LIST,
    "unread count and news": (1.2, 1.0),
    "count of what is left out": (None, None),
}
"""What is read; what its figure may be at most, and what is aimed at."""


class Reader(Desk):
    """Where somebody reads."""

    def __init__(self, place: Path | Place, number: int) -> None:
        super().__init__(place, number)
        self._works = dict(zip(_FIGURES, self._all(), strict=True))

    def read(self, what: str, rounds: int) -> list[float]:
        """Seconds that one reading takes, of some in a row; of a page of a list, by the row."""
        work = self._works[what]
        rows = len(cast("Page[CaseRow]", work()).rows) if _FIGURES[what] in {_LIST, _PREFIX} else 1
        return [seconds / max(rows, 1) for seconds in in_turns({what: work}, Effort(rounds))[what]]

    def _all(self) -> Iterator[Callable[[], object]]:
        case, sender = models.Case, self.sender
        own, clinics = case.sender == sender.staff_id, case.clinic == sender.clinic_id
        for read, condition in ((self._mine, own & clinics), (self._assigned, clinics)):
            middle = self._middle(condition)
            for edge in (Edge(), middle, Edge(side=Side.LAST)):
                yield partial(read, edge)
        yield partial(self._asked, patients.fetch, self._somebody())
        for word in ("ma", "nils"):
            yield partial(self._assigned, Edge(), word)
        yield partial(self._mine, Edge(), "nils")
        for word in ("lsso", "rsame", "tablett", "vär", "warfarin", "zebror"):
            yield partial(self._assigned, Edge(), word)
        yield partial(self._assigned, Edge(), "karin", "tablett", state=CaseState.OPEN)
        yield partial(self._assigned, Edge(), state=CaseState.SENT)
        yield partial(self._mine, Edge(), state=CaseState.UNSEEN)
        yield partial(self._assigned, Edge(side=Side.LAST), state=CaseState.OPEN)
        yield partial(self._assigned, Edge(), state=CaseState.CLOSED)
        yield partial(self._asked, cases.news)
        yield partial(self._asked, cases.count_left_out)

    def _mine(self, edge: Edge, *words: str, state: CaseState | None = None) -> Page[CaseRow]:
        return self._asked(cases.list_mine, CaseFilter(words=words, state=state), edge)

    def _assigned(self, edge: Edge, *words: str, state: CaseState | None = None) -> Page[CaseRow]:
        return self._asked(cases.list_assigned, CaseFilter(words=words, state=state), edge)

    def _asked(self, operation: Operation[..., R], *arguments: object) -> R:
        with self.store.reading(), audit.opened(self.sender, None):
            return operation.function(self.sender, *arguments)

    def _middle(self, condition: object) -> Edge:
        case = models.Case
        found = case.select(case.id, case.sent_at).where(condition)
        # `get` would begin at the first again, whatever the offset.
        (row,) = found.order_by(case.sent_at, case.id).limit(1).offset(found.count() // 2)
        return Edge(side=Side.AFTER, at=row.sent_at, id=row.id)

    def _somebody(self) -> PersonalIdentityNumber:
        row = models.Patient.get_by_id(int(models.Patient.select().count()) // 2)
        return PersonalIdentityNumber(row.number)


def run(effort: Effort) -> Iterator[Table]:
    with TemporaryDirectory(prefix="omvant-bench-") as folder:
        small, large = (filled.copy(size, Path(folder, f"{size}.db")) for size in (SMALL, LARGE))
        with desks([(small, 0), (large, 0)], Reader, in_turns=True) as at:
            yield pages(at, effort)


def pages(at: list[Remote], effort: Effort) -> Table:
    table = Table("Reading", DESCRIPTION, columns=(_FEW, _MANY))
    for what, (must, aim) in _FIGURES.items():
        samples: dict[str, list[float]] = {_FEW: [], _MANY: []}
        for _round in range(3 * effort.rounds):  # of some ms each: the processor changes its speed meanwhile
            for column, one in zip(samples, at, strict=True):
                one.begin("read", what, 3)
                samples[column] += one.end()
        row = Row(what, samples)
        table.rows.append(row)
        words = f"{what}: a million over 10,000"
        table.ratios.append(Ratio(words, (row, _MANY), (row, _FEW), must=must, aim=aim))
    return table

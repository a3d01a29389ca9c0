"""One send to many patients: what each case costs, against sending them one by one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from data import drafts, mailings
from data.domain.identity import PersonalIdentityNumber
from data.store import models
from tests.bench import filled
from tests.bench.desks import Desk, Remote, desks, written
from tests.bench.measure import Effort, Ratio, Row, Table

CASES = 10_000
SIZES = (10, 100, 1_000)

DESCRIPTION = f"""
`mailings.send` of a draft to that many random patients, divided by their number, in a filled file of
{CASES:,} cases that nobody else uses: the cases, an entry of the log's chain about each, the search, on the
disk when it returns. Baseline: `cases.send` to a random patient, with the same template and words. In turns.
"""
_SINGLE = "one by one"


class MailingDesk(Desk):
    """Where somebody also sends to many."""

    def send_to(self, count: int) -> float:
        """Seconds for each case that a send to so many patients takes."""
        patient = models.Patient
        able = patient.select().where(patient.reachable, ~patient.protected)
        chosen = self._rng.sample([row.number for row in able.select(patient.number)], count)
        numbers = [PersonalIdentityNumber(one) for one in chosen]
        begun = mailings.begin(self.sender, numbers)
        edit = {"template": self._template, "written": written(self._template)}
        draft = drafts.save(self.sender, begun.model_copy(update=edit))
        start = time.perf_counter()
        mailings.send(self.sender, draft, draft.key)
        return (time.perf_counter() - start) / count


def run(effort: Effort) -> Iterator[Table]:
    table = Table("One send to many patients", DESCRIPTION, columns=("each case", _SINGLE))
    with TemporaryDirectory(prefix="omvant-bench-") as folder:
        path = filled.copy(CASES, Path(folder, "many.db"))
        with desks([(path, 0)], MailingDesk) as [desk]:
            for size in SIZES:
                table.rows.append(_row(desk, size, effort))
    table.ratios.extend(
        Ratio(
            f"a case among {row.what}, over one by one",
            (row, "each case"),
            (row, _SINGLE),
            must=0.25,
            aim=0.15,
        )
        for row in table.rows
    )
    yield table


def _row(desk: Remote, size: int, effort: Effort) -> Row:
    samples: dict[str, list[float]] = {"each case": [], _SINGLE: []}
    for turn in range(effort.rounds + 1):
        desk.begin("send_to", size)
        each, alone = desk.end(), desk.ask("send")
        desk.ask("tidy")
        if turn:
            samples["each case"].append(each)
            samples[_SINGLE].append(alone)
    return Row(f"{size:,} patients", samples)

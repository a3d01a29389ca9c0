"""kill -9 at any moment: what was acknowledged is there, whole and once; what was not, whole or not at all.

The system outlives its programs here: a power cut is another thing, which `test_torn_wal.py` comes nearer to.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from multiprocessing.context import ForkServerContext
from pathlib import Path

from data.store import models
from tests.proofs import Count, Found
from tests.reliability.conftest import PATIENTS, Crowd, plain_and_encrypted
from tests.reliability.crew import Crew, lost
from tests.reliability.soundness import faults

MOST_WRITTEN = 3_000
"""Bytes of all journals between two kills, at most: some two cases. Counted so and not in seconds, writers
get on also where the machine is busy."""

LONGEST = 0.02
"""Seconds after that, at most."""

AT_ONCE = (0, 1, 1, 1, 2, PATIENTS)
"""How many are killed at one moment; none gives way to those that die by themselves."""


@plain_and_encrypted
def test_killed_writers_lose_nothing_halve_nothing_and_send_nothing_twice(
    crowd: Crowd, processes: ForkServerContext, tmp_path: Path, count: Count, found: Found
) -> None:
    crew = Crew(processes, crowd, tmp_path)
    wanted, kills = count(60, 2_000), 0
    with crew.at_work():
        while kills < wanted:
            crew.let_write(random.randrange(MOST_WRITTEN))
            time.sleep(random.uniform(0, LONGEST))  # a moment that nobody chose is the point
            victims = crew.dead().union(random.sample(range(len(crew.desks)), random.choice(AT_ONCE)))
            crew.kill_and_start_again(victims)
            kills += len(victims)
    crew.finish()

    store = crowd.open(crew.database)
    assert faults(store) == []
    told = crew.told()
    assert lost(told) == []
    texts = Counter(case.written for case in models.Case.select())
    assert [text for text, times in texts.items() if times > 1] == []
    acknowledged = Counter(line["did"] for line in told)
    assert len(texts) == acknowledged["sent"] > kills / 4
    store.close()
    found(
        f"{kills} kills of {len(crew.desks)} writers, {crowd.kind}; acknowledged: "
        f"{acknowledged['sent']} sent, {acknowledged['opened']} opened, {acknowledged['answered']} answered; "
        f"0 lost, 0 half, 0 double; "
        f"{repeated()} cases that their killed sender had not been told of were sent again, and stayed one"
    )


def repeated() -> int:
    """How many sendings the open database has answered with the receipt of an earlier one."""
    entries = models.AccessLog.select().where(models.AccessLog.event == "case.sent")
    return sum(bool(json.loads(entry.details).get("repeated")) for entry in entries)

"""A backup made while others write: it restores, verifies, and holds all that was acknowledged before."""

from __future__ import annotations

import shutil
import time
from multiprocessing.context import ForkServerContext
from pathlib import Path

from data import storage
from data.domain.roles import OperatorActor
from data.store.database import current
from data.store.log_keys import path_beside
from tests.proofs import Count, Found
from tests.reliability.conftest import Crowd, plain_and_encrypted
from tests.reliability.crew import Crew, lost
from tests.reliability.soundness import faults

OPERATOR = OperatorActor(name="drift")


@plain_and_encrypted
def test_backups_under_four_writers_restore_and_verify(
    crowd: Crowd, processes: ForkServerContext, tmp_path: Path, count: Count, found: Found
) -> None:
    crew = Crew(processes, crowd, tmp_path)
    crowd.open(crew.database)
    backups = [tmp_path / f"backup-{number}.db" for number in range(count(3, 20))]
    acknowledged = []
    with crew.at_work():
        for backup in backups:
            more_is_written(crew)
            acknowledged.append(crew.told())
            storage.back_up(OPERATOR, backup)
            crew.kill_and_start_again(crew.dead())
    crew.finish()
    assert faults(current()) == []
    current().close()

    for backup, before in zip(backups, acknowledged, strict=True):
        restored = tmp_path / f"restored-{backup.name}"
        shutil.copy(path_beside(crew.database), path_beside(restored))
        storage.restore(OPERATOR, restored, backup, crowd.key)
        assert faults(current()) == []
        assert lost(before) == []
        current().close()
    found(
        f"{len(backups)} of {len(backups)} {crowd.kind} backups under {len(crew.desks)} writers restore and "
        f"verify; 0 of {len(acknowledged[-1])} things acknowledged before the last one are missing"
    )


def more_is_written(crew: Crew) -> None:
    """Wait until each writer that lives has been told more."""
    before = [desk.journal.stat().st_size if desk.journal.exists() else 0 for desk in crew.desks]
    while not all(
        place in crew.dead() or (desk.journal.exists() and desk.journal.stat().st_size > size)
        for place, (desk, size) in enumerate(zip(crew.desks, before, strict=True))
    ):
        time.sleep(0.001)

"""Four writers at one file, each in a process of its own, and what they were told."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from signal import SIGKILL
from typing import Any

from data.store import models
from tests.reliability.conftest import Crowd
from tests.reliability.writer import Desk, answers_to, work


class Crew:
    """A writer for each patient of the crowd, shared between two senders, at a file of the test's own."""

    def __init__(self, processes: ForkServerContext, crowd: Crowd, folder: Path) -> None:
        self.processes = processes
        self.database = crowd.copied(folder)
        self.desks = [
            Desk(
                database=self.database,
                key=crowd.key,
                journal=folder / f"desk-{place}",
                clinic=crowd.clinic,
                sender=("anna", "cilla")[place % 2],
                patient=patient,
            )
            for place, patient in enumerate(crowd.patients)
        ]
        self._writers: list[BaseProcess] = []

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """All write while the block runs; at its end they are killed."""
        self._writers = [self._started(desk, goes_on=True) for desk in self.desks]
        try:
            yield
        finally:
            for writer in self._writers:
                writer.kill()
                writer.join()

    def let_write(self, wanted: int) -> None:
        """Wait until the journals have grown by so many bytes, or a writer has died by itself."""
        before = self._written()
        while self._written() < before + wanted and not self.dead():
            time.sleep(0.001)

    def _written(self) -> int:
        return sum(desk.journal.stat().st_size for desk in self.desks if desk.journal.exists())

    def dead(self) -> set[int]:
        """The places of the writers that have died by themselves."""
        return {place for place, writer in enumerate(self._writers) if writer.exitcode is not None}

    def kill_and_start_again(self, places: Iterable[int]) -> None:
        """Kill writers with SIGKILL, unless they did so themselves; one that ended otherwise has failed."""
        chosen = list(places)
        for place in chosen:
            self._writers[place].kill()
            self._writers[place].join()
            assert self._writers[place].exitcode == -SIGKILL
        for place in chosen:
            self._writers[place] = self._started(self.desks[place], goes_on=True)

    def finish(self) -> None:
        """Let what was begun be done, however many writers it takes."""
        waiting = list(self.desks)
        while waiting:
            writers = [(desk, self._started(desk, goes_on=False)) for desk in waiting]
            for _, writer in writers:
                writer.join()
                assert writer.exitcode in {0, -SIGKILL}
            waiting = [desk for desk, writer in writers if writer.exitcode]

    def told(self) -> list[dict[str, Any]]:
        """All lines of all journals."""
        return [line for desk in self.desks for line in desk.told()]

    def _started(self, desk: Desk, *, goes_on: bool) -> BaseProcess:
        writer = self.processes.Process(target=work, args=(desk, goes_on))
        writer.start()
        return writer


def lost(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was acknowledged and is not in the open database."""
    kept = {case.id: case for case in models.Case.select()}

    def there(line: dict[str, Any]) -> bool:
        case = kept.get(line["case"])
        if case is None or json.loads(case.written) != {"dos": line["text"]}:
            return False
        if line["did"] == "sent":
            return bool(case.reference == line["reference"])
        if line["did"] == "opened":
            return case.read_at is not None
        return bool(json.loads(case.answers or "null") == answers_to(line["text"]))

    return [line for line in told if line["did"] != "sends" and not there(line)]

"""A primary with a synchronous standby, and senders who work through the loss of the primary."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import psycopg

from data import cases, drafts, inbox
from data.patients import Patient
from data.store.database import open_store
from tests.conftest import ANSWERS, Clinic
from tests.postgres import QUICK, PostgresServer
from tui.session import Session

DEADLINE = 60.0
"""Seconds until a test gives up waiting; reached only when it fails."""

_STANDBY = "standby"


class Pair:
    """A primary and the standby that has what the primary acknowledges (synchronous replication)."""

    def __init__(self) -> None:
        self.primary = PostgresServer({**QUICK, "max_connections": "40"}).make()
        self.standby: PostgresServer | None = None

    def follow(self) -> None:
        """Let a new standby follow the primary; from then on nothing is acknowledged that it has not got."""
        self.standby = PostgresServer(self.primary.settings).copy_of(self.primary, name=_STANDBY)
        self.primary.do(
            f"ALTER SYSTEM SET synchronous_standby_names = '{_STANDBY}'", "SELECT pg_reload_conf()"
        )
        until(self._follows)

    def url(self, database: str) -> str:
        """A URL of both: whichever is the primary is used."""
        assert self.standby is not None
        hosts = f"127.0.0.1:{self.primary.port},127.0.0.1:{self.standby.port}"
        return f"postgresql://postgres@{hosts}/{database}"

    def fail_over(self) -> None:
        """Kill the primary at once, and make the standby the primary in its place."""
        assert self.standby is not None
        self.primary.kill()
        # What was copied from the primary would make it wait for a standby that it has not got.
        lines = (self.standby.data / "postgresql.auto.conf").read_text().splitlines(keepends=True)
        kept = [line for line in lines if "synchronous_standby_names" not in line]
        (self.standby.data / "postgresql.auto.conf").write_text("".join(kept))
        self.standby.promote()
        self.primary.remove()
        self.primary, self.standby = self.standby, None

    def remove(self) -> None:
        """Stop both and delete what they stored."""
        for server in (self.standby, self.primary):
            if server is not None:
                server.remove()

    def _follows(self) -> bool:
        with psycopg.connect(self.primary.url()) as connection:
            rows = connection.execute("SELECT sync_state FROM pg_stat_replication").fetchall()
        return rows == [("sync",)]


@dataclass(frozen=True)
class Place:
    """Who sends to whom, in which database. `told` gets a line of JSON for all that was acknowledged."""

    url: str
    log_keys: Path
    clinic: Clinic
    patient: Patient
    told: Path

    def lines(self) -> list[dict[str, Any]]:
        """What was told so far."""
        return (
            [json.loads(line) for line in self.told.read_bytes().splitlines()] if self.told.exists() else []
        )


def work(place: Place, end: Event) -> None:
    """Send, open and answer one case after another until the end, as a program does: by its session."""
    asyncio.run(_Sender(place).work(end))


class _Sender:
    def __init__(self, place: Place) -> None:
        self.place = place
        self.file = os.open(place.told, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.session = Session(
            partial(open_store, place.url, log_keys=place.log_keys),
            lambda waits: self.tell(did="waits" if waits else "goes on"),
        )

    async def work(self, end: Event) -> None:
        place, run = self.place, self.session.run
        await self.session.open()
        number = 0
        while not end.is_set():
            number += 1
            anna, patient = place.clinic.anna, place.clinic.as_patient(place.patient)
            text = f"{place.told.stem} {number}"
            draft = await run(drafts.begin, anna, place.patient.id)
            edit = {"template": place.clinic.question, "written": {"dos": text}}
            draft = await run(drafts.save, anna, draft.model_copy(update=edit))
            sent = await run(cases.send, anna, draft, draft.key)
            self.tell(did="sent", case=sent.id, reference=sent.reference, text=text)
            await run(inbox.open_letter, patient, sent.id)
            await run(inbox.answer, patient, sent.id, ANSWERS)
            self.tell(did="answered", case=sent.id, text=text)
            await run(cases.open_case, anna, sent.id)
        await self.session.close()

    def tell(self, **line: object) -> None:
        os.write(self.file, json.dumps(line).encode() + b"\n")


def sent_by(places: list[Place]) -> list[int]:
    """How many cases each of them was told are sent."""
    return [sum(line["did"] == "sent" for line in place.lines()) for place in places]


@contextmanager
def at_work(processes: Any, places: list[Place]) -> Iterator[None]:
    """A sender at each place while the block runs; then they finish what they were at."""
    end = processes.Event()
    senders: list[BaseProcess] = [processes.Process(target=work, args=(place, end)) for place in places]
    for sender in senders:
        sender.start()
    try:
        yield
        end.set()
        for sender in senders:
            sender.join(DEADLINE)
        assert [sender.exitcode for sender in senders] == [0] * len(senders)
    finally:
        for sender in senders:
            sender.kill()
            sender.join()


def until(true: Any) -> None:
    """Look until it is true, at most until the deadline."""
    end = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)

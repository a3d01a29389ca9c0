"""Terminals without a screen for benches: each is a process with its own connection, at which one person of a
filled database sends cases.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from data import cases, drafts
from data.domain.roles import Role, StaffActor
from data.drafts import Draft
from data.store import models
from data.store.database import open_store
from data.store.moving.sides import Place
from data.store.sqlite_store import SqliteStore
from data.templates import PublishedTemplate, published

WORDS = "Ta en tablett varje morgon, och ring oss om du mår sämre"
"""What is written in every white box."""

Statement = tuple[str, tuple[object, ...]]


class Desk:
    """Where the person with that number among the care providers sends."""

    def __init__(self, place: Path | Place, number: int) -> None:
        self.store = place.open() if isinstance(place, Place) else open_store(place)
        self.sender = care_provider(number)
        self._template = next(iter(published(self.sender)))
        self._rng = random.Random(number)
        self._patients = int(models.Patient.select().count())

    @property
    def file(self) -> SqliteStore:
        """The store, for what only a file has."""
        assert isinstance(self.store, SqliteStore)
        return self.store

    def draft(self) -> Draft:
        """A draft to some patient, ready to be sent."""
        begun = drafts.begin(self.sender, self._patient())
        edit = {"template": self._template, "written": written(self._template)}
        return drafts.save(self.sender, begun.model_copy(update=edit))

    def send(self) -> float:
        """Seconds that a send takes."""
        draft = self.draft()
        return _seconds(lambda: cases.send(self.sender, draft, draft.key))

    def send_again(self) -> float:
        """Seconds that a send takes whose pages have been read: it was made once, and undone."""
        draft = self.draft()
        self._statements(draft)
        return _seconds(lambda: cases.send(self.sender, draft, draft.key))

    def send_raw(self) -> float:
        """Seconds that the statements of such a send take, given to the driver one after the other."""
        statements = self._statements(self.draft())
        connection = self.file.database.connection()

        def run() -> None:
            for sql, values in statements:
                connection.execute(sql, values).fetchall()

        return _seconds(run)

    def tidy(self) -> None:
        """What the program does when nobody waits."""
        self.store.tidy()

    def as_sqlite_does(self) -> None:
        """Move pages from the WAL file, and merge the search, when SQLite itself would."""
        self.file.database.pragma("wal_autocheckpoint", 1_000)
        with self.store.writing():
            for name, value in (("automerge", 4), ("crisismerge", 16)):
                self.store.database.execute_sql(
                    "INSERT INTO case_search (case_search, rank) VALUES (?, ?)", (name, value)
                )

    def _patient(self) -> int:
        while True:
            row = models.Patient.get_by_id(self._rng.randint(1, self._patients))
            if row.reachable and not row.protected:
                return int(row.id)

    def _statements(self, draft: Draft) -> list[Statement]:
        """What a send of the draft asks of the database, which is undone."""
        seen: list[Statement] = []
        hooks = self.file.database.query_hooks
        hooks.append(lambda event: seen.append((event.sql, tuple(event.params or ()))))
        try:
            with self.store.writing():
                del seen[:]
                cases.send(self.sender, draft, draft.key)
                raise _Undone
        except _Undone:
            pass
        finally:
            hooks.clear()
        inside = [one for one in seen if one[0].split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"}]
        return [("BEGIN IMMEDIATE", ()), *inside, ("COMMIT", ())]


class _Undone(Exception):  # noqa: N818 - nothing is wrong
    """Ends a transaction that was only looked at."""


def care_provider(number: int) -> StaffActor:
    """One of the care providers of the open database, who has just signed in."""
    role = models.StaffRole
    row = role.select().where(role.role == Role.CARE_PROVIDER).order_by(role.id).limit(1).offset(number).get()
    return StaffActor(
        staff_id=row.staff_id,
        username=row.staff.username,
        name=row.staff.name,
        title=row.staff.title,
        clinic_id=row.clinic_id,
        clinic_name=row.clinic.name,
        roles=frozenset({Role.CARE_PROVIDER}),
        signed_in_at=datetime.now(UTC),
        generation=row.staff.generation,
    )


def written(template: PublishedTemplate) -> dict[str, str]:
    """Words for each white box of a template."""
    return {box.id: WORDS for box in template.form.white_boxes}


def _seconds(work: Callable[[], object]) -> float:
    gc.disable()  # and no collection before: it would take from the processor's caches what a send needs
    try:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start
    finally:
        gc.enable()


class Remote:
    """A desk in another process: `ask("send")` is what its method gives."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ask(self, name: str, *arguments: object) -> Any:
        self.begin(name, *arguments)
        return self.end()

    def begin(self, name: str, *arguments: object) -> None:
        """Let it work, and don't wait."""
        self._connection.send((name, arguments))

    def end(self) -> Any:
        """What it gave."""
        return self._connection.recv()


@contextmanager
def desks(
    places: Sequence[tuple[Path | Place, int]], kind: type[Desk] = Desk, *, in_turns: bool = False
) -> Iterator[list[Remote]]:
    """A desk for each file and number of a person, each in a process of its own. With `in_turns` only one of
    them works at a time, and all on the same core: one is often quicker than another for a while."""
    context = multiprocessing.get_context("spawn")
    pipes = [context.Pipe() for _place in places]
    processes = [
        context.Process(target=_serve, args=(theirs, kind, *place, in_turns), daemon=True)
        for (_ours, theirs), place in zip(pipes, places, strict=True)
    ]
    for process, (_ours, theirs) in zip(processes, pipes, strict=True):
        process.start()
        theirs.close()  # so that the end of a process is the end of what it says
    try:
        remotes = [Remote(ours) for ours, _theirs in pipes]
        for one in remotes:
            one.end()  # it is open
        yield remotes
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _stay_on_the_last_core(desk: Desk) -> None:
    """This process, and the server's own for it."""
    processes = [0]
    if not isinstance(desk.store, SqliteStore):
        processes += desk.store.database.execute_sql("SELECT pg_backend_pid()").fetchone()
    for process in processes:
        os.sched_setaffinity(process, {max(os.sched_getaffinity(0))})


def _serve(
    connection: Connection, kind: type[Desk], place: Path | Place, number: int, in_turns: bool
) -> None:
    desk = kind(place, number)
    if in_turns and hasattr(os, "sched_setaffinity"):
        _stay_on_the_last_core(desk)
    gc.collect()
    gc.freeze()  # as the program does when its first screen is painted (`tui.first_paint`)
    connection.send(None)
    while True:
        name, arguments = connection.recv()
        connection.send(getattr(desk, name)(*arguments))

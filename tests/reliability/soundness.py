"""What must be true of a database whatever happened to the programs that wrote it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from data.domain.chain import FIRST, mac
from data.store import models
from data.store.log_chain import content
from data.store.sqlite_store import SqliteStore
from data.store.store import Store


def faults(store: Store) -> list[str]:
    """What is wrong with the open database, a line for each fault; nothing of it is right.

    The chain is counted and multiplied out here once more, not asked of the program that is on trial.
    """
    log, cases = list(models.AccessLog.select()), list(models.Case.select())
    return [
        *(_file_faults(store) if isinstance(store, SqliteStore) else ()),
        *broken_links(store, log),
        *_half_done(log, cases),
        *_done_twice(log, cases),
    ]


def broken_links(store: Store, log: list[models.AccessLog]) -> list[str]:
    """The entries of the access log that are not the next link of their chain."""
    previous: dict[int, tuple[int, str]] = {}
    found = []
    for entry in sorted(log, key=lambda entry: (entry.chain, entry.number)):
        number, before = previous.get(entry.chain, (0, FIRST))
        key = store.log_keys.by_id.get(entry.key)
        if key is None or (entry.number, entry.mac) != (number + 1, mac(key, before, content(entry))):
            found.append(f"chain {entry.chain} breaks at {entry.number}, after {number}")
        previous[entry.chain] = entry.number, entry.mac
    return found


def _file_faults(store: SqliteStore) -> Iterator[str]:
    yield from (f"integrity: {line}" for (line,) in _asked(store, "integrity_check") if line != "ok")
    yield from (f"foreign key: {row}" for row in _asked(store, "foreign_key_check"))


def _asked(store: Store, pragma: str) -> list[tuple[object, ...]]:
    return list(store.database.execute_sql(f"PRAGMA {pragma}").fetchall())


def _half_done(log: list[models.AccessLog], cases: list[models.Case]) -> Iterator[str]:
    """A case and its log entries, and a case and its draft, come and go together."""
    sent, opened, answered = (
        _recorded(log, event) for event in ("case.sent", "inbox.opened", "inbox.answered")
    )
    waiting = {draft.key for draft in models.Draft.select()}
    for one in sent.keys() - {case.id for case in cases}:
        yield f"case {one} is recorded as sent, and is not there"
    for case in cases:
        one = case.id
        if one not in sent:
            yield f"case {one} is there, and is not recorded"
        if case.key in waiting:
            yield f"case {one} is sent, and is a draft still"
        if (case.read_at is not None) != (one in opened or one in answered):
            yield f"case {one}: read is {case.read_at}, and recorded {one in opened}"
        if not (case.answered_at is not None) == (case.answers is not None) == (one in answered):
            yield f"case {one}: answered is {case.answered_at}, and recorded {one in answered}"


def _done_twice(log: list[models.AccessLog], cases: list[models.Case]) -> Iterator[str]:
    for key, times in Counter(case.key for case in cases).items():
        if times > 1:
            yield f"key {key} has {times} cases"
    for event in ("case.sent", "inbox.answered"):
        for one, times in _recorded(log, event).items():
            if times > 1:
                yield f"case {one} is recorded as {event} {times} times"


def _recorded(log: list[models.AccessLog], event: str) -> Counter[int | None]:
    """How often the log tells of an event for each case; what was only asked for again is not counted."""
    return Counter(
        entry.case_id
        for entry in log
        if entry.event == event and entry.allowed and not json.loads(entry.details).get("repeated")
    )

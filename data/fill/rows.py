"""The rows of cases and of the access log, written to a file of their own, from which they are copied.

A second process can so make them while the first one makes the search index.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from heapq import heappop, heappush
from itertools import islice
from pathlib import Path

from data.domain.chain import CONTENT, FIRST, mac
from data.domain.placeholders import Given
from data.fill import people
from data.fill.history import Plan, Sent, history
from data.store.loading import Loading, loading

Texts = Sequence[tuple[tuple[str, ...], tuple[str, ...]]]
"""What staff wrote and what patients answered (`data.fill.letters`), by letter."""

CASE_COLUMNS = (
    "id", "reference", "key", "clinic_id", "sender_id", "patient_id", "template_version_id", "answerable",
    "title", "written", "given", "signature", "sent_at", "read_at", "answered_at", "answers",
    "answer_seen_at", "version", "closed_at", "closed_by_id",
)  # fmt: skip
LOG_COLUMNS = ("id", *CONTENT, "key", "mac")
TABLES = {"case": CASE_COLUMNS, "access_log": LOG_COLUMNS}

REASON = "Planerat besök hos oss"
"""Why staff have seen a patient with protected identity."""

_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"
"""As in `data.cases`."""
_REFERENCES = len(_ALPHABET) ** 7
_KEYS = 1 << 128
_SCATTER = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835
"""Odd, and no multiple of three: multiplied by it, numbers up to a power of two or 27 stay different."""

_AT_ONCE = 5_000


@dataclass(frozen=True)
class Job:
    """What the rows are made from. `ends`: the last number and MAC of each chain so far; `last_entry`: the
    last id of the log; `key` is the one for new entries, called `key_id`."""

    plan: Plan
    texts: Texts
    ends: dict[int, tuple[int, str]]
    last_entry: int
    key_id: str
    key: bytes


def write(job: Job, path: Path, tell: Callable[[int], None]) -> None:
    """Write all rows to a new file; `tell` hears how many cases are done."""
    path.touch(mode=0o600, exist_ok=False)
    entries = _Log(job)
    with loading(path) as file:
        for table, columns in TABLES.items():
            file.execute(f'CREATE TABLE "{table}" (id INTEGER PRIMARY KEY, {", ".join(columns[1:])})')
        sent, done = history(job.plan), 0
        while some := list(islice(sent, _AT_ONCE)):
            file.insert("case", CASE_COLUMNS, (_case(one, job.texts) for one in some))
            _insert(file, entries.until(some))
            done += len(some)
            tell(done)
        _insert(file, entries.rest())


def _insert(file: Loading, entries: Iterator[Sequence[object]]) -> None:
    file.insert("access_log", LOG_COLUMNS, entries)


def reference(case_id: int) -> str:
    """The reference of a case; all differ."""
    first, last = divmod(case_id * _SCATTER % _REFERENCES, 27**4)
    middle, end = divmod(last, 27**2)
    pairs = _pairs()
    return f"{pairs[first // 27]}{_ALPHABET[first % 27]}-{pairs[middle]}{pairs[end]}"


@cache
def _pairs() -> tuple[str, ...]:
    return tuple(one + other for one in _ALPHABET for other in _ALPHABET)


def _case(sent: Sent, texts: Texts) -> tuple[object, ...]:
    sender, version = sent.sender, sent.version
    written, answers = texts[version.letter]
    day, _second = divmod(sent.sent_at, 86_400)
    return (
        sent.id,
        reference(sent.id),
        f"{sent.id * _SCATTER % _KEYS:032x}",
        sender.clinic_id,
        sender.id,
        sent.patient_id,
        version.id,
        version.answerable,
        version.title,
        written[sent.written],
        _given(people.name_of(sent.patient_id), sender.clinic, sender.signature, _date(day)),
        sender.signature,
        stamp(sent.sent_at),
        stamp(sent.read_at),
        stamp(sent.answered_at),
        None if sent.answered_at is None else answers[sent.answers],
        stamp(sent.seen_at),
        1 + (sent.answered_at is not None) + (sent.closed_at is not None),
        stamp(sent.closed_at),
        None if sent.closed_at is None else sent.closed_by.id,
    )


def _given(patient: str, clinic: str, signature: str, date: str) -> str:
    """As `json.dumps` writes what `placeholders.given` returns; none of it needs to be escaped."""
    return (
        f'{{"{Given.PATIENT}": "{patient}", "{Given.CLINIC}": "{clinic}", '
        f'"{Given.SIGNATURE}": "{signature}", "{Given.DATE}": "{date}"}}'
    )


def stamp(moment: int | None) -> str | None:
    """A moment as the database stores it."""
    if moment is None:
        return None
    day, second = divmod(moment, 86_400)
    return _date(day) + _times()[second]


@cache
def _times() -> tuple[str, ...]:
    """Every second of a day, as it follows a date."""
    return tuple(
        f" {hour:02}:{minute:02}:{second:02}.000000"
        for hour in range(24)
        for minute in range(60)
        for second in range(60)
    )


@cache
def _date(day: int) -> str:
    return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day):%Y-%m-%d}"


@cache
def _details(template_id: int, name: str) -> str:
    return json.dumps({"template": template_id, "name": name}, ensure_ascii=False)


class _Log:
    """The entries of all cases in the order of time, as links of their clinics' chains."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._ends = dict(job.ends)
        self._last = job.last_entry
        self._waiting: list[tuple[int, int, str, int | None, Sent]] = []
        self._count = 0
        self._reason = json.dumps({"why": REASON}, ensure_ascii=False)

    def until(self, sent: Sequence[Sent]) -> Iterator[tuple[object, ...]]:
        """What is now to be told of these cases and of earlier ones: nothing later than the last of them."""
        for one in sent:
            while self._waiting and self._waiting[0][0] <= one.sent_at:
                yield self._entry(*heappop(self._waiting))
            if people.is_protected(one.patient_id):
                self._note(one.sent_at, "patient.reason_given", one, one.sender.id)
            self._note(one.sent_at, "case.sent", one, one.sender.id)
            self._note(one.read_at, "inbox.opened", one, None)
            self._note(one.answered_at, "inbox.answered", one, None)
            self._note(one.seen_at, "case.opened", one, one.sender.id)
            self._note(one.closed_at, "case.closed", one, one.closed_by.id)

    def rest(self) -> Iterator[tuple[object, ...]]:
        """What is left to be told."""
        while self._waiting:
            yield self._entry(*heappop(self._waiting))

    def _note(self, at: int | None, event: str, sent: Sent, staff_id: int | None) -> None:
        if at is not None:
            self._count += 1  # tells apart what happens in one second, in the order of happening
            heappush(self._waiting, (at, self._count, event, staff_id, sent))

    def _entry(
        self, at: int, _count: int, event: str, staff_id: int | None, sent: Sent
    ) -> tuple[object, ...]:
        clinic_id = sent.sender.clinic_id
        number, previous = self._ends.get(clinic_id, (0, FIRST))
        number += 1
        details = "{}"
        if event == "case.sent":
            details = _details(sent.version.template_id, sent.version.name)
        elif event == "patient.reason_given":
            details = self._reason
        if staff_id is None:
            name = people.name_of(sent.patient_id)
        else:
            name = sent.sender.name if staff_id == sent.sender.id else sent.closed_by.name
        values = (
            clinic_id, number, stamp(at), event, 1, "patient" if staff_id is None else "staff", staff_id,
            name, clinic_id, sent.patient_id, None if event == "patient.reason_given" else sent.id, details,
        )  # fmt: skip
        made = mac(self._job.key, previous, dict(zip(CONTENT, values, strict=True)))
        self._ends[clinic_id] = (number, made)
        self._last += 1
        return (self._last, *values, self._job.key_id, made)

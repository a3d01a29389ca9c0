"""What has happened to each case, one after the other in the order of sending: always the same for a plan.

The newest part is alike however many cases there are: so many a working day, the newest answers unseen. More
cases mean a longer history, until it would be older than the law asks for the access log.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple

SEED = 1912

_DAILY = 800
"""Cases a working day of all clinics."""
_MOST_DAYS = 1_200
"""Working days of a history; the access log is kept for five years."""

OPENS = 6 * 3600
"""When the clinics open, in seconds of the day (UTC): 7 or 8 o'clock in Sweden."""
_HOURS = 10 * 3600
"""How long they are open, in seconds."""
_DAY = 86_400
_SATURDAY = 5

_LATEST = 25
"""Each sender's newest cases, whose answers are unseen: about ten."""

_READ, _ANSWERED, _BY_COLLEAGUE = 0.9, 0.72, 0.12
_CLOSED, _CLOSED_UNANSWERED = 0.7, 0.45


class Sender(NamedTuple):
    """A care provider."""

    id: int
    name: str
    clinic_id: int
    clinic: str
    signature: str


class Version(NamedTuple):
    """A published template of a clinic; `letter` is its place among the letters of the library."""

    id: int
    template_id: int
    name: str
    title: str
    answerable: bool
    letter: int


@dataclass(frozen=True)
class Plan:
    """What a history is made from. `versions` are the clinics' templates by clinic, the commonest first;
    `ready` is the moment after all that has happened."""

    cases: int
    patients: int
    senders: tuple[Sender, ...]
    versions: dict[int, tuple[Version, ...]]
    sets: int
    ready: datetime


class Sent(NamedTuple):
    """A case and what became of it; moments in seconds since 1970, None for what has not happened."""

    id: int
    sender: Sender
    patient_id: int
    version: Version
    written: int
    answers: int
    sent_at: int
    read_at: int | None
    answered_at: int | None
    seen_at: int | None
    closed_at: int | None
    closed_by: Sender


def history(plan: Plan) -> Iterator[Sent]:
    """All cases of a plan, with ids from 1; none is sent before the one ahead of it."""
    return iter(_History(plan))


def first_day(cases: int, ready: datetime) -> datetime:
    """When the history of so many cases begins that ends at `ready`."""
    days = _working_days(ready.astimezone(UTC).date(), -(-cases // _daily(cases)))
    return datetime.fromtimestamp(days[0], UTC)


def _daily(cases: int) -> int:
    return max(_DAILY, -(-cases // _MOST_DAYS))


class _History:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._chance = Random(SEED)  # noqa: S311 - nothing is secret about it
        self._ready = int(plan.ready.timestamp())
        self._colleagues = _by_clinic(plan.senders)
        self._patients = {clinic: place for place, clinic in enumerate(self._colleagues)}
        self._latest = min(_LATEST, plan.cases // len(plan.senders) // 4)
        weights = [1 / (place + 3) for place in range(max(map(len, plan.versions.values())))]
        self._weights = list(accumulate(weights))

    def __iter__(self) -> Iterator[Sent]:
        plan, random = self._plan, self._chance.random
        daily = _daily(plan.cases)
        days = _working_days(plan.ready.astimezone(UTC).date(), -(-plan.cases // daily))
        pause = _HOURS / daily
        first = len(days) * daily - plan.cases  # the first day is a short one
        for case_id in range(1, plan.cases + 1):
            day, place = divmod(first + case_id - 1, daily)
            yield self._sent(case_id, days[day] + OPENS + int((place + random()) * pause))

    def _sent(self, case_id: int, sent_at: int) -> Sent:
        plan, random = self._plan, self._chance.random
        newer = plan.cases - case_id
        if not newer:
            return self._waiting(case_id, sent_at)
        turn, place = divmod(newer, len(plan.senders))
        sender = plan.senders[(place * 37 + turn * 11) % len(plan.senders)]
        patient_id = self._patient(sender.clinic_id)
        version = self._version(sender.clinic_id)
        read_at = answered_at = seen_at = closed_at = None
        if random() < _READ:
            read_at = self._past(sent_at + 90 + int(self._chance.expovariate(1 / 15_000)))
        if read_at and version.answerable and random() < _ANSWERED:
            answered_at = self._past(read_at + 60 + int(random() * 1_500))
        if answered_at and turn >= self._latest:
            seen_at = self._past(_at_work(answered_at + 120 + int(random() * 20_000), random()))
        closed_by = sender
        if random() < (_CLOSED if seen_at else _CLOSED_UNANSWERED) and not (answered_at and not seen_at):
            later = random() * (_DAY if seen_at else 30 * _DAY)
            closed_at = self._past(_at_work((seen_at or read_at or sent_at) + 60 + int(later), random()))
        if random() < _BY_COLLEAGUE:
            colleagues = self._colleagues[sender.clinic_id]
            closed_by = colleagues[int(random() * len(colleagues))]
        return Sent(
            case_id, sender, patient_id, version, int(random() * plan.sets), int(random() * plan.sets),
            sent_at, read_at, answered_at, seen_at, closed_at, closed_by,
        )  # fmt: skip

    def _waiting(self, case_id: int, sent_at: int) -> Sent:
        """The newest, so that the patient of the demo's sign-in screen has something to answer."""
        sender = self._plan.senders[0]
        version = next(one for one in self._plan.versions[sender.clinic_id] if one.answerable)
        return Sent(case_id, sender, 1, version, 0, 0, sent_at, None, None, None, None, sender)

    def _past(self, moment: int) -> int | None:
        return moment if moment < self._ready else None

    def _patient(self, clinic_id: int) -> int:
        """Nine of ten are the clinic's own: those whose ids leave its remainder."""
        patients, random = self._plan.patients, self._chance.random
        if random() < 0.1:
            return 1 + int(random() * patients)
        clinics = len(self._patients)
        own = self._patients[clinic_id]
        return 1 + own + clinics * int(random() * (patients // clinics))

    def _version(self, clinic_id: int) -> Version:
        place = bisect(self._weights, self._chance.random() * self._weights[-1])
        return self._plan.versions[clinic_id][place]


def _by_clinic(senders: Sequence[Sender]) -> dict[int, list[Sender]]:
    found: dict[int, list[Sender]] = {}
    for sender in senders:
        found.setdefault(sender.clinic_id, []).append(sender)
    return found


def _working_days(today: date, count: int) -> list[int]:
    """The beginnings of the last `count` days from Monday to Friday before today, the oldest first."""
    days: list[int] = []
    day = datetime(today.year, today.month, today.day, tzinfo=UTC)
    while len(days) < count:
        day -= timedelta(days=1)
        if day.weekday() < _SATURDAY:
            days.append(int(day.timestamp()))
    return days[::-1]


def _at_work(moment: int, random: float) -> int:
    """The moment if the clinics are open then, else one in the first two hours of their next day."""
    day, second = divmod(moment, _DAY)
    weekday = (day + 3) % 7  # 1 January 1970 was a Thursday
    if weekday < _SATURDAY and OPENS <= second < OPENS + _HOURS:
        return moment
    if second >= OPENS or weekday >= _SATURDAY:
        day += 7 - weekday if weekday >= _SATURDAY - 1 else 1
    return day * _DAY + OPENS + int(random * 7_200)

"""Reviews of the access log: a random sample of who read what, looked through by a log auditor.

Rule: Patientdatalagen (2008:355) 4 kap. 3 § and HSLF-FS 2016:40 4 kap. 9 § — checks are made at random,
systematically and again and again, and they are documented. A review keeps who drew it and when, the period,
the entries, the remarks and the outcome; once its outcome is written, a trigger keeps it as it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from data import audit
from data.access_log import Day, day_began
from data.domain.errors import Conflict, Message, NotFound, NotYours, invalid
from data.domain.limits import TEXT_LIMIT
from data.domain.paging import Edge, Page
from data.domain.roles import Role, StaffActor
from data.domain.text import clean
from data.domain.value import Frozen
from data.log_flags import FlagFinder
from data.log_rows import LogRow, of_clinic, rows_of
from data.operation import now, operation, store, to_change
from data.store import models
from data.store.paging import rows_at

SIZE_MOST = 200
"""Entries of a review; more than anybody looks through in one sitting."""


class Period(Frozen):
    """From one day to another at the clinic, both included."""

    first: Day
    last: Day


class ReviewRow(Frozen):
    """A line of the list of reviews. `finished_at` and `outcome`: None and empty while it goes on."""

    id: int
    at: datetime
    reviewer: str
    period: Period
    size: int
    remarks: int
    finished_at: datetime | None
    outcome: str


class Review(Frozen):
    """A review with its entries, newest first. Entries that were pruned since are missing in `rows`.

    `remarked`: the ids of the entries that were remarked on. `mine`: the actor drew it, and may go on.
    """

    summary: ReviewRow
    rows: tuple[LogRow, ...]
    remarked: frozenset[int]
    mine: bool


@operation(role=Role.LOG_AUDITOR, event="log.sampled")
def draw(actor: StaffActor, period: Period, size: int) -> Review:
    """Draw at random among what staff of the clinic did with patient data in a period; fewer entries are
    drawn where there are fewer. Raises `Invalid` when there are none, and for a size or period that is none.
    """
    if period.last < period.first:
        raise invalid("last", "The last day is before the first")
    if not 1 <= size <= SIZE_MOST:
        raise invalid("size", "Draw 1 to {most} entries", most=SIZE_MOST)
    log = models.AccessLog
    query = log.select(log.id).where(
        log.clinic_id == actor.clinic_id,
        log.actor_kind == "staff",
        log.patient_id.is_null(False),
        log.at >= day_began(actor, period.first),
        log.at < day_began(actor, period.last + timedelta(days=1)),
    )
    count = query.count()
    if not count:
        raise invalid("first", "Nobody did anything with patient data in that period")
    ranks = set(_ranks(count, min(size, count)))
    # Raw: peewee would make an object of each of what may be all that was done in years.
    found = models.database.execute(query.order_by(log.at, log.id))
    ids = [one for rank, (one,) in enumerate(found) if rank in ranks]
    row = models.LogReview.create(
        clinic=actor.clinic_id,
        staff_id=actor.staff_id,
        reviewer=actor.name,
        at=now(),
        first=period.first.isoformat(),
        last=period.last.isoformat(),
        entries=json.dumps(ids),
    )
    audit.about(review=row.id, first=period.first, last=period.last, count=len(ids))
    return _review(actor, row)


@operation(role=Role.LOG_AUDITOR, event="log.reviews_listed", repeatable=True)
def list_all(actor: StaffActor, edge: Edge) -> Page[ReviewRow]:
    """A page of the clinic's reviews, newest first. Recorded when it is read from an end of the list."""
    review = models.LogReview
    if edge.at is not None:
        audit.instead(None)
    query = review.select().where(review.clinic == actor.clinic_id)
    found, at_start, at_end = rows_at(query, review.at, review.id, edge)
    return Page[ReviewRow](rows=tuple(map(_summary, found)), at_start=at_start, at_end=at_end)


@operation(role=Role.LOG_AUDITOR, event="log.review_opened", repeatable=True)
def get(actor: StaffActor, review_id: int) -> Review:
    """One review of the clinic, whoever drew it. Raises `NotFound`."""
    return _review(actor, _clinics_review(actor, review_id))


@operation(role=Role.LOG_AUDITOR, event="log.remarked")
def remark(actor: StaffActor, review_id: int, entry_id: int, remarked: bool) -> Review:
    """Remark on an entry of one's own unfinished review, or take the remark back.

    Raises `NotFound`, `NotYours` for another's review, and `Conflict` for a finished one.
    """
    row = _unfinished(actor, review_id)
    if entry_id not in json.loads(row.entries):
        raise NotFound(Message("The entry is not in this review"))
    marks = set(json.loads(row.remarked))
    marks = marks | {entry_id} if remarked else marks - {entry_id}
    row.remarked = json.dumps(sorted(marks))
    row.save()
    audit.about(review=row.id, entry=entry_id, remarked=remarked)
    return _review(actor, row)


@operation(role=Role.LOG_AUDITOR, event="log.reviewed")
def finish(actor: StaffActor, review_id: int, outcome: str) -> Review:
    """Write the outcome of one's own review, which never changes afterwards.

    Raises `Invalid` without an outcome, and otherwise as `remark` does.
    """
    row = _unfinished(actor, review_id)
    row.outcome = clean(outcome, limit=TEXT_LIMIT)
    if not row.outcome:
        raise invalid("outcome", "Write what the review came to")
    row.finished_at = now()
    row.save()
    audit.about(review=row.id, remarks=len(json.loads(row.remarked)), outcome=row.outcome)
    return _review(actor, row)


def _ranks(count: int, size: int) -> Iterator[int]:
    """`size` different numbers below `count`, drawn from tokens."""
    seed, drawn, step = store().token().encode(), set[int](), 0
    while len(drawn) < size:
        step += 1
        rank = int.from_bytes(hashlib.sha256(b"%d %b" % (step, seed)).digest()) % count
        if rank not in drawn:
            drawn.add(rank)
            yield rank


def _clinics_review(actor: StaffActor, review_id: int, *, change: bool = False) -> models.LogReview:
    here = models.LogReview.id == review_id
    row = to_change(models.LogReview, here) if change else models.LogReview.get_or_none(here)
    missing = Message("There is no such review at this clinic")
    if row is None:
        raise NotFound(missing)
    audit.about(review=row.id)
    if row.clinic_id != actor.clinic_id:
        raise NotYours(missing)
    return row


def _unfinished(actor: StaffActor, review_id: int) -> models.LogReview:
    row = _clinics_review(actor, review_id, change=True)
    if row.staff_id != actor.staff_id:
        raise NotYours(Message("{name} drew this review: draw one of your own", name=row.reviewer))
    if row.finished_at is not None:
        raise Conflict(Message("The review is finished, and never changes any more"))
    return row


def _review(actor: StaffActor, row: models.LogReview) -> Review:
    log = models.AccessLog
    found = list(
        of_clinic(actor).where(log.id.in_(json.loads(row.entries))).order_by(log.at.desc(), log.id.desc())
    )
    return Review(
        summary=_summary(row),
        rows=rows_of(found, FlagFinder(actor)),
        remarked=frozenset(json.loads(row.remarked)),
        mine=row.staff_id == actor.staff_id,
    )


def _summary(row: models.LogReview) -> ReviewRow:
    return ReviewRow(
        id=row.id,
        at=row.at,
        reviewer=row.reviewer,
        period=Period(first=date.fromisoformat(row.first), last=date.fromisoformat(row.last)),
        size=len(json.loads(row.entries)),
        remarks=len(json.loads(row.remarked)),
        finished_at=row.finished_at,
        outcome=row.outcome,
    )

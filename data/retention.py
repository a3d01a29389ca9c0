"""Retention (*gallring*): closed cases that are older than the clinic's policy are destroyed for good.

Patient records are kept at least ten years (Patientdatalagen 2008:355, 3 kap. 17 §), counted from the last
entry. Omvänt holds no records: what a message said belongs in the chart (it is *journalförd* there), and only
then may the message itself go. Hence nothing is destroyed unless the clinic says after how long, and never
what is open, young, held (`data.holds`) or another clinic's.

A run is a row of batches, each one transaction with its receipt: killed half-way, it has destroyed exactly
what its receipts say, and goes on where it was when it is started again. The access log is never touched.
Backups that were made before still hold what was destroyed; so does, until it is emptied, the WAL file:

```python
due = retention.due(actor)
for receipt in retention.batches(actor, due):
    print(receipt.count)
```
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from peewee import ModelSelect

from data import audit
from data.domain.errors import Conflict, Message, invalid
from data.domain.limits import LINE_LIMIT
from data.domain.paging import Edge, Page
from data.domain.text import clean
from data.domain.value import Frozen
from data.holds import ROLES, Keeper, clinic_of
from data.operation import now, operation, row_to_change, store
from data.store import models, search
from data.store.changing import for_change
from data.store.paging import rows_at

KEEP_LEAST = 30
"""Days: a slip of the finger must not empty the clinic."""

KEEP_MOST = 36_500
"""Days, a hundred years; what is meant to be kept longer is kept for ever, which is written 0."""

BATCH = 200
"""Cases a transaction: others who write wait no longer than for these."""


class Due(Frozen):
    """What would be destroyed if the clinic's policy were followed now; nothing about anybody.

    `keep_days` 0 keeps for ever; `version` is the policy's. `before`: closed before that moment is too old,
    None when all is kept. `count` cases would go, the first of them closed at `oldest` and the last at
    `newest`; `held` are as old and stay all the same.
    """

    clinic: str
    keep_days: int
    version: int
    before: datetime | None
    count: int
    held: int
    oldest: datetime | None
    newest: datetime | None


class Receipt(Frozen):
    """That `count` cases were destroyed, at which moment and by whom, and when they had been closed.

    `digest` is SHA-256, in hexadecimal, over their references in order, one a line: who has the references,
    from a backup or on paper, can show that just these were destroyed.
    """

    id: int
    at: datetime
    by: str
    keep_days: int
    count: int
    oldest: datetime
    newest: datetime
    digest: str


@operation(role=ROLES, event=None)
def due(actor: Keeper, clinic: str = "") -> Due:
    """A dry run: the policy, and what would go now. The operator names the clinic where there are several;
    raises `Invalid` for one that there isn't."""
    return _due(models.Clinic.get_by_id(clinic_of(actor, clinic)))


@operation(role=ROLES, event="retention.changed")
def set_policy(actor: Keeper, keep_days: int, version: int, clinic: str = "") -> Due:
    """Keep closed cases this many days, 0 for ever; returns what that would destroy now.

    Raises `Invalid` naming `days`, and `Conflict` when the policy is no longer the one with that version.
    """
    row = row_to_change(models.Clinic, clinic_of(actor, clinic))
    _check_days(keep_days)
    _check_version(row, version)
    audit.about(days_before=row.keep_days, days=keep_days)
    row.keep_days = keep_days
    row.version += 1
    row.save(only=[models.Clinic.keep_days, models.Clinic.version])
    return _due(row)


@operation(role=ROLES, event="cases.destroyed")
def destroy(actor: Keeper, named: Due, clinic: str = "") -> Receipt | None:
    """Destroy a batch of what a dry run named, oldest first, and leave a receipt; None when all is done.

    What has been reopened or held since then stays. Raises `Conflict` when the policy has changed since.
    `wipe` belongs after the last batch.
    """
    row = row_to_change(models.Clinic, clinic_of(actor, clinic))
    _check_version(row, named.version)
    before = _before(row)
    if before is None or named.before is None:
        raise Conflict(Message("The clinic keeps closed cases for ever: choose how long first"))
    case = models.Case
    old = _too_old(row, min(before, named.before)).order_by(case.closed_at, case.id)
    doomed = list(for_change(old.limit(BATCH)))
    if not doomed:
        audit.instead(None)
        return None
    ids = [one.id for one in doomed]
    search.forget(ids)
    models.AnswerDraft.delete().where(models.AnswerDraft.case.in_(ids)).execute()
    case.delete().where(case.id.in_(ids)).execute()
    receipt = models.RetentionReceipt.create(
        clinic=row,
        at=now(),
        by=clean(actor.name, limit=LINE_LIMIT),
        keep_days=row.keep_days,
        count=len(doomed),
        oldest=doomed[0].closed_at,
        newest=doomed[-1].closed_at,
        digest=digest([one.reference for one in doomed]),
        last_case_id=max(ids),
    )
    # The receipt names nobody; the log must, as for every measure (HSLF-FS 2016:40 4 kap. 9 §).
    patients = sorted({one.patient_id for one in doomed})
    audit.about(count=receipt.count, days=row.keep_days, digest=receipt.digest, patients=patients)
    return _receipt(receipt)


@operation(role=ROLES, event=None)
def receipts(actor: Keeper, edge: Edge, clinic: str = "") -> Page[Receipt]:
    """A page of the clinic's receipts, newest first."""
    table = models.RetentionReceipt
    query = table.select().where(table.clinic == clinic_of(actor, clinic))
    found, at_start, at_end = rows_at(query, table.at, table.id, edge)
    return Page[Receipt](rows=tuple(map(_receipt, found)), at_start=at_start, at_end=at_end)


def read_days(typed: str) -> int:
    """The days of a policy as a person writes them. Raises `Invalid` naming `days`."""
    digits = clean(typed, limit=LINE_LIMIT).strip()
    days = int(digits) if re.fullmatch("[0-9]{1,6}", digits) else -1
    _check_days(days)
    return days


def batches(actor: Keeper, named: Due, clinic: str = "") -> Iterator[Receipt]:
    """Destroy all that a dry run named, a batch at each step, and wipe what the deletions left behind."""
    while receipt := destroy(actor, named, clinic):
        yield receipt
    wipe()


def wipe() -> None:
    """Empty the WAL file, where pages still stand as they were before a deletion. The database file itself is
    overwritten by the deletion (`secure_delete`). Someone who is reading just now puts it off to later."""
    store().forget_deleted()


def digest(references: Sequence[str]) -> str:
    """What a receipt says of the cases that it is for; the order in which they are given means nothing."""
    return hashlib.sha256("\n".join(sorted(references)).encode()).hexdigest()


def _due(row: models.Clinic) -> Due:
    before, case = _before(row), models.Case
    old = None if before is None else _too_old(row, before)
    first = last = None
    if old is not None:
        first = old.order_by(case.closed_at).first()
        last = old.order_by(case.closed_at.desc()).first()
    held = case.select().where(case.clinic == row, case.held_at.is_null(False), case.closed_at < before)
    return Due(
        clinic=row.name,
        keep_days=row.keep_days,
        version=row.version,
        before=before,
        count=0 if old is None else old.count(),
        held=0 if before is None else held.count(),
        oldest=first and first.closed_at,
        newest=last and last.closed_at,
    )


def _before(row: models.Clinic) -> datetime | None:
    """Cases that were closed before this moment have been kept long enough."""
    return now() - timedelta(days=row.keep_days) if row.keep_days else None


def _too_old(row: models.Clinic, before: datetime) -> ModelSelect[models.Case]:
    case = models.Case
    return case.select(case.id, case.reference, case.closed_at, case.patient).where(
        case.clinic == row, case.closed_at < before, case.held_at.is_null()
    )


def _check_days(days: int) -> None:
    if days != 0 and not KEEP_LEAST <= days <= KEEP_MOST:
        raise invalid(
            "days",
            "Write a number of days from {least} to {most}, or 0 to keep for ever",
            least=KEEP_LEAST,
            most=KEEP_MOST,
        )


def _check_version(row: models.Clinic, version: int) -> None:
    if row.version != version:
        raise Conflict(Message("Someone else has changed how long closed cases are kept: look again first"))


def _receipt(row: models.RetentionReceipt) -> Receipt:
    return Receipt(
        id=row.id,
        at=row.at,
        by=row.by,
        keep_days=row.keep_days,
        count=row.count,
        oldest=row.oldest,
        newest=row.newest,
        digest=row.digest,
    )

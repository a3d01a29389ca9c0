"""Legal hold (*gallringsstopp*): cases that must not be destroyed, however old they get.

Someone may have asked for the record, or a supervisory authority or a court may need it; then nothing of it
may be thinned out, whatever `data.retention` says.
"""

from __future__ import annotations

from datetime import datetime

from data import audit
from data.domain.errors import Conflict, Message, NotFound, NotYours, invalid
from data.domain.limits import LINE_LIMIT
from data.domain.roles import OperatorActor, Role, StaffActor
from data.domain.text import clean
from data.domain.value import Frozen
from data.operation import now, operation, to_change
from data.staff import clinic_called
from data.store import models

Keeper = StaffActor | OperatorActor
"""Who decides what is kept: an administrator at the clinic, or the operator."""

ROLES = (Role.ADMINISTRATOR, Role.OPERATOR)


class HeldCase(Frozen):
    """A case that is held, without a word of what it holds or about whom. `closed_at` None: it is open."""

    id: int
    reference: str
    closed_at: datetime | None
    reason: str
    by: str
    at: datetime


@operation(role=ROLES, event="cases.held_listed", repeatable=True)
def list_all(actor: Keeper, clinic: str = "") -> tuple[HeldCase, ...]:
    """The clinic's held cases, the latest hold first. The operator names the clinic where there are several
    and raises `Invalid` for one that there isn't."""
    clinic_id = clinic_of(actor, clinic)
    case = models.Case
    rows = list(
        case.select()
        .where(case.clinic == clinic_id, case.held_at.is_null(False))
        .order_by(case.held_at.desc(), case.id.desc())
    )
    audit.about(patients=[row.patient_id for row in rows])
    return tuple(_held(row) for row in rows)


@operation(role=ROLES, event="case.held")
def hold(actor: Keeper, reference: str, reason: str) -> HeldCase:
    """Keep the case with this reference from ever being destroyed.

    Raises `NotFound`, `Invalid` naming `reason` when there is none, and `Conflict` when it is held already.
    """
    row = _called(actor, reference)
    why = clean(reason, limit=LINE_LIMIT)
    if not why:
        raise invalid("reason", "Write why the case must be kept")
    if row.held_at is not None:
        raise Conflict(
            Message("{name} holds the case already: {reason}", name=row.held_by, reason=row.held_reason)
        )
    row.held_at, row.held_by, row.held_reason = now(), actor.name, why
    _save(row)
    audit.about(hold=why)
    return _held(row)


@operation(role=ROLES, event="case.released")
def release(actor: Keeper, reference: str) -> str:
    """Let the case with this reference be destroyed when it is old enough; returns the reference as stored.

    Raises `NotFound`, and `Conflict` when it is not held.
    """
    row = _called(actor, reference)
    if row.held_at is None:
        raise Conflict(Message("The case {reference} is not held", reference=row.reference))
    audit.about(hold=row.held_reason)
    row.held_at, row.held_by, row.held_reason = None, "", ""
    _save(row)
    return str(row.reference)


def clinic_of(actor: Keeper, clinic: str) -> int:
    """The clinic whose cases are meant: an administrator's own, or the one that the operator names."""
    found = actor.clinic_id if isinstance(actor, StaffActor) else clinic_called(clinic)
    audit.about(clinic=found)
    return found


def _called(actor: Keeper, reference: str) -> models.Case:
    called = clean(reference, limit=LINE_LIMIT).upper()
    row = to_change(models.Case, models.Case.reference == called)
    missing = Message("There is no case called {reference}", reference=called)
    if row is None:
        raise NotFound(missing)
    audit.about(patient=row.patient_id, case=row.id)
    if isinstance(actor, StaffActor) and row.clinic_id != actor.clinic_id:
        raise NotYours(missing)
    audit.about(clinic=row.clinic_id)
    return row


def _held(row: models.Case) -> HeldCase:
    return HeldCase(
        id=row.id,
        reference=row.reference,
        closed_at=row.closed_at,
        reason=row.held_reason,
        by=row.held_by,
        at=row.held_at,
    )


def _save(row: models.Case) -> None:
    case = models.Case
    row.save(only=[case.held_at, case.held_by, case.held_reason])

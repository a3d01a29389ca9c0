"""What a patient may know: who has been at their data, where and when.

Rule: Patientdatalagen (2008:355) 8 kap. 5 § — the patient is told, on request, of the access to their data;
HSLF-FS 2016:40 4 kap. 10 § — from which care unit, and at what time, in such a form that the patient can
judge whether the access was justified. Neither asks for the names of staff; a public care provider must give
them on request all the same (the log is an official document), hence `named`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from peewee import JOIN

from data import audit
from data.domain.errors import Message, NotFound, NotYours, invalid
from data.domain.identity import PersonalIdentityNumber
from data.domain.roles import Actor, OperatorActor, Role, StaffActor
from data.domain.value import Frozen
from data.operation import now, operation
from data.store import models

ANOTHER_PATIENT = "another_patient"
"""Somebody else's sign-in tried to reach the patient's data: who that is, is the clinic's to find out."""

SWEDEN = "Europe/Stockholm"
"""The zone of what was done at no clinic."""


class ExtractLine(Frozen):
    """One act: `at` on the clock of where it was done. `clinic` is empty for what was done at none; `person`
    too, unless names of staff were asked for. `case`: the reference of the case that it was about.
    `actor_kind` is the actor's, or `ANOTHER_PATIENT`."""

    at: datetime
    clinic: str
    actor_kind: str
    person: str
    event: str
    allowed: bool
    case: str


class Extract(Frozen):
    """All that the log has about a patient in a period, oldest first; days are inclusive, None is open.

    `made_at` is on the clock of the clinic that made it, or on Sweden's.
    """

    name: str
    number: str
    protected: bool
    first: date | None
    last: date | None
    made_at: datetime
    lines: tuple[ExtractLine, ...]


@operation(role=(Role.OPERATOR, Role.LOG_AUDITOR), event="log.extracted")
def extract(
    actor: StaffActor | OperatorActor,
    number: PersonalIdentityNumber,
    first: date | None = None,
    last: date | None = None,
    *,
    named: bool = False,
) -> Extract:
    """The extract for a patient: from all clinics for the operator, from their own for an auditor.

    Nothing of other patients is in it, also where an act concerned several. Raises `NotFound` for a number
    that is not registered, or with nothing about it at the auditor's clinic.
    """
    missing = Message("The access log has nothing about {number}", number=str(number))
    patient = models.Patient.get_or_none(models.Patient.number == number.digits)
    if patient is None:
        audit.about(number=str(number), found=False)
        raise NotFound(missing)
    audit.about(patient=patient.id)
    log = models.AccessLog
    if isinstance(actor, StaffActor):
        here = log.select().where(log.patient_id == patient.id, log.clinic_id == actor.clinic_id)
        if not here.exists():
            raise NotYours(missing)
    lines = tuple(_lines(actor, patient.id, first, last, named=named))
    audit.about(first=first, last=last, named=named, count=len(lines))
    return Extract(
        name=patient.name,
        number=str(number),
        protected=patient.protected,
        first=first,
        last=last,
        made_at=now().astimezone(_zone_of(actor)),
        lines=lines,
    )


def _lines(
    actor: Actor, patient_id: int, first: date | None, last: date | None, *, named: bool
) -> Iterator[ExtractLine]:
    log, case, clinic = models.AccessLog, models.Case, models.Clinic
    zone = _zone_of(actor)
    query = (
        log.select(log, case.reference, clinic.name, clinic.zone)
        .join(case, JOIN.LEFT_OUTER, on=(log.case_id == case.id), attr="case")
        .join_from(log, clinic, JOIN.LEFT_OUTER, on=(log.clinic_id == clinic.id), attr="clinic")
        .where((log.patient_id == patient_id) | log.details.contains('"patients": ['))
        .order_by(log.at, log.id)
    )
    if isinstance(actor, StaffActor):
        query = query.where((log.clinic_id == actor.clinic_id) | log.clinic_id.is_null())
    if first is not None:
        query = query.where(log.at >= _began(first, zone))
    if last is not None:
        query = query.where(log.at < _began(last, zone) + timedelta(days=1))
    for row in query.iterator():
        if not _concerns(row, patient_id):
            continue
        place: models.Clinic | None = getattr(row, "clinic", None)
        about: models.Case | None = getattr(row, "case", None)
        there = place is not None and bool(place.name)
        yield ExtractLine(
            at=row.at.astimezone(ZoneInfo(place.zone) if there and place else zone),
            clinic=place.name if there and place else "",
            actor_kind=_kind(row),
            person=row.actor_name if named and row.actor_kind != "patient" else "",
            event=row.event,
            allowed=row.allowed,
            case=(about.reference or "") if about else "",
        )


def _kind(row: models.AccessLog) -> str:
    of_another = row.actor_kind == "patient" and "signed_in_as" in json.loads(row.details)
    return ANOTHER_PATIENT if of_another else row.actor_kind


def _concerns(row: models.AccessLog, patient_id: int) -> bool:
    """Whether an entry is about the patient, alone or among others."""
    return row.patient_id == patient_id or patient_id in (json.loads(row.details).get("patients") or ())


def _began(day: date, zone: ZoneInfo) -> datetime:
    if not 1900 <= day.year < 3000:  # far from where moments can't be compared any more
        raise invalid("first", "{value} is no date: write it as in 2026-03-01", value=day)
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _zone_of(actor: Actor) -> ZoneInfo:
    if isinstance(actor, StaffActor):
        return ZoneInfo(models.Clinic.get_by_id(actor.clinic_id).zone)
    return ZoneInfo(SWEDEN)

"""Reading the access log; what auditors do. Reading it is itself recorded."""

from __future__ import annotations

import json
from datetime import datetime

from peewee import JOIN

from data import audit
from data.domain.paging import Edge, Page
from data.domain.roles import Role, StaffActor
from data.domain.value import Frozen
from data.operation import operation
from data.store import models
from data.store.paging import rows_at
from data.store.search import number_contains, searched


class LogRow(Frozen):
    """An entry of the access log: who did what, when, about which patient."""

    id: int
    at: datetime
    event: str
    allowed: bool
    actor: str
    actor_kind: str
    patient_name: str
    patient_number: str
    details: dict[str, object]


@operation(role=Role.LOG_AUDITOR, event="log.listed")
def list_entries(actor: StaffActor, words: tuple[str, ...], edge: Edge, *, opening: bool) -> Page[LogRow]:
    """A page of the clinic's entries, newest first, with those that belong to no clinic: sign-ins.

    Every word must stand in the person's name, the event, or the patient's name or number. `opening` as in
    `cases.list_mine`.
    """
    log, patient, staff = models.AccessLog, models.Patient, models.Staff
    own_patients = models.Case.select(models.Case.patient).where(models.Case.clinic == actor.clinic_id)
    of_no_clinic = log.clinic_id.is_null() & (log.patient_id.is_null() | log.patient_id.in_(own_patients))
    query = (
        log.select(log, patient)
        .join(patient, JOIN.LEFT_OUTER, on=(log.patient_id == patient.id), attr="patient")
        .where((log.clinic_id == actor.clinic_id) | of_no_clinic)
    )
    words = searched(words)
    for word in words:
        matches = (
            log.event.contains(word)
            | patient.name_folded.contains(word)
            | log.actor_name.contains(word)
            | log.staff_id.in_(staff.select(staff.id).where(staff.name_folded.contains(word)))
        )
        number = number_contains(patient.number, word)
        query = query.where(matches if number is None else matches | number)
    found, at_start, at_end = rows_at(query, log.at, log.id, edge)
    if opening or edge.at is None:
        audit.about(filter=" ".join(words))
    else:
        audit.instead(None)
    return Page[LogRow](rows=tuple(_row(row) for row in found), at_start=at_start, at_end=at_end)


def _row(row: models.AccessLog) -> LogRow:
    patient: models.Patient | None = getattr(row, "patient", None)
    number = (patient.number or "") if patient else ""
    return LogRow(
        id=row.id,
        at=row.at,
        event=row.event,
        allowed=row.allowed,
        actor=row.actor_name,
        actor_kind=row.actor_kind,
        patient_name=patient.name if patient and number else "",
        patient_number=f"{number[:8]}-{number[8:]}" if number else "",
        details=json.loads(row.details),
    )

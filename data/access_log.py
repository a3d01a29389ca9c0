"""Reading the access log; what auditors do. Reading it is itself recorded."""

from __future__ import annotations

import json
from datetime import datetime

from peewee import JOIN, fn

from data import audit
from data.domain.forms import LINE_LIMIT
from data.domain.paging import Edge, Page, Side
from data.domain.roles import Role, StaffActor
from data.domain.text import clean, fold
from data.domain.value import Frozen
from data.operation import operation
from data.store import models
from data.store.paging import rows_at


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
    log, patient = models.AccessLog, models.Patient
    own_patients = models.Case.select(models.Case.patient).where(models.Case.clinic == actor.clinic_id)
    of_no_clinic = log.clinic_id.is_null() & (log.patient_id.is_null() | log.patient_id.in_(own_patients))
    query = (
        log.select(log, patient)
        .join(patient, JOIN.LEFT_OUTER, on=(log.patient_id == patient.id), attr="patient")
        .where((log.clinic_id == actor.clinic_id) | of_no_clinic)
    )
    for word in words:
        part = fold(clean(word, limit=LINE_LIMIT))
        matches = (
            log.event.contains(part)
            | patient.name_folded.contains(part)
            | patient.number.contains(part.replace("-", ""))
            | fn.fold(log.actor_name).contains(part)
        )
        query = query.where(matches)
    found, at_start, at_end = rows_at(query, log.at, log.id, edge)
    if opening or edge.side is Side.FIRST:
        audit.about(filter=" ".join(words))
    else:
        audit.instead(None)
    return Page[LogRow](rows=tuple(_row(row) for row in found), at_start=at_start, at_end=at_end)


def _row(row: models.AccessLog) -> LogRow:
    patient = getattr(row, "patient", None)
    known = patient is not None and patient.number is not None
    return LogRow(
        id=row.id,
        at=row.at,
        event=row.event,
        allowed=row.allowed,
        actor=row.actor_name,
        actor_kind=row.actor_kind,
        patient_name=patient.name if known else "",
        patient_number=f"{patient.number[:8]}-{patient.number[8:]}" if known else "",
        details=json.loads(row.details),
    )

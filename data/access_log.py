"""Reading the access log; what auditors do. Reading it is itself recorded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from peewee import JOIN, Expression, ModelSelect

from data import audit
from data.domain.errors import Message
from data.domain.paging import Edge, Page
from data.domain.roles import Role, StaffActor
from data.domain.value import Frozen
from data.operation import operation
from data.store import models
from data.store.paging import rows_at
from data.store.search import WORD_LIMIT, number_contains, searched

NAMED = 20
"""Patients that an entry names at most; an import may hold tens of thousands."""


class LogWord(Frozen):
    """A word to look for. `events`: those that are called by it in the reader's language."""

    text: str
    events: frozenset[str] = frozenset()


class Concerned(Frozen):
    """A patient whom an entry tells of, as they are known now."""

    name: str
    number: str
    protected: bool


class LogRow(Frozen):
    """An entry of the access log: who did what, when, about which patient.

    `reason`: why it was refused. `patients`: the first of those whom a list or an import held, of `count`.
    `details` holds the rest, by name: texts, numbers, truths, and lists of texts.
    """

    id: int
    at: datetime
    event: str
    allowed: bool
    actor: str
    actor_kind: str
    patient_name: str
    patient_number: str
    protected: bool
    case_reference: str
    reason: Message | None
    patients: tuple[Concerned, ...]
    patient_count: int
    details: dict[str, object]


@operation(role=Role.LOG_AUDITOR, event="log.listed")
def list_entries(actor: StaffActor, words: tuple[LogWord, ...], edge: Edge) -> Page[LogRow]:
    """A page of the clinic's entries, newest first, with those that belong to no clinic: sign-ins, and what
    the operator does for all.

    Every word must stand in the person's name, the event, or the patient's name or number, or be what one of
    its `events` is called. Recorded when it is read from an end of the list.
    """
    wanted = [(text, word.events) for word in words[:WORD_LIMIT] for text in searched((word.text,))]
    query = _of_clinic(actor)
    for text, events in wanted:
        query = query.where(_matches(text, events))
    found, at_start, at_end = rows_at(query, models.AccessLog.at, models.AccessLog.id, edge)
    if edge.at is None:
        audit.about(filter=" ".join(text for text, _ in wanted))
    else:
        audit.instead(None)
    details: list[dict[str, object]] = [json.loads(row.details) for row in found]
    known = _known(one for each in details for one in _ids(each)[:NAMED])
    rows = tuple(_row(row, each, known) for row, each in zip(found, details, strict=True))
    return Page[LogRow](rows=rows, at_start=at_start, at_end=at_end)


def _of_clinic(actor: StaffActor) -> ModelSelect[models.AccessLog]:
    log, patient, case, role = models.AccessLog, models.Patient, models.Case, models.StaffRole
    own_patients = case.select(case.patient).where(case.clinic == actor.clinic_id)
    own_staff = role.select(role.staff).where(role.clinic == actor.clinic_id)
    of_no_clinic = (
        log.clinic_id.is_null()
        & (log.patient_id.is_null() | log.patient_id.in_(own_patients))
        & (log.staff_id.is_null() | log.staff_id.in_(own_staff))
    )
    own_case = (log.case_id == case.id) & (case.clinic == actor.clinic_id)
    return (
        log.select(log, patient, case.reference)
        .join(patient, JOIN.LEFT_OUTER, on=(log.patient_id == patient.id), attr="patient")
        .join_from(log, case, JOIN.LEFT_OUTER, on=own_case, attr="case")
        .where((log.clinic_id == actor.clinic_id) | of_no_clinic)
    )


def _matches(word: str, events: frozenset[str]) -> Expression:
    log, patient, staff = models.AccessLog, models.Patient, models.Staff
    matches = (
        log.event.contains(word)
        | log.event.in_(sorted(events))
        | patient.name_folded.contains(word)
        | log.actor_name.contains(word)
        | log.staff_id.in_(staff.select(staff.id).where(staff.name_folded.contains(word)))
    )
    number = number_contains(patient.number, word)
    return matches if number is None else matches | number


def _ids(details: Mapping[str, object]) -> list[int]:
    """The patients whom an entry's details tell of."""
    ids = details.get("patients")
    return ids if isinstance(ids, list) else []


def _known(ids: Iterable[int]) -> dict[int, Concerned]:
    patient = models.Patient
    return {row.id: _concerned(row) for row in patient.select().where(patient.id.in_(set(ids)))}


def _concerned(row: models.Patient) -> Concerned:
    return Concerned(name=row.name, number=f"{row.number[:8]}-{row.number[8:]}", protected=row.protected)


def _row(row: models.AccessLog, details: dict[str, object], known: Mapping[int, Concerned]) -> LogRow:
    patient: models.Patient | None = getattr(row, "patient", None)
    about = _concerned(patient) if patient and patient.number else None  # a join without a row has no number
    case: models.Case | None = getattr(row, "case", None)
    ids = _ids(details)
    reason = details.get("reason")
    return LogRow(
        id=row.id,
        at=row.at,
        event=row.event,
        allowed=row.allowed,
        actor=row.actor_name,
        actor_kind=row.actor_kind,
        patient_name=about.name if about else "",
        patient_number=about.number if about else "",
        protected=about is not None and about.protected,
        case_reference=(case.reference or "") if case else "",
        reason=audit.message(reason) if isinstance(reason, dict) else None,
        patients=tuple(known[one] for one in ids[:NAMED] if one in known),
        patient_count=len(ids),
        details={name: value for name, value in details.items() if name not in {"patients", "reason"}},
    )

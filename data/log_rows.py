"""The access log's rows, as auditors are shown them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from peewee import JOIN, ModelSelect, fn

from data import audit
from data.domain.errors import Message
from data.domain.roles import StaffActor
from data.domain.value import Frozen
from data.log_flags import Flag, FlagFinder
from data.store import models

NAMED = 20
"""Patients that an entry names at most; an import may hold tens of thousands."""


class Concerned(Frozen):
    """A patient whom an entry tells of, as they are known now."""

    name: str
    number: str
    protected: bool


class LogRow(Frozen):
    """An entry of the access log: who did what, when, about which patient.

    `reason`: why it was refused. `patients`: the first of those whom a list or an import held, of `count`.
    `details` holds the rest, by name: texts, numbers, truths, and lists of texts. `flags`: why it deserves a
    look, the weightiest first.
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
    flags: tuple[Flag, ...] = ()


def of_clinic(actor: StaffActor) -> ModelSelect[models.AccessLog]:
    """The entries that an auditor of the clinic may see: the clinic's own, and those of no clinic that are
    about its people or about nobody. Joined with patient and case as `rows_of` wants them."""
    log, patient, case, role = models.AccessLog, models.Patient, models.Case, models.StaffRole
    # By what was sent, not by the cases that there are: retention destroys them and not their entries.
    sent = log.alias()
    own_patient = fn.EXISTS(
        sent.select(sent.id).where(
            sent.patient_id == log.patient_id, sent.event == "case.sent", sent.clinic_id == actor.clinic_id
        )
    )
    own_staff = role.select(role.staff).where(role.clinic == actor.clinic_id)
    of_no_clinic = (
        log.clinic_id.is_null()
        & (log.patient_id.is_null() | own_patient)
        & (log.staff_id.is_null() | log.staff_id.in_(own_staff))
    )
    own_case = (log.case_id == case.id) & (case.clinic == actor.clinic_id)
    return (
        log.select(log, patient, case.reference)
        .join(patient, JOIN.LEFT_OUTER, on=(log.patient_id == patient.id), attr="patient")
        .join_from(log, case, JOIN.LEFT_OUTER, on=own_case, attr="case")
        .where((log.clinic_id == actor.clinic_id) | of_no_clinic)
    )


def rows_of(found: Sequence[models.AccessLog], finder: FlagFinder) -> tuple[LogRow, ...]:
    """The entries as they are shown, in the same order."""
    details: list[dict[str, object]] = [json.loads(row.details) for row in found]
    known = _known(one for each in details for one in _ids(each)[:NAMED])
    flags = finder.flags(found)
    return tuple(_row(row, each, known, flags[row.id]) for row, each in zip(found, details, strict=True))


def _ids(details: Mapping[str, object]) -> list[int]:
    """The patients whom an entry's details tell of."""
    ids = details.get("patients")
    return ids if isinstance(ids, list) else []


def _known(ids: Iterable[int]) -> dict[int, Concerned]:
    patient = models.Patient
    return {row.id: _concerned(row) for row in patient.select().where(patient.id.in_(set(ids)))}


def _concerned(row: models.Patient) -> Concerned:
    return Concerned(name=row.name, number=f"{row.number[:8]}-{row.number[8:]}", protected=row.protected)


def _row(
    row: models.AccessLog,
    details: dict[str, object],
    known: Mapping[int, Concerned],
    flags: tuple[Flag, ...],
) -> LogRow:
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
        flags=flags,
    )

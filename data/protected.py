"""Protected identity (skyddade personuppgifter): who may see such a patient now, and the reason they stated.

Rule: Patientdatalagen (2008:355) 4 kap. 1–3 §§ — who takes part in the care or needs the data for their work
may see them, access is limited to that, and it is reviewed: by the reason that was stated.
"""

from __future__ import annotations

from datetime import timedelta

from peewee import ModelSelect

from data import audit
from data.domain.errors import Invalid, Message, NotFound, NotYours, Problem, ReasonNeeded
from data.domain.limits import LINE_LIMIT
from data.domain.roles import Role, StaffActor
from data.domain.text import clean
from data.operation import now, operation
from data.store import models
from data.store.models import PatientRow

ACCESS_LIFE = timedelta(hours=12)
"""How long a reason holds: a shift, and no longer than a session."""

REASON_LEAST = 5
"""Letters and digits of a reason: less says nothing to whoever reviews it."""


@operation(role=Role.CARE_PROVIDER, event="patient.reason_given")
def state_reason(actor: StaffActor, patient_id: int, why: str, case_id: int | None = None) -> None:
    """State why one needs a protected patient's data: it is recorded, and opens that patient's data to that
    person at that clinic for `ACCESS_LIFE`.

    `case_id` is the case that is to be opened, for the record. Raises `NotFound`, and `Invalid` for a reason
    that says too little.
    """
    if not models.Patient.select().where(models.Patient.id == patient_id).exists():
        raise NotFound(Message("There is no such patient"))
    audit.about(patient=patient_id, case=case_id)
    if case_id is not None and not _is_of(case_id, patient_id, actor.clinic_id):
        raise NotYours(Message("There is no such case at this clinic"))
    reason = checked(why)
    audit.about(why=reason)
    access = models.ProtectedAccess
    # What holds no longer is nothing to keep here: it is in the access log.
    over = (access.patient == patient_id) | (access.at < now() - ACCESS_LIFE)
    access.delete().where(access.staff == actor.staff_id, access.clinic == actor.clinic_id, over).execute()
    access.create(staff=actor.staff_id, clinic=actor.clinic_id, patient=patient_id, reason=reason, at=now())


@operation(role=Role.CARE_PROVIDER, event=None)
def is_open(actor: StaffActor, patient_id: int) -> bool:
    """Whether the patient's data may still be shown to the actor; for screens that show them already. Holds
    no patient data, hence not recorded."""
    row = models.Patient.get_or_none(models.Patient.id == patient_id)
    return row is not None and (not row.protected or reason_of(actor, row.id) is not None)


def reason_fault(why: str) -> Message | None:
    """What is wrong with a reason; None when it can be accepted."""
    if sum(map(str.isalnum, clean(why, limit=LINE_LIMIT))) < REASON_LEAST:
        return Message("Write why you need the data, in a few words")
    return None


def checked(why: str) -> str:
    """A reason as it is stored. Raises `Invalid` (`why`)."""
    if fault := reason_fault(why):
        raise Invalid(Problem("why", fault))
    return clean(why, limit=LINE_LIMIT)


def reason_of(actor: StaffActor, patient_id: int) -> str | None:
    """The reason that the actor gave for this patient and that holds now."""
    row = _held(actor).where(models.ProtectedAccess.patient == patient_id).first()
    return row.reason if row else None


def require(actor: StaffActor, patient: models.Patient | PatientRow, case: int | None = None) -> str:
    """The reason that opens a patient's data to the actor, empty for one who is not protected.

    For operations, before they hand out anything of the patient or of the case. Raises `ReasonNeeded`.
    """
    if not patient.protected:
        return ""
    reason = reason_of(actor, patient.id)
    if reason is None:
        raise ReasonNeeded(
            Message("The patient has protected identity: say why you need the data"), patient.id, case
        )
    return reason


def require_of_operator(patient: models.Patient, why: str, case: int | None = None) -> None:
    """As `require` for whoever runs `omvant`, who states the reason with the act itself; it is recorded.
    Raises `ReasonNeeded`, and `Invalid` for a reason that says too little."""
    if not patient.protected:
        return
    if not why:
        raise ReasonNeeded(
            Message("The patient has protected identity: give the reason with --reason"), patient.id, case
        )
    audit.about(why=checked(why))


def open_to(actor: StaffActor) -> ModelSelect[models.ProtectedAccess]:
    """A subquery of the protected patients whose data are open to the actor, for the WHERE of a list."""
    return _held(actor).select(models.ProtectedAccess.patient)


def _held(actor: StaffActor) -> ModelSelect[models.ProtectedAccess]:
    # A reason of the future is none: a clock that was set back must not make it hold longer.
    access, moment = models.ProtectedAccess, now()
    return access.select().where(
        access.staff == actor.staff_id,
        access.clinic == actor.clinic_id,
        access.at.between(moment - ACCESS_LIFE, moment),
    )


def _is_of(case_id: int, patient_id: int, clinic_id: int) -> bool:
    case = models.Case
    return case.select().where(
        case.id == case_id, case.patient == patient_id, case.clinic == clinic_id
    ).exists()  # fmt: skip

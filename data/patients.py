"""Patients: fetch by number, register, change, hand out a sign-in code, take in a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from peewee import chunked

from data import audit, protected
from data.domain.errors import Conflict, Message, NotFound, NotYours, Problem, Registered, invalid
from data.domain.identity import PersonalIdentityNumber
from data.domain.limits import LINE_LIMIT
from data.domain.roles import Role, StaffActor
from data.domain.secret import hashed
from data.domain.text import clean, fold
from data.domain.value import Frozen
from data.operation import now, operation, outside, store, to_change, today
from data.store import models, search
from data.store.models import PatientRow

CODE_LIFE = timedelta(minutes=15)
CODE_TRIES = 5
CODE_DIGITS = 6

_CHUNK = 500
"""Rows a statement: SQLite takes at most 32,766 values in one."""


class Patient(Frozen):
    """A patient as staff see one: never with an e-mail address or a telephone number.

    `age` in whole years; None where the number holds no birth date. `reason`: why the reader needs the data
    of a patient whose identity is protected; empty in lists of one's own.
    """

    id: int
    number: PersonalIdentityNumber
    name: str
    age: int | None
    protected: bool
    reachable: bool
    version: int
    reason: str = ""


class NewPatient(Frozen):
    """What is known of a patient who is not registered yet."""

    number: PersonalIdentityNumber
    name: str
    email: str = ""
    phone: str = ""
    protected: bool = False
    reachable: bool = True


class IssuedCode(Frozen):
    """A sign-in code in clear, the only time it can be seen."""

    code: str
    expires_at: datetime


@operation(role=Role.CARE_PROVIDER, event="patient.fetched", repeatable=True)
def fetch(actor: StaffActor, number: PersonalIdentityNumber) -> Patient | None:
    """The patient with that number, or None; both are recorded. Raises `ReasonNeeded`."""
    row = models.Patient.get_or_none(models.Patient.number == number.digits)
    if row is None:
        audit.about(number=str(number), found=False)
        return None
    audit.about(patient=row.id)
    return as_value(actor, row)


@operation(role=Role.CARE_PROVIDER, event="patient.registered")
def register(actor: StaffActor, new: NewPatient) -> Patient:
    """Register a patient. Raises `Invalid` for a missing name, `Registered` for a number that is taken."""
    name = clean(new.name, limit=LINE_LIMIT)
    if not name:
        raise invalid("name", "Write the patient's name")
    taken = models.Patient.get_or_none(models.Patient.number == new.number.digits)
    if taken is not None:
        audit.about(patient=taken.id)
        fetch_them = Message("A patient with this number is registered already: fetch instead")
        raise Registered(Problem("number", fetch_them))
    row = models.Patient.create(**_columns(new))
    audit.about(patient=row.id)
    return as_value(actor, row, own=True)


@operation(role=Role.CARE_PROVIDER, event="patient.changed")
def change(actor: StaffActor, changed: Patient, why: str = "") -> Patient:
    """Change a patient's name and marks; the same again changes nothing and is not recorded.

    Protecting holds at once, for the actor too. Raises `NotFound`, `ReasonNeeded`, `Invalid` for a missing
    name, or for too little of a reason (`why`) when protection is taken away, and `Conflict` when the patient
    was changed after it was read.
    """
    row = to_change(models.Patient, models.Patient.id == changed.id)
    if row is None:
        raise NotFound(Message("There is no such patient"))
    audit.about(patient=row.id)
    protected.require(actor, row)
    if row.version != changed.version:
        raise Conflict(Message("The patient has been changed by someone else"))
    name = clean(changed.name, limit=LINE_LIMIT)
    if not name:
        raise invalid("name", "Write the patient's name")
    after = {"name": name, "protected": changed.protected, "reachable": changed.reachable}
    fields = [field for field, value in after.items() if value != getattr(row, field)]
    if not fields:
        audit.instead(None)
        return as_value(actor, row)
    if row.protected and not changed.protected:
        audit.about(why=protected.checked(why))
    audit.about(fields=fields)  # not what the names were: the log is kept long, and knows people by number
    if "protected" in fields:
        audit.about(protected_before=row.protected, protected_after=changed.protected)
    if "reachable" in fields:
        audit.about(reachable_before=row.reachable, reachable_after=changed.reachable)
    theirs = models.Case.select(models.Case.id).where(models.Case.patient == row) if "name" in fields else ()
    with search.changing([case.id for case in theirs]):
        row.name, row.name_folded = name, fold(name)
        row.protected, row.reachable = changed.protected, changed.reachable
        row.version += 1
        row.save()
    return as_value(actor, row, own=True)


@operation(role=Role.CARE_PROVIDER, event="patient.code_issued")
def issue_code(actor: StaffActor, patient_id: int) -> IssuedCode:
    """A new one-time code for a patient of one of the clinic's cases; earlier codes stop working.

    Raises `NotFound` and `ReasonNeeded`.
    """
    missing = Message("There is no such patient among the clinic's cases")
    patient = models.Patient.get_or_none(models.Patient.id == patient_id)
    if patient is None:
        raise NotFound(missing)
    audit.about(patient=patient_id)
    case = models.Case
    if not case.select().where(case.patient == patient_id, case.clinic == actor.clinic_id).exists():
        raise NotYours(missing)
    protected.require(actor, patient)
    return new_code(patient_id)


def registered(numbers: set[str]) -> dict[str, int]:
    """The ids of those patients that are registered, by number; for operations that may know it."""
    patient = models.Patient
    return {
        row.number: row.id
        for some in chunked(sorted(numbers), _CHUNK)
        for row in patient.select(patient.id, patient.number).where(patient.number.in_(some))
    }


def insert_all(patients: Sequence[NewPatient]) -> list[int]:
    """Insert patients whose names are given and whose numbers are new; returns their ids. For operations
    that have decided that they may."""
    for some in chunked(patients, _CHUNK):
        models.Patient.insert_many([_columns(new) for new in some]).execute()
    return sorted(registered({new.number.digits for new in patients}).values())


def new_code(patient_id: int) -> IssuedCode:
    """Make and store a code; the caller's operation has decided that it may."""
    code = outside(store().signs, "0123456789", CODE_DIGITS)  # the same one when the operation begins again
    code_hash = outside(hashed, code)
    expires_at = now() + CODE_LIFE
    models.PatientCode.delete().where(models.PatientCode.patient == patient_id).execute()
    models.PatientCode.create(
        patient=patient_id,
        code_hash=code_hash,
        expires_at=expires_at,
        tries_left=CODE_TRIES,
    )
    return IssuedCode(code=code, expires_at=expires_at)


def as_value(
    actor: StaffActor, row: models.Patient | PatientRow, *, own: bool = False, day: date | None = None
) -> Patient:
    """A row of the table as operations hand it out. `own`: the actor wrote it just now, or has it on a
    list of their own; else it raises `ReasonNeeded` for a protected patient who is not open to them. `day`:
    the date at the clinic, where it is known already."""
    if own:
        reason = (protected.reason_of(actor, row.id) or "") if row.protected else ""
    else:
        reason = protected.require(actor, row)
    number = PersonalIdentityNumber.stored(row.number)
    return Patient(
        id=row.id,
        number=number,
        name=row.name,
        age=number.age(day or today(actor)),
        protected=row.protected,
        reachable=row.reachable,
        version=row.version,
        reason=reason,
    )


def _columns(new: NewPatient) -> dict[str, object]:
    name = clean(new.name, limit=LINE_LIMIT)
    return {
        "number": new.number.digits,
        "name": name,
        "name_folded": fold(name),
        "email": clean(new.email, limit=LINE_LIMIT),
        "phone": clean(new.phone, limit=LINE_LIMIT),
        "protected": new.protected,
        "reachable": new.reachable,
    }

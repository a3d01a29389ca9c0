"""Patients: fetch by number, register, hand out a sign-in code, take in a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from peewee import chunked

from data import audit
from data.domain.errors import Message, NotFound, NotYours, invalid
from data.domain.forms import LINE_LIMIT
from data.domain.identity import PersonalIdentityNumber
from data.domain.roles import Role, StaffActor
from data.domain.secret import hashed
from data.domain.text import clean, fold
from data.domain.value import Frozen
from data.operation import now, operation, store, today
from data.store import models

CODE_LIFE = timedelta(minutes=15)
CODE_TRIES = 5
CODE_DIGITS = 6

_CHUNK = 500
"""Rows a statement: SQLite takes at most 32,766 values in one."""


class Patient(Frozen):
    """A patient as staff see one. `age` in whole years; None where the number holds no birth date."""

    id: int
    number: PersonalIdentityNumber
    name: str
    age: int | None
    protected: bool
    reachable: bool


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


@operation(role=Role.CARE_PROVIDER, event="patient.fetched")
def fetch(actor: StaffActor, number: PersonalIdentityNumber) -> Patient | None:
    """The patient with that number, or None; both are recorded."""
    row = models.Patient.get_or_none(models.Patient.number == number.digits)
    if row is None:
        audit.about(number=str(number), found=False)
        return None
    audit.about(patient=row.id)
    return as_value(actor, row)


@operation(role=Role.CARE_PROVIDER, event="patient.registered")
def register(actor: StaffActor, new: NewPatient) -> Patient:
    """Register a patient. Raises `Invalid` for a missing name or a number that is taken."""
    name = clean(new.name, limit=LINE_LIMIT)
    if not name:
        raise invalid("name", "Write the patient's name")
    if models.Patient.select().where(models.Patient.number == new.number.digits).exists():
        raise invalid("number", "A patient with this number is registered already: fetch instead")
    row = models.Patient.create(**_columns(new))
    audit.about(patient=row.id)
    return as_value(actor, row)


@operation(role=Role.CARE_PROVIDER, event="patient.code_issued")
def issue_code(actor: StaffActor, patient_id: int) -> IssuedCode:
    """A new one-time code for a patient of one of the clinic's cases; earlier codes stop working."""
    missing = Message("There is no such patient among the clinic's cases")
    if not models.Patient.select().where(models.Patient.id == patient_id).exists():
        raise NotFound(missing)
    audit.about(patient=patient_id)
    case = models.Case
    if not case.select().where(case.patient == patient_id, case.clinic == actor.clinic_id).exists():
        raise NotYours(missing)
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
    code = store().signs("0123456789", CODE_DIGITS)
    expires_at = now() + CODE_LIFE
    models.PatientCode.delete().where(models.PatientCode.patient == patient_id).execute()
    models.PatientCode.create(
        patient=patient_id,
        code_hash=hashed(code),
        expires_at=expires_at,
        tries_left=CODE_TRIES,
    )
    return IssuedCode(code=code, expires_at=expires_at)


def as_value(actor: StaffActor, row: models.Patient) -> Patient:
    """A row of the table as operations hand it out."""
    number = PersonalIdentityNumber(row.number)
    return Patient(
        id=row.id,
        number=number,
        name=row.name,
        age=number.age(today(actor)),
        protected=row.protected,
        reachable=row.reachable,
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

"""Patients, the reasons for seeing one with protected identity, and the codes that patients sign in with."""

from __future__ import annotations

from typing import NamedTuple

from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from data.store.models.base import Table, UtcField
from data.store.models.clinics import Clinic, Staff


class Patient(Table):
    number = TextField(unique=True)
    name = TextField()
    name_folded = TextField(index=True)
    email = TextField(default="")
    phone = TextField(default="")
    protected = BooleanField(default=False, index=True)
    reachable = BooleanField(default=True)
    version = IntegerField(default=1)


class PatientRow(NamedTuple):
    """What a send asks of a patient."""

    id: int
    number: str
    name: str
    name_folded: str
    protected: bool
    reachable: bool
    version: int


class ProtectedAccess(Table):
    """The latest reason that a person gave for seeing a patient with protected identity, and when: see
    `data.protected`."""

    staff_id: int
    clinic_id: int
    patient_id: int
    staff = ForeignKeyField(Staff, on_delete="CASCADE")
    clinic = ForeignKeyField(Clinic, on_delete="CASCADE")
    patient = ForeignKeyField(Patient, on_delete="CASCADE")
    reason = TextField()
    at = UtcField()

    class Meta:
        indexes = ((("staff", "clinic", "patient"), True),)


class PatientCode(Table):
    """The code that a patient signs in with; at most one lives at a time."""

    patient_id: int
    patient = ForeignKeyField(Patient, unique=True, on_delete="CASCADE")
    code_hash = TextField()
    expires_at = UtcField()
    tries_left = IntegerField()

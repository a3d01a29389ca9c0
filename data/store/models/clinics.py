"""Clinics, who works there, and what the operator has chosen for the database."""

from __future__ import annotations

from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from data.store.models.base import Table, UtcField


class Clinic(Table):
    name = TextField()
    zone = TextField(default="Europe/Stockholm")
    keep_days = IntegerField(default=0)
    """How long closed cases are kept at least; 0 is for ever (`data.retention`)."""
    version = IntegerField(default=1)
    idle_minutes = IntegerField(default=5)
    """Without a key until a terminal is locked."""


class Staff(Table):
    username = TextField(unique=True)
    name = TextField()
    name_folded = TextField()
    title = TextField(default="")
    password_hash = TextField()
    disabled = BooleanField(default=False)
    failures = IntegerField(default=0)
    """Wrong passwords since the last right one."""
    closed_until = UtcField(null=True)
    """Until then no password is right: see `data.passwords`."""
    version = IntegerField(default=1)
    generation = IntegerField(default=1)
    """Grows when the password changes or the account is closed: sessions of an older one are over."""
    must_change = BooleanField(default=False)
    """Whether the password was chosen by someone else."""


class StaffRole(Table):
    staff_id: int
    clinic_id: int
    staff = ForeignKeyField(Staff, on_delete="CASCADE")
    clinic = ForeignKeyField(Clinic, on_delete="RESTRICT")
    role = TextField()

    class Meta:
        indexes = ((("staff", "clinic", "role"), True),)


class Setting(Table):
    """What the operator has chosen for this database, by name."""

    name = TextField(unique=True)
    value = TextField()

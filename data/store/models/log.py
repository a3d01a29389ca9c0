"""The access log, and the reviews of it."""

from __future__ import annotations

from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from data.store.models.base import Table, UtcField
from data.store.models.clinics import Clinic


class AccessLog(Table):
    """Who did what, when, where, about whom. Plain ids and names: an entry outlives what it points to.

    Only ever added to, as triggers see to. Each clinic has a `chain` of its own (its id; 0 for what belongs
    to no clinic), numbered from 1; `mac` is as `data.domain.chain` says, made with the key called `key`.
    """

    at = UtcField(index=True)
    event = TextField()
    allowed = BooleanField(default=True)
    actor_kind = TextField()
    staff_id = IntegerField(null=True, index=True)
    actor_name = TextField(default="")
    clinic_id = IntegerField(null=True)
    patient_id = IntegerField(null=True, index=True)
    case_id = IntegerField(null=True)
    details = TextField(default="{}")
    chain = IntegerField(default=0)
    number = IntegerField(default=0)
    key = TextField(default="")
    mac = TextField(default="")

    class Meta:
        indexes = ((("chain", "number"), True),)


class LogReview(Table):
    """A random sample of the access log that an auditor looks through (`data.log_reviews`).

    `first` and `last` are days; `entries` and `remarked` ids of entries (JSON). Triggers keep it as it is
    once it is finished.
    """

    clinic_id: int
    clinic = ForeignKeyField(Clinic, on_delete="RESTRICT", index=False)
    staff_id = IntegerField()
    reviewer = TextField()
    at = UtcField()
    first = TextField()
    last = TextField()
    entries = TextField()
    remarked = TextField(default="[]")
    finished_at = UtcField(null=True)
    outcome = TextField(default="")

    class Meta:
        indexes = ((("clinic", "at", "id"), False),)

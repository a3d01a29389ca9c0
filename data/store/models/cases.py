"""Cases from draft to answer, and the receipts of those that were destroyed."""

from __future__ import annotations

from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from data.store.models.base import Table, UtcField
from data.store.models.clinics import Clinic, Staff
from data.store.models.patients import Patient
from data.store.models.templates import TemplateVersion


class Draft(Table):
    """A case that is being written. `key` makes its sending happen once."""

    staff_id: int
    clinic_id: int
    patient_id: int
    template_version_id: int | None
    key = TextField(unique=True)
    staff = ForeignKeyField(Staff, on_delete="CASCADE")
    clinic = ForeignKeyField(Clinic, on_delete="CASCADE")
    patient = ForeignKeyField(Patient, on_delete="CASCADE")
    template_version = ForeignKeyField(TemplateVersion, null=True, on_delete="RESTRICT")
    written = TextField(default="{}")
    signature = TextField()
    changed_at = UtcField()
    version = IntegerField(default=1)

    class Meta:
        indexes = ((("staff", "clinic", "patient"), True),)


class Case(Table):
    """A sent case. `title` is what the patient sees of it in a list; `written` what staff wrote in the white
    boxes, by item id (JSON); `given` what the placeholders stood for when it was sent (JSON).

    `version` counts answering, closing and reopening. A case that is held (`held_at`) is never destroyed.
    """

    clinic_id: int
    sender_id: int
    patient_id: int
    template_version_id: int
    closed_by_id: int | None
    reference = TextField(unique=True)
    key = TextField(unique=True)
    clinic = ForeignKeyField(Clinic, on_delete="RESTRICT")
    sender = ForeignKeyField(Staff, on_delete="RESTRICT")
    patient = ForeignKeyField(Patient, on_delete="RESTRICT")
    template_version = ForeignKeyField(TemplateVersion, on_delete="RESTRICT")
    answerable = BooleanField()
    title = TextField()
    written = TextField()
    given = TextField()
    signature = TextField()
    sent_at = UtcField()
    read_at = UtcField(null=True)
    answered_at = UtcField(null=True)
    answers = TextField(null=True)
    answer_seen_at = UtcField(null=True)
    version = IntegerField(default=1)
    closed_at = UtcField(null=True)
    closed_by = ForeignKeyField(Staff, null=True, on_delete="RESTRICT", index=False)
    held_at = UtcField(null=True)
    held_by = TextField(default="")
    held_reason = TextField(default="")

    class Meta:
        indexes = (
            (("sender", "clinic", "sent_at", "id"), False),
            (("sender", "clinic", "answer_seen_at", "answered_at"), False),  # counts news every second
            (("clinic", "sent_at", "id"), False),
            (("patient", "sent_at", "id"), False),
            (("clinic", "closed_at", "id"), False),
        )


class AnswerDraft(Table):
    """What the patient has filled in but not submitted (JSON by item id)."""

    case_id: int
    case = ForeignKeyField(Case, unique=True, on_delete="CASCADE")
    typed = TextField()
    changed_at = UtcField()
    version = IntegerField(default=1)


class RetentionReceipt(Table):
    """That closed cases were destroyed, without a word of what they held or about whom (`data.retention`).

    `last_case_id` is the highest id among them: a new case never gets it again.
    """

    clinic_id: int
    clinic = ForeignKeyField(Clinic, on_delete="RESTRICT")
    at = UtcField()
    by = TextField()
    keep_days = IntegerField()
    count = IntegerField()
    oldest = UtcField()
    newest = UtcField()
    digest = TextField()
    last_case_id = IntegerField()

    class Meta:
        indexes = ((("clinic", "at", "id"), False),)

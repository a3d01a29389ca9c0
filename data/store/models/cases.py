"""Cases from draft to answer, and the receipts of those that were destroyed."""

from __future__ import annotations

from peewee import SQL, BooleanField, ForeignKeyField, IntegerField, TextField

from data.store.models.base import Table, UtcField
from data.store.models.clinics import Clinic, Staff
from data.store.models.patients import Patient
from data.store.models.templates import TemplateVersion


class Draft(Table):
    """A case that is being written. `key` makes its sending happen once. `also` holds the ids of the patients
    besides the first (JSON), from the lowest."""

    staff_id: int
    clinic_id: int
    patient_id: int
    template_version_id: int | None
    key = TextField(unique=True)
    staff = ForeignKeyField(Staff, on_delete="CASCADE", index=False)
    clinic = ForeignKeyField(Clinic, on_delete="CASCADE", index=False)
    patient = ForeignKeyField(Patient, on_delete="CASCADE")
    template_version = ForeignKeyField(TemplateVersion, null=True, on_delete="RESTRICT")
    written = TextField(default="{}")
    signature = TextField()
    changed_at = UtcField()
    version = IntegerField(default=1)
    also = TextField(default="[]")

    class Meta:
        indexes = ((("staff", "clinic"), False),)


Draft.add_index(Draft.index(Draft.staff, Draft.clinic, Draft.patient, unique=True, where=SQL("also = '[]'")))
"""One draft for each sender and patient; those for several patients are told apart by whom they are for."""


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
    clinic = ForeignKeyField(Clinic, on_delete="RESTRICT", index=False)
    sender = ForeignKeyField(Staff, on_delete="RESTRICT", index=False)
    patient = ForeignKeyField(Patient, on_delete="RESTRICT", index=False)
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
            (("clinic", "sent_at", "id"), False),
            (("patient", "clinic", "sender"), False),  # counts what lists leave out, without reading a case
        )


def _add_state_indexes() -> None:
    """For both lists, an index of just those cases that a filter on their state finds: however few they are,
    and wherever in the list, a page of them costs the same. News are counted in one of them, alone."""
    case = Case
    for state, condition, counted in (
        ("unread", case.read_at.is_null(), ()),
        ("read", case.read_at.is_null(False) & case.answered_at.is_null(), ()),
        # Not by its moment, so that SQLite does not take it for those unseen.
        ("answered", case.answers.is_null(False), ()),
        (
            "unseen",
            case.answered_at.is_null(False) & case.answer_seen_at.is_null(),
            (case.answered_at, case.answer_seen_at),
        ),
        ("open", case.closed_at.is_null(), ()),
        ("closed", case.closed_at.is_null(False), ()),
    ):
        mine = (case.sender, case.clinic, case.id, *counted)
        case.add_index(case.index(case.clinic, case.id, where=condition, name=f"case_{state}"))
        case.add_index(case.index(*mine, where=condition, name=f"case_{state}_mine"))
    closing = (case.clinic, case.closed_at, case.id)  # for `data.retention`
    case.add_index(case.index(*closing, where=case.closed_at.is_null(False), name="case_by_closing"))


_add_state_indexes()


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

"""The tables. Rows never leave `data`: operations hand out frozen values instead."""

from __future__ import annotations

from datetime import UTC, datetime

from peewee import (
    AutoField,
    BooleanField,
    DatabaseProxy,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

database = DatabaseProxy()


class UtcField(DateTimeField):
    """A moment, aware in Python; stored as UTC with microseconds, so that text order is time order."""

    def db_value(self, value: datetime | None) -> str | None:
        return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")

    def python_value(self, value: str | datetime | None) -> datetime | None:
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        return None if value is None else value.replace(tzinfo=UTC)


class Table(Model):
    id = AutoField()

    class Meta:
        database = database
        legacy_table_names = False


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


class Patient(Table):
    number = TextField(unique=True)
    name = TextField()
    name_folded = TextField(index=True)
    email = TextField(default="")
    phone = TextField(default="")
    protected = BooleanField(default=False, index=True)
    reachable = BooleanField(default=True)
    version = IntegerField(default=1)


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


class Template(Table):
    """The clinic's working copy; staff send the version `published_number`, None before the first."""

    clinic_id: int
    changed_by_id: int
    clinic = ForeignKeyField(Clinic, on_delete="RESTRICT")
    name = TextField()
    name_folded = TextField()
    form = TextField()
    retired = BooleanField(default=False)
    published_number = IntegerField(null=True)
    changed_at = UtcField()
    changed_by = ForeignKeyField(Staff, on_delete="RESTRICT")
    version = IntegerField(default=1)

    class Meta:
        indexes = ((("clinic", "name_folded"), True),)


class TemplateVersion(Table):
    """A template as it was published; a trigger keeps it from being changed: sent cases stay with it."""

    template_id: int
    published_by_id: int
    template = ForeignKeyField(Template, on_delete="RESTRICT")
    number = IntegerField()
    name = TextField()
    name_folded = TextField()
    form = TextField()
    published_at = UtcField()
    published_by = ForeignKeyField(Staff, on_delete="RESTRICT")

    class Meta:
        indexes = ((("template", "number"), True),)


class TemplateChange(Table):
    """What happened to a template; only ever added to. `summary` holds sentences as `audit.stored` has them
    (JSON), `number` the version that was published or brought back."""

    template_id: int
    staff_id: int
    template = ForeignKeyField(Template, on_delete="CASCADE")
    at = UtcField()
    staff = ForeignKeyField(Staff, on_delete="RESTRICT")
    act = TextField()
    name = TextField()
    number = IntegerField(null=True)
    summary = TextField()

    class Meta:
        indexes = ((("template", "at", "id"), False),)


class TemplateDraft(Table):
    """Edits of a template that were not saved yet: one for each person, clinic and template.

    `template` None is one that was never saved; the index does not keep those single, the operations do.
    """

    staff_id: int
    clinic_id: int
    template_id: int | None
    staff = ForeignKeyField(Staff, on_delete="CASCADE")
    clinic = ForeignKeyField(Clinic, on_delete="CASCADE")
    template = ForeignKeyField(Template, null=True, on_delete="CASCADE")
    base_version = IntegerField()
    name = TextField()
    form = TextField()
    unread = TextField(default="[]")
    changed_at = UtcField()
    version = IntegerField(default=1)

    class Meta:
        indexes = ((("staff", "clinic", "template"), True),)


class TemplateUse(Table):
    """When a person last sent a template, so that the latest used stands first without reading cases."""

    staff_id: int
    template_id: int
    staff = ForeignKeyField(Staff, on_delete="CASCADE")
    template = ForeignKeyField(Template, on_delete="CASCADE")
    used_at = UtcField()

    class Meta:
        indexes = ((("staff", "template"), True),)


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


class Setting(Table):
    """What the operator has chosen for this database, by name."""

    name = TextField(unique=True)
    value = TextField()


TABLES: tuple[type[Table], ...] = (
    Clinic,
    Staff,
    StaffRole,
    Patient,
    ProtectedAccess,
    PatientCode,
    Template,
    TemplateVersion,
    TemplateChange,
    TemplateDraft,
    TemplateUse,
    Draft,
    Case,
    AnswerDraft,
    RetentionReceipt,
    AccessLog,
    LogReview,
    Setting,
)

"""The tables of the first version: a frozen copy of the models, independent of what they become."""

from typing import Any

from peewee import (
    AutoField,
    BooleanField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    class Table(Model):
        id = AutoField()

        class Meta:
            database = db
            legacy_table_names = False

    class Clinic(Table):
        name = TextField()
        zone = TextField(default="Europe/Stockholm")

    class Staff(Table):
        username = TextField(unique=True)
        name = TextField()
        name_folded = TextField()
        title = TextField(default="")
        password_hash = TextField()
        disabled = BooleanField(default=False)
        failures = IntegerField(default=0)
        closed_until = DateTimeField(null=True)
        version = IntegerField(default=1)

    class StaffRole(Table):
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
        protected = BooleanField(default=False)
        reachable = BooleanField(default=True)
        version = IntegerField(default=1)

    class PatientCode(Table):
        patient = ForeignKeyField(Patient, unique=True, on_delete="CASCADE")
        code_hash = TextField()
        expires_at = DateTimeField()
        tries_left = IntegerField()

    class Template(Table):
        clinic = ForeignKeyField(Clinic, on_delete="RESTRICT")
        name = TextField()
        name_folded = TextField()
        form = TextField()
        retired = BooleanField(default=False)
        published_number = IntegerField(null=True)
        changed_at = DateTimeField()
        changed_by = ForeignKeyField(Staff, on_delete="RESTRICT")
        version = IntegerField(default=1)

        class Meta:
            indexes = ((("clinic", "name_folded"), True),)

    class TemplateVersion(Table):
        template = ForeignKeyField(Template, on_delete="RESTRICT")
        number = IntegerField()
        name = TextField()
        name_folded = TextField()
        form = TextField()
        published_at = DateTimeField()
        published_by = ForeignKeyField(Staff, on_delete="RESTRICT")

        class Meta:
            indexes = ((("template", "number"), True),)

    class TemplateChange(Table):
        template = ForeignKeyField(Template, on_delete="CASCADE")
        at = DateTimeField()
        staff = ForeignKeyField(Staff, on_delete="RESTRICT")
        act = TextField()
        name = TextField()
        number = IntegerField(null=True)
        summary = TextField()

        class Meta:
            indexes = ((("template", "at", "id"), False),)

    class TemplateDraft(Table):
        staff = ForeignKeyField(Staff, on_delete="CASCADE")
        clinic = ForeignKeyField(Clinic, on_delete="CASCADE")
        template = ForeignKeyField(Template, null=True, on_delete="CASCADE")
        base_version = IntegerField()
        name = TextField()
        form = TextField()
        unread = TextField(default="[]")
        changed_at = DateTimeField()

        class Meta:
            indexes = ((("staff", "clinic", "template"), True),)

    class TemplateUse(Table):
        staff = ForeignKeyField(Staff, on_delete="CASCADE")
        template = ForeignKeyField(Template, on_delete="CASCADE")
        used_at = DateTimeField()

        class Meta:
            indexes = ((("staff", "template"), True),)

    class Draft(Table):
        key = TextField(unique=True)
        staff = ForeignKeyField(Staff, on_delete="CASCADE")
        clinic = ForeignKeyField(Clinic, on_delete="CASCADE")
        patient = ForeignKeyField(Patient, on_delete="CASCADE")
        template_version = ForeignKeyField(TemplateVersion, null=True, on_delete="RESTRICT")
        written = TextField(default="{}")
        signature = TextField()
        changed_at = DateTimeField()
        version = IntegerField(default=1)

        class Meta:
            indexes = ((("staff", "clinic", "patient"), True),)

    class Case(Table):
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
        sent_at = DateTimeField()
        read_at = DateTimeField(null=True)
        answered_at = DateTimeField(null=True)
        answers = TextField(null=True)
        answer_seen_at = DateTimeField(null=True)

        class Meta:
            indexes = (
                (("sender", "clinic", "sent_at", "id"), False),
                (("sender", "clinic", "answer_seen_at", "answered_at"), False),
                (("clinic", "sent_at", "id"), False),
                (("patient", "sent_at", "id"), False),
            )

    class AnswerDraft(Table):
        case = ForeignKeyField(Case, unique=True, on_delete="CASCADE")
        typed = TextField()
        changed_at = DateTimeField()

    class AccessLog(Table):
        at = DateTimeField(index=True)
        event = TextField()
        allowed = BooleanField(default=True)
        actor_kind = TextField()
        staff_id = IntegerField(null=True, index=True)
        actor_name = TextField(default="")
        clinic_id = IntegerField(null=True)
        patient_id = IntegerField(null=True, index=True)
        case_id = IntegerField(null=True)
        details = TextField(default="{}")

    db.create_tables(Table.__subclasses__())
    # What was published is what patients answered, and history is what happened. A case that was sent keeps
    # its version from being deleted already, by its foreign key.
    for table in ("template_version", "template_change"):
        db.execute_sql(
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} never changes'); END"
        )

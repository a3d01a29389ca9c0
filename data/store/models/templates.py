"""Templates: the working copies, their published versions, what happened to them, and who uses them."""

from __future__ import annotations

from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from data.store.models.base import Table, UtcField
from data.store.models.clinics import Clinic, Staff


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

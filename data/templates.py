"""Templates: built and published by administrators, chosen by care providers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from data import audit
from data.domain.errors import Invalid, Message, NotAllowed
from data.domain.form_diff import diff, summary
from data.domain.forms import Form
from data.domain.roles import Role, StaffActor
from data.domain.text import swedish_key
from data.domain.value import Frozen
from data.operation import now, operation
from data.staff_rows import roles_at
from data.store import models
from data.template_rows import (
    PublishedTemplate,
    Template,
    TemplateAct,
    TemplateState,
    as_published,
    as_template,
    clinics_template,
    latest_version,
    note,
    state_of,
    store_template,
    unchanged_template,
)

__all__ = [
    "OtherClinic",
    "PublishedTemplate",
    "Template",
    "TemplateRow",
    "TemplateState",
    "as_published",
    "copy",
    "copy_to",
    "create",
    "get",
    "list_all",
    "other_clinics",
    "publish",
    "published",
    "retire",
    "save",
]


class TemplateRow(Frozen):
    """A line of the administrator's list."""

    id: int
    name: str
    answerable: bool
    state: TemplateState
    changed_at: datetime
    changed_by: str
    version: int


class OtherClinic(Frozen):
    """A clinic that the actor administers too."""

    id: int
    name: str


@operation(role=Role.ADMINISTRATOR, event="templates.listed", repeatable=True)
def list_all(actor: StaffActor) -> tuple[TemplateRow, ...]:
    """All templates of the clinic in Swedish order; the retired ones last."""
    rows = (
        models.Template.select(models.Template, models.Staff.name)
        .join(models.Staff)
        .where(models.Template.clinic == actor.clinic_id)
        .order_by(models.Template.id)
    )
    return tuple(
        TemplateRow(
            id=row.id,
            name=row.name,
            answerable=Form.model_validate_json(row.form).answerable,
            state=state_of(row),
            changed_at=row.changed_at,
            changed_by=row.changed_by.name,
            version=row.version,
        )
        for row in sorted(rows, key=lambda row: (row.retired, swedish_key(row.name)))
    )


@operation(role=Role.ADMINISTRATOR, event="template.opened", repeatable=True)
def get(actor: StaffActor, template_id: int) -> Template:
    """One template for the builder. Raises `NotFound`."""
    return as_template(clinics_template(actor, template_id))


@operation(role=Role.ADMINISTRATOR, event="template.created")
def create(actor: StaffActor, name: str, form: Form) -> Template:
    """A new draft. Raises `Invalid` for an empty or taken name."""
    row = models.Template(clinic=actor.clinic_id)
    made = store_template(actor, row, name, form)
    note(actor, row, TemplateAct.CREATED)
    return made


@operation(role=Role.ADMINISTRATOR, event="template.saved")
def save(actor: StaffActor, template: Template) -> Template:
    """Store name and form of a template that was read at `template.version`.

    Raises `Conflict` when someone else saved after that, and `Invalid` for an empty or taken name. A form
    that is not ready to be published may be saved.
    """
    row = unchanged_template(actor, template.id, template.version)
    before = as_template(row)
    saved = store_template(actor, row, template.name, template.form)
    if changes := [*_renaming(before.name, saved.name), *summary(diff(before.form, saved.form))]:
        note(actor, row, TemplateAct.SAVED, changes)
    return saved


@operation(role=Role.ADMINISTRATOR, event="template.copied")
def copy(actor: StaffActor, template_id: int, name: str) -> Template:
    """A new draft with the same form. Raises `Invalid` for an empty or taken name."""
    original = clinics_template(actor, template_id)
    audit.about(original=original.name)
    row = models.Template(clinic=actor.clinic_id)
    made = store_template(actor, row, name, Form.model_validate_json(original.form))
    note(actor, row, TemplateAct.COPIED, [Message("A copy of “{name}”", name=original.name)])
    return made


@operation(role=Role.ADMINISTRATOR, event=None)
def other_clinics(actor: StaffActor) -> tuple[OtherClinic, ...]:
    """The clinics that templates can be copied to: those that the actor administers beside this, by name."""
    role, clinic = models.StaffRole, models.Clinic
    rows = (
        clinic.select()
        .join(role)
        .where(role.staff == actor.staff_id, role.role == Role.ADMINISTRATOR, clinic.id != actor.clinic_id)
        .order_by(clinic.id)
    )
    in_order = sorted(rows, key=lambda row: swedish_key(row.name))
    return tuple(OtherClinic(id=row.id, name=row.name) for row in in_order)


@operation(role=Role.ADMINISTRATOR, event="template.copied_out")
def copy_to(actor: StaffActor, template_id: int, clinic_id: int, name: str) -> Template:
    """A new draft with the same form at another clinic that the actor administers; both clinics' logs tell.

    Raises `NotAllowed` for a clinic that the actor does not administer, and `Invalid` for an empty name or
    one that is taken there.
    """
    original = clinics_template(actor, template_id)
    if Role.ADMINISTRATOR not in roles_at(models.Staff.get_by_id(actor.staff_id), clinic_id):
        raise NotAllowed(Message("You are not an administrator at that clinic"))
    here, there = (models.Clinic.get_by_id(one).name for one in (actor.clinic_id, clinic_id))
    row = models.Template(clinic=clinic_id)
    made = store_template(actor, row, name, Form.model_validate_json(original.form))
    source = Message("A copy of “{name}” at {clinic}", name=original.name, clinic=here)
    note(actor, row, TemplateAct.COPIED, [source])
    details = {"template": made.id, "name": made.name, "original": original.name}
    audit.append(
        audit.Entry(
            actor, "template.copied_in", clinic_id=clinic_id, details={**details, "other_clinic": here}
        )
    )
    audit.about(template=original.id, name=original.name, version=original.version, other_clinic=there)
    return made


@operation(role=Role.ADMINISTRATOR, event="template.published")
def publish(actor: StaffActor, template_id: int, version: int) -> Template:
    """Let staff send the template as it is stored; a retired one comes back into use.

    What was published before and not changed since keeps its number. Raises `Invalid` with everything that
    is missing, and `Conflict` when it was changed after `version`.
    """
    row = unchanged_template(actor, template_id, version)
    form = Form.model_validate_json(row.form)
    problems = form.problems()
    if problems:
        raise Invalid(*problems)
    latest, was_retired = latest_version(row), row.retired
    is_new = latest is None or (latest.name, latest.form) != (row.name, row.form)
    if is_new:
        row.published_number = (row.published_number or 0) + 1
    row.retired = False
    store_template(actor, row, row.name, form)
    audit.about(published=row.published_number)
    if is_new:
        _make_version(actor, row)
        changes = _since(latest, row.name, form) if latest else ()
        note(actor, row, TemplateAct.PUBLISHED, changes, row.published_number)
    elif was_retired:
        note(actor, row, TemplateAct.BROUGHT_BACK, number=row.published_number)
    return as_template(row)


@operation(role=Role.ADMINISTRATOR, event="template.retired")
def retire(actor: StaffActor, template_id: int, version: int) -> Template:
    """Take the template out of use; cases that were sent with it stay answerable. Raises `Conflict`."""
    row = unchanged_template(actor, template_id, version)
    again = row.retired
    row.retired = True
    stored = store_template(actor, row, row.name, Form.model_validate_json(row.form))
    if not again:
        note(actor, row, TemplateAct.RETIRED, number=row.published_number)
    return stored


@operation(role=Role.CARE_PROVIDER, event=None)
def published(actor: StaffActor) -> tuple[PublishedTemplate, ...]:
    """What the clinic's staff may send: the sender's latest used first, the rest in Swedish order."""
    version, template, use = models.TemplateVersion, models.Template, models.TemplateUse
    rows = list(
        version.select()
        .join(template, on=(version.template == template.id) & (version.number == template.published_number))
        .where(template.clinic == actor.clinic_id, ~template.retired)
        .order_by(version.id)
    )
    times = {row.template_id: row.used_at for row in use.select().where(use.staff == actor.staff_id)}
    used = [row for row in rows if row.template_id in times]
    unused = [row for row in rows if row.template_id not in times]
    used.sort(key=lambda row: times[row.template_id], reverse=True)
    unused.sort(key=lambda row: swedish_key(row.name))
    return tuple(as_published(row) for row in (*used, *unused))


def _make_version(actor: StaffActor, row: models.Template) -> None:
    """Publish the row as it is, under its number."""
    models.TemplateVersion.create(
        template=row,
        number=row.published_number,
        name=row.name,
        name_folded=row.name_folded,
        form=row.form,
        published_at=now(),
        published_by=actor.staff_id,
    )


def _since(version: models.TemplateVersion, name: str, form: Form) -> tuple[Message, ...]:
    """What is new since a version, in short."""
    old = Form.model_validate_json(version.form)
    return (*_renaming(version.name, name), *summary(diff(old, form)))


def _renaming(before: str, after: str) -> Iterator[Message]:
    if before != after:
        yield Message("Renamed from “{before}” to “{after}”", before=before, after=after)

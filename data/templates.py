"""Templates: built and published by administrators, chosen by care providers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from peewee import JOIN
from pydantic import ValidationError

from data import audit
from data.domain.errors import Conflict, Invalid, Message, NotFound, NotYours, Problem, invalid
from data.domain.forms import LINE_LIMIT, Form
from data.domain.roles import Role, StaffActor
from data.domain.text import clean, fold
from data.domain.value import Frozen
from data.operation import now, operation
from data.store import models

_MISSING = Message("There is no such template at this clinic")


class TemplateState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CHANGED = "changed"
    """Published, and edited since: staff send the published version until it is published again."""
    RETIRED = "retired"


class TemplateRow(Frozen):
    """A line of the administrator's list."""

    id: int
    name: str
    answerable: bool
    state: TemplateState
    changed_at: datetime
    changed_by: str
    version: int


class Template(Frozen):
    """A template as its builder sees it. `version` is for finding that someone else saved first."""

    id: int
    name: str
    form: Form
    state: TemplateState
    version: int


class PublishedTemplate(Frozen):
    """What staff may send: a published version, which never changes."""

    version_id: int
    name: str
    form: Form


@operation(role=Role.ADMINISTRATOR, event="templates.listed")
def list_all(actor: StaffActor) -> tuple[TemplateRow, ...]:
    """All templates of the clinic in Swedish order; the retired ones last."""
    rows = (
        models.Template.select(models.Template, models.Staff.name)
        .join(models.Staff)
        .where(models.Template.clinic == actor.clinic_id)
        .order_by(models.Template.retired, models.Template.name.collate("swedish"), models.Template.id)
    )
    return tuple(
        TemplateRow(
            id=row.id,
            name=row.name,
            answerable=Form.model_validate_json(row.form).answerable,
            state=_state(row),
            changed_at=row.changed_at,
            changed_by=row.changed_by.name,
            version=row.version,
        )
        for row in rows
    )


@operation(role=Role.ADMINISTRATOR, event="template.opened")
def get(actor: StaffActor, template_id: int) -> Template:
    """One template for the builder. Raises `NotFound`."""
    return _template(_row(actor, template_id))


@operation(role=Role.ADMINISTRATOR, event="template.created")
def create(actor: StaffActor, name: str, form: Form) -> Template:
    """A new draft. Raises `Invalid` for an empty or taken name."""
    row = models.Template(clinic=actor.clinic_id)
    return _store(actor, row, name, form)


@operation(role=Role.ADMINISTRATOR, event="template.saved")
def save(actor: StaffActor, template: Template) -> Template:
    """Store name and form of a template that was read at `template.version`.

    Raises `Conflict` when someone else saved after that, and `Invalid` for an empty or taken name. A form
    that is not ready to be published may be saved.
    """
    row = _current(actor, template.id, template.version)
    return _store(actor, row, template.name, template.form)


@operation(role=Role.ADMINISTRATOR, event="template.copied")
def copy(actor: StaffActor, template_id: int, name: str) -> Template:
    """A new draft with the same form. Raises `Invalid` for an empty or taken name."""
    original = _row(actor, template_id)
    audit.about(original=original.name)
    return _store(
        actor, models.Template(clinic=actor.clinic_id), name, Form.model_validate_json(original.form)
    )


@operation(role=Role.ADMINISTRATOR, event="template.published")
def publish(actor: StaffActor, template_id: int, version: int) -> Template:
    """Let staff send the template as it is stored; a retired one comes back into use.

    Raises `Invalid` with everything that is missing, and `Conflict` when it was changed after `version`.
    """
    row = _current(actor, template_id, version)
    form = Form.model_validate_json(row.form)
    problems = form.problems()
    if problems:
        raise Invalid(*problems)
    latest = _published_version(row)
    if latest is None or (latest.name, latest.form) != (row.name, row.form):
        row.published_number = (row.published_number or 0) + 1
        models.TemplateVersion.create(
            template=row,
            number=row.published_number,
            name=row.name,
            name_folded=row.name_folded,
            form=row.form,
            published_at=now(),
            published_by=actor.staff_id,
        )
    row.retired = False
    return _store(actor, row, row.name, form)


@operation(role=Role.ADMINISTRATOR, event="template.retired")
def retire(actor: StaffActor, template_id: int, version: int) -> Template:
    """Take the template out of use; cases that were sent with it stay answerable. Raises `Conflict`."""
    row = _current(actor, template_id, version)
    row.retired = True
    return _store(actor, row, row.name, Form.model_validate_json(row.form))


@operation(role=Role.CARE_PROVIDER, event=None)
def published(actor: StaffActor) -> tuple[PublishedTemplate, ...]:
    """What the clinic's staff may send: the sender's latest used first, the rest in Swedish order."""
    version, template, use = models.TemplateVersion, models.Template, models.TemplateUse
    rows = (
        version.select(version)
        .join(template, on=(version.template == template.id) & (version.number == template.published_number))
        .join(use, JOIN.LEFT_OUTER, on=(use.template == template.id) & (use.staff == actor.staff_id))
        .where(template.clinic == actor.clinic_id, ~template.retired)
        .order_by(use.used_at.desc(nulls="last"), version.name.collate("swedish"), version.id)
    )
    return tuple(as_published(row) for row in rows)


def as_published(row: models.TemplateVersion) -> PublishedTemplate:
    """A published version as operations hand it out."""
    return PublishedTemplate(version_id=row.id, name=row.name, form=Form.model_validate_json(row.form))


def clinics_version(actor: StaffActor, version_id: int) -> models.TemplateVersion:
    """A published version of one of the clinic's templates; for operations. Raises `NotFound`."""
    version = models.TemplateVersion.get_or_none(models.TemplateVersion.id == version_id)
    if version is None:
        raise NotFound(_MISSING)
    audit.about(template=version.template_id)
    if version.template.clinic_id != actor.clinic_id:
        raise NotYours(_MISSING)
    audit.about(name=version.name)
    return version


def _row(actor: StaffActor, template_id: int) -> models.Template:
    row = models.Template.get_or_none(models.Template.id == template_id)
    if row is None:
        raise NotFound(_MISSING)
    audit.about(template=row.id)
    if row.clinic_id != actor.clinic_id:
        raise NotYours(_MISSING)
    audit.about(name=row.name)
    return row


def _current(actor: StaffActor, template_id: int, version: int) -> models.Template:
    row = _row(actor, template_id)
    if row.version != version:
        raise Conflict(
            Message(
                "{name} was changed by {person} after you opened it",
                name=row.name,
                person=row.changed_by.name,
            )
        )
    return row


def _store(actor: StaffActor, row: models.Template, name: str, form: Form) -> Template:
    name, form = clean(name, limit=LINE_LIMIT), _safe(form)
    if not name:
        raise invalid("name", "Give the template a name")
    taken = models.Template.select().where(
        models.Template.clinic == actor.clinic_id, models.Template.name_folded == fold(name)
    )
    if any(other.id != row.id for other in taken):
        raise Invalid(Problem("name", Message("Another template has this name: choose a name of its own")))
    row.name, row.name_folded = name, fold(name)
    row.form = form.model_dump_json()
    row.changed_at = now()
    row.changed_by_id = actor.staff_id
    row.version = row.version + 1 if row.id else 1
    row.save()
    audit.about(template=row.id, name=row.name, version=row.version)
    return _template(row)


def _safe(form: Form) -> Form:
    """The form with every part checked and its texts cleaned: `model_copy` does neither."""
    try:
        return Form.model_validate(form.model_dump(warnings=False))
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise invalid("items", "The form can't be stored: {reason}", reason=reason) from error


def _published_version(row: models.Template) -> models.TemplateVersion | None:
    return models.TemplateVersion.get_or_none(
        models.TemplateVersion.template == row.id, models.TemplateVersion.number == row.published_number
    )


def _state(row: models.Template) -> TemplateState:
    if row.retired:
        return TemplateState.RETIRED
    latest = _published_version(row)
    if latest is None:
        return TemplateState.DRAFT
    same = (latest.name, latest.form) == (row.name, row.form)
    return TemplateState.PUBLISHED if same else TemplateState.CHANGED


def _template(row: models.Template) -> Template:
    return Template(
        id=row.id,
        name=row.name,
        form=Form.model_validate_json(row.form),
        state=_state(row),
        version=row.version,
    )

"""Templates as rows, and as the values that operations hand out; for the operations on templates."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from data import audit
from data.case_forms import published_form, read_form
from data.domain.errors import Conflict, Invalid, Message, NotFound, NotYours, Problem, invalid
from data.domain.limits import LINE_LIMIT
from data.domain.roles import StaffActor
from data.domain.text import clean, fold
from data.domain.value import Frozen
from data.operation import now, row_to_change, to_change
from data.store import models
from data.store.prepared import Prepared

if TYPE_CHECKING:
    from data.domain.forms import Form

_MISSING = Message("There is no such template at this clinic")


class TemplateState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CHANGED = "changed"
    """Published, and edited since: staff send the published version until it is published again."""
    RETIRED = "retired"


class TemplateAct(StrEnum):
    """What a template's history tells of."""

    CREATED = "created"
    COPIED = "copied"
    IMPORTED = "imported"
    SAVED = "saved"
    RESTORED = "restored"
    """An old version's content was put in the working copy."""
    PUBLISHED = "published"
    RETIRED = "retired"
    BROUGHT_BACK = "brought_back"
    """Out of retirement, with the version that was in use before."""


class Template(Frozen):
    """A template as its builder sees it. `version` is for finding that someone else saved first."""

    id: int
    name: str
    form: Form
    state: TemplateState
    version: int


class PublishedTemplate(Frozen):
    """What staff may send: a published version, which never changes. `number` counts the template's versions
    from 1."""

    version_id: int
    template_id: int
    number: int
    name: str
    form: Form


def as_template(row: models.Template) -> Template:
    """A template as operations hand it out."""
    return Template(
        id=row.id,
        name=row.name,
        form=read_form(row.form),
        state=state_of(row),
        version=row.version,
    )


def as_published(row: models.TemplateVersion) -> PublishedTemplate:
    """A published version as operations hand it out."""
    return PublishedTemplate(
        version_id=row.id,
        template_id=row.template_id,
        number=row.number,
        name=row.name,
        form=published_form(row.form),
    )


def state_of(row: models.Template) -> TemplateState:
    """Where in its life the template is."""
    if row.retired:
        return TemplateState.RETIRED
    latest = latest_version(row)
    if latest is None:
        return TemplateState.DRAFT
    same = (latest.name, latest.form) == (row.name, row.form)
    return TemplateState.PUBLISHED if same else TemplateState.CHANGED


def latest_version(row: models.Template) -> models.TemplateVersion | None:
    """The version that was published last; None before the first."""
    return models.TemplateVersion.get_or_none(
        models.TemplateVersion.template == row.id, models.TemplateVersion.number == row.published_number
    )


def clinics_template(actor: StaffActor, template_id: int, *, change: bool = False) -> models.Template:
    """One of the clinic's templates, to be changed if so said. Raises `NotFound`."""
    here = models.Template.id == template_id
    row = to_change(models.Template, here) if change else models.Template.get_or_none(here)
    if row is None:
        raise NotFound(_MISSING)
    audit.about(template=row.id)
    if row.clinic_id != actor.clinic_id:
        raise NotYours(_MISSING)
    audit.about(name=row.name)
    return row


def unchanged_template(actor: StaffActor, template_id: int, version: int) -> models.Template:
    """One of the clinic's templates, as it was read at `version`, to be changed. Raises `NotFound`, and
    `Conflict` when someone else changed it after that."""
    row = clinics_template(actor, template_id, change=True)
    if row.version != version:
        raise Conflict(
            Message(
                "{name} was changed by {person} after you opened it",
                name=row.name,
                person=row.changed_by.name,
            )
        )
    return row


def clinics_version(actor: StaffActor, version_id: int) -> tuple[PublishedTemplate, bool]:
    """A published version of one of the clinic's templates, and whether it is in use. Raises `NotFound`."""
    found = _version.first(version_id)
    if found is None:
        raise NotFound(_MISSING)
    template_id, number, name, form, clinic_id, retired, in_use = found
    audit.about(template=template_id)
    if clinic_id != actor.clinic_id:
        raise NotYours(_MISSING)
    audit.about(name=name)
    version = PublishedTemplate(
        version_id=version_id,
        template_id=template_id,
        number=number,
        name=name,
        form=published_form(form),
    )
    return version, not retired and number == in_use


_version = Prepared(
    lambda version_id: (
        models.TemplateVersion.select(
            models.TemplateVersion.template,
            models.TemplateVersion.number,
            models.TemplateVersion.name,
            models.TemplateVersion.form,
            models.Template.clinic,
            models.Template.retired,
            models.Template.published_number,
        )
        .join(models.Template)
        .where(models.TemplateVersion.id == version_id)
    )
)


def free_name(clinic_id: int, name: str) -> str:
    """The name, or the first of "name (2)", "name (3)" … that no template of the clinic has, and that nobody
    else can take before the operation ends."""
    _hold_names(clinic_id)
    rows = models.Template.select(models.Template.name_folded).where(models.Template.clinic == clinic_id)
    taken = {row.name_folded for row in rows}
    free, number = name, 1
    while fold(free) in taken:
        number += 1
        end = f" ({number})"
        free = f"{name[: LINE_LIMIT - len(end)]}{end}"
    return free


def store_template(actor: StaffActor, row: models.Template, name: str, form: Form) -> Template:
    """Write name and form to the row, new or old. Raises `Invalid` for an empty name, one that another
    template of the row's clinic has, and a form that can't be stored."""
    _hold_names(row.clinic_id)
    name, form = clean(name, limit=LINE_LIMIT), safe_form(form)
    if not name:
        raise invalid("name", "Give the template a name")
    taken = models.Template.select().where(
        models.Template.clinic == row.clinic_id, models.Template.name_folded == fold(name)
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
    return as_template(row)


def _hold_names(clinic_id: int) -> None:
    """See to it that nobody else names a template of the clinic before the operation ends: which names are
    taken is told by rows that there may not be yet."""
    row_to_change(models.Clinic, clinic_id)


def safe_form(form: Form) -> Form:
    """The form with every part checked and its texts cleaned: `model_copy` does neither. Raises `Invalid`."""
    from pydantic import ValidationError  # noqa: PLC0415 - pydantic costs every start

    from data.domain.reading import why_refused  # noqa: PLC0415

    try:
        return type(form).model_validate(form.model_dump(warnings=False))
    except ValidationError as error:
        reason = why_refused(error) or error.errors()[0]["msg"]
        raise invalid("items", "The form can't be stored: {reason}", reason=reason) from error


def note(
    actor: StaffActor,
    row: models.Template,
    act: TemplateAct,
    summary: Sequence[Message] = (),
    number: int | None = None,
) -> None:
    """Add to the template's history what was done, in short; `number` is the version that it made or used."""
    models.TemplateChange.create(
        template=row.id,
        at=row.changed_at,
        staff=actor.staff_id,
        act=act,
        name=row.name,
        number=number,
        summary=json.dumps(audit.stored(summary), ensure_ascii=False),
    )

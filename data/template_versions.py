"""What became of a template: its published versions, and who changed what when."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import cast

from peewee import fn

from data import audit
from data.domain.errors import Message, NotFound
from data.domain.form_diff import diff, summary
from data.domain.forms import Form
from data.domain.paging import Edge, Page
from data.domain.roles import Role, StaffActor
from data.domain.value import Frozen
from data.operation import operation
from data.store import models
from data.store.paging import rows_at
from data.template_rows import (
    Template,
    TemplateAct,
    clinics_template,
    note,
    store_template,
    unchanged_template,
)


class VersionRow(Frozen):
    """A line of the list of versions. `cases` counts those that were sent with it; `in_use`: it is what
    staff send now."""

    number: int
    name: str
    published_at: datetime
    published_by: str
    cases: int
    in_use: bool


class Version(Frozen):
    """A template as it was published under a number; never changes."""

    template_id: int
    number: int
    name: str
    form: Form


class ChangeRow(Frozen):
    """Something that was done to a template: by whom, when, and in short what.

    `name` is what the template was called afterwards; `number` the version that the act made or used, None
    for acts that concern none.
    """

    id: int
    at: datetime
    person: str
    act: TemplateAct
    name: str
    number: int | None
    summary: tuple[Message, ...]


@operation(role=Role.ADMINISTRATOR, event="template.versions_listed", repeatable=True)
def list_all(actor: StaffActor, template_id: int) -> tuple[VersionRow, ...]:
    """All published versions of a template, the latest first. Raises `NotFound`."""
    row = clinics_template(actor, template_id)
    version, case = models.TemplateVersion, models.Case
    rows = version.select(version, models.Staff.name).join(models.Staff).where(version.template == row.id)
    sent = (
        case.select(case.template_version, fn.COUNT(case.id))
        .join(version)
        .where(version.template == row.id)
        .group_by(case.template_version)
    )
    cases = dict(cast("Iterable[tuple[int, int]]", sent.tuples()))
    return tuple(
        VersionRow(
            number=one.number,
            name=one.name,
            published_at=one.published_at,
            published_by=one.published_by.name,
            cases=cases.get(one.id, 0),
            in_use=one.number == row.published_number and not row.retired,
        )
        for one in rows.order_by(version.number.desc())
    )


@operation(role=Role.ADMINISTRATOR, event="template.version_opened", repeatable=True)
def get(actor: StaffActor, template_id: int, number: int) -> Version:
    """One published version of a template. Raises `NotFound`."""
    return _version(clinics_template(actor, template_id), number)


@operation(role=Role.ADMINISTRATOR, event="template.restored")
def restore(actor: StaffActor, template_id: int, number: int, version: int) -> Template:
    """Put the form of an old version in the working copy; publishing it makes a new version.

    The template keeps its present name. Raises `NotFound`, and `Conflict` when someone changed the template
    after `version`.
    """
    row = unchanged_template(actor, template_id, version)
    before = Form.model_validate_json(row.form)
    restored = store_template(actor, row, row.name, _version(row, number).form)
    note(actor, row, TemplateAct.RESTORED, summary(diff(before, restored.form)), number)
    return restored


@operation(role=Role.ADMINISTRATOR, event="template.history_read")
def history(actor: StaffActor, template_id: int, edge: Edge) -> Page[ChangeRow]:
    """A page of what was done to a template, newest first. Raises `NotFound`."""
    row = clinics_template(actor, template_id)
    if edge.at is not None:
        audit.instead(None)
    change = models.TemplateChange
    query = change.select(change, models.Staff.name).join(models.Staff).where(change.template == row.id)
    found, at_start, at_end = rows_at(query, change.at, change.id, edge)
    return Page[ChangeRow](rows=tuple(map(_change, found)), at_start=at_start, at_end=at_end)


def _version(row: models.Template, number: int) -> Version:
    version = models.TemplateVersion
    found = version.get_or_none(version.template == row.id, version.number == number)
    if found is None:
        raise NotFound(Message("{name} has no version {number}", name=row.name, number=number))
    audit.about(published=number)
    form = Form.model_validate_json(found.form)
    return Version(template_id=row.id, number=number, name=found.name, form=form)


def _change(row: models.TemplateChange) -> ChangeRow:
    return ChangeRow(
        id=row.id,
        at=row.at,
        person=row.staff.name,
        act=TemplateAct(row.act),
        name=row.name,
        number=row.number,
        summary=tuple(map(audit.message, json.loads(row.summary))),
    )

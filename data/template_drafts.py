"""Edits of a template that are not saved yet, so that a killed terminal costs no work.

They hold no patient data and nobody sends them, so only the first of them is recorded: the log tells that
somebody began to edit, and the save that follows tells what became of it.
"""

from __future__ import annotations

import json
from datetime import datetime

from data import audit
from data.domain.errors import Conflict, Message
from data.domain.forms import Form
from data.domain.limits import ITEM_LIMIT, LINE_LIMIT, TEXT_LIMIT
from data.domain.roles import Role, StaffActor
from data.domain.text import clean
from data.domain.value import Frozen
from data.operation import now, operation, row_to_change
from data.store import models
from data.template_rows import clinics_template, safe_form

UNREAD_LIMIT = ITEM_LIMIT
"""How many texts that can't be read yet a draft keeps; the builder asks to mend them long before."""

_FIELD_LIMIT = 100


class TemplateDraft(Frozen):
    """Name and form as they stood in the builder.

    `template_id` is None for a template that was never saved, and `base_version` then 0; otherwise it is the
    `Template.version` that the edits began from. `unread` holds what was typed and can't be read yet, say
    "abc" for a least number: row of the builder, its field, the text. `changed_at` is set by `keep`.
    `version` is that of what was kept before, 0 for nothing.
    """

    template_id: int | None
    base_version: int
    name: str
    form: Form
    unread: tuple[tuple[str, str, str], ...] = ()
    changed_at: datetime
    version: int = 0


@operation(role=Role.ADMINISTRATOR, event="template.draft_kept")
def keep(actor: StaffActor, draft: TemplateDraft) -> int:
    """Store the edits in place of those that the actor kept before for the same template; returns their
    version.

    Raises `NotFound` for a template that is not the clinic's, `Invalid` for a form that can't be stored, and
    `Conflict` when another of the actor's terminals has kept others since `draft.version`.
    """
    if draft.template_id is not None:
        clinics_template(actor, draft.template_id)
    row = _row_to_change(actor, draft.template_id)
    if row is None:
        row = models.TemplateDraft(staff=actor.staff_id, clinic=actor.clinic_id, template=draft.template_id)
    elif row.version != draft.version:
        raise Conflict(
            Message(
                "You went on editing this template at another terminal: what is here is kept when you save it"
            )
        )
    else:
        audit.instead(None)
        row.version += 1
    row.base_version = draft.base_version
    row.name = clean(draft.name, limit=LINE_LIMIT)
    row.form = safe_form(draft.form).model_dump_json()
    row.unread = json.dumps(_safe_unread(draft.unread), ensure_ascii=False)
    row.changed_at = now()
    row.save()
    audit.about(name=row.name)
    return int(row.version)


@operation(role=Role.ADMINISTRATOR, event=None)
def find(actor: StaffActor, template_id: int | None) -> TemplateDraft | None:
    """The actor's unsaved edits of a template, or of one that was never saved (None).

    Edits that say the same as the saved template were saved: there is nothing left of them to offer.
    """
    row = _row(actor, template_id)
    if row is None or _was_saved(row):
        return None
    return TemplateDraft(
        template_id=row.template_id,
        base_version=row.base_version,
        name=row.name,
        form=Form.model_validate_json(row.form),
        unread=tuple((item, field, text) for item, field, text in json.loads(row.unread)),
        changed_at=row.changed_at,
        version=row.version,
    )


@operation(role=Role.ADMINISTRATOR, event="template.draft_discarded", repeatable=True)
def discard(actor: StaffActor, template_id: int | None, version: int | None = None) -> None:
    """Throw the actor's unsaved edits away, as after saving; edits that are gone already are no error.

    With a `version`, others that another of the actor's terminals has kept since then stay.
    """
    row = _row_to_change(actor, template_id)
    if row is not None and version is not None and row.version != version:
        audit.instead(None)
        return
    if row is None or _was_saved(row):
        audit.instead(None)
    else:
        audit.about(template=row.template_id, name=row.name)
    if row is not None:
        row.delete_instance()


def _row(actor: StaffActor, template_id: int | None) -> models.TemplateDraft | None:
    draft = models.TemplateDraft
    of = draft.template.is_null() if template_id is None else draft.template == template_id
    return draft.get_or_none(draft.staff == actor.staff_id, draft.clinic == actor.clinic_id, of)


def _row_to_change(actor: StaffActor, template_id: int | None) -> models.TemplateDraft | None:
    row_to_change(models.Staff, actor.staff_id)  # there may be no row yet for another terminal to wait for
    return _row(actor, template_id)


def _was_saved(row: models.TemplateDraft) -> bool:
    """Whether a template says the same: the terminal was killed between saving and discarding."""
    template = models.Template
    same = template.select().where(
        template.clinic == row.clinic_id, template.name == row.name, template.form == row.form
    )
    if row.template_id is not None:
        same = same.where(template.id == row.template_id)
    return row.unread == "[]" and same.exists()


def _safe_unread(unread: tuple[tuple[str, str, str], ...]) -> list[tuple[str, str, str]]:
    return [
        (
            clean(item, limit=_FIELD_LIMIT),
            clean(field, limit=_FIELD_LIMIT),
            clean(text, lines=True, limit=TEXT_LIMIT),
        )
        for item, field, text in unread[:UNREAD_LIMIT]
    ]

"""Drafts: a case on its way, stored at every step so that a lost connection costs no text."""

from __future__ import annotations

import json
from datetime import datetime

from data import audit, protected
from data.domain.answers import TYPED_LIMIT
from data.domain.errors import Conflict, Message, NotFound, NotYours, invalid
from data.domain.forms import ITEM_LIMIT, LINE_LIMIT
from data.domain.items import ID_LIMIT
from data.domain.roles import Role, StaffActor
from data.domain.text import clean
from data.domain.value import Frozen
from data.operation import now, operation, store
from data.patients import Patient, as_value
from data.store import models
from data.templates import PublishedTemplate, as_published, clinics_version


class Draft(Frozen):
    """A case that is being written. `written` holds the text of white boxes by item id, as typed so far.

    `key` is the idempotency key of the sending to come; `version` finds edits from another terminal.
    """

    id: int
    key: str
    patient: Patient
    template: PublishedTemplate | None
    written: dict[str, str]
    signature: str
    changed_at: datetime
    version: int


@operation(role=Role.CARE_PROVIDER, event="draft.begun")
def begin(actor: StaffActor, patient_id: int) -> Draft:
    """The sender's draft to this patient: the unfinished one if there is one, else a new one.

    Raises `NotFound` for an unknown patient, `ReasonNeeded` for one with protected identity, `Invalid` for
    one who can't be reached digitally.
    """
    patient = models.Patient.get_or_none(models.Patient.id == patient_id)
    if patient is None:
        raise NotFound(Message("There is no such patient"))
    audit.about(patient=patient_id)
    protected.require(actor, patient)
    if not patient.reachable:
        raise invalid("number", "The patient can't be reached digitally: phone or write a letter instead")
    row = models.Draft.get_or_none(
        models.Draft.staff == actor.staff_id,
        models.Draft.clinic == actor.clinic_id,
        models.Draft.patient == patient_id,
    )
    if row is None:
        row = models.Draft.create(
            key=store().token(),
            staff=actor.staff_id,
            clinic=actor.clinic_id,
            patient=patient_id,
            signature=_signature(actor),
            changed_at=now(),
        )
    return _draft(actor, row)


@operation(role=Role.CARE_PROVIDER, event="draft.saved")
def save(actor: StaffActor, draft: Draft) -> Draft:
    """Keep what was chosen and typed so far; the same again changes nothing and is not recorded.

    Raises `Conflict` when another terminal saved it after it was read, `NotFound` when it was sent or
    discarded. Texts that are too long to send are kept: sending says so.
    """
    row = current_row(actor, draft)
    audit.about(patient=row.patient_id)
    version_id = draft.template.version_id if draft.template else None
    if version_id is not None:
        clinics_version(actor, version_id)
    written = json.dumps(_safe(draft.written), ensure_ascii=False)
    signature = clean(draft.signature, limit=LINE_LIMIT)
    if (version_id, written, signature) == (row.template_version_id, row.written, row.signature):
        audit.instead(None)
        return draft
    row.template_version_id = version_id
    row.written = written
    row.signature = signature
    row.changed_at = now()
    row.version += 1
    row.save()
    return draft.model_copy(update={"version": row.version, "changed_at": row.changed_at})


@operation(role=Role.CARE_PROVIDER, event="drafts.listed")
def list_mine(actor: StaffActor) -> tuple[Draft, ...]:
    """The sender's unfinished cases at this clinic, latest first; going on with one is `begin`."""
    rows = (
        models.Draft.select()
        .where(models.Draft.staff == actor.staff_id, models.Draft.clinic == actor.clinic_id)
        .order_by(models.Draft.changed_at.desc(), models.Draft.id.desc())
    )
    drafts = tuple(_draft(actor, row) for row in rows)
    if drafts:
        audit.about(patients=[draft.patient.id for draft in drafts])
    else:
        audit.instead(None)
    return drafts


@operation(role=Role.CARE_PROVIDER, event="draft.discarded")
def discard(actor: StaffActor, draft_id: int) -> None:
    """Throw a draft away; a draft that is gone already is no error."""
    row = models.Draft.get_or_none(
        models.Draft.id == draft_id,
        models.Draft.staff == actor.staff_id,
        models.Draft.clinic == actor.clinic_id,
    )
    if row is None:
        audit.instead(None)
        return
    audit.about(patient=row.patient_id)
    row.delete_instance()


def current_row(actor: StaffActor, draft: Draft) -> models.Draft:
    """The row of a draft as it was read; for operations that act on one.

    Raises `Conflict` when another terminal saved it after that, `NotFound` when it was sent or discarded.
    """
    # By its key: ids of drafts are used again, and a stale one would make an attempt out of an accident.
    row = models.Draft.get_or_none(models.Draft.key == draft.key)
    missing = Message("This draft was sent or discarded already")
    if row is None or (row.id, row.patient_id) != (draft.id, draft.patient.id):
        raise NotFound(missing)
    if (row.staff_id, row.clinic_id) != (actor.staff_id, actor.clinic_id):
        audit.about(patient=row.patient_id)
        raise NotYours(missing)
    if row.version != draft.version:
        raise Conflict(Message("This draft was changed in another of your terminals"))
    return row


def _signature(actor: StaffActor) -> str:
    return ", ".join(part for part in (actor.name, actor.title) if part)


def _safe(written: dict[str, str]) -> dict[str, str]:
    texts = list(written.items())[:ITEM_LIMIT]
    return {clean(item, limit=ID_LIMIT): clean(text, lines=True, limit=TYPED_LIMIT) for item, text in texts}


def _draft(actor: StaffActor, row: models.Draft) -> Draft:
    return Draft(
        id=row.id,
        key=row.key,
        patient=as_value(actor, row.patient, own=True),
        template=as_published(row.template_version) if row.template_version else None,
        written=json.loads(row.written),
        signature=row.signature,
        changed_at=row.changed_at,
        version=row.version,
    )

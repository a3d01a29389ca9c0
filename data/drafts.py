"""Drafts: a case on its way, stored at every step so that a lost connection costs no text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from data import audit, protected
from data.domain.errors import Conflict, Message, NotFound, NotYours, invalid
from data.domain.identity import PersonalIdentityNumber
from data.domain.limits import ID_LIMIT, ITEM_LIMIT, LINE_LIMIT, TYPED_LIMIT
from data.domain.roles import Role, StaffActor
from data.domain.text import clean
from data.domain.value import Frozen
from data.operation import now, operation, store, to_change
from data.patients import Patient, as_value
from data.store import models
from data.store.changing import for_change, has_one_writer
from data.store.models import PatientRow
from data.store.prepared import Prepared, columns_of
from data.template_rows import PublishedTemplate, as_published, clinics_version

FOR_ONE = "[]"
"""What the column `also` holds for a draft to one patient."""


class Gone(NotFound):
    """The draft was sent or discarded already."""


class Draft(Frozen):
    """A case that is being written. `written` holds the text of white boxes by item id, as typed so far.

    `key` is the idempotency key of the sending to come; `version` finds edits from another terminal. `also`:
    the numbers of the patients besides the first, of a draft for several (`data.mailings`).
    """

    id: int
    key: str
    patient: Patient
    also: tuple[PersonalIdentityNumber, ...] = ()
    template: PublishedTemplate | None
    written: dict[str, str]
    signature: str
    changed_at: datetime
    version: int


class Current(NamedTuple):
    """What a send asks of a draft's row."""

    id: int
    staff_id: int
    clinic_id: int
    patient_id: int
    version: int
    also: str


@operation(role=Role.CARE_PROVIDER, event="draft.begun", repeatable=True)
def begin(actor: StaffActor, patient_id: int) -> Draft:
    """The sender's draft to this patient alone: the unfinished one if there is one, else a new one.

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
        models.Draft.also == FOR_ONE,
    )
    return as_draft(actor, row or new_row(actor, [patient_id]))


@operation(role=Role.CARE_PROVIDER, event="draft.saved", repeatable=True)
def save(actor: StaffActor, draft: Draft) -> Draft:
    """Keep what was chosen and typed so far; the same again changes nothing and is not recorded.

    Raises `Conflict` when another terminal saved it after it was read, `NotFound` when it was sent or
    discarded. Texts that are too long to send are kept: sending says so.
    """
    hold(draft)
    row = _own_row(actor, draft)
    _about(row)
    version_id = draft.template.version_id if draft.template else None
    if version_id is not None:
        clinics_version(actor, version_id)
    written = json.dumps(_safe(draft.written), ensure_ascii=False)
    signature = clean(draft.signature, limit=LINE_LIMIT)
    stored = (row.patient_id, row.template_version_id, row.written, row.signature)
    if (draft.patient.id, version_id, written, signature) == stored:
        audit.instead(None)
        return draft.model_copy(update={"version": row.version, "changed_at": row.changed_at})
    _check_unchanged(row, draft)
    row.template_version_id = version_id
    row.written = written
    row.signature = signature
    row.changed_at = now()
    row.version += 1
    row.save()
    return draft.model_copy(update={"version": row.version, "changed_at": row.changed_at})


@operation(role=Role.CARE_PROVIDER, event="drafts.listed", repeatable=True)
def list_mine(actor: StaffActor) -> tuple[Draft, ...]:
    """The sender's unfinished cases at this clinic, latest first; going on with one is `begin`, or
    `mailings.begin` for several patients."""
    rows = (
        models.Draft.select()
        .where(models.Draft.staff == actor.staff_id, models.Draft.clinic == actor.clinic_id)
        .order_by(models.Draft.changed_at.desc(), models.Draft.id.desc())
    )
    found = list(rows)
    if found:
        audit.about(patients=[one for row in found for one in patients_of(row)])
    else:
        audit.instead(None)
    return tuple(as_draft(actor, row) for row in found)


@operation(role=Role.CARE_PROVIDER, event="draft.discarded", repeatable=True)
def discard(actor: StaffActor, draft_id: int) -> None:
    """Throw a draft away; a draft that is gone already is no error."""
    row = to_change(
        models.Draft,
        models.Draft.id == draft_id,
        models.Draft.staff == actor.staff_id,
        models.Draft.clinic == actor.clinic_id,
    )
    if row is None:
        audit.instead(None)
        return
    _about(row)
    row.delete_instance()


_held = Prepared(lambda key: for_change(models.Draft.select(models.Draft.id).where(models.Draft.key == key)))


def hold(draft: Draft) -> None:
    """See to it that nobody else changes or sends a draft before the operation ends; for operations that
    will, before they read anything. Whoever sends the same draft again waits here for the first sending."""
    if not has_one_writer():
        _held(draft.key)


def current(actor: StaffActor, draft: Draft) -> tuple[Current, PatientRow]:
    """What a draft's row says, as it was read, and its first patient; for operations that act on it.

    Raises `Conflict` when another terminal saved it after that, `Gone` when it was sent or discarded.
    """
    values = _current.first(draft.key)
    if values is None:
        raise Gone(_GONE)
    row = Current._make(values[:_CURRENT])
    _check_own(actor, row, draft)
    _check_unchanged(row, draft)
    return row, PatientRow._make(values[_CURRENT:])


_CURRENT = len(Current._fields)

# "+ 0": PostgreSQL takes a few drafts for drafts of the first patients, when they were when it counted, and
# goes through all patients up to theirs (a merge join).
_current = Prepared(
    lambda key: (
        models.Draft.select(*columns_of(models.Draft, Current), *columns_of(models.Patient, PatientRow))
        .join(models.Patient, on=models.Patient.id == models.Draft.patient + 0)
        .where(models.Draft.key == key)
    )
)


def row_to_edit(actor: StaffActor, draft: Draft) -> models.Draft:
    """The row itself, for operations that change it; raises as `current` does."""
    row = _own_row(actor, draft)
    _check_unchanged(row, draft)
    return row


_GONE = Message("This draft was sent or discarded already")


def _own_row(actor: StaffActor, draft: Draft) -> models.Draft:
    # By its key: ids of drafts are used again, and a stale one would make an attempt out of an accident.
    row = models.Draft.get_or_none(models.Draft.key == draft.key)
    if row is None:
        raise Gone(_GONE)
    _check_own(actor, row, draft)
    return row


def _check_own(actor: StaffActor, row: models.Draft | Current, draft: Draft) -> None:
    if row.id != draft.id:
        raise Gone(_GONE)
    if (row.staff_id, row.clinic_id) != (actor.staff_id, actor.clinic_id):
        audit.about(patient=row.patient_id)
        raise NotYours(_GONE)


def _check_unchanged(row: models.Draft | Current, draft: Draft) -> None:
    if row.version != draft.version:
        raise Conflict(Message("This draft was changed in another of your terminals"))
    if row.patient_id != draft.patient.id:
        raise NotFound(_GONE)


def new_row(actor: StaffActor, patient_ids: Sequence[int]) -> models.Draft:
    """Store an empty draft to these patients; the caller's operation has decided that it may."""
    return models.Draft.create(
        key=store().token(),
        staff=actor.staff_id,
        clinic=actor.clinic_id,
        patient=patient_ids[0],
        also=json.dumps(patient_ids[1:]),
        signature=", ".join(part for part in (actor.name, actor.title) if part),
        changed_at=now(),
    )


def patients_of(row: models.Draft | Current) -> list[int]:
    """The ids of all whom a draft is for."""
    return [row.patient_id, *json.loads(row.also)]


def as_draft(actor: StaffActor, row: models.Draft) -> Draft:
    """A row of the table as operations hand it out."""
    return Draft(
        id=row.id,
        key=row.key,
        patient=as_value(actor, row.patient, own=True),
        also=_numbers(json.loads(row.also)),
        template=as_published(row.template_version) if row.template_version else None,
        written=json.loads(row.written),
        signature=row.signature,
        changed_at=row.changed_at,
        version=row.version,
    )


def _numbers(patient_ids: Sequence[int]) -> tuple[PersonalIdentityNumber, ...]:
    if not patient_ids:
        return ()
    found: dict[int, str] = dict(_numbers_of(patient_ids))
    return tuple(PersonalIdentityNumber.stored(found[one]) for one in patient_ids)


_numbers_of = Prepared(
    lambda ids: models.Patient.select(models.Patient.id, models.Patient.number).where(
        ids.lists(models.Patient.id)
    )
)


def _about(row: models.Draft) -> None:
    """Let the log's entry tell of all whom a draft is for, in one entry: drafts are saved all the time."""
    audit.about(patient=row.patient_id)
    if row.also != FOR_ONE:
        audit.about(patients=patients_of(row))


def _safe(written: dict[str, str]) -> dict[str, str]:
    texts = list(written.items())[:ITEM_LIMIT]
    return {clean(item, limit=ID_LIMIT): clean(text, lines=True, limit=TYPED_LIMIT) for item, text in texts}

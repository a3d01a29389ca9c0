"""Mailings: the same to many patients, from their numbers to one case for each of them.

All or nothing: a number that is not registered, or a patient who can't get it, is told by number, and
nothing is sent before it is mended. Patients with protected identity are written to one by one, each for a
reason that was stated.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from peewee import ModelSelect, chunked

from data import audit, drafts, sending
from data.audit import About
from data.case_rows import next_id
from data.domain.errors import Invalid, Message, Problem, invalid
from data.domain.identity import PersonalIdentityNumber
from data.domain.roles import Role, StaffActor
from data.domain.value import Frozen
from data.drafts import Draft, as_draft, current_row, new_row, patients_of
from data.operation import now, operation, row_to_change
from data.sending import Letter
from data.store import models, search
from data.store.prepared import insert_all

MOST = 1_000
"""Patients of one mailing: everybody else's writing waits for as long as it is stored, a fraction of a
second."""

NOT_REGISTERED = Message("No patient has this number: register the patient first")
PROTECTED = Message("The patient has protected identity: send a case to this patient alone")

_AT_ONCE = 500
"""Rows a statement: SQLite takes at most 32,766 values in one."""


class Recipient(Frozen):
    """Somebody whose number was given; `fault` says why they can't be sent to, None when they can."""

    number: PersonalIdentityNumber
    fault: Message | None


class Receipt(Frozen):
    """One of the cases that were sent."""

    id: int
    reference: str
    patient_id: int


class Mailing(Frozen):
    """The receipt of a sending to many: a case for each patient, in the order of their ids."""

    template: str
    answerable: bool
    sent_at: datetime
    receipts: tuple[Receipt, ...]


@operation(role=Role.CARE_PROVIDER, event="patient.fetched", repeatable=True)
def fetch(actor: StaffActor, numbers: Sequence[PersonalIdentityNumber]) -> tuple[Recipient, ...]:  # noqa: ARG001
    """Who can be sent to, for each number once, in the order given; recorded about each of them.

    Raises `Invalid` (`number`) for more than `MOST`.
    """
    wanted = list(dict.fromkeys(numbers))
    _check_count(wanted)
    known = {row.number: row for row in _with_numbers(wanted)}
    found = [(number, known.get(number.digits)) for number in wanted]
    faults = [NOT_REGISTERED if row is None else _fault(row) for _number, row in found]
    audit.about_each(
        About(None, details={"number": str(number), "found": False})
        if row is None
        else About(row.id, details={"withheld": True} if fault is PROTECTED else {})
        for (number, row), fault in zip(found, faults, strict=True)
    )
    return tuple(Recipient(number=number, fault=fault) for number, fault in zip(wanted, faults, strict=True))


@operation(role=Role.CARE_PROVIDER, event="draft.begun", repeatable=True)
def begin(actor: StaffActor, numbers: Sequence[PersonalIdentityNumber], draft: Draft | None = None) -> Draft:
    """The sender's draft to these patients: the unfinished one if there is one to just them, else a new one.

    With `draft`, that one is for these patients from now on, with what is written in it. Raises `Invalid`
    (`number`) for each who can't be sent to, for fewer than two and for more than `MOST`; `Conflict` and
    `NotFound` when `draft` was changed, sent or thrown away in another terminal.
    """
    wanted = list(dict.fromkeys(numbers))
    _check_count(wanted)
    people = _with_numbers(wanted)
    missing = {number.digits for number in wanted} - {row.number for row in people}
    faults = [_problem(digits, NOT_REGISTERED) for digits in sorted(missing)]
    if faults := [*faults, *_faults(people)]:
        raise Invalid(*faults)
    if len(people) < 2:
        raise invalid("number", "Write the numbers of at least two patients")
    ids = sorted(row.id for row in people)
    audit.about(patient=ids[0], patients=ids)
    if draft is None:
        row_to_change(models.Staff, actor.staff_id)  # who begins the same at two terminals begins it once
        row = _unfinished(actor, ids)
    else:
        drafts.hold(draft)
        row = _readdressed(current_row(actor, draft), ids)
    return as_draft(actor, row or new_row(actor, ids))


@operation(role=Role.CARE_PROVIDER, event=None)
def check(actor: StaffActor, draft: Draft) -> None:
    """Raise what `send` would raise now, so that a person is asked about a sending that can be done. Hands
    out nothing of a patient that the caller has not given, hence not recorded."""
    _prepared(actor, draft)


@operation(role=Role.CARE_PROVIDER, event="case.sent", repeatable=True)
def send(actor: StaffActor, draft: Draft, key: str) -> Mailing:
    """Send a draft to all of its patients, a case for each, once for each key: a repeat returns the first
    receipt. Recorded about each of them.

    Raises as `cases.send` does, and `Invalid` (`number`) for each patient who can't be sent to any more.
    Then nothing was sent to anybody, and nothing is lost.
    """
    drafts.hold(draft)
    first = models.Case.get_or_none(
        models.Case.key == key,
        models.Case.sender == actor.staff_id,
        models.Case.clinic == actor.clinic_id,
    )
    if first is not None:
        return _repeated(first, draft)
    letter, people = _prepared(actor, draft)
    references = sending.new_references(len(people))
    keys = _keys(key, len(people))
    rows = [
        letter.columns(row.id, row.name, one_key, reference)
        for row, one_key, reference in zip(people, keys, references, strict=True)
    ]
    receipts = _insert(rows)
    sending.finish(letter, draft)
    audit.about_each(About(one.patient_id, one.id) for one in receipts)
    return _mailing(letter.version, letter.form.answerable, letter.moment, receipts)


def _prepared(actor: StaffActor, draft: Draft) -> tuple[Letter, list[models.Patient]]:
    """What is sent, and to whom. Raises what `send` says."""
    people = _with_ids(patients_of(current_row(actor, draft)))
    return sending.letter_of(actor, draft, [row.name for row in people], _faults(people)), people


def _insert(rows: Sequence[dict[str, object]]) -> list[Receipt]:
    """Store the cases, and let them be found; their receipts in the same order."""
    first = next_id()
    if first is not None:
        rows = [{"id": one, **row} for one, row in enumerate(rows, first)]
    insert_all(models.Case, rows)
    receipts = [receipt for receipt, _key in _sent_with([str(row["key"]) for row in rows])]
    search.add([one.id for one in receipts])
    return receipts


def _repeated(first: models.Case, draft: Draft) -> Mailing:
    """The first receipt for the same message to the same patients again."""
    count = 1 + len(draft.also)
    # One key more than the draft has patients: it must not have been sent to others besides.
    sent = [receipt for receipt, _key in _sent_with(_keys(first.key, count + 1))]
    numbers = {row.number for row in _with_ids([one.patient_id for one in sent])}
    if len(sent) != count or numbers != {one.digits for one in (draft.patient.number, *draft.also)}:
        raise sending.sent_otherwise(first)
    sending.check_same_words(first, draft)
    version = first.template_version
    audit.about(template=version.template_id, name=version.name, repeated=True)
    audit.about_each(About(one.patient_id, one.id) for one in sent)
    return _mailing(version, first.answerable, first.sent_at, sent)


def _mailing(
    version: models.TemplateVersion, answerable: bool, sent_at: datetime, receipts: Iterable[Receipt]
) -> Mailing:
    return Mailing(template=version.name, answerable=answerable, sent_at=sent_at, receipts=tuple(receipts))


def _keys(key: str, count: int) -> list[str]:
    """The keys of the cases of a mailing: the draft's own first, since a repeat looks for that."""
    return [key, *(f"{key}:{number}" for number in range(2, count + 1))]


def _sent_with(keys: Sequence[str]) -> list[tuple[Receipt, str]]:
    """The cases that were sent with these keys, in the order of the keys."""
    case = models.Case
    found = {
        row.key: Receipt(id=row.id, reference=row.reference, patient_id=row.patient_id)
        for some in chunked(keys, _AT_ONCE)
        for row in case.select(case.id, case.key, case.reference, case.patient).where(case.key.in_(some))
    }
    return [(found[key], key) for key in keys if key in found]


def _unfinished(actor: StaffActor, ids: Sequence[int]) -> models.Draft | None:
    return models.Draft.get_or_none(
        models.Draft.staff == actor.staff_id,
        models.Draft.clinic == actor.clinic_id,
        models.Draft.patient == ids[0],
        models.Draft.also == json.dumps(ids[1:]),
    )


def _readdressed(row: models.Draft, ids: Sequence[int]) -> models.Draft:
    if patients_of(row) != ids:
        row.patient_id, row.also = ids[0], json.dumps(ids[1:])
        row.changed_at = now()
        row.version += 1
        row.save()
    return row


def _check_count(numbers: Sequence[PersonalIdentityNumber]) -> None:
    if len(numbers) > MOST:
        raise invalid(
            "number",
            "At most {most} patients at a time, and these are {count}: send to some of them first",
            most=MOST,
            count=len(numbers),
        )


def _fault(patient: models.Patient) -> Message | None:
    """Why a patient can't be one of many; None when they can."""
    if patient.protected:
        return PROTECTED
    return None if patient.reachable else sending.UNREACHABLE


def _faults(people: Iterable[models.Patient]) -> list[Problem]:
    return [_problem(row.number, fault) for row in people if (fault := _fault(row))]


def _problem(digits: str, fault: Message) -> Problem:
    """A fault with the number it belongs to, as it was typed in a list."""
    return Problem("number", Message("{number}: {fault}", number=f"{digits[:8]}-{digits[8:]}", fault=fault))


def _with_numbers(numbers: Iterable[PersonalIdentityNumber]) -> list[models.Patient]:
    patient = models.Patient
    return [
        row
        for some in chunked([number.digits for number in numbers], _AT_ONCE)
        for row in _people().where(patient.number.in_(some))
    ]


def _with_ids(ids: Iterable[int]) -> list[models.Patient]:
    """The patients with these ids, from the lowest."""
    patient = models.Patient
    return [
        row
        for some in chunked(sorted(ids), _AT_ONCE)
        for row in _people().where(patient.id.in_(some)).order_by(patient.id)
    ]


def _people() -> ModelSelect[models.Patient]:
    patient = models.Patient
    return patient.select(patient.id, patient.number, patient.name, patient.protected, patient.reachable)

"""Mailings: the same to many patients, from their numbers to one case for each of them.

All or nothing: a number that is not registered, or a patient who can't get it, is told by number, and
nothing is sent before it is mended. Patients with protected identity are written to one by one, each for a
reason that was stated.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from peewee import Field

from data import audit, drafts, sending
from data.audit import About
from data.case_rows import next_id
from data.domain.errors import Invalid, Message, Problem, invalid
from data.domain.identity import PersonalIdentityNumber
from data.domain.roles import Role, StaffActor
from data.domain.value import Frozen
from data.drafts import Draft, Gone, as_draft, current, new_row, patients_of, row_to_edit
from data.operation import now, operation, row_to_change
from data.sending import Letter
from data.store import models, search
from data.store.models import PatientRow
from data.store.prepared import Prepared, columns_of, insert_all

MOST = 1_000
"""Patients of one mailing: everybody else's writing waits for as long as it is stored, a fraction of a
second."""

NOT_REGISTERED = Message("No patient has this number: register the patient first")
PROTECTED = Message("The patient has protected identity: send a case to this patient alone")


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
        row = _readdressed(row_to_edit(actor, draft), ids)
    return as_draft(actor, row or new_row(actor, ids))


@operation(role=Role.CARE_PROVIDER, event=None)
def check(actor: StaffActor, draft: Draft) -> None:
    """Raise what `send` would raise now, so that a person is asked about a sending that can be done. Hands
    out nothing of a patient that the caller has not given, hence not recorded."""
    _prepared(actor, draft)


@operation(role=Role.CARE_PROVIDER, event="case.sent", repeatable=True)
def send(actor: StaffActor, draft: Draft, key: str) -> Mailing:
    """Send a draft to all of its patients, a case for each, once for its key: a repeat returns the first
    receipt. Recorded about each of them.

    Raises as `cases.send` does, and `Invalid` (`number`) for each patient who can't be sent to any more.
    Then nothing was sent to anybody, and nothing is lost.
    """
    drafts.hold(draft)
    try:
        letter, people = _prepared(actor, draft)
    except Gone:
        first = sending.sent_before(actor, key)
        if first is None:
            raise
        return _repeated(first, draft)
    receipts = _store(letter, people, _keys(key, len(people)))
    sending.finish(letter, draft)
    audit.about_each(About(one.patient_id, one.id) for one in receipts)
    template = letter.template
    return _mailing(template.name, template.form.answerable, letter.moment, receipts)


def _prepared(actor: StaffActor, draft: Draft) -> tuple[Letter, list[PatientRow]]:
    """What is sent, and to whom. Raises what `send` says."""
    row, _first = current(actor, draft)
    people = _with_ids(patients_of(row))
    return sending.letter_of(actor, draft, [row.name for row in people], _faults(people)), people


def _store(letter: Letter, people: Sequence[PatientRow], keys: Sequence[str]) -> list[Receipt]:
    """Store the cases, and let them be found; their receipts in the same order."""
    first, references = next_id(), sending.new_references(len(people))
    rows = [
        {"reference": reference, **letter.columns(person, key)}
        for person, key, reference in zip(people, keys, references, strict=True)
    ]
    if first is None:
        insert_all(models.Case, rows)
        receipts = _sent_with(keys)
    else:
        ids = range(first, first + len(rows))
        insert_all(models.Case, [{"id": one, **row} for one, row in zip(ids, rows, strict=True)])
        receipts = [
            Receipt(id=one, reference=reference, patient_id=person.id)
            for one, reference, person in zip(ids, references, people, strict=True)
        ]
    search.add_new(
        {one.id: letter.text(person, one.reference) for one, person in zip(receipts, people, strict=True)}
    )
    return receipts


def _repeated(first: models.Case, draft: Draft) -> Mailing:
    """The first receipt for the same message to the same patients again."""
    count = 1 + len(draft.also)
    # One key more than the draft has patients: it must not have been sent to others besides.
    sent = _sent_with(_keys(first.key, count + 1))
    numbers = {row.number for row in _with_ids([one.patient_id for one in sent])}
    if len(sent) != count or numbers != {one.digits for one in (draft.patient.number, *draft.also)}:
        raise sending.sent_otherwise(first)
    sending.check_same_words(first, draft)
    version = first.template_version
    audit.about(template=version.template_id, name=version.name, repeated=True)
    audit.about_each(About(one.patient_id, one.id) for one in sent)
    return _mailing(version.name, first.answerable, first.sent_at, sent)


def _mailing(template: str, answerable: bool, sent_at: datetime, receipts: Iterable[Receipt]) -> Mailing:
    return Mailing(template=template, answerable=answerable, sent_at=sent_at, receipts=tuple(receipts))


def _keys(key: str, count: int) -> list[str]:
    """The keys of the cases of a mailing: the draft's own first, since a repeat looks for that."""
    return [key, *(f"{key}:{number}" for number in range(2, count + 1))]


def _sent_with(keys: Sequence[str]) -> list[Receipt]:
    """The cases that were sent with these keys, in the order of the keys."""
    found = {
        key: Receipt(id=case_id, reference=reference, patient_id=patient_id)
        for key, case_id, reference, patient_id in _with_keys(keys)
    }
    return [found[key] for key in keys if key in found]


_with_keys = Prepared(
    lambda keys: models.Case.select(
        models.Case.key, models.Case.id, models.Case.reference, models.Case.patient
    ).where(keys.lists(models.Case.key))
)


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


def _fault(patient: PatientRow) -> Message | None:
    """Why a patient can't be one of many; None when they can."""
    if patient.protected:
        return PROTECTED
    return None if patient.reachable else sending.UNREACHABLE


def _faults(people: Iterable[PatientRow]) -> list[Problem]:
    return [_problem(row.number, fault) for row in people if (fault := _fault(row))]


def _problem(digits: str, fault: Message) -> Problem:
    """A fault with the number it belongs to, as it was typed in a list."""
    return Problem("number", Message("{number}: {fault}", number=f"{digits[:8]}-{digits[8:]}", fault=fault))


def _with_numbers(numbers: Iterable[PersonalIdentityNumber]) -> list[PatientRow]:
    return [PatientRow._make(values) for values in _by_number([number.digits for number in numbers])]


def _with_ids(ids: Sequence[int]) -> list[PatientRow]:
    """The patients with these ids, from the lowest."""
    return sorted((PatientRow._make(values) for values in _by_id(ids)), key=lambda row: row.id)


def _people(column: Field[Any]) -> Prepared:
    """Patients by the values of one of their columns."""
    return Prepared(
        lambda values: models.Patient.select(*columns_of(models.Patient, PatientRow)).where(
            values.lists(column)
        )
    )


_by_number, _by_id = _people(models.Patient.number), _people(models.Patient.id)

"""Cases: send, list, open. A case is a template's version, what staff wrote, and the patient's answers."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from peewee import fn

from data import audit, case_rows, drafts, protected, sending
from data.case_forms import form_as_sent
from data.case_rows import CaseFilter, CaseRow, Hold, hold_of, left_out, page
from data.domain.errors import Problem, invalid
from data.domain.paging import Edge, Page
from data.domain.roles import Role, StaffActor
from data.domain.value import Frozen
from data.drafts import FOR_ONE, Draft, Gone, current
from data.operation import now, operation, store
from data.patients import Patient, as_value
from data.store import models

if TYPE_CHECKING:
    from data.domain.answers import Answers
    from data.domain.forms import Form

CLOCKS_DIFFER = timedelta(minutes=1)
"""How far the newest entry of the access log may lie ahead of this computer's clock."""


class Case(Frozen):
    """A case as the clinic sees it; `title` is what the patient sees instead of the template's name.

    `template_number` says which version of the template it was sent with: answers belong to that one.
    """

    id: int
    reference: str
    patient: Patient
    template: str
    template_number: int
    title: str
    form: Form
    written: Answers
    signature: str
    sender: str
    sent_at: datetime
    read_at: datetime | None
    answered_at: datetime | None
    answers: Answers | None
    version: int
    closed_at: datetime | None
    closed_by: str
    """Who closed it; empty while it is open."""
    hold: Hold | None


class SentCase(Frozen):
    """The receipt of a sending."""

    id: int
    reference: str
    patient: Patient
    template: str
    answerable: bool
    sent_at: datetime


class News(Frozen):
    """Whether anything happened: `token` differs after a change by someone else.

    `unseen` counts answers that their sender has not opened, `drafts` the sender's unfinished cases.
    `clock_behind`: this computer's clock was set back, or is wrong, and gives the access log wrong times
    (OWASP ASVS 5.0, 16.2.2).
    """

    token: int
    unseen: int
    drafts: int
    clock_behind: bool


@operation(role=Role.CARE_PROVIDER, event="case.sent", repeatable=True)
def send(actor: StaffActor, draft: Draft, key: str) -> SentCase:
    """Send a draft to its patient, once for its key: a repeat returns the first receipt.

    Raises `Invalid` naming each white box (by item id), the template or the patient (`number`) at fault;
    `Conflict` when another terminal of the sender saved the draft, or sent it with other words, after it
    was read here; `NotFound` when the draft was discarded there; `ReasonNeeded` for a patient with protected
    identity. Nothing is lost: `draft` is still whole.
    """
    drafts.hold(draft)
    try:
        row, patient = current(actor, draft)
    except Gone:
        first = sending.sent_before(actor, key)
        if first is None:
            raise
        return _repeated(actor, first, draft)
    audit.about(patient=patient.id)
    protected.require(actor, patient)
    if row.also != FOR_ONE:
        raise invalid("number", "The case is for several patients: send it to all of them at once")
    faults = () if patient.reachable else (Problem("number", sending.UNREACHABLE),)
    letter = sending.letter_of(actor, draft, [patient.name], faults)
    case_id, reference = sending.store_case(letter, patient, key)
    sending.finish(letter, draft)
    audit.about(case=case_id)
    return SentCase(
        id=case_id,
        reference=reference,
        patient=as_value(actor, patient, day=letter.date),
        template=letter.template.name,
        answerable=letter.template.form.answerable,
        sent_at=letter.moment,
    )


@operation(role=Role.CARE_PROVIDER, event="cases.listed_mine", repeatable=True)
def list_mine(actor: StaffActor, wanted: CaseFilter, edge: Edge) -> Page[CaseRow]:
    """A page of the cases that the actor sent, newest first; recorded as `case_rows.page` says."""
    return page(actor, wanted, edge, mine=True)


@operation(role=Role.CARE_PROVIDER, event="cases.listed_assigned", repeatable=True)
def list_assigned(actor: StaffActor, wanted: CaseFilter, edge: Edge) -> Page[CaseRow]:
    """A page of all cases of the clinic that the actor may see in a list, whoever sent them, newest first."""
    return page(actor, wanted, edge)


@operation(role=Role.CARE_PROVIDER, event=None)
def count_left_out(actor: StaffActor) -> int:
    """How many cases of the clinic `list_assigned` leaves out, since the patient's identity is protected.

    Without regard to any filter: a search for a name must not be answered by a number. Not recorded, since it
    tells of nobody.
    """
    return left_out(actor)


@operation(role=Role.CARE_PROVIDER, event=None)
def news(actor: StaffActor) -> News:
    """What a list asks every second or two; holds no patient data, hence not recorded."""
    unseen = (
        models.Case.select()
        .where(
            models.Case.sender == actor.staff_id,
            models.Case.clinic == actor.clinic_id,
            models.Case.answered_at.is_null(False),
            models.Case.answer_seen_at.is_null(),
        )
        .count()
    )
    unfinished = models.Draft.select().where(
        models.Draft.staff == actor.staff_id, models.Draft.clinic == actor.clinic_id
    )
    newest = models.AccessLog.select(fn.MAX(models.AccessLog.at)).scalar()
    return News(
        token=store().changes(),
        unseen=unseen,
        drafts=unfinished.count(),
        clock_behind=newest is not None and newest - now() > CLOCKS_DIFFER,
    )


@operation(role=Role.CARE_PROVIDER, event="case.opened", repeatable=True)
def open_case(actor: StaffActor, case_id: int) -> Case:
    """One case of the clinic. Opened by its sender, the answer counts as seen.

    Raises `NotFound`, and `ReasonNeeded` for a patient with protected identity.
    """
    row = case_rows.of_clinic(actor, case_id)
    protected.require(actor, row.patient, row.id)
    if row.answered_at and not row.answer_seen_at and row.sender_id == actor.staff_id:
        row.answer_seen_at = now()
        row.save(only=[models.Case.answer_seen_at])
    return Case(
        id=row.id,
        reference=row.reference,
        patient=as_value(actor, row.patient),
        template=row.template_version.name,
        template_number=row.template_version.number,
        title=row.title,
        form=form_as_sent(row),
        written=json.loads(row.written),
        signature=row.signature,
        sender=row.sender.name,
        sent_at=row.sent_at,
        read_at=row.read_at,
        answered_at=row.answered_at,
        answers=json.loads(row.answers) if row.answers else None,
        version=row.version,
        closed_at=row.closed_at,
        closed_by=row.closed_by.name if row.closed_by else "",
        hold=hold_of(row),
    )


def _repeated(actor: StaffActor, first: models.Case, draft: Draft) -> SentCase:
    """The first receipt for the same message again; other words must not be taken for sent."""
    sending.check_same_words(first, draft)
    if first.patient_id != draft.patient.id:
        raise sending.sent_otherwise(first)
    version = first.template_version
    audit.about(
        patient=first.patient_id,
        case=first.id,
        template=version.template_id,
        name=version.name,
        repeated=True,
    )
    return SentCase(
        id=first.id,
        reference=first.reference,
        patient=as_value(actor, first.patient),
        template=version.name,
        answerable=first.answerable,
        sent_at=first.sent_at,
    )

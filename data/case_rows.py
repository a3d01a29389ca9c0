"""Lists of cases: which to show, and how a row of the table becomes a line; for the operations of `cases`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import cast

from peewee import Case as When
from peewee import Expression, ModelSelect, fn

from data import audit, protected
from data.domain.errors import Message, NotFound, NotYours
from data.domain.paging import Edge, Page
from data.domain.roles import StaffActor
from data.domain.value import Frozen
from data.operation import store
from data.store import models
from data.store.paging import rows_at
from data.store.search import number_contains, searched


class CaseState(StrEnum):
    SENT = "sent"
    READ = "read"
    ANSWERED = "answered"
    UNSEEN = "unseen"
    """Answered, and not opened by its sender since; only a filter asks for it."""
    OPEN = "open"
    """Not closed, whether read or answered."""
    CLOSED = "closed"


class CaseFilter(Frozen):
    """Which cases to list: every word must stand in the patient's name or number, the template's name, the
    sender's name or the reference."""

    words: tuple[str, ...] = ()
    state: CaseState | None = None


class CaseRow(Frozen):
    """A line of a case list. `unseen`: an answer that its sender has not opened."""

    id: int
    reference: str
    sent_at: datetime
    patient_name: str
    patient_number: str
    protected: bool
    template: str
    sender: str
    answerable: bool
    read_at: datetime | None
    answered_at: datetime | None
    unseen: bool
    closed_at: datetime | None


class Hold(Frozen):
    """Why a case must not be destroyed however old it gets, and since when; `by` is a name."""

    reason: str
    by: str
    at: datetime


def of_clinic(actor: StaffActor, case_id: int) -> models.Case:
    """A case of the actor's clinic, which the log's entry is about from here on. Raises `NotFound`."""
    row = models.Case.get_or_none(models.Case.id == case_id)
    missing = Message("There is no such case at this clinic")
    if row is None:
        raise NotFound(missing)
    audit.about(patient=row.patient_id, case=row.id)
    if row.clinic_id != actor.clinic_id:
        raise NotYours(missing)
    return row


def hold_of(row: models.Case) -> Hold | None:
    """The legal hold of a case, if there is one."""
    if row.held_at is None:
        return None
    return Hold(reason=row.held_reason, by=row.held_by, at=row.held_at)


def next_id() -> int | None:
    """The id of the next case, None where the database gives one: never that of a case that was destroyed,
    since the access log still tells of it."""
    if not store().reuses_ids:
        return None
    case, receipt = models.Case, models.RetentionReceipt
    newest = case.select(fn.MAX(case.id)).scalar() or 0
    destroyed = receipt.select(fn.MAX(receipt.last_case_id)).scalar() or 0
    return int(max(newest, destroyed)) + 1


def all_rows() -> ModelSelect[models.Case]:
    """Every case, joined with what a line of a list says of it."""
    return (
        models.Case.select(models.Case, models.Patient, models.TemplateVersion.name, models.Staff.name)
        .join_from(models.Case, models.Patient)
        .join_from(models.Case, models.TemplateVersion)
        .join_from(models.Case, models.Staff, on=models.Case.sender)
    )


def shown_to(actor: StaffActor) -> Expression:
    """Of which cases a list of the clinic's may tell the actor: of a patient with protected identity only
    those that they sent, or while they hold a reason to see that patient."""
    case, patient = models.Case, models.Patient
    known = patient.id.in_(protected.open_to(actor))
    return cast(Expression, ~patient.protected | (case.sender == actor.staff_id) | known)


def left_out(actor: StaffActor) -> int:
    """How many of the clinic's cases `shown_to` leaves out."""
    case, patient = models.Case, models.Patient
    # Protected patients are few, and found by their index. The clinic is looked at afterwards: a condition on
    # it would make the database go through all cases of the clinic instead.
    hidden = patient.select(patient.id).where(
        patient.protected == True,  # noqa: E712 - a bare column has no use of an index
        patient.id.not_in(protected.open_to(actor)),
    )
    others = (case.clinic == actor.clinic_id) & (case.sender != actor.staff_id)
    counted = fn.COUNT(When(None, ((others, 1),)))
    return int(case.select(counted).where(case.patient.in_(hidden)).scalar())


def page(actor: StaffActor, query: ModelSelect[models.Case], wanted: CaseFilter, edge: Edge) -> Page[CaseRow]:
    """A page of those rows of `query` that are of the actor's clinic and match the filter, newest first.

    A list is recorded with its filter when it is read from an end; scrolling on and reading again around a
    row are the same access.
    """
    words = searched(wanted.words)
    query = _filtered(query.where(models.Case.clinic == actor.clinic_id), words, wanted.state)
    found, at_start, at_end = rows_at(query, models.Case.sent_at, models.Case.id, edge)
    if edge.at is None:
        audit.about(filter=" ".join(words), state=wanted.state)
    else:
        audit.instead(None)
    return Page[CaseRow](rows=tuple(_row(one) for one in found), at_start=at_start, at_end=at_end)


def _filtered(
    query: ModelSelect[models.Case], words: tuple[str, ...], state: CaseState | None
) -> ModelSelect[models.Case]:
    case = models.Case
    match state:
        case CaseState.SENT:
            query = query.where(case.read_at.is_null())
        case CaseState.READ:
            query = query.where(case.read_at.is_null(False), case.answered_at.is_null())
        case CaseState.ANSWERED:
            query = query.where(case.answered_at.is_null(False))
        case CaseState.UNSEEN:
            query = query.where(case.answered_at.is_null(False), case.answer_seen_at.is_null())
        case CaseState.OPEN | CaseState.CLOSED:
            query = query.where(case.closed_at.is_null(state is CaseState.OPEN))
    for word in words:
        matches = (
            models.Patient.name_folded.contains(word)
            | models.TemplateVersion.name_folded.contains(word)
            | models.Staff.name_folded.contains(word)
            | case.reference.contains(word)
        )
        number = number_contains(models.Patient.number, word)
        query = query.where(matches if number is None else matches | number)
    return query


def _row(row: models.Case) -> CaseRow:
    number = row.patient.number
    return CaseRow(
        id=row.id,
        reference=row.reference,
        sent_at=row.sent_at,
        patient_name=row.patient.name,
        patient_number=f"{number[:8]}-{number[8:]}",
        protected=row.patient.protected,
        template=row.template_version.name,
        sender=row.sender.name,
        answerable=row.answerable,
        read_at=row.read_at,
        answered_at=row.answered_at,
        unseen=row.answered_at is not None and row.answer_seen_at is None,
        closed_at=row.closed_at,
    )

"""Lists of cases: which to show, and how a row of the table becomes a line; for the operations of `cases`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from peewee import Case as When
from peewee import Expression, Join, ModelSelect, Select, fn

from data import audit, protected
from data.domain.errors import Message, NotFound, NotYours
from data.domain.paging import Edge, Page
from data.domain.roles import StaffActor
from data.domain.value import Frozen
from data.operation import store, to_change
from data.store import models
from data.store.paging import rows_at, rows_by_id
from data.store.prepared import Prepared
from data.store.search import matching, searched
from data.store.searching import Matching


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
    """Which cases to list: every word must stand in what a case is found by (`data.store.search`)."""

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


def of_clinic(actor: StaffActor, case_id: int, *, change: bool = False) -> models.Case:
    """A case of the actor's clinic, to be changed if so said, which the log's entry is about from here on.
    Raises `NotFound`."""
    here = models.Case.id == case_id
    row = to_change(models.Case, here) if change else models.Case.get_or_none(here)
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
    ((here, destroyed),) = _newest()
    return max(here or 0, destroyed or 0) + 1


_newest = Prepared(
    lambda: Select(
        columns=(
            models.Case.select(fn.MAX(models.Case.id)),
            models.RetentionReceipt.select(fn.MAX(models.RetentionReceipt.last_case_id)),
        )
    )
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


def page(actor: StaffActor, wanted: CaseFilter, edge: Edge, *, mine: bool = False) -> Page[CaseRow]:
    """A page of the cases of the actor's clinic that match the filter and that a list may tell them of,
    newest first; with `mine`, of those that they sent.

    A list is recorded with its filter when it is read from an end; scrolling on and reading again around a
    row are the same access.
    """
    case, words = models.Case, searched(wanted.words)
    conditions = [case.sender == actor.staff_id if mine else shown_to(actor)]
    if not words:
        # A search is for cases of the clinic as it is; PostgreSQL takes a condition that stands twice for
        # two, expects few rows, and sorts all that it finds.
        conditions.append(case.clinic == actor.clinic_id)
    if wanted.state is not None:
        conditions += _in_state(wanted.state)
    if words:
        found = matching(actor.clinic_id, words, sender=actor.staff_id if mine else None)
        read = rows_by_id(_rows(found).where(*conditions), found.key, edge, first=found.first)
    elif wanted.state is not None:
        read = rows_by_id(_rows().where(*conditions), case.id, edge)
    else:
        read = rows_at(_rows().where(*conditions), case.sent_at, case.id, edge)
    if edge.at is None:
        audit.about(filter=" ".join(words), state=wanted.state)
    else:
        audit.instead(None)
    found_rows, at_start, at_end = read
    rows = tuple(map(_row, cast("Sequence[Sequence[Any]]", found_rows)))
    return Page[CaseRow](rows=rows, at_start=at_start, at_end=at_end)


def _rows(found: Matching | None = None) -> ModelSelect[models.Case]:
    """What `_row` makes a line of, of every case or of those that a search finds. A case holds much more: all
    that was written."""
    case, patient, version, staff = models.Case, models.Patient, models.TemplateVersion, models.Staff
    columns = (
        case.id, case.reference, case.sent_at, patient.name, patient.number, patient.protected,
        version.name, staff.name, case.answerable, case.read_at, case.answered_at, case.answer_seen_at,
        case.closed_at,
    )  # fmt: skip
    # In the order in which they are to be read.
    joined = case if found is None else Join(found.source, case, found.join, on=found.key == case.id)
    for other, key in ((patient, case.patient), (version, case.template_version), (staff, case.sender)):
        joined = Join(joined, other, on=key == other.id)
    query = case.select(*columns).from_(joined).tuples()
    return query if found is None else query.where(found.condition)


def _in_state(state: CaseState) -> tuple[Expression, ...]:
    """The conditions of a state; each is that of an index."""
    case = models.Case
    match state:
        case CaseState.SENT:
            return (case.read_at.is_null(),)
        case CaseState.READ:
            return (case.read_at.is_null(False), case.answered_at.is_null())
        case CaseState.ANSWERED:
            return (case.answers.is_null(False),)
        case CaseState.UNSEEN:
            return (case.answered_at.is_null(False), case.answer_seen_at.is_null())
        case CaseState.OPEN | CaseState.CLOSED:
            return (case.closed_at.is_null(state is CaseState.OPEN),)


def _row(columns: Sequence[Any]) -> CaseRow:
    key, reference, sent_at, name, number, is_protected, template, sender, *state = columns
    answerable, read_at, answered_at, seen_at, closed_at = state
    return CaseRow(
        id=key,
        reference=reference,
        sent_at=sent_at,
        patient_name=name,
        patient_number=f"{number[:8]}-{number[8:]}",
        protected=is_protected,
        template=template,
        sender=sender,
        answerable=answerable,
        read_at=read_at,
        answered_at=answered_at,
        unseen=answered_at is not None and seen_at is None,
        closed_at=closed_at,
    )

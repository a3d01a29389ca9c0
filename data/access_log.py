"""Reading the access log; what auditors do. Reading it is itself recorded.

Rule: Patientdatalagen (2008:355) 4 kap. 3 § (systematic and recurring checks of who read what) and HSLF-FS
2016:40 4 kap. 9 §. Only log auditors read it: who gives people their roles does not review their acts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count
from typing import Annotated
from zoneinfo import ZoneInfo

from peewee import Expression, ModelSelect
from pydantic import Field

from data import audit
from data.domain.log_kinds import LogKind
from data.domain.paging import PAGE, Edge, Page, Side
from data.domain.roles import Role, StaffActor
from data.domain.validated import Validated
from data.domain.value import Frozen
from data.log_flags import FlagFinder
from data.log_rows import LogRow, of_clinic, rows_of
from data.operation import operation
from data.store import models
from data.store.paging import rows_at
from data.store.search import WORD_LIMIT, number_contains, searched

_PIECES = 40
"""Pages that are looked through for flagged entries before what was found is shown."""

_KNOWN = 500
"""Patients whose entries are looked up by their ids, which an index answers; SQLite takes so many."""


Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2999, 12, 31))]


class LogWord(Frozen):
    """A word to look for. `events`: those that are called by it in the reader's language."""

    text: str
    events: frozenset[str] = frozenset()


class LogFilter(Validated):
    """Which entries to list. Words of `person` must all stand in the name of who acted, those of `patient` in
    the patient's name or number. Days are the clinic's, both included. `events`: those of `kind`."""

    person: str = ""
    patient: str = ""
    first: Day | None = None
    last: Day | None = None
    kind: LogKind | None = None
    events: frozenset[str] = frozenset()
    flagged: bool = False


@operation(role=Role.LOG_AUDITOR, event="log.listed", repeatable=True)
def list_entries(
    actor: StaffActor,
    words: tuple[LogWord, ...],
    edge: Edge,
    only: LogFilter = LogFilter(),  # noqa: B008 - it is frozen
) -> Page[LogRow]:
    """A page of the clinic's entries, newest first, with those that belong to no clinic: sign-ins, and what
    the operator does for all.

    Every word must stand in the person's name, the event, or the patient's name or number, or be what one of
    its `events` is called; and the entry must be as `only` says. Recorded when it is read from an end of the
    list. A page of flagged entries may hold few when they are rare.
    """
    wanted = [(text, word.events) for word in words[:WORD_LIMIT] for text in searched((word.text,))]
    query = of_clinic(actor)
    for text, events in wanted:
        query = query.where(_matches(text, events))
    for condition in _conditions(actor, only):
        query = query.where(condition)
    if edge.at is None:
        audit.about(filter=" ".join([*(text for text, _ in wanted), *_in_words(only)]))
    else:
        audit.instead(None)
    return _flagged(actor, query, edge) if only.flagged else _page(FlagFinder(actor), query, edge)


def day_began(actor: StaffActor, day: date) -> datetime:
    """When a day began at the actor's clinic."""
    clinic = models.Clinic.get_by_id(actor.clinic_id)
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(clinic.zone))


def _page(finder: FlagFinder, query: ModelSelect[models.AccessLog], edge: Edge) -> Page[LogRow]:
    found, at_start, at_end = rows_at(query, models.AccessLog.at, models.AccessLog.id, edge)
    return Page[LogRow](rows=rows_of(found, finder), at_start=at_start, at_end=at_end)


def _flagged(actor: StaffActor, query: ModelSelect[models.AccessLog], edge: Edge) -> Page[LogRow]:
    """A page of those that have flags, which no index knows: piece by piece from the edge on."""
    finder = FlagFinder(actor)
    backwards = edge.side in (Side.LAST, Side.BEFORE)
    beside = Side.BEFORE if backwards else Side.AFTER
    rows: list[LogRow] = []
    at_start, at_end = edge.side is Side.FIRST, edge.side is Side.LAST
    for piece in count():
        page = _page(finder, query, edge)
        found = [row for row in page.rows if row.flags]
        rows = [*found, *rows] if backwards else [*rows, *found]
        if page.at_start if backwards else page.at_end:
            at_start, at_end = at_start or backwards, at_end or not backwards
            break
        if len(rows) >= PAGE or (rows and piece >= _PIECES):
            break
        last = page.rows[0] if backwards else page.rows[-1]
        edge = Edge(side=beside, at=last.at, id=last.id)
    return Page[LogRow](rows=tuple(rows), at_start=at_start, at_end=at_end)


def _conditions(actor: StaffActor, only: LogFilter) -> Iterator[Expression]:
    log, staff, patient = models.AccessLog, models.Staff, models.Patient
    for word in searched(only.person.split()):
        named = staff.select(staff.id).where(staff.name_folded.contains(word) | (staff.username == word))
        yield log.actor_name.contains(word) | log.staff_id.in_(named)
    if about := [_about(word) for word in searched(only.patient.split())]:
        ids = [row.id for row in patient.select(patient.id).where(*about).limit(_KNOWN + 1)]
        if len(ids) == 1:
            audit.about(patient=ids[0])
        yield from [log.patient_id.in_(ids)] if len(ids) <= _KNOWN else about
    if only.first is not None:
        yield log.at >= day_began(actor, only.first)
    if only.last is not None:
        yield log.at < day_began(actor, only.last + timedelta(days=1))
    if only.kind is LogKind.REFUSED:
        yield ~log.allowed
    elif only.kind is not None:
        yield log.event.in_(sorted(only.events))


def _about(word: str) -> Expression:
    patient = models.Patient
    number = number_contains(patient.number, word)
    named = patient.name_folded.contains(word)
    return named if number is None else named | number


def _matches(word: str, events: frozenset[str]) -> Expression:
    log, staff = models.AccessLog, models.Staff
    return (
        log.event.contains(word)
        | log.event.in_(sorted(events))
        | log.actor_name.contains(word)
        | log.staff_id.in_(staff.select(staff.id).where(staff.name_folded.contains(word)))
        | _about(word)
    )


def _in_words(only: LogFilter) -> Iterator[str]:
    """The filter as the log keeps it: in English, as the code says it."""
    for name in ("person", "patient"):
        yield from (f"{name}:{word}" for word in searched(getattr(only, name).split()))
    for name in ("first", "last", "kind"):
        if (value := getattr(only, name)) is not None:
            yield f"{name}:{value}"
    if only.flagged:
        yield "flagged"

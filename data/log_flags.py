"""What in the access log deserves a look: hints for the auditor, never verdicts.

Rule: HSLF-FS 2016:40 4 kap. 9 § asks for recurring checks and for checks on suspicion. What each flag means
is said at its name; the figures are ours, chosen so that a quiet day at a clinic has none.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import cast
from zoneinfo import ZoneInfo

from data.domain.roles import StaffActor
from data.store import models


class Flag(StrEnum):
    """Why an entry deserves a look; the weightiest first."""

    OWN = "own"
    """Staff looked at a patient with their own name. The clinic holds no identity numbers of staff."""
    COLLEAGUE = "colleague"
    """The patient has the name of someone who works at the clinic."""
    REFUSED = "refused"
    """It was tried and not allowed."""
    MANY = "many"
    """The person fetched at least `MANY_LEAST` patients that day whom they sent nothing."""
    FAILURES = "failures"
    """At least the `FAILURES_LEAST`th failure in a row to sign in or unlock as the same, within an hour."""
    PROTECTED = "protected"
    """The patient has a protected identity."""
    HOURS = "hours"
    """Staff, about a patient, on a Saturday or Sunday or before `DAY_BEGINS` or after `DAY_ENDS`."""


MANY_LEAST = 10
FAILURES_LEAST = 3
FAILURES_WITHIN = timedelta(hours=1)
DAY_BEGINS = time(6)
DAY_ENDS = time(22)
_SATURDAY = 5

_FETCHED = "patient.fetched"
_SENT = "case.sent"
_FAILED = (
    "staff.sign_in_failed",
    "staff.unlock_failed",
    "staff.password_change_failed",
    "patient.sign_in_failed",
)
_SUCCEEDED = ("staff.signed_in", "staff.unlocked", "patient.signed_in")


class FlagFinder:
    """Finds the flags of entries of one clinic, for as many pages as are read with it."""

    def __init__(self, actor: StaffActor) -> None:
        self._clinic_id = actor.clinic_id
        clinic = models.Clinic.get_or_none(models.Clinic.id == actor.clinic_id)
        self._zone = ZoneInfo(clinic.zone if clinic else "Europe/Stockholm")
        role, staff = models.StaffRole, models.Staff
        here = role.select(role.staff).where(role.clinic == actor.clinic_id)
        self._names = {row.id: row.name_folded for row in staff.select().where(staff.id.in_(here))}

    def flags(self, rows: Sequence[models.AccessLog]) -> dict[int, tuple[Flag, ...]]:
        """Flags by entry id; `rows` carry their patient as `patient`, as `data.log_rows` reads them."""
        busy, repeated = self._busy_days(rows), self._repeated(rows)
        found: dict[int, tuple[Flag, ...]] = {}
        for row in rows:
            flags = {*self._of_patient(row)}
            if not row.allowed:
                flags.add(Flag.REFUSED)
            if row.event == _FETCHED and (row.staff_id, self._day(row.at)) in busy:
                flags.add(Flag.MANY)
            if row.id in repeated:
                flags.add(Flag.FAILURES)
            found[row.id] = tuple(flag for flag in Flag if flag in flags)
        return found

    def _of_patient(self, row: models.AccessLog) -> Iterable[Flag]:
        patient: models.Patient | None = getattr(row, "patient", None)
        if row.staff_id is None or row.patient_id is None:
            return
        local = row.at.astimezone(self._zone)
        if local.weekday() >= _SATURDAY or not DAY_BEGINS <= local.time() < DAY_ENDS:
            yield Flag.HOURS
        if patient is None or not patient.number:
            return
        if patient.protected:
            yield Flag.PROTECTED
        if self._names.get(row.staff_id) == patient.name_folded:
            yield Flag.OWN
        elif patient.name_folded in self._names.values():
            yield Flag.COLLEAGUE

    def _busy_days(self, rows: Sequence[models.AccessLog]) -> set[tuple[int | None, datetime]]:
        """Persons and days with many fetches that led to nothing, among those of the rows."""
        asked = {(row.staff_id, self._day(row.at)) for row in rows if row.event == _FETCHED}
        found = set()
        for day in {day for _staff, day in asked}:
            idle = self._fetched_in_vain(day)
            found |= {(staff, day) for staff, patients in idle.items() if len(patients) >= MANY_LEAST}
        return found & asked

    def _fetched_in_vain(self, day: datetime) -> Mapping[int | None, set[int]]:
        """Whom each person fetched on a day without sending them anything that day.

        What was sent is asked of the log as well: a case may be destroyed before its entry is.
        """
        log = models.AccessLog
        end = self._day(day + timedelta(hours=36))  # a day has 23 to 25 hours
        # Not narrowed to people: SQLite would then take the index of theirs and read all that they ever did.
        of_the_day = log.select(log.event, log.staff_id, log.patient_id).where(
            log.at >= day,
            log.at < end,
            log.event.in_((_FETCHED, _SENT)),
            log.clinic_id == self._clinic_id,
            log.patient_id.is_null(False),
            log.allowed,
        )
        idle: dict[int | None, set[int]] = defaultdict(set)
        sent: dict[int | None, set[int]] = defaultdict(set)
        for event, staff, patient in cast("Iterable[tuple[str, int, int]]", of_the_day.tuples()):
            (sent if event == _SENT else idle)[staff].add(patient)
        return {staff: patients - sent[staff] for staff, patients in idle.items()}

    def _repeated(self, rows: Sequence[models.AccessLog]) -> set[int]:
        """The ids of those rows that are failures after failures."""
        asked = [row for row in rows if row.event in _FAILED]
        if not asked:
            return set()
        log = models.AccessLog
        around = log.select().where(
            log.event.in_((*_FAILED, *_SUCCEEDED)),
            log.at >= min(row.at for row in asked) - FAILURES_WITHIN,
            log.at <= max(row.at for row in asked),
        )
        wanted, found = {row.id for row in asked}, set()
        failures: dict[str, list[datetime]] = defaultdict(list)
        for row in around.order_by(log.at, log.id):
            who = _who(row)
            if row.event in _SUCCEEDED:
                failures[who].clear()
                continue
            failures[who] = [at for at in failures[who] if at > row.at - FAILURES_WITHIN] + [row.at]
            if len(failures[who]) >= FAILURES_LEAST and row.id in wanted:
                found.add(row.id)
        return found

    def _day(self, at: datetime) -> datetime:
        """When the clinic's day began in which a moment lies."""
        return at.astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _who(row: models.AccessLog) -> str:
    """As whom somebody tried to come in: the same for failures and for the success that ends them."""
    if row.event.startswith("patient."):
        number = json.loads(row.details).get("number")
        return f"patient {row.patient_id if row.patient_id is not None else number}"
    username = json.loads(row.details).get("username")
    if username is None and row.staff_id is not None:
        staff = models.Staff.get_or_none(models.Staff.id == row.staff_id)
        username = staff.username if staff else row.staff_id
    return f"staff {username}"

"""Closing a case that is done with, and opening it again.

What is closed is read as before, by the clinic and by the patient, who can no longer answer it. From its
closing `data.retention` counts how long it is kept.
"""

from __future__ import annotations

from data import case_rows
from data.domain.errors import Conflict, Message
from data.domain.roles import Role, StaffActor
from data.operation import now, operation
from data.store import models


@operation(role=Role.CARE_PROVIDER, event="case.closed")
def close(actor: StaffActor, case_id: int, version: int) -> None:
    """Close a case of the clinic as it was read (`Case.version`), answered or not.

    Raises `NotFound`, and `Conflict` when the patient has answered it or a colleague has closed it since.
    """
    row = _as_it_was_read(actor, case_id, version)
    if row.closed_by is not None:
        raise Conflict(_closed_by(row.closed_by))
    row.closed_at = now()
    row.closed_by_id = actor.staff_id
    _save(row)


@operation(role=Role.CARE_PROVIDER, event="case.reopened")
def reopen(actor: StaffActor, case_id: int, version: int) -> None:
    """Open a closed case of the clinic again. Raises as `close` does."""
    row = _as_it_was_read(actor, case_id, version)
    if row.closed_at is None:
        raise Conflict(Message("The case is open already"))
    row.closed_at = None
    row.closed_by_id = None
    _save(row)


def _as_it_was_read(actor: StaffActor, case_id: int, version: int) -> models.Case:
    row = case_rows.of_clinic(actor, case_id, change=True)
    if row.version != version:
        raise Conflict(_what_happened(row))
    return row


def _what_happened(row: models.Case) -> Message:
    """Why what the person saw is no longer so, as far as the case can tell."""
    if row.closed_by is not None:
        return _closed_by(row.closed_by)
    return Message("The case has changed meanwhile: look at it again first")


def _closed_by(colleague: models.Staff) -> Message:
    return Message("{name} has closed the case already", name=colleague.name)


def _save(row: models.Case) -> None:
    row.version += 1
    case = models.Case
    row.save(only=[case.closed_at, case.closed_by, case.version])

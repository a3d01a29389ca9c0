"""What tests of protected identity share."""

from __future__ import annotations

import json

from data import cases, patients, protected
from data.case_rows import CaseFilter
from data.domain.paging import Edge
from data.domain.roles import StaffActor
from data.patients import Patient
from data.store import models
from tests.conftest import REASON, Clinic

HIDDEN_NAME = "Åsa Örn"
"""Who in the clinic of the tests has protected identity."""

WHY = "Ringer om tiden i morgon"
"""A reason that somebody states."""


def entries(*events: str) -> list[models.AccessLog]:
    log = models.AccessLog
    return list(log.select().where(log.event.in_(events)).order_by(log.id))


def latest() -> models.AccessLog:
    row = models.AccessLog.select().order_by(models.AccessLog.id.desc()).first()
    assert row is not None
    return row


def details(row: models.AccessLog) -> dict[str, object]:
    found = json.loads(row.details)
    assert isinstance(found, dict)
    return found


def changed(clinic: Clinic, patient: Patient, **fields: object) -> Patient:
    """What Cilla saves at another terminal."""
    if patient.protected:
        protected.state_reason(clinic.cilla, patient.id, REASON)
    return patients.change(clinic.cilla, patient.model_copy(update=fields), WHY)


def listed(actor: StaffActor, *words: str) -> list[int]:
    """The ids of the cases of the clinic that the actor finds."""
    return [row.id for row in cases.list_assigned(actor, CaseFilter(words=words), Edge()).rows]

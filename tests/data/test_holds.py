"""Legal holds: shown, recorded, and what can't be held. That they hold is tested in `test_retention`."""

from __future__ import annotations

import json

import pytest

from data import cases, holds
from data.domain.errors import Conflict, Invalid, NotFound
from data.store import models
from tests.conftest import Clinic, FrozenClock


def test_a_hold_is_shown_in_the_case_and_listed(clinic: Clinic, clock: FrozenClock) -> None:
    sent = clinic.send()
    held = holds.hold(clinic.bo, f" {sent.reference.lower()} ", "Tvist \x1b[2J")

    assert (held.reference, held.reason, held.by, held.at) == (
        sent.reference,
        "Tvist [2J",
        "Bo Bengtsson",
        clock.now,
    )
    assert holds.list_all(clinic.bo) == (held,)
    shown = cases.open_case(clinic.anna, sent.id).hold
    assert shown is not None
    assert (shown.reason, shown.by) == ("Tvist [2J", "Bo Bengtsson")
    holds.release(clinic.operator, sent.reference)
    assert cases.open_case(clinic.anna, sent.id).hold is None
    assert holds.list_all(clinic.bo) == ()


def test_both_are_recorded_with_patient_case_and_reason(clinic: Clinic) -> None:
    sent = clinic.send()
    holds.hold(clinic.operator, sent.reference, "Tvist")
    holds.release(clinic.bo, sent.reference)
    log = models.AccessLog
    entries = list(log.select().where(log.event.in_(["case.held", "case.released"])).order_by(log.id))

    assert [(entry.event, entry.actor_name, entry.clinic_id) for entry in entries] == [
        ("case.held", "drift", clinic.bo.clinic_id),
        ("case.released", "Bo Bengtsson", clinic.bo.clinic_id),
    ]
    assert {(entry.patient_id, entry.case_id) for entry in entries} == {(clinic.tolvan.id, sent.id)}
    assert [json.loads(entry.details) for entry in entries] == [{"hold": "Tvist"}] * 2


def test_what_cannot_be_held_or_released(clinic: Clinic) -> None:
    sent = clinic.send()
    with pytest.raises(Invalid, match="Write why"):
        holds.hold(clinic.bo, sent.reference, " \x1b ")
    with pytest.raises(NotFound, match="no case called ABC-2345"):
        holds.hold(clinic.bo, "abc-2345", "Tvist")
    with pytest.raises(NotFound):
        holds.hold(clinic.dag, sent.reference, "Tvist")
    with pytest.raises(NotFound):
        holds.release(clinic.dag, sent.reference)
    with pytest.raises(Conflict, match="is not held"):
        holds.release(clinic.bo, sent.reference)
    holds.hold(clinic.bo, sent.reference, "Tvist")
    with pytest.raises(Conflict, match="Bo Bengtsson holds the case already: Tvist"):
        holds.hold(clinic.bo, sent.reference, "Annat")

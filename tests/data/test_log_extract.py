"""The extract for a patient: what the law asks, and nothing of anybody else."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from data import cases, drafts, inbox, log_extract, patients, protected
from data.domain.errors import Invalid, NotAllowed, NotFound
from data.domain.identity import PersonalIdentityNumber
from data.log_extract import Extract
from data.store import models
from tests.conftest import REASON, Clinic, FrozenClock

UNKNOWN = PersonalIdentityNumber("196909092394")


def for_tolvan(clinic: Clinic, first: date | None = None, last: date | None = None) -> Extract:
    return log_extract.extract(clinic.operator, clinic.tolvan.number, first, last)


def events(extract: Extract) -> list[str]:
    return [line.event for line in extract.lines]


def newest() -> models.AccessLog:
    return models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()


def test_it_says_when_where_who_and_about_which_case(clinic: Clinic, clock: FrozenClock) -> None:
    clock.now = datetime(2026, 7, 1, 8, 30, 5, tzinfo=UTC)
    sent = clinic.ask()
    cases.open_case(clinic.cilla, sent.id)
    made = for_tolvan(clinic)
    line = made.lines[-1]

    assert (made.name, made.number, made.protected) == ("Tolvan Tolvansson", "19121212-1212", False)
    assert (line.event, line.clinic, line.case) == ("case.opened", "Vårdcentralen Björken", sent.reference)
    assert f"{line.at:%Y-%m-%d %H:%M:%S %Z}" == "2026-07-01 10:30:05 CEST"
    assert (line.actor_kind, line.person, line.allowed) == ("staff", "", True)


def test_staff_are_named_only_when_asked_for(clinic: Clinic) -> None:
    patients.fetch(clinic.cilla, clinic.tolvan.number)
    assert "Cilla Ceder" not in str(for_tolvan(clinic))

    named = log_extract.extract(clinic.operator, clinic.tolvan.number, named=True)
    assert [line.person for line in named.lines[-2:]] == ["Cilla Ceder", "drift"]


def test_the_operator_sees_all_clinics_and_what_was_done_at_none(clinic: Clinic) -> None:
    patients.fetch(clinic.dag, clinic.tolvan.number)
    inbox.sign_in(clinic.visitor, clinic.tolvan.number, "000000")
    lines = for_tolvan(clinic).lines

    assert [(line.event, line.clinic) for line in lines[-2:]] == [
        ("patient.fetched", "Vårdcentralen Eken"),
        ("patient.sign_in_failed", ""),
    ]


def test_an_auditor_gets_their_own_clinics(clinic: Clinic) -> None:
    patients.fetch(clinic.dag, clinic.tolvan.number)
    made = log_extract.extract(clinic.gun, clinic.tolvan.number)

    assert {line.clinic for line in made.lines} == {"Vårdcentralen Björken"}


def test_a_patient_of_another_clinic_does_not_exist_for_an_auditor(clinic: Clinic) -> None:
    models.Patient.create(number=UNKNOWN.digits, name="Hemlig", name_folded="hemlig")
    patients.fetch(clinic.dag, UNKNOWN)
    with pytest.raises(NotFound, match="nothing about 19690909-2394"):
        log_extract.extract(clinic.gun, UNKNOWN)
    assert (newest().event, newest().allowed) == ("log.extracted", False)

    assert log_extract.extract(clinic.operator, UNKNOWN).name == "Hemlig"


def test_a_number_that_nobody_has(clinic: Clinic) -> None:
    for actor in (clinic.operator, clinic.gun):
        with pytest.raises(NotFound, match="nothing about"):
            log_extract.extract(actor, UNKNOWN)


def test_a_list_that_held_the_patient_is_in_it_and_the_others_are_not(clinic: Clinic) -> None:
    clinic.draft()
    protected.state_reason(clinic.anna, clinic.hidden.id, REASON)
    clinic.draft(patient=clinic.hidden)
    drafts.list_mine(clinic.anna)
    made = for_tolvan(clinic)

    assert events(made)[-1] == "drafts.listed"
    assert "Åsa" not in str(made)
    assert "19880820" not in str(made)
    of_hidden = log_extract.extract(clinic.operator, clinic.hidden.number)
    assert of_hidden.protected
    assert events(of_hidden)[-1] == "drafts.listed"
    assert "Tolvan" not in str(of_hidden)


def test_a_refused_attempt_is_in_it(clinic: Clinic) -> None:
    sent = clinic.send()
    with pytest.raises(NotFound):
        cases.open_case(clinic.dag, sent.id)
    line = for_tolvan(clinic).lines[-1]

    assert (line.event, line.allowed, line.clinic) == ("case.opened", False, "Vårdcentralen Eken")


def test_days_are_the_clinics_and_inclusive(clinic: Clinic, clock: FrozenClock) -> None:
    for moment in (
        datetime(2026, 3, 3, 22, 59, tzinfo=UTC),  # the 3rd in Sweden
        datetime(2026, 3, 3, 23, 0, tzinfo=UTC),  # the 4th
        datetime(2026, 3, 4, 22, 59, tzinfo=UTC),
        datetime(2026, 3, 4, 23, 0, tzinfo=UTC),  # the 5th
    ):
        clock.now = moment
        patients.fetch(clinic.anna, clinic.tolvan.number)
    made = for_tolvan(clinic, date(2026, 3, 4), date(2026, 3, 4))

    assert [line.at.day for line in made.lines] == [4, 4]
    assert len(for_tolvan(clinic, date(2026, 3, 4)).lines) > 3
    assert [line.at.day for line in for_tolvan(clinic, None, date(2026, 3, 3)).lines][-1] == 3


@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_day_out_of_time_is_refused(clinic: Clinic, day: date) -> None:
    with pytest.raises(Invalid):
        for_tolvan(clinic, day)
    with pytest.raises(Invalid):
        for_tolvan(clinic, None, day)


def test_making_it_is_recorded_and_in_the_next_one(clinic: Clinic) -> None:
    made = log_extract.extract(clinic.gun, clinic.tolvan.number, date(2026, 3, 1))
    entry = newest()

    assert (entry.event, entry.patient_id, entry.staff_id) == (
        "log.extracted",
        clinic.tolvan.id,
        clinic.gun.staff_id,
    )
    assert json.loads(entry.details) == {
        "first": "2026-03-01",
        "last": None,
        "named": False,
        "count": len(made.lines),
    }
    assert events(for_tolvan(clinic))[-1] == "log.extracted"


def test_administrators_and_care_providers_get_none(clinic: Clinic) -> None:
    for actor in (clinic.bo, clinic.anna):
        with pytest.raises(NotAllowed):
            log_extract.extract(actor, clinic.tolvan.number)


def test_another_patient_who_tried_is_no_line_of_ones_own(clinic: Clinic) -> None:
    """The patient is told that it happened, and the clinic's log who it was."""
    case = clinic.send()
    other = clinic.as_patient(clinic.unreachable)
    with pytest.raises(NotFound):
        inbox.open_letter(other, case.id)

    line = log_extract.extract(clinic.operator, clinic.tolvan.number, named=True).lines[-1]
    assert (line.event, line.allowed, line.actor_kind, line.person) == (
        "inbox.opened",
        False,
        "another_patient",
        "",
    )
    entry = models.AccessLog.get(models.AccessLog.event == "inbox.opened")
    assert json.loads(entry.details)["signed_in_as"] == str(clinic.unreachable.number)

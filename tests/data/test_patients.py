"""Patients: fetch, register, and import all or none."""

from __future__ import annotations

import pytest

from data import patients, protected
from data.domain.errors import Invalid
from data.domain.identity import PersonalIdentityNumber
from data.patients import CODE_DIGITS, NewPatient
from data.store import models
from tests.conftest import REASON, Clinic, FrozenClock

LARS = NewPatient(number=PersonalIdentityNumber("196909092394"), name="Lars Karlsson")


def test_a_fetched_patient_has_age_and_marks(clinic: Clinic) -> None:
    tolvan = patients.fetch(clinic.anna, clinic.tolvan.number)
    protected.state_reason(clinic.anna, clinic.hidden.id, REASON)
    hidden = patients.fetch(clinic.anna, clinic.hidden.number)
    unreachable = patients.fetch(clinic.anna, clinic.unreachable.number)

    assert tolvan is not None
    assert (tolvan.name, tolvan.age, tolvan.protected, tolvan.reachable) == (
        "Tolvan Tolvansson",
        113,
        False,
        True,
    )
    assert hidden is not None
    assert hidden.protected
    assert unreachable is not None
    assert not unreachable.reachable


def test_age_changes_on_the_birthday_at_the_clinic(clinic: Clinic, clock: FrozenClock) -> None:
    clock.now = clock.now.replace(month=12, day=11, hour=23, minute=30)  # the 12th in Sweden

    found = patients.fetch(clinic.anna, clinic.tolvan.number)
    assert found is not None
    assert found.age == 114


def test_a_coordination_number_without_date_has_no_age(clinic: Clinic) -> None:
    number = PersonalIdentityNumber("195403862393")
    known = patients.register(clinic.anna, NewPatient(number=number, name="Samuel Tesfay"))

    assert known.age == 71


def test_a_number_that_nobody_has(clinic: Clinic) -> None:
    assert patients.fetch(clinic.anna, LARS.number) is None


def test_a_registered_patient_is_found(clinic: Clinic) -> None:
    new = LARS.model_copy(
        update={"name": " Lars\x1b Karlsson ", "email": "l@example.se\n", "phone": "070\u202e1"}
    )
    made = patients.register(clinic.anna, new)

    assert made.name == "Lars Karlsson"
    assert patients.fetch(clinic.cilla, LARS.number) == made
    row = models.Patient.get_by_id(made.id)
    assert (row.email, row.phone) == ("l@example.se", "0701")


def test_a_number_is_registered_once(clinic: Clinic) -> None:
    with pytest.raises(Invalid) as error:
        patients.register(clinic.anna, NewPatient(number=clinic.tolvan.number, name="Någon"))
    assert [problem.field for problem in error.value.problems] == ["number"]


def test_being_told_that_somebody_is_registered_is_recorded(clinic: Clinic) -> None:
    """Otherwise whoever types numbers there could find out unseen who is a patient, also a protected one."""
    with pytest.raises(Invalid):
        patients.register(clinic.anna, NewPatient(number=clinic.hidden.number, name="Någon"))

    entry = models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()
    assert (entry.event, entry.allowed, entry.patient_id, entry.staff_id) == (
        "patient.registered",
        False,
        clinic.hidden.id,
        clinic.anna.staff_id,
    )


@pytest.mark.parametrize("name", ["", " \t", "\x1b\u200b"])
def test_a_patient_needs_a_name(clinic: Clinic, name: str) -> None:
    with pytest.raises(Invalid) as error:
        patients.register(clinic.anna, LARS.model_copy(update={"name": name}))
    assert [problem.field for problem in error.value.problems] == ["name"]


def test_codes_are_digits_and_new_each_time(clinic: Clinic) -> None:
    clinic.send()
    codes = {patients.issue_code(clinic.anna, clinic.tolvan.id).code for _ in range(3)}

    assert len(codes) == 3
    assert all(len(code) == CODE_DIGITS and code.isdecimal() for code in codes)
    assert models.PatientCode.select().count() == 1

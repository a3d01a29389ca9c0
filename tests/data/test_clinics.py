"""The first start: one clinic, founded once, with its first administrator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data import clinics, staff
from data.domain.errors import Invalid, NotAllowed
from data.domain.roles import Role, Visitor
from data.staff import NewPerson
from data.store import models
from data.store.database import open_store
from data.store.store import Store
from tests.conftest import PASSWORD, Clinic, FrozenClock

FIRST = NewPerson(
    username="bo", password=PASSWORD, name="Bo Bengtsson", roles=frozenset({Role.ADMINISTRATOR})
)
VISITOR = Visitor()


@pytest.fixture
def empty(tmp_path: Path, clock: FrozenClock) -> Iterator[Store]:
    opened = open_store(tmp_path / "new.db", create=True, clock=clock)
    yield opened
    opened.close()


def test_the_first_start_founds_the_clinic(empty: Store) -> None:
    assert not clinics.founded(VISITOR)
    actor = clinics.found(VISITOR, " Vårdcentralen Björken ", FIRST)

    assert clinics.founded(VISITOR)
    assert (actor.clinic_name, actor.roles) == ("Vårdcentralen Björken", {Role.ADMINISTRATOR})
    assert staff.sign_in(VISITOR, "bo", PASSWORD).actors == (actor,)
    entry = models.AccessLog.get(models.AccessLog.event == "clinic.founded")
    assert (entry.staff_id, entry.clinic_id) == (actor.staff_id, actor.clinic_id)


def test_a_clinic_is_founded_once(clinic: Clinic) -> None:
    assert clinics.founded(VISITOR)
    with pytest.raises(NotAllowed):
        clinics.found(VISITOR, "En till", FIRST)


def test_every_fault_is_told_at_once_and_nothing_is_founded(empty: Store) -> None:
    with pytest.raises(Invalid) as error:
        clinics.found(VISITOR, " ", NewPerson(username="", password="", name="", roles=frozenset()))

    fields = [problem.field for problem in error.value.problems]
    assert fields == ["clinic", "username", "name", "roles", "password", "roles"]
    assert not clinics.founded(VISITOR)
    assert models.Staff.select().count() == 0


def test_the_first_person_is_an_administrator(empty: Store) -> None:
    with pytest.raises(Invalid) as error:
        clinics.found(VISITOR, "Ny", FIRST.model_copy(update={"roles": frozenset({Role.CARE_PROVIDER})}))
    assert [problem.field for problem in error.value.problems] == ["roles"]


def test_an_operator_adds_a_clinic_which_the_log_names(clinic: Clinic) -> None:
    assert clinics.add(clinic.operator, " Vårdcentralen\x1b Linden ") == "Vårdcentralen Linden"

    made = models.Clinic.get(models.Clinic.name == "Vårdcentralen Linden")
    entry = models.AccessLog.get(models.AccessLog.event == "clinic.added")
    assert (entry.actor_name, entry.clinic_id) == ("drift", made.id)
    staff.add(clinic.operator, FIRST.model_copy(update={"username": "lo", "clinic": "Vårdcentralen Linden"}))
    (actor,) = staff.sign_in(VISITOR, "lo", PASSWORD).actors
    assert actor.clinic_id == made.id


@pytest.mark.parametrize("name", ["", "\x1b ", "VÅRDCENTRALEN eken", "Vårdcentralen Eken\u200b"])
def test_a_clinic_needs_a_name_of_its_own(clinic: Clinic, name: str) -> None:
    with pytest.raises(Invalid) as error:
        clinics.add(clinic.operator, name)
    assert [problem.field for problem in error.value.problems] == ["clinic"]
    assert models.Clinic.select().count() == 2

"""The operator's way back for those whom no administrator can help."""

from __future__ import annotations

import json

import pytest

from data import cases, password_reset, staff
from data.domain.errors import Invalid, NotAllowed, SessionEnded
from data.domain.roles import Role
from data.passwords import FAILURES
from data.store import models
from tests.conftest import PASSWORD, Clinic

NEW = "tulpan kaffe spik"


def last_entry() -> models.AccessLog:
    return models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()


def test_the_last_administrator_gets_in_again_at_once(clinic: Clinic) -> None:
    bo = clinic.bo
    for _try in range(FAILURES):
        staff.sign_in(clinic.visitor, "bo", "wrong")
    assert staff.sign_in(clinic.visitor, "bo", PASSWORD).refused

    assert password_reset.reset(clinic.operator, " BO ", NEW) == "Bo Bengtsson"

    assert staff.sign_in(clinic.visitor, "bo", PASSWORD).refused
    (actor,) = staff.sign_in(clinic.visitor, "bo", NEW).actors
    assert actor.must_change
    with pytest.raises(NotAllowed):
        staff.list_staff(actor)
    with pytest.raises(SessionEnded):
        staff.list_staff(bo)


def test_a_person_at_several_clinics_is_helped_and_the_auditors_of_all_see_it(clinic: Clinic) -> None:
    password_reset.reset(clinic.operator, "anna", NEW)
    assert (last_entry().event, last_entry().actor_name, last_entry().clinic_id) == (
        "staff.password_reset",
        "drift",
        clinic.anna.clinic_id,
    )
    staff.admit(clinic.operator, "cilla", "Vårdcentralen Eken", frozenset({Role.CARE_PROVIDER}))
    password_reset.reset(clinic.operator, "cilla", NEW)
    assert last_entry().clinic_id is None
    assert json.loads(last_entry().details) == {"username": "cilla"}


def test_what_the_rules_refuse_changes_nothing(clinic: Clinic) -> None:
    for username, password, field in (
        ("nobody", NEW, "username"),
        ("anna", "kort", "password"),
        ("anna", "Anna Andersson 1", "password"),
    ):
        with pytest.raises(Invalid) as error:
            password_reset.reset(clinic.operator, username, password)
        assert [problem.field for problem in error.value.problems] == [field]
    assert cases.news(clinic.anna)


def test_a_closed_account_stays_closed(clinic: Clinic) -> None:
    cilla = next(one for one in staff.list_staff(clinic.bo) if one.username == "cilla")
    staff.change(clinic.bo, cilla.model_copy(update={"disabled": True}))

    password_reset.reset(clinic.operator, "cilla", NEW)

    assert staff.sign_in(clinic.visitor, "cilla", NEW).refused

"""Signing in over SSH: off until the operator allows it, one answer to all who may not, and all on record."""

from __future__ import annotations

import json

import pytest

from data import patients, ssh, staff
from data.domain.authorized_key import PublicKey
from data.domain.errors import Invalid, NotAllowed
from data.domain.roles import Role
from data.store import models
from tests.conftest import PASSWORD, PUBLIC_KEY, Clinic


def last_entry() -> models.AccessLog:
    return models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()


def refusal(clinic: Clinic, username: str) -> str:
    with pytest.raises(NotAllowed) as error:
        ssh.sign_in(clinic.visitor, username, "192.0.2.1")
    entry = last_entry()
    assert (entry.event, entry.allowed, entry.actor_kind) == ("staff.signed_in_by_key", False, "visitor")
    details = json.loads(entry.details)
    assert (details["username"], details["address"]) == (username.strip().casefold(), "192.0.2.1")
    assert details["reason"]
    return str(error.value)


def test_nobody_gets_in_until_the_operator_allows_it(clinic: Clinic) -> None:
    assert not ssh.status(clinic.operator)
    assert "not allowed here" in refusal(clinic, "anna")

    ssh.allow(clinic.operator)
    ssh.allow(clinic.operator)
    assert ssh.status(clinic.operator)
    assert ssh.sign_in(clinic.visitor, "anna").actors[0].username == "anna"

    ssh.forbid(clinic.operator)
    ssh.forbid(clinic.operator)
    assert not ssh.status(clinic.operator)
    assert "not allowed here" in refusal(clinic, "anna")
    by_operator = models.AccessLog.select().where(models.AccessLog.event.startswith("ssh."))
    assert [(entry.event, entry.actor_name) for entry in by_operator] == [
        ("ssh.allowed", "drift"),
        ("ssh.allowed", "drift"),
        ("ssh.forbidden", "drift"),
        ("ssh.forbidden", "drift"),
    ]


def test_who_came_from_where_is_on_record(clinic: Clinic) -> None:
    ssh.allow(clinic.operator)

    actor = ssh.sign_in(clinic.visitor, " ANNA\n", "2001:db8::1\x1b").actors[0]

    entry = last_entry()
    assert (entry.event, entry.allowed, entry.actor_name) == (
        "staff.signed_in_by_key",
        True,
        "Anna Andersson",
    )
    assert entry.clinic_id == clinic.anna.clinic_id
    assert json.loads(entry.details) == {"username": "anna", "address": "2001:db8::1"}
    assert patients.fetch(actor, clinic.tolvan.number)


def test_unknown_closed_and_without_a_role_sound_the_same(clinic: Clinic) -> None:
    ssh.allow(clinic.operator)
    models.Staff.update(disabled=True).where(models.Staff.id == clinic.cilla.staff_id).execute()
    models.StaffRole.delete().where(models.StaffRole.staff == clinic.gun.staff_id).execute()

    told = {refusal(clinic, name).replace(name, "NAME") for name in ("nobody", "cilla", "gun")}

    assert told == {"NAME can't sign in: ask an administrator of the clinic"}
    assert "can't sign in" in refusal(clinic, "")


def test_a_wrong_password_closes_no_key_and_a_key_opens_no_password(clinic: Clinic) -> None:
    ssh.allow(clinic.operator)
    for _ in range(5):
        staff.sign_in(clinic.visitor, "anna", "wrong password")

    assert ssh.sign_in(clinic.visitor, "anna").actors

    assert staff.sign_in(clinic.visitor, "anna", "wrong password").refused
    assert staff.sign_in(clinic.visitor, "anna", PASSWORD).refused


def test_several_clinics_are_chosen_among_later(clinic: Clinic) -> None:
    ssh.allow(clinic.operator)
    staff.admit(clinic.operator, "dag", "Vårdcentralen Björken", frozenset({Role.CARE_PROVIDER}))

    actors = ssh.sign_in(clinic.visitor, "dag").actors

    assert [actor.clinic_name for actor in actors] == ["Vårdcentralen Björken", "Vårdcentralen Eken"]
    assert last_entry().clinic_id is None
    assert staff.enter(actors[1]).clinic_name == "Vårdcentralen Eken"


def test_a_key_is_given_to_one_who_can_sign_in(clinic: Clinic) -> None:
    key = PublicKey.parse(PUBLIC_KEY)

    assert ssh.give_key(clinic.operator, "Anna", key) == "anna"

    entry = last_entry()
    assert (entry.event, entry.actor_name) == ("ssh.key_given", "drift")
    assert json.loads(entry.details) == {"username": "anna", "fingerprint": key.fingerprint}
    models.Staff.update(disabled=True).where(models.Staff.id == clinic.cilla.staff_id).execute()
    for name in ("nobody", "cilla"):
        with pytest.raises(Invalid):
            ssh.give_key(clinic.operator, name, key)
    assert last_entry().id == entry.id

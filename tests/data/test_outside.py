"""Slow work of operations: while it runs, nobody else waits for the database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from argon2 import PasswordHasher

from data import inbox, patients, staff
from data.domain.identity import PersonalIdentityNumber
from data.domain.roles import Role, StaffActor
from data.domain.secret import hashed
from data.passwords import FAILURES
from data.patients import CODE_TRIES
from data.staff import NewPerson
from data.store import models
from data.store.store import Store
from tests.conftest import PASSWORD, Clinic

NEW = "tulpan kaffe spik"


class Hashing:
    """What argon2 was asked to do, and what happened meanwhile."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def noted(self, name: str) -> None:
        self.done.append(name)
        self.meanwhile()


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch, store: Store) -> Hashing:
    """Argon2 at work, as it is, with someone looking on."""
    seen = Hashing()
    verify, make = PasswordHasher.verify, PasswordHasher.hash

    def watched_verify(hasher: PasswordHasher, *args: Any) -> bool:
        seen.noted("verify")
        return verify(hasher, *args)

    def watched_hash(hasher: PasswordHasher, *args: Any) -> str:
        seen.noted("hash")
        return make(hasher, *args)

    staff.sign_in(Clinic.visitor, "nobody", "x")  # nobody's hash is made once a process
    monkeypatch.setattr(PasswordHasher, "verify", watched_verify)
    monkeypatch.setattr(PasswordHasher, "hash", watched_hash)
    return seen


def issue(clinic: Clinic) -> str:
    clinic.send()
    return patients.issue_code(clinic.anna, clinic.tolvan.id).code


def acts(clinic: Clinic, code: str) -> dict[str, Callable[[], object]]:
    person = next(one for one in staff.list_staff(clinic.bo) if one.username == "cilla")
    eva = NewPerson(username="eva", password=NEW, name="Eva Ek", roles=frozenset({Role.CARE_PROVIDER}))
    return {
        "sign in": lambda: staff.sign_in(clinic.visitor, "anna", PASSWORD),
        "fail to": lambda: staff.sign_in(clinic.visitor, "anna", "wrong"),
        "unlock": lambda: staff.unlock(clinic.anna, PASSWORD),
        "change": lambda: staff.change_password(clinic.anna, PASSWORD, NEW),
        "reset": lambda: staff.change(clinic.bo, person, password=NEW),
        "add": lambda: staff.add(clinic.bo, eva),
        "issue": lambda: patients.issue_code(clinic.anna, clinic.tolvan.id),
        "enter": lambda: inbox.sign_in(clinic.visitor, clinic.tolvan.number, code),
    }


@pytest.mark.parametrize("act", ["sign in", "fail to", "unlock", "change", "reset", "add", "issue", "enter"])
def test_others_can_write_while_a_password_is_hashed(
    clinic: Clinic, hashing: Hashing, elsewhere: Callable[..., None], act: str
) -> None:
    code = issue(clinic)
    perform = acts(clinic, code)[act]
    hashing.done.clear()
    hashing.meanwhile = lambda: elsewhere("UPDATE clinic SET name = name")

    assert perform() is not None
    assert hashing.done


def test_a_password_that_changed_meanwhile_is_compared_again(
    clinic: Clinic, hashing: Hashing, elsewhere: Callable[..., None]
) -> None:
    other = hashed("another secret")
    hashing.done.clear()
    hashing.meanwhile = lambda: elsewhere("UPDATE staff SET password_hash = ?", other)

    assert staff.sign_in(clinic.visitor, "anna", PASSWORD).refused
    assert hashing.done == ["verify", "verify"]


def test_an_account_that_was_closed_meanwhile_stays_closed(
    clinic: Clinic, hashing: Hashing, elsewhere: Callable[..., None]
) -> None:
    hashing.meanwhile = lambda: elsewhere("UPDATE staff SET disabled = ?", True)

    assert staff.sign_in(clinic.visitor, "anna", PASSWORD).refused


def test_a_code_that_was_used_meanwhile_opens_nothing(
    clinic: Clinic, hashing: Hashing, elsewhere: Callable[..., None]
) -> None:
    code = issue(clinic)
    hashing.meanwhile = lambda: elsewhere("DELETE FROM patient_code")

    assert inbox.sign_in(clinic.visitor, clinic.tolvan.number, code) is None


@pytest.mark.parametrize("username", ["anna", "nobody", "bo", ""])
def test_every_wrong_name_or_password_costs_one_comparison(
    clinic: Clinic, hashing: Hashing, username: str
) -> None:
    models.Staff.update(disabled=True).where(models.Staff.username == "bo").execute()
    for _try in range(FAILURES + 1):
        staff.sign_in(clinic.visitor, username, "wrong")

    assert hashing.done == ["verify"] * (FAILURES + 1)


@pytest.mark.parametrize("number", ["191212121212", "198808202389", "200704032390"])
def test_every_wrong_code_costs_one_comparison(clinic: Clinic, hashing: Hashing, number: str) -> None:
    """For a number with a code, one without, and one that nobody registered has."""
    issue(clinic)
    hashing.done.clear()
    for _try in range(CODE_TRIES + 1):
        assert inbox.sign_in(clinic.visitor, PersonalIdentityNumber(number), "wrong") is None

    assert hashing.done == ["verify"] * (CODE_TRIES + 1)


def at_once(store: Store, count: int, act: Callable[[int], object]) -> list[object]:
    """What `count` terminals get that all act at the same moment."""

    def one(place: int) -> object:
        try:
            return act(place)
        finally:
            store.close()

    with ThreadPoolExecutor(count) as terminals:
        return list(terminals.map(one, range(count)))


def test_guesses_at_many_terminals_at_once_are_counted_like_those_at_one(
    clinic: Clinic, store: Store, hashing: Hashing
) -> None:
    at_once(store, 4 * FAILURES, lambda place: staff.sign_in(clinic.visitor, "anna", f"wrong {place}"))

    counted = models.AccessLog.select().where(
        models.AccessLog.event == "staff.sign_in_failed", ~models.AccessLog.details.contains("while_closed")
    )
    assert models.Staff.get(username="anna").failures == FAILURES
    assert counted.where(models.AccessLog.details.contains("anna")).count() == FAILURES
    assert staff.sign_in(clinic.visitor, "anna", PASSWORD).refused


def test_a_code_takes_its_few_tries_at_many_terminals_at_once(clinic: Clinic, store: Store) -> None:
    code = issue(clinic)
    wrong = [f"{(int(code) + step) % 1_000_000:06}" for step in range(1, 3 * CODE_TRIES)]
    at_once(
        store, len(wrong), lambda place: inbox.sign_in(clinic.visitor, clinic.tolvan.number, wrong[place])
    )

    assert models.PatientCode.get().tries_left == 0
    assert inbox.sign_in(clinic.visitor, clinic.tolvan.number, code) is None


def test_a_code_opens_once_at_many_terminals_at_once(clinic: Clinic, store: Store) -> None:
    code = issue(clinic)
    found = at_once(store, 6, lambda _place: inbox.sign_in(clinic.visitor, clinic.tolvan.number, code))

    assert sum(one is not None for one in found) == 1


def test_a_right_password_of_an_older_cost_is_hashed_anew(clinic: Clinic, hashing: Hashing) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    models.Staff.update(password_hash=cheap).where(models.Staff.username == "anna").execute()
    assert staff.sign_in(clinic.visitor, "anna", "wrong").refused
    assert models.Staff.get(username="anna").password_hash == cheap
    (anna,) = staff.sign_in(clinic.visitor, "anna", PASSWORD).actors
    stored = models.Staff.get(username="anna").password_hash

    assert stored != cheap
    assert not PasswordHasher().check_needs_rehash(stored)
    assert isinstance(anna, StaffActor)
    assert staff.unlock(anna, PASSWORD)  # the session goes on
    assert models.Staff.get(username="anna").password_hash == stored


def test_each_code_that_is_issued_ends_the_one_before_and_is_on_record(clinic: Clinic, store: Store) -> None:
    """Asking for codes again and again teaches nothing about the next one."""
    clinic.send()
    codes = [patients.issue_code(clinic.anna, clinic.tolvan.id).code for _ in range(4)]
    issued = models.AccessLog.select().where(models.AccessLog.event == "patient.code_issued")

    assert len(set(codes)) == 4
    assert [entry.patient_id for entry in issued] == [clinic.tolvan.id] * 4
    assert not any(code in entry.details for code in codes for entry in issued)
    for old in codes[:-1]:
        assert inbox.sign_in(clinic.visitor, clinic.tolvan.number, old) is None
    assert models.PatientCode.get().tries_left == CODE_TRIES - 3
    assert inbox.sign_in(clinic.visitor, clinic.tolvan.number, codes[-1]) is not None

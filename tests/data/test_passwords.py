"""Guessing a password: after a few failures in a row the account is closed for a while."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from data import staff
from data.domain.password_rules import LEAST
from data.domain.secret import hashed
from data.passwords import FAILURES
from data.store import models
from tests.conftest import PASSWORD, Clinic, FrozenClock


def refused(clinic: Clinic, password: str, username: str = "anna") -> bool:
    return staff.sign_in(clinic.visitor, username, password).refused


def fail(clinic: Clinic, times: int) -> None:
    for _ in range(times):
        assert refused(clinic, "wrong")


def details() -> dict[str, object]:
    found = models.AccessLog.select().order_by(models.AccessLog.id.desc()).get().details
    return dict(json.loads(found))


def test_five_failures_close_the_account_for_five_minutes(clinic: Clinic, clock: FrozenClock) -> None:
    fail(clinic, FAILURES)
    assert refused(clinic, PASSWORD)
    clock.move(minutes=4, seconds=59)
    assert refused(clinic, PASSWORD)
    clock.move(seconds=1)

    assert not refused(clinic, PASSWORD)


def test_others_are_not_shut_out(clinic: Clinic) -> None:
    fail(clinic, FAILURES)

    assert not refused(clinic, PASSWORD, "cilla")


def test_each_failure_that_follows_doubles_the_time(clinic: Clinic, clock: FrozenClock) -> None:
    fail(clinic, FAILURES)
    for minutes in (5, 10, 20):
        clock.move(minutes=minutes, seconds=-1)
        assert refused(clinic, PASSWORD)
        clock.move(seconds=1)
        fail(clinic, 1)
    clock.move(minutes=40)
    assert not refused(clinic, PASSWORD)


def test_it_is_never_closed_for_more_than_a_day(clinic: Clinic, clock: FrozenClock) -> None:
    models.Staff.update(failures=1_000_000).where(models.Staff.username == "anna").execute()
    fail(clinic, 1)
    clock.move(days=1)

    assert not refused(clinic, PASSWORD)


def test_a_right_password_starts_the_count_anew(clinic: Clinic) -> None:
    for _ in range(3):
        fail(clinic, FAILURES - 1)
        assert not refused(clinic, PASSWORD)


def test_what_is_tried_while_it_is_closed_does_not_count(clinic: Clinic, clock: FrozenClock) -> None:
    fail(clinic, FAILURES + 10)
    clock.move(minutes=5)

    assert not refused(clinic, PASSWORD)


def test_unlocking_is_counted_too(clinic: Clinic, clock: FrozenClock) -> None:
    for _ in range(FAILURES):
        assert not staff.unlock(clinic.anna, "wrong")
    assert not staff.unlock(clinic.anna, PASSWORD)
    assert refused(clinic, PASSWORD)
    clock.move(minutes=5)

    assert staff.unlock(clinic.anna, PASSWORD)


def test_the_shortest_password_that_can_be_chosen_is_shut_out_as_any(clinic: Clinic) -> None:
    shortest = "x8$kQ2!zw"[:LEAST]
    models.Staff.update(password_hash=hashed(shortest)).where(models.Staff.username == "anna").execute()
    assert not refused(clinic, shortest)
    fail(clinic, FAILURES)

    assert refused(clinic, shortest)


def test_a_new_password_opens_the_account(clinic: Clinic) -> None:
    fail(clinic, FAILURES)
    anna = next(one for one in staff.list_staff(clinic.bo) if one.username == "anna")
    staff.change(clinic.bo, anna, password="ett nytt lösenord")

    assert not refused(clinic, "ett nytt lösenord")


def test_the_log_tells_when_it_was_closed_and_tried(clinic: Clinic) -> None:
    fail(clinic, FAILURES - 1)
    assert details() == {"username": "anna"}
    fail(clinic, 1)
    assert details() == {"username": "anna", "closed_minutes": 5}
    assert refused(clinic, PASSWORD)
    assert details() == {"username": "anna", "while_closed": True}


@pytest.mark.parametrize("username", ["nobody", ""])
def test_a_name_that_nobody_has_gets_the_same_answer(clinic: Clinic, username: str) -> None:
    answers = [staff.sign_in(clinic.visitor, username, "wrong") for _ in range(FAILURES + 1)]

    assert answers == [staff.sign_in(clinic.visitor, "anna", "wrong")] * (FAILURES + 1)


@pytest.mark.parametrize("username", ["anna", "nobody"])
def test_each_try_is_compared_once_so_that_time_tells_nothing(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, username: str
) -> None:
    compared: list[str] = []
    monkeypatch.setattr("data.passwords.matches", lambda typed, _stored: bool(compared.append(typed)))
    for _ in range(FAILURES + 1):
        refused(clinic, "wrong", username)

    assert len(compared) == FAILURES + 1


def test_the_demos_password_is_always_right(clinic: Clinic) -> None:
    models.Staff.update(password_hash=hashed("demo")).where(models.Staff.username == "anna").execute()
    fail(clinic, FAILURES)
    assert refused(clinic, "mode")

    assert not refused(clinic, "demo")


def test_a_password_of_decomposed_letters_is_closed_too(clinic: Clinic) -> None:
    """Eight letters that are more signs in one form than in the other are no demo's password."""
    expanding = "\u0958" * 4 + "wxyz"  # twelve characters as they are hashed
    models.Staff.update(password_hash=hashed(expanding)).where(models.Staff.username == "anna").execute()
    fail(clinic, FAILURES)
    assert refused(clinic, expanding)
    short_as_typed = "\u0958" * 4 + "wxy"  # seven signs typed, eleven hashed
    models.Staff.update(password_hash=hashed(short_as_typed)).where(models.Staff.username == "anna").execute()
    assert refused(clinic, short_as_typed)


def test_the_first_unknown_name_of_a_process_costs_no_more_than_a_known_one() -> None:
    """One comparison and no hashing: the difference would tell which names somebody has."""
    script = (
        "from argon2 import PasswordHasher, extract_parameters\n"
        "from data.domain import secret\n"
        "known = secret.hashed('x')\n"
        "def hashing(*_ignored): raise AssertionError('hashed')\n"
        "PasswordHasher.hash = hashing\n"
        "assert not secret.matches('x', None)\n"
        "assert extract_parameters(secret._nobodys()) == extract_parameters(known)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)

"""How long a session lasts, and what ends it at the next act, whatever is shown on the screen."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from data import cases, clinics, inbox, staff
from data.case_rows import CaseFilter
from data.clinics import Idle
from data.domain.errors import Conflict, Invalid, NotAllowed, SessionEnded
from data.domain.paging import Edge
from data.domain.roles import Role, StaffActor
from data.domain.session import IDLE_MINUTES, SESSION_LIFE, Ended
from data.staff import NewPerson, Person
from data.store import models
from data.store.store import Store
from tests.conftest import PASSWORD, Clinic, FrozenClock

NEW = "tulpan kaffe spik"
SENDS = frozenset({Role.CARE_PROVIDER})


def person(clinic: Clinic, username: str) -> Person:
    return next(one for one in staff.list_staff(clinic.bo) if one.username == username)


def signed_in(clinic: Clinic, username: str = "anna", password: str = PASSWORD) -> StaffActor:
    (actor,) = staff.sign_in(clinic.visitor, username, password).actors
    return actor


def works(actor: StaffActor) -> None:
    cases.list_mine(actor, CaseFilter(), Edge())


def last() -> models.AccessLog:
    return models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()


def details() -> dict[str, object]:
    return dict(json.loads(last().details))


# Age


def test_a_session_of_staff_ends_after_twelve_hours(clinic: Clinic, clock: FrozenClock) -> None:
    anna = signed_in(clinic)
    clock.move(hours=11, minutes=59)
    works(anna)
    clock.move(minutes=1)
    with pytest.raises(SessionEnded) as error:
        works(anna)

    assert "You signed in 12 hours ago" in str(error.value)
    assert (last().event, last().allowed, last().staff_id) == ("cases.listed_mine", False, anna.staff_id)
    works(signed_in(clinic))


def test_neither_unlocking_nor_choosing_a_clinic_makes_it_longer(clinic: Clinic, clock: FrozenClock) -> None:
    anna = signed_in(clinic)
    clock.move(hours=11)
    assert staff.unlock(anna, PASSWORD)
    entered = staff.enter(anna)
    changed = staff.change_password(entered, PASSWORD, NEW)
    assert changed is not None
    assert changed.signed_in_at == anna.signed_in_at
    clock.move(hours=1)

    for actor in (entered, changed):
        with pytest.raises(SessionEnded):
            works(actor)
    with pytest.raises(SessionEnded):
        staff.unlock(changed, NEW)


def test_a_patients_session_ends_after_twelve_hours(clinic: Clinic, clock: FrozenClock) -> None:
    tolvan = clinic.as_patient()
    clock.now += SESSION_LIFE - timedelta(seconds=1)
    inbox.list_mine(tolvan, Edge())
    clock.move(seconds=1)

    with pytest.raises(SessionEnded):
        inbox.list_mine(tolvan, Edge())


def test_leaving_is_always_possible_and_says_why(clinic: Clinic, clock: FrozenClock) -> None:
    anna, tolvan = signed_in(clinic), clinic.as_patient()
    clock.move(days=2)
    staff.sign_out(anna, Ended.OLD)
    assert (last().event, last().allowed, details()) == ("staff.signed_out", True, {"ended": "old"})
    inbox.sign_out(tolvan, Ended.IDLE)
    assert (last().event, last().allowed, details()) == ("patient.signed_out", True, {"ended": "idle"})


def test_a_lock_that_the_program_made_says_so(clinic: Clinic) -> None:
    staff.lock(clinic.anna, Ended.IDLE)
    assert (last().event, details()) == ("staff.locked", {"ended": "idle"})


# Closed accounts and new passwords


def test_a_closed_account_ends_its_sessions_for_good(clinic: Clinic) -> None:
    anna = signed_in(clinic)
    closed = staff.change(clinic.bo, person(clinic, "anna").model_copy(update={"disabled": True}))
    with pytest.raises(SessionEnded) as error:
        works(anna)
    assert "account is closed" in str(error.value)

    staff.change(clinic.bo, closed.model_copy(update={"disabled": False}))
    with pytest.raises(SessionEnded):
        works(anna)
    works(signed_in(clinic))


def test_a_new_password_ends_the_sessions(clinic: Clinic) -> None:
    anna = signed_in(clinic)
    staff.change(clinic.bo, person(clinic, "anna"), password=NEW)

    with pytest.raises(SessionEnded) as error:
        works(anna)
    assert "password has been changed" in str(error.value)
    assert details()["reason"]


def test_another_name_or_role_ends_no_session(clinic: Clinic) -> None:
    anna = signed_in(clinic)
    edit = {"title": "läkare", "roles": frozenset({Role.CARE_PROVIDER, Role.LOG_AUDITOR})}
    staff.change(clinic.bo, person(clinic, "anna").model_copy(update=edit))
    works(anna)


def test_changing_ones_own_password_ends_the_other_sessions(clinic: Clinic) -> None:
    here, there = signed_in(clinic), signed_in(clinic)
    changed = staff.change_password(here, PASSWORD, NEW)
    assert changed is not None
    assert last().event == "staff.password_changed"

    works(changed)
    with pytest.raises(SessionEnded):
        works(there)
    assert staff.sign_in(clinic.visitor, "anna", PASSWORD).refused
    assert signed_in(clinic, password=NEW) == changed


def test_the_present_password_is_asked_for_and_wrong_ones_are_counted(
    clinic: Clinic, clock: FrozenClock
) -> None:
    for _try in range(5):
        assert staff.change_password(clinic.anna, "wrong", NEW) is None
        assert last().event == "staff.password_change_failed"
    assert staff.change_password(clinic.anna, PASSWORD, NEW) is None
    assert staff.sign_in(clinic.visitor, "anna", PASSWORD).refused
    clock.move(minutes=5)

    assert staff.change_password(clinic.anna, PASSWORD, NEW) is not None


@pytest.mark.parametrize(
    ("password", "words"),
    [
        (PASSWORD, "the password you have"),
        ("kort", "at least 8"),
        ("Sommar2024!", "Too many people"),
        ("annaandersson", "easy to guess"),
        ("Björken1177", "easy to guess"),
    ],
)
def test_a_new_password_follows_the_rules(clinic: Clinic, password: str, words: str) -> None:
    with pytest.raises(Invalid) as error:
        staff.change_password(clinic.anna, PASSWORD, password)

    assert [problem.field for problem in error.value.problems] == ["password"]
    assert words in str(error.value)
    works(clinic.anna)


def test_the_rules_hold_for_whoever_sets_the_password(clinic: Clinic) -> None:
    eva = NewPerson(username="eva", password="Björken1177", name="Eva Ek", roles=SENDS)
    weak: list[Callable[[], object]] = [
        lambda: staff.add(clinic.bo, eva),
        lambda: staff.add(clinic.operator, eva.model_copy(update={"clinic": "Vårdcentralen Björken"})),
        lambda: staff.change(clinic.bo, person(clinic, "cilla"), password="cillaceder1"),
        lambda: staff.change(clinic.bo, person(clinic, "cilla"), password="Sommar2024!"),
    ]
    for act in weak:
        with pytest.raises(Invalid) as error:
            act()
        assert [problem.field for problem in error.value.problems] == ["password"]


# Passwords that somebody else chose


def added(clinic: Clinic) -> StaffActor:
    staff.add(clinic.bo, NewPerson(username="eva", password=NEW, name="Eva Ek", roles=SENDS))
    return signed_in(clinic, "eva", NEW)


def reset(clinic: Clinic) -> StaffActor:
    staff.change(clinic.bo, person(clinic, "anna"), password=NEW)
    assert details()["password_reset"]
    return signed_in(clinic, "anna", NEW)


@pytest.mark.parametrize("made", [added, reset])
def test_a_password_that_an_administrator_chose_is_for_one_sign_in(
    clinic: Clinic, made: Callable[[Clinic], StaffActor]
) -> None:
    actor = made(clinic)
    assert actor.must_change
    with pytest.raises(NotAllowed) as error:
        works(actor)
    assert not isinstance(error.value, SessionEnded)
    assert "password of your own" in str(error.value)

    staff.lock(actor)
    assert staff.unlock(actor, NEW)
    changed = staff.change_password(staff.enter(actor), NEW, "fyra helt andra ord")
    assert changed is not None
    assert not changed.must_change
    works(changed)
    assert not signed_in(clinic, actor.username, "fyra helt andra ord").must_change


def test_ones_own_password_is_changed_by_knowing_it(clinic: Clinic) -> None:
    with pytest.raises(Invalid) as error:
        staff.change(clinic.bo, person(clinic, "bo"), password=NEW)
    assert [problem.field for problem in error.value.problems] == ["password"]


# The last administrator


def test_two_administrators_who_remove_each_other_at_once_leave_one(clinic: Clinic, store: Store) -> None:
    both = frozenset({Role.ADMINISTRATOR, Role.CARE_PROVIDER})
    staff.change(clinic.bo, person(clinic, "anna").model_copy(update={"roles": both}))
    for removal in ({"roles": SENDS}, {"disabled": True}):
        bo, anna = person(clinic, "bo"), person(clinic, "anna")
        pairs = ((clinic.bo, anna), (clinic.anna, bo))

        def remove(pair: tuple[StaffActor, Person], removal: dict[str, object] = removal) -> bool:
            actor, other = pair
            try:
                staff.change(actor, other.model_copy(update=removal))
            except (NotAllowed, Invalid, Conflict):
                return False
            else:
                return True
            finally:
                store.close()

        with ThreadPoolExecutor(2) as terminals:
            assert sum(terminals.map(remove, pairs)) == 1
        left = models.StaffRole.select().join(models.Staff).where(
            models.StaffRole.role == Role.ADMINISTRATOR,
            models.StaffRole.clinic == clinic.staff["bo"].clinic_id,
            ~models.Staff.disabled,
        )  # fmt: skip
        assert left.count() == 1
        for row in models.Staff.select().where(models.Staff.username.in_(("anna", "bo"))):
            row.disabled, row.generation = False, 1
            row.save()
            models.StaffRole.get_or_create(
                staff=row, clinic=clinic.staff["bo"].clinic_id, role=Role.ADMINISTRATOR
            )


# Idle time


def test_the_clinic_chooses_when_its_terminals_lock(clinic: Clinic) -> None:
    assert signed_in(clinic).idle_minutes == IDLE_MINUTES == clinics.idle(clinic.bo).minutes
    clinics.set_idle(clinic.bo, Idle(minutes=12, version=1))
    assert details() == {"before_minutes": 5, "after_minutes": 12}

    assert signed_in(clinic).idle_minutes == 12
    assert signed_in(clinic, "dag").idle_minutes == IDLE_MINUTES


@pytest.mark.parametrize("minutes", [0, -1, 61])
def test_never_and_after_hours_are_no_choice(clinic: Clinic, minutes: int) -> None:
    with pytest.raises(Invalid):
        clinics.set_idle(clinic.bo, Idle(minutes=minutes, version=1))


def test_the_second_of_two_who_choose_is_told(clinic: Clinic) -> None:
    seen = clinics.idle(clinic.bo)
    clinics.set_idle(clinic.bo, seen.model_copy(update={"minutes": 10}))
    with pytest.raises(Conflict):
        clinics.set_idle(clinic.bo, seen.model_copy(update={"minutes": 20}))
    assert clinics.idle(clinic.bo).minutes == 10

"""Accounts: signing in, roles at each clinic, and no way from one clinic into another."""

from __future__ import annotations

from pathlib import Path

import pytest

from data import cases, staff
from data.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from data.domain.roles import Role, StaffActor
from data.domain.secret import SECRET_LIMIT, hashed, matches
from data.staff import NewPerson, Person
from data.store import models
from data.store.database import open_store
from tests.conftest import PASSWORD, Clinic

EVA = NewPerson(
    username="eva", password="långt lösenord", name="Eva Ek", roles=frozenset({Role.CARE_PROVIDER})
)


def person(clinic: Clinic, username: str) -> Person:
    return next(one for one in staff.list_staff(clinic.bo) if one.username == username)


def at_fault(error: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [problem.field for problem in error.value.problems]


def test_name_and_password_open_the_clinic(clinic: Clinic) -> None:
    signed_in = staff.sign_in(clinic.visitor, " ANNA ", PASSWORD)

    assert (signed_in.actors, signed_in.refused) == ((clinic.anna,), False)


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("anna", "wrong"),
        ("anna", ""),
        ("nobody", PASSWORD),
        ("", ""),
        ("anna", PASSWORD + " "),
        ("anna", "\ud800"),
        ("\ud800", "\x00"),
        ("anna", PASSWORD * 10_000),
    ],
)
def test_a_refusal_does_not_say_what_was_wrong(clinic: Clinic, username: str, password: str) -> None:
    assert staff.sign_in(clinic.visitor, username, password) == staff.SignIn(refused=True)


def test_a_person_at_several_clinics_chooses(clinic: Clinic) -> None:
    models.StaffRole.create(staff=clinic.dag.staff_id, clinic=clinic.bo.clinic_id, role="log_auditor")
    actors = staff.sign_in(clinic.visitor, "dag", PASSWORD).actors

    assert [(one.clinic_name, one.roles) for one in actors] == [
        ("Vårdcentralen Björken", {Role.LOG_AUDITOR}),
        ("Vårdcentralen Eken", {Role.CARE_PROVIDER, Role.ADMINISTRATOR}),
    ]
    assert [staff.enter(one) for one in actors] == list(actors)


def test_who_enters_gets_the_roles_that_hold_now(clinic: Clinic) -> None:
    stale = clinic.anna.model_copy(update={"name": "Gammalt namn", "roles": frozenset(Role)})

    assert staff.enter(stale) == clinic.anna


def test_a_closed_account_is_refused(clinic: Clinic) -> None:
    staff.change(clinic.bo, person(clinic, "anna").model_copy(update={"disabled": True}))

    assert staff.sign_in(clinic.visitor, "anna", PASSWORD).refused


def test_unlocking_takes_the_persons_own_password(clinic: Clinic) -> None:
    staff.change(clinic.bo, person(clinic, "cilla"), password="cillas eget lösenord")

    (cilla,) = staff.sign_in(clinic.visitor, "cilla", "cillas eget lösenord").actors

    assert staff.unlock(clinic.anna, PASSWORD)
    assert not staff.unlock(clinic.anna, "cillas eget lösenord")
    assert staff.unlock(cilla, "cillas eget lösenord")
    assert not staff.unlock(cilla, PASSWORD)


def test_a_new_person_can_sign_in_and_holds_the_roles(clinic: Clinic) -> None:
    added = staff.add(clinic.bo, EVA.model_copy(update={"username": "Eva.Ek", "title": "läkare"}))
    (actor,) = staff.sign_in(clinic.visitor, "eva.ek", "långt lösenord").actors

    assert (added.username, added.name, added.title) == ("eva.ek", "Eva Ek", "läkare")
    assert (actor.roles, actor.clinic_id) == ({Role.CARE_PROVIDER}, clinic.bo.clinic_id)


def test_a_password_typed_on_another_system_is_the_same(clinic: Clinic) -> None:
    staff.add(clinic.bo, EVA.model_copy(update={"password": "tio sm\u00f6rg\u00e5sar"}))

    assert not staff.sign_in(clinic.visitor, "eva", "tio smo\u0308rga\u030asar").refused


def test_every_fault_of_a_new_person_is_told_at_once(clinic: Clinic) -> None:
    with pytest.raises(Invalid) as error:
        staff.add(clinic.bo, NewPerson(username="a b", password="kort", name=" ", roles=frozenset()))

    assert at_fault(error) == ["username", "name", "roles", "password"]


@pytest.mark.parametrize("username", ["anna", "ANNA", " anna\u200b", "", "a\u00a0b", "a\u3000b"])
def test_a_user_name_is_one_word_of_its_own(clinic: Clinic, username: str) -> None:
    with pytest.raises(Invalid) as error:
        staff.add(clinic.bo, EVA.model_copy(update={"username": username}))
    assert at_fault(error) == ["username"]


@pytest.mark.parametrize("role", [Role.PATIENT, Role.OPERATOR, Role.VISITOR])
def test_roles_that_are_not_for_staff_are_refused(clinic: Clinic, role: Role) -> None:
    with pytest.raises(Invalid) as error:
        staff.add(clinic.bo, EVA.model_copy(update={"roles": frozenset({role, Role.CARE_PROVIDER})}))
    assert at_fault(error) == ["roles"]


@pytest.mark.parametrize("password", ["1234567", "x" * (SECRET_LIMIT + 1)])
def test_passwords_too_short_or_too_long(clinic: Clinic, password: str) -> None:
    with pytest.raises(Invalid) as error:
        staff.add(clinic.bo, EVA.model_copy(update={"password": password}))
    assert at_fault(error) == ["password"]


def test_an_administrator_adds_to_their_own_clinic_only(clinic: Clinic) -> None:
    with pytest.raises(NotAllowed):
        staff.add(clinic.bo, EVA.model_copy(update={"clinic": "Vårdcentralen Eken"}))
    added = staff.add(clinic.bo, EVA.model_copy(update={"clinic": "Vårdcentralen Björken"}))

    assert added.id in {one.id for one in staff.list_staff(clinic.bo)}


def test_an_operator_names_the_clinic_when_there_are_several(clinic: Clinic) -> None:
    with pytest.raises(Invalid) as error:
        staff.add(clinic.operator, EVA)
    assert "name one with --clinic (Vårdcentralen Björken, Vårdcentralen Eken)" in str(error.value)
    with pytest.raises(Invalid) as error:
        staff.list_staff(clinic.operator, "Ekne")
    assert "no clinic called Ekne" in str(error.value)
    staff.add(clinic.operator, EVA.model_copy(update={"clinic": " vårdcentralen eken"}))

    assert [one.username for one in staff.list_staff(clinic.dag)] == ["dag", "eva"]
    assert staff.list_staff(clinic.operator, "Vårdcentralen Eken") == staff.list_staff(clinic.dag)


def test_without_a_clinic_an_operator_is_told_to_found_one(tmp_path: Path, clinic: Clinic) -> None:
    open_store(tmp_path / "empty.db", create=True)
    with pytest.raises(Invalid) as error:
        staff.add(clinic.operator, EVA)

    assert at_fault(error) == ["clinic"]
    assert "start omvant once" in str(error.value)


def test_an_operator_admits_a_person_to_one_more_clinic(clinic: Clinic) -> None:
    roles = frozenset({Role.CARE_PROVIDER, Role.LOG_AUDITOR})
    admitted = staff.admit(clinic.operator, "ANNA", "Vårdcentralen Eken", roles)

    assert admitted is not None
    assert (admitted.name, admitted.roles) == ("Anna Andersson", roles)
    actors = staff.sign_in(clinic.visitor, "anna", PASSWORD).actors
    assert _roles_at(actors, clinic.dag.clinic_id) == roles
    assert _roles_at(actors, clinic.bo.clinic_id) == {Role.CARE_PROVIDER}


def test_admitting_changes_no_roles_and_makes_no_account(clinic: Clinic) -> None:
    auditor = frozenset({Role.LOG_AUDITOR})
    assert staff.admit(clinic.operator, "eva", "Vårdcentralen Eken", auditor) is None
    with pytest.raises(Invalid) as error:
        staff.admit(clinic.operator, "anna", "Vårdcentralen Björken", auditor)
    assert at_fault(error) == ["username"]
    with pytest.raises(Invalid) as error:
        staff.admit(clinic.operator, "anna", "Vårdcentralen Eken", frozenset({Role.OPERATOR}))
    assert at_fault(error) == ["roles"]

    assert staff.sign_in(clinic.visitor, "anna", PASSWORD).actors == (clinic.anna,)


def test_the_list_is_the_clinics_in_swedish_order(clinic: Clinic) -> None:
    for username, name in (("o", "Örjan Ö"), ("a", "Åke Å"), ("z", "Zeb Z")):
        staff.add(clinic.bo, EVA.model_copy(update={"username": username, "name": name}))

    assert [one.username for one in staff.list_staff(clinic.bo)] == [
        "anna", "bo", "cilla", "gun", "z", "a", "o",
    ]  # fmt: skip


def test_a_change_is_stored(clinic: Clinic) -> None:
    both = frozenset({Role.CARE_PROVIDER, Role.LOG_AUDITOR})
    edit = person(clinic, "cilla").model_copy(
        update={"name": " Cilla  Nygift\x1b", "title": "", "roles": both}
    )
    changed = staff.change(clinic.bo, edit)

    assert (changed.name, changed.title, changed.roles) == ("Cilla  Nygift", "", both)
    assert changed == person(clinic, "cilla")
    assert staff.sign_in(clinic.visitor, "cilla", PASSWORD).actors[0].roles == both


def test_the_second_of_two_administrators_is_told(clinic: Clinic) -> None:
    mine = person(clinic, "anna")
    staff.change(clinic.bo, mine.model_copy(update={"title": "barnmorska"}))

    with pytest.raises(Conflict):
        staff.change(clinic.bo, mine.model_copy(update={"title": "läkare"}))
    assert person(clinic, "anna").title == "barnmorska"


@pytest.mark.parametrize("edit", [{"roles": frozenset({Role.CARE_PROVIDER})}, {"disabled": True}])
def test_the_last_administrator_stays(clinic: Clinic, edit: dict[str, object]) -> None:
    before = person(clinic, "bo")
    with pytest.raises(Invalid) as error:
        staff.change(clinic.bo, before.model_copy(update=edit))

    assert at_fault(error) == ["roles"]
    assert person(clinic, "bo") == before


def test_people_of_another_clinic_do_not_exist(clinic: Clinic) -> None:
    with pytest.raises(NotFound):
        staff.change(clinic.dag, person(clinic, "anna"))


def test_an_administrator_cannot_take_over_someone_of_another_clinic(clinic: Clinic) -> None:
    models.StaffRole.create(staff=clinic.dag.staff_id, clinic=clinic.bo.clinic_id, role="care_provider")
    dag = person(clinic, "dag")
    with pytest.raises(Invalid) as error:
        staff.change(clinic.bo, dag, password="bos nya lösenord")
    assert at_fault(error) == ["password"]
    with pytest.raises(Invalid) as error:
        staff.change(clinic.bo, dag.model_copy(update={"disabled": True}))
    assert at_fault(error) == ["disabled"]

    staff.change(clinic.bo, dag.model_copy(update={"roles": frozenset({Role.LOG_AUDITOR})}))
    actors = staff.sign_in(clinic.visitor, "dag", PASSWORD).actors
    assert _roles_at(actors, clinic.dag.clinic_id) == {Role.CARE_PROVIDER, Role.ADMINISTRATOR}
    assert _roles_at(actors, clinic.bo.clinic_id) == {Role.LOG_AUDITOR}


def _roles_at(actors: tuple[StaffActor, ...], clinic_id: int) -> frozenset[Role]:
    return next(one.roles for one in actors if one.clinic_id == clinic_id)


def test_a_role_of_a_later_version_is_no_error(clinic: Clinic) -> None:
    models.StaffRole.create(staff=clinic.anna.staff_id, clinic=clinic.anna.clinic_id, role="juggler")

    assert staff.sign_in(clinic.visitor, "anna", PASSWORD).actors == (clinic.anna,)


def test_secrets() -> None:
    stored = hashed("hemligt")
    assert matches("hemligt", stored)
    assert not matches("hemligT", stored)
    assert not matches("hemligt", None)
    assert not matches("hemligt", "no hash at all")
    assert not matches("nobody has this secret", None)


def test_who_works_elsewhere_too_leaves_this_clinic_by_the_last_role(clinic: Clinic) -> None:
    staff.admit(clinic.operator, "anna", "Vårdcentralen Eken", frozenset({Role.CARE_PROVIDER}))
    anna = clinic.anna
    for disabled in (True, False):
        gone = person(clinic, "anna").model_copy(update={"roles": frozenset(), "disabled": disabled})
        if disabled:
            with pytest.raises(Invalid):
                staff.change(clinic.bo, gone)
        else:
            assert staff.change(clinic.bo, gone).roles == frozenset()

    assert "anna" not in {one.username for one in staff.list_staff(clinic.bo)}
    with pytest.raises(NotAllowed):
        cases.news(anna)
    assert [one.clinic_name for one in staff.sign_in(clinic.visitor, "anna", PASSWORD).actors] == [
        "Vårdcentralen Eken"
    ]
    with pytest.raises(Invalid):
        staff.change(clinic.bo, person(clinic, "cilla").model_copy(update={"roles": frozenset()}))


def test_a_changed_name_or_title_is_on_record(clinic: Clinic) -> None:
    staff.change(clinic.bo, person(clinic, "anna").model_copy(update={"name": "Bo Bengtsson"}))
    entry = models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()
    assert '"fields": ["name"]' in entry.details
    staff.change(clinic.bo, person(clinic, "anna").model_copy(update={"title": "läkare"}))
    entry = models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()
    assert '"fields": ["title"]' in entry.details


def test_the_password_of_another_is_not_kept_by_typing_it_as_another_system_does(clinic: Clinic) -> None:
    staff.change(clinic.bo, person(clinic, "anna"), password="tio sm\u00f6rg\u00e5sar")
    (anna,) = staff.sign_in(clinic.visitor, "anna", "tio sm\u00f6rg\u00e5sar").actors
    with pytest.raises(Invalid):
        staff.change_password(anna, "tio sm\u00f6rg\u00e5sar", "tio smo\u0308rga\u030asar")

"""The demo clinic, as the issue describes it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from data import cases, demo, inbox, staff, templates
from data.case_rows import CaseFilter, CaseState
from data.domain.errors import Conflict
from data.domain.identity import PersonalIdentityNumber
from data.domain.paging import Edge
from data.domain.roles import Role, StaffActor, Visitor
from data.store import models
from data.store.database import open_store
from data.store.store import Store
from data.templates import TemplateState
from tests.conftest import START, TODAY, Clinic, FrozenClock


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = demo.make(tmp_path_factory.mktemp("demo") / "demo.db", clock=FrozenClock())
    yield store
    store.close()


def actor(username: str) -> StaffActor:
    (found,) = staff.sign_in(Visitor(), username, demo.PASSWORD).actors
    return found


def test_the_clinic_is_a_demo(opened: Store) -> None:
    assert demo.is_demo()
    assert [clinic.name for clinic in models.Clinic.select()] == ["Vårdcentralen Demo"]


def test_the_four_can_sign_in_with_the_password_shown(opened: Store) -> None:
    roles = {person.username: actor(person.username).roles for person in demo.PEOPLE}

    assert roles == {
        "anna": {Role.CARE_PROVIDER},
        "cilla": {Role.CARE_PROVIDER},
        "bo": {Role.ADMINISTRATOR},
        "gun": {Role.LOG_AUDITOR},
    }
    assert [actor(person.username).name for person in demo.PEOPLE] == [person.name for person in demo.PEOPLE]


def test_forty_patients_or_more_with_valid_numbers(opened: Store) -> None:
    people = list(models.Patient.select())

    assert len(people) >= 40
    for person in people:
        number = PersonalIdentityNumber.parse(person.number, today=TODAY)
        assert number.digits == person.number
        assert person.name
    tolvan = models.Patient.get(models.Patient.number == "191212121212")
    assert tolvan.name == "Tolvan Tolvansson"
    assert Counter(person.protected for person in people)[True] == 1
    assert Counter(person.reachable for person in people)[False] == 1


def test_all_numbers_are_public_test_numbers(opened: Store, conformance: Path) -> None:
    """The published lists are samples here; of these, the test numbers' birth numbers are enough."""
    folder = conformance / "personnummer"
    ours = {person.number for person in models.Patient.select()}
    coordination = set(json.loads((folder / "allCoords.json").read_text()))

    assert {number for number in ours if PersonalIdentityNumber(number).is_coordination} <= coordination
    # Skatteverket's test numbers for ordinary numbers have birth numbers 238, 239, 980 and 981;
    # Tolvan and a few older ones are published one by one.
    others = {number for number in ours if number[8:11] not in {"238", "239", "980", "981"}}
    assert others <= {"191212121212", "192801287158", "194410119046"} | coordination


def test_a_few_dozen_cases_in_every_state(opened: Store) -> None:
    anna = actor("anna")
    count = {
        state: len(cases.list_assigned(anna, CaseFilter(state=state), Edge()).rows) for state in CaseState
    }
    page = cases.list_assigned(anna, CaseFilter(), Edge())

    assert len(page.rows) >= 24
    assert all(count[state] >= 3 for state in CaseState), count
    assert count[CaseState.UNSEEN] < count[CaseState.ANSWERED]
    assert {row.sender for row in page.rows} == {"Anna Andersson", "Cilla Ceder"}
    assert cases.news(anna).unseen > 0
    assert all(START.replace(month=2, day=8) < row.sent_at < START for row in page.rows)


def test_every_case_can_be_opened(opened: Store) -> None:
    anna = actor("anna")
    for row in cases.list_assigned(anna, CaseFilter(), Edge()).rows:
        case = cases.open_case(anna, row.id)
        assert set(case.written) == {box.id for box in case.form.white_boxes}
        assert (case.answers is None) == (row.answered_at is None)


def test_six_templates_or_more_are_published_and_one_is_not(opened: Store) -> None:
    rows = templates.list_all(actor("bo"))
    published = {row.name: row.answerable for row in rows if row.state is TemplateState.PUBLISHED}

    assert len(published) >= 6
    assert published["Ordination"]
    assert not published["Meddelande om provsvar"]
    assert published["Frågor inför besök"]
    assert TemplateState.DRAFT in {row.state for row in rows}


def test_the_patient_signs_in_with_the_code_shown(opened: Store) -> None:
    number, code = demo.patient_code()
    patient = inbox.sign_in(Visitor(), number, code)

    assert patient is not None
    assert patient.name == "Tolvan Tolvansson"
    assert inbox.list_mine(patient, Edge()).rows


def test_a_demo_file_is_opened_again_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    demo.make(path, clock=FrozenClock()).close()
    models.Patient.update(name="Ny").where(models.Patient.number == demo.PATIENT).execute()
    demo.make(path, clock=FrozenClock())

    assert models.Patient.get(models.Patient.number == demo.PATIENT).name == "Ny"
    models.database.close()


def test_the_same_moment_makes_the_same_demo(opened: Store, tmp_path: Path) -> None:
    def content() -> list[tuple[object, ...]]:
        return list(models.Case.select().order_by(models.Case.id).tuples())

    first = content()
    other = demo.make(tmp_path / "again.db", clock=FrozenClock())
    again = content()
    other.close()
    open_store(Path(str(opened.database.database).removeprefix("file://").removesuffix("?mode=rw")))

    assert [row[:2] for row in again] == [row[:2] for row in first]
    assert len({row[1] for row in first}) == len(first)


def test_a_real_clinic_is_left_alone(clinic: Clinic, store: Store, database_file: Path) -> None:
    store.close()
    with pytest.raises(Conflict):
        demo.make(database_file)
    open_store(database_file)

    assert not demo.is_demo()
    assert models.Clinic.select().count() == 2
    models.database.close()

"""The access log: who did what, when, where, about whom, in the act's own transaction."""

from __future__ import annotations

import json

import pytest

from data import access_log, audit, cases, drafts, inbox, patients, protected, staff, templates
from data.case_rows import CaseFilter
from data.domain.errors import Message, NotAllowed, NotFound
from data.domain.identity import PersonalIdentityNumber
from data.domain.limits import LINE_LIMIT, TEXT_LIMIT
from data.domain.paging import Edge, Side
from data.domain.roles import OperatorActor, Role
from data.store import models
from data.store.store import Store
from tests.conftest import ANSWERS, PASSWORD, START, Clinic, FrozenClock

UNKNOWN = PersonalIdentityNumber("196909092394")


def entries(since: int = 0) -> list[models.AccessLog]:
    return list(models.AccessLog.select().where(models.AccessLog.id > since).order_by(models.AccessLog.id))


def last() -> models.AccessLog:
    return entries()[-1]


def test_a_fetch_says_who_what_when_where_and_about_whom(clinic: Clinic, clock: FrozenClock) -> None:
    clock.move(minutes=3)
    patients.fetch(clinic.anna, clinic.tolvan.number)

    entry = last()
    assert (entry.at, entry.event, entry.allowed) == (clock.now, "patient.fetched", True)
    assert (entry.actor_kind, entry.staff_id) == ("staff", clinic.anna.staff_id)
    assert (entry.actor_name, entry.clinic_id) == ("Anna Andersson", clinic.anna.clinic_id)
    assert (entry.patient_id, entry.case_id) == (clinic.tolvan.id, None)


def test_a_fetch_of_a_number_that_nobody_has_is_recorded_with_the_number(clinic: Clinic) -> None:
    patients.fetch(clinic.anna, UNKNOWN)

    assert json.loads(last().details) == {"number": str(UNKNOWN), "found": False}
    assert last().patient_id is None


def test_every_act_on_patient_data_names_the_patient(clinic: Clinic) -> None:
    start = last().id
    sent = clinic.ask()
    patient = clinic.as_patient()
    inbox.list_mine(patient, Edge())
    inbox.open_letter(patient, sent.id)
    inbox.save_typed(patient, sent.id, {"ovrigt": "Hej"})
    inbox.answer(patient, sent.id, ANSWERS)
    cases.open_case(clinic.cilla, sent.id)
    patients.issue_code(clinic.anna, clinic.tolvan.id)
    drafts.discard(clinic.anna, clinic.draft().id)

    made = entries(start)
    assert {entry.patient_id for entry in made} == {clinic.tolvan.id}
    assert [entry.event for entry in made] == [
        "draft.begun",
        "draft.saved",
        "case.sent",
        "inbox.listed",
        "inbox.opened",
        "inbox.draft_saved",
        "inbox.answered",
        "case.opened",
        "patient.code_issued",
        "draft.begun",
        "draft.saved",
        "draft.discarded",
    ]


def test_acts_on_a_case_name_it_and_its_clinic(clinic: Clinic) -> None:
    sent = clinic.ask()
    inbox.open_letter(clinic.as_patient(), sent.id)

    assert (last().actor_kind, last().actor_name) == ("patient", "Tolvan Tolvansson")
    assert (last().case_id, last().clinic_id) == (sent.id, clinic.anna.clinic_id)
    assert last().staff_id is None


def test_a_list_of_drafts_names_every_patient_in_it(clinic: Clinic) -> None:
    clinic.draft()
    clinic.draft(patient=clinic.hidden)
    drafts.list_mine(clinic.anna)

    assert set(json.loads(last().details)["patients"]) == {clinic.tolvan.id, clinic.hidden.id}


def test_a_list_is_recorded_when_it_opens_and_not_as_it_scrolls(clinic: Clinic) -> None:
    sent = clinic.send()
    start = last().id
    cases.list_mine(clinic.anna, CaseFilter(words=("Tolvan",)), Edge())
    beside = Edge(side=Side.AFTER, at=sent.sent_at, id=sent.id)
    cases.list_mine(clinic.anna, CaseFilter(words=("Tolvan",)), beside)
    cases.news(clinic.anna)

    made = entries(start)
    assert [entry.event for entry in made] == ["cases.listed_mine"]
    assert json.loads(made[0].details) == {"filter": "tolvan", "state": None}


@pytest.mark.parametrize("side", [Side.FIRST, Side.LAST, Side.AFTER])
def test_a_read_that_begins_at_an_end_of_the_list_is_recorded(clinic: Clinic, side: Side) -> None:
    start = last().id
    cases.list_assigned(clinic.anna, CaseFilter(), Edge(side=side))
    inbox.list_mine(clinic.as_patient(), Edge(side=side))
    access_log.list_entries(clinic.gun, (), Edge(side=side))

    assert [entry.event for entry in entries(start)] == [
        "cases.listed_assigned",
        "inbox.listed",
        "log.listed",
    ]


@pytest.mark.parametrize("side", [Side.FROM, Side.BEFORE, Side.AFTER])
def test_reading_again_around_a_row_is_the_same_access(clinic: Clinic, side: Side) -> None:
    sent = clinic.send()
    beside = Edge(side=side, at=sent.sent_at, id=sent.id)
    start = last().id
    cases.list_assigned(clinic.anna, CaseFilter(), beside)
    inbox.list_mine(clinic.as_patient(), beside)
    access_log.list_entries(clinic.gun, (), beside)

    assert entries(start) == []


def test_a_repeated_send_is_recorded_as_one(clinic: Clinic) -> None:
    draft = clinic.draft()
    cases.send(clinic.anna, draft, draft.key)
    first = json.loads(last().details)
    cases.send(clinic.anna, draft, draft.key)

    assert json.loads(last().details) == {**first, "repeated": True}


def test_an_act_that_found_nothing_to_do_is_not_recorded(clinic: Clinic) -> None:
    draft = clinic.draft()
    start = last().id
    drafts.save(clinic.anna, draft)
    drafts.discard(clinic.anna, 999_999)
    drafts.list_mine(clinic.cilla)
    with pytest.raises(NotFound):
        cases.open_case(clinic.anna, 999_999)

    assert entries(start) == []


def test_leaving_and_locking_are_recorded(clinic: Clinic) -> None:
    start = last().id
    staff.lock(clinic.anna)
    staff.sign_out(clinic.anna)
    inbox.sign_out(clinic.as_patient())

    assert [(entry.event, entry.actor_name, entry.clinic_id) for entry in entries(start)] == [
        ("staff.locked", "Anna Andersson", clinic.anna.clinic_id),
        ("staff.signed_out", "Anna Andersson", clinic.anna.clinic_id),
        ("patient.signed_out", "Tolvan Tolvansson", None),
    ]
    assert last().patient_id == clinic.tolvan.id


def test_a_sign_in_names_the_clinic_once_it_is_chosen(clinic: Clinic) -> None:
    staff.sign_in(clinic.visitor, "anna", PASSWORD)
    assert last().clinic_id == clinic.anna.clinic_id
    models.StaffRole.create(staff=clinic.dag.staff_id, clinic=clinic.bo.clinic_id, role=Role.CARE_PROVIDER)
    chosen = staff.sign_in(clinic.visitor, "dag", PASSWORD).actors[1]
    assert (last().event, last().staff_id, last().clinic_id) == (
        "staff.signed_in",
        clinic.dag.staff_id,
        None,
    )
    staff.enter(chosen)
    assert (last().event, last().clinic_id) == ("staff.entered_clinic", clinic.dag.clinic_id)


def test_the_operator_is_named_and_the_clinic_too(clinic: Clinic) -> None:
    staff.list_staff(OperatorActor(name="rot\x1b"), "vårdcentralen EKEN")

    assert (last().actor_kind, last().actor_name) == ("operator", "rot")
    assert last().clinic_id == clinic.dag.clinic_id


def test_sign_ins_are_recorded_with_the_name_that_was_tried(clinic: Clinic) -> None:
    staff.sign_in(clinic.visitor, "ANNA", "wrong")
    assert (last().event, last().actor_kind) == ("staff.sign_in_failed", "visitor")
    assert last().actor_name == ""
    assert json.loads(last().details) == {"username": "anna"}

    staff.sign_in(clinic.visitor, PASSWORD, "")  # typed a field too early: the log can't be made to forget it
    assert (last().event, json.loads(last().details)) == ("staff.sign_in_failed", {"unknown": True})

    staff.sign_in(clinic.visitor, "anna", PASSWORD)
    assert (last().event, last().staff_id) == ("staff.signed_in", clinic.anna.staff_id)


def test_a_template_leaves_its_version_and_name_in_the_log(clinic: Clinic) -> None:
    made = templates.create(clinic.bo, "Hälsodeklaration", clinic.question.form)
    named = {"template": made.id, "name": "Hälsodeklaration"}

    assert json.loads(last().details) == {**named, "version": 1}
    templates.get(clinic.bo, made.id)
    assert json.loads(last().details) == named
    copy = templates.copy(clinic.bo, made.id, "Kopia")
    assert json.loads(last().details) == {
        "template": copy.id,
        "name": "Kopia",
        "version": 1,
        "original": "Hälsodeklaration",
    }


def test_a_sent_case_leaves_its_template_in_the_log(clinic: Clinic) -> None:
    clinic.send()
    row = next(row for row in templates.list_all(clinic.bo) if row.name == "Meddelande om provsvar")
    sent = next(entry for entry in entries() if entry.event == "case.sent")

    assert json.loads(sent.details) == {"template": row.id, "name": "Meddelande om provsvar"}


def test_entries_outlive_a_new_name(clinic: Clinic) -> None:
    patients.fetch(clinic.cilla, clinic.tolvan.number)
    person = next(one for one in staff.list_staff(clinic.bo) if one.username == "cilla")
    staff.change(clinic.bo, person.model_copy(update={"name": "Cilla Nygift"}))

    assert "Cilla Ceder" in [entry.actor_name for entry in entries()]


def test_times_are_the_clocks(clinic: Clinic) -> None:
    assert {entry.at for entry in entries()} == {START}


def test_a_detail_is_kept_as_it_can_be_stored_and_shown() -> None:
    assert audit.stored([None, True, 3, "Åsa\x1b[2J", ("a", "b")]) == [None, True, 3, "Åsa[2J", ["a", "b"]]
    assert audit.stored("x" * (TEXT_LIMIT + 1)) == "x" * TEXT_LIMIT


def test_a_sentence_is_kept_with_its_parts_and_read_again() -> None:
    told = Message("{name} works at {clinic}", name="Åsa\x1b", clinic=Message("another clinic"))
    kept = audit.stored(told)
    assert kept == {
        "text": "{name} works at {clinic}",
        "parts": {"name": "Åsa", "clinic": {"text": "another clinic", "parts": {}}},
    }
    assert isinstance(kept, dict)
    assert str(audit.message(kept)) == "Åsa works at another clinic"


def test_an_entry_can_be_read_as_it_stands(clinic: Clinic) -> None:
    protected.state_reason(clinic.anna, clinic.hidden.id, "Återbesök")

    assert '"Återbesök"' in last().details


def test_what_is_said_of_an_operation_later_adds_to_what_was_said_before(clinic: Clinic) -> None:
    sent = clinic.answered()
    inbox.answer(clinic.as_patient(), sent.id, ANSWERS)

    assert json.loads(last().details) == {"repeated": True}
    assert (last().case_id, last().patient_id) == (sent.id, clinic.tolvan.id)
    assert last().clinic_id == clinic.anna.clinic_id


def test_a_name_is_no_longer_than_a_line(clinic: Clinic) -> None:
    staff.list_staff(OperatorActor(name="x" * (LINE_LIMIT + 1)), clinic.anna.clinic_name)

    assert last().actor_name == "x" * LINE_LIMIT


def test_a_refusal_of_what_is_not_recorded_otherwise_is_recorded(clinic: Clinic) -> None:
    with pytest.raises(NotAllowed):
        cases.news(clinic.gun)

    assert (last().event, last().allowed, last().staff_id) == ("cases.news", False, clinic.gun.staff_id)


def test_who_was_stopped_is_recorded_and_not_who_an_entry_named_meanwhile(
    clinic: Clinic, store: Store
) -> None:
    with store.writing():
        audit.refused(audit.opened(clinic.anna, "case.opened"), clinic.cilla, "case.opened", Message("No"))
        audit.reason_asked(audit.opened(clinic.anna, "case.opened"), clinic.cilla, "case.opened")

    assert [one.staff_id for one in entries()[-2:]] == [clinic.cilla.staff_id] * 2
    assert json.loads(last().details) == {"act": "case.opened"}


def test_a_wrong_password_at_the_lock_is_recorded(clinic: Clinic) -> None:
    assert not staff.unlock(clinic.anna, "fel lösenord")

    assert (last().event, last().staff_id) == ("staff.unlock_failed", clinic.anna.staff_id)


def test_nothing_can_be_said_of_an_operation_that_has_ended(clinic: Clinic) -> None:
    patients.fetch(clinic.anna, clinic.tolvan.number)

    with pytest.raises(LookupError):
        audit.about(patient=clinic.tolvan.id)

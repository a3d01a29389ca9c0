"""What log auditors see: their clinic's acts, and nobody else's."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from data import access_log, cases, drafts, inbox, patients, protected, staff, templates
from data.access_log import LogFilter, LogWord
from data.domain.errors import Message, NotAllowed, NotFound
from data.domain.identity import PersonalIdentityNumber
from data.domain.log_kinds import LogKind, kind_of
from data.domain.paging import PAGE, Edge, Page, Side
from data.domain.roles import Role, StaffActor
from data.exchange.patients_csv import import_file
from data.log_rows import NAMED, Concerned, LogRow
from data.store import models
from tests.conftest import PASSWORD, REASON, Clinic, FrozenClock


def listed(
    clinic: Clinic, *words: str | LogWord, edge: Edge | None = None, by: StaffActor | None = None
) -> Page[LogRow]:
    wanted = tuple(word if isinstance(word, LogWord) else LogWord(text=word) for word in words)
    return access_log.list_entries(by or clinic.gun, wanted, edge or Edge())


def test_entries_stand_newest_first_with_patient_and_person(clinic: Clinic, clock: FrozenClock) -> None:
    clock.move(minutes=1)
    patients.fetch(clinic.anna, clinic.tolvan.number)
    row = listed(clinic).rows[0]

    assert (row.at, row.event, row.allowed) == (clock.now, "patient.fetched", True)
    assert (row.actor, row.actor_kind) == ("Anna Andersson", "staff")
    assert (row.patient_name, row.patient_number) == ("Tolvan Tolvansson", "19121212-1212")


def test_reading_the_log_is_in_the_log(clinic: Clinic) -> None:
    listed(clinic, "Tolvan")
    row = listed(clinic).rows[0]

    assert (row.event, row.actor, row.details) == ("log.listed", "Gun Granberg", {"filter": "tolvan"})
    assert (row.patient_name, row.patient_number) == ("", "")


def test_another_clinics_acts_are_not_shown(clinic: Clinic) -> None:
    sent = clinic.send(clinic.eken, sender=clinic.dag, patient=clinic.hidden)
    patients.fetch(clinic.dag, clinic.hidden.number)
    inbox.open_letter(clinic.as_patient(clinic.hidden), sent.id)
    inbox.list_mine(clinic.as_patient(clinic.hidden), Edge())

    rows = listed(clinic).rows
    assert "Dag Dahl" not in {row.actor for row in rows}
    assert {row.event for row in rows if row.actor_kind == "patient"} == set()


def test_the_clinics_patients_sign_ins_are_shown(clinic: Clinic) -> None:
    clinic.send()
    inbox.sign_in(clinic.visitor, clinic.tolvan.number, "000000")
    code = patients.issue_code(clinic.anna, clinic.tolvan.id).code
    inbox.sign_in(clinic.visitor, clinic.tolvan.number, code)

    events = [row.event for row in listed(clinic, "tolvan").rows]
    assert {"patient.signed_in", "patient.sign_in_failed"} <= set(events)


def test_failed_sign_ins_and_refusals_are_shown(clinic: Clinic) -> None:
    staff.sign_in(clinic.visitor, "anna", "wrong")
    with pytest.raises(NotAllowed):
        patients.fetch(clinic.bo, clinic.tolvan.number)
    refused, failed = listed(clinic).rows[:2]

    assert (refused.event, refused.allowed, refused.actor) == ("patient.fetched", False, "Bo Bengtsson")
    assert (failed.event, failed.details) == ("staff.sign_in_failed", {"username": "anna"})


def test_filters(clinic: Clinic) -> None:
    patients.fetch(clinic.anna, clinic.tolvan.number)
    protected.state_reason(clinic.cilla, clinic.hidden.id, REASON)
    patients.fetch(clinic.cilla, clinic.hidden.number)
    patients.fetch(clinic.cilla, PersonalIdentityNumber("196909092394"))

    def actors(*words: str) -> list[str]:
        return [row.actor for row in listed(clinic, *words).rows if row.event == "patient.fetched"]

    assert actors("fetched") == ["Cilla Ceder", "Cilla Ceder", "Anna Andersson"]
    assert actors("ÅSA") == actors("19880820-2389") == actors("cilla", "örn") == ["Cilla Ceder"]
    assert actors("tolvan") == ["Anna Andersson"]
    assert actors("%") == actors("_") == actors("-") == []


def test_a_person_is_found_by_the_name_then_and_now(clinic: Clinic) -> None:
    patients.fetch(clinic.cilla, clinic.tolvan.number)
    person = next(one for one in staff.list_staff(clinic.bo) if one.username == "cilla")
    staff.change(clinic.bo, person.model_copy(update={"name": "Åsa Nygift"}))

    assert listed(clinic, "ceder", "fetched").rows == listed(clinic, "ÅSA", "fetched").rows[:1]
    assert listed(clinic, "ceder", "fetched").rows[0].actor == "Cilla Ceder"


def test_a_hostile_filter_is_recorded_clean(clinic: Clinic) -> None:
    listed(clinic, "\x1b]0;x\x07", "\ud800", "a\x00b", "x" * 100_000)

    recorded = listed(clinic).rows[0].details["filter"]
    assert isinstance(recorded, str)
    assert recorded.startswith("]0;x ab xxx")
    assert recorded.isprintable()


def test_the_log_pages(clinic: Clinic, clock: FrozenClock) -> None:
    for _ in range(PAGE + 5):
        clock.move(seconds=1)
        patients.fetch(clinic.anna, clinic.tolvan.number)
    first = listed(clinic, "fetched")
    last = first.rows[-1]
    rest = listed(clinic, "fetched", edge=Edge(side=Side.AFTER, at=last.at, id=last.id))

    assert (len(first.rows), len(rest.rows)) == (PAGE, 5)
    assert len({row.id for row in (*first.rows, *rest.rows)}) == PAGE + 5
    assert rest.at_end
    assert models.AccessLog.select().where(models.AccessLog.event == "log.listed").count() == 1


def test_an_entry_outlives_its_patient(clinic: Clinic) -> None:
    patients.fetch(clinic.anna, clinic.unreachable.number)
    models.Patient.delete().where(models.Patient.id == clinic.unreachable.id).execute()
    row = listed(clinic, "fetched").rows[0]

    assert (row.actor, row.patient_name, row.patient_number) == ("Anna Andersson", "", "")


def test_signing_in_is_in_the_log_of_the_clinic(clinic: Clinic) -> None:
    staff.sign_in(clinic.visitor, "anna", PASSWORD)

    assert [row.actor for row in listed(clinic, "staff.signed_in").rows] == ["Anna Andersson"]


def test_an_entry_names_its_case_and_marks_its_patient(clinic: Clinic) -> None:
    sent = clinic.send(patient=clinic.hidden)
    row = listed(clinic).rows[0]

    assert (row.event, row.case_reference, row.protected) == ("case.sent", sent.reference, True)
    patients.fetch(clinic.anna, clinic.tolvan.number)
    row = listed(clinic).rows[0]
    assert (row.case_reference, row.protected) == ("", False)


def test_the_patients_of_a_list_are_named(clinic: Clinic) -> None:
    clinic.draft(patient=clinic.hidden)
    drafts.list_mine(clinic.anna)
    row = listed(clinic).rows[0]

    assert row.patients == (Concerned(name="Åsa Örn", number="19880820-2389", protected=True),)
    assert row.patient_count == 1
    assert "patients" not in row.details


def test_a_long_import_names_the_first_and_counts_the_rest(clinic: Clinic, tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    digits = [f"20{year:02}010{day}238" for year in range(10) for day in range(1, 4)]
    numbers = [f"{nine}{_check_digit(nine[2:])}" for nine in digits]
    file.write_text("number,name\n" + "".join(f"{number},X\n" for number in numbers), encoding="utf-8")
    import_file(clinic.operator, file)
    row = listed(clinic).rows[0]

    assert (row.actor, len(row.patients), row.patient_count) == ("drift", NAMED, 30)


def _check_digit(nine: str) -> int:
    products = [int(digit) * (2 - place % 2) for place, digit in enumerate(nine)]
    return -sum(product // 10 + product % 10 for product in products) % 10


def test_a_word_matches_what_an_event_is_called(clinic: Clinic) -> None:
    patients.fetch(clinic.anna, clinic.tolvan.number)
    fetched = LogWord(text="HÄMTADE", events=frozenset({"patient.fetched"}))

    assert [row.event for row in listed(clinic, fetched, "tolvan").rows] == ["patient.fetched"]
    assert listed(clinic, "hämtade").rows == ()
    recorded = listed(clinic, "log.listed").rows[0].details["filter"]
    assert recorded == "hämtade"


def test_a_refusal_keeps_whom_it_was_about_and_why(clinic: Clinic) -> None:
    sent = clinic.send()
    theirs = clinic.dag
    with pytest.raises(NotFound):
        cases.open_case(theirs, sent.id)
    models.StaffRole.create(staff=theirs.staff_id, clinic=theirs.clinic_id, role=Role.LOG_AUDITOR)
    row = listed(clinic, by=theirs).rows[0]

    assert (row.event, row.allowed, row.patient_name) == ("case.opened", False, "Tolvan Tolvansson")
    assert row.reason == Message("There is no such case at this clinic")
    assert row.details == {}
    assert row.case_reference == ""  # of a clinic that is not the auditor's


def test_a_reason_keeps_its_parts_to_be_translated(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    why = Message("{one} and {two}", one=Message("a {n}", n=1), two="b\x1b")

    def refuse(*_ignored: object) -> None:
        raise NotAllowed(why)

    monkeypatch.setattr(templates.get, "function", refuse)
    with pytest.raises(NotAllowed):
        templates.get(clinic.bo, 1)

    reason = listed(clinic).rows[0].reason
    assert reason == Message("{one} and {two}", one=Message("a {n}", n=1), two="b")


def test_sign_ins_at_no_clinic_are_shown_where_the_person_works(clinic: Clinic) -> None:
    models.StaffRole.create(staff=clinic.dag.staff_id, clinic=clinic.bo.clinic_id, role=Role.CARE_PROVIDER)
    staff.sign_in(clinic.visitor, "dag", PASSWORD)
    assert [row.actor for row in listed(clinic, "staff.signed_in").rows] == ["Dag Dahl"]

    models.StaffRole.delete().where(
        models.StaffRole.staff == clinic.dag.staff_id, models.StaffRole.clinic == clinic.bo.clinic_id
    ).execute()
    assert listed(clinic, "staff.signed_in").rows == ()


def only(clinic: Clinic, **wanted: object) -> list[tuple[str, str, str]]:
    """Event, person and patient of what a filter lets through."""
    page = access_log.list_entries(clinic.gun, (), Edge(), LogFilter.model_validate(wanted))
    return [(row.event, row.actor, row.patient_name) for row in page.rows]


def test_by_person_and_by_patient(clinic: Clinic) -> None:
    patients.fetch(clinic.anna, clinic.tolvan.number)
    patients.fetch(clinic.cilla, clinic.tolvan.number)
    patients.fetch(clinic.cilla, clinic.unreachable.number)
    fetched = frozenset({"patient.fetched"})

    def names(**wanted: object) -> list[tuple[str, str]]:
        found = only(clinic, kind=LogKind.READ, events=fetched, **wanted)
        return [(actor, patient) for _event, actor, patient in found]

    assert names(person="CILLA ced") == [
        ("Cilla Ceder", "Maria Johansson"),
        ("Cilla Ceder", "Tolvan Tolvansson"),
    ]
    assert names(person="cilla", patient="maria 1944") == [("Cilla Ceder", "Maria Johansson")]
    assert names(patient="19121212-1212") == [
        ("Cilla Ceder", "Tolvan Tolvansson"),
        ("Anna Andersson", "Tolvan Tolvansson"),
    ]
    assert names(person="tolvan") == names(patient="cilla") == names(patient="nobody") == []


def test_by_patient_when_many_have_the_name(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_log, "_KNOWN", 1)
    patients.fetch(clinic.anna, clinic.tolvan.number)

    assert {patient for _event, _actor, patient in only(clinic, patient="o")} >= {
        "Tolvan Tolvansson",
        "Maria Johansson",
    }


def test_by_days_of_the_clinic(clinic: Clinic, clock: FrozenClock) -> None:
    for moment in (datetime(2026, 3, 4, 22, 59, tzinfo=UTC), datetime(2026, 3, 4, 23, tzinfo=UTC)):
        clock.now = moment
        patients.fetch(clinic.anna, clinic.tolvan.number)
    fourth, fifth = date(2026, 3, 4), date(2026, 3, 5)

    assert len(only(clinic, first=fourth, last=fourth)) == 1
    assert len(only(clinic, first=fourth, person="anna")) == 2
    assert len(only(clinic, first=fifth, person="anna")) == 1
    assert only(clinic, last=date(2026, 3, 1)) == []


def test_by_kind(clinic: Clinic) -> None:
    with pytest.raises(NotAllowed):
        patients.fetch(clinic.bo, clinic.tolvan.number)
    patients.fetch(clinic.anna, clinic.tolvan.number)
    refused = only(clinic, kind=LogKind.REFUSED)
    assert [(event, actor) for event, actor, _patient in refused] == [("patient.fetched", "Bo Bengtsson")]


def test_a_filter_is_recorded_with_all_its_parts(clinic: Clinic) -> None:
    wanted = LogFilter(
        person="Anna", patient="tolvan", first=date(2026, 3, 1), kind=LogKind.READ, flagged=True
    )
    access_log.list_entries(clinic.gun, (LogWord(text="Hej"),), Edge(), wanted)
    entry = models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()

    assert entry.details == (
        '{"filter": "hej person:anna patient:tolvan first:2026-03-01 kind:read flagged"}'
    )
    assert entry.patient_id == clinic.tolvan.id  # whose log was read is part of what was read


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("staff.signed_in", LogKind.SIGN_IN),
        ("patient.sign_in_failed", LogKind.SIGN_IN),
        ("staff.unlock_failed", LogKind.SIGN_IN),
        ("patient.fetched", LogKind.READ),
        ("cases.listed_assigned", LogKind.READ),
        ("case.opened", LogKind.READ),
        ("inbox.opened", LogKind.READ),
        ("case.sent", LogKind.CHANGED),
        ("inbox.answered", LogKind.CHANGED),
        ("patient.registered", LogKind.CHANGED),
        ("case.exported", LogKind.EXPORT),
        ("patients.imported", LogKind.EXPORT),
        ("log.extracted", LogKind.EXPORT),
        ("templates.listed", LogKind.ADMIN),
        ("template.copied", LogKind.ADMIN),
        ("staff.changed", LogKind.ADMIN),
        ("log.listed", LogKind.ADMIN),
    ],
)
def test_kinds(event: str, kind: LogKind) -> None:
    assert kind_of(event) is kind


@pytest.mark.files
def test_looking_for_a_patient_or_a_period_is_answered_by_an_index(clinic: Clinic) -> None:
    def plan(**wanted: object) -> str:
        query = access_log.of_clinic(clinic.gun)
        for condition in access_log._conditions(clinic.gun, LogFilter.model_validate(wanted)):
            query = query.where(condition)
        sql, values = query.order_by(models.AccessLog.at.desc(), models.AccessLog.id.desc()).limit(9).sql()
        rows = models.database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
        return "; ".join(row[3] for row in rows if " t1 " in f"{row[3]} ")

    assert "USING INDEX access_log_patient_id (patient_id=?)" in plan(patient="o")
    assert "USING INDEX access_log_at (at>?" in plan(first=date(2026, 3, 1), last=date(2026, 3, 2))
    assert "USING INDEX access_log_at" in plan()

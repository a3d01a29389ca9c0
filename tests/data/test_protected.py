"""Protected identity: nothing of the patient without a reason, and the reason on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from data import access_log, cases, drafts, inbox, mailings, patients, protected, templates
from data.case_rows import CaseFilter
from data.domain.errors import Invalid, NotAllowed, NotFound, ReasonNeeded
from data.domain.items import Text
from data.domain.paging import Edge
from data.domain.roles import StaffActor
from data.exchange.fhir.check_response import check_response
from data.exchange.templates_fhir import export_case, export_template
from data.operation import OPERATIONS
from data.patients import Patient
from data.protected import ACCESS_LIFE
from data.store import models
from tests.conftest import INFORMATION, REASON, START, Clinic, FrozenClock
from tests.protecting import HIDDEN_NAME, WHY, changed, details, entries, latest

Act = Callable[[Clinic, StaffActor, cases.SentCase], object]

ACTS: dict[str, Act] = {
    "patients.fetch": lambda clinic, who, _sent: patients.fetch(who, clinic.hidden.number),
    "patients.change": lambda clinic, who, _sent: patients.change(who, clinic.hidden),
    "patients.issue_code": lambda clinic, who, _sent: patients.issue_code(who, clinic.hidden.id),
    "drafts.begin": lambda clinic, who, _sent: drafts.begin(who, clinic.hidden.id),
    "cases.open_case": lambda _clinic, who, sent: cases.open_case(who, sent.id),
    "cases.send": lambda clinic, who, _sent: cases.send(who, draft := unsent(clinic, who), draft.key),
}
"""Every operation that hands out what staff may see of one patient."""

TELL_NOTHING = {
    "cases.count_left_out", "cases.news", "drafts.discard", "drafts.save", "protected.is_open",
    "protected.state_reason",
}  # fmt: skip
"""Operations of care providers that hand out nothing of a patient that the caller has not given them."""

NEVER = {one.name for one in (mailings.begin, mailings.check, mailings.fetch, mailings.send)}
"""They say of a protected patient only that they are one, with or without a reason (`test_send_many`)."""

LISTS = {"cases.list_assigned", "cases.list_mine", "drafts.list_mine"}
"""What they leave out is tested below."""


def unsent(clinic: Clinic, who: StaffActor) -> drafts.Draft:
    """A draft from when the patient was not protected yet."""
    models.Patient.update(protected=False).where(models.Patient.id == clinic.hidden.id).execute()
    begun = drafts.begin(who, clinic.hidden.id)
    draft = drafts.save(who, begun.model_copy(update={"template": clinic.information}))
    models.Patient.update(protected=True).where(models.Patient.id == clinic.hidden.id).execute()
    return draft


def test_the_matrix_names_every_operation_of_care_providers() -> None:
    own = {"cases", "drafts", "mailings", "patients", "protected"}
    names = {name for name in OPERATIONS if name.split(".")[0] in own} - {"patients.register"}
    assert names == ACTS.keys() | TELL_NOTHING | LISTS | NEVER


@pytest.mark.parametrize("name", ACTS)
def test_without_a_reason_nothing_is_told(clinic: Clinic, name: str) -> None:
    sent = clinic.send(patient=clinic.hidden)

    with pytest.raises(ReasonNeeded) as error:
        ACTS[name](clinic, clinic.cilla, sent)

    told = repr([error.value, vars(error.value)])
    assert HIDDEN_NAME not in told
    assert clinic.hidden.number.digits not in told
    assert error.value.patient_id == clinic.hidden.id
    entry = latest()
    assert (entry.event, entry.allowed) == ("patient.reason_asked", True)
    assert (entry.staff_id, entry.patient_id) == (clinic.cilla.staff_id, clinic.hidden.id)
    assert details(entry)["act"] in {OPERATIONS[name].event, "patient.fetched"}


@pytest.mark.parametrize("name", ACTS)
def test_with_a_reason_it_is_done(clinic: Clinic, name: str) -> None:
    sent = clinic.send(patient=clinic.hidden)
    protected.state_reason(clinic.cilla, clinic.hidden.id, WHY)

    ACTS[name](clinic, clinic.cilla, sent)


@pytest.mark.parametrize("name", ACTS)
def test_other_patients_need_no_reason(clinic: Clinic, name: str) -> None:
    models.Patient.update(protected=False).where(models.Patient.id == clinic.hidden.id).execute()
    sent = clinic.send(patient=clinic.hidden.model_copy(update={"protected": False}))
    if name == "cases.send":
        draft = drafts.begin(clinic.cilla, clinic.hidden.id)
        draft = drafts.save(clinic.cilla, draft.model_copy(update={"template": clinic.information}))
        assert cases.send(clinic.cilla, draft, draft.key).patient.name == HIDDEN_NAME
    else:
        ACTS[name](clinic, clinic.cilla, sent)
    assert entries("patient.reason_asked", "patient.reason_given") == []


def test_the_sender_is_asked_as_well_the_next_day(clinic: Clinic, clock: FrozenClock) -> None:
    draft = clinic.draft(patient=clinic.hidden)
    sent = cases.send(clinic.anna, draft, draft.key)
    clock.now = START + ACCESS_LIFE + timedelta(minutes=1)

    with pytest.raises(ReasonNeeded):
        cases.open_case(clinic.anna, sent.id)
    with pytest.raises(ReasonNeeded):  # the receipt again
        cases.send(clinic.anna, draft, draft.key)


def test_an_answer_counts_as_seen_only_when_it_was_shown(clinic: Clinic, clock: FrozenClock) -> None:
    sent = clinic.send(clinic.question, patient=clinic.hidden, written={"dos": "1"})
    inbox.open_letter(clinic.as_patient(clinic.hidden), sent.id)
    inbox.answer(clinic.as_patient(clinic.hidden), sent.id, {"ok": True})
    clock.now = START + ACCESS_LIFE + timedelta(minutes=1)

    with pytest.raises(ReasonNeeded):
        cases.open_case(clinic.anna, sent.id)
    assert cases.news(clinic.anna).unseen == 1


def test_a_draft_is_kept_however_the_mark_is_set_meanwhile(clinic: Clinic) -> None:
    draft = drafts.begin(clinic.anna, clinic.tolvan.id)
    changed(clinic, clinic.tolvan, protected=True)

    kept = drafts.save(clinic.anna, draft.model_copy(update={"template": clinic.information}))
    with pytest.raises(ReasonNeeded):
        cases.send(clinic.anna, kept, kept.key)
    protected.state_reason(clinic.anna, clinic.tolvan.id, WHY)
    assert cases.send(clinic.anna, kept, kept.key).patient.protected


def test_another_clinics_case_is_told_of_as_before(clinic: Clinic) -> None:
    theirs = clinic.send(clinic.eken, sender=clinic.dag, patient=clinic.hidden)

    with pytest.raises(NotFound):
        cases.open_case(clinic.anna, theirs.id)
    with pytest.raises(NotFound):
        patients.issue_code(clinic.anna, clinic.hidden.id)


def test_the_patients_own_messages_are_as_before(clinic: Clinic) -> None:
    sent = clinic.send(patient=clinic.hidden)
    code = patients.issue_code(clinic.anna, clinic.hidden.id)

    patient = inbox.sign_in(clinic.visitor, clinic.hidden.number, code.code)
    assert patient is not None
    assert [row.id for row in inbox.list_mine(patient, Edge()).rows] == [sent.id]
    assert inbox.open_letter(patient, sent.id).id == sent.id


# The reason


def test_the_reason_is_on_record_with_patient_and_case(clinic: Clinic) -> None:
    sent = clinic.send(patient=clinic.hidden)
    with pytest.raises(ReasonNeeded) as error:
        cases.open_case(clinic.cilla, sent.id)
    protected.state_reason(clinic.cilla, error.value.patient_id, f"  {WHY}\x1b[2J\n ", error.value.case_id)

    entry = latest()
    assert (entry.event, entry.patient_id, entry.case_id) == (
        "patient.reason_given", clinic.hidden.id, sent.id,
    )  # fmt: skip
    assert details(entry) == {"why": f"{WHY}[2J"}
    assert cases.open_case(clinic.cilla, sent.id).patient.reason == f"{WHY}[2J"
    row = access_log.list_entries(clinic.gun, (), Edge()).rows[1]
    assert (row.event, row.protected, row.case_reference) == ("patient.reason_given", True, sent.reference)


@pytest.mark.parametrize("why", ["", "   ", "....... - .......", "abc", "\u200b\u200b\u200b\u200b\u200b"])
def test_a_reason_must_say_something(clinic: Clinic, why: str) -> None:
    with pytest.raises(Invalid) as error:
        protected.state_reason(clinic.anna, clinic.hidden.id, why)

    assert [problem.field for problem in error.value.problems] == ["why"]
    with pytest.raises(ReasonNeeded):
        patients.fetch(clinic.anna, clinic.hidden.number)


def test_a_long_reason_is_one_line_that_fits(clinic: Clinic) -> None:
    protected.state_reason(clinic.anna, clinic.hidden.id, "rad ett\nrad två " + "x" * 10_000)

    found = patients.fetch(clinic.anna, clinic.hidden.number)
    assert found is not None
    assert "\n" not in found.reason
    assert len(found.reason) < 1_000


def test_a_reason_holds_for_a_shift_and_can_be_given_anew(clinic: Clinic, clock: FrozenClock) -> None:
    protected.state_reason(clinic.anna, clinic.hidden.id, REASON)

    def sees() -> bool:
        return protected.is_open(clinic.anna, clinic.hidden.id)

    clock.now = START + ACCESS_LIFE
    assert sees()
    clock.move(seconds=1)
    assert not sees()
    protected.state_reason(clinic.anna, clinic.hidden.id, WHY)
    assert sees()
    assert models.ProtectedAccess.select().count() == 1
    clock.move(hours=13)
    changed(clinic, clinic.tolvan, protected=True)
    protected.state_reason(clinic.anna, clinic.tolvan.id, WHY)
    assert [row.patient_id for row in models.ProtectedAccess.select()] == [clinic.tolvan.id]
    clock.now = START  # set back: what was given later does not hold longer for that
    assert not sees()


def test_a_reason_is_of_one_person_at_one_clinic_for_one_patient(clinic: Clinic) -> None:
    changed(clinic, clinic.tolvan, protected=True)
    protected.state_reason(clinic.anna, clinic.hidden.id, REASON)
    models.StaffRole.create(staff=clinic.anna.staff_id, clinic=clinic.dag.clinic_id, role="care_provider")
    elsewhere = clinic.anna.model_copy(update={"clinic_id": clinic.dag.clinic_id})

    assert protected.is_open(clinic.anna, clinic.hidden.id)
    assert not protected.is_open(clinic.anna, clinic.tolvan.id)
    assert not protected.is_open(clinic.cilla, clinic.hidden.id)
    assert not protected.is_open(elsewhere, clinic.hidden.id)
    assert not protected.is_open(clinic.anna, 999)


def test_a_reason_is_for_a_patient_and_a_case_that_are_there(clinic: Clinic) -> None:
    ours, theirs = clinic.send(), clinic.send(clinic.eken, sender=clinic.dag, patient=clinic.hidden)

    with pytest.raises(NotFound):
        protected.state_reason(clinic.anna, 999, WHY)
    for case in (ours, theirs):
        with pytest.raises(NotFound):
            protected.state_reason(clinic.anna, clinic.hidden.id, WHY, case.id)
        assert (latest().event, latest().allowed) == ("patient.reason_given", False)
    with pytest.raises(NotAllowed):
        protected.state_reason(clinic.bo, clinic.hidden.id, WHY)


# Exports


def test_an_export_needs_a_reason_and_holds_no_name(clinic: Clinic) -> None:
    sent = clinic.send(patient=clinic.hidden)

    with pytest.raises(ReasonNeeded, match="--reason"):
        export_case(clinic.operator, sent.reference)
    assert (latest().event, latest().patient_id, latest().case_id) == (
        "patient.reason_asked", clinic.hidden.id, sent.id,
    )  # fmt: skip
    with pytest.raises(Invalid):
        export_case(clinic.operator, sent.reference, "?")

    made = export_case(clinic.operator, sent.reference, WHY)
    assert details(latest())["why"] == WHY
    assert HIDDEN_NAME.encode() not in made
    assert json.loads(made)["subject"]["identifier"]["value"] == clinic.hidden.number.digits
    assert json.loads(made)["meta"]["security"][0]["code"] == "DEMO"
    report = check_response(
        json.loads(export_template(clinic.bo, "Meddelande om provsvar")), json.loads(made)
    )
    assert not report.problems
    assert not report.unsupported


def test_the_name_is_not_in_the_words_of_an_export_either(clinic: Clinic) -> None:
    """A text may call the patient by name, and was filled in when it was sent."""
    form = INFORMATION.model_copy(update={"items": (Text(id="hej", wording="Hej {namn}!"),)})
    made = templates.create(clinic.bo, "Tilltal", form)
    templates.publish(clinic.bo, made.id, made.version)
    greeting = next(one for one in templates.published(clinic.anna) if one.name == "Tilltal")
    sent = clinic.send(greeting, patient=clinic.hidden)

    exported = export_case(clinic.operator, sent.reference, WHY)
    assert "Hej {namn}!" in exported.decode()
    assert HIDDEN_NAME.encode() not in exported
    open_one = export_case(clinic.operator, clinic.send(greeting).reference)
    assert f"Hej {clinic.tolvan.name}!" in open_one.decode()


def test_other_exports_are_as_before(clinic: Clinic) -> None:
    made = json.loads(export_case(clinic.operator, clinic.send().reference))

    assert made["subject"]["display"] == clinic.tolvan.name
    assert "meta" not in made
    assert "why" not in details(latest())


# Contact details


def test_no_value_holds_an_address_or_a_telephone_number(clinic: Clinic) -> None:
    shown = {"email": "asa@example.se", "phone": "070-1740605"}
    models.Patient.update(**shown).execute()
    sent = clinic.send(patient=clinic.hidden)
    values = [
        patients.fetch(clinic.anna, clinic.hidden.number),
        patients.fetch(clinic.anna, clinic.tolvan.number),
        drafts.begin(clinic.anna, clinic.hidden.id),
        drafts.list_mine(clinic.anna),
        cases.open_case(clinic.anna, sent.id),
        cases.list_mine(clinic.anna, CaseFilter(), Edge()),
        cases.list_assigned(clinic.anna, CaseFilter(), Edge()),
        access_log.list_entries(clinic.gun, (), Edge()),
        export_case(clinic.operator, sent.reference, WHY),
        patients.change(clinic.anna, clinic.hidden.model_copy(update={"name": "Åsa Ny"})),
    ]

    for value in values:
        assert not any(text in repr(value) for text in shown.values()), value
    assert not {"email", "phone"} & Patient._fields.keys()
    kept = models.Patient.get_by_id(clinic.hidden.id)
    assert (kept.email, kept.phone) == ("asa@example.se", "070-1740605")

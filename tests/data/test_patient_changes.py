"""What is known of a patient is changed: on record, over nobody else's change, and the mark holds at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from data import cases, drafts, patients, protected
from data.domain.errors import Conflict, Invalid, NotFound, ReasonNeeded
from data.store import models
from tests.conftest import REASON, Clinic
from tests.protecting import HIDDEN_NAME, WHY, changed, details, latest, listed


def test_a_change_is_on_record_with_its_marks_and_not_with_its_name(clinic: Clinic) -> None:
    made = patients.change(
        clinic.anna,
        clinic.tolvan.model_copy(update={"name": " Tolvan\x1b Ny ", "reachable": False, "protected": True}),
    )

    assert (made.name, made.reachable, made.protected) == ("Tolvan Ny", False, True)
    assert made.version == clinic.tolvan.version + 1
    entry = latest()
    assert (entry.event, entry.patient_id) == ("patient.changed", clinic.tolvan.id)
    assert details(entry) == {
        "fields": ["name", "protected", "reachable"],
        "protected_before": False,
        "protected_after": True,
        "reachable_before": True,
        "reachable_after": False,
    }
    protected.state_reason(clinic.cilla, clinic.tolvan.id, WHY)
    clinic.send(sender=clinic.cilla, patient=clinic.hidden)
    models.Patient.update(reachable=True).where(models.Patient.id == clinic.tolvan.id).execute()
    sent = clinic.send(sender=clinic.cilla)
    assert listed(clinic.cilla, "tolvan", "ny") == [sent.id]


def test_what_is_the_same_is_neither_saved_nor_recorded(clinic: Clinic) -> None:
    before = models.AccessLog.select().count()

    assert patients.change(clinic.anna, clinic.tolvan) == clinic.tolvan
    assert models.AccessLog.select().count() == before


def test_protecting_holds_at_once_for_all(clinic: Clinic) -> None:
    sent = clinic.send()
    changed(clinic, clinic.tolvan, protected=True)

    for who in (clinic.anna, clinic.cilla):
        with pytest.raises(ReasonNeeded):
            cases.open_case(who, sent.id)
    assert listed(clinic.cilla) == []
    assert listed(clinic.anna) == [sent.id]


def test_taking_protection_away_needs_a_reason_of_its_own(clinic: Clinic) -> None:
    protected.state_reason(clinic.anna, clinic.hidden.id, REASON)
    open_again = clinic.hidden.model_copy(update={"protected": False})

    with pytest.raises(Invalid) as error:
        patients.change(clinic.anna, open_again)
    assert [problem.field for problem in error.value.problems] == ["why"]
    assert not protected.is_open(clinic.cilla, clinic.hidden.id)

    made = patients.change(clinic.anna, open_again, "Skatteverket har hävt skyddet")
    assert (made.protected, made.reason) == (False, "")
    assert details(latest())["why"] == "Skatteverket har hävt skyddet"
    found = patients.fetch(clinic.cilla, clinic.hidden.number)
    assert found is not None
    assert found.name == HIDDEN_NAME


def test_someone_elses_change_is_not_overwritten(clinic: Clinic) -> None:
    patients.change(clinic.cilla, clinic.tolvan.model_copy(update={"reachable": False}))

    with pytest.raises(Conflict):
        patients.change(clinic.anna, clinic.tolvan.model_copy(update={"name": "Annat"}))
    kept = models.Patient.get_by_id(clinic.tolvan.id)
    assert (kept.name, kept.reachable) == (clinic.tolvan.name, False)


def test_a_conflict_tells_nothing_of_one_who_is_protected_now(clinic: Clinic) -> None:
    changed(clinic, clinic.tolvan, protected=True)

    with pytest.raises(ReasonNeeded):
        patients.change(clinic.anna, clinic.tolvan.model_copy(update={"name": "Annat"}))


def test_a_patient_keeps_a_name_and_must_be_there(clinic: Clinic) -> None:
    with pytest.raises(Invalid) as error:
        patients.change(clinic.anna, clinic.tolvan.model_copy(update={"name": "\x1b "}))
    assert [problem.field for problem in error.value.problems] == ["name"]
    with pytest.raises(NotFound):
        patients.change(clinic.anna, clinic.tolvan.model_copy(update={"id": 999}))


def test_a_list_of_patients_may_mark_them(clinic: Clinic, tmp_path: Path) -> None:
    from data.exchange.patients_csv import import_file

    file = tmp_path / "patients.csv"
    file.write_text("number,name,protected\n196909092394,Lars Karlsson,yes\n", encoding="utf-8")
    import_file(clinic.operator, file)
    row = models.Patient.get(models.Patient.name == "Lars Karlsson")

    with pytest.raises(ReasonNeeded):
        drafts.begin(clinic.anna, row.id)

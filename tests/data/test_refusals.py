"""What was refused stands in the access log with all that was known of it; who tried is told nothing more."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from data import cases, drafts, inbox, patients, staff, templates
from data.domain.errors import NotAllowed, NotFound
from data.domain.roles import Role
from data.staff import NewPerson
from data.store import models
from tests.conftest import PASSWORD, Clinic


def entries(since: int = 0) -> list[models.AccessLog]:
    return list(models.AccessLog.select().where(models.AccessLog.id > since).order_by(models.AccessLog.id))


def last() -> models.AccessLog:
    return entries()[-1]


def test_refusals_are_recorded_with_their_reason(clinic: Clinic) -> None:
    with pytest.raises(NotAllowed):
        patients.fetch(clinic.bo, clinic.tolvan.number)

    assert (last().event, last().allowed, last().staff_id) == ("patient.fetched", False, clinic.bo.staff_id)
    assert json.loads(last().details) == {
        "reason": {"text": "Your role does not permit this", "parts": {}},
    }


def test_a_refusal_keeps_what_its_entry_said(clinic: Clinic) -> None:
    elsewhere = NewPerson(
        username="Eva",
        password=PASSWORD,
        name="Eva Ek",
        roles=frozenset({Role.CARE_PROVIDER}),
        clinic="Vårdcentralen Eken",
    )
    with pytest.raises(NotAllowed):
        staff.add(clinic.bo, elsewhere)

    details = json.loads(last().details)
    assert (last().event, last().allowed, last().clinic_id) == ("staff.added", False, clinic.bo.clinic_id)
    assert (details["username"], details["roles"]) == ("eva", ["care_provider"])


def _case_of(clinic: Clinic) -> None:
    cases.open_case(clinic.dag, clinic.send().id)


def _patient_of(clinic: Clinic) -> None:
    clinic.send()
    patients.issue_code(clinic.dag, clinic.tolvan.id)


def _letter_of(clinic: Clinic) -> None:
    inbox.open_letter(clinic.as_patient(clinic.hidden), clinic.send().id)


def _draft_of(clinic: Clinic) -> None:
    drafts.save(clinic.cilla, clinic.draft())


def _sending_of(clinic: Clinic) -> None:
    draft = clinic.draft()
    cases.send(clinic.cilla, draft, draft.key)


def _template_of(clinic: Clinic) -> None:
    row = next(row for row in templates.list_all(clinic.bo) if row.name == "Ordination")
    templates.get(clinic.dag, row.id)


def _version_of(clinic: Clinic) -> None:
    draft = drafts.begin(clinic.anna, clinic.tolvan.id)
    drafts.save(clinic.anna, draft.model_copy(update={"template": clinic.eken}))


def _person_of(clinic: Clinic) -> None:
    cilla = next(one for one in staff.list_staff(clinic.bo) if one.username == "cilla")
    staff.change(clinic.dag, cilla)


@pytest.mark.parametrize(
    ("attempt", "event", "of_tolvan"),
    [
        (_case_of, "case.opened", True),
        (_patient_of, "patient.code_issued", True),
        (_letter_of, "inbox.opened", True),
        (_draft_of, "draft.saved", True),
        (_sending_of, "case.sent", True),
        (_template_of, "template.opened", False),
        (_version_of, "draft.saved", True),
        (_person_of, "staff.changed", False),
    ],
)
def test_what_is_anothers_is_recorded_as_refused(
    clinic: Clinic, attempt: Callable[[Clinic], None], event: str, of_tolvan: bool
) -> None:
    with pytest.raises(NotFound):
        attempt(clinic)

    assert (last().event, last().allowed) == (event, False)
    assert last().patient_id == (clinic.tolvan.id if of_tolvan else None)
    assert "There is no such" in last().details or "This draft was sent" in last().details


def test_the_refused_case_is_named_with_its_clinic(clinic: Clinic) -> None:
    sent = clinic.send()
    with pytest.raises(NotFound):
        inbox.open_letter(clinic.as_patient(clinic.hidden), sent.id)

    assert (last().case_id, last().clinic_id) == (sent.id, clinic.anna.clinic_id)
    assert last().actor_name == "Åsa Örn"


@pytest.mark.files
def test_an_old_draft_of_ones_own_is_no_attempt_though_its_id_is_anothers_now(clinic: Clinic) -> None:
    draft = clinic.draft()
    drafts.discard(clinic.anna, draft.id)
    assert clinic.draft(sender=clinic.cilla).id == draft.id
    start = last().id
    with pytest.raises(NotFound):
        drafts.save(clinic.anna, draft)
    drafts.discard(clinic.anna, draft.id)

    assert entries(start) == []

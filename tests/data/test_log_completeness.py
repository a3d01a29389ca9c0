"""Nothing is done past the access log: every operation is recorded, before its result is handed out.

Rule: Patientdatalagen (2008:355) 4 kap. 3 §, HSLF-FS 2016:40 4 kap. 9 §.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from data import access_log, cases, patients, staff, templates
from data.case_rows import CaseFilter
from data.domain.errors import OmvantError
from data.domain.paging import Edge
from data.domain.roles import Role
from data.operation import OPERATIONS
from data.staff import NewPerson
from data.store import models
from data.store.store import Store
from tests.conftest import PASSWORD, Clinic, let_table_refuse
from tests.data.test_operation import NAMES, PERMITTED, actor_in, arguments

NOT_RECORDED = {
    "cases.count_left_out": "a number of cases, about nobody; the list beside it is recorded",
    "cases.news": "asked every second; numbers about nobody",
    "clinics.founded": "whether there is a clinic",
    "clinics.idle": "a setting of the clinic",
    "library.list_all": "templates that come with the program",
    "log_check.prunable": "numbers of entries; what is deleted is recorded",
    "log_check.verify": "holds no lock while it walks; log_check.verified records it",
    "mailings.check": "whether what the actor gives can be sent; holds nothing that the actor has not given",
    "protected.is_open": "whether the actor has stated a reason, which is recorded",
    "retention.due": "numbers of cases; what is destroyed is recorded",
    "retention.receipts": "receipts hold nothing about anybody",
    "ssh.status": "a setting of the database",
    "template_drafts.find": "the actor's own unsaved template",
    "templates.other_clinics": "where the actor works",
    "templates.published": "templates that the actor may send",
}
"""Operations that leave no entry when they are allowed, and why: none of them hands out patient data."""

NOTHING_DONE = {"drafts.list_mine", "log_check.prune", "retention.destroy"}
"""Those that find nothing to do with the arguments of `test_operation`."""

RECORDED = [name for name in NAMES if name not in NOT_RECORDED]


def test_what_is_not_recorded_is_listed_with_its_reason() -> None:
    assert {name for name, act in OPERATIONS.items() if act.event is None} == set(NOT_RECORDED)


@pytest.mark.parametrize("name", [name for name in RECORDED if name not in NOTHING_DONE])
def test_every_other_operation_leaves_an_entry(clinic: Clinic, tmp_path: Path, name: str) -> None:
    actor = actor_in(clinic, min(PERMITTED[name]))
    args = arguments(clinic, name, tmp_path)
    log = models.AccessLog
    before = log.select().count()
    OPERATIONS[name](actor, *args)
    entry = log.select().order_by(log.id.desc()).get()

    assert log.select().count() > before
    assert entry.event.partition(".")[0] == str(OPERATIONS[name].event).partition(".")[0]


@pytest.mark.parametrize("name", [name for name in RECORDED if name not in NOTHING_DONE])
def test_what_can_not_be_recorded_is_neither_done_nor_shown(
    clinic: Clinic, tmp_path: Path, name: str
) -> None:
    actor = actor_in(clinic, min(PERMITTED[name]))
    args = arguments(clinic, name, tmp_path)
    let_table_refuse("access_log")
    with pytest.raises(OmvantError):
        OPERATIONS[name](actor, *args)


def events_of(act: object) -> list[str]:
    """The events that are recorded while something is done, in order."""
    assert callable(act)
    log = models.AccessLog
    before = log.select().count()
    act()
    return [row.event for row in log.select().order_by(log.id).offset(before)]


def test_a_filter_that_changes_is_a_new_reading(clinic: Clinic) -> None:
    def look() -> None:
        for words in ((), ("tolvan",), ("tolvan",)):
            cases.list_assigned(clinic.anna, CaseFilter(words=words), Edge())

    assert events_of(look) == ["cases.listed_assigned"] * 3


def test_changed_roles_stand_with_what_they_were(clinic: Clinic) -> None:
    person = next(one for one in staff.list_staff(clinic.bo) if one.username == "cilla")
    staff.change(clinic.bo, person.model_copy(update={"roles": frozenset({Role.LOG_AUDITOR})}))
    row = access_log.list_entries(clinic.gun, (), Edge()).rows[0]

    assert row.event == "staff.changed"
    assert (row.details["before"], row.details["after"]) == (["care_provider"], ["log_auditor"])
    assert row.details["username"] == "cilla"


def test_accounts_templates_and_refusals_are_recorded(clinic: Clinic, store: Store) -> None:
    new = NewPerson(username="eva", password=PASSWORD, name="Eva Ek", roles=frozenset({Role.CARE_PROVIDER}))

    def work() -> None:
        staff.add(clinic.bo, new)
        made = templates.copy(clinic.bo, templates.list_all(clinic.bo)[0].id, "Kopia")
        templates.retire(clinic.bo, made.id, made.version)
        with pytest.raises(OmvantError):
            patients.fetch(clinic.bo, clinic.tolvan.number)

    assert events_of(work) == [
        "staff.added",
        "templates.listed",
        "template.copied",
        "template.retired",
        "patient.fetched",
    ]

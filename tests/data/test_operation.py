"""Roles, transactions and the registry: what stands around every operation."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

import data
from data import (
    cases,
    clinics,
    closing,
    drafts,
    holds,
    inbox,
    log_reviews,
    mailings,
    operation,
    patients,
    retention,
    ssh,
    staff,
    template_drafts,
    templates,
)
from data.case_rows import CaseFilter
from data.domain.authorized_key import PublicKey
from data.domain.errors import Invalid, NotAllowed, NotFound, OmvantError, Unavailable
from data.domain.forms import Form
from data.domain.identity import PersonalIdentityNumber
from data.domain.paging import Edge
from data.domain.roles import Actor, OperatorActor, PatientActor, Role, StaffActor
from data.exchange.fhir.import_questionnaire import Imported
from data.log_reviews import Period
from data.operation import OPERATIONS
from data.patients import NewPatient
from data.staff import NewPerson
from data.store import database, models
from data.store.copying import Copy
from data.store.database import open_store
from data.template_drafts import TemplateDraft
from tests.conftest import (
    ANSWERS,
    INFORMATION,
    PASSWORD,
    PUBLIC_KEY,
    REASON,
    START,
    TODAY,
    Clinic,
    FrozenClock,
    let_table_refuse,
    let_table_take_rows,
)

for module in pkgutil.walk_packages(data.__path__, "data."):
    import_module(module.name)

NUMBER = PersonalIdentityNumber("196909092394")
NEWCOMER = NewPerson(username="eva", password=PASSWORD, name="Eva Ek", roles=frozenset({Role.CARE_PROVIDER}))


def arguments(clinic: Clinic, name: str, folder: Path) -> tuple[object, ...]:
    """What a person would really call the operation with, after making what it needs."""
    makers: dict[str, Callable[[], tuple[object, ...]]] = {
        "access_log.list_entries": lambda: ((), Edge()),
        "cases.count_left_out": lambda: (),
        "cases.list_assigned": lambda: (CaseFilter(), Edge()),
        "cases.list_mine": lambda: (CaseFilter(), Edge()),
        "cases.news": lambda: (),
        "cases.open_case": lambda: (clinic.send().id,),
        "cases.send": lambda: (draft := clinic.draft(), draft.key),
        "closing.close": lambda: (clinic.send().id, 1),
        "closing.reopen": lambda: (_closed(clinic), 2),
        "clinics.add": lambda: ("Ny",),
        "clinics.found": lambda: ("Ny", _founder(folder)),
        "clinics.founded": lambda: (),
        "clinics.idle": lambda: (),
        "clinics.set_idle": lambda: (clinics.idle(clinic.bo),),
        "drafts.begin": lambda: (clinic.tolvan.id,),
        "drafts.discard": lambda: (clinic.draft().id,),
        "drafts.list_mine": lambda: (),
        "drafts.save": lambda: (clinic.draft().model_copy(update={"signature": "A"}),),
        "holds.hold": lambda: (clinic.send().reference, "Tvist"),
        "holds.list_all": lambda: (),
        "holds.release": lambda: (_held(clinic),),
        "inbox.answer": lambda: (clinic.ask().id, ANSWERS),
        "inbox.list_mine": lambda: (Edge(),),
        "inbox.open_letter": lambda: (clinic.ask().id,),
        "inbox.save_typed": lambda: (clinic.ask().id, {"ovrigt": "Hej"}),
        "inbox.sign_in": lambda: (clinic.tolvan.number, "123456"),
        "inbox.sign_out": lambda: (),
        "library.add": lambda: ("Ordination",),
        "library.list_all": lambda: (),
        "log_check.anchor": lambda: (),
        "log_check.new_key": lambda: (),
        "log_check.prunable": lambda: (5,),
        "log_check.prune": lambda: (5, clinic.anna.clinic_id),
        "log_check.verified": lambda: ((),),
        "log_check.verify": lambda: (),
        "log_extract.extract": lambda: (clinic.tolvan.number,),
        "log_reviews.draw": lambda: (Period(first=TODAY, last=TODAY), 1),
        "log_reviews.finish": lambda: (_review(clinic).summary.id, "Inget att anmärka"),
        "log_reviews.get": lambda: (_review(clinic).summary.id,),
        "log_reviews.list_all": lambda: (Edge(),),
        "log_reviews.remark": lambda: (_review(clinic).summary.id, _review(clinic).rows[0].id, True),
        "mailings.begin": lambda: (_numbers(clinic),),
        "mailings.check": lambda: (_mailing(clinic),),
        "mailings.fetch": lambda: (_numbers(clinic),),
        "mailings.send": lambda: (draft := _mailing(clinic), draft.key),
        "password_reset.reset": lambda: ("anna", "tulpan kaffe spik"),
        "patients.change": lambda: (clinic.tolvan.model_copy(update={"name": "Ny"}),),
        "patients.fetch": lambda: (clinic.tolvan.number,),
        "patients.issue_code": lambda: (clinic.send().patient.id,),
        "patients.register": lambda: (NewPatient(number=NUMBER, name="Ny"),),
        "patients_csv.import_file": lambda: (_file(folder),),
        "protected.is_open": lambda: (clinic.hidden.id,),
        "protected.state_reason": lambda: (clinic.hidden.id, REASON),
        "retention.destroy": lambda: (_due(clinic),),
        "retention.due": lambda: (),
        "retention.receipts": lambda: (Edge(),),
        "retention.set_policy": lambda: (365, 1),
        "ssh.allow": lambda: (),
        "ssh.forbid": lambda: (),
        "ssh.give_key": lambda: ("anna", PublicKey.parse(PUBLIC_KEY)),
        "ssh.sign_in": lambda: (ssh.allow(clinic.operator), "anna")[1:],
        "ssh.status": lambda: (),
        "staff.add": lambda: (NEWCOMER,),
        "staff.admit": lambda: ("dag", "Vårdcentralen Björken", frozenset({Role.LOG_AUDITOR})),
        "staff.change": lambda: (_person(clinic, clinic.cilla),),
        "staff.change_password": lambda: (PASSWORD, "tulpan kaffe spik"),
        "staff.enter": lambda: (),
        "staff.list_staff": lambda: (),
        "staff.lock": lambda: (),
        "staff.sign_in": lambda: ("anna", PASSWORD),
        "staff.sign_out": lambda: (),
        "staff.unlock": lambda: (PASSWORD,),
        "moving.moved": lambda: ("from", "to", 1),
        "moving.stayed": lambda: (),
        "storage.backed_up": lambda: (Copy(folder / "b", 1, 0, frozenset(), 0.1),),
        "storage.encrypted": lambda: (),
        "storage.rekeyed": lambda: (),
        "storage.restored": lambda: ("backup",),
        "template_drafts.discard": lambda: (_kept(clinic).template_id,),
        "template_drafts.find": lambda: (_kept(clinic).template_id,),
        "template_drafts.keep": lambda: (_template_draft(clinic),),
        "template_versions.get": lambda: (_template(clinic).id, 1),
        "template_versions.history": lambda: (_template(clinic).id, Edge()),
        "template_versions.list_all": lambda: (_template(clinic).id,),
        "template_versions.restore": lambda: (_template(clinic).id, 1, 2),
        "templates.copy": lambda: (_template(clinic).id, "Kopia"),
        "templates.copy_to": lambda: (_template(clinic).id, _also_at_eken(clinic), "Kopia"),
        "templates.create": lambda: ("Ny mall", Form()),
        "templates.get": lambda: (_template(clinic).id,),
        "templates.list_all": lambda: (),
        "templates.other_clinics": lambda: (),
        "templates.publish": lambda: (_template(clinic).id, 2),
        "templates.published": lambda: (),
        "templates.retire": lambda: (_template(clinic).id, 2),
        "templates.save": lambda: (_template(clinic),),
        "templates_fhir.export_case": lambda: (clinic.answered().reference,),
        "templates_fhir.export_template": lambda: ("Ordination",),
        "templates_fhir.import_template": lambda: (Imported("Ny mall", Form()), "mall.json"),
    }
    for_one = {"staff.add", "staff.list_staff", "holds.list_all"}
    for_one |= {name for name in NAMES if name.startswith("retention.")}
    for_one |= {"templates_fhir.export_template", "templates_fhir.import_template"}
    if name in for_one:  # an operator means the only clinic there is
        _forget_the_other_clinic(clinic)
    return makers[name]() if name in makers else pytest.fail(f"{name} is not in the table: add it")


NAMES = [
    "access_log.list_entries",
    "cases.count_left_out",
    "cases.list_assigned",
    "cases.list_mine",
    "cases.news",
    "cases.open_case",
    "cases.send",
    "closing.close",
    "closing.reopen",
    "clinics.add",
    "clinics.found",
    "clinics.founded",
    "clinics.idle",
    "clinics.set_idle",
    "drafts.begin",
    "drafts.discard",
    "drafts.list_mine",
    "drafts.save",
    "holds.hold",
    "holds.list_all",
    "holds.release",
    "inbox.answer",
    "inbox.list_mine",
    "inbox.open_letter",
    "inbox.save_typed",
    "inbox.sign_in",
    "inbox.sign_out",
    "library.add",
    "library.list_all",
    "log_check.anchor",
    "log_check.new_key",
    "log_check.prunable",
    "log_check.prune",
    "log_check.verified",
    "log_check.verify",
    "log_extract.extract",
    "log_reviews.draw",
    "log_reviews.finish",
    "log_reviews.get",
    "log_reviews.list_all",
    "log_reviews.remark",
    "mailings.begin",
    "mailings.check",
    "mailings.fetch",
    "mailings.send",
    "password_reset.reset",
    "patients.change",
    "patients.fetch",
    "patients.issue_code",
    "patients.register",
    "patients_csv.import_file",
    "protected.is_open",
    "protected.state_reason",
    "retention.destroy",
    "retention.due",
    "retention.receipts",
    "retention.set_policy",
    "ssh.allow",
    "ssh.forbid",
    "ssh.give_key",
    "ssh.sign_in",
    "ssh.status",
    "staff.add",
    "staff.admit",
    "staff.change",
    "staff.change_password",
    "staff.enter",
    "staff.list_staff",
    "staff.lock",
    "staff.sign_in",
    "staff.sign_out",
    "staff.unlock",
    "moving.moved",
    "moving.stayed",
    "storage.backed_up",
    "storage.encrypted",
    "storage.rekeyed",
    "storage.restored",
    "template_drafts.discard",
    "template_drafts.find",
    "template_drafts.keep",
    "template_versions.get",
    "template_versions.history",
    "template_versions.list_all",
    "template_versions.restore",
    "templates.copy",
    "templates.copy_to",
    "templates.create",
    "templates.get",
    "templates.list_all",
    "templates.other_clinics",
    "templates.publish",
    "templates.published",
    "templates.retire",
    "templates.save",
    "templates_fhir.export_case",
    "templates_fhir.export_template",
    "templates_fhir.import_template",
]

KEEPERS = {Role.ADMINISTRATOR, Role.OPERATOR}
STAFF = {Role.CARE_PROVIDER, Role.ADMINISTRATOR, Role.LOG_AUDITOR}
PERMITTED = {
    **{name: {Role.CARE_PROVIDER} for name in NAMES if name.startswith(("cases.", "closing.", "drafts."))},
    **{name: KEEPERS for name in NAMES if name.startswith(("holds.", "retention."))},
    **{name: {Role.PATIENT} for name in NAMES if name.startswith("inbox.")},
    **{name: {Role.CARE_PROVIDER} for name in NAMES if name.startswith("mailings.")},
    **{name: {Role.VISITOR} for name in NAMES if name.startswith("clinics.")},
    **{name: {Role.ADMINISTRATOR} for name in NAMES if name.startswith("template")},
    **{name: {Role.OPERATOR} for name in NAMES if name.startswith("log_check.")},
    **{name: {Role.LOG_AUDITOR} for name in NAMES if name.startswith("log_reviews.")},
    "access_log.list_entries": {Role.LOG_AUDITOR},
    "clinics.add": {Role.OPERATOR},
    "clinics.idle": {Role.ADMINISTRATOR},
    "clinics.set_idle": {Role.ADMINISTRATOR},
    "inbox.sign_in": {Role.VISITOR},
    "library.add": {Role.ADMINISTRATOR},
    "library.list_all": {Role.ADMINISTRATOR},
    "log_extract.extract": {Role.LOG_AUDITOR, Role.OPERATOR},
    "password_reset.reset": {Role.OPERATOR},
    "patients.change": {Role.CARE_PROVIDER},
    "patients.fetch": {Role.CARE_PROVIDER},
    "patients.issue_code": {Role.CARE_PROVIDER},
    "patients.register": {Role.CARE_PROVIDER},
    "protected.is_open": {Role.CARE_PROVIDER},
    "protected.state_reason": {Role.CARE_PROVIDER},
    "patients_csv.import_file": {Role.OPERATOR},
    **{name: {Role.OPERATOR} for name in NAMES if name.startswith("ssh.")},
    "ssh.sign_in": {Role.VISITOR},
    "staff.add": {Role.ADMINISTRATOR, Role.OPERATOR},
    "staff.admit": {Role.OPERATOR},
    "staff.change": {Role.ADMINISTRATOR},
    "staff.change_password": STAFF,
    "staff.enter": STAFF,
    "staff.list_staff": {Role.ADMINISTRATOR, Role.OPERATOR},
    "staff.lock": STAFF,
    "staff.sign_in": {Role.VISITOR},
    "staff.sign_out": STAFF,
    "staff.unlock": STAFF,
    **{name: {Role.OPERATOR} for name in NAMES if name.startswith(("storage.", "moving."))},
    "templates.published": {Role.CARE_PROVIDER},
    "templates_fhir.export_case": {Role.OPERATOR},
    "templates_fhir.export_template": {Role.ADMINISTRATOR, Role.OPERATOR},
    "templates_fhir.import_template": {Role.ADMINISTRATOR, Role.OPERATOR},
}
"""Written by hand, not read from the decorators: who may do what."""


def actor_in(clinic: Clinic, role: Role) -> Actor:
    return {
        Role.CARE_PROVIDER: clinic.anna,
        Role.ADMINISTRATOR: clinic.bo,
        Role.LOG_AUDITOR: clinic.gun,
        Role.PATIENT: clinic.as_patient(),
        Role.OPERATOR: clinic.operator,
        Role.VISITOR: clinic.visitor,
    }[role]


def _numbers(clinic: Clinic) -> tuple[PersonalIdentityNumber, ...]:
    if not models.Patient.select().where(models.Patient.number == NUMBER.digits).exists():
        patients.register(clinic.anna, NewPatient(number=NUMBER, name="Ny"))
    return clinic.tolvan.number, NUMBER


def _mailing(clinic: Clinic) -> drafts.Draft:
    begun = mailings.begin(clinic.anna, _numbers(clinic))
    return drafts.save(clinic.anna, begun.model_copy(update={"template": clinic.information}))


def _review(clinic: Clinic) -> log_reviews.Review:
    return log_reviews.draw(clinic.gun, Period(first=TODAY, last=TODAY), 200)


def _founder(folder: Path) -> NewPerson:
    """The first administrator; there is no clinic until then, so the database is an empty one."""
    open_store(folder / "empty.db", create=True)
    return NEWCOMER.model_copy(update={"roles": frozenset({Role.ADMINISTRATOR})})


def _file(folder: Path) -> Path:
    path = folder / "patients.csv"
    path.write_text(f"number,name\n{NUMBER},Ny\n", encoding="utf-8")
    return path


def _person(clinic: Clinic, actor: StaffActor) -> staff.Person:
    return next(person for person in staff.list_staff(clinic.bo) if person.id == actor.staff_id)


def _template(clinic: Clinic) -> templates.Template:
    row = next(row for row in templates.list_all(clinic.bo) if row.name == "Ordination")
    return templates.get(clinic.bo, row.id)


def _closed(clinic: Clinic) -> int:
    sent = clinic.send()
    closing.close(clinic.anna, sent.id, 1)
    return sent.id


def _held(clinic: Clinic) -> str:
    return holds.hold(clinic.bo, clinic.send().reference, "Tvist").reference


def _due(clinic: Clinic) -> retention.Due:
    _closed(clinic)
    return retention.set_policy(clinic.bo, 365, 1)


def _template_draft(clinic: Clinic) -> TemplateDraft:
    template = _template(clinic)
    return TemplateDraft(
        template_id=template.id,
        base_version=template.version,
        name="Ny ordination",
        form=template.form,
        changed_at=START,
    )


def _also_at_eken(clinic: Clinic) -> int:
    """Bo administers the other clinic too; its id."""
    models.StaffRole.create(staff=clinic.bo.staff_id, clinic=clinic.dag.clinic_id, role=Role.ADMINISTRATOR)
    return clinic.dag.clinic_id


def _kept(clinic: Clinic) -> TemplateDraft:
    draft = _template_draft(clinic)
    template_drafts.keep(clinic.bo, draft)
    return draft


def _forget_the_other_clinic(clinic: Clinic) -> None:
    of_dag = models.Template.clinic == clinic.dag.clinic_id
    ids = [row.id for row in models.Template.select().where(of_dag)]
    models.TemplateVersion.delete().where(models.TemplateVersion.template.in_(ids)).execute()
    models.Template.delete().where(of_dag).execute()
    models.StaffRole.delete().where(models.StaffRole.clinic == clinic.dag.clinic_id).execute()
    models.Clinic.delete().where(models.Clinic.id == clinic.dag.clinic_id).execute()


def _entries() -> list[models.AccessLog]:
    return list(models.AccessLog.select().order_by(models.AccessLog.id))


def test_the_tables_cover_every_operation() -> None:
    assert sorted(NAMES) == sorted(OPERATIONS)
    assert sorted(PERMITTED) == sorted(OPERATIONS)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", NAMES)
def test_every_operation_in_every_role(clinic: Clinic, tmp_path: Path, name: str, role: Role) -> None:
    act, actor = OPERATIONS[name], actor_in(clinic, role)
    args = arguments(clinic, name, tmp_path)
    before = len(_entries())

    if role in PERMITTED[name]:
        act(actor, *args)
        assert act.permits(actor)
        assert all(entry.allowed for entry in _entries()[before:])
        return
    with pytest.raises(NotAllowed):
        act(actor, *args)
    assert not act.permits(actor)
    assert [(entry.event, entry.allowed, entry.actor_kind) for entry in _entries()[before:]] == [
        (act.event or name, False, actor.kind)
    ]


@pytest.mark.parametrize("name", [name for name in NAMES if PERMITTED[name] & STAFF])
def test_staff_who_lost_every_role_can_do_nothing(clinic: Clinic, tmp_path: Path, name: str) -> None:
    role = sorted(PERMITTED[name] & STAFF)[0]
    actor = actor_in(clinic, role)
    args = arguments(clinic, name, tmp_path)
    models.StaffRole.delete().execute()

    with pytest.raises(NotAllowed):
        OPERATIONS[name](actor, *args)


def test_a_role_taken_away_stops_at_once(clinic: Clinic) -> None:
    patients.fetch(clinic.cilla, clinic.tolvan.number)
    person = _person(clinic, clinic.cilla)
    staff.change(clinic.bo, person.model_copy(update={"roles": frozenset({Role.LOG_AUDITOR})}))

    with pytest.raises(NotAllowed):
        patients.fetch(clinic.cilla, clinic.tolvan.number)


def test_a_role_given_works_at_once(clinic: Clinic) -> None:
    person = _person(clinic, clinic.cilla)
    both = frozenset({Role.CARE_PROVIDER, Role.ADMINISTRATOR})
    staff.change(clinic.bo, person.model_copy(update={"roles": both}))

    assert templates.list_all(clinic.cilla)
    assert cases.news(clinic.cilla).unseen == 0


def test_a_disabled_person_stops_at_once(clinic: Clinic) -> None:
    person = _person(clinic, clinic.cilla)
    staff.change(clinic.bo, person.model_copy(update={"disabled": True}))

    with pytest.raises(NotAllowed):
        cases.news(clinic.cilla)


def test_a_role_at_one_clinic_is_none_at_another(clinic: Clinic) -> None:
    elsewhere = clinic.anna.model_copy(update={"clinic_id": clinic.dag.clinic_id})

    with pytest.raises(NotAllowed):
        cases.list_assigned(elsewhere, CaseFilter(), Edge())


def test_a_claimed_role_gives_nothing(clinic: Clinic) -> None:
    claiming = clinic.anna.model_copy(update={"roles": frozenset(Role)})
    patient = clinic.as_patient().model_copy(update={"roles": frozenset(Role)})
    operator = OperatorActor(name="drift", roles=frozenset(Role))

    for actor in (claiming, patient, operator):
        with pytest.raises(NotAllowed):
            templates.list_all(actor)  # type: ignore[arg-type]


def test_a_patient_who_is_not_registered_can_do_nothing(clinic: Clinic) -> None:
    nobody = PatientActor(patient_id=999, number=clinic.tolvan.number, name="Ingen", signed_in_at=START)

    with pytest.raises(NotAllowed):
        inbox.list_mine(nobody, Edge())


def test_a_failed_act_leaves_neither_row_nor_entry(clinic: Clinic) -> None:
    draft = clinic.draft(clinic.question)
    before = len(_entries())

    with pytest.raises(Invalid):
        cases.send(clinic.anna, draft, draft.key)

    assert models.Case.select().count() == 0
    assert models.TemplateUse.select().count() == 0
    assert len(_entries()) == before


def test_an_act_whose_entry_cannot_be_written_leaves_no_row(clinic: Clinic) -> None:
    let_table_refuse("access_log")
    with pytest.raises(OmvantError):
        patients.register(clinic.anna, NewPatient(number=NUMBER, name="Ny"))
    let_table_take_rows("access_log")

    assert patients.fetch(clinic.anna, NUMBER) is None


def test_an_error_that_is_not_ours_also_rolls_back(clinic: Clinic) -> None:
    before = len(_entries())

    with pytest.raises(TypeError):
        drafts.save(clinic.anna, clinic.draft(), "one too many")  # type: ignore[call-arg]

    assert [entry.event for entry in _entries()[before:]] == ["draft.begun", "draft.saved"]


def test_without_an_open_database_nothing_can_be_done(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_current", None)

    with pytest.raises(Unavailable):
        cases.news(clinic.anna)


def test_permits_asks_for_a_name_that_exists(clinic: Clinic) -> None:
    assert operation.permits(clinic.anna, "cases.send")
    assert not operation.permits(clinic.bo, "cases.send")
    with pytest.raises(KeyError):
        operation.permits(clinic.anna, "cases.burn")


def test_today_is_the_clinics_day(clinic: Clinic, clock: FrozenClock) -> None:
    clock.move(hours=15, minutes=30)  # 23:30 UTC, past midnight in Sweden

    assert operation.today(clinic.anna).isoformat() == "2026-03-03"
    assert operation.today(clinic.operator).isoformat() == "2026-03-03"


def test_what_does_not_exist_and_what_is_not_ours_sound_the_same(clinic: Clinic) -> None:
    theirs = cases.send(clinic.dag, draft := clinic.draft(clinic.eken, sender=clinic.dag), draft.key)
    told = []
    for case_id in (theirs.id, 999_999):
        with pytest.raises(NotFound) as error:
            cases.open_case(clinic.anna, case_id)
        told.append(str(error.value))

    assert told[0] == told[1]
    assert INFORMATION.items[0].wording not in told[0]

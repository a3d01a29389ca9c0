"""Versions that never change, the way back to an old one, and who changed what when."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from peewee import IntegrityError

from data import access_log, cases, inbox, template_versions, templates
from data.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from data.domain.forms import Form, Text
from data.domain.paging import Edge
from data.domain.roles import Role, StaffActor
from data.store import models
from data.store.store import Store
from data.template_rows import TemplateAct
from data.templates import Template, TemplateState
from tests.conftest import ANSWERS, INFORMATION, QUESTION, Clinic, FrozenClock, replacing

MORE = QUESTION.model_copy(update={"items": (*QUESTION.items, Text(id="mer", wording="Mer att läsa"))})


def ordination(clinic: Clinic) -> Template:
    row = next(row for row in templates.list_all(clinic.bo) if row.name == "Ordination")
    return templates.get(clinic.bo, row.id)


def published_with(clinic: Clinic, form: Form) -> Template:
    """Ordination, published once more with another form."""
    saved = templates.save(clinic.bo, ordination(clinic).model_copy(update={"form": form}))
    return templates.publish(clinic.bo, saved.id, saved.version)


def told(clinic: Clinic, template: Template, actor: StaffActor | None = None) -> list[tuple[object, ...]]:
    """The history, the oldest first: act, number, and what is said about it."""
    page = template_versions.history(actor or clinic.bo, template.id, Edge())
    return [(row.act, row.number, *map(str, row.summary)) for row in reversed(page.rows)]


def made_administrator_at_eken(clinic: Clinic) -> StaffActor:
    """Bo, who now administers the other clinic too, as he works there."""
    at_eken = clinic.dag.clinic_id
    models.StaffRole.create(staff=clinic.bo.staff_id, clinic=at_eken, role=Role.ADMINISTRATOR)
    return clinic.bo.model_copy(update={"clinic_id": at_eken})


def test_versions_are_listed_with_who_when_and_how_many_cases(clinic: Clinic, clock: FrozenClock) -> None:
    began = clock.now
    clinic.ask()
    clinic.ask(sender=clinic.cilla)
    later = clock.move(days=1)
    template = published_with(clinic, MORE)

    rows = template_versions.list_all(clinic.bo, template.id)
    assert [(row.number, row.name, row.published_at, row.cases, row.in_use) for row in rows] == [
        (2, "Ordination", later, 0, True),
        (1, "Ordination", began, 2, False),
    ]
    assert {row.published_by for row in rows} == {"Bo Bengtsson"}
    templates.retire(clinic.bo, template.id, template.version)
    assert not any(row.in_use for row in template_versions.list_all(clinic.bo, template.id))


def test_a_template_that_was_never_published_has_no_versions(clinic: Clinic) -> None:
    made = templates.create(clinic.bo, "Ny", QUESTION)

    assert template_versions.list_all(clinic.bo, made.id) == ()
    with pytest.raises(NotFound):
        template_versions.get(clinic.bo, made.id, 1)


def test_an_old_version_is_there_as_it_was(clinic: Clinic) -> None:
    template = published_with(clinic, MORE)

    assert template_versions.get(clinic.bo, template.id, 1).form == QUESTION
    assert template_versions.get(clinic.bo, template.id, 2).form == MORE


def test_an_old_version_comes_back_as_a_new_one(clinic: Clinic) -> None:
    template = published_with(clinic, MORE)
    restored = template_versions.restore(clinic.bo, template.id, 1, template.version)

    assert (restored.form, restored.state) == (QUESTION, TemplateState.CHANGED)
    templates.publish(clinic.bo, restored.id, restored.version)
    rows = template_versions.list_all(clinic.bo, template.id)
    assert [row.number for row in rows] == [3, 2, 1]
    offered = next(one for one in templates.published(clinic.anna) if one.name == "Ordination")
    assert (offered.number, offered.template_id, offered.form) == (3, template.id, QUESTION)


def test_restoring_keeps_the_name_and_a_colleagues_edits(clinic: Clinic) -> None:
    template = published_with(clinic, MORE)
    renamed = templates.save(clinic.bo, template.model_copy(update={"name": "Ordination 2"}))

    with pytest.raises(Conflict):
        template_versions.restore(clinic.bo, template.id, 1, template.version)
    assert template_versions.restore(clinic.bo, template.id, 1, renamed.version).name == "Ordination 2"


def test_a_retired_template_can_be_restored_and_stays_retired(clinic: Clinic) -> None:
    template = published_with(clinic, MORE)
    retired = templates.retire(clinic.bo, template.id, template.version)
    restored = template_versions.restore(clinic.bo, template.id, 1, retired.version)

    assert restored.state is TemplateState.RETIRED


def test_a_case_says_its_version_and_is_answered_after_retirement(clinic: Clinic) -> None:
    first = clinic.ask()
    template = published_with(clinic, MORE)
    templates.retire(clinic.bo, template.id, template.version)
    inbox.answer(clinic.as_patient(), first.id, ANSWERS)

    opened = cases.open_case(clinic.anna, first.id)
    assert (opened.template_number, opened.form, opened.answers) == (1, QUESTION, ANSWERS)


@pytest.mark.parametrize("table", [models.TemplateVersion, models.TemplateChange])
def test_the_database_itself_keeps_what_happened(
    clinic: Clinic, store: Store, table: type[models.TemplateVersion] | type[models.TemplateChange]
) -> None:
    row = table.select().order_by(table.id).get()
    for write in (
        lambda: table.update(name="Annat").execute(),
        lambda: replacing(table, "id", **row.__data__ | {"name": "Annat"}).execute(),
    ):
        with pytest.raises(IntegrityError, match="never changes"), store.database.atomic():
            write()


def test_the_database_itself_keeps_a_number_for_its_version(clinic: Clinic, store: Store) -> None:
    version = models.TemplateVersion
    row = version.get_by_id(clinic.question.version_id)
    other = {name: value for name, value in row.__data__.items() if name != "id"} | {"name": "Annat"}
    with pytest.raises(IntegrityError, match="never changes"), store.database.atomic():
        replacing(version, "template_id number", **other).execute()


def test_the_database_itself_keeps_a_version_that_was_sent(clinic: Clinic, store: Store) -> None:
    clinic.ask()
    used = models.TemplateVersion.id == clinic.question.version_id
    with pytest.raises(IntegrityError), store.database.atomic():
        models.TemplateVersion.delete().where(used).execute()


def test_history_tells_the_whole_life(clinic: Clinic, clock: FrozenClock) -> None:
    made = templates.create(clinic.bo, "Ny", INFORMATION)
    first = templates.publish(clinic.bo, made.id, made.version)
    wanted = first.model_copy(update={"name": "Nyare", "form": MORE})
    saved = templates.save(clinic.bo, wanted)
    second = templates.publish(clinic.bo, saved.id, saved.version)
    restored = template_versions.restore(clinic.bo, made.id, 1, second.version)
    retired = templates.retire(clinic.bo, made.id, restored.version)
    back = templates.save(clinic.bo, retired.model_copy(update={"form": MORE}))
    clock.move(hours=1)
    templates.publish(clinic.bo, made.id, back.version)

    history = told(clinic, made)
    assert [(act, number) for act, number, *_ in history] == [
        (TemplateAct.CREATED, None),
        (TemplateAct.PUBLISHED, 1),
        (TemplateAct.SAVED, None),
        (TemplateAct.PUBLISHED, 2),
        (TemplateAct.RESTORED, 1),
        (TemplateAct.RETIRED, 2),
        (TemplateAct.SAVED, None),
        (TemplateAct.BROUGHT_BACK, 2),
    ]
    assert "Renamed from “Ny” to “Nyare”" in history[2]
    assert "Added “Mer att läsa”" in history[2]
    assert "Removed “Mer att läsa”" in history[4]
    latest = template_versions.history(clinic.bo, made.id, Edge()).rows[0]
    assert (latest.person, latest.at, latest.name) == ("Bo Bengtsson", clock.now, "Nyare")


def test_what_changes_nothing_leaves_no_trace_in_history(clinic: Clinic) -> None:
    template = ordination(clinic)
    before = told(clinic, template)
    saved = templates.save(clinic.bo, template)
    templates.publish(clinic.bo, saved.id, saved.version)
    retired = templates.retire(clinic.bo, saved.id, saved.version + 1)
    templates.retire(clinic.bo, saved.id, retired.version)

    assert told(clinic, template) == [*before, (TemplateAct.RETIRED, 1)]


def test_history_says_where_a_copy_comes_from(clinic: Clinic) -> None:
    copy = templates.copy(clinic.bo, ordination(clinic).id, "Kopia")

    assert told(clinic, copy) == [(TemplateAct.COPIED, None, "A copy of “Ordination”")]


def test_a_copy_goes_to_another_clinic_that_one_administers(clinic: Clinic) -> None:
    at_eken = made_administrator_at_eken(clinic)
    (eken,) = templates.other_clinics(clinic.bo)
    assert eken.name == "Vårdcentralen Eken"
    made = templates.copy_to(clinic.bo, ordination(clinic).id, eken.id, "Ordination")

    assert made.state is TemplateState.DRAFT
    assert templates.get(at_eken, made.id).form == QUESTION
    assert told(clinic, made, at_eken) == [
        (TemplateAct.COPIED, None, "A copy of “Ordination” at Vårdcentralen Björken")
    ]


def test_both_clinics_logs_tell_of_a_copy(clinic: Clinic) -> None:
    made_administrator_at_eken(clinic)
    models.StaffRole.create(staff=clinic.gun.staff_id, clinic=clinic.dag.clinic_id, role=Role.LOG_AUDITOR)
    original = ordination(clinic)
    made = templates.copy_to(clinic.bo, original.id, clinic.dag.clinic_id, "Ekens ordination")

    found = []
    for auditor in (clinic.gun, clinic.gun.model_copy(update={"clinic_id": clinic.dag.clinic_id})):
        rows = access_log.list_entries(auditor, (), Edge()).rows
        found.append(next((row.actor, row.event, row.details) for row in rows if "copied" in row.event))
    here, there = found
    assert here[:2] == ("Bo Bengtsson", "template.copied_out")
    assert (here[2]["template"], here[2]["other_clinic"]) == (original.id, "Vårdcentralen Eken")
    assert there[:2] == ("Bo Bengtsson", "template.copied_in")
    assert (there[2]["template"], there[2]["other_clinic"]) == (made.id, "Vårdcentralen Björken")


@pytest.mark.parametrize("name", ["", " ", "ekens MALL"])
def test_a_name_that_is_taken_there_is_refused_beside_its_field(clinic: Clinic, name: str) -> None:
    made_administrator_at_eken(clinic)

    with pytest.raises(Invalid) as error:
        templates.copy_to(clinic.bo, ordination(clinic).id, clinic.dag.clinic_id, name)
    assert [problem.field for problem in error.value.problems] == ["name"]


@pytest.mark.parametrize("role", [None, Role.CARE_PROVIDER, Role.LOG_AUDITOR])
def test_nobody_copies_to_a_clinic_that_they_do_not_administer(clinic: Clinic, role: Role | None) -> None:
    if role:
        models.StaffRole.create(staff=clinic.bo.staff_id, clinic=clinic.dag.clinic_id, role=role)
    before = len(templates.list_all(clinic.dag))

    assert templates.other_clinics(clinic.bo) == ()
    with pytest.raises(NotAllowed):
        templates.copy_to(clinic.bo, ordination(clinic).id, clinic.dag.clinic_id, "Ordination")
    assert len(templates.list_all(clinic.dag)) == before


def test_versions_and_history_of_another_clinic_do_not_exist(clinic: Clinic) -> None:
    template = ordination(clinic)
    acts: list[Callable[[], object]] = [
        lambda: template_versions.list_all(clinic.dag, template.id),
        lambda: template_versions.get(clinic.dag, template.id, 1),
        lambda: template_versions.restore(clinic.dag, template.id, 1, template.version),
        lambda: template_versions.history(clinic.dag, template.id, Edge()),
        lambda: templates.copy_to(clinic.dag, template.id, clinic.bo.clinic_id, "Min"),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()

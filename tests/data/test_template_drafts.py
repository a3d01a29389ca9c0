"""Unsaved edits of a template: kept for who made them, gone when saved, never in anybody's way."""

from __future__ import annotations

import pytest

from data import template_drafts, templates
from data.domain.errors import Conflict, Invalid, NotFound
from data.domain.forms import Confirmation, Form, Text
from data.store import models
from data.template_drafts import UNREAD_LIMIT, TemplateDraft
from tests.conftest import QUESTION, START, Clinic, FrozenClock

EDITED = QUESTION.model_copy(update={"patient_instruction": "Läs noga"})


def ordination(clinic: Clinic) -> templates.Template:
    row = next(row for row in templates.list_all(clinic.bo) if row.name == "Ordination")
    return templates.get(clinic.bo, row.id)


def draft_of(template: templates.Template | None, form: Form = EDITED, **changes: object) -> TemplateDraft:
    """Edits that began from the template, or of one that was never saved."""
    begun = TemplateDraft(
        template_id=template.id if template else None,
        base_version=template.version if template else 0,
        name=template.name if template else "Ny",
        form=form,
        changed_at=START,
    )
    return begun.model_copy(update=changes)


def recorded() -> list[str]:
    return [
        row.event
        for row in models.AccessLog.select().order_by(models.AccessLog.id)
        if row.event.startswith("template.draft")
    ]


def test_edits_are_there_again_with_what_could_not_be_read(clinic: Clinic, clock: FrozenClock) -> None:
    draft = draft_of(ordination(clinic), name="Ordination, ny", unread=(("dos", "most_length", "många"),))
    clock.move(minutes=5)
    template_drafts.keep(clinic.bo, draft)

    found = template_drafts.find(clinic.bo, draft.template_id)
    assert found == draft.model_copy(update={"changed_at": clock.now, "version": 1})


def test_the_latest_edits_replace_those_before(clinic: Clinic) -> None:
    template = ordination(clinic)
    for before, words in enumerate(("Ett", "Två")):
        form = QUESTION.model_copy(update={"patient_instruction": words})
        assert template_drafts.keep(clinic.bo, draft_of(template, form, version=before)) == before + 1
        assert template_drafts.keep(clinic.bo, draft_of(None, form, version=before)) == before + 1

    for template_id in (template.id, None):
        found = template_drafts.find(clinic.bo, template_id)
        assert found is not None
        assert found.form.patient_instruction == "Två"
    assert models.TemplateDraft.select().count() == 2


def test_edits_are_their_makers_own(clinic: Clinic) -> None:
    models.StaffRole.create(staff=clinic.cilla.staff_id, clinic=clinic.bo.clinic_id, role="administrator")
    models.StaffRole.create(staff=clinic.bo.staff_id, clinic=clinic.dag.clinic_id, role="administrator")
    template = ordination(clinic)
    at_eken = clinic.bo.model_copy(update={"clinic_id": clinic.dag.clinic_id})
    for draft in (draft_of(template), draft_of(None)):
        template_drafts.keep(clinic.bo, draft)
        for other in (clinic.cilla, at_eken):
            assert template_drafts.find(other, draft.template_id) is None
            template_drafts.discard(other, draft.template_id)
        assert template_drafts.find(clinic.bo, draft.template_id) is not None


def test_edits_of_another_clinics_template_are_refused(clinic: Clinic) -> None:
    with pytest.raises(NotFound):
        template_drafts.keep(clinic.dag, draft_of(ordination(clinic)))


def test_discarded_edits_are_gone_and_stay_gone(clinic: Clinic) -> None:
    template = ordination(clinic)
    template_drafts.keep(clinic.bo, draft_of(template))
    template_drafts.discard(clinic.bo, template.id)
    template_drafts.discard(clinic.bo, template.id)

    assert template_drafts.find(clinic.bo, template.id) is None
    assert recorded() == ["template.draft_kept", "template.draft_discarded"]


def test_a_thousand_keystrokes_are_one_entry(clinic: Clinic) -> None:
    template = ordination(clinic)
    for number in range(20):
        form = QUESTION.model_copy(update={"patient_instruction": str(number)})
        template_drafts.keep(clinic.bo, draft_of(template, form, version=number))

    assert recorded() == ["template.draft_kept"]


@pytest.mark.parametrize("new", [False, True], ids=["a template", "one that was never saved"])
def test_two_terminals_do_not_keep_over_each_other(clinic: Clinic, new: bool) -> None:
    begun = draft_of(None if new else ordination(clinic))
    there = template_drafts.keep(clinic.bo, begun)
    with pytest.raises(Conflict, match="at another terminal"):
        template_drafts.keep(clinic.bo, begun.model_copy(update={"name": "Härifrån"}))
    template_drafts.discard(clinic.bo, begun.template_id, 0)  # as after saving here

    found = template_drafts.find(clinic.bo, begun.template_id)
    assert found is not None
    assert (found.name, found.version) == (begun.name, there)
    template_drafts.discard(clinic.bo, begun.template_id, there)
    assert template_drafts.find(clinic.bo, begun.template_id) is None


def test_saved_edits_are_not_offered_again_nor_called_discarded(clinic: Clinic) -> None:
    """The terminal was killed after the save, before the edits were thrown away."""
    template = ordination(clinic)
    template_drafts.keep(clinic.bo, draft_of(template))
    templates.save(clinic.bo, template.model_copy(update={"form": EDITED}))
    template_drafts.keep(clinic.bo, draft_of(None))
    templates.create(clinic.bo, "Ny", EDITED)

    for template_id in (template.id, None):
        assert template_drafts.find(clinic.bo, template_id) is None
        template_drafts.discard(clinic.bo, template_id)
    assert models.TemplateDraft.select().count() == 0
    assert recorded() == ["template.draft_kept"] * 2


def test_edits_outlive_the_others_save(clinic: Clinic) -> None:
    template = ordination(clinic)
    template_drafts.keep(clinic.bo, draft_of(template))
    templates.save(clinic.bo, template.model_copy(update={"name": "Ordination 2"}))

    found = template_drafts.find(clinic.bo, template.id)
    assert found is not None
    assert found.base_version == template.version
    assert found.form == EDITED


def test_what_is_kept_is_cleaned_and_bounded(clinic: Clinic) -> None:
    item = Text(id="t", wording="Hej").model_copy(update={"wording": "a\x1b[2J"})
    unread = tuple((f"id{number}", "least", "x\x1b" * 9_000) for number in range(UNREAD_LIMIT + 1))
    draft = draft_of(None, Form().model_copy(update={"items": (item,)}), name="N\x1by", unread=unread)
    template_drafts.keep(clinic.bo, draft)

    found = template_drafts.find(clinic.bo, None)
    assert found is not None
    assert (found.name, found.form.items[0].wording) == ("Ny", "a[2J")
    assert len(found.unread) == UNREAD_LIMIT
    assert found.unread[0] == ("id0", "least", "x" * 8_000)


def test_a_form_that_cannot_be_stored_is_refused_with_words(clinic: Clinic) -> None:
    strange = Form().model_copy(update={"items": (Confirmation(id="a").model_copy(update={"id": "Å"}),)})
    with pytest.raises(Invalid):
        template_drafts.keep(clinic.bo, draft_of(None, strange))

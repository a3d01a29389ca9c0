"""Templates: names of their own, nothing lost between two administrators, versions that never change."""

from __future__ import annotations

import pytest

from data import cases, templates
from data.domain.errors import Conflict, Invalid, Message, NotFound
from data.domain.forms import Confirmation, Form, OneChoice, Option, ShortText, Text
from data.domain.limits import ITEM_LIMIT
from data.store import models
from data.templates import Template, TemplateState
from tests.conftest import INFORMATION, QUESTION, Clinic, FrozenClock, publish


def named(clinic: Clinic, name: str) -> Template:
    row = next(row for row in templates.list_all(clinic.bo) if row.name == name)
    return templates.get(clinic.bo, row.id)


def state_of(clinic: Clinic, name: str) -> TemplateState:
    return next(row.state for row in templates.list_all(clinic.bo) if row.name == name)


def with_text(form: Form, wording: str) -> Form:
    return form.model_copy(update={"items": (*form.items, Text(id="nytt", wording=wording))})


def test_a_new_template_is_a_draft_that_nobody_sends(clinic: Clinic) -> None:
    made = templates.create(clinic.bo, "  Hälsodeklaration ", QUESTION)

    assert (made.name, made.state, made.version) == ("Hälsodeklaration", TemplateState.DRAFT, 1)
    assert templates.get(clinic.bo, made.id) == made
    assert "Hälsodeklaration" not in [one.name for one in templates.published(clinic.anna)]


@pytest.mark.parametrize("name", ["", "   ", "\u200b\x1b"])
def test_a_template_needs_a_name(clinic: Clinic, name: str) -> None:
    with pytest.raises(Invalid) as error:
        templates.create(clinic.bo, name, QUESTION)
    assert [problem.field for problem in error.value.problems] == ["name"]


@pytest.mark.parametrize(
    "name", ["Ordination", "ORDINATION", " ordination ", "Ordi\u200bnation", "Órdination"]
)
def test_a_name_is_taken_in_any_case_and_disguise(clinic: Clinic, name: str) -> None:
    template = named(clinic, "Meddelande om provsvar")
    for act in (
        lambda: templates.create(clinic.bo, name, QUESTION),
        lambda: templates.copy(clinic.bo, template.id, name),
        lambda: templates.save(clinic.bo, template.model_copy(update={"name": name})),
    ):
        with pytest.raises(Invalid) as error:
            act()
        assert [problem.field for problem in error.value.problems] == ["name"]


def test_swedish_letters_are_letters_of_their_own(clinic: Clinic) -> None:
    templates.create(clinic.bo, "Råd", QUESTION)

    assert templates.create(clinic.bo, "Rad", QUESTION).name == "Rad"


def test_a_name_is_free_at_another_clinic_and_for_the_template_itself(clinic: Clinic) -> None:
    assert templates.create(clinic.dag, "Ordination", QUESTION)
    template = named(clinic, "Ordination")
    saved = templates.save(clinic.bo, template.model_copy(update={"name": "ORDINATION"}))

    assert saved.name == "ORDINATION"


def test_a_retired_template_keeps_its_name(clinic: Clinic) -> None:
    template = named(clinic, "Ordination")
    templates.retire(clinic.bo, template.id, template.version)

    with pytest.raises(Invalid):
        templates.create(clinic.bo, "Ordination", QUESTION)


def test_the_list_is_in_swedish_order_with_the_retired_last(clinic: Clinic) -> None:
    for name in ("Zon", "Äldre", "Åsikt", "Övrigt", "apa", "Bil"):
        templates.create(clinic.bo, name, QUESTION)
    bil = named(clinic, "Bil")
    templates.retire(clinic.bo, bil.id, bil.version)

    names = [row.name for row in templates.list_all(clinic.bo)]
    assert names == ["apa", "Meddelande om provsvar", "Ordination", "Zon", "Åsikt", "Äldre", "Övrigt", "Bil"]


def test_a_row_says_who_changed_what_when(clinic: Clinic, clock: FrozenClock) -> None:
    clock.move(days=1)
    templates.create(clinic.bo, "Ny", INFORMATION)
    row = next(row for row in templates.list_all(clinic.bo) if row.name == "Ny")

    assert (row.answerable, row.state, row.changed_by) == (False, TemplateState.DRAFT, "Bo Bengtsson")
    assert row.changed_at == clock.now


def test_the_life_of_a_template(clinic: Clinic) -> None:
    made = templates.create(clinic.bo, "Ny", QUESTION)
    published = templates.publish(clinic.bo, made.id, made.version)
    assert published.state == TemplateState.PUBLISHED
    changed = templates.save(clinic.bo, published.model_copy(update={"form": with_text(QUESTION, "Mer")}))
    assert changed.state == state_of(clinic, "Ny") == TemplateState.CHANGED
    back = templates.save(clinic.bo, changed.model_copy(update={"form": QUESTION}))
    assert back.state == TemplateState.PUBLISHED
    retired = templates.retire(clinic.bo, back.id, back.version)
    assert retired.state == TemplateState.RETIRED
    assert "Ny" not in [one.name for one in templates.published(clinic.anna)]
    again = templates.publish(clinic.bo, retired.id, retired.version)
    assert again.state == TemplateState.PUBLISHED
    assert "Ny" in [one.name for one in templates.published(clinic.anna)]
    assert models.TemplateVersion.select().where(models.TemplateVersion.template == made.id).count() == 1


def test_staff_send_the_published_version_until_the_next_is_published(clinic: Clinic) -> None:
    template = named(clinic, "Ordination")
    saved = templates.save(clinic.bo, template.model_copy(update={"form": with_text(QUESTION, "Mer")}))
    assert clinic.question in templates.published(clinic.anna)

    templates.publish(clinic.bo, saved.id, saved.version)
    offered = next(one for one in templates.published(clinic.anna) if one.name == "Ordination")
    assert offered.form == saved.form
    assert offered.version_id != clinic.question.version_id


def test_the_second_of_two_administrators_is_told_and_loses_nothing(clinic: Clinic) -> None:
    models.StaffRole.create(staff=clinic.cilla.staff_id, clinic=clinic.bo.clinic_id, role="administrator")
    mine = theirs = named(clinic, "Ordination")
    first = templates.save(clinic.cilla, theirs.model_copy(update={"form": with_text(QUESTION, "Cillas")}))
    my_edit = mine.model_copy(update={"form": with_text(QUESTION, "Bos")})

    for act in (
        lambda: templates.save(clinic.bo, my_edit),
        lambda: templates.publish(clinic.bo, mine.id, mine.version),
        lambda: templates.retire(clinic.bo, mine.id, mine.version),
    ):
        with pytest.raises(Conflict) as error:
            act()
        assert "Cilla Ceder" in str(error.value)
    assert templates.get(clinic.bo, mine.id) == first

    kept = templates.save(clinic.bo, my_edit.model_copy(update={"version": first.version}))
    assert kept.form == my_edit.form
    with pytest.raises(Conflict):
        templates.save(clinic.cilla, first)


def test_a_template_that_is_not_ready_can_be_saved_but_not_published(clinic: Clinic) -> None:
    form = Form(items=(ShortText(id="f"), OneChoice(id="v", wording="Välj", options=(Option(id="a"),))))
    made = templates.create(clinic.bo, "Ny", form)
    assert templates.save(clinic.bo, made).form == form

    with pytest.raises(Invalid) as error:
        templates.publish(clinic.bo, made.id, 2)
    assert {problem.field for problem in error.value.problems} == {"f", "v"}
    assert state_of(clinic, "Ny") == TemplateState.DRAFT


def test_a_copy_is_a_draft_of_its_own(clinic: Clinic) -> None:
    original = named(clinic, "Ordination")
    made = templates.copy(clinic.bo, original.id, "Ordination 2")

    assert (made.form, made.state) == (original.form, TemplateState.DRAFT)
    templates.save(clinic.bo, made.model_copy(update={"form": INFORMATION}))
    assert templates.get(clinic.bo, original.id) == original


def test_a_sent_case_keeps_the_version_it_was_sent_with(clinic: Clinic) -> None:
    first = clinic.ask()
    template = named(clinic, "Ordination")
    saved = templates.save(clinic.bo, template.model_copy(update={"form": with_text(QUESTION, "Mer")}))
    templates.publish(clinic.bo, saved.id, saved.version)
    second = clinic.send(templates.published(clinic.anna)[0], written={"dos": "2 tabletter"})

    assert cases.open_case(clinic.anna, first.id).form == QUESTION
    assert cases.open_case(clinic.anna, second.id).form == saved.form


def test_templates_of_another_clinic_do_not_exist(clinic: Clinic) -> None:
    template = named(clinic, "Ordination")
    for act in (
        lambda: templates.get(clinic.dag, template.id),
        lambda: templates.save(clinic.dag, template),
        lambda: templates.copy(clinic.dag, template.id, "Kopia"),
        lambda: templates.publish(clinic.dag, template.id, template.version),
        lambda: templates.retire(clinic.dag, template.id, template.version),
    ):
        with pytest.raises(NotFound):
            act()
    assert [row.name for row in templates.list_all(clinic.dag)] == ["Ekens mall"]
    assert [one.name for one in templates.published(clinic.dag)] == ["Ekens mall"]


def test_texts_that_an_edit_put_in_unchecked_are_cleaned(clinic: Clinic) -> None:
    item = Text(id="t", wording="Hej").model_copy(update={"wording": "a\x1b[2J\ud800b"})
    form = Form().model_copy(update={"items": (item,), "patient_instruction": "\u202eab"})
    made = templates.create(clinic.bo, "Ny\x1b]0;x\x07", form)

    assert made.name == "Ny]0;x"
    assert made.form.items[0].wording == "a[2Jb"
    assert made.form.patient_instruction == "ab"


def test_a_form_that_cannot_be_stored_is_refused_with_words(clinic: Clinic) -> None:
    many = tuple(Text(id=f"t{index}", wording="x") for index in range(ITEM_LIMIT + 1))
    strange = (Confirmation(id="a").model_copy(update={"id": "Å\x00"}),)
    for items in (many, strange):
        with pytest.raises(Invalid) as error:
            templates.create(clinic.bo, "Ny", Form().model_copy(update={"items": items}))
        assert [problem.field for problem in error.value.problems] == ["items"]


def test_why_a_form_cannot_be_stored_is_said_in_words_that_are_translated(clinic: Clinic) -> None:
    many = tuple(Text(id=f"t{index}", wording="x") for index in range(ITEM_LIMIT + 1))
    with pytest.raises(Invalid) as error:
        templates.create(clinic.bo, "Ny", Form().model_copy(update={"items": many}))

    assert str(error.value.message) == "The form can't be stored: A form holds at most 500 items"
    assert isinstance(error.value.message.parts["reason"], Message)


def test_published_versions_are_frozen(clinic: Clinic) -> None:
    made = publish(clinic.bo, "Ny", INFORMATION)
    with pytest.raises(AttributeError):
        made.form = QUESTION  # type: ignore[misc]

"""Drafts survive, and two terminals never overwrite each other."""

from __future__ import annotations

import pytest

from data import drafts, protected
from data.domain.errors import Conflict, Invalid, NotFound
from data.domain.limits import TEXT_LIMIT
from data.store.database import open_store
from data.store.store import Store
from tests.conftest import REASON, Clinic, FrozenClock, Place


def test_a_new_draft_is_signed_by_its_sender(clinic: Clinic) -> None:
    draft = drafts.begin(clinic.anna, clinic.tolvan.id)

    assert draft.signature == "Anna Andersson, sjuksköterska"
    assert (draft.template, draft.written, draft.version) == (None, {}, 1)
    assert draft.patient == clinic.tolvan


def test_a_signature_without_title(clinic: Clinic) -> None:
    untitled = clinic.anna.model_copy(update={"title": ""})

    assert drafts.begin(untitled, clinic.tolvan.id).signature == "Anna Andersson"


def test_an_unfinished_draft_comes_back_as_it_was_left(clinic: Clinic) -> None:
    saved = clinic.draft(clinic.question, written={"dos": "Första raden\nAndra raden"})

    assert drafts.begin(clinic.anna, clinic.tolvan.id) == saved
    assert drafts.list_mine(clinic.anna) == (saved,)


def test_a_draft_survives_the_program(clinic: Clinic, store: Store, place: Place, clock: FrozenClock) -> None:
    saved = clinic.draft(clinic.question, written={"dos": "1 tablett"})
    store.close()
    again = open_store(place.url, log_keys=place.log_keys, clock=clock)

    assert drafts.list_mine(clinic.anna) == (saved,)
    again.close()


def test_drafts_are_one_for_each_sender_and_patient(clinic: Clinic) -> None:
    protected.state_reason(clinic.anna, clinic.hidden.id, REASON)
    mine = drafts.begin(clinic.anna, clinic.tolvan.id)
    others = [
        drafts.begin(clinic.anna, clinic.hidden.id),
        drafts.begin(clinic.cilla, clinic.tolvan.id),
        drafts.begin(clinic.dag, clinic.tolvan.id),
    ]

    assert len({mine.id, *(draft.id for draft in others)}) == 4
    assert len({mine.key, *(draft.key for draft in others)}) == 4
    assert {draft.id for draft in drafts.list_mine(clinic.anna)} == {mine.id, others[0].id}


def test_the_latest_changed_stands_first(clinic: Clinic, clock: FrozenClock) -> None:
    first = clinic.draft()
    clock.move(minutes=1)
    second = clinic.draft(patient=clinic.hidden)
    assert [draft.id for draft in drafts.list_mine(clinic.anna)] == [second.id, first.id]

    clock.move(minutes=1)
    drafts.save(clinic.anna, first.model_copy(update={"signature": "Anna"}))
    assert [draft.id for draft in drafts.list_mine(clinic.anna)] == [first.id, second.id]


def test_a_patient_who_cannot_be_reached_gets_no_draft(clinic: Clinic) -> None:
    with pytest.raises(Invalid) as error:
        drafts.begin(clinic.anna, clinic.unreachable.id)

    assert [problem.field for problem in error.value.problems] == ["number"]
    assert drafts.list_mine(clinic.anna) == ()


def test_an_unknown_patient(clinic: Clinic) -> None:
    with pytest.raises(NotFound):
        drafts.begin(clinic.anna, 999_999)


def test_the_second_of_two_terminals_is_told_and_overwrites_nothing(clinic: Clinic) -> None:
    here = there = clinic.draft(clinic.question)
    saved = drafts.save(clinic.anna, there.model_copy(update={"written": {"dos": "från den andra"}}))

    with pytest.raises(Conflict):
        drafts.save(clinic.anna, here.model_copy(update={"written": {"dos": "från den första"}}))

    assert drafts.list_mine(clinic.anna) == (saved,)
    kept = drafts.save(
        clinic.anna, here.model_copy(update={"version": saved.version, "written": {"dos": "min"}})
    )
    assert kept.version == saved.version + 1


def test_saving_the_same_again_changes_nothing(clinic: Clinic, clock: FrozenClock) -> None:
    draft = clinic.draft(clinic.question, written={"dos": "1 tablett"})
    clock.move(minutes=5)

    assert drafts.save(clinic.anna, draft) == draft
    assert drafts.list_mine(clinic.anna) == (draft,)


def test_a_discarded_draft_cannot_be_saved(clinic: Clinic) -> None:
    draft = clinic.draft()
    drafts.discard(clinic.anna, draft.id)
    drafts.discard(clinic.anna, draft.id)

    assert drafts.list_mine(clinic.anna) == ()
    with pytest.raises(NotFound):
        drafts.save(clinic.anna, draft)


def test_nobody_else_reaches_a_draft(clinic: Clinic) -> None:
    draft = clinic.draft()
    for other in (clinic.cilla, clinic.dag):
        with pytest.raises(NotFound):
            drafts.save(other, draft)
        drafts.discard(other, draft.id)

    assert drafts.list_mine(clinic.cilla) == drafts.list_mine(clinic.dag) == ()
    assert drafts.list_mine(clinic.anna) == (draft,)


def test_a_template_of_another_clinic_cannot_be_chosen(clinic: Clinic) -> None:
    draft = drafts.begin(clinic.anna, clinic.tolvan.id)

    with pytest.raises(NotFound):
        drafts.save(clinic.anna, draft.model_copy(update={"template": clinic.eken}))


def test_a_draft_moved_to_another_patient_is_not_the_same(clinic: Clinic) -> None:
    draft = clinic.draft()

    with pytest.raises(NotFound):
        drafts.save(clinic.anna, draft.model_copy(update={"patient": clinic.hidden}))


def test_text_that_is_too_long_to_send_is_kept_whole(clinic: Clinic) -> None:
    text = "ord " * TEXT_LIMIT + "slut"
    clinic.draft(clinic.question, written={"dos": text})

    assert drafts.list_mine(clinic.anna)[0].written == {"dos": text}


def test_the_text_of_a_template_chosen_earlier_is_kept(clinic: Clinic) -> None:
    draft = clinic.draft(clinic.question, written={"dos": "1 tablett"})
    moved = drafts.save(clinic.anna, draft.model_copy(update={"template": clinic.information}))

    assert moved.written == {"dos": "1 tablett"}


@pytest.mark.parametrize("hostile", ["\x00", "\ud800", "a\x1b]52;c;eA==\x07b", "\u202eabc"])
def test_nothing_that_was_typed_breaks_a_save(clinic: Clinic, hostile: str) -> None:
    draft = clinic.draft(clinic.question)
    drafts.save(
        clinic.anna,
        draft.model_copy(update={"written": {"dos": hostile, hostile: "x"}, "signature": hostile}),
    )

    kept = drafts.list_mine(clinic.anna)[0]
    stored = "".join([kept.signature, *kept.written, *kept.written.values()])
    assert not set(stored) & {"\x00", "\ud800", "\x1b", "\x07", "\u202e"}

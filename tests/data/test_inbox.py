"""The patient's side: only their own, read once, answered once, and what they typed is never lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import cases, inbox, patients
from data.domain.errors import Conflict, Invalid, NotFound, OmvantError
from data.domain.identity import PersonalIdentityNumber
from data.domain.limits import TEXT_LIMIT
from data.domain.paging import PAGE, Edge, Side
from data.patients import CODE_LIFE, CODE_TRIES, IssuedCode
from data.store import models
from data.store.store import Store
from tests.conftest import ANSWERS, START, Clinic, FrozenClock

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def code(clinic: Clinic) -> IssuedCode:
    clinic.send()
    return patients.issue_code(clinic.anna, clinic.tolvan.id)


def test_the_right_code_opens_once(clinic: Clinic, code: IssuedCode) -> None:
    assert inbox.sign_in(clinic.visitor, clinic.tolvan.number, code.code) == clinic.as_patient()
    assert inbox.sign_in(clinic.visitor, clinic.tolvan.number, code.code) is None


def test_a_code_may_be_typed_with_spaces(clinic: Clinic, code: IssuedCode) -> None:
    spaced = f" {code.code[:3]} {code.code[3:]} "

    assert inbox.sign_in(clinic.visitor, clinic.tolvan.number, spaced)


def test_a_code_lives_for_a_quarter(clinic: Clinic, code: IssuedCode, clock: FrozenClock) -> None:
    assert code.expires_at == START + CODE_LIFE
    clock.now = code.expires_at

    assert inbox.sign_in(clinic.visitor, clinic.tolvan.number, code.code) is None


def test_wrong_codes_use_up_the_tries(clinic: Clinic, code: IssuedCode) -> None:
    for _ in range(CODE_TRIES):
        assert inbox.sign_in(clinic.visitor, clinic.tolvan.number, "x") is None

    assert inbox.sign_in(clinic.visitor, clinic.tolvan.number, code.code) is None


def test_a_new_code_replaces_the_old(clinic: Clinic, code: IssuedCode) -> None:
    new = patients.issue_code(clinic.anna, clinic.tolvan.id)

    assert new.code != code.code
    assert inbox.sign_in(clinic.visitor, clinic.tolvan.number, code.code) is None
    assert inbox.sign_in(clinic.visitor, clinic.tolvan.number, new.code)


def test_another_patients_code_opens_nothing(clinic: Clinic, code: IssuedCode) -> None:
    assert inbox.sign_in(clinic.visitor, clinic.hidden.number, code.code) is None
    assert inbox.sign_in(clinic.visitor, PersonalIdentityNumber("196909092394"), code.code) is None


@pytest.mark.parametrize("hostile", ["", "\ud800", "\x00", "1" * 100_000])
def test_any_code_can_be_tried(clinic: Clinic, code: IssuedCode, hostile: str) -> None:
    assert inbox.sign_in(clinic.visitor, clinic.tolvan.number, hostile) is None


def test_a_code_is_not_stored_in_clear(clinic: Clinic, code: IssuedCode) -> None:
    assert code.code not in models.PatientCode.get().code_hash


def test_a_code_is_for_patients_of_the_clinics_cases_only(clinic: Clinic) -> None:
    with pytest.raises(NotFound):
        patients.issue_code(clinic.anna, clinic.tolvan.id)
    clinic.send()
    with pytest.raises(NotFound):
        patients.issue_code(clinic.dag, clinic.tolvan.id)


def test_the_inbox_holds_the_patients_own_newest_first(clinic: Clinic, clock: FrozenClock) -> None:
    first = clinic.send()
    clock.move(minutes=1)
    clinic.send(patient=clinic.hidden)
    second = clinic.ask(sender=clinic.cilla)
    page = inbox.list_mine(clinic.as_patient(), Edge())

    assert [row.id for row in page.rows] == [second.id, first.id]
    assert [(row.title, row.answerable, row.clinic) for row in page.rows] == [
        ("Ordination", True, "Vårdcentralen Björken"),
        ("Meddelande om provsvar", False, "Vårdcentralen Björken"),
    ]
    assert (page.at_start, page.at_end) == (True, True)


def test_the_unread_stand_first_also_across_pages(clinic: Clinic, clock: FrozenClock) -> None:
    patient, sent = clinic.as_patient(), []
    for _ in range(PAGE + 4):
        sent.append(clinic.send().id)
        clock.move(seconds=1)
    read = {sent[-1], sent[2], sent[0]}
    for case_id in read:
        inbox.open_letter(patient, case_id)
    wanted = [one for one in sent[::-1] if one not in read] + [sent[-1], sent[2], sent[0]]

    def beside(row: inbox.LetterRow, side: Side) -> Edge:
        return Edge(side=side, at=row.sent_at, id=row.id, ahead=row.read_at is None)

    page = inbox.list_mine(patient, Edge())
    rest = inbox.list_mine(patient, beside(page.rows[-1], Side.AFTER))
    assert [row.id for row in (*page.rows, *rest.rows)] == wanted
    assert (page.at_end, rest.at_end) == (False, True)

    last = inbox.list_mine(patient, Edge(side=Side.LAST))
    before = inbox.list_mine(patient, beside(last.rows[0], Side.BEFORE))
    assert [row.id for row in (*before.rows, *last.rows)] == wanted


def test_the_inbox_says_where_answering_was_begun(clinic: Clinic) -> None:
    begun, untouched = clinic.ask(), clinic.ask()
    inbox.save_typed(clinic.as_patient(), begun.id, {"ovrigt": "halvt"})
    rows = inbox.list_mine(clinic.as_patient(), Edge()).rows

    assert {row.id: row.begun for row in rows} == {begun.id: True, untouched.id: False}


def test_the_first_opening_marks_it_read(clinic: Clinic, clock: FrozenClock) -> None:
    sent = clinic.send()
    opened = clock.move(hours=1)
    letter = inbox.open_letter(clinic.as_patient(), sent.id)
    clock.move(hours=1)

    assert letter.read_at == opened
    assert inbox.open_letter(clinic.as_patient(), sent.id).read_at == opened
    assert cases.open_case(clinic.anna, sent.id).read_at == opened


def test_a_list_marks_nothing_read(clinic: Clinic) -> None:
    clinic.send()
    inbox.list_mine(clinic.as_patient(), Edge())

    assert inbox.list_mine(clinic.as_patient(), Edge()).rows[0].read_at is None


def test_the_letter_holds_what_staff_wrote_and_no_word_to_staff(clinic: Clinic) -> None:
    letter = inbox.open_letter(clinic.as_patient(), clinic.ask().id)

    assert letter.written == {"dos": "1 tablett"}
    assert letter.signature == "Anna Andersson, sjuksköterska"
    assert letter.form.staff_instruction == ""
    assert "Hur mycket" not in repr(letter)
    assert letter.form.patient_instruction == "Läs och bekräfta"
    assert (letter.typed, letter.answers, letter.answered_at) == ({}, None, None)


def test_a_patient_reaches_nothing_of_another(clinic: Clinic) -> None:
    sent, other = clinic.ask(), clinic.as_patient(clinic.hidden)
    acts = (
        lambda: inbox.open_letter(other, sent.id),
        lambda: inbox.save_typed(other, sent.id, {"ovrigt": "x"}),
        lambda: inbox.answer(other, sent.id, ANSWERS),
    )
    for act in acts:
        with pytest.raises(NotFound):
            act()

    assert inbox.list_mine(other, Edge()).rows == ()
    assert inbox.open_letter(clinic.as_patient(), sent.id).typed == {}


def test_what_was_typed_comes_back(clinic: Clinic) -> None:
    sent, patient = clinic.ask(), clinic.as_patient()
    half: dict[str, object] = {"ovrigt": "Rad ett\n\tRad två", "rok": False, "hjalp": ["a"], "ok": True}
    kept = inbox.save_typed(patient, sent.id, {"ovrigt": "tidigare"})
    assert inbox.save_typed(patient, sent.id, half, kept) == kept + 1

    letter = inbox.open_letter(patient, sent.id)
    assert (letter.typed, letter.typed_version) == (half, kept + 1)


def test_two_terminals_do_not_type_over_each_other(clinic: Clinic) -> None:
    sent, patient = clinic.ask(), clinic.as_patient()
    here, there = (inbox.open_letter(patient, sent.id).typed_version for _ in range(2))
    there = inbox.save_typed(patient, sent.id, {"ovrigt": "en lång berättelse"}, there)

    with pytest.raises(inbox.TypedElsewhere, match="at another terminal"):
        inbox.save_typed(patient, sent.id, {"ovrigt": "kort"}, here)
    assert inbox.open_letter(patient, sent.id).typed == {"ovrigt": "en lång berättelse"}

    assert inbox.save_typed(patient, sent.id, {"ovrigt": "en lång berättelse"}, here) == there  # the same
    here = inbox.save_typed(patient, sent.id, {"ovrigt": "kort"}, None)
    with pytest.raises(inbox.TypedElsewhere):
        inbox.save_typed(patient, sent.id, {"ovrigt": "en lång berättelse"}, there)
    assert inbox.save_typed(patient, sent.id, {"ovrigt": "kortare"}, here) > here


def test_a_typed_text_that_is_too_long_to_submit_is_kept_whole(clinic: Clinic) -> None:
    sent, patient = clinic.ask(), clinic.as_patient()
    text = "ord " * TEXT_LIMIT + "slut"
    inbox.save_typed(patient, sent.id, {"ovrigt": text})
    assert inbox.open_letter(patient, sent.id).typed == {"ovrigt": text}

    with pytest.raises(Invalid) as error:
        inbox.answer(patient, sent.id, {"ok": True, "ovrigt": text})
    assert [problem.field for problem in error.value.problems] == ["ovrigt"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(typed=st.dictionaries(st.sampled_from(["ok", "rok", "ovrigt", "hjalp", "dos", "\ud800"]), ANYTHING))
def test_anything_typed_is_kept_or_left_out_and_breaks_nothing(
    clinic: Clinic, typed: dict[str, object]
) -> None:
    patient = clinic.as_patient()
    row = models.Case.get_or_none() or models.Case.get_by_id(clinic.ask().id)
    inbox.save_typed(patient, row.id, typed, None)

    assert set(inbox.open_letter(patient, row.id).typed) <= {"ok", "rok", "ovrigt", "hjalp"}
    with pytest.raises(OmvantError):  # the dosage is not the patient's to answer
        inbox.answer(patient, row.id, {**typed, "dos": "x"})


def test_an_answer_is_submitted_once_and_locks(clinic: Clinic, clock: FrozenClock) -> None:
    sent, patient = clinic.ask(), clinic.as_patient()
    inbox.save_typed(patient, sent.id, {"ovrigt": "halvt"})
    moment = clock.move(minutes=10)
    letter = inbox.answer(patient, sent.id, ANSWERS)
    clock.move(minutes=10)

    assert (letter.answers, letter.answered_at, letter.read_at) == (ANSWERS, moment, moment)
    assert letter.typed == {}
    assert inbox.answer(patient, sent.id, ANSWERS) == letter
    for other in ({"ok": True}, {**ANSWERS, "ovrigt": "annat"}, {**ANSWERS, "hjalp": ["no such"]}):
        with pytest.raises(Conflict):
            inbox.answer(patient, sent.id, other)
    with pytest.raises(Conflict):
        inbox.save_typed(patient, sent.id, {"ovrigt": "för sent"})
    assert cases.open_case(clinic.anna, sent.id).answers == ANSWERS


def test_every_fault_of_an_answer_is_told_at_once(clinic: Clinic) -> None:
    sent = clinic.ask()
    with pytest.raises(Invalid) as error:
        inbox.answer(clinic.as_patient(), sent.id, {"rok": "kanske", "hjalp": ["c"]})

    assert {problem.field for problem in error.value.problems} == {"ok", "rok", "hjalp"}
    assert inbox.open_letter(clinic.as_patient(), sent.id).answered_at is None


def test_information_cannot_be_answered(clinic: Clinic) -> None:
    sent = clinic.send()

    with pytest.raises(Invalid):
        inbox.answer(clinic.as_patient(), sent.id, {})


def test_of_two_different_answers_at_the_same_moment_one_counts(clinic: Clinic, store: Store) -> None:
    sent, patient = clinic.ask(), clinic.as_patient()

    def submit(text: str) -> object:
        try:
            return inbox.answer(patient, sent.id, {"ok": True, "ovrigt": text}).answers
        except Conflict:
            return None
        finally:
            store.close()

    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(submit, ["ett", "två"]))

    stored = cases.open_case(clinic.anna, sent.id).answers
    assert results.count(None) == 1
    assert stored in results

"""Two or more who do the same at the same moment: nothing is lost, nothing is done twice, no rule is broken.

A file has one writer at a time. On a server all of them are under way at once.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from data import (
    cases,
    clinics,
    closing,
    drafts,
    holds,
    inbox,
    library,
    log_check,
    log_reviews,
    mailings,
    patients,
    protected,
    retention,
    ssh,
    staff,
    template_drafts,
    templates,
)
from data.case_rows import CaseFilter
from data.domain.errors import Conflict, Invalid, Message, NotAllowed, NotFound, Overtaken
from data.domain.identity import PersonalIdentityNumber
from data.domain.paging import Edge
from data.domain.roles import OperatorActor, Role
from data.log_reviews import Period
from data.operation import AGAIN, Operation, row_to_change
from data.passwords import FAILURES
from data.patients import CODE_TRIES, NewPatient
from data.staff import NewPerson
from data.store import models
from data.store.store import Store
from data.template_drafts import TemplateDraft
from tests.conftest import ANSWERS, INFORMATION, PASSWORD, REASON, START, TODAY, Clinic, FrozenClock
from tests.data.at_once import at_once, until_all_wait

TERMINALS = 8

NEW = PersonalIdentityNumber("196909092394")
"""Of somebody who is not registered yet."""


def only(results: list[object], fault: type[Exception]) -> object:
    """The one thing that was done; all others were told `fault`."""
    (done,) = [one for one in results if not isinstance(one, fault)]
    assert not isinstance(done, Exception), repr(done)
    return done


# Cases


def test_one_key_makes_one_case(clinic: Clinic, store: Store) -> None:
    draft = clinic.draft()
    receipts = at_once(store, *[lambda: cases.send(clinic.anna, draft, draft.key)] * TERMINALS)

    assert len(set(map(repr, receipts))) == 1
    assert isinstance(receipts[0], cases.SentCase)
    assert models.Case.select().count() == 1
    sent = models.AccessLog.select().where(models.AccessLog.event == "case.sent")
    assert sum('"repeated": true' in entry.details for entry in sent) == TERMINALS - 1


def test_one_key_with_other_words_is_told(clinic: Clinic, store: Store) -> None:
    draft = clinic.draft()
    others = [draft.model_copy(update={"signature": f"Anna {number}"}) for number in range(TERMINALS)]
    acts = [lambda draft=draft: cases.send(clinic.anna, draft, draft.key) for draft in others]

    assert isinstance(only(at_once(store, *acts), Conflict), cases.SentCase)
    assert models.Case.select().count() == 1


def test_one_patient_has_one_draft(clinic: Clinic, store: Store) -> None:
    begun = at_once(store, *[lambda: drafts.begin(clinic.anna, clinic.tolvan.id)] * TERMINALS)

    assert len({draft.key for draft in begun if isinstance(draft, drafts.Draft)}) == 1
    assert models.Draft.select().count() == 1


def test_one_key_makes_one_mailing(clinic: Clinic, store: Store) -> None:
    other = patients.register(clinic.anna, NewPatient(number=NEW, name="Ny"))
    numbers = [clinic.tolvan.number, other.number]
    begun = at_once(store, *[lambda: mailings.begin(clinic.anna, numbers)] * 4)
    assert models.Draft.select().count() == len(set(map(repr, begun))) == 1

    (draft,) = drafts.list_mine(clinic.anna)
    ready = drafts.save(clinic.anna, draft.model_copy(update={"template": clinic.information}))
    receipts = at_once(store, *[lambda: mailings.send(clinic.anna, ready, ready.key)] * 4)
    assert isinstance(receipts[0], mailings.Mailing)
    assert len(set(map(repr, receipts))) == 1
    assert models.Case.select().count() == len(numbers)


def test_of_drafts_saved_at_once_one_is_kept_and_the_others_know(clinic: Clinic, store: Store) -> None:
    draft = clinic.draft(clinic.question)
    typed = [draft.model_copy(update={"written": {"dos": f"{number} tabletter"}}) for number in range(4)]
    kept = only(at_once(store, *[lambda one=one: drafts.save(clinic.anna, one) for one in typed]), Conflict)

    assert isinstance(kept, drafts.Draft)
    assert drafts.list_mine(clinic.anna) == (kept,)


def test_a_draft_is_sent_as_it_was_saved_or_not_at_all(clinic: Clinic, store: Store) -> None:
    draft = clinic.draft(clinic.question, written={"dos": "1 tablett"})
    other = draft.model_copy(update={"written": {"dos": "2 tabletter"}})
    acts = (lambda: cases.send(clinic.anna, draft, draft.key), lambda: drafts.save(clinic.anna, other))

    assert isinstance(only(at_once(store, *acts), Conflict | NotFound), cases.SentCase | drafts.Draft)
    assert models.Case.select().count() + models.Draft.select().count() == 1


def test_one_answer_counts(clinic: Clinic, store: Store) -> None:
    sent, patient = clinic.ask(), clinic.as_patient()
    typed = [{**ANSWERS, "ovrigt": f"Svar {number}"} for number in range(TERMINALS)]
    acts = [lambda one=one: inbox.answer(patient, sent.id, one) for one in typed]
    letter = only(at_once(store, *acts), Conflict)

    assert isinstance(letter, inbox.Letter)
    assert cases.open_case(clinic.anna, sent.id).answers == letter.answers


def test_the_same_answer_is_answered_once(clinic: Clinic, store: Store) -> None:
    sent, patient = clinic.ask(), clinic.as_patient()
    letters = at_once(store, *[lambda: inbox.answer(patient, sent.id, ANSWERS)] * TERMINALS)

    assert len(set(map(repr, letters))) == 1
    assert cases.open_case(clinic.anna, sent.id).version == 2


def test_what_is_typed_at_two_terminals_is_not_written_over(clinic: Clinic, store: Store) -> None:
    sent, patient = clinic.ask(), clinic.as_patient()
    acts = [
        lambda text=text: inbox.save_typed(patient, sent.id, {"ovrigt": text})
        for text in ("ett", "två", "tre")
    ]

    assert only(at_once(store, *acts), inbox.TypedElsewhere) == 1


def test_a_case_is_not_closed_unseen_and_answered(clinic: Clinic, store: Store) -> None:
    sent, patient = clinic.ask(), clinic.as_patient()
    only(
        at_once(
            store,
            lambda: inbox.answer(patient, sent.id, ANSWERS),
            lambda: closing.close(clinic.anna, sent.id, 1),
            lambda: closing.close(clinic.cilla, sent.id, 1),
        ),
        Conflict,
    )
    row = models.Case.get()
    assert (row.answered_at is None) != (row.closed_at is None)


def test_what_is_held_is_not_destroyed(clinic: Clinic, store: Store, clock: FrozenClock) -> None:
    sent = old_cases(clinic, clock, 1)[0]
    due = retention.due(clinic.bo)
    destroyed, held = at_once(
        store,
        lambda: retention.destroy(clinic.bo, due),
        lambda: holds.hold(clinic.bo, sent.reference, "Tvist"),
    )

    assert (destroyed is None) != isinstance(held, NotFound)
    assert models.Case.select().count() == (destroyed is None)


def test_two_runs_destroy_each_case_once(clinic: Clinic, store: Store, clock: FrozenClock) -> None:
    sent = old_cases(clinic, clock, 3)
    due = retention.due(clinic.bo)
    receipts = at_once(store, *[lambda: retention.destroy(clinic.bo, due)] * 3)

    (receipt,) = filter(None, receipts)
    assert isinstance(receipt, retention.Receipt)
    assert receipt.digest == retention.digest([one.reference for one in sent])


def old_cases(clinic: Clinic, clock: FrozenClock, count: int) -> list[cases.SentCase]:
    """Closed cases that the clinic's policy no longer keeps."""
    sent = [clinic.send() for _each in range(count)]
    for one in sent:
        closing.close(clinic.anna, one.id, 1)
    retention.set_policy(clinic.bo, 30, 1)
    clock.move(days=31)
    return sent


# Patients


def test_a_number_is_registered_once(clinic: Clinic, store: Store) -> None:
    new = NewPatient(number=NEW, name="Ny")
    patient = only(at_once(store, *[lambda: patients.register(clinic.anna, new)] * TERMINALS), Invalid)

    assert isinstance(patient, patients.Patient)
    told = models.AccessLog.select().where(models.AccessLog.patient_id == patient.id)
    assert sum(not entry.allowed for entry in told) == TERMINALS - 1


def test_one_change_of_a_patient_is_kept(clinic: Clinic, store: Store) -> None:
    named = [clinic.tolvan.model_copy(update={"name": f"Tolvan {number}"}) for number in range(4)]
    kept = only(
        at_once(store, *[lambda one=one: patients.change(clinic.anna, one) for one in named]), Conflict
    )

    assert patients.fetch(clinic.anna, clinic.tolvan.number) == kept


def test_a_case_is_found_by_a_name_that_was_given_while_it_was_sent(clinic: Clinic, store: Store) -> None:
    draft = clinic.draft()
    renamed = clinic.tolvan.model_copy(update={"name": "Trettonde"})
    at_once(
        store,
        lambda: cases.send(clinic.anna, draft, draft.key),
        lambda: patients.change(clinic.anna, renamed),
    )

    assert len(cases.list_mine(clinic.anna, CaseFilter(words=("trettonde",)), Edge()).rows) == 1
    assert not cases.list_mine(clinic.anna, CaseFilter(words=("tolvan",)), Edge()).rows


def test_one_code_is_valid_and_wrong_tries_are_counted(clinic: Clinic, store: Store) -> None:
    clinic.send()
    codes = at_once(store, *[lambda: patients.issue_code(clinic.anna, clinic.tolvan.id)] * 4)
    assert all(isinstance(code, patients.IssuedCode) for code in codes)
    issued = models.PatientCode.get()

    wrong = [lambda: inbox.sign_in(clinic.visitor, clinic.tolvan.number, "000 000")] * (CODE_TRIES - 1)
    assert at_once(store, *wrong) == [None] * (CODE_TRIES - 1)
    assert models.PatientCode.get_by_id(issued.id).tries_left == 1


def test_reasons_stated_at_once_leave_one_that_holds(clinic: Clinic, store: Store) -> None:
    state = lambda: protected.state_reason(clinic.anna, clinic.hidden.id, REASON)  # noqa: E731

    assert at_once(store, *[state] * 4) == [None] * 4
    assert models.ProtectedAccess.select().count() == 1


# Staff and clinics


def test_wrong_passwords_close_an_account_after_so_many(clinic: Clinic, store: Store) -> None:
    tried = at_once(store, *[lambda: staff.sign_in(clinic.visitor, "anna", "wrong")] * TERMINALS)

    assert all(isinstance(one, staff.SignIn) and one.refused for one in tried)
    account = models.Staff.get(models.Staff.username == "anna")
    assert account.failures == FAILURES  # tries at a closed account don't count
    assert account.closed_until is not None


def test_two_administrators_who_remove_each_other_leave_one(clinic: Clinic, store: Store) -> None:
    both = frozenset({Role.ADMINISTRATOR, Role.CARE_PROVIDER})
    cilla = staff.change(clinic.bo, person(clinic, "cilla").model_copy(update={"roles": both}))
    bo, sends = person(clinic, "bo"), frozenset({Role.CARE_PROVIDER})
    only(
        at_once(
            store,
            lambda: staff.change(clinic.bo, cilla.model_copy(update={"roles": sends})),
            lambda: staff.change(clinic.cilla, bo.model_copy(update={"roles": sends})),
        ),
        (Invalid, NotAllowed),
    )
    administrators = models.StaffRole.select().where(models.StaffRole.role == Role.ADMINISTRATOR)
    assert administrators.where(models.StaffRole.clinic == clinic.bo.clinic_id).count() == 1


def test_one_change_of_a_person_is_kept(clinic: Clinic, store: Store) -> None:
    anna = person(clinic, "anna")
    titled = [anna.model_copy(update={"title": f"läkare {number}"}) for number in range(4)]
    kept = only(at_once(store, *[lambda one=one: staff.change(clinic.bo, one) for one in titled]), Conflict)

    assert person(clinic, "anna") == kept


def test_a_user_name_is_given_once(clinic: Clinic, store: Store) -> None:
    new = NewPerson(username="eva", password=PASSWORD, name="Eva Ek", roles=frozenset({Role.CARE_PROVIDER}))
    added = only(at_once(store, *[lambda: staff.add(clinic.bo, new)] * 3), Invalid)

    assert added == person(clinic, "eva")


def test_one_clinic_has_a_name(clinic: Clinic, store: Store) -> None:
    only(at_once(store, *[lambda: clinics.add(clinic.operator, "Alm")] * 4), Invalid)

    assert models.Clinic.select().where(models.Clinic.name == "Alm").count() == 1


def test_settings_of_a_clinic_are_not_written_over(clinic: Clinic, store: Store) -> None:
    idle = clinics.idle(clinic.bo)
    chosen = [idle.model_copy(update={"minutes": minutes}) for minutes in (10, 20)]
    acts = [lambda one=one: clinics.set_idle(clinic.bo, one) for one in chosen]
    only(at_once(store, *acts, lambda: retention.set_policy(clinic.bo, 30, idle.version)), Conflict)

    assert models.Clinic.get_by_id(clinic.bo.clinic_id).version == idle.version + 1


def test_allowing_ssh_twice_is_allowing_it(clinic: Clinic, store: Store) -> None:
    assert at_once(store, *[lambda: ssh.allow(clinic.operator)] * 3) == [None] * 3
    assert ssh.status(clinic.operator)


def person(clinic: Clinic, username: str) -> staff.Person:
    return next(one for one in staff.list_staff(clinic.bo) if one.username == username)


# Templates


def test_of_templates_saved_at_once_one_is_kept(clinic: Clinic, store: Store) -> None:
    template = templates.get(clinic.bo, clinic.question.template_id)
    named = [template.model_copy(update={"name": f"Ordination {letter}"}) for letter in "abcd"]
    acts = [
        *[lambda one=one: templates.save(clinic.bo, one) for one in named],
        lambda: templates.retire(clinic.bo, template.id, template.version),
    ]
    kept = only(at_once(store, *acts), Conflict)

    assert templates.get(clinic.bo, template.id) == kept


def test_a_version_has_a_number_of_its_own(clinic: Clinic, store: Store) -> None:
    made = templates.create(clinic.bo, "Ny", INFORMATION)
    only(at_once(store, *[lambda: templates.publish(clinic.bo, made.id, made.version)] * 4), Conflict)

    versions = models.TemplateVersion.select().where(models.TemplateVersion.template == made.id)
    assert [version.number for version in versions] == [1]


def test_a_template_has_a_name_of_its_own(clinic: Clinic, store: Store) -> None:
    only(at_once(store, *[lambda: templates.create(clinic.bo, "Ny", INFORMATION)] * 4), Invalid)


def test_templates_of_the_library_get_numbers(clinic: Clinic, store: Store) -> None:
    name = next(iter(library.shipped()))
    added = at_once(store, *[lambda: library.add(clinic.bo, name)] * 3)

    assert {one.name for one in added if isinstance(one, templates.Template)} == {
        name,
        f"{name} (2)",
        f"{name} (3)",
    }


def test_a_name_that_was_free_is_not_taken_meanwhile(clinic: Clinic, store: Store) -> None:
    name = next(iter(library.shipped()))
    others: list[Future[templates.Template]] = []

    def add() -> templates.Template:
        try:
            return library.add(clinic.bo, name)
        finally:
            store.close()

    with ThreadPoolExecutor(1) as terminal:

        def meanwhile(event: Any) -> None:
            if 'SELECT "t1"."name_folded" FROM "template"' in event.sql and not others:
                others.append(terminal.submit(add))
                until_all_wait(store, others)

        store.database.query_hooks.append(meanwhile)
        assert library.add(clinic.bo, name).name == name
        (other,) = others
        assert other.result().name == f"{name} (2)"


@pytest.mark.parametrize("saved", [True, False])
def test_edits_kept_at_two_terminals_are_not_written_over(clinic: Clinic, store: Store, saved: bool) -> None:
    template = clinic.question.template_id if saved else None
    edits = [
        TemplateDraft(template_id=template, base_version=1, name=name, form=INFORMATION, changed_at=START)
        for name in ("Ett", "Två", "Tre")
    ]
    only(at_once(store, *[lambda one=one: template_drafts.keep(clinic.bo, one) for one in edits]), Conflict)

    assert models.TemplateDraft.select().count() == 1


# The access log


def test_the_chain_is_sound_under_many_writers(clinic: Clinic, store: Store) -> None:
    before = models.AccessLog.select().count()

    def work() -> None:
        for _time in range(5):
            patients.fetch(clinic.anna, clinic.tolvan.number)
            patients.fetch(clinic.dag, clinic.tolvan.number)

    assert at_once(store, *[work] * TERMINALS) == [None] * TERMINALS
    assert models.AccessLog.select().count() == before + TERMINALS * 10
    assert all(state.sound for state in log_check.verify(clinic.operator))


def test_remarks_of_one_auditor_at_two_terminals_are_all_there(clinic: Clinic, store: Store) -> None:
    for _time in range(6):
        patients.fetch(clinic.anna, clinic.tolvan.number)
    review = log_reviews.draw(clinic.gun, Period(first=TODAY, last=TODAY), 6)
    entries = [row.id for row in review.rows]
    acts = [lambda one=one: log_reviews.remark(clinic.gun, review.summary.id, one, True) for one in entries]
    at_once(store, *acts)

    assert log_reviews.get(clinic.gun, review.summary.id).remarked == set(entries)


def test_a_part_of_the_log_is_pruned_once(clinic: Clinic, store: Store, clock: FrozenClock) -> None:
    for _time in range(3):
        clock.move(days=-6 * 366)
        patients.fetch(clinic.anna, clinic.tolvan.number)
        clock.move(days=6 * 366)
    chain = clinic.anna.clinic_id
    found = at_once(store, *[lambda: log_check.prune(clinic.operator, 5, chain)] * 3)

    assert not any(isinstance(one, Exception) for one in found)
    assert all(state.sound for state in log_check.verify(clinic.operator))


# Beginning again


def test_an_operation_begins_again_a_few_times(clinic: Clinic) -> None:
    begun = 0

    def overtaken(actor: OperatorActor) -> None:
        nonlocal begun
        begun += 1
        raise Overtaken(Message("try again"))

    act = Operation(overtaken, frozenset({Role.OPERATOR}), "test.done")
    with pytest.raises(Conflict, match="try again"):
        act(clinic.operator)
    assert begun == 1 + AGAIN


@pytest.mark.server
def test_two_who_wait_for_each_other_both_get_there(clinic: Clinic, store: Store) -> None:
    begun, held = [], set[int]()

    def rename(actor: OperatorActor, first: int, second: int) -> None:
        begun.append(first)
        store.database.execute_sql("SET LOCAL deadlock_timeout = '10ms'")
        for clinic_id in (first, second):
            row = row_to_change(models.Clinic, clinic_id)
            row.version += 1
            row.save()
            held.add(clinic_id)
            while len(held) < 2:
                pass

    act = Operation(rename, frozenset({Role.OPERATOR}), "test.done")
    here, there = clinic.anna.clinic_id, clinic.dag.clinic_id
    both: list[Callable[[], object]] = [
        lambda: act(clinic.operator, here, there),
        lambda: act(clinic.operator, there, here),
    ]

    assert at_once(store, *both) == [None, None]
    assert len(begun) >= 3
    assert {row.version for row in models.Clinic.select()} == {3}

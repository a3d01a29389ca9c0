"""Sending once and only what is ready; listing by key, filter and clinic; seeing answers."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from data import cases, drafts, inbox, patients, staff, templates
from data.case_rows import CaseFilter, CaseRow, CaseState
from data.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from data.domain.forms import Text
from data.domain.identity import PersonalIdentityNumber
from data.domain.limits import TEXT_LIMIT
from data.domain.paging import PAGE, Edge, Page, Side
from data.domain.roles import StaffActor
from data.sending import REFERENCE_ALPHABET
from data.store import models, search
from data.store.database import open_store
from data.store.store import Store
from tests.conftest import ANSWERS, START, Clinic, FrozenClock, publish
from tests.data.plans import plans


def found(actor: StaffActor, *words: str, state: CaseState | None = None) -> list[int]:
    """The ids of the clinic's cases with these words in this state, in the list's order."""
    wanted = CaseFilter(words=words, state=state)
    return [row.id for row in cases.list_assigned(actor, wanted, Edge()).rows]


def fields_at_fault(error: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return {problem.field for problem in error.value.problems}


# Sending


def test_a_sent_case_says_what_was_sent_to_whom(clinic: Clinic) -> None:
    draft = clinic.draft(clinic.question, written={"dos": " 1 tablett \n"})
    sent = cases.send(clinic.anna, draft, draft.key)
    case = cases.open_case(clinic.anna, sent.id)

    assert (sent.patient, sent.template, sent.answerable) == (clinic.tolvan, "Ordination", True)
    assert (case.written, case.signature) == ({"dos": " 1 tablett"}, "Anna Andersson, sjuksköterska")
    assert (case.sender, case.sent_at, case.read_at) == ("Anna Andersson", START, None)
    assert (case.form, case.answers) == (clinic.question.form, None)
    assert drafts.list_mine(clinic.anna) == ()


@pytest.mark.files
def test_a_send_asks_the_database_no_more_than_it_needs(clinic: Clinic, store: Store) -> None:
    clinic.send()
    draft = clinic.draft()
    seen: list[str] = []
    store.database.query_hooks.append(lambda event: seen.append(event.sql.split()[0]))
    cases.send(clinic.anna, draft, draft.key)
    store.database.query_hooks.clear()

    # Who acts, the draft with its patient, the template, the newest id, the end of the log; the case, its
    # tokens and words, the log; when the template was used; the draft.
    known = {verb: seen.count(verb) for verb in ("SELECT", "INSERT", "UPDATE", "DELETE")}
    assert known == {"SELECT": 5, "INSERT": 4, "UPDATE": 1, "DELETE": 1}


def test_references_are_short_and_cannot_be_misread(clinic: Clinic) -> None:
    references = {clinic.send().reference for _ in range(50)}

    assert len(references) == 50
    assert all(len(one) == 8 and one[3] == "-" for one in references)
    assert set("".join(references)) <= {*REFERENCE_ALPHABET, "-"}


def test_a_repeat_returns_the_first_receipt(clinic: Clinic, clock: FrozenClock) -> None:
    draft = clinic.draft()
    first = cases.send(clinic.anna, draft, draft.key)
    clock.move(minutes=1)

    assert cases.send(clinic.anna, draft, draft.key) == first
    assert models.Case.select().count() == 1


def test_a_repeat_works_though_the_template_was_retired_since(clinic: Clinic) -> None:
    draft = clinic.draft()
    first = cases.send(clinic.anna, draft, draft.key)
    _retire(clinic, "Meddelande om provsvar")

    assert cases.send(clinic.anna, draft, draft.key) == first


def test_a_double_send_from_two_threads_sends_once(clinic: Clinic, store: Store) -> None:
    draft = clinic.draft()

    def send() -> cases.SentCase:
        try:
            return cases.send(clinic.anna, draft, draft.key)
        finally:
            store.close()

    with ThreadPoolExecutor(4) as threads:
        receipts = [future.result() for future in [threads.submit(send) for _ in range(8)]]

    assert len({receipt.id for receipt in receipts}) == 1
    assert models.Case.select().count() == 1


def _send_in_a_process(path: Path, actor: StaffActor, draft: drafts.Draft) -> int:
    store = open_store(path, clock=FrozenClock())
    try:
        return cases.send(actor, draft, draft.key).id
    finally:
        store.close()


def test_a_double_send_from_two_processes_sends_once(clinic: Clinic, database_file: Path) -> None:
    draft = clinic.draft()
    with multiprocessing.get_context("spawn").Pool(2) as processes:
        ids = processes.starmap(_send_in_a_process, [(database_file, clinic.anna, draft)] * 4, chunksize=1)

    assert len(set(ids)) == 1
    assert models.Case.select().count() == 1


def test_a_key_belongs_to_its_sender(clinic: Clinic) -> None:
    draft = clinic.draft()
    cases.send(clinic.anna, draft, draft.key)

    with pytest.raises(NotFound):
        cases.send(clinic.cilla, draft, draft.key)
    with pytest.raises(NotFound):
        cases.send(clinic.dag, draft, draft.key)
    assert models.Case.select().count() == 1


def test_a_draft_that_another_terminal_saved_is_not_sent_without_its_words(clinic: Clinic) -> None:
    stale = clinic.draft(clinic.question, written={"dos": "1 tablett"})
    saved = drafts.save(clinic.anna, stale.model_copy(update={"written": {"dos": "2 tabletter"}}))

    with pytest.raises(Conflict):
        cases.send(clinic.anna, stale, stale.key)
    assert drafts.list_mine(clinic.anna) == (saved,)
    sent = cases.send(clinic.anna, saved, saved.key)
    assert cases.open_case(clinic.anna, sent.id).written == {"dos": "2 tabletter"}


@pytest.mark.parametrize("change", [{"written": {"dos": "2 tabletter"}}, {"signature": "Någon annan"}])
def test_other_words_than_those_sent_are_not_taken_for_sent(
    clinic: Clinic, change: dict[str, object]
) -> None:
    draft = clinic.draft(clinic.question, written={"dos": "1 tablett"})
    sent = cases.send(clinic.anna, draft, draft.key)

    with pytest.raises(Conflict) as error:
        cases.send(clinic.anna, draft.model_copy(update=change), draft.key)
    assert sent.reference in str(error.value)


def test_a_discarded_draft_is_not_sent(clinic: Clinic) -> None:
    draft = clinic.draft()
    drafts.discard(clinic.anna, draft.id)

    with pytest.raises(NotFound):
        cases.send(clinic.anna, draft, draft.key)


@pytest.mark.parametrize("empty", [{}, {"dos": ""}, {"dos": " \n\t "}, {"dos": "\u200b\x1b"}])
def test_an_empty_white_box_is_named(clinic: Clinic, empty: dict[str, str]) -> None:
    draft = clinic.draft(clinic.question, written=empty)

    with pytest.raises(Invalid) as error:
        cases.send(clinic.anna, draft, draft.key)
    assert fields_at_fault(error) == {"dos"}


def test_a_text_that_is_too_long_is_named_and_kept(clinic: Clinic) -> None:
    draft = clinic.draft(clinic.question, written={"dos": "x" * (TEXT_LIMIT + 1)})

    with pytest.raises(Invalid) as error:
        cases.send(clinic.anna, draft, draft.key)
    assert fields_at_fault(error) == {"dos"}
    assert drafts.list_mine(clinic.anna)[0].written == draft.written


def test_everything_that_is_missing_is_named_at_once(clinic: Clinic) -> None:
    draft = clinic.draft(clinic.question)
    models.Patient.update(reachable=False).where(models.Patient.id == clinic.tolvan.id).execute()

    with pytest.raises(Invalid) as error:
        cases.send(clinic.anna, draft.model_copy(update={"signature": " "}), draft.key)
    assert fields_at_fault(error) == {"dos", "number", "signature"}


def test_a_draft_without_template(clinic: Clinic) -> None:
    draft = drafts.begin(clinic.anna, clinic.tolvan.id)

    with pytest.raises(Invalid) as error:
        cases.send(clinic.anna, draft, draft.key)
    assert fields_at_fault(error) == {"template"}


def _retire(clinic: Clinic, name: str) -> None:
    row = next(row for row in templates.list_all(clinic.bo) if row.name == name)
    templates.retire(clinic.bo, row.id, row.version)


def test_a_template_retired_meanwhile_is_not_sent(clinic: Clinic) -> None:
    draft = clinic.draft()
    _retire(clinic, "Meddelande om provsvar")

    with pytest.raises(Invalid) as error:
        cases.send(clinic.anna, draft, draft.key)
    assert fields_at_fault(error) == {"template"}


def test_a_template_changed_meanwhile_is_chosen_anew(clinic: Clinic) -> None:
    draft = clinic.draft()
    row = next(row for row in templates.list_all(clinic.bo) if row.name == "Meddelande om provsvar")
    template = templates.get(clinic.bo, row.id)
    form = template.form.model_copy(update={"items": (Text(id="hej", wording="Nytt"),)})
    saved = templates.save(clinic.bo, template.model_copy(update={"form": form}))
    sent = cases.send(clinic.anna, draft, draft.key)  # saved is not yet published
    assert cases.open_case(clinic.anna, sent.id).form == clinic.information.form

    late = clinic.draft()
    templates.publish(clinic.bo, saved.id, saved.version)
    with pytest.raises(Invalid) as error:
        cases.send(clinic.anna, late, late.key)
    assert fields_at_fault(error) == {"template"}


def test_a_template_of_another_clinic_is_not_sent(clinic: Clinic) -> None:
    draft = clinic.draft()

    with pytest.raises(NotFound):
        cases.send(clinic.anna, draft.model_copy(update={"template": clinic.eken}), draft.key)


def test_words_for_a_template_chosen_earlier_are_not_sent(clinic: Clinic) -> None:
    draft = clinic.draft(clinic.information, written={"dos": "1 tablett"})
    sent = cases.send(clinic.anna, draft, draft.key)

    assert cases.open_case(clinic.anna, sent.id).written == {}


def test_the_latest_used_template_stands_first_for_its_sender(clinic: Clinic, clock: FrozenClock) -> None:
    assert [one.name for one in templates.published(clinic.anna)] == ["Meddelande om provsvar", "Ordination"]
    clinic.ask()
    assert [one.name for one in templates.published(clinic.anna)] == ["Ordination", "Meddelande om provsvar"]
    clock.move(seconds=1)
    clinic.send()
    clinic.ask(sender=clinic.cilla)

    assert [one.name for one in templates.published(clinic.anna)] == ["Meddelande om provsvar", "Ordination"]
    assert [one.name for one in templates.published(clinic.cilla)] == ["Ordination", "Meddelande om provsvar"]


# Lists


def test_mine_are_mine_and_assigned_are_the_clinics(clinic: Clinic, clock: FrozenClock) -> None:
    first = clinic.send()
    clock.move(minutes=1)
    second = clinic.ask(sender=clinic.cilla)
    mine = cases.list_mine(clinic.anna, CaseFilter(), Edge())

    assert [row.id for row in mine.rows] == [first.id]
    assert found(clinic.anna) == found(clinic.cilla) == [second.id, first.id]
    row = mine.rows[0]
    assert (row.patient_name, row.patient_number) == ("Tolvan Tolvansson", "19121212-1212")
    assert (row.template, row.sender, row.answerable) == ("Meddelande om provsvar", "Anna Andersson", False)
    assert (row.read_at, row.answered_at, row.unseen) == (None, None, False)


def test_another_clinic_sees_nothing(clinic: Clinic) -> None:
    sent = clinic.answered()

    assert found(clinic.dag) == []
    assert cases.list_mine(clinic.dag, CaseFilter(), Edge()).rows == ()
    assert cases.news(clinic.dag).unseen == 0
    with pytest.raises(NotFound):
        cases.open_case(clinic.dag, sent.id)


def test_a_person_at_two_clinics_has_a_list_at_each(clinic: Clinic) -> None:
    models.StaffRole.create(staff=clinic.dag.staff_id, clinic=clinic.anna.clinic_id, role="care_provider")
    there = clinic.dag.model_copy(update={"clinic_id": clinic.anna.clinic_id})
    draft = clinic.draft(sender=there)
    cases.send(there, draft, draft.key)

    assert cases.list_mine(clinic.dag, CaseFilter(), Edge()).rows == ()
    with pytest.raises(NotFound):  # the key is of the other clinic
        cases.send(clinic.dag, draft, draft.key)


def test_filters_find_name_number_template_sender_and_reference(clinic: Clinic) -> None:
    tolvan = clinic.ask()
    asa = clinic.send(sender=clinic.cilla, patient=clinic.hidden)

    for words in (
        ("tolvan",),
        ("TOLVANSSON",),
        ("19121212-1212",),
        ("1212121212",),
        ("ordin",),
        ("anna",),
        (tolvan.reference.lower(),),
        ("tolvan", "ordination", "anna"),
    ):
        assert found(clinic.anna, *words) == [tolvan.id], words
    for words in (("åsa",), ("ÅSA",), ("A\u030asa",), ("örn",), ("CEDER", "meddel"), ("880820-2389",)):
        assert found(clinic.cilla, *words) == [asa.id], words
    for words in (("asa",), ("tolvan", "ceder"), ("4711",), ("+",)):
        assert found(clinic.anna, *words) == [], words


@pytest.mark.parametrize(
    "word", ["%", "_", "\\", "*", "?", "[A-Z]", "'", '"', "%' OR 1=1 --", "\x00", "\ud800"]
)
def test_signs_that_mean_something_to_a_database_are_letters_here(clinic: Clinic, word: str) -> None:
    clinic.send()
    with_sign = publish(clinic.bo, "Dosen 50 % _av_ \\ * ? [A-Z] ' \" %' OR 1=1 --", clinic.information.form)
    literal = clinic.send(with_sign)

    blank = word in {"\x00", "\ud800"}
    assert (len(found(clinic.anna, word)), literal.id in found(clinic.anna, word)) == (
        2 if blank else 1,
        True,
    )


def test_an_endless_filter_is_no_error(clinic: Clinic) -> None:
    clinic.send()

    assert found(clinic.anna, *["tolvan"] * 5_000) != []
    assert found(clinic.anna, "x" * 200_000) == []
    assert found(clinic.anna, "", " ") != []


def test_filters_by_state(clinic: Clinic) -> None:
    sent, read, seen, unseen = clinic.ask(), clinic.ask(), clinic.ask(), clinic.ask()
    patient = clinic.as_patient()
    for one in (read, seen, unseen):
        inbox.open_letter(patient, one.id)
    for one in (seen, unseen):
        inbox.answer(patient, one.id, ANSWERS)
    cases.open_case(clinic.anna, seen.id)

    assert found(clinic.anna, state=CaseState.SENT) == [sent.id]
    assert found(clinic.anna, state=CaseState.READ) == [read.id]
    assert found(clinic.anna, state=CaseState.ANSWERED) == [unseen.id, seen.id]
    assert found(clinic.anna, state=CaseState.UNSEEN) == [unseen.id]
    assert found(clinic.anna, "tolvan", state=CaseState.UNSEEN) == [unseen.id]


# Pages


MANY = 300


@pytest.fixture
def many(clinic: Clinic) -> list[int]:
    """300 cases, three a minute, newest first."""
    version = models.TemplateVersion.get(models.TemplateVersion.name == "Ordination")
    rows = [
        {
            "reference": f"R{index}",
            "key": f"K{index}",
            "clinic": clinic.anna.clinic_id,
            "sender": clinic.anna.staff_id,
            "patient": clinic.tolvan.id,
            "template_version": version.id,
            "answerable": True,
            "title": "Ordination",
            "written": "{}",
            "given": "{}",
            "signature": "A",
            "sent_at": START + timedelta(minutes=index // 3),
        }
        for index in range(MANY)
    ]
    models.Case.insert_many(rows).execute()
    ids = [row.id for row in models.Case.select(models.Case.id).order_by(models.Case.id.desc())]
    search.add(ids)
    return ids


def page_at(clinic: Clinic, edge: Edge, *words: str) -> Page[CaseRow]:
    return cases.list_mine(clinic.anna, CaseFilter(words=words), edge)


def beside(row: CaseRow, side: Side) -> Edge:
    return Edge(side=side, at=row.sent_at, id=row.id)


def ids(page: Page[CaseRow]) -> list[int]:
    return [row.id for row in page.rows]


def test_pages_down_then_up_hold_every_case_once(clinic: Clinic, many: list[int]) -> None:
    pages = [page_at(clinic, Edge())]
    while not pages[-1].at_end:
        pages.append(page_at(clinic, beside(pages[-1].rows[-1], Side.AFTER)))
    assert [one for page in pages for one in ids(page)] == many
    assert [len(page.rows) for page in pages] == [PAGE, PAGE, MANY - 2 * PAGE]
    assert [page.at_start for page in pages] == [True, False, False]

    back = [page_at(clinic, Edge(side=Side.LAST))]
    while not back[0].at_start:
        back.insert(0, page_at(clinic, beside(back[0].rows[0], Side.BEFORE)))
    assert [one for page in back for one in ids(page)] == many
    assert [page.at_end for page in back] == [False, False, True]


def test_from_reads_on_with_the_row_itself(clinic: Clinic, many: list[int]) -> None:
    row = page_at(clinic, Edge()).rows[100]
    page = page_at(clinic, beside(row, Side.FROM))

    assert ids(page) == many[100 : 100 + PAGE]
    assert not page.at_start


def test_a_page_keeps_its_place_when_new_cases_arrive(
    clinic: Clinic, many: list[int], clock: FrozenClock
) -> None:
    row = page_at(clinic, Edge()).rows[-1]
    clock.move(days=1)
    clinic.send()

    assert ids(page_at(clinic, beside(row, Side.AFTER))) == many[PAGE : 2 * PAGE]


def test_pages_of_a_filter(clinic: Clinic, many: list[int]) -> None:
    page = page_at(clinic, Edge(), "R29")
    assert ids(page) == [many[MANY - 1 - index] for index in (*range(299, 289, -1), 29)]
    assert (page.at_start, page.at_end) == (True, True)


def test_an_edge_past_the_end_is_an_empty_page(clinic: Clinic, many: list[int]) -> None:
    oldest = page_at(clinic, Edge(side=Side.LAST)).rows[-1]
    page = page_at(clinic, beside(oldest, Side.AFTER))

    assert (page.rows, page.at_end) == ((), True)


@pytest.mark.files
def test_a_page_is_answered_by_an_index(clinic: Clinic, store: Store) -> None:
    with plans(store) as plan:
        page_at(clinic, Edge(side=Side.AFTER, at=START, id=5))
        cases.news(clinic.anna)

    assert "TEMP B-TREE" not in plan("ORDER BY")
    assert "(sender_id=? AND clinic_id=? AND sent_at<?)" in plan("ORDER BY")
    assert "COVERING INDEX case_unseen_mine (sender_id=? AND clinic_id=?)" in plan("COUNT")


# Answers


def test_an_answer_is_unseen_until_its_sender_opens_it(clinic: Clinic) -> None:
    sent = clinic.answered()
    assert cases.news(clinic.anna).unseen == 1
    assert cases.news(clinic.cilla).unseen == 0

    case = cases.open_case(clinic.cilla, sent.id)
    assert case.answers == ANSWERS
    assert cases.news(clinic.anna).unseen == 1

    cases.open_case(clinic.anna, sent.id)
    assert cases.news(clinic.anna).unseen == 0
    assert cases.list_mine(clinic.anna, CaseFilter(), Edge()).rows[0].unseen is False


def test_opening_before_the_answer_does_not_count_as_seeing_it(clinic: Clinic) -> None:
    sent = clinic.ask()
    cases.open_case(clinic.anna, sent.id)
    inbox.answer(clinic.as_patient(), sent.id, ANSWERS)

    assert cases.news(clinic.anna).unseen == 1


def test_a_case_keeps_its_template_and_shows_the_patient_as_now(clinic: Clinic) -> None:
    sent = clinic.ask()
    row = next(row for row in templates.list_all(clinic.bo) if row.name == "Ordination")
    template = templates.get(clinic.bo, row.id)
    saved = templates.save(
        clinic.bo, template.model_copy(update={"name": "Nytt namn", "form": clinic.information.form})
    )
    templates.publish(clinic.bo, saved.id, saved.version)
    case = cases.open_case(clinic.anna, sent.id)

    assert (case.template, case.form) == ("Ordination", clinic.question.form)
    assert inbox.answer(clinic.as_patient(), sent.id, ANSWERS).answers == ANSWERS


def test_news_say_that_the_clock_is_behind_the_access_log(clinic: Clinic, clock: FrozenClock) -> None:
    clinic.send()
    clock.move(seconds=-60)
    assert not cases.news(clinic.anna).clock_behind
    clock.move(seconds=-1)
    assert cases.news(clinic.anna).clock_behind


def test_news_change_when_another_connection_changes_something(clinic: Clinic, store: Store) -> None:
    before = cases.news(clinic.anna).token
    assert cases.news(clinic.anna).token == before

    def elsewhere() -> None:
        clinic.send(sender=clinic.cilla)
        store.close()

    with ThreadPoolExecutor(1) as other:
        other.submit(elsewhere).result()
    assert cases.news(clinic.anna).token != before


def test_a_sender_who_left_still_stands_by_their_cases(clinic: Clinic) -> None:
    sent = clinic.send(sender=clinic.cilla)
    person = next(one for one in staff.list_staff(clinic.bo) if one.username == "cilla")
    staff.change(clinic.bo, person.model_copy(update={"disabled": True}))

    with pytest.raises(NotAllowed):
        cases.open_case(clinic.cilla, sent.id)
    assert cases.open_case(clinic.anna, sent.id).sender == "Cilla Ceder"


def test_a_patient_registered_at_one_clinic_is_found_at_both_but_the_cases_are_not(clinic: Clinic) -> None:
    clinic.send()
    assert patients.fetch(clinic.dag, PersonalIdentityNumber("191212121212")) == clinic.tolvan
    assert found(clinic.dag, "tolvan") == []

"""The same to many patients: a case for each of them, all or nothing, once, and all of it on record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from data import cases, drafts, inbox, mailings, patients, protected, templates
from data.case_rows import CaseFilter
from data.domain.errors import Conflict, Invalid, NotFound, OmvantError
from data.domain.forms import Form, Text, WhiteBox
from data.domain.identity import PersonalIdentityNumber
from data.domain.paging import Edge
from data.drafts import Draft
from data.log_check import verify
from data.mailings import MOST, NOT_REGISTERED, PROTECTED
from data.patients import NewPatient, Patient
from data.sending import UNREACHABLE
from data.store import models
from data.store.database import current
from data.store.store import Store
from data.templates import PublishedTemplate
from tests.conftest import REASON, Clinic, FrozenClock, publish
from tests.protecting import details, entries, latest

NUMBERS = tuple(
    PersonalIdentityNumber(digits)
    for digits in ("196909092394", "197702132395", "198006202389", "198207112395")
)
NAMES = ("Lars Karlsson", "Karl Nilsson", "Kristina Olsson", "Johan Svensson")
NOBODYS = PersonalIdentityNumber("201111082390")


@pytest.fixture
def four(clinic: Clinic) -> tuple[Patient, ...]:
    """Four patients of the clinic who can be sent to."""
    return tuple(
        patients.register(clinic.anna, NewPatient(number=number, name=name))
        for number, name in zip(NUMBERS, NAMES, strict=True)
    )


def draft_to(
    clinic: Clinic,
    *numbers: PersonalIdentityNumber,
    template: PublishedTemplate | None = None,
    written: dict[str, str] | None = None,
) -> Draft:
    """A saved draft to these patients, ready to be sent."""
    begun = mailings.begin(clinic.anna, numbers or NUMBERS)
    filled = {"template": template or clinic.information, "written": written or {}}
    return drafts.save(clinic.anna, begun.model_copy(update=filled))


def problems(error: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(problem.field, str(problem.message)) for problem in error.value.problems]


# Who can be sent to


def test_everybody_is_judged_by_number(clinic: Clinic, four: tuple[Patient, ...]) -> None:
    asked = (four[0].number, NOBODYS, clinic.hidden.number, clinic.unreachable.number, four[1].number)
    found = mailings.fetch(clinic.anna, asked)

    assert [(one.number, one.fault) for one in found] == [
        (four[0].number, None),
        (NOBODYS, NOT_REGISTERED),
        (clinic.hidden.number, PROTECTED),
        (clinic.unreachable.number, UNREACHABLE),
        (four[1].number, None),
    ]


def test_a_number_that_stands_twice_is_judged_once(clinic: Clinic, four: tuple[Patient, ...]) -> None:
    found = mailings.fetch(clinic.anna, (four[1].number, four[0].number, four[1].number))

    assert [one.number for one in found] == [four[1].number, four[0].number]


def test_judging_is_recorded_about_each(clinic: Clinic, four: tuple[Patient, ...]) -> None:
    before = len(entries("patient.fetched"))
    mailings.fetch(clinic.anna, (four[0].number, NOBODYS, clinic.hidden.number))
    made = entries("patient.fetched")[before:]

    assert [row.patient_id for row in made] == [four[0].id, None, clinic.hidden.id]
    assert [details(row) for row in made] == [
        {},
        {"number": str(NOBODYS), "found": False},
        {"withheld": True},
    ]
    assert {row.staff_id for row in made} == {clinic.anna.staff_id}


@pytest.mark.parametrize("with_reason", [False, True])
def test_of_a_protected_patient_nothing_else_is_told(clinic: Clinic, with_reason: bool) -> None:
    if with_reason:
        protected.state_reason(clinic.anna, clinic.hidden.id, REASON)
    [found] = mailings.fetch(clinic.anna, (clinic.hidden.number,))

    assert (found.number, found.fault) == (clinic.hidden.number, PROTECTED)
    assert vars(found).keys() == {"number", "fault"}


def test_there_is_a_most(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST == 1_000
    monkeypatch.setattr(mailings, "MOST", 3)
    for act in (mailings.fetch, mailings.begin):
        with pytest.raises(Invalid) as error:
            act(clinic.anna, NUMBERS)
        assert problems(error) == [
            ("number", "At most 3 patients at a time, and these are 4: send to some of them first")
        ]


# Drafts to many


def test_a_draft_to_many_says_whom_it_is_for(clinic: Clinic, four: tuple[Patient, ...]) -> None:
    draft = mailings.begin(clinic.anna, (*reversed(NUMBERS), NUMBERS[0]))

    assert draft.patient == four[0]
    assert draft.also == NUMBERS[1:]
    assert details(latest())["patients"] == [one.id for one in four]
    assert drafts.list_mine(clinic.anna) == (draft,)
    assert cases.news(clinic.anna).drafts == 1


def test_the_unfinished_one_to_just_these_comes_back(clinic: Clinic, four: tuple[Patient, ...]) -> None:
    kept = draft_to(clinic, template=clinic.question, written={"dos": "1 tablett"})

    assert mailings.begin(clinic.anna, tuple(reversed(NUMBERS))) == kept
    assert mailings.begin(clinic.anna, NUMBERS[:3]).id != kept.id
    assert mailings.begin(clinic.cilla, NUMBERS).id != kept.id


def test_drafts_to_one_and_to_many_are_not_mixed_up(clinic: Clinic, four: tuple[Patient, ...]) -> None:
    many = draft_to(clinic)
    one = drafts.begin(clinic.anna, four[0].id)
    fewer = mailings.begin(clinic.anna, NUMBERS[:2])

    assert len({many.id, one.id, fewer.id}) == 3
    assert one.also == ()
    assert drafts.begin(clinic.anna, four[0].id) == one
    assert mailings.begin(clinic.anna, NUMBERS) == many


def test_whom_it_is_for_can_be_changed_and_what_is_written_stays(
    clinic: Clinic, four: tuple[Patient, ...]
) -> None:
    draft = draft_to(clinic, *NUMBERS[:3], template=clinic.question, written={"dos": "1 tablett"})
    changed = mailings.begin(clinic.anna, NUMBERS[1:], draft)

    assert (changed.id, changed.key, changed.written) == (draft.id, draft.key, draft.written)
    assert (changed.patient.number, *changed.also) == NUMBERS[1:]
    assert mailings.begin(clinic.anna, NUMBERS[1:], changed) == changed
    with pytest.raises(Conflict):
        mailings.begin(clinic.anna, NUMBERS, draft)
    with pytest.raises(NotFound):
        mailings.begin(clinic.cilla, NUMBERS, changed)


@pytest.mark.parametrize("count", [0, 1])
def test_many_are_at_least_two(clinic: Clinic, four: tuple[Patient, ...], count: int) -> None:
    with pytest.raises(Invalid):
        mailings.begin(clinic.anna, NUMBERS[:1] * count)


def test_nobody_gets_a_draft_who_cannot_be_sent_to(clinic: Clinic, four: tuple[Patient, ...]) -> None:
    those = (clinic.hidden.number, NOBODYS, *NUMBERS, clinic.unreachable.number)
    with pytest.raises(Invalid) as error:
        mailings.begin(clinic.anna, those)

    assert sorted(problems(error)) == sorted(
        ("number", f"{number}: {fault}")
        for number, fault in (
            (NOBODYS, NOT_REGISTERED),
            (clinic.hidden.number, PROTECTED),
            (clinic.unreachable.number, UNREACHABLE),
        )
    )
    assert drafts.list_mine(clinic.anna) == ()


def test_a_discarded_draft_to_many_is_gone(clinic: Clinic, four: tuple[Patient, ...]) -> None:
    drafts.discard(clinic.anna, draft_to(clinic).id)

    assert drafts.list_mine(clinic.anna) == ()
    assert details(latest())["patients"] == [one.id for one in four]


# Sending


def test_each_gets_a_case_of_their_own(clinic: Clinic, four: tuple[Patient, ...]) -> None:
    draft = draft_to(clinic, template=clinic.question, written={"dos": "1 tablett"})
    mailing = mailings.send(clinic.anna, draft, draft.key)

    assert (mailing.template, mailing.answerable) == ("Ordination", True)
    assert [one.patient_id for one in mailing.receipts] == [one.id for one in four]
    assert len({one.reference for one in mailing.receipts}) == 4
    for receipt, patient in zip(mailing.receipts, four, strict=True):
        case = cases.open_case(clinic.anna, receipt.id)
        assert (case.patient, case.reference) == (patient, receipt.reference)
        assert (case.written, case.sent_at) == ({"dos": "1 tablett"}, mailing.sent_at)
        assert case.signature == "Anna Andersson, sjuksköterska"
    assert drafts.list_mine(clinic.anna) == ()
    assert len(cases.list_mine(clinic.anna, CaseFilter(), Edge()).rows) == 4


def test_each_is_addressed_by_name(clinic: Clinic, four: tuple[Patient, ...]) -> None:
    form = Form(
        title="Till {namn}",
        answerable=False,
        items=(
            WhiteBox(id="tid", wording="Tid", name="tid"),
            Text(id="hej", wording="Hej {namn}! Kom {tid}."),
        ),
    )
    draft = draft_to(clinic, template=publish(clinic.bo, "Kallelse", form), written={"tid": "klockan 9"})
    mailing = mailings.send(clinic.anna, draft, draft.key)

    for receipt, patient in zip(mailing.receipts, four, strict=True):
        letter = inbox.open_letter(clinic.as_patient(patient), receipt.id)
        assert letter.title == f"Till {patient.name}"
        assert f"Hej {patient.name}! Kom klockan 9." in letter.form.model_dump_json()


def test_each_is_found_by_name(clinic: Clinic, four: tuple[Patient, ...]) -> None:
    draft = draft_to(clinic)
    mailings.send(clinic.anna, draft, draft.key)
    found = cases.list_mine(clinic.anna, CaseFilter(words=("kristina",)), Edge()).rows

    assert [row.patient_name for row in found] == ["Kristina Olsson"]


def test_each_is_recorded_in_a_chain_that_holds(clinic: Clinic, four: tuple[Patient, ...]) -> None:
    draft = draft_to(clinic)
    mailing = mailings.send(clinic.anna, draft, draft.key)
    sent = entries("case.sent")

    assert [(row.patient_id, row.case_id) for row in sent] == [
        (one.patient_id, one.id) for one in mailing.receipts
    ]
    assert {row.staff_id for row in sent} == {clinic.anna.staff_id}
    assert {details(row)["name"] for row in sent} == {"Meddelande om provsvar"}
    numbers = [row.number for row in sent]
    assert numbers == list(range(numbers[0], numbers[0] + 4))
    patients.fetch(clinic.anna, four[0].number)
    assert latest().number == numbers[-1] + 1
    assert all(chain.sound for chain in verify(clinic.operator))


def test_a_repeat_returns_the_first_receipt(
    clinic: Clinic, four: tuple[Patient, ...], clock: FrozenClock
) -> None:
    draft = draft_to(clinic, template=clinic.question, written={"dos": "1 tablett"})
    first = mailings.send(clinic.anna, draft, draft.key)
    clock.move(minutes=1)

    assert mailings.send(clinic.anna, draft, draft.key) == first
    assert models.Case.select().count() == 4
    again = entries("case.sent")[4:]
    assert [row.case_id for row in again] == [one.id for one in first.receipts]
    assert all(details(row)["repeated"] for row in again)


def test_a_repeat_with_other_words_or_to_others_is_no_repeat(
    clinic: Clinic, four: tuple[Patient, ...]
) -> None:
    draft = draft_to(clinic, *NUMBERS[:3], template=clinic.question, written={"dos": "1 tablett"})
    mailings.send(clinic.anna, draft, draft.key)
    others = (
        {"written": {"dos": "2 tabletter"}},
        {"also": NUMBERS[1:2]},
        {"also": NUMBERS[1:4]},
        {"also": (NUMBERS[1], NUMBERS[3])},
        {"also": ()},
    )
    for other in others:
        with pytest.raises(Conflict):
            mailings.send(clinic.anna, draft.model_copy(update=other), draft.key)
    assert models.Case.select().count() == 3


def test_a_double_send_from_several_threads_sends_once(
    clinic: Clinic, four: tuple[Patient, ...], store: Store
) -> None:
    draft = draft_to(clinic)

    def send() -> mailings.Mailing:
        try:
            return mailings.send(clinic.anna, draft, draft.key)
        finally:
            store.close()

    with ThreadPoolExecutor(4) as threads:
        receipts = [future.result() for future in [threads.submit(send) for _ in range(8)]]

    assert all(receipt == receipts[0] for receipt in receipts)
    assert models.Case.select().count() == 4


def test_it_is_all_or_nothing(clinic: Clinic, four: tuple[Patient, ...]) -> None:
    draft = draft_to(clinic)
    last = models.Case.select().count()
    # The third case can't be stored, whatever the reason.
    models.Case.create(
        reference="ABC-DEFG", key=f"{draft.key}:3", clinic=clinic.anna.clinic_id, sender=clinic.anna.staff_id,
        patient=clinic.tolvan.id, template_version=clinic.information.version_id, answerable=False, title="x",
        written="{}", given="{}", signature="x", sent_at=current().clock(),
    )  # fmt: skip
    recorded = models.AccessLog.select().count()
    with pytest.raises(OmvantError):
        mailings.send(clinic.anna, draft, draft.key)

    assert models.Case.select().count() == last + 1
    assert models.AccessLog.select().count() == recorded
    assert drafts.list_mine(clinic.anna) == (draft,)


def test_who_cannot_be_reached_any_more_is_named_and_nothing_is_sent(
    clinic: Clinic, four: tuple[Patient, ...]
) -> None:
    draft = draft_to(clinic, template=clinic.question, written={"dos": ""})
    patients.change(clinic.cilla, four[1].model_copy(update={"reachable": False}))
    patients.change(clinic.cilla, four[2].model_copy(update={"protected": True}))
    expected = [
        ("dos", "Write here before you send"),
        ("number", f"{four[1].number}: {UNREACHABLE}"),
        ("number", f"{four[2].number}: {PROTECTED}"),
    ]
    for act in (
        lambda: mailings.check(clinic.anna, draft),
        lambda: mailings.send(clinic.anna, draft, draft.key),
    ):
        with pytest.raises(Invalid) as error:
            act()
        assert problems(error) == expected
    assert models.Case.select().count() == 0
    assert [one.id for one in drafts.list_mine(clinic.anna)] == [draft.id]


def test_a_reason_does_not_put_a_protected_patient_among_many(
    clinic: Clinic, four: tuple[Patient, ...]
) -> None:
    draft = draft_to(clinic)
    protected.state_reason(clinic.anna, four[0].id, REASON)
    patients.change(clinic.anna, four[0].model_copy(update={"protected": True}))

    with pytest.raises(Invalid):
        mailings.send(clinic.anna, draft, draft.key)


def test_a_draft_to_many_is_never_sent_to_the_first_alone(clinic: Clinic, four: tuple[Patient, ...]) -> None:
    draft = draft_to(clinic)
    for shown in (draft, draft.model_copy(update={"also": ()})):
        with pytest.raises(Invalid):
            cases.send(clinic.anna, shown, draft.key)
    assert models.Case.select().count() == 0


def test_a_stale_draft_is_not_sent(clinic: Clinic, four: tuple[Patient, ...]) -> None:
    stale = draft_to(clinic)
    saved = drafts.save(clinic.anna, stale.model_copy(update={"signature": "Anna"}))
    with pytest.raises(Conflict):
        mailings.send(clinic.anna, stale, stale.key)
    with pytest.raises(NotFound):
        mailings.send(clinic.cilla, saved, saved.key)
    drafts.discard(clinic.anna, saved.id)
    with pytest.raises(NotFound):
        mailings.send(clinic.anna, saved, saved.key)
    assert models.Case.select().count() == 0


def test_the_template_stands_first_afterwards(clinic: Clinic, four: tuple[Patient, ...]) -> None:
    draft = draft_to(clinic, template=clinic.question, written={"dos": "1"})
    mailings.send(clinic.anna, draft, draft.key)

    assert templates.published(clinic.anna)[0].name == "Ordination"


def test_more_than_fit_in_one_statement(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as there may be: ids, keys and the chain go on over all pieces."""
    numbers = tuple(_numbers(1_000))
    with current().writing():
        patients.insert_all([NewPatient(number=one, name=f"Person {one}") for one in numbers])
    draft = draft_to(clinic, *numbers)
    mailing = mailings.send(clinic.anna, draft, draft.key)

    assert len({one.id for one in mailing.receipts}) == 1_000
    assert mailings.send(clinic.anna, draft, draft.key) == mailing
    assert all(chain.sound for chain in verify(clinic.operator))


def _numbers(count: int) -> list[PersonalIdentityNumber]:
    """Made-up numbers of made-up people."""
    found = []
    for at in range(count):
        body = f"{1940 + at // 280}{1 + at // 28 % 10:02}{1 + at % 28:02}238"
        doubled = [int(sign) * (2 - place % 2) for place, sign in enumerate(body[2:])]
        found.append(PersonalIdentityNumber(f"{body}{-sum(map(sum, map(divmod, doubled, [10] * 9))) % 10}"))
    return found

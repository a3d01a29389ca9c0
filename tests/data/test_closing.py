"""Closing a case and opening it again: what the clinic, the colleague and the patient may still do."""

from __future__ import annotations

import pytest

from data import cases, closing, inbox
from data.case_rows import CaseFilter, CaseState
from data.domain.errors import Conflict, NotFound
from data.domain.paging import Edge
from data.store import models
from tests.conftest import ANSWERS, Clinic, FrozenClock


def opened(clinic: Clinic, case_id: int) -> cases.Case:
    return cases.open_case(clinic.cilla, case_id)


def listed(clinic: Clinic, state: CaseState) -> list[int]:
    rows = cases.list_assigned(clinic.anna, CaseFilter(state=state), Edge()).rows
    return [row.id for row in rows]


def last_event() -> tuple[str, int | None, int | None]:
    entry = models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()
    return entry.event, entry.patient_id, entry.case_id


def test_a_colleague_closes_and_opens_again(clinic: Clinic, clock: FrozenClock) -> None:
    sent = clinic.answered()
    before = opened(clinic, sent.id)
    assert (before.closed_at, before.closed_by) == (None, "")

    moment = clock.move(days=1)
    closing.close(clinic.cilla, sent.id, before.version)
    closed = opened(clinic, sent.id)
    assert (closed.closed_at, closed.closed_by) == (moment, "Cilla Ceder")
    assert closed.answers == ANSWERS
    closing.reopen(clinic.anna, sent.id, closed.version)
    assert opened(clinic, sent.id) == before.model_copy(update={"version": 4})


def test_both_are_recorded_about_the_patient(clinic: Clinic) -> None:
    sent = clinic.send()
    closing.close(clinic.anna, sent.id, 1)
    assert last_event() == ("case.closed", clinic.tolvan.id, sent.id)
    closing.reopen(clinic.anna, sent.id, 2)
    assert last_event() == ("case.reopened", clinic.tolvan.id, sent.id)


def test_of_two_colleagues_at_once_the_second_is_told(clinic: Clinic) -> None:
    sent = clinic.send()
    version = opened(clinic, sent.id).version
    closing.close(clinic.anna, sent.id, version)

    with pytest.raises(Conflict, match="Anna Andersson has closed the case already"):
        closing.close(clinic.cilla, sent.id, version)
    assert opened(clinic, sent.id).closed_by == "Anna Andersson"

    closing.reopen(clinic.anna, sent.id, version + 1)
    with pytest.raises(Conflict, match="look at it again"):
        closing.reopen(clinic.cilla, sent.id, version + 1)
    with pytest.raises(Conflict, match="open already"):
        closing.reopen(clinic.cilla, sent.id, version + 2)


def test_an_answer_that_came_meanwhile_is_not_closed_unseen(clinic: Clinic) -> None:
    sent = clinic.ask()
    version = opened(clinic, sent.id).version
    inbox.answer(clinic.as_patient(), sent.id, ANSWERS)

    with pytest.raises(Conflict, match="changed meanwhile"):
        closing.close(clinic.anna, sent.id, version)
    assert opened(clinic, sent.id).closed_at is None


def test_a_reading_does_not_stand_in_the_way(clinic: Clinic) -> None:
    sent = clinic.ask()
    version = opened(clinic, sent.id).version
    inbox.open_letter(clinic.as_patient(), sent.id)

    closing.close(clinic.anna, sent.id, version)
    assert opened(clinic, sent.id).closed_at


def test_another_clinics_case_is_not_found(clinic: Clinic) -> None:
    sent = clinic.send()
    for act in (closing.close, closing.reopen):
        with pytest.raises(NotFound):
            act(clinic.dag, sent.id, 1)
        with pytest.raises(NotFound):
            act(clinic.anna, 999, 1)
    assert opened(clinic, sent.id).version == 1


def test_the_list_tells_closed_from_open(clinic: Clinic) -> None:
    closed, still_open = clinic.send(), clinic.send()
    closing.close(clinic.anna, closed.id, 1)

    assert listed(clinic, CaseState.CLOSED) == [closed.id]
    assert listed(clinic, CaseState.OPEN) == [still_open.id]
    rows = cases.list_mine(clinic.anna, CaseFilter(), Edge()).rows
    assert [row.closed_at is not None for row in rows] == [False, True]


class TestThePatient:
    def test_reads_a_closed_message(self, clinic: Clinic, clock: FrozenClock) -> None:
        sent = clinic.send()
        closing.close(clinic.anna, sent.id, 1)

        letter = inbox.open_letter(clinic.as_patient(), sent.id)
        assert (letter.read_at, letter.closed_at) == (clock.now, clock.now)
        (row,) = inbox.list_mine(clinic.as_patient(), Edge()).rows
        assert row.closed_at == clock.now

    def test_cannot_answer_it_and_keeps_what_was_typed(self, clinic: Clinic) -> None:
        sent, tolvan = clinic.ask(), clinic.as_patient()
        kept = inbox.save_typed(tolvan, sent.id, {"ovrigt": "Hej"})
        closing.close(clinic.anna, sent.id, 1)

        inbox.save_typed(tolvan, sent.id, {"ovrigt": "Hej igen"}, kept)
        with pytest.raises(Conflict, match="The clinic has closed this message"):
            inbox.answer(tolvan, sent.id, ANSWERS)
        letter = inbox.open_letter(tolvan, sent.id)
        assert (letter.answers, letter.typed) == (None, {"ovrigt": "Hej igen"})

        closing.reopen(clinic.anna, sent.id, 2)
        assert inbox.answer(tolvan, sent.id, ANSWERS).answers == ANSWERS

    def test_who_answered_before_gets_the_same_receipt_again(self, clinic: Clinic) -> None:
        sent = clinic.answered()
        closing.close(clinic.anna, sent.id, 2)

        assert inbox.answer(clinic.as_patient(), sent.id, ANSWERS).answers == ANSWERS

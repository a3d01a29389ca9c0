"""Lists leave out what others sent to a patient with protected identity, and count it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data import cases, drafts, protected
from data.case_rows import CaseFilter
from data.domain.errors import ReasonNeeded
from data.domain.paging import PAGE, Edge, Side
from data.protected import ACCESS_LIFE
from data.store.store import Store
from tests.conftest import START, Clinic, FrozenClock
from tests.data.plans import plans
from tests.protecting import HIDDEN_NAME, WHY, listed


def test_a_list_leaves_out_what_others_sent_to_a_protected_patient(clinic: Clinic) -> None:
    tolvans, hers = clinic.send(), clinic.send(patient=clinic.hidden)

    assert listed(clinic.cilla) == [tolvans.id]
    assert cases.count_left_out(clinic.cilla) == 1
    assert listed(clinic.anna) == [hers.id, tolvans.id]
    assert cases.count_left_out(clinic.anna) == 0
    assert cases.count_left_out(clinic.dag) == 0
    protected.state_reason(clinic.cilla, clinic.hidden.id, WHY)
    assert listed(clinic.cilla) == [hers.id, tolvans.id]
    assert cases.count_left_out(clinic.cilla) == 0


def test_no_search_finds_them_and_none_is_answered_by_a_number(clinic: Clinic) -> None:
    sent = clinic.send(patient=clinic.hidden)

    for words in (("åsa",), ("örn",), ("19880820-2389",), ("2389",), (sent.reference,), ("anna", "meddel")):
        assert listed(clinic.cilla, *words) == [], words
        assert listed(clinic.anna, *words) == [sent.id], words
    assert cases.list_mine(clinic.cilla, CaseFilter(), Edge()).rows == ()


def test_ones_own_are_listed_with_their_mark(clinic: Clinic, clock: FrozenClock) -> None:
    clinic.send(patient=clinic.hidden)
    clinic.draft(patient=clinic.hidden)
    clock.now = START + ACCESS_LIFE + timedelta(minutes=1)

    (row,) = cases.list_mine(clinic.anna, CaseFilter(), Edge()).rows
    assert (row.patient_name, row.protected) == (HIDDEN_NAME, True)
    (draft,) = drafts.list_mine(clinic.anna)
    assert (draft.patient.protected, draft.patient.reason) == (True, "")
    with pytest.raises(ReasonNeeded):
        drafts.begin(clinic.anna, draft.patient.id)


def test_pages_are_whole_with_what_is_left_out_between(clinic: Clinic, clock: FrozenClock) -> None:
    wanted = []
    for index in range(2 * PAGE + 10):
        clock.move(seconds=1)
        if index % 3 == 0:
            clinic.send(patient=clinic.hidden)
        else:
            wanted.append(clinic.send().id)
    wanted.reverse()
    read, edge = [], Edge()
    while True:
        page = cases.list_assigned(clinic.cilla, CaseFilter(), edge)
        read += [row.id for row in page.rows]
        assert page.at_end or len(page.rows) == PAGE
        if page.at_end:
            break
        edge = Edge(side=Side.AFTER, at=page.rows[-1].sent_at, id=page.rows[-1].id)

    assert read == wanted
    last = cases.list_assigned(clinic.cilla, CaseFilter(), Edge(side=Side.LAST))
    assert [row.id for row in last.rows] == wanted[-PAGE:]
    assert cases.count_left_out(clinic.cilla) == 2 * PAGE + 10 - len(wanted)


@pytest.mark.files
def test_the_list_is_answered_by_its_index_and_the_count_by_the_marks(clinic: Clinic, store: Store) -> None:
    with plans(store) as plan:
        cases.list_assigned(clinic.anna, CaseFilter(), Edge(side=Side.AFTER, at=START, id=5))
        cases.count_left_out(clinic.anna)

    assert "TEMP B-TREE" not in plan("ORDER BY")
    assert "(clinic_id=? AND sent_at<?)" in plan("ORDER BY")
    assert "patient_protected (protected=?)" in plan("COUNT")
    assert "SCAN" not in plan("COUNT")

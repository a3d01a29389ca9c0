"""Reviews: drawn at random, remarked on by who drew them, and kept as they are once they are finished."""

from __future__ import annotations

import json
from datetime import date

import pytest
from peewee import IntegrityError

from data import inbox, log_reviews, patients, templates
from data.domain.errors import Conflict, Invalid, NotFound
from data.domain.paging import Edge
from data.domain.roles import Role, StaffActor
from data.log_reviews import SIZE_MOST, Period, Review
from data.store import models
from tests.conftest import TODAY, Clinic, FrozenClock, on_server, replacing

THIS_DAY = Period(first=TODAY, last=TODAY)


def draw(clinic: Clinic, size: int = 5, period: Period = THIS_DAY) -> Review:
    return log_reviews.draw(clinic.gun, period, size)


def newest() -> models.AccessLog:
    return models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()


@pytest.fixture
def busy(clinic: Clinic, clock: FrozenClock) -> Clinic:
    """The clinic after forty fetches, with entries of other kinds among them."""
    for _each in range(40):
        clock.move(seconds=1)
        patients.fetch(clinic.anna, clinic.tolvan.number)
        templates.list_all(clinic.bo)
    patients.fetch(clinic.dag, clinic.tolvan.number)
    inbox.list_mine(clinic.as_patient(), Edge())
    return clinic


@pytest.fixture
def other_auditor(busy: Clinic) -> StaffActor:
    """Cilla, who audits too."""
    role = {"clinic": busy.gun.clinic_id, "role": Role.LOG_AUDITOR}
    models.StaffRole.create(staff=busy.cilla.staff_id, **role)
    return busy.cilla


def test_only_what_own_staff_did_with_patients_is_drawn_newest_first(busy: Clinic) -> None:
    review = draw(busy, SIZE_MOST)

    assert {row.event for row in review.rows} == {"patient.fetched", "patient.registered"}
    assert "Dag Dahl" not in {row.actor for row in review.rows}
    assert len(review.rows) == review.summary.size > 40
    assert [row.id for row in review.rows] == sorted((row.id for row in review.rows), reverse=True)


def test_drawing_is_random_and_without_repeats(busy: Clinic) -> None:
    drawn = [frozenset(row.id for row in draw(busy, 10).rows) for _each in range(30)]

    assert {len(one) for one in drawn} == {10}
    assert len(set(drawn)) > 25
    assert len(frozenset.union(*drawn)) > 40  # everything comes up


def test_a_review_says_who_when_and_of_what(busy: Clinic, clock: FrozenClock) -> None:
    review = draw(busy)
    listed = log_reviews.list_all(busy.gun, Edge()).rows

    assert listed == (review.summary,)
    assert (listed[0].reviewer, listed[0].at, listed[0].size) == ("Gun Granberg", clock.now, 5)
    assert (listed[0].period, listed[0].finished_at, listed[0].outcome) == (THIS_DAY, None, "")


def test_days_are_the_clinics(busy: Clinic, clock: FrozenClock) -> None:
    clock.move(hours=15)  # past midnight in Sweden, not in UTC
    patients.fetch(busy.cilla, busy.tolvan.number)
    tomorrow = date(2026, 3, 3)

    assert [row.actor for row in draw(busy, 5, Period(first=tomorrow, last=tomorrow)).rows] == ["Cilla Ceder"]


@pytest.mark.parametrize(
    ("period", "size", "field"),
    [
        (Period(first=TODAY, last=date(2026, 3, 1)), 5, "last"),
        (Period(first=date(2020, 1, 1), last=date(2020, 1, 1)), 5, "first"),
        (THIS_DAY, 0, "size"),
        (THIS_DAY, SIZE_MOST + 1, "size"),
    ],
)
def test_what_can_not_be_drawn_is_told(busy: Clinic, period: Period, size: int, field: str) -> None:
    with pytest.raises(Invalid) as error:
        draw(busy, size, period)

    assert [problem.field for problem in error.value.problems] == [field]
    assert not models.LogReview.select().exists()


def test_remarks_and_the_outcome_are_kept_and_recorded(busy: Clinic, clock: FrozenClock) -> None:
    review = draw(busy)
    number, first, second = review.summary.id, review.rows[0].id, review.rows[1].id
    assert json.loads(newest().details)["count"] == 5
    log_reviews.remark(busy.gun, number, first, True)
    log_reviews.remark(busy.gun, number, second, True)
    assert log_reviews.remark(busy.gun, number, first, False).remarked == {second}
    clock.move(minutes=5)
    finished = log_reviews.finish(busy.gun, number, " En fråga till\x1b Anna ")

    assert (finished.summary.outcome, finished.summary.remarks) == ("En fråga till Anna", 1)
    assert finished.summary.finished_at == clock.now
    assert newest().event == "log.reviewed"
    assert json.loads(newest().details) == {
        "review": number,
        "remarks": 1,
        "outcome": "En fråga till Anna",
    }
    again = log_reviews.get(busy.gun, number)
    assert (again.remarked, again.rows) == ({second}, review.rows)


def test_a_finished_review_never_changes(busy: Clinic) -> None:
    review = draw(busy)
    number = review.summary.id
    log_reviews.finish(busy.gun, number, "Inget att anmärka")
    for act in (
        lambda: log_reviews.remark(busy.gun, number, review.rows[0].id, True),
        lambda: log_reviews.finish(busy.gun, number, "Annat"),
    ):
        with pytest.raises(Conflict, match="never changes"):
            act()
    row = models.LogReview.get_by_id(number)
    other = draw(busy).summary.id
    kind = "UPDATE" if on_server() else "UPDATE OR REPLACE"
    taking = f"{kind} log_review SET id = {number} WHERE id = {other}"
    for write in (
        lambda: models.database.execute_sql(taking),
        lambda: models.LogReview.update(outcome="Annat").execute(),
        lambda: models.LogReview.delete().execute(),
        lambda: replacing(models.LogReview, "id", **row.__data__).execute(),
    ):
        with pytest.raises(IntegrityError):
            write()

    assert log_reviews.get(busy.gun, number).summary.outcome == "Inget att anmärka"


def test_an_outcome_is_needed(busy: Clinic) -> None:
    with pytest.raises(Invalid, match="what the review came to"):
        log_reviews.finish(busy.gun, draw(busy).summary.id, " \x1b ")


def test_another_auditor_reads_it_and_can_not_go_on_with_it(busy: Clinic, other_auditor: StaffActor) -> None:
    review = draw(busy)
    number = review.summary.id
    seen = log_reviews.get(other_auditor, number)
    assert (seen.rows, seen.mine) == (review.rows, False)

    with pytest.raises(NotFound, match="Gun Granberg drew this review"):
        log_reviews.remark(other_auditor, number, review.rows[0].id, True)
    with pytest.raises(NotFound, match="Gun Granberg drew this review"):
        log_reviews.finish(other_auditor, number, "Klart")
    assert log_reviews.get(busy.gun, number).summary.finished_at is None


def test_another_clinics_reviews_do_not_exist(busy: Clinic) -> None:
    number = draw(busy).summary.id
    models.StaffRole.create(staff=busy.dag.staff_id, clinic=busy.dag.clinic_id, role=Role.LOG_AUDITOR)
    with pytest.raises(NotFound, match="no such review"):
        log_reviews.get(busy.dag, number)
    assert (newest().event, newest().allowed) == ("log.review_opened", False)

    assert log_reviews.list_all(busy.dag, Edge()).rows == ()
    with pytest.raises(NotFound, match="no such review"):
        log_reviews.get(busy.gun, 999)


def test_only_entries_of_the_review_are_remarked_on(busy: Clinic) -> None:
    with pytest.raises(NotFound, match="not in this review"):
        log_reviews.remark(busy.gun, draw(busy).summary.id, 999_999, True)

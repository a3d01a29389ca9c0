"""What in the access log deserves a look, and what does not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from data import access_log, cases, inbox, patients, protected, staff, templates
from data.access_log import LogFilter
from data.domain.errors import NotAllowed
from data.domain.identity import PersonalIdentityNumber
from data.domain.paging import PAGE, Edge, Page, Side
from data.domain.text import fold
from data.log_flags import FAILURES_LEAST, MANY_LEAST, Flag
from data.log_rows import LogRow
from data.store import models
from tests.conftest import PASSWORD, REASON, START, Clinic, FrozenClock

FLAGGED = LogFilter(flagged=True)


def rows(clinic: Clinic, only: LogFilter = LogFilter()) -> tuple[LogRow, ...]:  # noqa: B008 - it is frozen
    return access_log.list_entries(clinic.gun, (), Edge(), only).rows


def newest(clinic: Clinic) -> LogRow:
    return rows(clinic)[0]


def flags(clinic: Clinic, event: str) -> list[tuple[Flag, ...]]:
    """The flags of the entries of an event, oldest first."""
    return [row.flags for row in reversed(rows(clinic)) if row.event == event]


def make_patients(count: int) -> list[int]:
    """Ids of as many patients more, whom nobody has fetched."""
    columns = {"name": "Ny", "name_folded": "ny"}
    return [models.Patient.create(number=number_of(one), **columns).id for one in range(count)]


def number_of(one: int) -> str:
    """A valid number of someone born in 1960 or later."""
    nine = f"{60 + one}0101238"
    products = [int(digit) * (2 - place % 2) for place, digit in enumerate(nine)]
    return f"19{nine}{-sum(product // 10 + product % 10 for product in products) % 10}"


def fetch_all(clinic: Clinic, ids: list[int]) -> None:
    for one in ids:
        patients.fetch(clinic.anna, PersonalIdentityNumber(models.Patient.get_by_id(one).number))


def test_an_ordinary_day_has_no_flags(clinic: Clinic) -> None:
    sent = clinic.answered()
    cases.open_case(clinic.anna, sent.id)
    templates.list_all(clinic.bo)
    staff.sign_in(clinic.visitor, "anna", PASSWORD)
    recent = [row for row in rows(clinic) if row.event != "patient.registered"]

    assert {row.flags for row in recent} == {()}


def test_ones_own_name_and_a_colleagues(clinic: Clinic) -> None:
    name = models.Patient.update(name="Cilla Ceder", name_folded=fold("cilla ceder"))
    name.where(models.Patient.id == clinic.tolvan.id).execute()
    patients.fetch(clinic.anna, clinic.tolvan.number)
    assert newest(clinic).flags == (Flag.COLLEAGUE,)
    patients.fetch(clinic.cilla, clinic.tolvan.number)
    assert newest(clinic).flags == (Flag.OWN,)


def test_a_patient_who_works_here_may_read_their_own_messages(clinic: Clinic) -> None:
    models.Patient.update(name="Anna Andersson", name_folded="anna andersson").execute()
    clinic.send()
    inbox.list_mine(clinic.as_patient(), Edge())
    row = next(row for row in rows(clinic) if row.event == "inbox.listed")

    assert row.flags == ()


def test_protected_identity(clinic: Clinic) -> None:
    protected.state_reason(clinic.anna, clinic.hidden.id, REASON)
    patients.fetch(clinic.anna, clinic.hidden.number)

    assert newest(clinic).flags == (Flag.PROTECTED,)


@pytest.mark.parametrize(
    ("moment", "odd"),
    [
        (datetime(2026, 3, 3, 4, 59, tzinfo=UTC), True),  # 05:59 in Sweden
        (datetime(2026, 3, 3, 5, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 3, 20, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 3, 21, 0, tzinfo=UTC), True),
        (datetime(2026, 7, 3, 20, 0, tzinfo=UTC), True),  # 22:00 in summer
        (datetime(2026, 3, 6, 23, 0, tzinfo=UTC), True),  # Saturday in Sweden
        (datetime(2026, 3, 7, 10, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 8, 10, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 9, 10, 0, tzinfo=UTC), False),
    ],
)
def test_odd_hours_are_the_clinics(clinic: Clinic, clock: FrozenClock, moment: datetime, odd: bool) -> None:
    clock.now = moment
    patients.fetch(clinic.anna, clinic.tolvan.number)

    assert newest(clinic).flags == ((Flag.HOURS,) if odd else ())


def test_at_night_without_a_patient_is_nothing(clinic: Clinic, clock: FrozenClock) -> None:
    clock.now = datetime(2026, 3, 3, 2, tzinfo=UTC)
    templates.list_all(clinic.bo)
    clinic.send()
    inbox.list_mine(clinic.as_patient(), Edge())

    assert flags(clinic, "templates.listed") == [()]
    assert flags(clinic, "inbox.listed") == [()]


def test_a_refusal(clinic: Clinic) -> None:
    with pytest.raises(NotAllowed):
        patients.fetch(clinic.bo, clinic.tolvan.number)

    assert newest(clinic).flags == (Flag.REFUSED,)


def test_many_fetches_without_a_send_are_all_marked(clinic: Clinic, clock: FrozenClock) -> None:
    ids = make_patients(MANY_LEAST)
    fetch_all(clinic, ids[:-1])
    fetch_all(clinic, ids[:-1])
    assert set(flags(clinic, "patient.fetched")) == {()}
    fetch_all(clinic, ids[-1:])
    assert set(flags(clinic, "patient.fetched")) == {(Flag.MANY,)}


def test_who_is_sent_something_does_not_count(clinic: Clinic) -> None:
    ids = make_patients(MANY_LEAST - 1)
    fetch_all(clinic, ids)
    patients.fetch(clinic.anna, clinic.tolvan.number)
    assert set(flags(clinic, "patient.fetched")) == {(Flag.MANY,)}
    clinic.send()
    assert set(flags(clinic, "patient.fetched")) == {()}


def test_days_are_counted_each_and_people_too(clinic: Clinic, clock: FrozenClock) -> None:
    ids = make_patients(MANY_LEAST)
    fetch_all(clinic, ids[:5])
    clock.now = datetime(2026, 3, 2, 23, tzinfo=UTC)  # Tuesday in Sweden
    fetch_all(clinic, ids[5:])
    for one in ids[:5]:
        patients.fetch(clinic.cilla, PersonalIdentityNumber(models.Patient.get_by_id(one).number))

    assert not any(Flag.MANY in found for found in flags(clinic, "patient.fetched"))


def test_failures_in_a_row(clinic: Clinic, clock: FrozenClock) -> None:
    for _each in range(FAILURES_LEAST + 1):
        clock.move(minutes=1)
        staff.sign_in(clinic.visitor, "anna", "wrong")
    found = flags(clinic, "staff.sign_in_failed")

    assert found == [()] * (FAILURES_LEAST - 1) + [(Flag.FAILURES,)] * 2


def test_a_success_or_an_hour_ends_the_row(clinic: Clinic, clock: FrozenClock) -> None:
    def fail(times: int, username: str = "anna") -> None:
        for _each in range(times):
            clock.move(minutes=1)
            staff.sign_in(clinic.visitor, username, "wrong")

    fail(FAILURES_LEAST - 1)
    staff.sign_in(clinic.visitor, "anna", PASSWORD)
    fail(1)
    fail(FAILURES_LEAST - 1, "cilla")
    clock.move(hours=2)
    fail(FAILURES_LEAST - 1)

    assert set(flags(clinic, "staff.sign_in_failed")) == {()}


def flagged(clinic: Clinic, side: Side, beside: LogRow | None = None) -> Page[LogRow]:
    edge = Edge(side=side, at=beside.at if beside else None, id=beside.id if beside else None)
    return access_log.list_entries(clinic.gun, (), edge, FLAGGED)


def test_flagged_entries_are_listed_alone_and_page_both_ways(clinic: Clinic, clock: FrozenClock) -> None:
    for turn in range(2 * PAGE):
        clock.move(seconds=1)
        if turn % 8 == 0:
            with pytest.raises(NotAllowed):
                patients.fetch(clinic.bo, clinic.tolvan.number)
        else:
            patients.fetch(clinic.anna, clinic.tolvan.number)
    first = flagged(clinic, Side.FIRST)
    assert all(row.flags for row in first.rows)
    count = sum(Flag.REFUSED in row.flags for row in first.rows)
    assert (count, first.at_start, first.at_end) == (2 * PAGE // 8, True, True)

    last = flagged(clinic, Side.LAST)
    assert [row.id for row in last.rows] == [row.id for row in first.rows]
    middle = first.rows[10]
    before, after = flagged(clinic, Side.BEFORE, middle), flagged(clinic, Side.AFTER, middle)
    whole = [*before.rows, middle, *after.rows]
    assert [row.id for row in whole] == [row.id for row in first.rows]
    assert flagged(clinic, Side.FROM, middle).rows[0].id == middle.id


def test_rare_ones_are_shown_before_all_is_looked_through(
    clinic: Clinic, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_log, "_PIECES", 1)
    with pytest.raises(NotAllowed):
        patients.fetch(clinic.bo, clinic.tolvan.number)
    for _each in range(3 * PAGE):
        clock.move(seconds=1)
        patients.fetch(clinic.anna, clinic.tolvan.number)
    with pytest.raises(NotAllowed):
        patients.fetch(clinic.bo, clinic.tolvan.number)
    first = flagged(clinic, Side.FIRST)
    rest = flagged(clinic, Side.AFTER, first.rows[-1])

    assert (len(first.rows), first.at_end) == (1, False)
    assert rest.rows[0].flags == (Flag.REFUSED,)
    assert rest.at_end
    assert first.rows[0].at > START

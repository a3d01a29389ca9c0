"""Looking after the access log: anchors, keys, pruning. What attackers do is in `test_log_attacks`."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import log_check, patients
from data.domain.anchor import Anchor, parse, written
from data.domain.errors import Conflict, Invalid, OmvantError
from data.store import log_keys, models
from data.store.database import open_store
from data.store.log_chain import link
from data.store.log_keys import KeysMissing, path_beside
from data.store.log_walk import Broken, Fault, Unproved
from data.store.store import Store
from tests.conftest import Clinic, FrozenClock, let_rows_be_rewritten, on_server
from tests.data.relinking import relink

LONG_AGO = datetime(2015, 1, 10, 9, tzinfo=UTC)

VALUES = {
    "event": "log.anchored",
    "allowed": True,
    "actor_kind": "operator",
    "staff_id": None,
    "actor_name": "drift",
    "clinic_id": None,
    "patient_id": None,
    "case_id": None,
    "details": "{}",
}
"""An entry of the operator's, as another program has it in hand."""


def state(clinic: Clinic, chain: int, *anchors: Anchor) -> log_check.ChainState:
    return next(one for one in log_check.verify(clinic.operator, anchors) if one.chain == chain)


def fetch(clinic: Clinic, times: int = 1) -> None:
    for _each in range(times):
        patients.fetch(clinic.anna, clinic.tolvan.number)


def newest() -> models.AccessLog:
    return models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()


@pytest.fixture
def aged(clinic: Clinic, clock: FrozenClock) -> int:
    """The chain of the clinic, in which all that was there and four fetches are from 2015, and three fetches
    from now; verified to be sound."""
    models.database.execute_sql(f"DROP TRIGGER access_log_stays{' ON access_log' if on_server() else ''}")
    log, chain = models.AccessLog, clinic.anna.clinic_id
    log.update(at=LONG_AGO).execute()
    now, clock.now = clock.now, LONG_AGO
    for one in (0, chain, clinic.dag.clinic_id):
        relink(one)
    fetch(clinic, 4)
    clock.now = now
    fetch(clinic, 3)
    assert state(clinic, chain).sound
    return chain


# Verifying


def test_a_verification_is_recorded(clinic: Clinic) -> None:
    states = log_check.verify(clinic.operator)
    log_check.verified(clinic.operator, states)

    assert (newest().event, newest().chain) == ("log.verified", 0)
    assert json.loads(newest().details) == {
        "count": sum(one.count for one in states),
        "broken": 0,
        "unproved": 0,
    }


def test_a_long_chain_is_read_in_pieces(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.store.log_walk._BATCH", 4)
    fetch(clinic, 9)

    count = models.AccessLog.select().where(models.AccessLog.chain == clinic.anna.clinic_id).count()
    assert state(clinic, clinic.anna.clinic_id).count == count


# Anchors


def test_an_anchor_says_how_far_each_chain_has_come(clinic: Clinic, clock: FrozenClock) -> None:
    fetch(clinic)
    entry = newest()
    clock.move(minutes=5)  # what counts is when the entry was written
    mine = next(one for one in log_check.anchor(clinic.operator) if one.chain == clinic.anna.clinic_id)

    assert mine == Anchor(
        chain=entry.chain, number=entry.number, mac=entry.mac, at=entry.at, clinic="Vårdcentralen Björken"
    )
    assert newest().event == "log.anchored"


ANCHORS = st.builds(
    Anchor,
    chain=st.integers(0, 10**9),
    number=st.integers(1, 10**12),
    mac=st.text("0123456789abcdef", min_size=64, max_size=64),
    at=st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0)),
    clinic=st.text("abcåäö ").map(lambda name: " ".join(name.split())),
)


@given(st.lists(ANCHORS, min_size=1), st.lists(ANCHORS, min_size=1))
def test_anchors_are_read_as_they_were_written_also_joined(one: list[Anchor], other: list[Anchor]) -> None:
    assert parse((written(one) + written(other)).encode()) == (*one, *other)


@given(st.binary(max_size=200))
def test_what_is_no_anchor_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        parse(content)


def test_a_line_that_is_no_anchor_is_named(clinic: Clinic) -> None:
    content = written(log_check.anchor(clinic.operator)).encode()
    with pytest.raises(Invalid, match="Line 4"):
        parse(content + b"1 2 3\n")


# Keys


def test_a_new_key_is_used_and_both_verify(clinic: Clinic, store: Store) -> None:
    fetch(clinic)
    before = newest().key
    key = log_check.new_key(clinic.operator)
    assert json.loads(newest().details) == {"key": key}
    fetch(clinic)

    assert newest().key == key != before
    assert all(one.sound for one in log_check.verify(clinic.operator))


def test_a_key_that_another_program_added_is_used(clinic: Clinic, store: Store, database_file: Path) -> None:
    log_keys.add_key(path_beside(database_file))
    fetch(clinic)

    assert newest().key == log_keys.read(path_beside(database_file)).current
    assert all(one.sound for one in log_check.verify(clinic.operator))


def test_work_goes_on_when_the_key_file_goes(clinic: Clinic, database_file: Path) -> None:
    path_beside(database_file).unlink()
    fetch(clinic)
    path_beside(database_file).write_text("rubbish")
    fetch(clinic)

    assert all(one.sound for one in log_check.verify(clinic.operator))


def test_what_a_lost_key_wrote_is_not_proved_and_not_broken(
    clinic: Clinic, store: Store, database_file: Path, clock: FrozenClock
) -> None:
    fetch(clinic)
    lost, count = store.log_keys.current, newest().number
    store.close()
    path_beside(database_file).unlink()
    with pytest.raises(KeysMissing) as error:
        open_store(database_file, clock=clock)
    log_keys.add_key(error.value.path)
    open_store(database_file, clock=clock)
    log_check.new_key(clinic.operator, lost=True)
    assert json.loads(newest().details)["lost"] == [lost]
    fetch(clinic, 2)

    found = state(clinic, clinic.anna.clinic_id)
    assert found.broken is None
    assert not found.sound
    assert found.unproved == (Unproved(lost, 1, count, count),)


def test_a_loss_that_was_not_told_is_told_by_the_next_new_key(
    clinic: Clinic, store: Store, database_file: Path
) -> None:
    """The program may be cut off between the new key's file and the entry that tells which keys are gone."""
    fetch(clinic)
    lost = store.log_keys.current
    path_beside(database_file).unlink()
    log_keys.add_key(path_beside(database_file))
    assert state(clinic, clinic.anna.clinic_id).broken == Broken(1, Fault.UNKNOWN_KEY)

    log_check.new_key(clinic.operator)
    assert json.loads(newest().details)["lost"] == [lost]
    assert state(clinic, clinic.anna.clinic_id).broken is None


def test_keys_are_told_lost_also_by_the_first_entry_that_pruning_left(
    clinic: Clinic, store: Store, database_file: Path, clock: FrozenClock
) -> None:
    fetch(clinic)
    lost = store.log_keys.current
    log_check.anchor(clinic.operator)  # an entry of chain 0, to be pruned
    clock.move(days=365)
    path_beside(database_file).unlink()
    log_keys.add_key(path_beside(database_file))
    log_check.new_key(clinic.operator)
    clock.move(days=365 * 4 + 100)
    fetch(clinic)
    let_rows_be_rewritten()  # the trigger asks the real clock
    part = log_check.prune(clinic.operator, 5, 0)
    assert part is not None
    log = models.AccessLog
    assert log.select().where(log.chain == 0).order_by(log.number).get().event == "log.key_added"

    found = state(clinic, clinic.anna.clinic_id)
    assert found.broken is None
    assert [one.key for one in found.unproved] == [lost]


def test_a_key_that_is_added_while_the_log_is_verified_is_known(
    clinic: Clinic, store: Store, database_file: Path
) -> None:
    """The entries that another program writes with it are read; so it must be too."""
    other = log_keys.read(path_beside(database_file))
    log_keys.add_key(path_beside(database_file))
    other.renew()
    with store.writing():
        models.AccessLog.create(**link({**VALUES, "at": store.clock()}, other))
    assert store.log_keys.current != other.current

    assert all(one.sound for one in log_check.verify(clinic.operator))


def test_a_key_is_in_its_file_whole_or_not_at_all(
    clinic: Clinic, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = path_beside(database_file)
    before = path.read_bytes()
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, line: real(descriptor, line[:20]))  # the disk is full
    with pytest.raises(OmvantError, match="can't be written"):
        log_keys.add_key(path)

    assert path.read_bytes() == before


# Pruning


@pytest.mark.parametrize("years", [-1, 0, 4])
def test_fewer_than_five_years_are_refused(clinic: Clinic, years: int) -> None:
    for act in (
        lambda: log_check.prunable(clinic.operator, years),
        lambda: log_check.prune(clinic.operator, years, clinic.anna.clinic_id),
    ):
        with pytest.raises(Invalid, match="at least 5 years"):
            act()


def test_nothing_young_is_prunable(clinic: Clinic) -> None:
    assert log_check.prunable(clinic.operator, 5) == ()
    count = models.AccessLog.select().count()
    assert log_check.prune(clinic.operator, 5, clinic.anna.clinic_id) is None
    assert models.AccessLog.select().count() == count


def test_the_oldest_part_goes_and_the_rest_still_verifies(clinic: Clinic, aged: int) -> None:
    log = models.AccessLog
    anchors = log_check.anchor(clinic.operator)
    old = log.select().where(log.chain == aged, log.at == LONG_AGO).count()
    part = next(one for one in log_check.prunable(clinic.operator, 10) if one.chain == aged)
    assert (part.through, part.count) == (old, old)
    mac = log.get(log.chain == aged, log.number == old).mac

    assert log_check.prune(clinic.operator, 10, aged) == part
    told = newest()
    assert (told.event, told.chain) == ("log.pruned", aged)
    assert json.loads(told.details) == {"through": old, "mac": mac, "count": old}
    assert log.select().where(log.chain == aged).order_by(log.number).get().number == old + 1
    assert state(clinic, aged, *anchors).sound


def test_pruning_again_later_verifies_too(clinic: Clinic, aged: int, clock: FrozenClock) -> None:
    log_check.prune(clinic.operator, 10, aged)
    clock.move(days=365 * 20)
    fetch(clinic)
    let_rows_be_rewritten()  # the trigger asks the real clock
    second = log_check.prune(clinic.operator, 10, aged)
    assert second is not None

    assert state(clinic, aged).sound


def test_a_beginning_that_was_not_pruned_is_missing(clinic: Clinic, aged: int) -> None:
    log_check.prune(clinic.operator, 10, aged)
    log = models.AccessLog
    first = log.select().where(log.chain == aged).order_by(log.number).get()
    let_rows_be_rewritten()
    first.delete_instance()

    assert state(clinic, aged).broken == Broken(first.number + 1, Fault.MISSING, 1)


def test_telling_of_pruning_without_the_key_is_found(clinic: Clinic, aged: int) -> None:
    log = models.AccessLog
    rows = list(log.select().where(log.chain == aged).order_by(log.number))
    let_rows_be_rewritten()
    forged = {"through": rows[2].number, "mac": rows[2].mac}
    log.delete().where(log.chain == aged, log.number <= rows[2].number).execute()
    log.update(event="log.pruned", details=json.dumps(forged)).where(log.id == rows[-1].id).execute()

    assert state(clinic, aged).broken == Broken(rows[-1].number, Fault.CHANGED)


def test_of_a_chain_that_is_all_old_the_last_entry_stays(clinic: Clinic, aged: int) -> None:
    log, eken = models.AccessLog, clinic.dag.clinic_id
    last = log.select().where(log.chain == eken).order_by(log.number.desc()).get()
    part = log_check.prune(clinic.operator, 10, eken)
    assert part is not None
    assert part.through == last.number - 1

    kept = [row.event for row in log.select().where(log.chain == eken).order_by(log.number)]
    assert kept == [last.event, "log.pruned"]
    assert state(clinic, eken).sound
    assert log_check.prune(clinic.operator, 10, eken).count == 1  # type: ignore[union-attr]
    assert log_check.prune(clinic.operator, 10, eken) is None
    assert state(clinic, eken).sound


def test_pruning_is_from_the_start_however_the_clock_went(clinic: Clinic, aged: int) -> None:
    log = models.AccessLog
    third = log.get(log.chain == aged, log.number == 3)
    log.update(at=datetime(2026, 1, 1, tzinfo=UTC)).where(log.id == third.id).execute()

    part = next(one for one in log_check.prunable(clinic.operator, 10) if one.chain == aged)
    assert part.through == 2


def test_the_database_itself_keeps_five_years(clinic: Clinic, clock: FrozenClock) -> None:
    """A clock that is set ahead deletes nothing: the trigger asks the real one."""
    fetch(clinic)
    clock.move(days=365 * 40)
    fetch(clinic)
    count = models.AccessLog.select().count()
    with pytest.raises(Conflict, match="five years"):
        log_check.prune(clinic.operator, 5, clinic.anna.clinic_id)

    assert models.AccessLog.select().count() == count


def test_a_leap_day_has_a_day_five_years_before(clinic: Clinic, clock: FrozenClock) -> None:
    clock.now = datetime(2028, 2, 29, 12, tzinfo=UTC)
    fetch(clinic)

    before = {one.before for one in log_check.prunable(clinic.operator, 5)}
    assert before <= {datetime(2023, 2, 28, 12, tzinfo=UTC)}


def test_a_key_file_that_can_not_be_written_is_told(clinic: Clinic, store: Store, tmp_path: Path) -> None:
    (tmp_path / "letter").touch()
    with pytest.raises(OmvantError, match="can't be written"):
        log_keys.add_key(tmp_path / "letter" / "keys")

"""Retention: what goes, what never goes, and what is left to tell of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import access_log, cases, closing, holds, inbox, patients, retention
from data.access_log import LogWord
from data.domain.errors import Conflict, Invalid
from data.domain.identity import PersonalIdentityNumber
from data.domain.paging import Edge
from data.domain.roles import StaffActor
from data.log_flags import MANY_LEAST, Flag
from data.store import models
from data.store.database import current, open_store
from data.store.store import Store
from tests.conftest import START, Clinic, FrozenClock, Place, Tokens, copied

BJORKEN = "Vårdcentralen Björken"
ROOT = Path(__file__).parents[2]


def keep(clinic: Clinic, days: int, *, by: StaffActor | None = None) -> retention.Due:
    who = by or clinic.bo
    return retention.set_policy(who, days, retention.due(who).version)


def closed(clinic: Clinic) -> cases.SentCase:
    """A case with answers, closed now."""
    sent = clinic.answered()
    closing.close(clinic.anna, sent.id, 2)
    return sent


def run(clinic: Clinic) -> list[retention.Receipt]:
    return list(retention.batches(clinic.bo, retention.due(clinic.bo)))


def stored() -> set[int]:
    return {row.id for row in models.Case.select(models.Case.id)}


def details(event: str) -> dict[str, object]:
    found = models.AccessLog.select().where(models.AccessLog.event == event)
    return dict(json.loads(found.order_by(models.AccessLog.id.desc()).get().details))


def numbers() -> Iterator[PersonalIdentityNumber]:
    """Numbers of people born on New Year's Day of 1990; of ten last digits one is right."""
    for tail in range(10, 10_000):
        with suppress(Invalid):
            yield PersonalIdentityNumber(f"19900101{tail:04}")


class TestPolicy:
    def test_closed_cases_are_kept_for_ever_at_first(self, clinic: Clinic, clock: FrozenClock) -> None:
        sent = closed(clinic)
        clock.move(days=36_500)
        due = retention.due(clinic.bo)

        assert (due.keep_days, due.before, due.count, due.held) == (0, None, 0, 0)
        with pytest.raises(Conflict, match="for ever"):
            retention.destroy(clinic.bo, due)
        assert stored() == {sent.id}

    @pytest.mark.parametrize("days", [-1, 1, 29, 36_501])
    def test_a_slip_of_the_finger_is_refused(self, clinic: Clinic, days: int) -> None:
        with pytest.raises(Invalid, match="from 30 to 36500, or 0"):
            keep(clinic, days)
        assert retention.due(clinic.bo).keep_days == 0

    def test_a_change_is_recorded_and_counts_for_its_clinic_alone(self, clinic: Clinic) -> None:
        keep(clinic, 365)
        keep(clinic, 30)

        assert details("retention.changed") == {"days_before": 365, "days": 30}
        assert retention.due(clinic.bo).keep_days == 30
        assert retention.due(clinic.dag).keep_days == 0
        assert retention.due(clinic.operator, "vårdcentralen björken").keep_days == 30

    def test_of_two_administrators_at_once_the_second_is_told(self, clinic: Clinic) -> None:
        read = retention.due(clinic.bo)
        keep(clinic, 365)

        with pytest.raises(Conflict, match="Someone else has changed"):
            retention.set_policy(clinic.bo, 30, read.version)
        with pytest.raises(Conflict, match="Someone else has changed"):
            retention.destroy(clinic.bo, read)
        assert retention.due(clinic.bo).keep_days == 365


class TestRun:
    def test_a_dry_run_says_what_goes_and_touches_nothing(self, clinic: Clinic, clock: FrozenClock) -> None:
        keep(clinic, 30)
        closed(clinic)
        clock.move(days=1)
        held = closed(clinic)
        holds.hold(clinic.bo, held.reference, "Tvist")
        clock.move(days=1)
        closed(clinic)
        clock.move(days=30, seconds=1)
        young = closed(clinic)
        before = stored()
        due = retention.due(clinic.bo)

        assert (due.count, due.held) == (2, 1)
        assert (due.oldest, due.newest) == (START, START + timedelta(days=2))
        assert due.before == clock.now - timedelta(days=30)
        assert stored() == before
        run(clinic)
        assert stored() == {held.id, young.id}

    def test_the_receipt_tells_nothing_of_anybody(self, clinic: Clinic, clock: FrozenClock) -> None:
        keep(clinic, 30)
        one, other = closed(clinic), closed(clinic)
        moment = clock.move(days=31)
        (receipt,) = run(clinic)

        assert (receipt.at, receipt.by, receipt.keep_days) == (moment, "Bo Bengtsson", 30)
        assert (receipt.count, receipt.oldest, receipt.newest) == (2, START, START)
        assert receipt.digest == retention.digest([other.reference, one.reference])
        assert retention.receipts(clinic.bo, Edge()).rows == (receipt,)
        assert retention.receipts(clinic.dag, Edge()).rows == ()
        recorded = details("cases.destroyed")
        told = {"count": 2, "days": 30, "digest": receipt.digest}
        assert recorded == {**told, "patients": [clinic.tolvan.id]}, "the log names whom it was about"
        row = json.dumps(list(models.RetentionReceipt.select().dicts()), default=str, ensure_ascii=False)
        assert not any(word in row for word in ("Tolvan", "1912", one.reference, "Ordination"))

    def test_nothing_of_the_content_is_left_in_the_files(
        self, clinic: Clinic, clock: FrozenClock, database_file: Path
    ) -> None:
        keep(clinic, 30)
        sent = clinic.send(clinic.question, written={"dos": "zxqv-dosering"})
        inbox.save_typed(clinic.as_patient(), sent.id, {"ovrigt": "zxqv-halvt svar"})
        closing.close(clinic.anna, sent.id, 1)
        wal = database_file.with_name(database_file.name + "-wal")
        assert b"zxqv" in database_file.read_bytes() + wal.read_bytes()
        clock.move(days=31)
        run(clinic)

        assert wal.stat().st_size == 0
        assert b"zxqv" not in database_file.read_bytes()
        assert models.AnswerDraft.select().count() == 0

    def test_many_go_in_batches_and_a_run_goes_on_where_it_was(
        self, clinic: Clinic, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(retention, "BATCH", 2)
        keep(clinic, 30)
        for _ in range(5):
            closed(clinic)
            clock.move(minutes=1)
        clock.move(days=31)
        first = retention.destroy(clinic.bo, retention.due(clinic.bo))

        assert first is not None
        assert (first.count, first.newest) == (2, START + timedelta(minutes=1))
        assert [receipt.count for receipt in run(clinic)] == [2, 1]
        assert run(clinic) == []
        assert [receipt.count for receipt in retention.receipts(clinic.bo, Edge()).rows] == [1, 2, 2]

    def test_only_what_was_named_goes(self, clinic: Clinic, clock: FrozenClock) -> None:
        """Between the dialogue and its answer, one more grows too old, one is held and one is reopened."""
        keep(clinic, 30)
        goes, held, opened = closed(clinic), closed(clinic), closed(clinic)
        clock.move(hours=1)
        older_later = closed(clinic)
        clock.move(days=30, minutes=-30)
        named = retention.due(clinic.bo)
        assert named.count == 3
        clock.move(hours=1)
        holds.hold(clinic.bo, held.reference, "Begäran om utlämnande")
        closing.reopen(clinic.anna, opened.id, 3)
        (receipt,) = retention.batches(clinic.bo, named)

        assert receipt.digest == retention.digest([goes.reference])
        assert stored() == {held.id, opened.id, older_later.id}

    def test_a_longer_policy_is_heeded_though_the_clock_was_set_back(
        self, clinic: Clinic, clock: FrozenClock
    ) -> None:
        keep(clinic, 30)
        closed(clinic)
        clock.move(days=31)
        named = retention.due(clinic.bo)
        clock.move(days=-10)

        assert list(retention.batches(clinic.bo, named)) == []
        assert len(stored()) == 1

    @pytest.mark.files
    def test_who_reads_meanwhile_stops_nothing(
        self, clinic: Clinic, clock: FrozenClock, store: Store
    ) -> None:
        keep(clinic, 30)
        closed(clinic)
        clock.move(days=31)
        store.database.pragma("busy_timeout", 1)
        other = open_store(store.file.path, clock=clock)
        reading = other.reading()
        reading.__enter__()
        assert other.database.execute_sql("SELECT COUNT(*) FROM clinic").fetchone() == (2,)
        store_again = open_store(store.file.path, clock=clock)
        store_again.database.pragma("busy_timeout", 1)
        assert [receipt.count for receipt in run(clinic)] == [1]
        reading.__exit__(None, None, None)
        other.close()
        store_again.close()


class TestTheLog:
    def test_its_entries_stay_readable(self, clinic: Clinic, clock: FrozenClock) -> None:
        keep(clinic, 30)
        sent = closed(clinic)
        before = models.AccessLog.select().count()
        clock.move(days=31)
        run(clinic)

        assert models.AccessLog.select().count() == before + 1
        rows = access_log.list_entries(clinic.gun, (), Edge()).rows
        told = next(row for row in rows if row.event == "case.closed")
        assert (told.patient_number, told.case_reference) == ("19121212-1212", "")
        assert sent.id in {row.case_id for row in models.AccessLog.select()}

    def test_the_patients_own_entries_stay_with_the_clinics_auditor(
        self, clinic: Clinic, clock: FrozenClock
    ) -> None:
        keep(clinic, 30)
        code = patients.issue_code(clinic.anna, closed(clinic).patient.id).code
        tolvan = inbox.sign_in(clinic.visitor, clinic.tolvan.number, code)
        assert tolvan is not None
        clock.move(days=31)
        run(clinic)

        rows = access_log.list_entries(clinic.gun, (), Edge()).rows
        assert "patient.signed_in" in {row.event for row in rows}

    def test_a_day_of_sending_does_not_look_idle_afterwards(self, clinic: Clinic, clock: FrozenClock) -> None:
        keep(clinic, 30)
        for number in islice(numbers(), MANY_LEAST):
            patients.register(clinic.anna, patients.NewPatient(number=number, name=f"Nr {number}"))
            fetched = patients.fetch(clinic.anna, number)
            assert fetched is not None
            closing.close(clinic.anna, clinic.send(patient=fetched).id, 1)
        clock.move(days=31)
        run(clinic)

        fetches = access_log.list_entries(clinic.gun, (LogWord(text="patient.fetched"),), Edge()).rows
        assert len(fetches) == MANY_LEAST
        assert all(Flag.MANY not in row.flags for row in fetches)

    def test_a_new_case_never_takes_the_place_of_one_that_is_gone(
        self, clinic: Clinic, clock: FrozenClock
    ) -> None:
        keep(clinic, 30)
        gone = closed(clinic)
        clock.move(days=31)
        run(clinic)
        new = clinic.send()

        assert new.id > gone.id
        about_new = [row.event for row in models.AccessLog.select().where(models.AccessLog.case_id == new.id)]
        assert about_new == ["case.sent"]


FATE = st.tuples(st.booleans(), st.integers(0, 80), st.booleans(), st.booleans())
"""A case: closed or open, how many days ago, held or not, ours or the other clinic's."""


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(fates=st.lists(FATE, min_size=1, max_size=8), days=st.sampled_from([30, 45]), batch=st.integers(1, 3))
def test_only_what_is_ours_closed_old_and_free_ever_goes(
    ready_made: tuple[Path, Clinic],
    tmp_path_factory: pytest.TempPathFactory,
    fates: list[tuple[bool, int, bool, bool]],
    days: int,
    batch: int,
) -> None:
    ready, clinic = ready_made
    clock = FrozenClock()
    path = copied(ready, tmp_path_factory.mktemp("fates") / "omvant.db")
    store = open_store(path, clock=clock, token=Tokens())
    keep(clinic, days)
    keep(clinic, 30, by=clinic.dag)
    expected, gone = set(), set()
    for shut, ago, held, ours in sorted(fates, key=lambda fate: -fate[1]):
        clock.now = START - timedelta(days=ago)
        sender, template = (clinic.anna, clinic.information) if ours else (clinic.dag, clinic.eken)
        sent = clinic.send(template, sender=sender)
        if shut:
            closing.close(sender, sent.id, 1)
        if held:
            holds.hold(clinic.operator, sent.reference, "Tvist")
        goes = shut and ago > days and not held and ours
        (gone if goes else expected).add(sent.id)
    clock.now = START
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(retention, "BATCH", batch)
        assert retention.due(clinic.bo).count == len(gone)
        done = run(clinic)
    assert stored() == expected
    assert sum(receipt.count for receipt in done) == len(gone)
    store.close()


_KILLED = """
import os, sys
from datetime import datetime
from pathlib import Path
from data import retention
from data.domain.roles import OperatorActor
from data.store import models
from data.store.database import open_store

url, keys, now = sys.argv[1], sys.argv[5], datetime.fromisoformat(sys.argv[2])
store = open_store(url, log_keys=Path(keys) if keys else None, clock=lambda: now)
retention.BATCH = 2
operator, clinic = OperatorActor(name="drift"), sys.argv[3]
due = retention.due(operator, clinic)
if sys.argv[4] == "within":
    # The receipt is the last that a batch writes: the process is gone before its transaction ends.
    models.RetentionReceipt.create = lambda **values: os._exit(9)
    retention.destroy(operator, due, clinic)
for receipt in retention.batches(operator, due, clinic):
    os._exit(9)
"""


@pytest.mark.parametrize(("moment", "left"), [("within", 5), ("between", 3)])
def test_killed_half_way_rows_and_receipts_agree(
    clinic: Clinic, clock: FrozenClock, place: Place, moment: str, left: int
) -> None:
    keep(clinic, 30)
    references = [closed(clinic).reference for _ in range(5)]
    clock.move(days=31)
    current().close()
    keys = str(place.log_keys or "")
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, place.url, clock.now.isoformat(), BJORKEN, moment, keys],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert killed.returncode == 9, killed.stderr
    assert len(stored()) == left
    assert [receipt.digest for receipt in retention.receipts(clinic.bo, Edge()).rows] == (
        [] if left == 5 else [retention.digest(references[:2])]
    )
    assert sum(receipt.count for receipt in run(clinic)) == left
    assert stored() == set()

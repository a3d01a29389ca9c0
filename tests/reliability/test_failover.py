"""The primary is lost amid work, and its standby takes over: nothing that was acknowledged is lost or done
twice, and the programs find the new primary by themselves."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from data import patients
from data.domain.identity import PersonalIdentityNumber
from data.store import models
from data.store.database import open_store
from data.store.store import wall_clock
from tests.conftest import ANSWERS, Clinic, FrozenClock, make_clinic
from tests.data.test_identity import with_check_digit
from tests.proofs import Count, Found
from tests.reliability.soundness import faults
from tests.reliability.standby import Pair, Place, at_work, sent_by, until

SENDERS = 4
EACH = 6
"""Cases that each sender is told are sent, before the primary is lost and after."""


@pytest.fixture
def pair() -> Iterator[Pair]:
    made = Pair()
    yield made
    made.remove()


There = tuple[Path, Clinic, list[patients.Patient]]
"""The keys of the access log, the clinic in the pair's database `clinic`, and patients to write to."""


@pytest.fixture
def clinic_there(pair: Pair, tmp_path: Path, password_hash: str) -> There:
    keys = tmp_path / "clinic.log-keys"
    pair.primary.do("CREATE DATABASE clinic")
    store = open_store(pair.primary.url("clinic"), create=True, log_keys=keys, clock=FrozenClock())
    with store.writing():
        clinic = make_clinic(password_hash)
        store.clock = wall_clock
        numbers = [PersonalIdentityNumber(with_check_digit(f"19900101{place:03}")) for place in range(1, 9)]
        known = [
            patients.register(clinic.anna, patients.NewPatient(number=number, name=f"Person {number.digits}"))
            for number in numbers[:SENDERS]
        ]
    store.close()
    pair.follow()
    return keys, clinic, known


def test_four_senders_lose_nothing_and_send_nothing_twice(
    pair: Pair, clinic_there: There, processes: ForkServerContext, count: Count, found: Found
) -> None:
    keys, clinic, known = clinic_there
    told, rounds = [], count(1, 20)
    for turn in range(rounds):
        if pair.standby is None:
            pair.follow()
        places = [
            Place(pair.url("clinic"), keys, clinic, patient, keys.with_name(f"sender-{turn}-{number}"))
            for number, patient in enumerate(known)
        ]
        with at_work(processes, places):
            until(lambda places=places: min(sent_by(places)) >= EACH)
            pair.fail_over()
            before = sent_by(places)
            until(
                lambda places=places, before=before: all(
                    now >= then + EACH for now, then in zip(sent_by(places), before, strict=True)
                )
            )
        told += [line for place in places for line in place.lines()]

    assert any(line["did"] == "waits" for line in told)
    store = open_store(pair.primary.url("clinic"), log_keys=keys)
    kept = {case.id: case for case in models.Case.select()}
    sent = [line for line in told if line["did"] == "sent"]
    assert [line for line in sent if kept[line["case"]].reference != line["reference"]] == []
    assert [line for line in sent if json.loads(kept[line["case"]].written) != {"dos": line["text"]}] == []
    answered = [line["case"] for line in told if line["did"] == "answered"]
    assert [one for one in answered if json.loads(kept[one].answers or "null") != ANSWERS] == []
    texts = Counter(case.written for case in kept.values())
    assert [text for text, times in texts.items() if times > 1] == []
    assert len(texts) == len(sent)
    assert faults(store) == []
    store.close()
    found(
        f"{rounds} times a primary killed under {SENDERS} senders and its standby promoted; acknowledged: "
        f"{len(sent)} sent, {len(answered)} answered; 0 lost, 0 double"
    )

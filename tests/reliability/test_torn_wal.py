"""A WAL file that ends torn, zeroed or as garbage, as a power cut can leave it: what lies whole before the
damage is there, the rest is gone transaction by transaction, and the file is sound.

What was synced is what stands before the damage. Whether a disk has done what it acknowledged is not ours to
prove.
"""

from __future__ import annotations

import random
import shutil
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from data import cases, drafts, inbox
from data.store import models
from data.store.log_keys import path_beside
from data.store.store import Store
from tests.conftest import ANSWERS, Clinic
from tests.proofs import Count, Found
from tests.reliability.conftest import Crowd, plain_and_encrypted
from tests.reliability.soundness import faults
from tests.reliability.wal import HEADER, ends

LETTERS = 6
"""How many cases are sent and answered before the crash, in each run of the WAL file."""


@dataclass(frozen=True)
class Crash:
    """What stood on the disk, and what was acknowledged: the log's entries after each transaction."""

    crowd: Crowd
    database: bytes
    wal: bytes
    log_keys: Path
    before: int
    """Entries in the log that the WAL file has nothing to do with."""
    acknowledged: tuple[int, ...]

    def survivors(self, damaged: bytes) -> int:
        """How many entries the log must have after the damage: those of the transactions whole before it."""
        shorter = min(len(self.wal), len(damaged))
        first = bisect_left(range(shorter), True, key=lambda at: self.wal[: at + 1] != damaged[: at + 1])
        whole = 0 if first < HEADER else bisect_right(ends(self.wal), first)
        return self.acknowledged[whole - 1] if whole else self.before


@pytest.fixture(params=["first", "again"])
def crash(request: pytest.FixtureRequest, crowd: Crowd, tmp_path: Path) -> Crash:
    """A database whose program ended in the middle of its work, without a checkpoint, in its WAL file's first
    run or in one over the remains of a longer one."""
    path = crowd.copied(tmp_path)
    with closing(crowd.open(path)) as store:
        store.database.pragma("wal_autocheckpoint", 0)
        if request.param == "again":
            for _ in acts(crowd.clinic, LETTERS + 2):
                pass
            store.database.pragma("wal_checkpoint")
        before = entries()
        acknowledged = tuple(entries() for _ in acts(crowd.clinic, LETTERS))
        wal = path.with_name("omvant.db-wal").read_bytes()
        assert len(ends(wal)) == len(acknowledged)
        return Crash(crowd, path.read_bytes(), wal, path_beside(path), before, acknowledged)


def acts(clinic: Clinic, letters: int) -> Iterator[object]:
    """Send, open, answer, see: what each gives once it is acknowledged, a transaction at a time."""
    tolvan = clinic.as_patient()
    for place in range(letters):
        yield (draft := drafts.begin(clinic.anna, clinic.tolvan.id))
        edit = {"template": clinic.question, "written": {"dos": f"{place} tabletter"}}
        yield (draft := drafts.save(clinic.anna, draft.model_copy(update=edit)))
        yield (sent := cases.send(clinic.anna, draft, draft.key))
        yield inbox.open_letter(tolvan, sent.id)
        yield inbox.answer(tolvan, sent.id, ANSWERS)
        yield cases.open_case(clinic.anna, sent.id)


def entries() -> int:
    """How many entries the log of the open database has."""
    return int(models.AccessLog.select().count())


def _torn(wal: bytes, at: int, rng: random.Random) -> bytes:
    return wal[:at]


def _zeroed(wal: bytes, at: int, rng: random.Random) -> bytes:
    length = rng.choice((rng.randrange(1, 600), len(wal)))
    return (wal[:at] + bytes(length) + wal[at + length :])[: len(wal)]


def _garbage(wal: bytes, at: int, rng: random.Random) -> bytes:
    length = rng.choice((1, rng.randrange(1, 600), 4_096, len(wal)))
    return (wal[:at] + rng.randbytes(length) + wal[at + length :])[: len(wal) + rng.randrange(2) * length]


def _swapped(wal: bytes, at: int, rng: random.Random) -> bytes:
    """Sectors written out of order: one of them stands where another should."""
    here, there = (place // 512 * 512 for place in (at, rng.randrange(len(wal))))
    other = wal[there : there + 512]
    return wal[:here] + other + wal[here + len(other) :]


DAMAGE: tuple[Callable[[bytes, int, random.Random], bytes], ...] = (_torn, _zeroed, _garbage, _swapped)


@plain_and_encrypted
def test_what_was_synced_outlives_a_damaged_tail(
    crash: Crash, tmp_path: Path, count: Count, found: Found
) -> None:
    rng = random.Random()
    seen: Counter[str] = Counter()
    times = count(25, 250)
    for turn in range(times):
        harm = DAMAGE[turn % len(DAMAGE)]
        damaged = harm(crash.wal, rng.randrange(len(crash.wal)), rng)
        with closing(reopened(crash, damaged, tmp_path / f"{turn}")) as store:
            assert faults(store) == []
            assert entries() == crash.survivors(damaged), (harm.__name__, turn)
            seen["whole" if entries() == crash.acknowledged[-1] else "cut"] += 1
        shutil.rmtree(tmp_path / f"{turn}")
    found(
        f"{times} damaged tails of {len(crash.acknowledged)} transactions, {crash.crowd.kind}: 0 corrupt, "
        f"0 synced transactions lost, 0 halves; {seen['cut']} lost what stood after the damage"
    )


def test_work_goes_on_after_a_damaged_tail(crash: Crash, tmp_path: Path) -> None:
    torn = crash.wal[: len(crash.wal) * 2 // 3]
    with closing(reopened(crash, torn, tmp_path / "torn")) as store:
        before = entries()
        crash.crowd.clinic.answered(sender=crash.crowd.clinic.cilla)
        assert entries() > before
        assert faults(store) == []


def reopened(crash: Crash, wal: bytes, folder: Path) -> Store:
    """The database as the next start of the program finds it."""
    folder.mkdir()
    path = folder / "omvant.db"
    path.write_bytes(crash.database)
    path.with_name("omvant.db-wal").write_bytes(wal)
    shutil.copy(crash.log_keys, path_beside(path))
    return crash.crowd.open(path)

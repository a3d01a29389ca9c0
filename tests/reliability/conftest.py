"""A clinic with patients enough for many terminals at once, and processes that start quickly."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from data import patients
from data.domain.identity import PersonalIdentityNumber
from data.store.database import open_store
from data.store.keys import KEY_BYTES, EncryptionKey
from data.store.replacing import encrypt_anew
from data.store.store import Store
from tests.conftest import Clinic, copied
from tests.data.test_identity import with_check_digit

PATIENTS = 4

plain_and_encrypted = pytest.mark.parametrize(
    "crowd", [False, True], indirect=True, ids=["plain", "encrypted"]
)
"""Runs a proof once with a plain and once with an encrypted file."""


@dataclass(frozen=True)
class Crowd:
    """The clinic of `tests.conftest` with more patients, in a closed file that tests copy; `key` opens it."""

    made: Path
    key: EncryptionKey | None
    clinic: Clinic
    patients: tuple[patients.Patient, ...]

    @property
    def kind(self) -> str:
        """What to call the file where figures are told."""
        return "encrypted" if self.key else "plain"

    def copied(self, folder: Path) -> Path:
        """The test's own copy of the file, not open."""
        return copied(self.made, folder / "omvant.db")

    def open(self, database: Path) -> Store:
        """Open a copy."""
        return open_store(database, key=self.key)


@pytest.fixture(scope="session")
def crowd(
    request: pytest.FixtureRequest, ready_made: tuple[Path, Clinic], tmp_path_factory: pytest.TempPathFactory
) -> Crowd:
    """Made once by each worker, and once more where a test asks for an encrypted one."""
    path = copied(ready_made[0], tmp_path_factory.mktemp("crowd") / "omvant.db")
    store = open_store(path)
    numbers = [
        PersonalIdentityNumber(with_check_digit(f"19900101{place:03}")) for place in range(1, PATIENTS + 1)
    ]
    registered = tuple(
        patients.register(ready_made[1].anna, patients.NewPatient(number=number, name=f"Person {place}"))
        for place, number in enumerate(numbers, 1)
    )
    store.close()
    key = EncryptionKey(b"k" * KEY_BYTES) if getattr(request, "param", False) else None
    if key:
        encrypt_anew(path, None, key)
    return Crowd(path, key, ready_made[1], registered)


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Starts processes from one that has imported all and opened nothing: in 20 ms, not in a second."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "tests.reliability.writer", "tests.reliability.editor"])
    return context

"""What tests of database files share, besides `at_rest`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Clinic


@pytest.fixture
def people(ready_made: tuple[Path, Clinic]) -> Clinic:
    """The clinic's people, whatever is open."""
    return ready_made[1]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder for backups."""
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder

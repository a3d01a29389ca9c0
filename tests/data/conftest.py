"""What the tests of `data` share."""

from __future__ import annotations

from pathlib import Path

import pytest

_CONFORMANCE = Path(__file__).parents[3] / "shared" / "conformance"


@pytest.fixture(scope="session")
def conformance() -> Path:
    """The folder of public test material, read in place; tests that need it are skipped without it."""
    if not _CONFORMANCE.is_dir():
        pytest.skip(f"public test material is not at {_CONFORMANCE}")
    return _CONFORMANCE

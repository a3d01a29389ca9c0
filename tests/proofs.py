"""Proofs that are repeated many times: how often, and what they found, told at the end of the run.

```sh
python -m pytest tests/reliability                      # the short form, as in CI
python -m pytest tests/reliability --long               # the long form
python -m pytest tests/reliability -k kill --count 500  # as often as you like
```
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

Count = Callable[[int, int], int]
"""How many times something is repeated: `count(short, long)`."""

Found = Callable[[str], None]
"""Takes a sentence with the figures of a proof that held."""

_FOUND = "found"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("proof", "how long the proofs of docs/reliability.md take")
    group.addoption("--long", action="store_true", help="their long form: minutes or hours, not seconds")
    group.addoption("--count", type=int, help="repeat each this many times instead of what its form says")


@pytest.fixture(scope="session")
def count(request: pytest.FixtureRequest) -> Count:
    """Chooses between a proof's short and long form, as the run was asked for."""
    asked: int | None = request.config.getoption("count")
    return lambda short, long: asked or (long if request.config.getoption("long") else short)


@pytest.fixture
def found(record_property: Callable[[str, object], None]) -> Found:
    """Tells the figures of a proof at the end of the run."""
    return lambda sentence: record_property(_FOUND, sentence)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = [
        f"{report.nodeid.rpartition('::')[2]}: {sentence}"
        for report in terminalreporter.stats.get("passed", [])
        for name, sentence in report.user_properties
        if name == _FOUND
    ]
    if told:
        terminalreporter.section("what the proofs found")
        for line in told:
            terminalreporter.write_line(line)

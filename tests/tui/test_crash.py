"""A fault of the program's own shows where it happened, and nothing of what the program worked with."""

from __future__ import annotations

import pytest

from tests.tui.conftest import AtTerminal
from tests.tui.drivers import PilotTerminal
from tui.crash import report


def _fail(patient: str) -> None:
    try:
        raise LookupError(f"nobody is called {patient}")
    except LookupError as error:
        raise ValueError(patient) from error


def test_a_report_names_errors_and_places_but_no_data() -> None:
    try:
        _fail("Tolvan Tolvansson")
    except ValueError as error:
        text = report(error).plain
    assert "builtins.LookupError" in text
    assert "builtins.ValueError" in text
    assert "test_crash.py" in text
    assert "_fail" in text
    assert "Tolvan" not in text


async def test_a_crash_prints_the_report(at_terminal: AtTerminal, capsys: pytest.CaptureFixture[str]) -> None:
    async def crash() -> None:
        async with at_terminal() as person:
            await person.sees("Det här är en demo")
            assert isinstance(person.terminal, PilotTerminal)
            person.terminal.app.call_later(_fail, "Tolvan Tolvansson")
            while person.terminal.app.return_code is None:
                await person.terminal.glance()

    with pytest.raises(ValueError, match="Tolvan"):
        await crash()
    printed = capsys.readouterr()
    assert "ValueError" in printed.err + printed.out
    assert "Tolvan" not in printed.err + printed.out

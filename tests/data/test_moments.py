"""How moments are stored."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from data.store.models import AccessLog


def test_a_moment_comes_back_as_it_was() -> None:
    moment = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    stored = AccessLog.at.db_value(moment)
    assert stored == "2026-11-23 12:00:00.000000"
    assert AccessLog.at.python_value(stored) == moment


def test_the_hour_that_a_clock_shows_twice_is_two_hours() -> None:
    """Python takes both for equal, and gives them one hash."""
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Stockholm"))
    again = first.replace(fold=1)
    assert first == again
    assert AccessLog.at.db_value(first) == "2026-10-25 00:30:00.000000"
    assert AccessLog.at.db_value(again) == "2026-10-25 01:30:00.000000"

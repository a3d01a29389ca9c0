"""`omvant retention …`."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data import cases, closing, holds, retention
from data.store import models
from tests.conftest import Clinic
from tui.cli import main

Runs = Callable[..., tuple[int, str]]
"""Runs a command; its status, and all that it printed."""

BJORKEN = ("--clinic", "vårdcentralen björken")


@pytest.fixture
def run(clinic: Clinic, database_file: Path, capsys: pytest.CaptureFixture[str]) -> Runs:
    def run_command(*arguments: str) -> tuple[int, str]:
        status = main(["retention", *arguments, "--database", str(database_file)])
        told = capsys.readouterr()
        return status, told.out + told.err

    return run_command


def closed_long_ago(clinic: Clinic) -> cases.SentCase:
    """The commands go by the real clock."""
    sent = clinic.send()
    closing.close(clinic.anna, sent.id, 1)
    long_ago = datetime.now(UTC) - timedelta(days=400)
    models.Case.update(closed_at=long_ago).where(models.Case.id == sent.id).execute()
    return sent


def test_a_policy_is_set_shown_and_followed(clinic: Clinic, run: Runs) -> None:
    goes, stays = closed_long_ago(clinic), closed_long_ago(clinic)
    day = f"{datetime.now(UTC) - timedelta(days=400):%Y-%m-%d}"

    assert run("set", "365", *BJORKEN)[0] == 0
    assert run("hold", stays.reference, "--reason", "Tvist \x1b[2J") == (
        0,
        f"{stays.reference} har gallringsstopp\n",
    )
    status, told = run("show", *BJORKEN)
    assert status == 0
    assert "Avslutade ärenden sparas i 365 dagar" in told
    assert f"1 ärende kan gallras i dag, avslutade {day} – {day}" in told
    assert "1 lika gammalt har gallringsstopp" in told
    assert f"{stays.reference} har gallringsstopp sedan" in told
    assert "\x1b" not in told

    status, told = run("run", "--yes", *BJORKEN)
    assert status == 0
    assert "1 ärende är gallrat" in told
    assert retention.digest([goes.reference]) in told
    assert [row.id for row in models.Case.select()] == [stays.id]
    assert retention.digest([goes.reference]) in run("show", *BJORKEN)[1]

    assert run("release", stays.reference.lower()) == (0, f"Stoppet för {stays.reference} är hävt\n")
    assert holds.list_all(clinic.operator, BJORKEN[1]) == ()


def test_a_run_wipes_what_one_that_was_cut_off_has_left(
    clinic: Clinic, run: Runs, database_file: Path
) -> None:
    closed_long_ago(clinic)
    run("set", "365", *BJORKEN)
    assert retention.destroy(clinic.operator, retention.due(clinic.operator, BJORKEN[1]), BJORKEN[1])
    wal = database_file.with_name(database_file.name + "-wal")
    assert wal.stat().st_size > 0

    assert run("run", *BJORKEN)[0] == 0
    assert wal.stat().st_size == 0


@pytest.mark.parametrize("answer", ["", "nej\n"])
def test_nothing_is_destroyed_without_a_yes(
    clinic: Clinic, run: Runs, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    closed_long_ago(clinic)
    run("set", "30", *BJORKEN)
    monkeypatch.setattr("sys.stdin", Terminal(answer))

    status, told = run("run", *BJORKEN)
    assert status == 1
    assert "Inget har gallrats. Med --yes görs det utan fråga." in told
    assert models.Case.select().count() == 1


def test_a_yes_at_the_terminal_destroys(clinic: Clinic, run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    closed_long_ago(clinic)
    run("set", "30", *BJORKEN)
    monkeypatch.setattr("sys.stdin", Terminal("ja\n"))

    assert run("run", *BJORKEN)[0] == 0
    assert models.Case.select().count() == 0


def test_a_script_must_say_yes(clinic: Clinic, run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    closed_long_ago(clinic)
    run("set", "30", *BJORKEN)
    monkeypatch.setattr("sys.stdin", io.StringIO("ja\n"))

    assert run("run", *BJORKEN)[0] == 1
    assert models.Case.select().count() == 1


def test_for_ever_destroys_nothing(clinic: Clinic, run: Runs) -> None:
    closed_long_ago(clinic)
    status, told = run("run", "--yes", *BJORKEN)

    assert (status, models.Case.select().count()) == (0, 1)
    assert "Avslutade ärenden sparas för alltid" in told


@pytest.mark.parametrize("days", ["3", "trettio", "٣٠", "30\n30", "99999999"])
def test_what_is_no_policy_is_told(clinic: Clinic, run: Runs, days: str) -> None:
    status, told = run("set", days, *BJORKEN)

    assert status == 1
    assert "days: Skriv ett antal dagar från 30 till 36500" in told
    assert retention.due(clinic.bo).keep_days == 0


def test_a_clinic_must_be_named_where_there_are_several(clinic: Clinic, run: Runs) -> None:
    for arguments in (("show",), ("set", "30"), ("run", "--yes")):
        status, told = run(*arguments)
        assert status == 1
        assert "Det finns flera mottagningar" in told


class Terminal(io.StringIO):
    """Someone at a terminal who has typed this."""

    def isatty(self) -> bool:
        return True

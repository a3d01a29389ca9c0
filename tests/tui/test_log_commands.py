"""`omvant log …`: what it prints, writes, refuses, and how it ends."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data import cases, patients
from data.store import models
from data.store.database import open_store
from data.store.log_chain import seal
from data.store.log_keys import path_beside
from data.store.store import Store
from tests.conftest import Clinic, FrozenClock, let_rows_be_rewritten
from tests.tui.test_cli import HEAVY, omvant
from tui.cli import main

Said = tuple[int, str, str]


@pytest.fixture
def log(clinic: Clinic, database_file: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs `omvant log …` on the clinic's file; gives status, standard output and errors."""

    def run(*arguments: object) -> Said:
        status = main(["log", *map(str, arguments), "--database", str(database_file)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def tamper(clinic: Clinic, number: int) -> None:
    let_rows_be_rewritten()
    entries = models.AccessLog
    here = (entries.chain == clinic.anna.clinic_id) & (entries.number == number)
    entries.update(actor_name="Någon Annan").where(here).execute()


def test_a_sound_log_is_told_clinic_by_clinic(log: Any, clinic: Clinic) -> None:
    patients.fetch(clinic.anna, clinic.tolvan.number)
    status, out, err = log("verify")

    assert (status, err) == (0, "")
    assert re.search(r"^Vårdcentralen Björken: \d+ poster, alla som de skrevs$", out, re.MULTILINE)
    assert "Vårdcentralen Eken: 2 poster, alla som de skrevs" in out
    assert "Bara ett ankare" in out
    assert models.AccessLog.select().where(models.AccessLog.event == "log.verified").count() == 1


def test_the_first_broken_entry_is_named_and_the_status_is_one(log: Any, clinic: Clinic) -> None:
    tamper(clinic, 3)
    status, out, _err = log("verify")

    assert status == 1
    assert "✗ Vårdcentralen Björken: post 3 är inte som den skrevs" in out
    assert "Vårdcentralen Eken: 2 poster, alla som de skrevs" in out


def test_a_hostile_clinics_name_steers_no_terminal(log: Any, clinic: Clinic) -> None:
    models.Clinic.update(name="\x1b[2J\u202e\nx").execute()
    _status, out, _err = log("verify")

    assert not set(out) & {"\x1b", "\u202e"}


def test_an_anchor_is_written_and_compared(log: Any, clinic: Clinic, tmp_path: Path) -> None:
    file = tmp_path / "anchor"
    assert log("anchor", file)[0] == 0
    assert (file.stat().st_mode & 0o777, log("verify", "--anchor", file)[0]) == (0o600, 0)
    status, _out, err = log("anchor", file)
    assert status == 1
    assert "--force" in err
    assert log("anchor", file, "--force")[0] == 0
    assert "Bara ett ankare" not in log("verify", "--anchor", file)[1]

    let_rows_be_rewritten()
    entries = models.AccessLog
    last = (
        entries.select().where(entries.chain == clinic.anna.clinic_id).order_by(entries.number.desc()).get()
    )
    last.delete_instance()
    status, out, _err = log("verify", "--anchor", file)
    assert status == 1
    assert f"✗ Vårdcentralen Björken: slutet saknas: posterna {last.number} till {last.number}" in out
    assert log("verify")[0] == 0


def test_an_anchor_goes_to_standard_output(log: Any) -> None:
    status, out, _err = log("anchor")

    assert status == 0
    assert re.fullmatch(r"omvant-log-anchor 1\n(\d+ \d+ [0-9a-f]{64} \S+ .*\n)+", out)


def test_what_is_no_anchor_is_told(log: Any, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Hej")
    assert "Rad 1 är inget ankare" in log("verify", "--anchor", tmp_path / "letter")[2]
    status, _out, err = log("verify", "--anchor", tmp_path / "none")
    assert status == 1
    assert "Det finns ingen fil på" in err


def test_a_new_key(log: Any, clinic: Clinic, database_file: Path) -> None:
    before = path_beside(database_file).read_text().split()
    status, out, _err = log("new-key")
    after = path_beside(database_file).read_text().split()

    assert (status, after[:-1]) == (0, before)
    assert "Nya poster skrivs med nyckel" in out
    assert log("verify")[0] == 0


def test_a_lost_key_file_is_replaced_and_what_it_wrote_is_not_proved(
    log: Any, clinic: Clinic, database_file: Path
) -> None:
    path_beside(database_file).unlink()
    status, _out, err = log("verify")
    assert status == 1
    assert "omvant log new-key" in err
    status, out, _err = log("new-key")
    assert status == 0
    assert "går inte längre att kontrollera" in out
    assert path_beside(database_file).stat().st_mode & 0o777 == 0o600

    status, out, _err = log("verify")
    assert status == 1
    assert re.search(r"\? Vårdcentralen Björken: posterna 1 till \d+ går inte att kontrollera: nyckel", out)
    assert "✗" not in out


def test_a_mistyped_path_gets_no_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", "new-key", "--database", str(tmp_path / "no.db")]) == 1
    assert list(tmp_path.iterdir()) == []
    assert "Det finns ingen databas på" in capsys.readouterr().err


@pytest.fixture
def aged(clinic: Clinic, clock: FrozenClock, store: Store) -> Clinic:
    """All entries are from 2015, but for one of now."""
    models.database.execute_sql("DROP TRIGGER access_log_stays")
    models.AccessLog.update(at=datetime(2015, 1, 1, tzinfo=UTC), mac="").execute()
    seal(store.log_keys)
    for staff in (clinic.anna, clinic.dag):
        patients.fetch(staff, clinic.tolvan.number)
    return clinic


def test_pruning_only_shows_at_first(log: Any, aged: Clinic) -> None:
    count = models.AccessLog.select().count()
    status, out, err = log("prune", "--years", 6)
    assert status == 0
    assert re.search(r"Vårdcentralen Eken: 2 poster från före 20\d\d-\d\d-\d\d skulle tas bort", out)
    assert "--yes" in err
    assert models.AccessLog.select().count() == count

    status, out, _err = log("prune", "--years", 6, "--yes")
    assert status == 0
    assert re.search(r"Vårdcentralen Eken: 2 poster från före \S+ borttagna", out)
    assert models.AccessLog.select().count() < count
    assert log("verify")[0] == 0
    assert "Det finns inga så gamla poster" in log("prune", "--years", 6)[1]


def test_the_floor_is_five_years(log: Any, aged: Clinic) -> None:
    status, _out, err = log("prune", "--years", 4, "--yes")

    assert status == 1
    assert "minst 5 år" in err


def test_a_broken_log_is_not_pruned(log: Any, aged: Clinic) -> None:
    tamper(aged, 2)
    count = models.AccessLog.select().count()
    status, _out, err = log("prune", "--years", 6, "--yes")

    assert status == 1
    assert "ta reda på varför" in err
    assert models.AccessLog.select().count() == count


def test_an_extract_reads_as_a_letter(log: Any, clinic: Clinic, tmp_path: Path, clock: FrozenClock) -> None:
    clock.now = datetime(2026, 7, 1, 8, 30, 5, tzinfo=UTC)
    sent = clinic.send()
    cases.open_case(clinic.cilla, sent.id)
    status, out, _err = log("extract", "191212121212")

    assert status == 0
    title, patient, period = out.splitlines()[:3]
    assert title == "Utdrag ur åtkomstloggen"
    assert (patient, period) == ("Tolvan Tolvansson, 19121212-1212", "Tid: allt som är sparat")
    place = "2026-07-01 10:30:05 CEST  Vårdcentralen Björken  personal  "
    assert f"{place}Öppnade ett ärende, ärende {sent.reference}" in out.splitlines()
    assert "Cilla" not in out
    assert "Cilla Ceder" in log("extract", "191212121212", "--names")[1]

    file = tmp_path / "utdrag.txt"
    assert log("extract", "19121212-1212", file)[0] == 0
    assert file.read_text(encoding="utf-8").startswith("Utdrag ur åtkomstloggen")


def test_an_extract_of_some_days(log: Any, clinic: Clinic, clock: FrozenClock) -> None:
    clock.move(days=9)
    patients.fetch(clinic.anna, clinic.tolvan.number)
    _status, out, _err = log("extract", "191212121212", "--from", "2026-03-10", "--to", "2026-03-12")

    assert "Tid: 2026-03-10 till 2026-03-12" in out
    assert "2026-03-11 09:00:00 CET" in out
    assert "2026-03-02" not in out
    assert "\n1 åtkomst\n" in out


def test_an_extract_in_english_of_a_protected_identity(log: Any, clinic: Clinic) -> None:
    out = log("extract", "198808202389", "--lang", "en")[1]

    assert "◆ Protected identity: hand it to nobody but the patient" in out
    assert "staff  Registered a patient" in out


@pytest.mark.parametrize(
    ("number", "words"),
    [("196909092394", "Det finns inget om 19690909-2394"), ("191212121213", "number: ")],
)
def test_whom_there_is_nothing_about(log: Any, number: str, words: str) -> None:
    status, out, err = log("extract", number)

    assert (status, out) == (1, "")
    assert words in err


@pytest.mark.parametrize(
    "arguments",
    [("log",), ("log", "prune"), ("log", "extract"), ("log", "extract", "1", "--from", "igår")],
)
def test_wrong_arguments_end_with_two(arguments: tuple[str, ...]) -> None:
    assert omvant(*arguments).returncode == 2


def test_help_loads_nothing_heavy() -> None:
    ran = omvant("log", "verify", "--help", python=("-X", "importtime"))
    assert ran.returncode == 0
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in ran.stderr.splitlines()}
    assert not loaded & set(HEAVY)


def test_the_commands_work_on_a_file_that_others_use(log: Any, clinic: Clinic, database_file: Path) -> None:
    assert log("verify")[0] == 0
    open_store(database_file).close()
    patients.fetch(clinic.anna, clinic.tolvan.number)
    assert log("verify")[0] == 0

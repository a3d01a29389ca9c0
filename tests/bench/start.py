"""From executing the program to what a person waits for: the sign-in screen, and the list of their cases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from data import ssh
from data.domain.roles import OperatorActor
from data.store import models
from data.store.database import open_store
from tests.bench import filled
from tests.bench.measure import Effort, Ratio, Row, Table
from tests.bench.one_static import TEXT
from tests.bench.terminal import Spawned, program

CASES = 10_000
DESCRIPTION = f"""
From just before the program is executed until the text is on an 80×24 screen: of the sign-in screen the name
of its second field and the hints; of Mina ärenden (`--staff`, so without a password) the person's newest case
and the hints, in a clinic's file of {CASES:,} cases. Baseline: the one-Static app. In turns, each after a
start that is not counted, with Python's compiled files and the page cache warm.
"""
_TIMES = 3
"""Starts vary by a fifth on a machine that others use too: so many more of them give a steady median."""

STARTED = "painted"
HINTS = "F1 Hjälp"
BASE = program("tests.bench.one_static")


@dataclass(frozen=True)
class Desk:
    """A clinic's file, and someone there whose list is to be seen."""

    path: Path
    username: str
    newest: str
    """Of their newest case the patient's number, as the list shows it."""

    @property
    def sign_in(self) -> list[str]:
        """The words that open the program."""
        return program("tui.cli", "--database", str(self.path))

    @property
    def mine(self) -> list[str]:
        """The words that open it at the person's list."""
        return [*self.sign_in, "--staff", self.username]


def desk_of(cases: int, folder: Path) -> Desk:
    """A clinic with so many cases, where people may sign in by their SSH keys, in a file of its own."""
    path = filled.copy(cases, folder / f"{cases}.db")
    with closing(open_store(path)):
        ssh.allow(OperatorActor(name="bench"))
        newest = models.Case.select().order_by(models.Case.id.desc()).limit(1_000)
        for case in newest:
            roles = models.StaffRole.select().where(models.StaffRole.staff == case.sender_id)
            held = {role.clinic_id for role in roles}
            if held == {case.clinic_id}:
                number = case.patient.number
                return Desk(path, case.sender.username, f"{number[:8]}-{number[8:]}")
    raise LookupError("everybody works at several clinics")


def run(effort: Effort) -> Iterator[Table]:
    with TemporaryDirectory() as folder:
        desk = desk_of(CASES, Path(folder))
        starts = {
            "one Static": (BASE, (TEXT,)),
            "the sign-in screen": (desk.sign_in, ("Lösenord", HINTS)),
            "Mina ärenden": (desk.mine, (desk.newest, HINTS)),
        }
        seconds: dict[str, list[float]] = {what: [] for what in starts}
        for turn in range(_TIMES * effort.rounds + 1):
            for what, (words, wanted) in starts.items():
                with Spawned(words) as terminal:
                    painted = terminal.seen(*wanted)
                if turn:
                    seconds[what].append(painted)
    rows = {what: Row(what, {STARTED: samples}) for what, samples in seconds.items()}
    table = Table("From exec to paint", DESCRIPTION, (STARTED,), list(rows.values()))
    base = (rows["one Static"], STARTED)
    for what, must, aim in (("the sign-in screen", 1.25, 1.10), ("Mina ärenden", 1.45, 1.15)):
        words = f"exec until {what} is painted, over a one-Static app"
        table.ratios.append(Ratio(words, (rows[what], STARTED), base, must=must, aim=aim))
    yield table

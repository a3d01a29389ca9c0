"""Moving a clinic from a file to a server and back: with everything, and cut off at any moment."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from textwrap import dedent

import psycopg
import pytest

from data import cases, drafts, inbox, log_check, moving, patients, ssh
from data.case_rows import CaseFilter
from data.domain.errors import Conflict, Message, Unavailable
from data.domain.paging import Edge
from data.domain.roles import OperatorActor
from data.moving import Moved
from data.store import models, search
from data.store.database import current, open_store
from data.store.keys import EncryptionKey
from data.store.log_keys import path_beside, read
from data.store.moving.sides import Place
from data.store.store import Store
from tests.conftest import ANSWERS, Clinic, FrozenClock, copied, let_rows_be_rewritten
from tests.postgres import PostgresServer

ROOT = Path(__file__).parents[2]
OPERATOR = OperatorActor(name="drift")
KEY = EncryptionKey(bytes(range(32)))
OTHER_KEY = EncryptionKey(bytes(range(1, 33)))

HOSTILE = 'tab\tline\nreturn\rback\\slash \\N \\t "quoted" åäö 😀 \x0b\x0c\x08'
"""Signs that mean something where rows are written as text."""

_numbers = count()


@pytest.fixture
def file(database_file: Path, ready_made: tuple[Path, Clinic], clock: FrozenClock) -> Place:
    """A clinic's file in which things have happened; nobody has it open."""
    clinic = ready_made[1]
    with closing(open_store(database_file, clock=clock)):
        clinic.answered()
        clinic.send(patient=clinic.hidden)
        asked = clinic.ask()
        inbox.open_letter(clinic.as_patient(), asked.id)
        inbox.save_typed(clinic.as_patient(), asked.id, {"ovrigt": "En tanke"}, 0)
        models.Staff.update(title=HOSTILE).where(models.Staff.username == "cilla").execute()
        ssh.allow(OPERATOR)
        log_check.new_key(OPERATOR)
        clinic.ask()
        drafts.begin(clinic.anna, clinic.tolvan.id)
        models.RetentionReceipt.create(
            clinic=clinic.anna.clinic_id, at=clock(), by="drift", keep_days=1, count=1,
            oldest=clock(), newest=clock(), digest="", last_case_id=1_000,
        )  # fmt: skip
    return Place(str(database_file), clock=clock)


@pytest.fixture
def on_server(server: PostgresServer, tmp_path: Path, clock: FrozenClock) -> Iterator[Place]:
    """An empty database on a server."""
    name = f"move_{next(_numbers)}"
    server.do(f"CREATE DATABASE {name}")
    yield Place(server.url(name), log_keys=tmp_path / "server" / f"{name}.log-keys", clock=clock)
    server.do(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def other_file(tmp_path: Path, clock: FrozenClock) -> Place:
    """Where no file is yet."""
    return Place(str(tmp_path / "other.db"), clock=clock)


@pytest.fixture(params=["file", "server"])
def target(request: pytest.FixtureRequest, other_file: Place) -> Place:
    """An empty place, of each kind."""
    return other_file if request.param == "file" else request.getfixturevalue("on_server")


@contextmanager
def at(place: Place) -> Iterator[Store]:
    """The clinic at a place, open."""
    with closing(place.open()) as store:
        yield store


def everything(place: Place) -> dict[str, list[tuple[object, ...]]]:
    """All rows as the program has them."""
    with at(place):
        return {table.__name__: list(table.select().order_by(table.id).tuples()) for table in models.TABLES}


def log_faults() -> list[object]:
    return [one for one in log_check.verify(OPERATOR) if not one.sound]


def move(source: Place, target: Place, **how: object) -> Moved:
    return moving.move(OPERATOR, source, target, **how)  # type: ignore[arg-type]


def test_everything_goes_to_the_server_and_back(file: Place, on_server: Place, other_file: Place) -> None:
    before = everything(file)
    there = move(file, on_server)
    back = move(on_server, other_file)
    after = everything(other_file)

    assert {one.name: one.rows for one in there.tables}["case"] == len(before["Case"]) == 4
    assert there.entries == len(before["AccessLog"])
    for name, rows in before.items():
        assert after[name][: len(rows)] == rows, name
        assert len(after[name]) - len(rows) == (2 if name == "AccessLog" else 0), name
    log = slice(0, -3)  # access_log, log_review, setting
    assert there.tables[log] == back.tables[log]
    with at(other_file):
        assert log_faults() == []
        told = [row.event for row in models.AccessLog.select().order_by(models.AccessLog.id)]
        assert told[-3:-1] == ["database.moved"] * 2 or told[-2:] == ["database.moved"] * 2
        assert models.Staff.get(models.Staff.username == "cilla").title == HOSTILE


def test_life_goes_on_at_the_server(
    file: Place, on_server: Place, ready_made: tuple[Path, Clinic], clock: FrozenClock
) -> None:
    clinic = ready_made[1]
    move(file, on_server)

    with at(on_server):
        sent = clinic.ask()
        inbox.open_letter(clinic.as_patient(), sent.id)
        inbox.answer(clinic.as_patient(), sent.id, ANSWERS)
        assert cases.open_case(clinic.anna, sent.id).answered_at == clock()
        assert sent.id == 1_001  # never that of a case that was destroyed
        assert log_faults() == []
        assert ssh.status(OPERATOR)
        assert search.faults() == []
        page = cases.list_mine(clinic.anna, CaseFilter(words=("tolvan", "1 tablett")), Edge())
        assert sent.id in {row.id for row in page.rows}


def test_what_was_sent_before_is_found_and_opened_there(
    file: Place, target: Place, ready_made: tuple[Path, Clinic]
) -> None:
    clinic = ready_made[1]
    move(file, target)

    with at(target):
        assert search.faults() == []
        found = cases.list_mine(clinic.anna, CaseFilter(words=("tabl",)), Edge()).rows
        assert len(found) == 3
        assert cases.open_case(clinic.anna, min(row.id for row in found)).answers == ANSWERS


def test_both_logs_tell_of_it_and_go_on(file: Place, target: Place) -> None:
    move(file, target)

    lines = []
    for place in (replace(file), target):
        with closing(open_store(place.url, log_keys=place.log_keys, even_moved=True)):
            assert log_faults() == []
            entry = models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()
            lines.append((entry.id, entry.number, entry.event, entry.actor_name, entry.details, entry.mac))
    assert lines[0] == lines[1]
    assert lines[0][2:4] == ("database.moved", "drift")
    assert f'"moved_from": "{file.url}"' in lines[0][4]


def test_nobody_works_on_where_the_clinic_was(
    file: Place, on_server: Place, other_file: Place, ready_made: tuple[Path, Clinic]
) -> None:
    move(file, on_server)
    with pytest.raises(Unavailable, match="has moved to postgresql:///move_"):
        file.open()
    # A program that the move did not notice, since it goes by another name.
    named_otherwise = replace(on_server, url=f"{on_server.url}?application_name=other")
    with at(named_otherwise) as store:
        move(on_server, other_file)
        open_store(named_otherwise.url, log_keys=on_server.log_keys, even_moved=True).close()
        models.database.initialize(store.database)
        with pytest.raises(Unavailable, match=f"has moved to {other_file.url}"):
            patients.register(
                ready_made[1].anna,
                patients.NewPatient(number=ready_made[1].tolvan.number, name="Ny"),
            )
    with pytest.raises(Unavailable, match=f"has moved to {other_file.url}"):
        on_server.open()


@pytest.mark.parametrize("first", ["file", "server"])
def test_a_move_is_undone(
    first: str, file: Place, on_server: Place, other_file: Place, ready_made: tuple[Path, Clinic]
) -> None:
    left, reached = (file, on_server) if first == "file" else (on_server, other_file)
    if first == "server":
        move(file, on_server)
    move(left, reached)
    moving.undo(OPERATOR, left)
    current().close()

    with at(left):
        assert models.AccessLog.select().order_by(models.AccessLog.id.desc()).get().event == (
            "database.move_undone"
        )
        ready_made[1].send()
        assert log_faults() == []
    with pytest.raises(Conflict, match="was not moved"):
        moving.undo(OPERATOR, left)
    current().close()


@pytest.mark.parametrize("first", ["file", "server"])
def test_it_is_refused_while_somebody_has_it_open(
    first: str, file: Place, on_server: Place, other_file: Place
) -> None:
    source = file
    if first == "server":
        move(file, on_server)
        source = on_server
    before = everything(source)
    with at(source), pytest.raises(Conflict, match="open at another terminal"):
        move(source, other_file)

    assert not Path(other_file.url).exists()
    assert everything(source) == before


def test_only_an_empty_place_will_do(
    file: Place, on_server: Place, server: PostgresServer, tmp_path: Path, ready_made: tuple[Path, Clinic]
) -> None:
    taken = copied(ready_made[0], tmp_path / "taken.db")
    content = taken.read_bytes()
    with pytest.raises(Conflict, match="There is a file"):
        move(file, Place(str(taken)))
    assert taken.read_bytes() == content

    with at_new(on_server):
        models.Clinic.create(name="Annan")
    with pytest.raises(Conflict, match="There is a clinic"):
        move(file, on_server)
    with at(on_server):
        assert [row.name for row in models.Clinic.select()] == ["Annan"]

    foreign = f"move_{next(_numbers)}"
    server.do(f"CREATE DATABASE {foreign}")
    server.do("CREATE TABLE theirs (id int)", database=foreign)
    with pytest.raises(Unavailable, match="belongs to another program"):
        move(file, Place(server.url(foreign), log_keys=tmp_path / "foreign"))
    with at(file):
        assert log_faults() == []


def at_new(place: Place) -> closing[Store]:
    return closing(open_store(place.url, log_keys=place.log_keys, create=True))


def test_tables_without_rows_are_empty_and_keys_are_kept(file: Place, on_server: Place) -> None:
    at_new(on_server).__exit__(None, None, None)
    assert on_server.log_keys is not None
    own = on_server.log_keys.read_text().split()
    move(file, on_server)

    keys = path_beside(Path(file.url)).read_text().split()
    assert on_server.log_keys.read_text().split() == own + keys
    with at(on_server) as store:
        assert store.log_keys.current == read(path_beside(Path(file.url))).current
        assert log_faults() == []


def test_encrypted_files_are_moved(file: Place, on_server: Place, tmp_path: Path) -> None:
    locked = replace(file, url=str(tmp_path / "locked.db"), key=KEY)
    again = replace(file, url=str(tmp_path / "again.db"), key=OTHER_KEY)
    before = everything(file)
    move(file, locked)
    with pytest.raises(Unavailable, match="another key"):
        move(replace(locked, key=OTHER_KEY), on_server)
    with pytest.raises(Unavailable, match="--key-file"):
        move(replace(locked, key=None), on_server)
    move(locked, on_server)
    move(on_server, again)

    assert b"Tolvan" not in Path(again.url).read_bytes()
    assert everything(again)["Case"] == before["Case"]


@pytest.mark.parametrize(
    ("column", "value"), [("name", "X'00'"), ("name", "'a' || char(0)"), ("version", "'x'")]
)
def test_what_no_program_of_ours_wrote_is_named(
    file: Place, on_server: Place, column: str, value: str
) -> None:
    with at(file) as store:
        store.database.execute_sql(f"UPDATE patient SET {column} = {value} WHERE id = 2")
    with pytest.raises(Unavailable, match="Row 2 of the table patient"):
        move(file, on_server)
    still_empty(on_server)


def test_a_broken_log_is_moved_only_when_that_is_said(file: Place, on_server: Place) -> None:
    with at(file):
        let_rows_be_rewritten()
        models.AccessLog.update(actor_name="Någon annan").where(models.AccessLog.id == 3).execute()
    with pytest.raises(Unavailable, match="not as it was written"):
        move(file, on_server)
    still_empty(on_server)
    move(file, on_server, with_broken_log=True)
    with at(on_server):
        assert len(log_faults()) == 1


def test_rows_that_point_to_none_are_not_moved(file: Place, target: Place) -> None:
    with at(file) as store:
        store.database.pragma("foreign_keys", 0)
        models.StaffRole.update(clinic=77).where(models.StaffRole.id == 1).execute()
    with pytest.raises(Unavailable, match="point to others"):
        move(file, target)
    with at(file):
        pass


def still_empty(place: Place) -> None:
    """Nothing of a clinic is there."""
    if not place.log_keys:
        assert not Path(place.url).exists()
        return
    with psycopg.connect(place.url) as connection:
        assert connection.execute("SELECT relname FROM pg_class WHERE relname = 'case'").fetchall() == []


STEPS = (
    "Copying everything",
    "Making the search index",
    "The database's indexes",
    "Comparing both databases",
    "Verifying the access log",
)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_it_leaves_nothing_and_is_done_again(
    file: Place, target: Place, step: str
) -> None:
    before = everything(file)
    killed(file, target, f"progress = lambda what, _share: str(what) == {step!r} and die()")

    assert everything(file) == before
    still_empty(target)
    move(file, target)
    with at(target):
        assert log_faults() == []
        assert models.Case.select().count() == len(before["Case"])


def test_killed_between_the_two_it_is_ended_by_the_next_run(
    file: Place, target: Place, ready_made: tuple[Path, Clinic]
) -> None:
    killed(file, target, "FileSource.leave = lambda *_: die()")
    with at(target):
        sent = ready_made[1].send()  # people have begun to work there
    done = move(file, target)

    assert done.tables == ()
    with pytest.raises(Unavailable, match="has moved"):
        file.open()
    with at(target):
        assert models.Case.select().where(models.Case.id == sent.id).exists()
    with closing(open_store(file.url, even_moved=True)):
        assert log_faults() == []


def test_but_not_when_the_source_was_worked_with_since(
    file: Place, target: Place, ready_made: tuple[Path, Clinic]
) -> None:
    killed(file, target, "FileSource.leave = lambda *_: die()")
    with at(file):
        ready_made[1].send()
    with pytest.raises(Conflict):
        move(file, target)
    with at(file):
        pass


def killed(source: Place, target: Place, when: str) -> None:
    """Move in a process of its own, which ends itself without warning."""
    keys = f"Path({str(target.log_keys)!r})" if target.log_keys else None
    program = f"""
        import os, signal
        from pathlib import Path
        from data import moving
        from data.domain.roles import OperatorActor
        from data.store.moving.file import FileSource
        from data.store.moving.sides import Place

        def die():
            os.kill(os.getpid(), signal.SIGKILL)

        progress = lambda *_: None
        {when}
        target = Place({target.url!r}, log_keys={keys})
        moving.move(OperatorActor(name="drift"), Place({source.url!r}), target, progress=progress)
    """
    done = subprocess.run([sys.executable, "-c", dedent(program)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize("step", STEPS)
def test_a_lost_connection_leaves_nothing_and_it_is_done_again(
    file: Place, on_server: Place, server: PostgresServer, step: str
) -> None:
    name = on_server.url.rpartition("/")[2]
    with pytest.raises(Unavailable, match="can't be reached"):
        move(file, on_server, progress=once(step, lambda: lose(server, name)))

    still_empty(on_server)
    move(file, on_server)
    with at(on_server):
        assert log_faults() == []


def test_a_source_that_is_lost_leaves_nothing(
    file: Place, on_server: Place, other_file: Place, server: PostgresServer
) -> None:
    move(file, on_server)
    name = on_server.url.rpartition("/")[2]
    with pytest.raises(Unavailable, match="can't be reached"):
        move(on_server, other_file, progress=once(STEPS[0], lambda: lose(server, name)))

    still_empty(other_file)
    move(on_server, other_file)
    with at(other_file):
        assert log_faults() == []


def once(step: str, act: Callable[[], None]) -> Callable[[Message, float], None]:
    """Progress that acts when a step is first heard of."""
    heard: set[str] = set()

    def progress(what: Message, _share: float) -> None:
        if str(what) == step and step not in heard:
            heard.add(step)
            act()

    return progress


def lose(server: PostgresServer, database: str) -> None:
    of_it = f"FROM pg_stat_activity WHERE datname = '{database}'"
    server.do(f"SELECT pg_terminate_backend(pid, 5000) {of_it}")


def test_a_file_that_cannot_be_written_is_told(file: Place, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="can't be written"):
        move(file, Place(str(tmp_path / "missing" / "other.db")))
    with at(file):
        pass


def test_nothing_is_left_beside_a_moved_file(file: Place, other_file: Place, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    move(file, other_file)
    path = Path(other_file.url)
    made = set(tmp_path.iterdir()) - before
    assert made == {path, path_beside(path)}
    assert {one.stat().st_mode & 0o777 for one in made} == {0o600}
    shutil.copy(path, tmp_path / "whole.db")  # all of it is in the one file
    shutil.copy(path_beside(path), path_beside(tmp_path / "whole.db"))
    with at(replace(other_file, url=str(tmp_path / "whole.db"))):
        assert models.Case.select().count() == 4

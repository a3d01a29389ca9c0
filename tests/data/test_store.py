"""The database file: private, safe, up to date, and clear about what is wrong with it."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import peewee
import pytest
from playhouse.schema_diff import diff_models

from data import cases, clinics, drafts, patients
from data.case_rows import CaseFilter
from data.domain.errors import Conflict, Unavailable
from data.domain.paging import Edge
from data.domain.roles import Visitor
from data.store import database, models, sqlite_file
from data.store.database import open_store
from data.store.log_keys import path_beside
from data.store.search import WORD_LIMIT, searched
from data.store.store import Store
from tests.conftest import START, Clinic, FrozenClock, Tokens, copied

ROOT = Path(__file__).parents[2]


@contextmanager
def told(words: str) -> Iterator[None]:
    """The block fails with an `Unavailable` that says `words`."""
    with pytest.raises(Unavailable) as error:
        yield
    assert words in str(error.value)


def run_python(code: str, *args: object) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, args)],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# Tables


def test_migrations_make_what_the_models_say(store: Store) -> None:
    difference = diff_models(store.database, list(models.TABLES))

    assert not difference, str(difference)


@pytest.mark.files
def test_migrations_make_the_same_columns_types_and_rules(store: Store, tmp_path: Path) -> None:
    """`diff_models` does not look at types, nulls and foreign keys; SQLite itself knows. Triggers, and
    defaults for rows that were there before a column, are the migrations' alone."""

    def shapes(opened: Store) -> dict[str, object]:
        def asked(pragma: str, table: str) -> list[tuple[object, ...]]:
            return opened.database.execute_sql(f'PRAGMA {pragma}("{table}")').fetchall()

        return {
            table: (
                [
                    (name, kind, required, key)
                    for _, name, kind, required, _, key in asked("table_info", table)
                ],
                sorted(key[2:] for key in asked("foreign_key_list", table)),  # numbered as they were made
                sorted((index[1:4], asked("index_info", index[1])) for index in asked("index_list", table)),
            )
            for table in opened.database.get_tables()
            if table != "schema_migration"
        }

    migrated = shapes(store)
    other = open_store(tmp_path / "other.db", create=True)
    other.database.drop_tables(models.TABLES)
    other.database.create_tables(models.TABLES)
    assert shapes(other) == migrated
    other.close()


def test_every_model_is_among_the_tables() -> None:
    assert set(models.TABLES) == set(models.Table.__subclasses__())


def test_opening_again_changes_nothing(store: Store, database_file: Path) -> None:
    store.close()
    before = database_file.read_bytes()
    open_store(database_file).close()

    assert database_file.read_bytes() == before


def _found_clinic(path: Path) -> bool:
    store = open_store(path, create=True)
    try:
        return clinics.founded(Visitor())
    finally:
        store.close()


def test_programs_that_start_together_make_the_tables_once(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as processes:
        results = processes.map(_found_clinic, [tmp_path / "new.db"] * 6, chunksize=1)

    assert results == [False] * 6


def _opened(path: Path) -> str:
    open_store(path).close()
    return "opened"


def test_programs_that_start_together_share_a_restored_file(tmp_path: Path) -> None:
    """A backup is one file without a WAL: whoever opens it first changes that, and the others wait."""
    made = tmp_path / "omvant.db"
    store = open_store(made, create=True)
    store.database.pragma("journal_mode", "delete")
    store.close()
    files = [copied(made, tmp_path / f"{number}.db") for number in range(15)]
    with multiprocessing.get_context("spawn").Pool(6) as processes:
        for file in files:
            assert processes.map(_opened, [file] * 6, chunksize=1) == ["opened"] * 6


STOCKHOLM = datetime(2026, 7, 1, 1, 30, 0, 5, tzinfo=timezone(timedelta(hours=2)))


def test_moments_are_handed_out_in_utc(clinic: Clinic) -> None:
    models.Template.update(changed_at=STOCKHOLM).execute()

    assert models.Template.get().changed_at == STOCKHOLM
    assert models.Template.get().changed_at.tzinfo is UTC


@pytest.mark.files
def test_moments_are_stored_in_utc_and_sort_as_text(clinic: Clinic, store: Store) -> None:
    models.Template.update(changed_at=STOCKHOLM).execute()

    (text,) = store.database.execute_sql("SELECT changed_at FROM template").fetchone()
    assert text == "2026-06-30 23:30:00.000005"


# The file


def test_the_files_are_the_owners_alone(store: Store, clinic: Clinic, tmp_path: Path) -> None:
    new = tmp_path / "folder" / "new.db"
    before = os.umask(0)
    try:
        opened = open_store(new, create=True)
    finally:
        os.umask(before)
    with opened.writing():
        opened.database.execute_sql("CREATE TABLE t (x)")
    made = sorted(new.parent.iterdir())

    endings = ["", "-shm", "-wal", ".log-keys", ".next", ".turn"]
    assert [path.name for path in made] == [f"new.db{ending}" for ending in endings]
    assert [stat.S_IMODE(path.stat().st_mode) for path in made] == [0o600] * len(endings)
    assert stat.S_IMODE(new.parent.stat().st_mode) == 0o700
    opened.close()


def test_a_mistyped_path_makes_no_database(tmp_path: Path) -> None:
    path = tmp_path / "mistyped.db"
    with told("There is no database at"):
        open_store(path)

    assert not path.exists()


def test_urls_and_paths_name_the_same_file(store: Store, database_file: Path) -> None:
    store.close()
    for url in (database_file, str(database_file), f"sqlite:///{database_file}"):
        open_store(url).close()


@pytest.mark.parametrize("name", ["with space.db", "å?mode=memory.db", "#1.db", "100%.db"])
def test_any_name_of_a_file_is_that_file(tmp_path: Path, name: str) -> None:
    open_store(tmp_path / name, create=True).close()

    assert (tmp_path / name).stat().st_size > 0
    assert {path.name for path in tmp_path.iterdir()} == {name, f"{name}.log-keys"}


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with told("can't be made"):
        open_store(tmp_path / "file" / "new.db", create=True)


@pytest.mark.parametrize("content", [b"Hej!" * 1_000, b"\x00" * 4_096])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letter.db"
    path.write_bytes(content)
    with told("not an Omvänt database"):
        open_store(path)

    assert path.read_bytes() == content


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "bookmarks.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bookmark (url TEXT)")
    other.close()
    with told("belongs to another program"):
        open_store(path)

    with sqlite3.connect(path) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmark",)]
    other.close()


def test_a_database_of_a_later_version_is_left_alone(store: Store, database_file: Path) -> None:
    store.database.execute_sql(
        "INSERT INTO schema_migration (name, applied) VALUES ('9999_future', '2030-01-01 00:00:00')"
    )
    store.close()
    with told("newer version"):
        open_store(database_file)


def test_a_failed_opening_leaves_the_open_store_in_use(clinic: Clinic, store: Store, tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_bytes(b"Hej!" * 1_000)
    with told("not an Omvänt database"):
        open_store(tmp_path / "letter.db")

    assert database.current() is store
    assert patients.fetch(clinic.anna, clinic.tolvan.number) == clinic.tolvan


@pytest.mark.files
def test_a_missing_table_is_unavailable(clinic: Clinic, store: Store) -> None:
    store.database.execute_sql("DROP TABLE access_log")
    with told("no such table"):
        patients.fetch(clinic.anna, clinic.tolvan.number)


def test_a_damaged_file_is_unavailable(clinic: Clinic, store: Store, database_file: Path) -> None:
    clinic.send()
    store.close()
    content = database_file.read_bytes()
    database_file.write_bytes(content[:8192] + b"\xff" * (len(content) - 8192))
    with told("damaged: close Omvänt everywhere and put a sound copy in its place"):
        open_store(database_file)
        patients.fetch(clinic.anna, clinic.tolvan.number)
    database.current().close()


_WRITE = """
import os, sys
from data.domain.errors import OmvantError
from data.domain.roles import Visitor
from data import staff
from data.store.database import open_store
try:
    if os.geteuid() == 0:
        os.setuid(65534)  # nobody: the super-user may write everything
    open_store(sys.argv[1])
    staff.sign_in(Visitor(), "anna", "x")
except OmvantError as error:
    print(error)
"""


@pytest.mark.parametrize("mode", [0o755, 0o777])
def test_a_read_only_file_says_so(store: Store, database_file: Path, mode: int) -> None:
    store.close()
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        path = copied(database_file, Path(folder, "omvant.db"))
        for file in (path, path_beside(path)):
            file.chmod(0o444)
        Path(folder).chmod(mode)
        said = run_python(_WRITE, path)

    assert said == "The database can't be written: the file or its folder is read-only"


@pytest.mark.files
def test_a_connection_that_may_not_write_says_so(clinic: Clinic, store: Store) -> None:
    store.database.pragma("query_only", 1)
    with told("the file or its folder is read-only"):
        patients.fetch(clinic.anna, clinic.tolvan.number)


@pytest.mark.files
def test_a_full_disk_says_so_and_loses_nothing(clinic: Clinic, store: Store) -> None:
    draft = clinic.draft(clinic.question, written={"dos": "1 tablett"})
    store.database.pragma("max_page_count", 1)  # no more than there are
    longer = draft.model_copy(update={"written": {"dos": "lång text " * 9_000}})
    with told("The disk is full"):
        drafts.save(clinic.anna, longer)

    assert models.Draft.get().written == '{"dos": "1 tablett"}'
    store.database.pragma("max_page_count", 1_000_000)
    assert drafts.save(clinic.anna, longer).version == draft.version + 1


def test_of_faults_that_follow_from_each_other_the_first_is_told() -> None:
    """As they come of a disk that is full at the COMMIT; `tests/tui/test_disk_faults.py` has a real one."""
    driver = sqlite_file.sqlcipher
    with told("The disk is full"), sqlite_file.telling_unavailable():
        try:
            raise peewee.OperationalError("database or disk is full")
        except peewee.OperationalError:
            try:
                raise driver.OperationalError("cannot rollback - no transaction is active")
            except driver.OperationalError as error:
                raise peewee.OperationalError(str(error)) from error


@pytest.mark.files
def test_a_busy_database_says_so(clinic: Clinic, store: Store) -> None:
    store.database.pragma("busy_timeout", 1)

    with ThreadPoolExecutor(1) as other:
        holding = store.writing()
        other.submit(holding.__enter__).result()
        with told("busy"):
            patients.fetch(clinic.anna, clinic.tolvan.number)
        assert cases.news(clinic.anna).unseen == 0  # who only reads need not wait
        other.submit(holding.__exit__, None, None, None).result()
        other.submit(store.close).result()

    assert patients.fetch(clinic.anna, clinic.tolvan.number)


def test_what_two_wrote_at_once_is_a_conflict(clinic: Clinic, store: Store) -> None:
    with pytest.raises(Conflict), store.writing():
        models.Clinic.insert(id=clinic.anna.clinic_id, name="Samma").execute()


# The driver


def test_the_library_is_new_enough() -> None:
    assert sqlite_file.sqlcipher.sqlite_version_info >= sqlite_file.SAFE_WAL


def test_an_old_library_is_refused(database_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = SimpleNamespace(sqlite_version_info=(3, 51, 2), sqlite_version="3.51.2")
    monkeypatch.setattr(sqlite_file, "sqlcipher", old)
    with told("SQLite 3.51.2 is too old"):
        open_store(database_file)


@pytest.mark.files
def test_the_pragmas_hold_in_every_thread(store: Store) -> None:
    wanted = {"busy_timeout": 10_000, "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    wanted["secure_delete"] = 1

    def pragmas() -> dict[str, object]:
        found = {name: store.database.pragma(name) for name in wanted}
        store.close()
        return found

    with ThreadPoolExecutor(1) as other:
        assert other.submit(pragmas).result() == wanted
    assert pragmas() == wanted


def test_a_refused_file_writes_nothing_to_the_screen(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_bytes(b"Hej!" * 1_000)
    done = subprocess.run(
        [sys.executable, "-c", _WRITE, path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stderr == ""


def test_ids_of_other_tables_cannot_be_made_up(clinic: Clinic, store: Store) -> None:
    with pytest.raises(Conflict), store.writing():
        models.StaffRole.create(staff=999, clinic=999, role="care_provider")


def test_signs_are_drawn_from_the_token(store: Store, tokens: Tokens) -> None:
    drawn = [store.signs("0123456789", 6) for _ in range(200)]

    assert len(set(drawn)) > 190
    assert set("".join(drawn)) == set("0123456789")
    store.token = Tokens()
    first = store.signs("ABC", 40)
    store.token = Tokens()
    assert store.signs("ABC", 40) == first


def test_search_words() -> None:
    assert searched(["  ÅSA ", "", "\x1b", "de  la"]) == ("åsa", "de la")
    assert len(searched(["x"] * 1_000)) == WORD_LIMIT


def test_a_read_sees_one_state_of_the_database(clinic: Clinic, store: Store) -> None:
    def elsewhere() -> None:
        clinic.send(sender=clinic.cilla)
        store.close()

    with ThreadPoolExecutor(1) as other, store.reading():
        before = models.Case.select().count()
        other.submit(elsewhere).result()
        assert models.Case.select().count() == before
    assert models.Case.select().count() == before + 1


def test_the_clock_and_keys_come_from_outside(clinic: Clinic, clock: FrozenClock, tokens: Tokens) -> None:
    draft = clinic.draft()

    assert draft.changed_at == START
    assert draft.key == f"token-{tokens.given:06}"


# The layers


def test_data_loads_no_screen() -> None:
    code = (
        "import data, pkgutil, importlib, sys\n"
        "[importlib.import_module(m.name) for m in pkgutil.walk_packages(data.__path__, 'data.')]\n"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in {'textual', 'rich', 'tui'}))"
    )
    assert run_python(code) == "[]"


def test_values_alone_load_no_database() -> None:
    code = "import data.domain.answers, data.domain.roles, sys; print('peewee' in sys.modules)"

    assert run_python(code) == "False"


def test_a_page_of_an_empty_list(clinic: Clinic) -> None:
    page = cases.list_mine(clinic.anna, CaseFilter(), Edge())

    assert (page.rows, page.at_start, page.at_end) == ((), True, True)


def test_a_database_that_is_moved_away_stops_the_work_until_it_is_back(
    clinic: Clinic, database_file: Path, tmp_path: Path
) -> None:
    away = tmp_path / "away.db"
    database_file.rename(away)
    with pytest.raises(Unavailable, match="no longer at"):
        clinic.send()
    shutil.copy(away, database_file)
    with pytest.raises(Unavailable, match="no longer at"):
        clinic.send()
    database_file.unlink()
    away.rename(database_file)
    assert clinic.send().reference


def test_a_link_to_the_database_leads_to_the_same_file_keys_and_journal(
    database_file: Path, tmp_path: Path, clinic: Clinic
) -> None:
    link = tmp_path / "elsewhere" / "omvant.db"
    link.parent.mkdir()
    link.symlink_to(database_file)
    clinic.send()
    store = open_store(link)

    assert store.file.path == database_file
    assert models.Case.select().count() == 1
    assert clinic.send().reference
    assert [file.name for file in link.parent.iterdir()] == ["omvant.db"]
    store.close()


def test_work_stops_when_a_link_leads_elsewhere(
    database_file: Path, tmp_path: Path, clinic: Clinic, store: Store
) -> None:
    """Whoever opens it next would work in another database."""
    link, other = tmp_path / "link.db", tmp_path / "other.db"
    link.symlink_to(database_file)
    shutil.copy(database_file, other)
    open_store(link, clock=store.clock)
    link.unlink()
    link.symlink_to(other)
    with pytest.raises(Unavailable, match="no longer at"):
        clinic.send()


@pytest.mark.files
def test_what_is_sorted_stays_in_memory(store: Store) -> None:
    memory = 2  # sqlite.org/pragma.html#pragma_temp_store
    assert store.database.pragma("temp_store") == memory

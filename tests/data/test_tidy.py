"""What is put off while people wait: moving pages from the WAL file, and merging the search."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data import cases
from data.case_rows import CaseFilter
from data.domain.paging import Edge
from data.store import models
from data.store.database import open_store
from data.store.sqlite_file import WAL_LEAST
from data.store.sqlite_store import SqliteStore
from tests.conftest import Clinic

_PAGE = 4_096


@pytest.fixture
def file(database_file: Path) -> SqliteStore:
    """The clinic's database file, open."""
    opened = open_store(database_file)
    assert isinstance(opened, SqliteStore)
    return opened


@pytest.fixture
def people(file: SqliteStore, ready_made: tuple[Path, Clinic]) -> Clinic:
    """The clinic in it."""
    return ready_made[1]


def wal(store: SqliteStore) -> Path:
    return store.file.path.with_name(f"{store.file.path.name}-wal")


def write_much(store: SqliteStore) -> None:
    """More than is left in the WAL file for later."""
    with store.writing():
        models.Setting.create(name="much", value="x" * (WAL_LEAST + 200) * _PAGE)
        models.Setting.delete().execute()


def segments(store: SqliteStore) -> int:
    """In how many pieces the search is, each of which is asked for each word."""
    ((count,),) = store.database.execute_sql("SELECT COUNT(DISTINCT segid) FROM case_search_idx")
    return int(count)


def test_the_wal_file_gets_small_again(file: SqliteStore, people: Clinic) -> None:
    write_much(file)
    assert wal(file).stat().st_size > WAL_LEAST * _PAGE
    file.tidy()
    assert people.send().reference
    assert wal(file).stat().st_size <= WAL_LEAST * _PAGE


def test_little_is_left_for_later(file: SqliteStore, people: Clinic) -> None:
    before = file.file.path.read_bytes()
    people.send()
    file.tidy()
    file.tidy()
    assert file.file.path.read_bytes() == before


def test_nothing_is_moved_while_people_write(file: SqliteStore, people: Clinic) -> None:
    """SQLite's own measure, 1,000 pages, would have it moved by whoever writes the next page."""
    before = file.file.path.read_bytes()
    write_much(file)
    people.send()
    assert file.file.path.read_bytes() == before


def test_cases_are_sent_while_another_program_tidies(file: SqliteStore, people: Clinic) -> None:
    done = threading.Event()

    def tidying() -> int:
        times = 0
        while not done.is_set():
            file.tidy()
            times += 1
        file.close()
        return times

    with ThreadPoolExecutor(1) as other:
        tidied = other.submit(tidying)
        for _ in range(5):
            write_much(file)
            people.send()
        done.set()
        assert tidied.result() > 0
    assert models.Case.select().count() == 5


def test_the_search_is_merged_and_finds_the_same(file: SqliteStore, people: Clinic) -> None:
    for _ in range(6):
        people.send()
    before = segments(file)
    file.tidy()
    assert segments(file) < before
    found = cases.list_mine(people.anna, CaseFilter(words=("tolvan",)), Edge())
    assert len(found.rows) == 6


def test_a_file_merges_its_own_search_whichever_else_is_open(file: SqliteStore, people: Clinic) -> None:
    """Another that is opened in the process is the one that operations then work with."""
    for _ in range(6):
        people.send()
    before = segments(file)
    other = open_store(file.file.path)
    other.database.pragma("busy_timeout", 0)  # who waits for what the same thread holds waits in vain
    file.tidy()
    other.close()
    assert segments(file) < before


def test_who_tidies_does_not_wait_for_those_who_write(file: SqliteStore, people: Clinic) -> None:
    for _ in range(6):
        people.send()
    before = segments(file)
    with ThreadPoolExecutor(1) as other:
        holding = file.writing()
        other.submit(holding.__enter__).result()
        file.tidy()
        assert segments(file) == before
        other.submit(holding.__exit__, None, None, None).result()
        other.submit(file.close).result()
    file.tidy()
    assert segments(file) < before


def test_where_there_is_nothing_to_do_nothing_is_written(file: SqliteStore, people: Clinic) -> None:
    for _ in range(6):
        people.send()
    while (before := file.database.connection().total_changes) is not None:
        file.tidy()
        if file.database.connection().total_changes - before < 2:
            break
    seen: list[str] = []
    file.database.query_hooks.append(lambda event: seen.append(event.sql))
    file.tidy()
    file.database.query_hooks.clear()
    assert not [sql for sql in seen if not sql.upper().startswith("PRAGMA")]

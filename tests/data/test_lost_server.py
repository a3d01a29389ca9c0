"""What an operation says when the database's server is lost before, while or after it stores something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar

import psycopg
import pytest

from data import cases, patients
from data.case_rows import CaseFilter
from data.domain.errors import Away, Uncertain
from data.domain.paging import Edge
from data.store import models
from data.store.database import open_store
from data.store.store import Store
from tests.conftest import Clinic, FrozenClock, make_clinic
from tests.postgres import PostgresServer

R = TypeVar("R")


@pytest.fixture
def lonely() -> Iterator[PostgresServer]:
    """A server that a test may kill."""
    server = PostgresServer().make()
    yield server
    server.remove()


@pytest.fixture
def opened(lonely: PostgresServer, tmp_path: Path) -> Iterator[Store]:
    """A database of that server, open."""
    lonely.do("CREATE DATABASE clinic")
    store = open_store(lonely.url("clinic"), create=True, log_keys=tmp_path / "log-keys", clock=FrozenClock())
    yield store
    store.close()


@pytest.fixture
def there(opened: Store, password_hash: str) -> Clinic:
    """The clinic in it."""
    with opened.writing():
        return make_clinic(password_hash)


def lost_while_storing(server: PostgresServer, act: Callable[[], R]) -> Future[R]:
    """Kill the server when it has stored what `act` wrote and has not told so yet, and start it again."""
    # It waits for a standby that there is none of before it tells.
    server.do("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()")
    with ThreadPoolExecutor(max_workers=1) as thread:
        done = thread.submit(act)
        end = monotonic() + 30
        with psycopg.connect(server.url(), autocommit=True) as watch:
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            while watch.execute(waiting).fetchone() != (1,):
                assert not done.done()
                assert monotonic() < end
                sleep(0.01)
        server.kill()
        (server.data / "postgresql.auto.conf").write_text("")
        server.start()
    return done


def test_a_connection_that_was_lost_meanwhile_is_made_anew(
    there: Clinic, opened: Store, lonely: PostgresServer
) -> None:
    first = there.send()
    lonely.stop("immediate")
    lonely.start()

    assert [row.id for row in cases.list_mine(there.anna, CaseFilter(), Edge()).rows] == [first.id]


def test_a_server_that_is_away_has_done_nothing(there: Clinic, opened: Store, lonely: PostgresServer) -> None:
    draft = there.draft()
    lonely.stop("immediate")
    with pytest.raises(Away):
        cases.send(there.anna, draft, draft.key)
    lonely.start()

    sent = cases.send(there.anna, draft, draft.key)
    assert [case.id for case in models.Case.select()] == [sent.id]


def test_what_was_stored_and_not_acknowledged_is_uncertain_and_sent_once(
    there: Clinic, opened: Store, lonely: PostgresServer
) -> None:
    draft = there.draft()
    with pytest.raises(Uncertain):
        lost_while_storing(lonely, lambda: cases.send(there.anna, draft, draft.key)).result()

    again = cases.send(there.anna, draft, draft.key)
    assert [case.reference for case in models.Case.select()] == [again.reference]


def test_only_what_may_be_done_twice_is_repeatable() -> None:
    assert cases.send.repeatable
    assert cases.news.repeatable
    assert not patients.change.repeatable

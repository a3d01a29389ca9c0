"""Bringing the tables of a server's database up to date."""

from __future__ import annotations

from pathlib import Path

from playhouse.migrations import Runner

from data.domain.errors import Message, Unavailable
from data.store import log_keys, search
from data.store.log_keys import LogKeys
from data.store.postgres_server import Server

MIGRATIONS = Path(__file__).with_name("migrations_postgres")

_ONE_AT_A_TIME = 0x6F6D7600


def migrate(server: Server, keys: Path, *, create: bool) -> LogKeys:
    """Bring the tables up to date, once, also when several programs start at the same moment.

    All migrations happen or none; a copy from before is the business of the server's own backups. The access
    log's keys are made together with its chain. Raises `Unavailable`.
    """
    if pending(server, create=create):
        with server.atomic():
            if bring_up(server, create=create):
                log_keys.add_key(keys)
    return log_keys.read(keys)


def bring_up(server: Server, *, create: bool) -> bool:
    """Bring the tables up to date in the transaction that runs; nobody else does so before it ends. Returns
    whether there were none before. Raises `Unavailable`, as `pending` does."""
    server.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_ONE_AT_A_TIME,))
    # With the lock: another program may have done it meanwhile.
    if not pending(server, create=create):
        return False
    made = not server.table_exists("access_log")
    Runner(server, str(MIGRATIONS)).up()
    search.fill_if_empty(server)
    return made


def pending(server: Server, *, create: bool = False) -> list[str]:
    """The migrations that the database has not had, in order.

    Raises `Unavailable` for another program's database, for an empty one unless it may be filled (`create`),
    and for one of a newer version of this program.
    """
    runner = Runner(server, str(MIGRATIONS))
    if not server.table_exists(runner.table_name):
        if server.get_tables():
            raise Unavailable(Message("The database {name} belongs to another program", name=server.database))
        if not create:
            raise Unavailable(
                Message(
                    "There is nothing in the database {name} yet: omvant --create begins a clinic there",
                    name=server.database,
                )
            )
    steps = runner.status()
    if any(step.path is None for step in steps):
        raise Unavailable(Message("The database was made by a newer version of Omvänt: install that one"))
    return [step.name for step in steps if step.applied is None]

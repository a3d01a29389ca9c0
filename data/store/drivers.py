"""Which kind of database a URL names, known before anything of a database is imported."""

from __future__ import annotations

import sys
from pathlib import Path

_SERVERS = ("postgresql://", "postgres://")
_NOT_FOR_FILES = ("psycopg", "psycopg2", "psycopg2cffi", "pymysql", "MySQLdb", "sqlite3")


def is_server(url: str | Path) -> bool:
    """Whether a URL names a database on a server."""
    return str(url).startswith(_SERVERS)


def import_only_for(url: str | Path) -> None:
    """Call before the first import of the store in a process that opens this database and no other.

    peewee imports the drivers of all the databases that it knows, wherever they are installed: for a file
    those of servers cost as much again as all else of the store, 60 ms and 11 MB with psycopg 3.3. Python's
    own sqlite3 would be a second SQLite beside that of sqlcipher3, 2 ms and 1 MB.
    """
    if not is_server(url):
        for name in _NOT_FOR_FILES:
            sys.modules.setdefault(name, None)  # type: ignore[arg-type] # what is None can't be imported

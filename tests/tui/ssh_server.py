"""A real sshd on this machine's loopback, for tests. It would permit everything, so that what is refused is
refused by the line of `authorized_keys` alone.

It runs as the account that runs the tests and lets only that account in, with keys of its own.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.tui.drivers import DEADLINE, RealTerminal
from tests.tui.stories import Person

ROOT = Path(__file__).parents[2]
SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
MISSING = [name for name in ("ssh", "ssh-keygen", "scp", "sftp") if shutil.which(name) is None]
"""Programs of OpenSSH that are not installed here."""

PRIVILEGE_SEPARATION = Path("/run/sshd")
"""Where Debian's sshd wants an empty folder; its service makes it at start."""

Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class SshServer:
    """A running server. In `folder`: a key file for each of `KEYS`, and the program `omvant`."""

    folder: Path
    port: int

    @property
    def account(self) -> str:
        return pwd.getpwuid(os.getuid()).pw_name

    def options(self, key: str) -> list[str]:
        """What ssh, scp and sftp need to get here with a key, and with nothing of this account's own."""
        settings = {
            "BatchMode": "yes",
            "ConnectTimeout": str(int(DEADLINE)),
            "IdentitiesOnly": "yes",
            "IdentityAgent": "none",
            "StrictHostKeyChecking": "yes",
            "UserKnownHostsFile": str(self.folder / "known_hosts"),
        }
        spelled = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
        return ["-F", "none", *spelled, "-o", f"Port={self.port}", "-i", str(self.folder / key)]

    def command(self, key: str, *options: str) -> list[str]:
        """The start of an ssh command line; what the client asks for comes after it."""
        # The client uses the first value that it is given: the test's own options go before ours.
        return ["ssh", *options, *self.options(key), f"{self.account}@127.0.0.1"]

    def run(self, key: str, *asked: str, options: tuple[str, ...] = (), typed: str = "") -> Done:
        """What an ssh client prints and how it ends, with `typed` on its standard input."""
        return finished([*self.command(key, *options), *asked], typed)

    @contextmanager
    def terminal(
        self, key: str, *asked: str, options: tuple[str, ...] = (), term: str = "xterm-256color"
    ) -> Iterator[Person]:
        """Someone at a terminal of their own, connected by ssh."""
        program = self.command(key, "-tt", *options)
        terminal = RealTerminal(*asked, program=program, env={"TERM": term})
        try:
            yield Person(terminal)
        finally:
            terminal.close()

    def omvant(self, *arguments: object) -> Done:
        """Run a command of the operator's, as it is installed there."""
        done = finished([str(self.folder / "omvant"), *map(str, arguments)])
        assert done.returncode == 0, done.stderr
        return done

    def authorize(self, *lines: str) -> None:
        """Let these lines of `authorized_keys` in, and no others."""
        (self.folder / "authorized_keys").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


KEYS = ("host", "anna", "free", "stranger")


def finished(command: list[str], typed: str = "") -> Done:
    """Run a program to its end, without this test run's own settings."""
    foreign = ("OMVANT_", "TEXTUAL", "COLUMNS", "LINES", "SSH_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return subprocess.run(
        command,
        input=typed,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=2 * DEADLINE,
        check=False,
        cwd=ROOT,
        env=clean,
    )


def free_port() -> int:
    """A port of this machine's loopback that nobody uses just now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """A server whose files are in `folder`; it is gone afterwards. FileNotFoundError: no sshd here."""
    if SSHD is None:
        raise FileNotFoundError("sshd")
    if os.getuid() == 0:
        PRIVILEGE_SEPARATION.mkdir(mode=0o755, exist_ok=True)
    for key in KEYS:
        done = finished(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", key, "-f", str(folder / key)])
        assert done.returncode == 0, done.stderr
    _install(folder / "omvant")
    port = free_port()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    server = SshServer(folder, port)
    (folder / "sshd_config").write_text(_config(server))
    with (folder / "sshd.log").open("w") as log:
        daemon = subprocess.Popen([SSHD, "-D", "-e", "-f", str(folder / "sshd_config")], stderr=log)
    try:
        _until_it_answers(daemon, server)
        yield server
    finally:
        daemon.terminate()
        daemon.wait(DEADLINE)


def _config(server: SshServer) -> str:
    return f"""
        ListenAddress 127.0.0.1
        Port {server.port}
        HostKey {server.folder / "host"}
        AuthorizedKeysFile {server.folder / "authorized_keys"}
        PidFile none
        UsePAM no
        StrictModes no
        AllowUsers {server.account}
        PermitRootLogin prohibit-password
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        AcceptEnv *
        AllowTcpForwarding yes
        AllowStreamLocalForwarding yes
        AllowAgentForwarding yes
        X11Forwarding yes
        Subsystem sftp internal-sftp
    """


def _install(script: Path) -> None:
    """The program as pip writes it, for the Python that runs the tests."""
    script.write_text(
        f"#!{sys.executable}\n"
        "import sys\n"
        "sys.dont_write_bytecode = True\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from tui.cli import main\n"
        "sys.exit(main())\n"
    )
    script.chmod(0o755)


def _until_it_answers(daemon: subprocess.Popen[bytes], server: SshServer) -> None:
    end = time.monotonic() + DEADLINE
    while True:
        assert daemon.poll() is None, (server.folder / "sshd.log").read_text()
        try:
            with socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE) as connection:
                assert connection.recv(4) == b"SSH-"
                return
        except ConnectionRefusedError:
            assert time.monotonic() < end, (server.folder / "sshd.log").read_text()
            time.sleep(0.01)  # nothing says when it listens

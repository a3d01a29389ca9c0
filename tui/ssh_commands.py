"""`omvant ssh …`: whether people may sign in over SSH, and the line that ties a key to a person.

Also what `omvant --staff` takes from its surroundings, which the client at the other end has a hand in.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING

from data.domain.value import Frozen
from tui.i18n import _
from tui.storage_commands import KEY_FILE, log_keys_of

if TYPE_CHECKING:
    from data.domain.authorized_key import PublicKey
    from data.domain.roles import OperatorActor
    from tui.subcommands import Commands, Opening

_KEPT = {"HOME", "TERM", "COLORTERM", "NO_COLOR", "LANG", "LANGUAGE", "OMVANT_LANG", "OMVANT_LOOK"}
"""Settings that change only how things look, and where the account's own folder is. Others could name another
database (OMVANT_DATABASE), a file to write to (TEXTUAL_LOG) or code to load (TEXTUAL_DRIVER)."""

_READ_MOST = 1_000_000
"""Bytes; a key is far shorter."""

_CONNECTION = "SSH_CONNECTION"
"""What sshd says of the connection: the client's address first (ssh(1))."""


class Keyholder(Frozen, kw_only=False):
    """Whose key sshd has checked, by user name, and the address that they come from."""

    username: str
    origin: str = ""


def add_ssh(commands: Commands, common: argparse.ArgumentParser, opening: Opening) -> None:
    """Add `ssh` and what it does to the commands of `omvant`."""
    ssh = commands.add_parser("ssh", parents=[common], help=_("signing in over SSH, each by their own key"))
    ssh_commands = ssh.add_subparsers(required=True, metavar="allow|forbid|status|line")
    for name, help_text, run in (
        ("allow", _("let people sign in by their SSH keys"), _allow),
        ("forbid", _("let nobody sign in by an SSH key any more"), _forbid),
        ("status", _("say whether people can sign in by their SSH keys"), _status),
    ):
        command = ssh_commands.add_parser(name, parents=[common], help=help_text)
        command.set_defaults(run=lambda options, run=run: run(opening(options)))
    line = ssh_commands.add_parser(
        "line",
        parents=[common],
        help=_("print the line of authorized_keys for a person's public key"),
        description=_("Reads the key from standard input unless a file is named. See docs/ssh.md."),
    )
    line.add_argument("username", metavar=_("USERNAME"))
    line.add_argument("--key", type=Path, metavar=_("FILE.pub"), help=_("the public key"))
    line.set_defaults(run=lambda options: _line(options, opening(options)))


def add_keyholder(parser: argparse.ArgumentParser) -> None:
    """Add `--staff`, which stands in the command that a key forces."""
    parser.add_argument(
        "--staff",
        dest="keyholder",
        metavar=_("USERNAME"),
        help=_("begin as the person whose SSH key this command is tied to; see docs/ssh.md"),
    )


def check_keyholder(parser: argparse.ArgumentParser, options: argparse.Namespace, *, alone: bool) -> None:
    """End with wrong arguments when `--staff` stands with a command (not `alone`), or names no database: the
    default place and OMVANT_DATABASE depend on settings that a client may have sent."""
    named = bool(getattr(options, "database", None))
    if options.keyholder is not None and (options.create or not alone or not named):
        parser.error(_("--staff needs --database, and goes with no command and not with --create"))


def keyholder(options: argparse.Namespace, environ: MutableMapping[str, str]) -> Keyholder | None:
    """Who was named by `--staff`. Their client's settings are left behind here, before Textual is imported
    and reads its own, and before a database or its key is looked for."""
    if options.keyholder is None:
        return None
    return Keyholder(options.keyholder, origin=leave_behind(environ))


def leave_behind(environ: MutableMapping[str, str]) -> str:
    """Drop every setting that does more than change how things look; returns the client's address, or "".

    sshd passes on what it was told to accept from the client, and may have been told too much.
    """
    origin = environ.get(_CONNECTION, "").partition(" ")[0]
    for name in list(environ):
        if name not in _KEPT and not name.startswith("LC_"):
            del environ[name]
    return origin


def _allow(operator: OperatorActor) -> int:
    from data import ssh

    ssh.allow(operator)
    print(_("People can now sign in by SSH keys. Give each a line with omvant ssh line."))
    return 0


def _forbid(operator: OperatorActor) -> int:
    from data import ssh

    ssh.forbid(operator)
    print(_("Nobody can sign in by an SSH key now. Who is signed in stays until they leave."))
    return 0


def _status(operator: OperatorActor) -> int:
    from data import ssh

    if ssh.status(operator):
        print(_("People can sign in by their SSH keys."))
    else:
        print(_("Nobody can sign in by an SSH key: omvant ssh allow changes that."))
    return 0


def _line(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data import ssh
    from data.domain.authorized_key import authorized_line
    from data.store.database import current
    from tui.widgets.plain import guard

    key = _key(options.key)
    command = [*_program(), f"--database={current().url}"]
    if key_file := getattr(options, "key_file", None) or os.environ.get(KEY_FILE):
        command.append(f"--key-file={Path(key_file).expanduser().absolute()}")
    if log_keys := log_keys_of(options):
        command.append(f"--log-keys={log_keys}")
    if lang := getattr(options, "lang", None):
        command.append(f"--lang={lang}")
    authorized_line(command, key)  # a path that has no room there is refused before the giving is recorded
    username = ssh.give_key(operator, options.username, key)
    print(guard(authorized_line([*command, f"--staff={username}"], key), lines=False))
    if not ssh.status(operator):
        print(_("Nobody can sign in by an SSH key: omvant ssh allow changes that."), file=sys.stderr)
    return 0


def _key(file: Path | None) -> PublicKey:
    """The key in a file or on standard input, of which no more is read than could be one."""
    from data.domain.authorized_key import PublicKey
    from data.exchange.files import read_file

    content = read_file(file, _READ_MOST) if file else sys.stdin.buffer.read(_READ_MOST)
    return PublicKey.parse(content.decode("utf-8", errors="replace"))


def _program() -> list[str]:
    """The words that start this Omvänt. `-E`: Python reads no setting that the client may have sent."""
    from data.domain.errors import Message, Unavailable

    started = Path(sys.argv[0])
    beside = Path(sys.executable).with_name("omvant")
    found = started if started.name == "omvant" else beside
    script = shutil.which(str(found.absolute()))
    if script is None:
        raise Unavailable(Message("The program omvant is not installed at {path}", path=found.absolute()))
    return [os.path.abspath(sys.executable), "-E", script]

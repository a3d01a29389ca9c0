"""`omvant encrypt`, `rekey`, `backup`, `restore`, `check`: what the operator does with the clinic's file."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tui import i18n
from tui.i18n import _

if TYPE_CHECKING:
    from data.domain.roles import OperatorActor
    from data.store.keys import EncryptionKey
    from tui.subcommands import Commands, Opening

KEY_FILE = "OMVANT_KEY_FILE"
LOG_KEYS = "OMVANT_LOG_KEYS"


def add_keys(common: argparse.ArgumentParser) -> None:
    """Add `--key-file` and `--log-keys`, which all commands that open the database have."""
    common.add_argument(
        "--key-file",
        metavar=_("FILE"),
        default=argparse.SUPPRESS,
        help=_("the key of the encrypted database; else OMVANT_KEY_FILE, else systemd's omvant-key"),
    )
    common.add_argument(
        "--log-keys",
        metavar=_("FILE"),
        default=argparse.SUPPRESS,
        help=_(
            "the keys of the access log of a database on a server; else OMVANT_LOG_KEYS, else in your data"
            " folder"
        ),
    )


def key_of(options: argparse.Namespace) -> EncryptionKey | None:
    """The key that the options or the surroundings name; None for a database that is not encrypted."""
    from data.store.keys import find_key

    return find_key(getattr(options, "key_file", None), os.environ)


def log_keys_of(options: argparse.Namespace) -> Path | None:
    """Where the options or the surroundings say that the keys of the access log are; None: where they belong
    by themselves, as those of a database file always are."""
    named = getattr(options, "log_keys", None) or os.environ.get(LOG_KEYS)
    return Path(named).expanduser().absolute() if named else None


def add_storage(
    commands: Commands,
    common: argparse.ArgumentParser,
    opening: Opening,
    place: Callable[[argparse.Namespace], str],
    operator: Callable[[], OperatorActor],
) -> None:
    """Add the commands to those of `omvant`. `place`: which URL options name, `operator`: who runs them."""

    def path(options: argparse.Namespace) -> Path:
        from data.store.database import path_of

        return path_of(place(options))

    encrypt = commands.add_parser(
        "encrypt",
        parents=[common],
        help=_("encrypt the database; makes the key file if there is none"),
        description=_(
            "Close Omvänt at all terminals first. Keep a copy of the key file elsewhere: without it nobody"
            " can read the database, or a backup of it, ever again."
        ),
    )
    encrypt.set_defaults(run=lambda options: _encrypt(options, path(options), operator()))

    rekey = commands.add_parser(
        "rekey",
        parents=[common],
        help=_("encrypt the database with another key"),
        description=_("Close Omvänt at all terminals first. Backups keep the key that they were made with."),
    )
    rekey.add_argument(
        "--new-key-file", required=True, type=Path, metavar=_("FILE"), help=_("made if there is none")
    )
    rekey.set_defaults(run=lambda options: _rekey(options, path(options), operator()))

    backup = commands.add_parser(
        "backup",
        parents=[common],
        help=_("copy the database, while others work, and check the copy"),
    )
    backup.add_argument("file", type=Path, metavar=_("FILE"))
    backup.add_argument("--replace", action="store_true", help=_("replace a file that is there already"))
    backup.set_defaults(run=lambda options: _backup(options, opening(options)))

    restore = commands.add_parser(
        "restore",
        parents=[common],
        help=_("put a backup in the database's place"),
        description=_("Close Omvänt at all terminals first. The database that was there is kept beside it."),
    )
    restore.add_argument("file", type=Path, metavar=_("FILE"))
    restore.add_argument("--replace", action="store_true", help=_("replace the database that is there"))
    restore.add_argument(
        "--without-log-keys",
        action="store_true",
        help=_("restore though the keys are lost that verify the backup's access log"),
    )
    restore.set_defaults(run=lambda options: _restore(options, path(options), operator()))

    check = commands.add_parser(
        "check",
        parents=[common],
        help=_("check that the database is sound"),
        description=_("Ends with 0 when all is well, with 1 when not. Others can work meanwhile."),
    )
    check.set_defaults(run=lambda options: _check(options, place(options), operator()))


def _encrypt(options: argparse.Namespace, path: Path, operator: OperatorActor) -> int:
    from data import storage
    from tui.widgets.plain import guard

    named = getattr(options, "key_file", None) or os.environ.get(KEY_FILE)
    key = _key_in(Path(named).expanduser(), path) if named else key_of(options)
    if key is None:
        raise _no_key()
    copies = storage.encrypt(operator, path, key)
    print(_("The database is encrypted. From now on all commands need --key-file or OMVANT_KEY_FILE."))
    for copy in copies:
        left = _("{path} is from before and not encrypted: delete it when nobody needs it")
        print(left.format(path=guard(str(copy), lines=False)))
    _tell_what_to_keep(path, named)
    return 0


def _rekey(options: argparse.Namespace, path: Path, operator: OperatorActor) -> int:
    from data import storage

    key = key_of(options)
    if key is None:
        raise _no_key()
    new = options.new_key_file.expanduser()
    storage.rekey(operator, path, key, _key_in(new, path))
    print(_("The database is encrypted with the new key. Backups from before it still need the old one."))
    _tell_what_to_keep(path, new)
    return 0


def _key_in(key_file: Path, database: Path) -> EncryptionKey:
    """The key of a file, which is made if there is none, and a database to encrypt with it."""
    from data.domain.errors import Message, Unavailable
    from data.store.keys import make_key, read_key
    from tui.widgets.plain import guard

    if key_file.exists():
        return read_key(key_file)
    if not database.is_file():
        raise Unavailable(Message("There is no database at {path}", path=database))
    key = make_key(key_file)
    print(_("Made a new key in {path}").format(path=guard(str(key_file), lines=False)))
    return key


def _backup(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data import storage
    from data.store.database import current_file
    from tui.widgets.plain import guard

    copy = storage.back_up(operator, options.file, replace=options.replace)
    cases = i18n.ngettext("{n} case", "{n} cases", copy.cases).format(n=copy.cases)
    done = _("Copied to {path} and checked: {cases}, {size} MB, {seconds} s")
    size, seconds = f"{copy.size / 1_000_000:.1f}", f"{copy.seconds:.1f}"
    print(done.format(path=guard(str(copy.path), lines=False), cases=cases, size=size, seconds=seconds))
    _tell_what_to_keep(
        current_file().file.path, getattr(options, "key_file", None) or os.environ.get(KEY_FILE)
    )
    return 0


def _restore(options: argparse.Namespace, path: Path, operator: OperatorActor) -> int:
    from data import storage
    from tui.widgets.plain import guard

    done = storage.restore(
        operator,
        path,
        options.file.absolute(),
        key_of(options),
        replace=options.replace,
        without_log_keys=options.without_log_keys,
    )
    cases = i18n.ngettext("{n} case", "{n} cases", done.cases).format(n=done.cases)
    print(_("Restored to {path}: {cases}").format(path=guard(str(path), lines=False), cases=cases))
    if done.kept:
        kept = guard(str(done.kept), lines=False)
        print(_("What was there is kept at {path}: delete it when nobody needs it").format(path=kept))
    return 0


def _check(options: argparse.Namespace, url: str, operator: OperatorActor) -> int:
    from data import storage
    from tui.widgets.plain import guard

    sound = True
    for checked in storage.check(operator, url, key_of(options), log_keys_of(options)):
        found = "; ".join(map(i18n.say, checked.faults)) or _("sound")
        print(guard(f"{i18n.say(checked.about)}: {found}", lines=False), flush=True)
        sound = sound and not checked.faults
    return 0 if sound else 1


def _tell_what_to_keep(path: Path, key_file: str | Path | None) -> None:
    from tui.widgets.plain import guard

    print(_("Keep copies of these elsewhere, and apart from the backups, which they are not part of:"))
    for file in _beside_backups(path, key_file):
        print(f"  {guard(str(file), lines=False)}")


def _beside_backups(path: Path, key_file: str | Path | None) -> Iterator[Path]:
    from data.store.log_keys import path_beside

    yield path_beside(path)
    if key_file:
        yield Path(key_file).expanduser().absolute()


def _no_key() -> Exception:
    from data.domain.errors import Message, Unavailable

    return Unavailable(Message("Name the file with the database's key with --key-file"))

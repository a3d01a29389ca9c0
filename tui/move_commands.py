"""`omvant move`: a clinic moves to another database, from a file to a server or back."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tui import i18n
from tui.fill_commands import Bar
from tui.i18n import _
from tui.storage_commands import key_of

if TYPE_CHECKING:
    from data.domain.roles import OperatorActor
    from data.moving import Moved
    from data.store.keys import EncryptionKey
    from data.store.moving.sides import Place
    from tui.subcommands import Commands

_DIGITS = 16
"""Digits of a SHA-256 that are told: enough to compare by eye."""


def add_move(
    commands: Commands, common: argparse.ArgumentParser, operator: Callable[[], OperatorActor]
) -> None:
    """Add the command to those of `omvant`. `operator`: who runs it."""
    move = commands.add_parser(
        "move",
        parents=[common],
        help=_("move the clinic to another database: from a file to PostgreSQL, or back"),
        description=_(
            "Close Omvänt at all terminals first. Everything is copied, counted and compared; then the old"
            " database opens for nobody any more. Cut off, it can be run again."
        ),
    )
    for option, dest, words in (
        ("--from", "source", _("the database that is to be moved: a file or postgresql://…")),
        ("--to", "target", _("an empty database, or a file that does not exist yet")),
    ):
        move.add_argument(option, dest=dest, metavar="URL", help=words)
    move.add_argument(
        "--to-key-file",
        type=Path,
        metavar=_("FILE"),
        help=_("encrypt the new file with this key, made if there is none; else with that of --key-file"),
    )
    for option, words in (
        ("--from-log-keys", _("where the access log's keys of the server that is left are kept")),
        ("--to-log-keys", _("where the access log's keys of the new server will be kept")),
    ):
        move.add_argument(option, type=Path, metavar=_("FILE"), help=words)
    move.add_argument(
        "--with-broken-log",
        action="store_true",
        help=_("move though entries of the access log are not as they were written"),
    )
    move.add_argument(
        "--undo", action="store_true", help=_("let people work again in the database --from, as it was left")
    )
    move.set_defaults(run=lambda options: _run(move, options, operator()))


def _run(parser: argparse.ArgumentParser, options: argparse.Namespace, operator: OperatorActor) -> int:
    if options.source is None or (options.target is None) is not options.undo:
        parser.error(_("say --from URL and --to URL, or --from URL and --undo"))
    return _undo(options, operator) if options.undo else _move(options, operator)


def _move(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data import moving
    from tui.widgets.plain import guard

    began = time.monotonic()
    source, target = _source(options), _target(options)
    try:
        with Bar(sys.stderr) as bar:
            done = moving.move(
                operator, source, target, progress=bar.show, with_broken_log=options.with_broken_log
            )
    except KeyboardInterrupt:
        print(_("Interrupted: the clinic is where it was. The same command moves it."), file=sys.stderr)
        return 1
    for line in _told(done, time.monotonic() - began):
        print(guard(line, lines=False))
    return 0


def _undo(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data import moving

    moving.undo(operator, _source(options))
    print(_("People can work here again. What was done at the new place is not in this database."))
    return 0


def _source(options: argparse.Namespace) -> Place:
    from data.store.moving.sides import Place

    return Place(options.source, key=_key_for(options.source, options), log_keys=options.from_log_keys)


def _target(options: argparse.Namespace) -> Place:
    from data.store.keys import make_key, read_key
    from data.store.moving.sides import Place

    key_file = options.to_key_file
    if key_file is None:
        key = _key_for(options.target, options)
    else:
        key = read_key(key_file) if key_file.exists() else make_key(key_file)
    return Place(options.target, key=key, log_keys=options.to_log_keys)


def _key_for(url: str, options: argparse.Namespace) -> EncryptionKey | None:
    """The key that the options name, for a file; a server has none."""
    from data.store.drivers import is_server

    return None if is_server(url) else key_of(options)


def _told(done: Moved, seconds: float) -> Iterator[str]:
    """What was done, in lines."""
    if not done.tables:
        yield _("All of it was at {target} already: a move that was cut off is at its end now.").format(
            target=done.target
        )
    else:
        yield from _table(done)
        yield i18n.ngettext(
            "The access log: {n} entry, verified at the new place",
            "The access log: {n} entries, verified at the new place",
            done.entries,
        ).format(n=done.entries)
        cases = next(one.rows for one in done.tables if one.name == "case")
        yield _("Moved {cases} from {source} to {target}: {seconds} s").format(
            cases=i18n.ngettext("{n} case", "{n} cases", cases).format(n=cases),
            source=done.source,
            target=done.target,
            seconds=f"{seconds:.1f}",
        )
    yield _("The access log's keys are at {path} as well: keep a copy elsewhere.").format(path=done.log_keys)
    yield _("{source} opens for nobody any more. Delete it when nobody needs it.").format(source=done.source)


def _table(done: Moved) -> Iterator[str]:
    heads = (_("Table"), _("Rows"), _("SHA-256, the same at both"))
    rows = [(one.name, str(one.rows), one.digest[:_DIGITS]) for one in done.tables]
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for name, count, digest in (heads, *rows):
        yield f"{name:<{widths[0]}}  {count:>{widths[1]}}  {digest}"

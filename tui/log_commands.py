"""`omvant log …`: verify, anchor, extract and prune the access log, and give it a new key."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tui.i18n import N_, _, ngettext
from tui.template_commands import STREAM, write_out

if TYPE_CHECKING:
    from data.domain.roles import OperatorActor
    from data.log_check import ChainState
    from tui.subcommands import Commands, Opening

FAULT_WORDS = {
    "changed": N_("entry {number} is not as it was written, or one before it was taken out"),
    "missing": N_("entries {other} to {before} are missing"),
    "moved": N_("entry {number} was written as number {other}"),
    "unknown_key": N_("entry {number} was written with a key that is not in the file of keys"),
    "outside": N_("entry {number} was not written by Omvänt"),
    "cut": N_("the end is missing: entries {after} to {number}, which the anchor knows"),
    "rewritten": N_("the anchor knows another entry under number {number}: it was written anew"),
    "gone": N_("the anchor knows {number} entries, and there is none"),
}
"""Gettext ids by the values of `data.store.log_walk.Fault`. What can't be told is where the fault ends: all
entries from there on are in doubt."""


def add_log(commands: Commands, common: argparse.ArgumentParser, opening: Opening) -> None:
    """Add `log` to the commands of `omvant`."""
    log = commands.add_parser("log", parents=[common], help=_("the access log: verify, extract, prune"))
    acts = log.add_subparsers(required=True, metavar="verify|anchor|extract|new-key|prune")

    verify = acts.add_parser(
        "verify", parents=[common], help=_("find the first entry that is not as it was written")
    )
    verify.add_argument(
        "--anchor", type=Path, metavar=_("FILE"), help=_("compare with what omvant log anchor wrote")
    )
    verify.set_defaults(run=lambda options: _verify(options, opening))

    anchor = acts.add_parser(
        "anchor", parents=[common], help=_("write how far the log has come, to keep elsewhere")
    )
    _add_file(anchor)
    anchor.set_defaults(run=lambda options: _anchor(options, opening(options)))

    extract = acts.add_parser(
        "extract", parents=[common], help=_("write who has been at a patient's data, for the patient")
    )
    extract.add_argument("number", metavar=_("NUMBER"), help=_("the patient's personal identity number"))
    _add_file(extract)
    for option, dest, words in (
        ("--from", "first", _("from that day on, as in 2026-03-01")),
        ("--to", "last", _("to that day, inclusive")),
    ):
        extract.add_argument(option, dest=dest, type=_day, metavar=_("DATE"), help=words)
    extract.add_argument("--names", action="store_true", help=_("with the names of staff"))
    extract.set_defaults(run=lambda options: _extract(options, opening(options)))

    new_key = acts.add_parser(
        "new-key",
        parents=[common],
        help=_("write new entries with a new key, also when the file of keys is lost"),
    )
    new_key.set_defaults(run=lambda options: _new_key(options, opening))

    prune = acts.add_parser("prune", parents=[common], help=_("delete the oldest entries"))
    prune.add_argument(
        "--years", type=int, required=True, metavar=_("N"), help=_("keep so many years; at least five")
    )
    prune.add_argument("--yes", action="store_true", help=_("do it; without it, only show what would go"))
    prune.set_defaults(run=lambda options: _prune(options, opening(options)))


def _add_file(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "file", type=Path, nargs="?", default=STREAM, metavar=_("FILE"), help=_("else standard output")
    )
    command.add_argument("--force", action="store_true", help=_("replace a file that is there already"))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("write the date as in 2026-03-01")) from None


def _verify(options: argparse.Namespace, opening: Opening) -> int:
    from data import log_check
    from data.domain.anchor import FILE_LIMIT, parse
    from data.exchange.files import read_file

    anchors = parse(read_file(options.anchor, FILE_LIMIT)) if options.anchor else ()
    operator = opening(options)
    states = log_check.verify(operator, anchors)
    for line in _verdict(states):
        print(line)
    log_check.verified(operator, states)
    if not anchors:
        words = _("Only an anchor that is kept elsewhere shows if the end was cut or all was written anew.")
        print(words)
    return 0 if all(state.sound for state in states) else 1


def _verdict(states: tuple[ChainState, ...]) -> Iterator[str]:
    from tui.widgets.plain import guard

    for state in states:
        name = guard(state.clinic, lines=False) or (
            _("At no clinic") if state.chain == 0 else f"{state.chain}"
        )
        count = ngettext("{n} entry", "{n} entries", state.count).format(n=state.count)
        if state.broken is not None:
            found = state.broken
            other = found.other or 0
            words = _(FAULT_WORDS[found.fault]).format(
                number=found.number, other=other, before=found.number - 1, after=other + 1
            )
            yield f"✗ {name}: {words}"
        elif state.sound:
            yield _("{name}: {count}, all as they were written").format(name=name, count=count)
        for part in state.unproved:
            words = _("{name}: entries {first} to {last} can't be verified: key {key} is missing")
            yield "? " + words.format(name=name, first=part.first, last=part.last, key=guard(part.key))


def _anchor(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data import log_check
    from data.domain.anchor import written

    return write_out(options, lambda: written(log_check.anchor(operator)).encode())


def _extract(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data import log_extract
    from data.domain.identity import PersonalIdentityNumber
    from data.operation import today
    from tui.log_text import extract_text

    number = PersonalIdentityNumber.parse(options.number, today=today(operator))

    def made() -> bytes:
        extract = log_extract.extract(operator, number, options.first, options.last, named=options.names)
        return extract_text(extract).encode()

    return write_out(options, made)


def _new_key(options: argparse.Namespace, opening: Opening) -> int:
    from data import log_check
    from data.store.log_keys import KeysMissing, add_key

    try:
        operator, lost = opening(options), False
    except KeysMissing as error:
        add_key(error.path)  # without it the database does not open; that it is new is recorded below
        operator, lost = opening(options), True
    key = log_check.new_key(operator, lost=lost)
    print(_("New entries are written with key {key}.").format(key=key))
    if lost:
        print(_("What was written with the lost key can't be verified any more. The log says so."))
    return 0


def _prune(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data import log_check
    from data.domain.errors import Conflict, Message
    from tui.widgets.plain import guard

    parts = log_check.prunable(operator, options.years)
    if options.yes and any(state.broken for state in log_check.verify(operator)):
        raise Conflict(Message("The log is not as it was written: find out why before anything is deleted"))
    for part in parts:
        name = guard(part.clinic, lines=False) or _("At no clinic")
        if options.yes:
            log_check.prune(operator, options.years, part.chain)
        count = ngettext("{n} entry", "{n} entries", part.count).format(n=part.count)
        words = (
            _("{name}: {count} from before {day} deleted")
            if options.yes
            else _("{name}: {count} from before {day} would be deleted")
        )
        print(words.format(name=name, count=count, day=f"{part.before:%Y-%m-%d}"))
    if not parts:
        print(_("There are no entries so old."))
    elif not options.yes:
        print(_("Nothing is deleted yet: do it with --yes."), file=sys.stderr)
    return 0

"""`omvant retention …`: how long closed cases are kept, what that destroys, and what is held."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from tui.i18n import _, ngettext

if TYPE_CHECKING:
    from data.domain.roles import OperatorActor
    from data.retention import Due, Receipt
    from tui.subcommands import Commands, Opening

SHOWN = 20
"""Receipts that `show` prints, the newest first."""


def add_retention(commands: Commands, common: argparse.ArgumentParser, opening: Opening) -> None:
    """Add `retention` to the commands of `omvant`."""
    retention = commands.add_parser(
        "retention",
        parents=[common],
        help=_("how long closed cases are kept"),
        description=_(
            "Closed cases that have been kept long enough are destroyed: only for messages that have been"
            " recorded in the chart, since the record is kept at least ten years. The access log stays, and a"
            " receipt. Backups that were made before still hold what is destroyed."
        ),
    )
    acts = retention.add_subparsers(required=True, metavar="show|set|run|hold|release")

    def add(
        name: str, run: Callable[[argparse.Namespace, OperatorActor], int], words: str
    ) -> argparse.ArgumentParser:
        command = acts.add_parser(name, parents=[common], help=words)
        command.set_defaults(run=lambda options: run(options, opening(options)))
        return command

    show = add("show", _show, _("what would be destroyed today, what is held, and the receipts"))
    setting = add("set", _set, _("choose how long closed cases are kept"))
    setting.add_argument("days", metavar=_("DAYS"), help=_("at least 30; 0 keeps them for ever"))
    running = add("run", _run, _("destroy the closed cases that have been kept long enough"))
    running.add_argument("--yes", action="store_true", help=_("destroy without asking"))
    hold = add("hold", _hold, _("keep a case from being destroyed"))
    hold.add_argument("--reason", required=True, metavar=_("TEXT"), help=_("why; it is shown in the case"))
    release = add("release", _release, _("let a case be destroyed when it is old enough"))
    for command in (show, setting, running):
        command.add_argument(
            "--clinic", default="", metavar=_("NAME"), help=_("which clinic, where there are several")
        )
    for command in (hold, release):
        command.add_argument(
            "reference", metavar=_("REFERENCE"), help=_("what the case is called, say K7X-2QPD")
        )


def _show(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data import holds, retention
    from data.domain.paging import Edge
    from tui.widgets.plain import guard

    _print_due(retention.due(operator, options.clinic))
    for held in holds.list_all(operator, options.clinic):
        line = _("{reference} is held since {day} by {person}: {reason}").format(
            reference=held.reference, day=_day(held.at), person=held.by, reason=held.reason
        )
        print(guard(line, lines=False))
    for receipt in retention.receipts(operator, Edge(), options.clinic).rows[:SHOWN]:
        _print_receipt(receipt)
    return 0


def _set(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data import retention

    days = retention.read_days(options.days)
    before = retention.due(operator, options.clinic)
    _print_due(retention.set_policy(operator, days, before.version, options.clinic))
    return 0


def _run(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data import retention

    due = retention.due(operator, options.clinic)
    _print_due(due)
    if not due.count:
        retention.wipe()  # a run that was cut off, or met somebody reading, has left words behind
        return 0
    if not options.yes and not _agreed():
        print(_("Nothing is destroyed. With --yes it is done without asking."), file=sys.stderr)
        return 1
    for receipt in retention.batches(operator, due, options.clinic):
        _print_receipt(receipt)
    return 0


def _hold(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data import holds

    held = holds.hold(operator, options.reference, options.reason)
    print(_("{reference} is held").format(reference=held.reference))
    return 0


def _release(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data import holds

    released = holds.release(operator, options.reference)
    print(_("{reference} is released").format(reference=released))
    return 0


def _agreed() -> bool:
    """Whether the person at the terminal says yes; without a terminal nobody does."""
    if sys.stdin is None or not sys.stdin.isatty():
        return False
    print(_("Destroy them for good? Type yes: "), end="", file=sys.stderr, flush=True)
    try:
        return sys.stdin.readline().strip().casefold() in {"yes", "y", "ja", "j"}
    except KeyboardInterrupt:  # Ctrl+C is a no
        print(file=sys.stderr)
        return False


def _print_due(due: Due) -> None:
    from tui.widgets.plain import guard

    print(guard(due.clinic, lines=False))
    if not due.keep_days:
        print(_("Closed cases are kept for ever"))
        return
    kept = ngettext("Closed cases are kept {n} day", "Closed cases are kept {n} days", due.keep_days)
    print(kept.format(n=due.keep_days))
    count = ngettext("{n} case can be destroyed today", "{n} cases can be destroyed today", due.count)
    print(count.format(n=due.count), _closed_between(due), sep="")
    if due.held:
        held = ngettext("{n} as old is held and stays", "{n} as old are held and stay", due.held)
        print(held.format(n=due.held))


def _print_receipt(receipt: Receipt) -> None:
    from tui.widgets.plain import guard

    gone = ngettext("{n} case is destroyed", "{n} cases are destroyed", receipt.count).format(n=receipt.count)
    print(guard(f"{_day(receipt.at)}  {receipt.by}  {gone}{_closed_between(receipt)}", lines=False))
    print(f"            SHA-256 {receipt.digest}")


def _closed_between(row: Due | Receipt) -> str:
    """When the first and the last of them were closed; empty when there are none."""
    if row.oldest is None or row.newest is None:
        return ""
    return ", " + _("closed {between}").format(between=f"{_day(row.oldest)} – {_day(row.newest)}")


def _day(at: datetime) -> str:
    """The date, on this machine's clock."""
    return at.astimezone().strftime("%Y-%m-%d")

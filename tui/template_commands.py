"""`omvant template …` and `omvant case …`: forms and answers out of and into the clinic, as FHIR."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tui import i18n
from tui.i18n import _

if TYPE_CHECKING:
    from data.domain.roles import OperatorActor
    from data.exchange.fhir.import_questionnaire import Imported
    from tui.subcommands import Commands, Opening

STREAM = Path("-")
"""Stands for standard input or output in place of a file."""


def add_template_and_case(commands: Commands, common: argparse.ArgumentParser, opening: Opening) -> None:
    """Add `template` and `case` to the commands of `omvant`."""
    template = commands.add_parser("template", parents=[common], help=_("the clinic's templates, as FHIR"))
    template_commands = template.add_subparsers(required=True, metavar="export|import")
    export = template_commands.add_parser(
        "export", parents=[common], help=_("write a template to a file that other systems read")
    )
    export.add_argument("name", metavar=_("NAME"))
    _add_written(export)
    export.set_defaults(run=lambda options: _template_export(options, opening(options)))

    importing = template_commands.add_parser(
        "import",
        parents=[common],
        help=_("make a template of a FHIR questionnaire"),
        description=_(
            "What the file says and no template can say is listed first, and you are asked. Nothing is"
            " fetched from anywhere else. The template is a draft until an administrator publishes it."
        ),
    )
    importing.add_argument("file", type=Path, metavar=_("FILE.json"), help=_("- reads standard input"))
    importing.add_argument(
        "--accept-losses", action="store_true", help=_("import without asking, also what can't all be kept")
    )
    importing.add_argument(
        "--as",
        dest="username",
        default="",
        metavar=_("USERNAME"),
        help=_("in which administrator's name, where there are several"),
    )
    importing.set_defaults(run=lambda options: _template_import(options, opening(options)))
    for command in (export, importing):
        command.add_argument(
            "--clinic", default="", metavar=_("NAME"), help=_("which clinic, where there are several")
        )

    case = commands.add_parser("case", parents=[common], help=_("the answers to a case, as FHIR"))
    case_commands = case.add_subparsers(required=True, metavar="export")
    answers = case_commands.add_parser(
        "export", parents=[common], help=_("write the answers to a file that other systems read")
    )
    answers.add_argument("reference", metavar=_("REFERENCE"), help=_("what the case is called, say K7X-2QPD"))
    answers.add_argument(
        "--reason",
        default="",
        metavar=_("TEXT"),
        help=_("why you need it, for a patient with protected identity; it is kept in the access log"),
    )
    _add_written(answers)
    answers.set_defaults(run=lambda options: _case_export(options, opening(options)))


def _add_written(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, metavar=_("FILE.json"), help=_("- writes to standard output"))
    command.add_argument("--force", action="store_true", help=_("replace a file that is there already"))


def _template_export(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data.exchange.templates_fhir import export_template

    return write_out(options, lambda: export_template(operator, options.name, options.clinic))


def _case_export(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data.exchange.templates_fhir import export_case

    return write_out(options, lambda: export_case(operator, options.reference, options.reason))


def write_out(options: argparse.Namespace, made: Callable[[], bytes]) -> int:
    """Write what `made` returns where the options say; a file that is in the way is told before anything is
    read, since reading is recorded."""
    from data.domain.errors import Conflict, Message, Unavailable
    from data.exchange.files import writable_fault, write_file
    from tui.widgets.plain import guard

    path: Path = options.file
    if path == STREAM:
        _to_stdout(made())
        return 0
    if fault := writable_fault(path):
        raise Unavailable(fault)
    if path.exists() and not options.force:
        raise Conflict(Message("There is a file at {path} already: replace it with --force", path=path))
    write_file(path, made(), replace=options.force)
    print(_("Written to {path}").format(path=guard(str(path), lines=False)))
    return 0


def _to_stdout(content: bytes) -> None:
    from data.exchange.files import unwritable

    try:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    except OSError as error:  # a full disk, or nobody who reads any more
        # What is left in the buffer would be tried once more, and fail in Python's words, at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise unwritable(STREAM, error) from error


def _from_stdin(limit: int) -> bytes:
    """What is on standard input, of which one byte beyond the limit is enough."""
    from data.exchange.files import unreadable

    if sys.stdin is None:  # it was closed before the program began
        raise unreadable(STREAM, OSError(os.strerror(errno.EBADF)))
    try:
        return sys.stdin.buffer.read(limit + 1)
    except OSError as error:
        raise unreadable(STREAM, error) from error


def _template_import(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data.exchange.fhir.reading import FILE_LIMIT
    from data.exchange.templates_fhir import import_template, parse_template, read_template
    from tui.widgets.plain import guard

    stream = options.file == STREAM
    imported = parse_template(_from_stdin(FILE_LIMIT)) if stream else read_template(options.file)
    if not _accepted(options, imported):
        return 1
    made = import_template(operator, imported, options.file.name, options.clinic, options.username)
    done = _("{name} is imported, as a draft: an administrator looks it over and publishes it")
    print(done.format(name=guard(made.name, lines=False)))
    return 0


def _accepted(options: argparse.Namespace, imported: Imported) -> bool:
    """List what would be lost; whether to go on, by the option or by asking the person at the terminal."""
    from tui.widgets.plain import guard

    if not imported.losses:
        return True
    print(_("This can't be kept as it is in the file:"), file=sys.stderr)
    for problem in imported.losses:
        print(guard(f"  {problem.field}: {i18n.say(problem.message)}", lines=False), file=sys.stderr)
    if options.accept_losses:
        return True
    if options.file == STREAM or sys.stdin is None or not sys.stdin.isatty():
        print(_("Nothing is imported. With --accept-losses it is imported all the same."), file=sys.stderr)
        return False
    print(_("Import all the same? Type yes: "), end="", file=sys.stderr, flush=True)
    try:
        answer = sys.stdin.readline().strip().casefold()
    except KeyboardInterrupt:  # Ctrl+C is a no
        answer = ""
        print(file=sys.stderr)
    if answer not in {"yes", "y", "ja", "j"}:
        print(_("Nothing is imported."), file=sys.stderr)
        return False
    return True

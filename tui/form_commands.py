"""`omvant form …`: questionnaires and answers in FHIR, without a clinic and without a database."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tui import i18n
from tui.i18n import _

if TYPE_CHECKING:
    from data.domain.errors import Message
    from data.exchange.fhir.findings import Report
    from tui.subcommands import Commands

VALID, PROBLEMS, UNSUPPORTED = range(3)
"""How `form check` ends. A problem is certain, whatever else can't be judged, so it goes first."""


def add_form(commands: Commands, common: argparse.ArgumentParser) -> None:
    """Add `form` and what it does to the commands of `omvant`."""
    form = commands.add_parser("form", parents=[common], help=_("forms in FHIR, the format of other systems"))
    form_commands = form.add_subparsers(required=True, metavar="check")
    check = form_commands.add_parser(
        "check",
        parents=[common],
        help=_("check a FHIR R4 questionnaire, and answers to it"),
        description=_(
            "Ends with 0 when all is valid, with 1 and a line for each problem when not, and with 2 for what"
            " can't be read or is not supported."
        ),
    )
    check.add_argument("questionnaire", type=Path, metavar=_("QUESTIONNAIRE.json"))
    check.add_argument("response", type=Path, nargs="?", metavar=_("RESPONSE.json"))
    check.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    from data.exchange.fhir.check_questionnaire import check_questionnaire
    from data.exchange.fhir.check_response import check_response

    questionnaire = _read(options.questionnaire)
    response = _read(options.response) if options.response and questionnaire is not None else None
    if questionnaire is None or (options.response and response is None):
        return UNSUPPORTED
    report = check_questionnaire(questionnaire)
    if response is not None:
        report += check_response(questionnaire, response)
    return _tell(report)


def _read(path: Path) -> Mapping[str, Any] | None:
    """The resource in a file; None when it can't be read, which is then told."""
    from data.domain.errors import Invalid, OmvantError
    from data.exchange.fhir.reading import read_resource

    try:
        return read_resource(path)
    except Invalid as error:
        for problem in error.problems:
            _print(path.name, problem.message, sys.stderr)
    except OmvantError as error:  # its words name the file
        _print("", error.message, sys.stderr)
    return None


def _tell(report: Report) -> int:
    for problem in report.problems:
        _print(problem.field, problem.message, sys.stdout)
    for problem in report.unsupported:
        _print(problem.field, problem.message, sys.stderr)
    if report.problems:
        return PROBLEMS
    return UNSUPPORTED if report.unsupported else VALID


def _print(about: str, message: Message, file: IO[str]) -> None:
    from tui.widgets.plain import guard

    line = f"{about}: {i18n.say(message)}" if about else i18n.say(message)
    print(guard(line, lines=False), file=file)

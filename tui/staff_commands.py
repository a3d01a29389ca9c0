"""`omvant staff …`, `omvant clinic …` and `omvant patients …`: who works where, and whom they write to."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui.i18n import _, ngettext

if TYPE_CHECKING:
    from data.domain.roles import OperatorActor
    from tui.subcommands import Commands, Opening


def add_staff_clinic_and_patients(
    commands: Commands, common: argparse.ArgumentParser, opening: Opening
) -> None:
    """Add `staff`, `clinic` and `patients` to the commands of `omvant`."""
    _add_staff(commands, common, opening)

    clinic = commands.add_parser("clinic", parents=[common], help=_("the clinics that share the database"))
    clinic_commands = clinic.add_subparsers(required=True, metavar="add")
    founding = clinic_commands.add_parser("add", parents=[common], help=_("make one more clinic"))
    founding.add_argument("clinic", metavar=_("NAME"))
    founding.set_defaults(run=lambda options: _clinic_add(options, opening(options)))

    patients = commands.add_parser(
        "patients", parents=[common], help=_("the patients that can be written to")
    )
    patient_commands = patients.add_subparsers(required=True, metavar="import")
    importing = patient_commands.add_parser(
        "import", parents=[common], help=_("register all patients of a CSV file")
    )
    importing.add_argument("file", type=Path, metavar=_("FILE.csv"))
    importing.set_defaults(run=lambda options: _patients_import(options, opening(options)))


def _add_staff(commands: Commands, common: argparse.ArgumentParser, opening: Opening) -> None:
    staff = commands.add_parser("staff", parents=[common], help=_("the people who work at the clinic"))
    staff_commands = staff.add_subparsers(required=True, metavar="add|list|password")
    add = staff_commands.add_parser("add", parents=[common], help=_("give a person an account"))
    add.add_argument("username", metavar=_("USERNAME"))
    add.add_argument(
        "--name",
        default="",
        metavar=_("NAME"),
        help=_("first and last name; not for one who has an account"),
    )
    add.add_argument("--title", default="", metavar=_("TITLE"), help=_("title in the signature, say nurse"))
    add.add_argument(
        "--role",
        action="append",
        required=True,
        choices=("care_provider", "administrator", "log_auditor"),
        metavar=_("ROLE"),
        help=_(
            "care_provider (sends cases), administrator (templates, staff) or log_auditor; may be repeated"
        ),
    )
    add.set_defaults(run=lambda options: _staff_add(options, opening(options)))
    listing = staff_commands.add_parser("list", parents=[common], help=_("list people and their roles"))
    listing.set_defaults(run=lambda options: _staff_list(options, opening(options)))
    _add_password(staff_commands, common, opening)
    for command in (add, listing):
        command.add_argument(
            "--clinic", default="", metavar=_("NAME"), help=_("which clinic, where there are several")
        )


def _add_password(commands: Commands, common: argparse.ArgumentParser, opening: Opening) -> None:
    password = commands.add_parser(
        "password",
        parents=[common],
        help=_("give a person a new password for one sign-in"),
        description=_(
            "For those whom no administrator can help: the last one, and who works at several clinics. It"
            " ends the person's sessions, and opens an account that wrong passwords have closed."
        ),
    )
    password.add_argument("username", metavar=_("USERNAME"))
    password.set_defaults(run=lambda options: _staff_password(options, opening(options)))


def _staff_add(options: argparse.Namespace, operator: OperatorActor) -> int:
    """Make an account; or, with a clinic named, give one that there is already roles at that clinic too."""
    from data import staff
    from data.domain.errors import invalid
    from data.domain.roles import Role
    from tui.widgets.plain import guard

    roles = frozenset(map(Role, options.role))
    known = staff.admit(operator, options.username, options.clinic, roles) if options.clinic else None
    if known is not None:
        done = _("{name} has an account already, and can now work at {clinic} too. The password is the same.")
        print(done.format(name=guard(known.name), clinic=guard(options.clinic)))
        return 0
    if not options.name:
        raise invalid("name", "Write the person's name")
    person = staff.add(
        operator,
        staff.NewPerson(
            username=options.username,
            password=_typed_password(),
            name=options.name,
            title=options.title,
            roles=roles,
            clinic=options.clinic,
        ),
    )
    done = _("{name} can sign in as {username}.")
    print(done.format(name=guard(person.name), username=guard(person.username)))
    return 0


def _staff_password(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data import password_reset
    from tui.widgets.plain import guard

    name = password_reset.reset(operator, options.username, _typed_password())
    done = _("{name} can sign in with it once, and then chooses another.")
    print(done.format(name=guard(name)))
    return 0


def _typed_password() -> str:
    """A password from the terminal, which does not show it, or the first line of standard input: never an
    argument, which other accounts of the machine can read."""
    from getpass import getpass

    return getpass(_("Password: ")) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")


def _staff_list(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data import staff
    from tui.widgets.header import ROLE_WORDS
    from tui.widgets.plain import guard

    for person in staff.list_staff(operator, options.clinic):
        roles = ", ".join(_(ROLE_WORDS[role]) for role in sorted(person.roles))
        closed = _(" (closed)") if person.disabled else ""
        print(f"{guard(person.username):<16} {guard(person.name):<28} {roles}{closed}")
    return 0


def _clinic_add(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data import clinics
    from tui.widgets.plain import guard

    name = guard(clinics.add(operator, options.clinic))
    print(_("{name} is a clinic now. Give it people with omvant staff add --clinic.").format(name=name))
    return 0


def _patients_import(options: argparse.Namespace, operator: OperatorActor) -> int:
    from data.exchange.patients_csv import import_file

    count = import_file(operator, options.file)
    print(ngettext("{n} patient registered.", "{n} patients registered.", count).format(n=count))
    return 0

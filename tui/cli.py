"""`omvant` at the command line. Imports what a command needs when it needs it: `--help` must be quick."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui import i18n
from tui.i18n import _

if TYPE_CHECKING:
    from data.store.database import Store


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0 done, 1 it could not be done, 2 wrong arguments."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    wanted = i18n.preferred(_language_in(arguments), os.environ)
    i18n.install(wanted if wanted in i18n.LANGUAGES else "sv")
    parser = _parser()
    options = parser.parse_args(arguments)
    if wanted not in i18n.LANGUAGES:
        parser.error(_("OMVANT_LANG is {wanted}: choose sv or en").format(wanted=ascii(wanted)))
    from data.domain.errors import Invalid, OmvantError

    try:
        return int(options.run(options))
    except Invalid as error:
        for problem in error.problems:
            print(f"{problem.field}: {i18n.say(problem.message)}", file=sys.stderr)
    except OmvantError as error:
        print(i18n.say(error.message), file=sys.stderr)
    return 1


def _language_in(arguments: Sequence[str]) -> str | None:
    """The value of --lang, before the parser that is to speak that language exists."""
    for index, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
        if argument == "--lang" and index + 1 < len(arguments):
            return arguments[index + 1]
    return None


class _Version(argparse.Action):
    """Prints the version; the package's metadata is read only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_ignored: object) -> None:
        from importlib.metadata import version

        print(f"omvant {version('omvant')}")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--database",
        metavar="PATH|URL",
        default=argparse.SUPPRESS,
        help=_("the clinic's database; else OMVANT_DATABASE, else a file in your data folder"),
    )
    common.add_argument(
        "--lang",
        choices=i18n.LANGUAGES,
        default=argparse.SUPPRESS,
        help=_("Swedish or English; else OMVANT_LANG, else Swedish"),
    )
    parser = argparse.ArgumentParser(
        prog="omvant", parents=[common], description=_("A clinic writes to its patients, by keyboard alone.")
    )
    parser.add_argument("--version", action=_Version, nargs=0, help=_("print the version"))
    parser.add_argument("--create", action="store_true", help=_("make the database at PATH if there is none"))
    parser.set_defaults(run=_open)
    commands = parser.add_subparsers(title=_("commands"), metavar="")

    demo = commands.add_parser("demo", parents=[common], help=_("try a small made-up clinic"))
    demo.set_defaults(run=_demo)

    staff = commands.add_parser("staff", parents=[common], help=_("the people who work at the clinic"))
    staff_commands = staff.add_subparsers(required=True, metavar="add|list")
    add = staff_commands.add_parser("add", parents=[common], help=_("give a person an account"))
    add.add_argument("username", metavar=_("USERNAME"))
    add.add_argument("--name", required=True, help=_("first and last name"))
    add.add_argument("--title", default="", help=_("title in the signature, say nurse"))
    add.add_argument(
        "--role", action="append", required=True, choices=("care_provider", "administrator", "log_auditor")
    )
    add.set_defaults(run=_staff_add)
    listing = staff_commands.add_parser("list", parents=[common], help=_("list people and their roles"))
    listing.set_defaults(run=_staff_list)

    patients = commands.add_parser(
        "patients", parents=[common], help=_("the patients that can be written to")
    )
    patient_commands = patients.add_subparsers(required=True, metavar="import")
    importing = patient_commands.add_parser(
        "import", parents=[common], help=_("register all patients of a CSV file")
    )
    importing.add_argument("file", type=Path, metavar="FILE.csv")
    importing.set_defaults(run=_patients_import)
    return parser


def _database(options: argparse.Namespace) -> tuple[str, bool]:
    """The database's URL, and whether a new one may be made there: always at the default place."""
    chosen = getattr(options, "database", None) or os.environ.get("OMVANT_DATABASE")
    if chosen:
        return chosen, getattr(options, "create", False)
    from platformdirs import user_data_path

    return str(user_data_path("omvant", appauthor=False) / "omvant.db"), True


def _run_app(opening: Callable[[], Store], *, demo: bool = False) -> int:
    from tui.app import OmvantApp

    app = OmvantApp(opening, demo=demo, dark=os.environ.get("OMVANT_LOOK", "dark") != "light")
    app.run(mouse=False)
    return app.return_code or 0


def _open(options: argparse.Namespace) -> int:
    from data.store.database import open_store

    url, create = _database(options)
    return _run_app(lambda: open_store(url, create=create))


def _demo(options: argparse.Namespace) -> int:
    """A demo in a temporary file that goes when the program ends, unless a path is given."""
    from tempfile import TemporaryDirectory

    from data import demo

    chosen = getattr(options, "database", None)
    with TemporaryDirectory(prefix="omvant-") as folder:
        path = Path(chosen) if chosen else Path(folder) / "demo.db"
        return _run_app(lambda: demo.make(path), demo=True)


def _staff_add(options: argparse.Namespace) -> int:
    from getpass import getpass

    from data import staff
    from data.domain.roles import OperatorActor, Role

    _opened(options)
    password = getpass(_("Password: ")) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    person = staff.add(
        OperatorActor(),
        staff.NewPerson(
            username=options.username,
            password=password,
            name=options.name,
            title=options.title,
            roles=frozenset(map(Role, options.role)),
        ),
    )
    print(_("{name} can sign in as {username}.").format(name=person.name, username=person.username))
    return 0


def _staff_list(options: argparse.Namespace) -> int:
    from data import staff
    from data.domain.roles import OperatorActor
    from tui.widgets.header import ROLE_WORDS

    _opened(options)
    for person in staff.list_staff(OperatorActor()):
        roles = ", ".join(_(ROLE_WORDS[role]) for role in sorted(person.roles))
        closed = _(" (closed)") if person.disabled else ""
        print(f"{person.username:<16} {person.name:<28} {roles}{closed}")
    return 0


def _patients_import(options: argparse.Namespace) -> int:
    from data.domain.roles import OperatorActor
    from data.exchange.patients_csv import import_file

    _opened(options)
    count = import_file(OperatorActor(), options.file)
    print(i18n.ngettext("{n} patient registered.", "{n} patients registered.", count).format(n=count))
    return 0


def _opened(options: argparse.Namespace) -> Store:
    from data.store.database import open_store

    url, _create = _database(options)
    return open_store(url)


if __name__ == "__main__":
    sys.exit(main())

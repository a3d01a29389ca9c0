"""`omvant` at the command line. Imports what a command needs when it needs it: `--help` must be quick."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui import argparse_words, i18n, ssh_commands, storage_commands, surroundings
from tui.i18n import _

if TYPE_CHECKING:
    from data.domain.roles import OperatorActor
    from data.store.store import Store
    from tui.ssh_commands import Keyholder


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0 done, 1 it could not be done, 2 wrong arguments."""
    os.umask(0o077)  # whatever a command writes is its owner's alone
    if argv is None:  # this is the process's own start
        surroundings.secure()
    arguments = list(sys.argv[1:] if argv is None else argv)
    wanted = i18n.preferred(_language_in(arguments), os.environ)
    i18n.install(wanted if wanted in i18n.LANGUAGES else "sv")
    with argparse_words.translated():
        parser = _parser(whole=not _opens(arguments))
        options = parser.parse_args(arguments)
        if wanted not in i18n.LANGUAGES:
            parser.error(_("OMVANT_LANG is {wanted}: choose sv or en").format(wanted=ascii(wanted)))
        ssh_commands.check_keyholder(parser, options, alone=options.run is _open)
    from data.domain.errors import Invalid, OmvantError

    try:
        return int(options.run(options))
    except Invalid as error:
        _complain(*(f"{problem.field}: {i18n.say(problem.message)}" for problem in error.problems))
    except OmvantError as error:
        _complain(i18n.say(error.message))
    return 1


def _complain(*lines: str) -> None:
    from tui.widgets.plain import guard

    for line in lines:  # they quote files and their names
        print(guard(line, lines=False), file=sys.stderr)


def _language_in(arguments: Sequence[str]) -> str | None:
    """The value of --lang, before the parser that is to speak that language exists."""
    for index, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
        if argument == "--lang" and index + 1 < len(arguments):
            return arguments[index + 1]
    return None


_WITH_VALUE = ("--database", "--key-file", "--log-keys", "--staff", "--lang")


def _opens(arguments: Sequence[str]) -> bool:
    """Whether these are options that open the program, and no command's: the parsers of commands, a hundredth
    of a second, are made for who gives one, or makes a mistake."""
    rest = iter(arguments)
    for one in rest:
        name, sign, _value = one.partition("=")
        if name in _WITH_VALUE and not sign:
            next(rest, None)
        elif name not in _WITH_VALUE and one != "--create":
            return False
    return True


class _Version(argparse.Action):
    """Prints the version; the package's metadata is read only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_ignored: object) -> None:
        from importlib.metadata import version

        print(f"omvant {version('omvant')}")
        parser.exit()


def _parser(*, whole: bool = True) -> argparse.ArgumentParser:
    """The parser of `omvant`; with all its commands when it is the `whole` one."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--database",
        metavar=_("PATH|URL"),
        default=argparse.SUPPRESS,
        help=_("the clinic's database; else OMVANT_DATABASE, else a file in your data folder"),
    )
    common.add_argument(
        "--lang",
        choices=i18n.LANGUAGES,
        default=argparse.SUPPRESS,
        help=_("Swedish or English; else OMVANT_LANG, else Swedish"),
    )
    storage_commands.add_keys(common)
    parser = argparse.ArgumentParser(
        prog="omvant", parents=[common], description=_("A clinic writes to its patients, by keyboard alone.")
    )
    parser.add_argument("--version", action=_Version, nargs=0, help=_("print the version"))
    parser.add_argument("--create", action="store_true", help=_("make the database at PATH if there is none"))
    ssh_commands.add_keyholder(parser)
    parser.set_defaults(run=_open)
    if whole:
        _add_commands(parser, common)
    return parser


def _add_commands(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    from tui import (
        fill_commands,
        form_commands,
        log_commands,
        move_commands,
        retention_commands,
        staff_commands,
        template_commands,
    )

    commands = parser.add_subparsers(title=_("commands"), metavar=_("COMMAND"))

    demo = commands.add_parser("demo", parents=[common], help=_("try a small made-up clinic"))
    demo.set_defaults(run=_demo)
    fill_commands.add_fill(demo)

    staff_commands.add_staff_clinic_and_patients(commands, common, _operator_at)
    form_commands.add_form(commands, common)
    log_commands.add_log(commands, common, _operator_at)
    ssh_commands.add_ssh(commands, common, _operator_at)
    storage_commands.add_storage(
        commands, common, _operator_at, lambda options: _database(options)[0], _operator
    )
    move_commands.add_move(commands, common, _operator)
    template_commands.add_template_and_case(commands, common, _operator_at)
    retention_commands.add_retention(commands, common, _operator_at)


def _database(options: argparse.Namespace) -> tuple[str, bool]:
    """The database's URL, and whether a new one may be made there: always at the default place."""
    chosen = getattr(options, "database", None) or os.environ.get("OMVANT_DATABASE")
    if chosen:
        return chosen, getattr(options, "create", False)
    from platformdirs import user_data_path

    return str(user_data_path("omvant", appauthor=False) / "omvant.db"), True


def _run_app(
    opening: Callable[[], Store],
    *,
    url: str | None = None,
    demo: bool = False,
    keyholder: Keyholder | None = None,
) -> int:
    """Run the program until it is left. `url` is the database's, when the process opens no other."""
    from data.domain.errors import Message, Unavailable

    if not (sys.stdin.isatty() and sys.stderr.isatty()):  # Textual reads from the one and draws on the other
        raise Unavailable(Message("Omvänt needs a terminal: start it in one, without redirection"))
    from tui import first_paint

    first_paint.hold()
    from tui.session import Session

    session, arrival = Session(opening), None
    if url is not None:
        from data.store.drivers import import_only_for

        import_only_for(url)
    if keyholder is not None:
        from tui.by_key import Arrival

        arrival = Arrival(session, keyholder)
        first_paint.import_next()
    from tui.app import OmvantApp

    dark = os.environ.get("OMVANT_LOOK", "dark") != "light"
    app = OmvantApp(session, demo=demo, dark=dark, arrival=arrival)
    app.run(mouse=False)
    return app.return_code or 0


def _open(options: argparse.Namespace) -> int:
    keyholder = ssh_commands.keyholder(options, os.environ)
    url, create = _database(options)
    log_keys = storage_commands.log_keys_of(options)

    def opening() -> Store:
        from data.store.database import open_store

        key = storage_commands.key_of(options)
        return open_store(url, create=create, key=key, log_keys=log_keys)

    return _run_app(opening, url=url, keyholder=keyholder)


def _demo(options: argparse.Namespace) -> int:
    """A demo in a temporary file that goes when the program ends, unless a place is named."""
    from tempfile import TemporaryDirectory

    chosen = getattr(options, "database", None)
    if options.fill is not None:
        from tui import fill_commands

        return fill_commands.fill(options, chosen)
    from data import demo

    with TemporaryDirectory(prefix="omvant-") as folder:
        place, log_keys = chosen or Path(folder) / "demo.db", storage_commands.log_keys_of(options)
        return _run_app(lambda: demo.make(place, log_keys=log_keys), demo=True)


def _operator() -> OperatorActor:
    """Who runs the command, by the name that the log will hold: that of the account on this machine, and not
    the one in USER, which anyone can set."""
    from pwd import getpwuid

    from data.domain.roles import OperatorActor

    try:
        return OperatorActor(name=getpwuid(os.getuid()).pw_name)
    except KeyError:  # in a container whose user has no name
        return OperatorActor(name=f"uid {os.getuid()}")


def _operator_at(options: argparse.Namespace) -> OperatorActor:
    """Who runs the command, once the database is open."""
    _opened(options)
    return _operator()


def _opened(options: argparse.Namespace) -> Store:
    from data.store.database import open_store

    url, _create = _database(options)
    log_keys = storage_commands.log_keys_of(options)
    return open_store(url, key=storage_commands.key_of(options), log_keys=log_keys)


if __name__ == "__main__":
    sys.exit(main())

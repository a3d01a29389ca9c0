"""What the real program has imported when its first screen is painted: four fifths of a start are imports."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from data import ssh
from data.domain.roles import OperatorActor
from data.store.database import open_store
from tests.tui.drivers import RealTerminal, see

NOTING = """
import sys
from pathlib import Path
from tui.driver import TerminalDriver

wanted, noted = sys.argv.pop(1), Path(sys.argv.pop(1))
write = TerminalDriver.write

def noting(self, data):
    if wanted in data and not noted.exists():
        noted.with_suffix(".part").write_text("\\n".join(n for n, one in sys.modules.items() if one))
        noted.with_suffix(".part").rename(noted)
    write(self, data)

TerminalDriver.write = noting
from tui.cli import main
sys.exit(main())
"""
"""Runs Omvänt, and notes what is imported when a text is first written to the terminal."""

NEVER_YET = (
    "argon2", "data.demo", "data.domain.forms", "data.exchange", "data.library", "playhouse.migrations",
    "pydantic", "psycopg", "simplejson", "textual.widgets._text_area", "tui.building", "tui.screens.admin",
    "tui.screens.builder", "tui.screens.case", "tui.screens.help", "tui.screens.patient", "tui.screens.send",
    "zxcvbn",
)  # fmt: skip
"""What neither the sign-in screen nor a list shows anything of."""


@pytest.fixture
def noted(tmp_path: Path) -> Path:
    return tmp_path / "modules"


@pytest.fixture
def opened() -> Iterator[list[RealTerminal]]:
    terminals: list[RealTerminal] = []
    yield terminals
    for terminal in terminals:
        terminal.close()


async def imported(opened: list[RealTerminal], noted: Path, wanted: str, *arguments: str) -> set[str]:
    """The modules that are there when a text is painted."""
    program = (sys.executable, "-c", NOTING, wanted, str(noted))
    opened.append(
        RealTerminal(*arguments, program=program, env={"XDG_CONFIG_HOME": str(noted.with_name("none"))})
    )
    await see(opened[-1], wanted)
    return lines_of(noted)


def lines_of(noted: Path) -> set[str]:
    return set(noted.read_text().splitlines())


def among(modules: set[str], packages: tuple[str, ...]) -> set[str]:
    """Those of the packages that are there, whole or in part."""
    return {one for one in packages if any(m == one or m.startswith(f"{one}.") for m in modules)}


async def test_the_sign_in_screen_is_painted_before_anything_of_the_database(
    opened: list[RealTerminal], noted: Path, demo_file: Path
) -> None:
    modules = await imported(opened, noted, "Lösenord", "--database", str(demo_file))
    assert "tui.screens.sign_in" in modules
    assert not among(modules, (*NEVER_YET, "data.operation", "data.store.database", "peewee", "sqlcipher3"))


async def test_a_list_is_painted_before_any_form_is_read(
    opened: list[RealTerminal], noted: Path, demo_file: Path
) -> None:
    store = open_store(demo_file)
    ssh.allow(OperatorActor(name="drift"))
    store.close()
    who = ("--database", str(demo_file), "--staff", "anna")
    modules = await imported(opened, noted, "Ivar Eriksson", *who)
    assert {"tui.screens.case_list", "data.cases", "sqlcipher3"} <= modules
    assert not among(modules, NEVER_YET)

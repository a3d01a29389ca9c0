"""What the environment can't make the program do; and what a fault leaves behind: nothing of a patient."""

from __future__ import annotations

import importlib
import os
import pkgutil
import pwd
import re
import subprocess
import sys
from pathlib import Path

import pytest
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode

import tui
from data.store import models
from data.store.database import open_store
from tests.tui.conftest import AtTerminal
from tests.tui.drivers import RealTerminal
from tests.tui.stories import Person
from tests.tui.test_cli import environment
from tests.tui.test_house import subclasses
from tui import surroundings
from tui.acts import ACTS

ROOT = Path(__file__).parents[2]
PATIENT = "Hemlig Hemligsson"
"""Nobody's name, so that no screen shows it."""

SPYING = {
    "TEXTUAL": "devtools,debug",
    "TEXTUAL_DEBUG": "1",
    "TEXTUAL_DRIVER": "tests.no_such:Driver",
    "TEXTUAL_LOG": "textual.log",
    "TEXTUAL_PRESS": "ctrl+q",
    "TEXTUAL_SCREENSHOT": "0",
    "TEXTUAL_SCREENSHOT_FILENAME": "shot.svg",
    "TEXTUAL_SCREENSHOT_LOCATION": ".",
    "TEXTUAL_SHOW_RETURN": "1",
    "TEXTUAL_THEME": "no-such",
    "TEXTUAL_COLOR_SYSTEM": "no-such",
    "TEXTUAL_ALLOW_SIGNALS": "1",
    "PYTHONASYNCIODEBUG": "1",
}

FAULTS = {
    "in a worker": "app.run_worker(later())",
    "in a message handler": "app.call_later(now)",
    "in compose": "app.push_screen(Faulty())",
    "in the data's thread": "app.run_worker(app.session.run(now))",
    "in a thread of its own": "threading.Thread(target=now).start(); await asyncio.sleep(0); app.exit()",
    "in a task nobody waits for": "asyncio.ensure_future(later()); await asyncio.sleep(0); app.exit()",
    "where nothing is drawn any more": "app.exit(); sys.exit = now",
}
UNSEEN = {FAULTS["in a thread of its own"], FAULTS["in a task nobody waits for"]}
"""They stop nothing while the screen is up, and there is no place to tell of them."""

PROGRAM = """
import asyncio, gc, sys, threading
from tui import surroundings
surroundings.secure()
from textual.screen import Screen
from data import demo
from tui.app import OmvantApp
from tui.session import Session

patient = "Hemlig " + "Hemligsson"

def now():
    named = patient
    raise ValueError(f"{{named}} can't be read")

async def later():
    now()

class Faulty(Screen):
    def compose(self):
        now()

async def drive(pilot):
    app = pilot.app
    await pilot.pause()
    {fault}

app = OmvantApp(Session(lambda: demo.make({path!r})), demo=True)
app.run(mouse=False, auto_pilot=drive)
gc.collect()
if sys.exit is now:
    now()
"""


async def ended(terminal: RealTerminal) -> str:
    person = Person(terminal)
    await person.ends()
    return terminal.raw.decode("utf-8", "replace")


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_a_fault_names_places_and_no_patient(tmp_path: Path, fault: str) -> None:
    script = tmp_path / "faulty.py"
    script.write_text(PROGRAM.format(fault=fault, path=str(tmp_path / "demo.db")))
    program = (sys.executable, str(script))
    terminal = RealTerminal(program=program, env={"PYTHONPATH": str(ROOT)}, cwd=tmp_path)
    try:
        printed = await ended(terminal)
    finally:
        terminal.close()
    for word in PATIENT.split():
        assert word not in printed
    if fault not in UNSEEN:
        assert "ValueError" in printed
        assert "faulty.py" in printed
    made = set(os.listdir(tmp_path)) - {"faulty.py"}
    assert all(name.startswith("demo.db") for name in made), made


async def test_no_variable_makes_the_program_write_or_load_what_it_should_not(
    demo_file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    terminal = RealTerminal(
        "demo", "--database", str(demo_file), env={**SPYING, "PYTHONPATH": str(ROOT)}, cwd=folder
    )
    try:
        anna = Person(terminal)
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.press("f3")
        await anna.sees("Fördelade ärenden")
        await anna.press("ctrl+q")
        await anna.ends()
    finally:
        terminal.close()
    assert os.listdir(folder) == []


def test_every_variable_of_textual_is_refused() -> None:
    environ = {**SPYING, "HOME": "/home/a", "NO_COLOR": "1"}
    surroundings.refuse(environ)
    assert environ == {"HOME": "/home/a", "NO_COLOR": "1"}


def test_no_memory_is_dumped() -> None:
    code = "import resource; from tui import surroundings; surroundings.secure();"
    code += "print(resource.getrlimit(resource.RLIMIT_CORE))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "(0, 0)\n"


def test_a_fault_of_a_command_tells_no_more(tmp_path: Path) -> None:
    code = "from tui import cli\n"
    code += f"def fails(options): raise KeyError({PATIENT!r})\n"
    code += "cli._operator_at = fails; cli.main()"
    ran = subprocess.run(
        [sys.executable, "-c", code, "staff", "list"],
        check=False,
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 1
    assert "KeyError" in ran.stderr
    assert "fails" in ran.stderr
    assert "Hemlig" not in ran.stderr + ran.stdout


def test_the_operators_name_is_the_accounts_and_not_the_environments(database_file: Path) -> None:
    env = environment(USER="anna", LOGNAME="anna", LNAME="anna", USERNAME="anna")
    arguments = ("-m", "tui.cli", "clinic", "add", "Lindens vårdcentral", "--database", str(database_file))
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, check=True, capture_output=True)
    store = open_store(database_file)
    last = models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()
    assert last.actor_name == pwd.getpwuid(os.getuid()).pw_name
    store.close()


async def test_no_picture_of_the_screen_is_offered(at_terminal: AtTerminal) -> None:
    """Textual's own palette saves one to a file."""
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        importlib.import_module(module.name)
    kinds = {App, *subclasses(DOMNode)}
    ours = {kind for kind in kinds if kind.__module__.startswith("tui.")}
    bindings = [binding for kind in ours for binding in Binding.make_bindings(vars(kind).get("BINDINGS", ()))]
    assert len(bindings) > 100
    assert not [binding for binding in bindings if re.search("screenshot|suspend|devtools", binding.action)]
    assert not [act for act in ACTS.values() if "screenshot" in f"{act.id} {act.label}".casefold()]
    async with at_terminal() as anna:
        await anna.signs_in_as("1", "Mina ärenden")
        await anna.press("ctrl+p")
        await anna.type("screenshot")
        await anna.sees("Inga träffar")

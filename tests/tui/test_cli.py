"""`omvant` at the command line: what it prints, how it ends, and the first start of a clinic."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from data import clinics, staff
from data.domain.roles import Role, Visitor
from data.passwords import FAILURES
from data.staff import NewPerson
from data.store import models
from data.store.database import open_store
from tests.tui.drivers import RealTerminal
from tests.tui.stories import Person

ROOT = Path(__file__).parents[2]
HEAVY = ("textual", "rich", "peewee", "pydantic", "sqlcipher3", "argon2", "platformdirs")
SECRET = "hemligt ord"

Ran = subprocess.CompletedProcess[str]


def environment(**settings: str) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("OMVANT_", "TEXTUAL"))}
    return {**clean, "PYTHONUTF8": "1", **settings}


def omvant(*arguments: object, typed: str = "", python: tuple[str, ...] = (), **settings: str) -> Ran:
    """Run the command to its end, with `typed` on its standard input."""
    return subprocess.run(
        [sys.executable, *python, "-m", "tui.cli", *map(str, arguments)],
        check=False,
        cwd=ROOT,
        env=environment(**settings),
        input=typed,
        capture_output=True,
        text=True,
        timeout=30,
    )


@pytest.fixture
def at_omvant(tmp_path: Path) -> Iterator[Callable[..., Person]]:
    """Opens `omvant ARGUMENTS` in a real terminal."""
    opened: list[RealTerminal] = []

    def open_terminal(*arguments: object, **settings: str) -> Person:
        env = {"XDG_CONFIG_HOME": str(tmp_path / "settings"), **settings}
        opened.append(RealTerminal(*map(str, arguments), env=env))
        return Person(opened[-1])

    yield open_terminal
    for terminal in opened:
        terminal.close()


@pytest.fixture
def clinic_file(tmp_path: Path) -> Path:
    """A clinic as it is after the first start: Eva alone, administrator."""
    path = tmp_path / "omvant.db"
    store = open_store(path, create=True)
    eva = NewPerson(username="eva", password=SECRET, name="Eva Ek", roles=frozenset({Role.ADMINISTRATOR}))
    clinics.found(Visitor(), "Åkerns vårdcentral", eva)
    store.close()
    return path


@contextmanager
def opened(path: Path) -> Iterator[None]:
    store = open_store(path)
    with store.writing():
        yield
    store.close()


def status(person: Person) -> int:
    assert isinstance(person.terminal, RealTerminal)
    person.terminal.child.wait()
    return int(person.terminal.child.exitstatus)


# Words alone


@pytest.mark.parametrize(
    ("lang", "words"), [("sv", "En mottagning skriver till sina"), ("en", "A clinic writes to its patients")]
)
def test_help_speaks_both_languages_and_loads_nothing_heavy(lang: str, words: str) -> None:
    for settings, arguments in (({}, ("--lang", lang)), ({"OMVANT_LANG": lang}, ())):
        ran = omvant(*arguments, "--help", python=("-X", "importtime"), **settings)
        assert ran.returncode == 0
        assert words in ran.stdout
        loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in ran.stderr.splitlines()}
        assert "tui" in loaded
        assert not loaded & set(HEAVY)


def test_version_loads_nothing_heavy() -> None:
    try:
        wanted = importlib.metadata.version("omvant")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("omvant is not installed here: its version is in the installed package's metadata")
    ran = omvant("--version", python=("-X", "importtime"))
    assert (ran.returncode, ran.stdout) == (0, f"omvant {wanted}\n")
    assert not re.search(rf"\b({'|'.join(HEAVY)})\b", ran.stderr)


def test_a_language_that_there_is_not_is_refused() -> None:
    ran = omvant("--lang", "fi")
    assert ran.returncode == 2
    assert "--lang" in ran.stderr
    assert "'fi'" in ran.stderr
    ran = omvant("staff", "list", OMVANT_LANG="fi")
    assert ran.returncode == 2
    assert "OMVANT_LANG är 'fi': välj sv eller en" in ran.stderr
    # An argument goes before the setting, also before a wrong one.
    assert omvant("--lang", "en", "--help", OMVANT_LANG="fi").returncode == 0


# Which database


def test_a_mistyped_path_is_told_and_makes_no_file(tmp_path: Path) -> None:
    missing = tmp_path / "finns" / "inte.db"
    for arguments, settings in (
        (("staff", "list", "--database", missing), {}),
        (("staff", "list"), {"OMVANT_DATABASE": str(missing)}),
        (("patients", "import", "p.csv", "--database", missing), {}),
    ):
        ran = omvant(*arguments, **settings)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert ran.stderr == f"Det finns ingen databas på {missing}\n"
    assert list(tmp_path.iterdir()) == []


async def test_a_mistyped_path_is_told_by_the_program_too(
    at_omvant: Callable[..., Person], tmp_path: Path
) -> None:
    missing = tmp_path.parent / "x.db"  # a path of more than a line would be divided
    someone = at_omvant("--database", missing)
    await someone.sees("Det finns ingen databas på", "x.db")
    await someone.ends()
    assert status(someone) == 1
    assert not missing.exists()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://anna:hemligt@127.0.0.1:9/omvant", "Databasservern går inte att nå"),
        ("postgres://127.0.0.1:9/omvant", "Databasservern går inte att nå"),
        ("postgresql://anna:hemligt@db/omvant?sslmode=prefer", "använd sslmode=verify-full"),
        ("postgresql://anna:hemligt@127.0.0.1", "Adressen nämner ingen databas"),
        ("postgresql://anna:hemligt@[db/omvant", "Databasens adress går inte att förstå"),
    ],
)
def test_what_is_wrong_with_a_servers_address_is_told_without_its_password(url: str, told: str) -> None:
    ran = omvant("staff", "list", "--database", url)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert told in ran.stderr
    assert "hemligt" not in ran.stderr


def test_without_the_driver_for_a_server_it_is_named() -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None; from tui.cli import main; "
        "sys.exit(main(['staff', 'list', '--database', 'postgresql://127.0.0.1/omvant']))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "pip install 'omvant[postgres]'" in ran.stderr


async def test_the_first_start_founds_a_clinic(at_omvant: Callable[..., Person], tmp_path: Path) -> None:
    path = tmp_path / "ny mapp" / "åäö.db"
    eva = at_omvant("--database", path, "--create")
    await eva.sees("Välkommen till Omvänt", "Mottagningens namn")
    for text in ("Åkerns vårdcentral", "Eva Ek", "läkare", "eva", SECRET):
        await eva.type(text)
        await eva.press("enter")
    await eva.type(SECRET)
    await eva.press("ctrl+s")
    await eva.sees("Administration", "Åkerns vårdcentral · Eva Ek", "Mallar för invånarärende")
    await eva.press("ctrl+q")
    await eva.ends()
    assert status(eva) == 0
    assert path.stat().st_mode & 0o777 == 0o600

    eva = at_omvant(OMVANT_DATABASE=str(path))
    await eva.sees("Användarnamn", "Lösenord", gone="Det här är en demo")
    await eva.type("eva")
    await eva.press("enter")
    await eva.type("fel lösenord")
    await eva.press("enter")
    await eva.sees("✗ Användarnamnet eller lösenordet är fel")
    await eva.type(SECRET)
    await eva.press("enter")
    await eva.sees("Administration", "Åkerns vårdcentral · Eva Ek")


# Staff and patients


def test_staff_are_added_and_listed(clinic_file: Path) -> None:
    here = ("--database", clinic_file)
    added = omvant(
        *("staff", "add", "Örjan", "--name", "Örjan Öst", "--title", "läkare"),
        *("--role", "care_provider", "--role", "log_auditor", *here),
        typed=f"{SECRET}\n",
    )
    assert (added.returncode, added.stderr) == (0, "")
    assert added.stdout.endswith("Örjan Öst kan logga in som örjan.\n")
    listed = omvant("staff", "list", OMVANT_DATABASE=str(clinic_file))
    assert listed.returncode == 0
    lines = [re.split(r"  +", line) for line in listed.stdout.splitlines()]
    assert ["örjan", "Örjan Öst", "vårdgivare, granskare"] in lines
    assert [line[0] for line in lines] == ["eva", "örjan"]
    in_english = omvant("staff", "list", "--lang", "en", *here).stdout
    assert "care provider, log auditor" in in_english
    with opened(clinic_file):
        assert not staff.sign_in(Visitor(), "örjan", SECRET).refused


def test_what_is_wrong_with_a_new_person_is_told(clinic_file: Path) -> None:
    ran = omvant(
        *("staff", "add", "eva", "--name", " ", "--role", "care_provider", "--database", clinic_file),
        typed="kort\n",
    )
    assert ran.returncode == 1
    for words in ("username: Användarnamnet är upptaget", "name: Skriv personens namn", "minst 8 tecken"):
        assert words in ran.stderr
    with opened(clinic_file):
        assert models.Staff.select().count() == 1


def test_hostile_names_do_not_reach_the_terminal(clinic_file: Path) -> None:
    with opened(clinic_file):
        hostile = "Eva\x1b]52;c;aGVq\x07\x9b31m\u202e"
        models.Staff.update(name=hostile).where(models.Staff.username == "eva").execute()
    ran = omvant("staff", "list", "--database", clinic_file)
    assert ran.returncode == 0
    assert "eva" in ran.stdout
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", ran.stdout)


def test_a_good_file_of_patients_is_imported(tmp_path: Path, clinic_file: Path) -> None:
    file = tmp_path / "invånare.csv"
    file.write_text(
        "personnummer;namn;e-post;skyddad\n200201292380;Östen Å;o@example.org;nej\n200301042396;Eva;;ja\n",
        encoding="utf-8",
    )
    ran = omvant("patients", "import", file, "--database", clinic_file)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "2 invånare registrerade.\n", "")
    again = omvant("patients", "import", file, "--database", clinic_file, "--lang", "en")
    assert again.returncode == 1
    assert [line.partition(":")[0] for line in again.stderr.splitlines()] == ["2", "3"]


def test_every_bad_row_is_told_and_nothing_half_imported(tmp_path: Path, clinic_file: Path) -> None:
    file = tmp_path / "patients.csv"
    file.write_text(
        "number,name,protected\n"
        "200201292380,Östen Å,\n"
        "200201292381,Fel siffra,\n"
        "200301042396,,\n"
        "200311302384,Ulla,kanske\n"
        "200412232399,Björn,ja\n",
        encoding="utf-8",
    )
    ran = omvant("patients", "import", file, "--database", clinic_file)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert [line.partition(":")[0] for line in ran.stderr.splitlines()] == ["3", "4", "5"]
    assert "kanske" in ran.stderr
    missing = omvant("patients", "import", tmp_path / "ingen.csv", "--database", clinic_file)
    assert missing.returncode == 1
    assert "ingen.csv" in missing.stderr
    with opened(clinic_file):
        assert models.Patient.select().count() == 0


# The demo


async def test_the_demo_refuses_the_file_of_another_clinic(
    at_omvant: Callable[..., Person], clinic_file: Path
) -> None:
    with opened(clinic_file):
        before = [row.name for row in models.Clinic.select()], models.Patient.select().count()
    someone = at_omvant("demo", "--database", clinic_file)
    await someone.sees("Det finns redan en mottagning i", "en annan")
    await someone.ends()
    assert status(someone) == 1
    with opened(clinic_file):
        assert before == ([row.name for row in models.Clinic.select()], models.Patient.select().count())


async def test_the_demo_leaves_no_file_behind(at_omvant: Callable[..., Person], tmp_path: Path) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    someone = at_omvant("demo", "--lang", "en", TMPDIR=str(folder))
    await someone.sees("This is a demo", "1 Anna Andersson")
    await someone.press("1")
    await someone.sees("My cases")
    assert list(folder.glob("omvant-*/demo.db"))
    await someone.press("ctrl+q")
    await someone.ends()
    assert status(someone) == 0
    assert list(folder.iterdir()) == []


def test_without_a_terminal_it_says_so(tmp_path: Path) -> None:
    ran = omvant("--database", str(tmp_path / "omvant.db"), "--create")
    assert ran.returncode == 1
    assert "terminal" in ran.stderr


def test_the_operator_gives_a_person_a_new_password(clinic_file: Path) -> None:
    with opened(clinic_file):
        for _try in range(FAILURES):
            staff.sign_in(Visitor(), "eva", "fel")
        assert staff.sign_in(Visitor(), "eva", SECRET).refused
    asked = ("staff", "password", "EVA", "--database", clinic_file)

    ran = omvant(*asked, typed="tulpan kaffe spik\r\n")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.endswith("Eva Ek kan logga in med det en gång och väljer sedan ett annat.\n")
    with opened(clinic_file):
        assert staff.sign_in(Visitor(), "eva", "tulpan kaffe spik").actors[0].must_change
    ran = omvant(*asked, typed="kort\n")
    assert (ran.returncode, "minst 8 tecken" in ran.stderr) == (1, True)
    ran = omvant("staff", "password", "nobody\x1b]0;x\x07", "--database", clinic_file, typed="x\n")
    assert (ran.returncode, "Ingen har användarnamnet nobody" in ran.stderr) == (1, True)
    assert not {"\x1b", "\x07"} & set(ran.stderr)

"""`omvant template` and `omvant case`: what they write, ask and refuse."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from data import templates
from data.domain.forms import Section
from tests.conftest import QUESTION, Clinic
from tests.data.fhir_forms import item, questionnaire
from tests.tui.test_cli import HEAVY, ROOT, environment, omvant
from tui.cli import main

AT = ("--clinic", "Vårdcentralen Björken")


@pytest.fixture
def run(clinic: Clinic, database_file: Path) -> Any:
    def run(*arguments: object) -> int:
        return main([*map(str, arguments), "--database", str(database_file)])

    return run


def names(clinic: Clinic) -> list[str]:
    return [row.name for row in templates.list_all(clinic.bo)]


def lossy(path: Path) -> Path:
    path.write_text(
        json.dumps(questionnaire(item("r", "reference"), item("a", "boolean"), title="Deras")), "utf-8"
    )
    return path


def test_a_template_goes_out_and_comes_in_again(
    run: Any, clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ordination.json"
    assert run("template", "export", "Ordination", path, *AT) == 0
    assert f"Skriven till {path}" in capsys.readouterr().out
    assert run("template", "import", path, *AT) == 0
    assert "Ordination (2) är importerad, som ett utkast" in capsys.readouterr().out
    row = next(row for row in templates.list_all(clinic.bo) if row.name == "Ordination (2)")
    assert templates.get(clinic.bo, row.id).form == QUESTION


def test_a_file_is_replaced_only_by_force(
    run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mall.json"
    path.write_text("mitt", encoding="utf-8")
    assert run("template", "export", "Ordination", path, *AT) == 1
    assert "Det finns redan en fil på" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "mitt"
    assert run("template", "export", "Ordination", path, "--force", *AT) == 0
    assert json.loads(path.read_text(encoding="utf-8"))["title"] == "Ordination"


def test_standard_output_and_input_stand_for_files(
    run: Any, clinic: Clinic, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("template", "export", "Ordination", "-", *AT) == 0
    content = capsysbinary.readouterr().out
    assert json.loads(content)["resourceType"] == "Questionnaire"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert run("template", "import", "-", *AT) == 0
    assert "Ordination (2)" in names(clinic)


def test_what_cannot_be_kept_is_listed_and_must_be_accepted(
    run: Any,
    clinic: Clinic,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = lossy(tmp_path / "q.json")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert run("template", "import", path, *AT) == 1
    told = capsys.readouterr().err
    assert "r: Frågor av typen reference går inte att ställa här: den är utelämnad" in told
    assert "--accept-losses" in told
    assert "Deras" not in names(clinic)
    assert run("template", "import", path, "--accept-losses", *AT) == 0
    assert "Deras" in names(clinic)


@pytest.mark.parametrize(("typed", "status"), [("ja\n", 0), ("\n", 1), ("nej\n", 1)])
def test_a_person_is_asked(
    run: Any, clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, typed: str, status: int
) -> None:
    terminal = io.StringIO(typed)
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", terminal)
    assert run("template", "import", lossy(tmp_path / "q.json"), *AT) == status
    assert ("Deras" in names(clinic)) is (status == 0)


class Interrupted(io.StringIO):
    """A terminal where Ctrl+C is pressed at the question."""

    def isatty(self) -> bool:
        return True

    def readline(self, *_size: Any) -> str:
        raise KeyboardInterrupt


def test_ctrl_c_at_the_question_is_a_no(
    run: Any,
    clinic: Clinic,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", Interrupted())
    assert run("template", "import", lossy(tmp_path / "q.json"), *AT) == 1
    assert capsys.readouterr().err.endswith("\nInget är importerat.\n")
    assert "Deras" not in names(clinic)


def test_a_closed_standard_input_is_told(
    run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert run("template", "import", "-", *AT) == 1
    assert "- kan inte läsas" in capsys.readouterr().err
    assert run("template", "import", lossy(tmp_path / "q.json"), *AT) == 1
    assert "--accept-losses" in capsys.readouterr().err


@pytest.mark.usefixtures("clinic")
def test_a_full_disk_behind_standard_output_is_told(database_file: Path) -> None:
    command = (sys.executable, "-m", "tui.cli", "template", "export", "Ordination", "-", *AT)
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [*command, "--database", database_file],
            check=False,
            cwd=ROOT,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=30,
        )
    assert ran.returncode == 1
    assert "- går inte att skriva" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "Det finns ingen fil på"),
        ("{", "är inte JSON"),
        ('{"resourceType": "Patient"}', "inget frågeformulär"),
        ("[" * 5000, ""),
    ],
)
def test_what_cannot_be_imported_is_told_in_words(
    run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, words: str
) -> None:
    path = tmp_path / "q.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert run("template", "import", path, *AT) == 1
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told


def test_the_clinic_and_the_template_must_be_there(
    run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("template", "export", "Ordination", tmp_path / "a.json") == 1
    assert "Det finns flera mottagningar" in capsys.readouterr().err
    assert run("template", "export", "Finns inte", tmp_path / "a.json", *AT) == 1
    assert "Det finns ingen mall som heter Finns inte" in capsys.readouterr().err
    assert list(tmp_path.glob("*.json")) == []


def test_answers_are_exported(
    run: Any, clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "svar.json"
    assert run("case", "export", clinic.answered().reference, path) == 0
    assert json.loads(path.read_text(encoding="utf-8"))["resourceType"] == "QuestionnaireResponse"
    assert run("case", "export", "XXX-XXXX", tmp_path / "b.json") == 1
    assert "Det finns inget ärende som heter XXX-XXXX" in capsys.readouterr().err


def test_a_hostile_file_shows_nothing_that_steers_the_terminal(
    run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "q.json"
    evil = "\x1b[2J\u202e"
    foreign = questionnaire(item(f"{evil}a", "reference", **{evil: evil}), title=f"{evil}Ond")
    path.write_text(json.dumps(foreign), encoding="utf-8")
    assert run("template", "import", path, "--accept-losses", *AT) == 0
    captured = capsys.readouterr()
    assert not set(captured.out + captured.err) & set(evil[0] + evil[-1])


def test_a_section_survives_the_command_line(run: Any, clinic: Clinic, tmp_path: Path) -> None:
    path = tmp_path / "q.json"
    groups = item("g", "group", text="Om dig", item=[item("a", "boolean", text="Röker du?", required=True)])
    path.write_text(json.dumps(questionnaire(groups, title="Avsnitt")), encoding="utf-8")
    assert run("template", "import", path, *AT) == 0
    row = next(row for row in templates.list_all(clinic.bo) if row.name == "Avsnitt")
    assert isinstance(templates.get(clinic.bo, row.id).form.items[0], Section)


@pytest.mark.parametrize("arguments", [("template",), ("case",), ("template", "export", "x")])
def test_wrong_arguments_end_with_two(arguments: tuple[str, ...]) -> None:
    assert omvant(*arguments).returncode == 2


def test_help_loads_nothing_heavy() -> None:
    ran = omvant("template", "import", "--help", python=("-X", "importtime"))
    assert ran.returncode == 0
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in ran.stderr.splitlines()}
    assert not loaded & set(HEAVY)

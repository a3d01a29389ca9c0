"""`omvant form check`: how it ends and what it says, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.data.fhir_forms import answer, coding, extension, item, questionnaire, response
from tests.tui.test_cli import HEAVY, omvant
from tui import cli, i18n

ASKED = questionnaire(item("q1", "integer", extension=[extension("maxValue", valueInteger=10)]))


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    before = i18n.language()
    yield
    i18n.install(before)


class Checked:
    """How a check ended: its status, and the lines on stdout and stderr."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out.splitlines(), err.splitlines()


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*resources: Any, lang: str = "sv") -> Checked:
        paths = []
        for name, resource in zip("qr", resources, strict=False):
            paths.append(tmp_path / f"{name}.json")
            content = resource if isinstance(resource, bytes) else json.dumps(resource).encode()
            paths[-1].write_bytes(content)
        status = cli.main(["--lang", lang, "form", "check", *map(str, paths)])
        captured = capsys.readouterr()
        return Checked(status, captured.out, captured.err)

    return run


def test_all_public_verdicts(conformance: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = conformance / "fhir"
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    assert len(cases) == 19
    for case in cases:
        status = cli.main(
            ["form", "check", *(str(folder / case[name]) for name in ("questionnaire", "response"))]
        )
        captured = capsys.readouterr()
        assert (status == 0) is case["valid"], case
        assert bool(captured.out) is not case["valid"]
        assert captured.err == ""


def test_a_valid_pair_is_quiet(check: Any) -> None:
    for resources in ((ASKED,), (ASKED, response(answer("q1", {"valueInteger": 10})))):
        found = check(*resources)
        assert (found.status, found.out, found.err) == (0, [], [])


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("sv", "q1: 12 är mer än 10, som är det mesta tillåtna: svara med mindre"),
        ("en", "q1: 12 is more than 10, the most that is allowed: answer with less"),
    ],
)
def test_a_problem_is_a_line_in_both_languages(check: Any, lang: str, line: str) -> None:
    found = check(ASKED, response(answer("q1", {"valueInteger": 12})), lang=lang)
    assert (found.status, found.out, found.err) == (1, [line], [])


def test_the_questionnaires_own_problems_are_told_with_the_responses(check: Any) -> None:
    asked = {**questionnaire(item("g", "group"), item("q", "string")), "status": "ready"}
    found = check(asked, response(answer("q", {"valueInteger": 1})), lang="en")
    assert found.status == 1
    assert [line.partition(":")[0] for line in found.out] == ["Questionnaire", "g", "q"]


def test_what_is_not_supported_ends_with_2_unless_a_problem_is_certain(check: Any) -> None:
    asked = questionnaire(item("q", "choice", answerValueSet="http://example.org/vs"))
    unsure = answer("q", {"valueCoding": coding("a")})
    found = check(asked, response(unsure))
    assert (found.status, found.out, len(found.err)) == (2, [], 1)
    assert found.err[0].startswith("q: Om a finns i värdemängden http://example.org/vs")
    found = check(asked, response(unsure, unsure), lang="en")
    assert found.status == 1
    assert found.out == ["q: It stands 2 times: put all answers in one item"]
    assert len(found.err) == 1


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"{", "q.json: The file is not JSON: line 1, column 2"),
        (b"\xff", "q.json: The file is not in UTF-8, from byte 1"),
        (b"[]", "q.json: The file holds no FHIR resource: it must be a JSON object"),
        (b'{"resourceType": "Patient"}', "Questionnaire: It is not a Questionnaire"),
        (b"[" * 50_000, "q.json: Too many levels are inside each other: at most 120"),
    ],
)
def test_what_can_not_be_read_ends_with_2(check: Any, content: bytes, line: str) -> None:
    found = check(content, lang="en")
    assert (found.status, found.out, found.err) == (2, [], [line])


def test_a_response_that_can_not_be_read(
    check: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = check(ASKED, b"{", lang="en")
    assert (found.status, found.out, found.err) == (2, [], ["r.json: The file is not JSON: line 1, column 2"])
    assert check(ASKED, ASKED).status == 2
    missing = tmp_path / "ingen.json"
    assert cli.main(["form", "check", str(missing)]) == 2
    assert str(missing) in capsys.readouterr().err


def test_hostile_text_is_not_printed(check: Any) -> None:
    hostile = "q\x1b]0;x\x07\u202e\nQuestionnaire: fake"
    found = check(
        questionnaire(item(hostile, "\x1b[2J"), contained=[{"\x1b[2J": 1}], **{"\x9b2J": 1}), lang="en"
    )
    assert found.status == 1
    assert all(line.isprintable() for line in found.out)
    assert not any(line.startswith("Questionnaire: fake") for line in found.out)


def test_it_needs_no_database_and_no_terminal(tmp_path: Path) -> None:
    path = tmp_path / "q.json"
    path.write_text(json.dumps(ASKED))
    ran = omvant("form", "check", path, OMVANT_DATABASE=str(tmp_path / "ingen.db"), PYTHONIOENCODING="ascii")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert [one.name for one in tmp_path.iterdir()] == ["q.json"]


def test_help_speaks_both_languages_and_loads_nothing_heavy() -> None:
    for lang, words in (("sv", "FORMULÄR.json"), ("en", "QUESTIONNAIRE.json")):
        ran = omvant("--lang", lang, "form", "check", "--help", python=("-X", "importtime"))
        assert ran.returncode == 0
        assert words in ran.stdout
        loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in ran.stderr.splitlines()}
        assert not loaded & set(HEAVY)

"""Importing patients from a file: every fault with its line, and all or none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import patients, protected
from data.domain.errors import Invalid, NotFound, Unavailable
from data.domain.identity import PersonalIdentityNumber
from data.exchange import patients_csv
from data.exchange.patients_csv import FILE_LIMIT, PROBLEM_LIMIT, ROW_LIMIT, import_file
from data.patients import NewPatient
from data.store import models
from tests.conftest import REASON, TODAY, Clinic

LARS, KARL, EVA = "19690909-2394", "19770213-2395", "198510112389"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "patients.csv"


def read_patients(file: Path) -> tuple[NewPatient, ...]:
    """The file's patients, where nobody is registered yet."""
    return patients_csv.read_patients(file, today=TODAY, registered=lambda _numbers: ())


def read(file: Path, content: str | bytes) -> tuple[NewPatient, ...]:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_patients(file)


def problems(file: Path, content: str | bytes) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as error:
        read(file, content)
    return [(problem.field, str(problem.message)) for problem in error.value.problems]


def lines(file: Path, content: str | bytes) -> list[str]:
    return [line for line, _ in problems(file, content)]


FULL = NewPatient(
    number=PersonalIdentityNumber("196909092394"),
    name="Lars Karlsson",
    email="l@example.se",
    phone="070-1",
    protected=True,
    reachable=False,
)


@pytest.mark.parametrize(
    "content",
    [
        f"number,name,email,phone,protected,reachable\n{LARS},Lars Karlsson,l@example.se,070-1,yes,no\n",
        "personnummer;namn;e-post;telefon;skyddad;nåbar\r\n"
        f"{LARS};Lars Karlsson;l@example.se;070-1;ja;nej\r\n",
        f"Nåbar;SKYDDAD; Telefon ;epost;Namn;Personnummer\n0;1;070-1;l@example.se;Lars Karlsson;{LARS}",
        '"number","name","e-mail","phone","protected","reachable"\n"6909092394","Lars Karlsson",'
        '"l@example.se",070-1,TRUE,False',
        "number,name,email,phone,protected,reachable,,\n"
        f"{LARS},Lars Karlsson,l@example.se,070-1,Ja,Nej,,\n,,,,,,,\n",
        f"number,name,email,phone,protected,reachable\r{LARS},Lars Karlsson,l@example.se,070-1,yes,no\r",
    ],
)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_files_that_say_the_same(file: Path, content: str, mark: str) -> None:
    assert read(file, mark + content) == (FULL,)


def test_only_number_and_name_are_needed(file: Path) -> None:
    (lars,) = read(file, f"name,number\nLars,{LARS}\n")

    assert (lars.email, lars.phone, lars.protected, lars.reachable) == ("", "", False, True)
    (short,) = read(file, f"number,name,protected,reachable\n{LARS},Lars\n")
    assert (short.protected, short.reachable) == (False, True)


def test_texts_are_cleaned(file: Path) -> None:
    (lars,) = read(file, f'number,name\n {LARS} ,"  La\x1b]0;x\x07rs\n Karlsson "\n')

    assert lars.name == "La]0;xrs  Karlsson"


def test_every_bad_row_is_told_with_its_line(file: Path) -> None:
    content = (
        "number,name,protected\n"  # 1
        f"{LARS},Lars,\n"  # 2
        "19690909-2395,Fel siffra,\n"  # 3
        "\n"  # 4
        f"{KARL},,kanske\n"  # 5
        f'{EVA},"Eva\nMaria",ja\n'  # 6 and 7
        ",Ingen,\n"  # 8
        f"{EVA},Eva,nej,mer\n"  # 9
        f"{LARS},Lars igen,\n"  # 10
    )
    told = problems(file, content)

    assert [line for line, _ in told] == ["3", "5", "5", "8", "9", "10"]
    assert told[0][1] == "A digit is wrong: the last one does not match the others."
    assert told[1:3] == [
        ("5", "Write the patient's name"),
        ("5", "Write yes or no (ja, nej), not “kanske”"),
    ]
    assert told[4][1] == "The row has 4 cells for 3 columns"
    assert told[5][1] == "The number stands twice in the file"


@pytest.mark.parametrize(
    ("header", "reasons"),
    [
        ("", {"The column “personnummer” is missing", "The column “namn” is missing"}),
        ("number", {"The column “namn” is missing"}),
        ("number,name,skydad", {"There is no column called “skydad”"}),
        ("number,name,,email", {"There is no column called “”"}),
        ("number,name,namn", {"The column “namn” stands twice"}),
        ("number\tname", {"There is no column called “number name”"}),
    ],
)
def test_headers_that_are_wrong(file: Path, header: str, reasons: set[str]) -> None:
    told = problems(file, f"{header}\n{LARS},Lars,ja\n" if header else "")

    assert reasons <= {reason for _, reason in told}
    assert {line for line, _ in told} == {"1"}


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-16-le"])
def test_other_encodings_are_refused_with_advice(file: Path, encoding: str) -> None:
    ((line, reason),) = problems(file, f"number,name\n{LARS},Åsa Örn\n".encode(encoding))

    assert reason == "The file is not in UTF-8: save it anew as CSV UTF-8"
    assert line == ("1" if encoding.startswith("utf-16") else "2")


def test_a_quotation_mark_astray_is_told_beside_what_came_before(file: Path) -> None:
    assert lines(file, f'number,name\nx,Fel\n{LARS},"Lars" Karlsson\n{KARL},Karl\n') == ["2", "3"]
    assert lines(file, f'number,name\n{LARS},"Lars\n{KARL},Karl\n') == ["2"]


def test_limits(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lines(file, f"number,name\n{LARS},{'x' * 301}\n{KARL},{'x' * 200_000}\n") == ["2", "3"]
    assert lines(file, b"number,name\n" + b"x" * FILE_LIMIT) == ["file"]
    assert len(problems(file, "number,name\n" + "x,y\n" * (PROBLEM_LIMIT + 5))) == PROBLEM_LIMIT
    monkeypatch.setattr(patients_csv, "ROW_LIMIT", 2)
    assert lines(file, f"number,name\n{LARS},L\n{KARL},K\n{EVA},E\n") == ["4"]
    assert ROW_LIMIT >= 10_000


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_patients(tmp_path / "none.csv")
    with pytest.raises(Unavailable):
        read_patients(tmp_path)
    with pytest.raises(Unavailable):
        read_patients(Path("a\0b"))


PIECES = st.text(alphabet='number,name;\n\r"\0\x1b1269', max_size=80).map(str.encode)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | PIECES)
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.csv"
    for start in (b"", b"number,name\n", b"personnummer;namn;skyddad\n"):
        file.write_bytes(start + content)
        try:
            found = read_patients(file)
        except Invalid as error:
            told = [int(problem.field) for problem in error.problems]
            most = (start + content).count(b"\n") + (start + content).count(b"\r") + 1
            assert 1 <= told[0] <= told[-1] <= most
            assert told == sorted(told)
        else:
            assert all(one.name for one in found)


def test_an_import_registers_every_row(clinic: Clinic, file: Path) -> None:
    file.write_text(f"number,name,protected\n{LARS},Lars,ja\n{KARL},Karl,\n", encoding="utf-8")

    assert import_file(clinic.operator, file) == 2
    protected.state_reason(clinic.anna, patients.registered({FULL.number.digits})[FULL.number.digits], REASON)
    lars = patients.fetch(clinic.anna, FULL.number)
    assert lars is not None
    assert (lars.name, lars.protected) == ("Lars", True)
    karl = patients.fetch(clinic.anna, PersonalIdentityNumber("197702132395"))
    assert karl is not None
    assert (karl.name, karl.protected, karl.reachable) == ("Karl", False, True)


def test_the_log_says_who_imported_whom(clinic: Clinic, file: Path) -> None:
    file.write_text(f"number,name\n{LARS},Lars\n{KARL},Karl\n", encoding="utf-8")
    import_file(clinic.operator, file)
    entry = models.AccessLog.get(models.AccessLog.event == "patients.imported")
    imported = [row.id for row in models.Patient.select().order_by(models.Patient.id.desc()).limit(2)]

    assert (entry.actor_kind, entry.actor_name, entry.clinic_id) == ("operator", "drift", None)
    assert json.loads(entry.details) == {"count": 2, "file": "patients.csv", "patients": sorted(imported)}


def test_a_file_without_patients_is_no_error(clinic: Clinic, file: Path) -> None:
    file.write_text("number,name\n", encoding="utf-8")

    assert import_file(clinic.operator, file) == 0


def test_an_import_tells_all_faults_in_the_files_order_and_imports_none(clinic: Clinic, file: Path) -> None:
    file.write_text(
        f"number,name\n{LARS},Lars\n\n{clinic.tolvan.number},Tolvan\nx,Fel\n{LARS},Lars\n{KARL},\n",
        encoding="utf-8",
    )
    before = models.Patient.select().count()
    with pytest.raises(Invalid) as error:
        import_file(clinic.operator, file)

    assert [(problem.field, str(problem.message)[:24]) for problem in error.value.problems] == [
        ("4", "The number is registered"),
        ("5", "Use digits only, with - "),
        ("6", "The number stands twice "),
        ("7", "Write the patient's name"),
    ]
    assert models.Patient.select().count() == before
    assert models.AccessLog.select().order_by(models.AccessLog.id.desc()).get().allowed is False


def test_whom_a_refused_file_was_told_to_hold_is_recorded(clinic: Clinic, tmp_path: Path) -> None:
    """A file of numbers would else tell unseen which of them are patients."""
    path = tmp_path / "numbers.csv"
    path.write_text(f"number,name\n{clinic.hidden.number},A\n19121212-1212,B\n", encoding="utf-8")
    with pytest.raises(Invalid, match="registered already"):
        import_file(clinic.operator, path)

    entry = models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()
    assert (entry.event, entry.allowed) == ("patients.imported", False)
    assert json.loads(entry.details)["patients"] == sorted((clinic.hidden.id, clinic.tolvan.id))

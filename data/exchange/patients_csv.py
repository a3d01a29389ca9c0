"""Patients from a CSV file, as clinics get them out of other systems: all of them or none.

The header names the columns, in Swedish or English and in any order; `number` and `name` are required. An
unknown column is an error: a misspelt `protected` would otherwise leave people unprotected.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from data import audit, patients
from data.domain.errors import Invalid, Message, Problem, Registered, invalid
from data.domain.identity import PersonalIdentityNumber
from data.domain.limits import LINE_LIMIT
from data.domain.roles import OperatorActor, Role
from data.domain.text import clean
from data.exchange.files import read_file
from data.operation import operation, today
from data.patients import NewPatient

FILE_LIMIT = 20_000_000
"""Bytes."""

ROW_LIMIT = 50_000
COLUMN_LIMIT = 100
CELL_LIMIT = LINE_LIMIT
PROBLEM_LIMIT = 1_000
"""Problems told at once: a file in the wrong format would have one a row."""

_COLUMNS = {
    "number": "number",
    "personnummer": "number",
    "name": "name",
    "namn": "name",
    "email": "email",
    "e-mail": "email",
    "e-post": "email",
    "epost": "email",
    "phone": "phone",
    "telefon": "phone",
    "protected": "protected",
    "skyddad": "protected",
    "reachable": "reachable",
    "nåbar": "reachable",
}
_REQUIRED = {"number": "personnummer", "name": "namn"}
_YES = frozenset({"ja", "yes", "true", "1"})
_NO = frozenset({"nej", "no", "false", "0"})
_EMPTY_MEANS = {"protected": False, "reachable": True}


@dataclass(frozen=True)
class _Row:
    """A row of the file that has a number and a name; `line` is where it begins."""

    line: int
    patient: NewPatient


@operation(role=Role.OPERATOR, event="patients.imported")
def import_file(actor: OperatorActor, path: Path) -> int:
    """Register every patient in the file, or none. Returns how many.

    Raises `Invalid` with every problem in the file's order; `field` is the line number. Raises `NotFound`
    or `Unavailable` for a file that can't be read.
    """

    def registered(numbers: set[str]) -> Collection[str]:
        known = patients.registered(numbers)
        audit.about(patients=sorted(known.values()))  # for the refusal, which tells who they are
        return known

    found = read_patients(path, today=today(actor), registered=registered)
    audit.about(count=len(found), file=path.name, patients=patients.insert_all(found))
    return len(found)


def read_patients(
    path: Path, *, today: date, registered: Callable[[set[str]], Collection[str]]
) -> tuple[NewPatient, ...]:
    """The patients in the file, none of whom is registered: `registered` says which numbers are. Raises as
    `import_file` does."""
    rows, problems = _read(path, today)
    known = registered({row.patient.number.digits for row in rows})
    problems += [
        Problem(str(row.line), Message("The number is registered already"))
        for row in rows
        if row.patient.number.digits in known
    ]
    if problems:
        told = sorted(problems, key=lambda problem: int(problem.field))[:PROBLEM_LIMIT]
        raise Registered(*told) if known else Invalid(*told)
    return tuple(row.patient for row in rows)


def _read(path: Path, on: date) -> tuple[list[_Row], list[Problem]]:
    """What could be read, and all problems with the rest; raises only where nothing could."""
    lines = _lines(_decoded(read_file(path, FILE_LIMIT)))
    first = next(lines, (1, []))
    columns = _columns(*first)
    rows: list[_Row] = []
    problems: list[Problem] = []
    seen: set[PersonalIdentityNumber] = set()
    try:
        for count, (line, cells) in enumerate(lines):
            if count == ROW_LIMIT:
                problems.append(Problem(str(line), Message("At most {limit} rows a file", limit=ROW_LIMIT)))
                break
            faults: list[Message] = []
            patient = _patient(columns, cells, on, faults)
            if patient is not None and patient.number in seen:
                faults.append(Message("The number stands twice in the file"))
            problems += [Problem(str(line), fault) for fault in faults]
            if patient is not None and not faults:
                rows.append(_Row(line, patient))
                seen.add(patient.number)
    except Invalid as error:  # a quotation mark astray: what follows can't be told apart
        problems += error.problems
    return rows, problems


def _decoded(content: bytes) -> str:
    fault = content.find(b"\0")  # UTF-16, which may pass for UTF-8
    if fault < 0:
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            fault = error.start
    line = content[:fault].count(b"\n") + 1
    raise invalid(str(line), "The file is not in UTF-8: save it anew as CSV UTF-8")


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every row with something in it, and the line that it begins on."""
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise invalid(
                str(line), "The row can't be read: are its quotation marks in pairs? ({reason})", reason=error
            ) from error
        if any(cell.strip() for cell in cells):
            yield line, cells


def _columns(line: int, header: list[str]) -> list[str]:
    names = [clean(cell, limit=CELL_LIMIT).casefold() for cell in header]
    while names and not names[-1]:  # spreadsheets end rows with empty cells
        names.pop()
    if len(names) > COLUMN_LIMIT:
        raise invalid(str(line), "At most {limit} columns a row", limit=COLUMN_LIMIT)
    columns = [_COLUMNS.get(name, "") for name in names]
    problems = [
        Problem(str(line), Message("There is no column called “{name}”", name=name))
        for name, column in zip(names, columns, strict=True)
        if not column
    ]
    problems += [
        Problem(str(line), Message("The column “{name}” stands twice", name=name))
        for place, name in enumerate(names)
        if columns[place] and columns[place] in columns[:place]
    ]
    problems += [
        Problem(str(line), Message("The column “{name}” is missing", name=name))
        for column, name in _REQUIRED.items()
        if column not in columns
    ]
    if problems:
        raise Invalid(*problems)
    return columns


def _patient(columns: list[str], cells: list[str], on: date, faults: list[Message]) -> NewPatient | None:
    """The row's patient, or None; what is wrong is added to `faults`."""
    if any(cell.strip() for cell in cells[len(columns) :]):
        faults.append(
            Message("The row has {found} cells for {count} columns", found=len(cells), count=len(columns))
        )
        return None
    if any(len(cell) > CELL_LIMIT for cell in cells):
        faults.append(Message("A cell is too long: at most {limit} characters", limit=CELL_LIMIT))
        return None
    texts = {column: clean(cell) for column, cell in zip(columns, cells, strict=False)}
    number = _number(texts.get("number", ""), on, faults)
    if not texts.get("name"):
        faults.append(Message("Write the patient's name"))
    marks = {column: _mark(column, texts.get(column, ""), faults) for column in _EMPTY_MEANS}
    if number is None or faults:
        return None
    return NewPatient(
        number=number,
        name=texts["name"],
        email=texts.get("email", ""),
        phone=texts.get("phone", ""),
        protected=marks["protected"],
        reachable=marks["reachable"],
    )


def _number(text: str, on: date, faults: list[Message]) -> PersonalIdentityNumber | None:
    try:
        return PersonalIdentityNumber.parse(text, today=on)
    except Invalid as error:
        faults += [problem.message for problem in error.problems]
        return None


def _mark(column: str, text: str, faults: list[Message]) -> bool:
    word = text.casefold()
    if word and word not in _YES | _NO:
        faults.append(Message("Write yes or no (ja, nej), not “{word}”", word=text))
    return word in _YES if word else _EMPTY_MEANS[column]

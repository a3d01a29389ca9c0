"""Every way in that is no field of a screen: cleaned, capped, and told in words when it is too much."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data import staff, template_versions, templates
from data.domain.errors import Invalid, OmvantError, Unavailable
from data.domain.paging import Edge
from data.domain.roles import OperatorActor
from data.domain.text import clean
from data.exchange.fhir.reading import FILE_LIMIT
from data.exchange.patients_csv import COLUMN_LIMIT, import_file
from data.exchange.templates_fhir import import_template, parse_template
from data.store import models
from tests.conftest import Clinic
from tests.data.fhir_forms import item, questionnaire
from tests.data.test_hostile_text import is_safe, strings
from tests.payloads import PAYLOADS

every_payload = pytest.mark.parametrize("payload", PAYLOADS)


def last_entry() -> models.AccessLog:
    return models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()


@every_payload
def test_a_questionnaire_and_the_name_of_its_file(clinic: Clinic, payload: str) -> None:
    text = PAYLOADS[payload]
    resource = questionnaire(
        item("a", "string", text=f"Fråga {text}"), title=f"Mall {text}", description=text
    )
    imported = parse_template(json.dumps(resource).encode())
    made = import_template(clinic.bo, imported, f"{text}.json")
    assert all(map(is_safe, strings(made)))
    history = template_versions.history(clinic.bo, made.id, Edge()).rows
    assert all(map(is_safe, strings(history)))
    assert is_safe(last_entry().details)


@every_payload
def test_a_row_of_a_csv_file(clinic: Clinic, tmp_path: Path, payload: str) -> None:
    text = PAYLOADS[payload].encode("utf-8", "replace").decode()
    file = tmp_path / "patients.csv"
    cell = '"' + text.replace('"', '""') + '"'
    file.write_text(f"number,name,email,phone\n20000101-2384,{cell},{cell},{cell}\n", "utf-8", newline="")
    try:
        import_file(clinic.operator, file)
    except Invalid as error:
        told = list(map(str, error.problems))
    else:
        row = models.Patient.get(models.Patient.number == "200001012384")
        assert row.name == clean(text)
        told = [row.name, row.email, row.phone]
    assert all(map(is_safe, told))


@every_payload
def test_names_from_the_command_line(clinic: Clinic, payload: str) -> None:
    text = PAYLOADS[payload]
    operator = OperatorActor(name=f"drift {text}")
    with pytest.raises(OmvantError) as refused:
        staff.list_staff(operator, f"Ingen {text}")
    assert is_safe(str(refused.value))
    assert is_safe(last_entry().actor_name)
    assert len(last_entry().actor_name) <= 300
    assert is_safe(last_entry().details)


def test_files_are_capped_before_they_are_understood(clinic: Clinic, tmp_path: Path) -> None:
    wide = tmp_path / "wide.csv"
    wide.write_text(",".join(["x"] * (COLUMN_LIMIT + 1)), "utf-8")
    with pytest.raises(Invalid, match="At most 100 columns"):
        import_file(clinic.operator, wide)
    with pytest.raises(Unavailable):
        import_file(clinic.operator, Path("/dev/zero"))
    for content in (
        b" " * (FILE_LIMIT + 1),
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"item": [' + b"{}," * 20_000 + b"{}]}",
        b'{"a": 1' + b"0" * 1_000_000 + b"}",
        b'{"a": 1e99999999999999999999}',
        b'{"a": NaN}',
        b'{"a": 1, "a": 2}',
        b"\xff\xfe{\x00}\x00",
        b"",
    ):
        with pytest.raises(Invalid):
            parse_template(content)
    assert len(templates.list_all(clinic.bo)) == 2

"""Templates and answers out of and into the clinic, by administrators and by the operator."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from data import inbox, templates
from data.domain.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from data.domain.forms import Form, YesNo
from data.domain.limits import LINE_LIMIT
from data.exchange.fhir.import_questionnaire import Imported
from data.exchange.files import read_file, readable_fault, writable_fault, write_file
from data.exchange.templates_fhir import (
    export_case,
    export_template,
    import_template,
    parse_template,
    read_template,
)
from data.store import models
from data.templates import TemplateState
from tests.conftest import ANSWERS, QUESTION, Clinic

BJORKEN = "Vårdcentralen Björken"


def latest() -> models.AccessLog:
    found: models.AccessLog = models.AccessLog.select().order_by(models.AccessLog.id.desc()).get()
    return found


def details() -> dict[str, Any]:
    return dict(json.loads(latest().details))


# Templates


def test_an_administrator_exports_by_name_and_it_is_on_record(clinic: Clinic) -> None:
    made = json.loads(export_template(clinic.bo, "ordination"))
    assert (made["title"], made["status"], made["version"]) == ("Ordination", "active", "1")
    assert (latest().event, latest().clinic_id) == ("template.exported", clinic.bo.clinic_id)
    assert (details()["name"], details()["version"]) == ("Ordination", 1)
    assert parse_template(export_template(clinic.bo, "Ordination")) == Imported("Ordination", QUESTION)


def test_an_edited_template_is_the_draft_of_the_next_version_and_a_retired_one_says_so(
    clinic: Clinic,
) -> None:
    row = next(row for row in templates.list_all(clinic.bo) if row.name == "Ordination")
    opened = templates.get(clinic.bo, row.id)
    saved = templates.save(
        clinic.bo, opened.model_copy(update={"form": Form(items=(YesNo(id="x", wording="?"),))})
    )
    made = json.loads(export_template(clinic.bo, "Ordination"))
    assert (made["status"], made["version"], made["item"][0]["linkId"]) == ("draft", "2", "x")
    templates.retire(clinic.bo, saved.id, saved.version)
    made = json.loads(export_template(clinic.bo, "Ordination"))
    assert (made["status"], made["version"]) == ("retired", "1")


def test_the_operator_names_the_clinic(clinic: Clinic) -> None:
    with pytest.raises(Invalid, match="several clinics"):
        export_template(clinic.operator, "Ordination")
    assert json.loads(export_template(clinic.operator, "Ordination", BJORKEN))["title"] == "Ordination"
    with pytest.raises(NotFound):
        export_template(clinic.operator, "Ordination", "Vårdcentralen Eken")
    with pytest.raises(NotFound):
        export_template(clinic.dag, "Ordination")


def test_an_import_is_a_draft_with_a_name_of_its_own_and_in_the_history(clinic: Clinic) -> None:
    imported = parse_template(export_template(clinic.bo, "Ordination"))
    second = import_template(clinic.bo, imported, "mall.json")
    third = import_template(clinic.bo, imported, "mall.json")
    assert (second.name, third.name) == ("Ordination (2)", "Ordination (3)")
    assert (second.form, second.state) == (QUESTION, TemplateState.DRAFT)
    assert (latest().event, details()["file"]) == ("template.imported", "mall.json")
    acts = [
        row.act for row in models.TemplateChange.select().where(models.TemplateChange.template == second.id)
    ]
    assert acts == ["imported"]


def test_a_long_name_keeps_its_number(clinic: Clinic) -> None:
    imported = Imported("a" * LINE_LIMIT, QUESTION)
    import_template(clinic.bo, imported, "mall.json")
    again = import_template(clinic.bo, imported, "mall.json")
    assert again.name.endswith("a (2)")
    assert len(again.name) == LINE_LIMIT


def test_the_operator_imports_in_an_administrators_name(clinic: Clinic) -> None:
    imported = Imported("Ny", QUESTION)
    made = import_template(clinic.operator, imported, "mall.json", BJORKEN)
    assert models.Template.get_by_id(made.id).changed_by_id == clinic.bo.staff_id
    assert (latest().actor_name, latest().staff_id) == ("drift", None)
    with pytest.raises(Invalid, match="anna is no administrator"):
        import_template(clinic.operator, imported, "mall.json", BJORKEN, "anna")


# Cases


def test_answers_are_exported_with_whose_they_are_and_the_patient_is_on_record(clinic: Clinic) -> None:
    sent = clinic.answered()
    made = json.loads(export_case(clinic.operator, sent.reference.lower()))
    assert (made["status"], made["identifier"]["value"]) == ("completed", sent.reference)
    assert made["subject"]["identifier"] == {"system": "urn:oid:1.2.752.129.2.1.3.1", "value": "191212121212"}
    answers = {item["linkId"]: item.get("answer") for item in made["item"]}
    assert answers["dos"] == [{"valueString": "1 tablett"}]
    assert answers["rok"] == [{"valueBoolean": ANSWERS["rok"]}]
    entry = latest()
    assert (entry.event, entry.patient_id, entry.clinic_id) == (
        "case.exported", clinic.tolvan.id, clinic.anna.clinic_id,
    )  # fmt: skip


def test_a_case_that_is_not_answered_says_so(clinic: Clinic) -> None:
    sent = clinic.ask()
    inbox.open_letter(clinic.as_patient(), sent.id)
    made = json.loads(export_case(clinic.operator, sent.reference))
    assert made["status"] == "in-progress"
    assert "authored" not in made
    with pytest.raises(NotFound, match="no case called XXX-XXXX"):
        export_case(clinic.operator, "XXX-XXXX")
    with pytest.raises(NotAllowed):
        export_case(clinic.bo, sent.reference)  # type: ignore[arg-type]


# Files


def test_a_file_is_written_whole_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "mall.json"
    write_file(path, b"{}")
    assert path.read_bytes() == b"{}"
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Conflict):
        write_file(path, b"[]")
    assert path.read_bytes() == b"{}"
    write_file(path, b"[]", replace=True)
    assert path.read_bytes() == b"[]"
    assert [one.name for one in tmp_path.iterdir()] == ["mall.json"]


def test_only_ordinary_files_are_read_and_a_pipe_never_waits(tmp_path: Path) -> None:
    pipe, folder, missing = tmp_path / "pipe", tmp_path, tmp_path / "missing.json"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), folder):
        with pytest.raises(Unavailable):
            read_template(path)
        assert readable_fault(path)
        assert writable_fault(path)
    with pytest.raises(NotFound):
        read_template(missing)
    assert writable_fault(missing) is None
    assert writable_fault(missing / "deeper.json")
    assert readable_fault(Path("a\0b"))
    for name in ("a\0b", "a" * 5000):
        with pytest.raises(Unavailable):
            write_file(tmp_path / name, b"")


def test_a_file_is_read_up_to_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_bytes(b"x" * 11)
    assert read_file(path, 11) == b"x" * 11
    with pytest.raises(Invalid, match="too large"):
        read_file(path, 10)

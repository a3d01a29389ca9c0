"""Templates and answers out of and into the clinic as FHIR R4 JSON; the mapping is in docs/fhir.md."""

from __future__ import annotations

import json
from pathlib import Path

from data import audit, protected
from data.case_forms import form_as_sent
from data.domain.errors import Message, NotFound, invalid
from data.domain.forms import Form
from data.domain.identity import PersonalIdentityNumber
from data.domain.limits import LINE_LIMIT
from data.domain.roles import OperatorActor, Role, StaffActor
from data.domain.text import clean, fold, swedish_key
from data.exchange.fhir.export import Status, export_questionnaire
from data.exchange.fhir.export_response import export_response
from data.exchange.fhir.import_questionnaire import Imported, read_questionnaire
from data.exchange.fhir.reading import FILE_LIMIT, parse_resource
from data.exchange.fhir.writing import written
from data.exchange.files import read_file
from data.operation import operation
from data.staff import clinic_called
from data.staff_rows import actors_of
from data.store import models
from data.template_rows import Template, TemplateAct, TemplateState, free_name, note, state_of, store_template

_STATUS: dict[TemplateState, Status] = {
    TemplateState.DRAFT: "draft",
    TemplateState.CHANGED: "draft",
    TemplateState.PUBLISHED: "active",
    TemplateState.RETIRED: "retired",
}

# Swedish identifiers' systems: electronichealth.se (E-hälsomyndigheten), "personnummer", "samordningsnummer".
_PERSONAL_NUMBER = "urn:oid:1.2.752.129.2.1.3.1"
_COORDINATION_NUMBER = "urn:oid:1.2.752.129.2.1.3.3"
# HL7 Sweden's base profiles mark a patient with protected identity so, whichever kind of protection it is.
_DEMOGRAPHICS_ARE_SENSITIVE = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "DEMO"}
_CASE_REFERENCE = "https://omvant.se/fhir/case-reference"


def read_template(path: Path) -> Imported:
    """The template in a file. Raises `NotFound`, `Unavailable`, or `Invalid` for what is no questionnaire."""
    return parse_template(read_file(path, FILE_LIMIT))


def parse_template(content: bytes) -> Imported:
    """As `read_template`, from a file's content."""
    return read_questionnaire(parse_resource(content))


@operation(role=(Role.ADMINISTRATOR, Role.OPERATOR), event="template.exported")
def export_template(actor: StaffActor | OperatorActor, name: str, clinic: str = "") -> bytes:
    """A template as the file that others read: the working copy, a draft if it was edited since it was
    published. The operator names the clinic where there are several.

    Raises `NotFound` for a name that no template has, and `Invalid` for a clinic that there isn't.
    """
    clinic_id = _clinic_id(actor, clinic)
    row = models.Template.get_or_none(
        models.Template.clinic == clinic_id,
        models.Template.name_folded == fold(clean(name, limit=LINE_LIMIT)),
    )
    if row is None:
        raise NotFound(
            Message("There is no template called {name} at this clinic", name=clean(name, limit=LINE_LIMIT))
        )
    status = _STATUS[state_of(row)]
    # A draft is what will be published next.
    number = (row.published_number or 0) + (status == "draft")
    audit.about(template=row.id, name=row.name, version=number)
    form = Form.model_validate_json(row.form)
    resource = export_questionnaire(
        row.name, form, version=number or None, status=status, date=row.changed_at
    )
    return written(resource)


@operation(role=(Role.ADMINISTRATOR, Role.OPERATOR), event="template.imported")
def import_template(
    actor: StaffActor | OperatorActor, imported: Imported, file: str, clinic: str = "", username: str = ""
) -> Template:
    """A new draft of what was read from `file`. A name that is taken gets a number: "Ordination (2)".

    The operator names the clinic where there are several, and the administrator in whose name the template
    is made where there are several of them. Raises `Invalid` for those that there aren't.
    """
    clinic_id = _clinic_id(actor, clinic)
    maker = actor if isinstance(actor, StaffActor) else _administrator(clinic_id, username)
    row = models.Template(clinic=clinic_id)
    made = store_template(maker, row, free_name(clinic_id, imported.name), imported.form)
    note(maker, row, TemplateAct.IMPORTED, [Message("From the file {file}", file=file)])
    audit.about(file=file, losses=len(imported.losses))
    return made


@operation(role=Role.OPERATOR, event="case.exported")
def export_case(actor: OperatorActor, reference: str, why: str = "") -> bytes:  # noqa: ARG001
    """The answers to a case, and what staff wrote in it, as the file that others read. One that is not
    answered yet is "in-progress". `why` is asked for when the patient's identity is protected.

    Raises `NotFound`, `ReasonNeeded`, and `Invalid` (`why`)."""
    called = clean(reference, limit=LINE_LIMIT).upper()
    row = models.Case.get_or_none(models.Case.reference == called)
    if row is None:
        raise NotFound(Message("There is no case called {reference}", reference=called))
    audit.about(patient=row.patient_id, case=row.id, clinic=row.clinic_id)
    protected.require_of_operator(row.patient, why, row.id)
    resource = export_response(
        form_as_sent(row, named=not row.patient.protected),
        json.loads(row.answers) if row.answers else {},
        json.loads(row.written),
        status="completed" if row.answers else "in-progress",
        authored=row.answered_at,
        subject=_subject(row.patient),
        identifier={"system": _CASE_REFERENCE, "value": row.reference},
    )
    if row.patient.protected:
        resource["meta"] = {"security": [_DEMOGRAPHICS_ARE_SENSITIVE]}
    return written(resource)


def _clinic_id(actor: StaffActor | OperatorActor, clinic: str) -> int:
    found = actor.clinic_id if isinstance(actor, StaffActor) else clinic_called(clinic)
    audit.about(clinic=found)
    return found


def _administrator(clinic_id: int, username: str) -> StaffActor:
    """The administrator of the clinic with that user name; with an empty one, the only one there is."""
    held = models.StaffRole
    rows = (
        models.Staff.select()
        .join(held)
        .where(held.clinic == clinic_id, held.role == Role.ADMINISTRATOR, ~models.Staff.disabled)
    )
    everyone = sorted(rows, key=lambda row: swedish_key(row.username))
    wanted = clean(username, limit=LINE_LIMIT).casefold()
    named = [row for row in everyone if row.username == wanted] if wanted else everyone
    if len(named) == 1:
        return next(one for one in actors_of(named[0]) if one.clinic_id == clinic_id)
    names = ", ".join(row.username for row in everyone)
    if wanted:
        raise invalid(
            "username",
            "{username} is no administrator at this clinic, only {names}",
            username=wanted,
            names=names,
        )
    raise invalid("username", "In whose name? Choose an administrator with --as ({names})", names=names)


def _subject(patient: models.Patient) -> dict[str, object]:
    """A Reference to the patient, by the number; the name of one with protected identity stays here."""
    coordination = PersonalIdentityNumber(patient.number).is_coordination
    system = _COORDINATION_NUMBER if coordination else _PERSONAL_NUMBER
    reference: dict[str, object] = {
        "type": "Patient",
        "identifier": {"system": system, "value": patient.number},
    }
    return reference if patient.protected else {**reference, "display": patient.name}

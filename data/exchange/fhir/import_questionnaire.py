"""A FHIR R4 Questionnaire of anybody's as a form: tolerant of what others write, and honest about it.

What becomes of each part is in docs/fhir.md, "Mapping" and "Exchange". Nothing is fetched from anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from data.domain.errors import Message, Problem, invalid
from data.domain.forms import Form
from data.domain.limits import LINE_LIMIT
from data.domain.reading import why_refused
from data.domain.text import clean
from data.exchange.fhir import urls
from data.exchange.fhir.findings import Findings, shown
from data.exchange.fhir.import_items import ItemReader
from data.exchange.fhir.import_scores import read_scores
from data.exchange.fhir.losses import Losses
from data.exchange.fhir.questionnaire import Questionnaire, text
from data.exchange.fhir.reading import check_limits
from data.exchange.fhir.source import Source
from data.exchange.fhir.structure import check_structure

_QUESTIONNAIRE: Final = "Questionnaire"

_HOUSEKEEPING: Final = (
    "resourceType", "meta", "language", "text", "contained", "item", "status", "version", "date",
    "experimental", "subjectType",
)  # fmt: skip
"""Elements that say nothing of the form, or (status, version) what a new template has of its own."""


@dataclass(frozen=True)
class Imported:
    """A template that was read, not yet stored. `losses` say item by item what of the file is not in it."""

    name: str
    form: Form
    losses: tuple[Problem, ...] = ()


def read_questionnaire(json: Mapping[str, Any]) -> Imported:
    """The template in a Questionnaire, given as `reading` returns it, or as any JSON.

    Raises `Invalid` for what is no Questionnaire, and for one beyond the limits of `reading` or of a form.
    """
    check_limits(json)
    if not isinstance(json, Mapping) or json.get("resourceType") != _QUESTIONNAIRE:
        kind = shown(json.get("resourceType")) if isinstance(json, Mapping) else ""
        raise invalid("file", "The file holds no Questionnaire of FHIR, but: {found}", found=kind or "–")
    losses = Losses()
    _tell_structure(json, losses)
    source = Source(json, _QUESTIONNAIRE, *_HOUSEKEEPING)
    reader = ItemReader(Questionnaire.of(json), losses, placeholders=source.says(urls.PLACEHOLDERS))
    name, title = _names(source, json, losses)
    answerable = source.extension(urls.ANSWERABLE, kinds=("boolean",))
    fields = {
        "title": reader.words(title, _QUESTIONNAIRE, limit=LINE_LIMIT),
        "staff_instruction": source.string(urls.STAFF_INSTRUCTION),
        "patient_instruction": reader.words(source.text("description"), _QUESTIONNAIRE),
        "answerable": answerable is None or answerable.json is not False,
        "items": reader.read(),
        "scores": read_scores(source, reader.id_of, losses),
    }
    _tell_rest(source, json, reader, losses)
    return Imported(name, _form(fields), losses.all())


def _form(fields: dict[str, Any]) -> Form:
    try:
        return Form(**fields)
    except ValidationError as error:
        reason = why_refused(error)
        if reason is None:
            raise
        raise invalid("file", "{reason}", reason=reason) from error


def _names(source: Source, json: Mapping[str, Any], losses: Losses) -> tuple[str, str]:
    """The template's name, and the title that the patient sees instead where the file has both."""
    own, title = source.string(urls.TEMPLATE_NAME), source.text("title")
    called = own or title or source.text("name") or text(json, "id")
    name = clean(called, limit=LINE_LIMIT)
    if len(clean(called, limit=LINE_LIMIT + 1)) > LINE_LIMIT:
        losses.tell(_QUESTIONNAIRE, Message("Its name is cut after {limit} characters", limit=LINE_LIMIT))
    return name or _QUESTIONNAIRE, title if own else ""


def _tell_structure(json: Mapping[str, Any], losses: Losses) -> None:
    """Tell what is not as FHIR has it, and so is not read; first, what may change what all the rest means."""
    findings = Findings()
    check_structure(json, _QUESTIONNAIRE, findings)
    report = findings.report()
    for problem in report.unsupported:
        losses.tell_first(problem.field, problem.message)
    for problem in report.problems:
        losses.tell(
            problem.field,
            Message("Not as FHIR R4 has it: {fault}", fault=problem.message),
            kind=("structure", str(problem.message)),
        )


def _tell_rest(source: Source, json: Mapping[str, Any], reader: ItemReader, losses: Losses) -> None:
    subjects = json.get("subjectType")
    if isinstance(subjects, list) and subjects and "Patient" not in subjects:
        about = shown(", ".join(map(shown, subjects)))
        losses.tell(
            _QUESTIONNAIRE, Message("It is about something else than a patient: {subject}", subject=about)
        )
    for one in reader.options.unused():
        kind = shown(one.get("resourceType"))
        losses.tell(
            _QUESTIONNAIRE,
            Message("What it contains is left out: {kind}", kind=kind),
            kind=("contained", kind),
        )
    source.tell_rest(_QUESTIONNAIRE, losses)

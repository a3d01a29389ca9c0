"""A template as a FHIR R4 Questionnaire. What each part becomes is in docs/fhir.md, "Mapping"."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from data.domain.forms import Form
from data.domain.scores import Band, Score
from data.exchange.fhir import urls
from data.exchange.fhir.export_items import export_item
from data.exchange.fhir.extensions import Object, extension, flag, nested

Status = Literal["draft", "active", "retired"]


def export_questionnaire(
    name: str, form: Form, *, version: int | None = None, status: Status, date: datetime | None = None
) -> Object:
    """The Questionnaire of a template called `name`: JSON whose numbers are `int` and `Decimal`, which
    `writing.written` puts into a file.

    `date` is the aware moment of its last change. `import_questionnaire.read_questionnaire` gives the same
    name and form back.
    """
    extensions = _extensions(name, form)
    parts: Object = {
        "resourceType": "Questionnaire",
        "extension": extensions,
        "version": None if version is None else str(version),
        "title": form.title or name,
        "status": status,
        "subjectType": ["Patient"],
        "date": date.isoformat(timespec="seconds") if date else None,
        "description": form.patient_instruction,
        "item": [export_item(form, item) for item in form.items],
    }
    return {key: part for key, part in parts.items() if part not in (None, "", [])}


def _extensions(name: str, form: Form) -> list[Object]:
    """What FHIR has no element for. The patient's title stands in `title`, which others show to patients."""
    found: list[Object] = []
    if form.title and name:
        found.append(extension(urls.TEMPLATE_NAME, "string", name))
    if form.staff_instruction:
        found.append(extension(urls.STAFF_INSTRUCTION, "string", form.staff_instruction))
    if not form.answerable:
        found.append(extension(urls.ANSWERABLE, "boolean", False))
    if has_braces(form):
        found.append(flag(urls.PLACEHOLDERS))
    return found + [_score(score) for score in form.scores]


def has_braces(form: Form) -> bool:
    """Whether a text may hold placeholders."""
    texts = [*form.texts(), *(pair for place in form.places for pair in place.item.texts())]
    return any("{" in text or "}" in text for _name, text in texts)


def _score(score: Score) -> Object:
    parts = [extension("id", "string", score.id)]
    if score.name:
        parts.append(extension("name", "string", score.name))
    parts += [extension("question", "string", question) for question in score.questions]
    parts += [_band(band) for band in score.bands]
    if score.shown_to_patient:
        parts.append(flag("shownToPatient"))
    return nested(urls.SCORE, parts)


def _band(band: Band) -> Object:
    parts = [extension("wording", "string", band.wording)] if band.wording else []
    if band.least is not None:
        parts.append(extension("least", "decimal", band.least))
    if band.most is not None:
        parts.append(extension("most", "decimal", band.most))
    # A band of a draft may say nothing at all, and an extension must say something (ext-1).
    return nested("band", parts) if parts else flag("band")

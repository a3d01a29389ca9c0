"""The answers to a form as a FHIR R4 QuestionnaireResponse; see docs/fhir.md, "Mapping"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from data.domain.answers import Writer, check
from data.domain.errors import Invalid, invalid
from data.domain.forms import AnyItem, Filled, Form, Section, WhiteBox
from data.domain.reading import SWEDEN, Refused
from data.exchange.fhir.extensions import Object
from data.exchange.fhir.schema import element_name
from data.exchange.fhir.values import fhir_value

Status = Literal["in-progress", "completed", "amended", "stopped"]


def export_response(
    form: Form,
    answers: Mapping[str, object],
    written: Mapping[str, object],
    *,
    status: Status = "completed",
    authored: datetime | None = None,
    subject: Object | None = None,
    identifier: Object | None = None,
) -> Object:
    """The QuestionnaireResponse of stored answers and of what staff wrote in the white boxes.

    Every item that is shown with these answers is there with its wording, unanswered ones too; hidden ones
    are not, whatever was answered before. `authored` is an aware moment, `subject` a Reference to the patient
    and `identifier` what the case is called. JSON as `export.export_questionnaire` returns it.

    Raises `Invalid` naming the path of an answer that is not of its question's kind.
    """
    found = _Response(form, answers, written).items(form.items, answers, "")
    parts: Object = {
        "resourceType": "QuestionnaireResponse",
        "identifier": identifier,
        "status": status,
        "subject": subject,
        "authored": authored.astimezone(SWEDEN).isoformat(timespec="seconds") if authored else None,
        "item": found,
    }
    return {key: part for key, part in parts.items() if part not in (None, [])}


class _Response:
    def __init__(self, form: Form, answers: Mapping[str, object], written: Mapping[str, object]) -> None:
        self._written = written
        self._shown = {one.path for one in check(form, answers, Writer.PATIENT).shown}

    def items(self, items: Iterable[AnyItem], answers: Mapping[str, object], prefix: str) -> list[Object]:
        """Those of the items that are shown; `answers` are those that lie side by side with them."""
        return [
            made
            for item in items
            if prefix + item.id in self._shown
            for made in self._item(item, answers, prefix + item.id, prefix)
        ]

    def _item(self, item: AnyItem, answers: Mapping[str, object], path: str, prefix: str) -> Iterable[Object]:
        if isinstance(item, Section) and item.repeats:
            times = answers.get(item.id)
            given = times if isinstance(times, list) else []
            number = 0
            while f"{path}[{number}]" in self._shown:
                here = given[number] if number < len(given) and isinstance(given[number], Mapping) else {}
                yield _group(item, self.items(item.items, here, f"{path}[{number}]/"))
                number += 1
        elif isinstance(item, Section):
            yield _group(item, self.items(item.items, answers, prefix))
        elif isinstance(item, Filled):
            given_by = self._written if isinstance(item, WhiteBox) else answers
            yield _named(item, answer=_answers(item, given_by.get(item.id), path))
        else:
            yield _named(item)


def _group(section: Section, items: list[Object]) -> Object:
    return _named(section, item=items)


def _named(item: AnyItem, /, **parts: list[Object]) -> Object:
    words = {"text": item.wording} if item.wording else {}
    return {"linkId": item.id, **words, **{name: part for name, part in parts.items() if part}}


def _answers(item: Filled, value: object, path: str) -> list[Object]:
    if item.is_blank(value):
        return []
    try:
        values = [fhir_value(item, one) for one in (value if isinstance(value, list) else [value])]
    except Refused as refused:
        raise _unsaid(path, refused) from refused
    return [{element_name("value", one.type): one.json} for one in values]


def _unsaid(path: str, refused: Refused) -> Invalid:
    return invalid(path, "{reason}", reason=refused.message)

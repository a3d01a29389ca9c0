"""A FHIR R4 QuestionnaireResponse of anybody's as the answers to a form; see docs/fhir.md, "Exchange"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from data.domain.answers import Answers
from data.domain.errors import Message, Problem, invalid
from data.domain.forms import AnyItem, Choice, Filled, Form, Section, SeveralChoices, WhiteBox
from data.domain.items import Value as Stored
from data.domain.reading import Refused
from data.exchange.fhir.findings import shown
from data.exchange.fhir.losses import Losses
from data.exchange.fhir.questionnaire import JsonObject, objects, text
from data.exchange.fhir.reading import check_limits
from data.exchange.fhir.source import Source
from data.exchange.fhir.values import NONE_OFFERED, offered_by, stored_value

_RESPONSE = "QuestionnaireResponse"
_ITEM = "QuestionnaireResponse.item"
_ANSWER = "QuestionnaireResponse.item.answer"
_HOUSEKEEPING = (
    "resourceType", "identifier", "meta", "language", "text", "status", "subject", "authored", "author",
    "source", "questionnaire", "item", "extension",
)  # fmt: skip
"""Elements that say nothing of the answers themselves."""


@dataclass(frozen=True)
class ReadAnswers:
    """What was read, not yet checked: `data.domain.answers.check` judges it. `written` is that of the white
    boxes; `losses` say what of the file is in neither."""

    answers: Answers
    written: dict[str, Stored]
    losses: tuple[Problem, ...] = ()


def read_response(form: Form, json: Mapping[str, Any]) -> ReadAnswers:
    """The answers in a QuestionnaireResponse, given as `reading` returns it, or as any JSON.

    Items are found by linkId wherever they stand in their section; answers that can't be read are told.
    Raises `Invalid` for what is no QuestionnaireResponse, and for one beyond the limits of `reading`.
    """
    check_limits(json)
    if not isinstance(json, Mapping) or json.get("resourceType") != _RESPONSE:
        kind = shown(json.get("resourceType")) if isinstance(json, Mapping) else ""
        raise invalid(
            "file", "The file holds no QuestionnaireResponse of FHIR, but: {found}", found=kind or "–"
        )
    run = _Run()
    Source(json, _RESPONSE, *_HOUSEKEEPING).tell_rest(_RESPONSE, run.losses)
    answers: Answers = {}
    run.read(json, _side_by_side(form.items), answers)
    return ReadAnswers(answers, run.written, run.losses.all())


@dataclass
class _Run:
    losses: Losses = field(default_factory=Losses)
    written: dict[str, Stored] = field(default_factory=dict)

    def read(self, json: JsonObject, known: Mapping[str, AnyItem], answers: Answers) -> None:
        """Read the items of an object into `answers`; `known` are those that lie side by side with them."""
        for one in objects(json, "item"):
            link_id = text(one, "linkId")
            item = known.get(link_id)
            if isinstance(item, Section) and item.repeats:
                time: Answers = {}
                times = answers.setdefault(item.id, [])
                self.read(one, _side_by_side(item.items), time)
                times.append(time)
            elif isinstance(item, Filled):
                self._question(one, item, answers)
                for answer in objects(one, "answer"):  # where the file's questionnaire has items in items
                    self.read(answer, known, answers)
            else:
                if item is None:
                    message = Message("There is no such item in this form: what it holds is left out")
                    self.losses.tell(link_id or _ITEM, message)
                self.read(one, known, answers)
            known_parts = ("linkId", "text", "definition", "answer", "item")
            Source(one, _ITEM, *known_parts).tell_rest(link_id or _ITEM, self.losses)

    def _question(self, json: JsonObject, item: Filled, answers: Answers) -> None:
        offered = offered_by(item) if isinstance(item, Choice) else NONE_OFFERED
        found: list[Stored] = []
        for answer in objects(json, "answer"):
            source = Source(answer, _ANSWER, "item")
            value = source.value()
            if value is not None:
                try:
                    found.append(stored_value(item, value, offered))
                except Refused as refused:
                    message = Message(
                        "The answer {value} is left out: {reason}",
                        value=shown(value.json),
                        reason=refused.message,
                    )
                    self.losses.tell(item.id, message)
            source.tell_rest(item.id, self.losses)
        kept: dict[str, Any] = self.written if isinstance(item, WhiteBox) else answers
        if isinstance(item, SeveralChoices):
            found = [*kept.get(item.id, ()), *found]
        elif len(found) > 1 or (found and item.id in kept):
            self.losses.tell(item.id, Message("It is answered several times: the last answer is kept"))
        if found:
            kept[item.id] = found if isinstance(item, SeveralChoices) else found[-1]


def _side_by_side(items: Iterable[AnyItem]) -> dict[str, AnyItem]:
    """The items whose answers lie in one mapping: those in sections too, but not in ones that repeat."""
    found: dict[str, AnyItem] = {}
    for item in items:
        found.setdefault(item.id, item)
        if isinstance(item, Section) and not item.repeats:
            for inner_id, inner in _side_by_side(item.items).items():
                found.setdefault(inner_id, inner)
    return found

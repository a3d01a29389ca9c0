"""When an item is shown, of what its enableWhen says and of where it stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.errors import Message
from data.domain.forms import Question
from data.domain.reading import Refused
from data.exchange.fhir import urls
from data.exchange.fhir.export_items import OPERATORS
from data.exchange.fhir.findings import shown
from data.exchange.fhir.losses import Losses
from data.exchange.fhir.questionnaire import Item, JsonObject, objects, value_of
from data.exchange.fhir.source import Source
from data.exchange.fhir.values import Offered, stored_value

_TESTS = {operator: test for test, operator in OPERATORS.items()}
_CONDITION = "Questionnaire.item.enableWhen"


@dataclass(frozen=True)
class Answered:
    """What stood under a question: it is shown once that question, an item of the file, is answered."""

    question: Item


Rule = Item | Answered
"""What decides whether something is shown: an item's own conditions, or those of what it stood in."""

Asked = Mapping[str, tuple[Question, Offered]]
"""The questions that an import made, by linkId, with what their answers look like in FHIR."""


def shown_when(rules: tuple[Rule, ...], asked: Asked, where: str, losses: Losses) -> ShownWhen | None:
    """The one rule that comes of several which must all hold, the item's own first."""
    read = [_of_rule(rule, asked, where, losses) for rule in rules]
    found = list(dict.fromkeys(one for one in read if one is not None))
    if len(found) <= 1:
        return found[0] if found else None
    any_of = [one for one in found if not one.every and len(one.conditions) > 1]
    if not any_of:
        conditions = tuple(dict.fromkeys(one for rule in found for one in rule.conditions))
        needed = tuple(one for one in conditions if not _is_implied(one, conditions))
        return ShownWhen(conditions=needed)
    own = any_of[0]
    if any(not _follows(rule, own) for rule in found if rule is not own):
        message = Message(
            "Only a part of when it is shown is kept, the rest can't be said here: check its condition"
        )
        losses.tell(where, message)
    return own


def _of_rule(rule: Rule, asked: Asked, where: str, losses: Losses) -> ShownWhen | None:
    if isinstance(rule, Answered):
        question = asked.get(rule.question.link_id)
        if question is None:
            return None
        return ShownWhen(conditions=(Condition(question=question[0].id, test=Test.ANSWERED),))
    source = Source(rule.json, "Questionnaire.item")
    drafts = source.nested(urls.SHOWN_WHEN)
    if drafts:
        return _draft(drafts[0])
    conditions = [_condition(one, asked, where, losses) for one in objects(rule.json, "enableWhen")]
    kept = tuple(one for one in conditions if one is not None)
    if conditions and not kept:
        losses.tell(where, Message("It is shown always, since none of its conditions could be kept"))
    return ShownWhen(conditions=kept, every=not rule.any_condition) if kept else None


def _condition(json: JsonObject, asked: Asked, where: str, losses: Losses) -> Condition | None:
    source = Source(json, _CONDITION, *(name for name in json if name.startswith("answer")))
    question, operator = source.text("question"), source.text("operator")
    value, made = value_of(json, "answer"), asked.get(question)
    source.tell_rest(where, losses)
    if made is None or value is None:
        message = Message(
            "Its condition on {question} is left out: no such question is here", question=shown(question)
        )
        losses.tell(where, message)
        return None
    item, offered = made
    if operator == "exists" and isinstance(value.json, bool):
        return Condition(question=item.id, test=Test.ANSWERED if value.json else Test.UNANSWERED)
    try:
        if operator in _TESTS:
            stored: Any = stored_value(item, value, offered)
            return Condition(question=item.id, test=_TESTS[operator], value=stored)
    except (Refused, ValidationError):
        pass
    losses.tell(
        where,
        Message(
            "Its condition on {question} is left out: {operator} {value} can't be asked of it here",
            question=shown(question),
            operator=shown(operator),
            value=shown(value.json),
        ),
    )
    return None


def _draft(json: JsonObject) -> ShownWhen | None:
    """Conditions of a draft of ours, as `export_items` writes them."""
    source = Source(json, "Extension")
    every = source.extension("every", kinds=("boolean",))
    try:
        conditions = tuple(_draft_condition(one) for one in source.nested("condition"))
        return ShownWhen(conditions=conditions, every=every is None or every.json is not False)
    except ValueError:
        return None


def _draft_condition(json: JsonObject) -> Condition:
    source = Source(json, "Extension")
    value = source.extension("value", kinds=("boolean", "integer", "string"))
    empty = "" if source.says("emptyValue") else None
    test = Test(source.string("test"))
    return Condition(
        question=source.string("question"), test=test, value=empty if value is None else value.json
    )


def _is_implied(condition: Condition, others: tuple[Condition, ...]) -> bool:
    """Whether it asks only that a question is answered of which another condition asks more."""
    return condition.test is Test.ANSWERED and any(
        other.question == condition.question and other.test.needs_value for other in others
    )


def _follows(rule: ShownWhen, from_rule: ShownWhen) -> bool:
    """Whether a rule holds whenever the other does, which wants any one of its conditions."""
    return all(
        condition.test is Test.ANSWERED
        and all(
            other.question == condition.question and other.test is not Test.UNANSWERED
            for other in from_rule.conditions
        )
        for condition in rule.conditions
    )

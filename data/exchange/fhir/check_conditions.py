"""Whether an item's enableWhen can be met at all: it asks about a question there is, and in a way that fits.

Source: hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen, que-7.
"""

from __future__ import annotations

from typing import Final

from data.domain.errors import Message
from data.exchange.fhir.check_answers import answer_types
from data.exchange.fhir.findings import Findings, shown
from data.exchange.fhir.questionnaire import Condition, Item, Questionnaire
from data.exchange.fhir.schema import element_name

_ORDERS: Final = frozenset({">", "<", ">=", "<="})
_ORDERED: Final = frozenset({"integer", "decimal", "date", "dateTime", "time", "string", "Quantity"})
_ALSO: Final = {
    "integer": ("decimal",),
    "decimal": ("integer",),
    "date": ("dateTime",),
    "dateTime": ("date",),
    "uri": ("string",),
}
"""What an answer of a type can be compared with, beside its own type."""


def check_conditions(item: Item, tree: Questionnaire, findings: Findings) -> None:
    """Add what is wrong with the conditions of one item."""
    for condition in item.conditions:
        asked = tree.by_link_id.get(condition.question)
        if condition.question and asked is None:
            findings.problem(
                item.field,
                Message(
                    "enableWhen asks about “{question}”, which is no item: correct the linkId",
                    question=shown(condition.question),
                ),
            )
        elif asked is not None and item in asked.and_around():
            findings.problem(
                item.field,
                Message(
                    "enableWhen asks about “{question}”, the item itself or one inside it: ask about another",
                    question=shown(condition.question),
                ),
            )
        elif asked is not None and not asked.is_question:
            findings.problem(
                item.field,
                Message(
                    "enableWhen asks about “{question}”, a {type} without answers: ask about a question",
                    question=shown(condition.question),
                    type=asked.type,
                ),
            )
        elif asked is not None and condition.answer is not None:
            _answer(item, condition, asked, findings)


def _answer(item: Item, condition: Condition, asked: Item, findings: Findings) -> None:
    given = condition.answer.type if condition.answer else ""
    if condition.operator == "exists":
        if given != "boolean":
            findings.problem(item.field, Message("enableWhen with “exists” needs answerBoolean (que-7)"))
        return
    types = answer_types(asked)
    fitting = {kind for one in types for kind in (one, *_ALSO.get(one, ()))}
    if types and given not in fitting:
        findings.problem(
            item.field,
            Message(
                "enableWhen compares “{question}” with {found}, which is never its answer: use {wanted}",
                question=shown(asked.field),
                found=element_name("answer", given),
                wanted=" / ".join(element_name("answer", kind) for kind in types),
            ),
        )
    elif condition.operator in _ORDERS and given not in _ORDERED:
        findings.unsupported(
            item.field,
            Message(
                "enableWhen asks whether {found} is more or less, which has no order: not supported",
                found=element_name("answer", given),
            ),
        )

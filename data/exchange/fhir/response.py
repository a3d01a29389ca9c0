"""A QuestionnaireResponse laid over its Questionnaire: which item answers which, and what is misplaced.

Source: hl7.org/fhir/R4/questionnaireresponse.html, "Notes" and qrs-1. A group's items stand in `item`, a
question's under the answer they follow from (`answer.item`), both in the questionnaire's order.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from data.domain.errors import Message
from data.exchange.fhir.findings import Findings, shown
from data.exchange.fhir.questionnaire import Item, JsonObject, Questionnaire, Value, objects, text, value_of
from data.exchange.fhir.structure import item_field


@dataclass(eq=False)
class Node:
    """An item of the response that stands where its questionnaire's item may stand."""

    item: Item
    json: JsonObject
    scope: Scope
    """What it stands in."""
    start: int
    """Its place in the order of the whole response."""
    scopes: list[Scope] = field(default_factory=list)
    """A group's one; a question's, one an answer."""

    @property
    def values(self) -> tuple[Value, ...]:
        """The answers that have a value."""
        found = (value_of(answer) for answer in objects(self.json, "answer"))
        return tuple(value for value in found if value is not None)


@dataclass(eq=False)
class Scope:
    """A list of items in the response: the top, a repetition of a group, or what follows from an answer."""

    owner: Node | None
    defined: Sequence[Item]
    """The questionnaire's items for it."""
    start: int
    end: int = 0
    nodes: list[Node] = field(default_factory=list)
    by_item: dict[Item, list[Node]] = field(default_factory=dict)

    def add(self, node: Node) -> None:
        self.nodes.append(node)
        self.by_item.setdefault(node.item, []).append(node)

    def place_of(self, item: Item) -> float:
        """Where an item that is absent would stand: between what comes before it and what comes after."""
        after = bisect_right(self.nodes, item.index, key=lambda node: node.item.index)
        return (self.nodes[after].start if after < len(self.nodes) else self.end) - 0.5


class ResponseTree:
    """The response's items by place and by linkId. What is misplaced is reported and left out."""

    def __init__(self, questionnaire: Questionnaire, response: JsonObject, findings: Findings) -> None:
        self._questionnaire = questionnaire
        self._findings = findings
        self._count = 0
        self.occurrences: dict[Item, list[Node]] = {}
        """Each item's nodes, in the response's order."""
        self.top = self._scope(None, questionnaire.items, response, "QuestionnaireResponse")

    def _scope(self, owner: Node | None, defined: Sequence[Item], json: JsonObject, around: str) -> Scope:
        scope = Scope(owner, defined, self._next())
        # The first of several with the same linkId, as everywhere: que-2 is told of the questionnaire.
        by_link_id = {item.link_id: item for item in reversed(defined)}
        before: Item | None = None
        for index, one in enumerate(objects(json, "item")):
            link_id = text(one, "linkId")
            item = by_link_id.get(link_id) if link_id else None
            if item is None:
                if link_id:
                    self._misplaced(item_field(one, f"{around}.item[{index + 1}]"), link_id, owner)
                continue
            if before is not None and item.index < before.index:
                self._problem(
                    item,
                    Message(
                        "It must come before {other}: keep the questionnaire's order",
                        other=shown(before.field),
                    ),
                )
            else:
                before = item
            scope.add(self._node(item, one, scope))
        scope.end = self._next()
        return scope

    def _node(self, item: Item, json: JsonObject, scope: Scope) -> Node:
        node = Node(item, json, scope, self._next())
        self.occurrences.setdefault(item, []).append(node)
        if item.type == "group":
            if "answer" in json:
                self._problem(item, Message("It is a group and has no answers: put its items in “item”"))
            node.scopes.append(self._scope(node, item.children, json, item.field))
            return node
        if item.type == "display":
            if "answer" in json:
                self._problem(item, Message("It is a text that can't be answered: remove the answer"))
            if "item" in json:
                self._problem(item, Message("It is a text and holds no items: remove them"))
            return node
        if "item" in json:
            rule = Message("Items under a question belong to its answer: move them to “answer.item” (qrs-1)")
            self._problem(item, rule)
        for answer in objects(json, "answer"):
            node.scopes.append(self._scope(node, item.children, answer, item.field))
        return node

    def _misplaced(self, field_name: str, link_id: str, owner: Node | None) -> None:
        meant = self._questionnaire.by_link_id.get(link_id)
        if meant is None:
            message = Message(
                "The questionnaire has no item with this linkId: remove it or correct the linkId"
            )
        elif meant.parent is None:
            message = Message(
                "It stands in {place}: it belongs at the top", place=shown(owner and owner.item.field)
            )
        elif owner is None:
            message = Message("It stands at the top: it belongs in {right}", right=shown(meant.parent.field))
        else:
            message = Message(
                "It stands in {place}: it belongs in {right}",
                place=shown(owner.item.field),
                right=shown(meant.parent.field),
            )
        self._findings.problem(field_name, message)

    def _problem(self, item: Item, message: Message) -> None:
        self._findings.problem(item.field, message)

    def _next(self) -> int:
        self._count += 1
        return self._count

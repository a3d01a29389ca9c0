"""Which items of a response are enabled: enableWhen and enableBehavior.

Source: hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen and
valueset-questionnaire-enable-operator.html. Answers are True, False and None, where None is "can't be told":
conditions in FHIRPath (SDC's enableWhenExpression) are not evaluated.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from data.exchange.fhir import urls
from data.exchange.fhir.comparing import compare, is_same
from data.exchange.fhir.questionnaire import Condition, Item, Questionnaire, Value
from data.exchange.fhir.response import Node, ResponseTree, Scope

Enabled = bool | None


class Conditions:
    """What is enabled in one response. Each node is judged once."""

    def __init__(self, questionnaire: Questionnaire, tree: ResponseTree) -> None:
        self._by_link_id = questionnaire.by_link_id
        self._occurrences = tree.occurrences
        self._known: dict[Node, Enabled] = {}

    def enabled(self, node: Node) -> Enabled:
        """Whether an item of the response, and all that it stands in, is enabled."""
        # Not recursive: a chain of conditions may be as long as the questionnaire.
        waiting, begun = [node], set[Node]()
        while waiting:
            one = waiting[-1]
            needed = (
                []
                if one in begun
                else [on for on in self._rests_on(one) if on not in begun | self._known.keys()]
            )
            begun.add(one)
            if needed:
                waiting += needed
                continue
            waiting.pop()
            if one not in self._known:
                self._known[one] = self._judge(one.item, one.scope, one.start)
        return self._known[node]

    def enabled_if_there(self, item: Item, scope: Scope) -> Enabled:
        """The same of an item that is absent from where it could stand."""
        place = scope.place_of(item)
        for node in self._needed(item, scope, place):
            self.enabled(node)
        return self._judge(item, scope, place)

    def _rests_on(self, node: Node) -> Iterable[Node]:
        return self._needed(node.item, node.scope, node.start)

    def _needed(self, item: Item, scope: Scope, place: float) -> list[Node]:
        """The nodes whose own state decides: the one around, and those of the questions asked about."""
        asked = [self._question(condition, scope, place) for condition in item.conditions]
        return [node for node in (scope.owner, *asked) if node is not None]

    def _judge(self, item: Item, scope: Scope, place: float) -> Enabled:
        """With all that it rests on judged; a node that waits for itself counts as enabled."""
        own = self._own(item, scope, place)
        around = True if scope.owner is None else self._known.get(scope.owner, True)
        return _all([around, own])

    def _own(self, item: Item, scope: Scope, place: float) -> Enabled:
        outcomes = [self._holds(condition, scope, place) for condition in item.conditions]
        listed = _any(outcomes) if item.any_condition and outcomes else _all(outcomes)
        return _all([listed, None]) if item.has_extension(urls.ENABLE_WHEN_EXPRESSION) else listed

    def _holds(self, condition: Condition, scope: Scope, place: float) -> Enabled:
        node = self._question(condition, scope, place)
        unanswered = _met(condition, ())
        if node is None:
            return unanswered
        state = self._known.get(node, True)
        if state is False:  # what a disabled question was answered before is not its answer
            return unanswered
        met = _met(condition, node.values)
        return met if state or met == unanswered else None

    def _question(self, condition: Condition, scope: Scope, place: float) -> Node | None:
        """The nearest occurrence: an ancestor, else the last before, else the first after.

        Only within the innermost repetition that holds both: another repetition's answer is not the nearest
        of one that is not answered.
        """
        asked = self._by_link_id.get(condition.question)
        if asked is None:
            return None
        around: Scope | None = scope
        inner_of = {one for one in asked.and_around() if one is not asked}
        while around is not None and around.owner is not None:
            if around.owner.item is asked:
                return around.owner
            if around.owner.item in inner_of:
                break
            around = around.owner.scope
        first, last = (around.start, around.end) if around else (0, 0)
        nodes = self._occurrences.get(asked, [])
        before = bisect_left(nodes, place, key=lambda node: node.start)
        if before and nodes[before - 1].start > first:
            return nodes[before - 1]
        after = bisect_right(nodes, place, key=lambda node: node.start)
        return nodes[after] if after < len(nodes) and nodes[after].start < last else None


def _met(condition: Condition, values: tuple[Value, ...]) -> bool:
    """Whether the answers meet a condition; without an answer only "exists" can be met, by false."""
    wanted = condition.answer
    if wanted is None:
        return False
    if condition.operator == "exists":
        return bool(values) is wanted.json
    if condition.operator == "!=":
        return bool(values) and not any(is_same(value, wanted) for value in values)
    if condition.operator == "=":
        return any(is_same(value, wanted) for value in values)
    outcomes = {">": (1,), ">=": (0, 1), "<": (-1,), "<=": (-1, 0)}.get(condition.operator, ())
    return any(compare(value, wanted) in outcomes for value in values)


def _all(outcomes: list[Enabled]) -> Enabled:
    if False in outcomes:
        return False
    return None if None in outcomes else True


def _any(outcomes: list[Enabled]) -> Enabled:
    if True in outcomes:
        return True
    return None if None in outcomes else False

"""Whether a QuestionnaireResponse answers a Questionnaire as FHIR R4 asks.

Sources: hl7.org/fhir/R4/questionnaireresponse.html and questionnaire.html. What R4 leaves open, and what is
decided here, is in docs/fhir.md, "Checking".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from data.domain.errors import Invalid, Message
from data.exchange.fhir import urls
from data.exchange.fhir.check_answers import AnswerChecks
from data.exchange.fhir.check_datatypes import referenced_type
from data.exchange.fhir.comparing import is_same
from data.exchange.fhir.enable_when import Conditions
from data.exchange.fhir.findings import Findings, Report, shown
from data.exchange.fhir.questionnaire import Item, Questionnaire, Value, objects, text
from data.exchange.fhir.reading import check_limits
from data.exchange.fhir.response import Node, ResponseTree, Scope
from data.exchange.fhir.structure import check_structure

_RESPONSE: Final = "QuestionnaireResponse"
_FINISHED: Final = frozenset({"completed", "amended"})
_CONSTRAINTS: Final = frozenset({urls.CONSTRAINT, urls.TARGET_CONSTRAINT})


def check_response(questionnaire: Mapping[str, Any], response: Mapping[str, Any]) -> Report:
    """Check a response against its questionnaire; both as JSON, any JSON. Never raises.

    The questionnaire's own faults are for `check_questionnaire`: where they leave open what is asked, nothing
    is said of the answer.
    """
    findings = Findings()
    try:
        check_limits(questionnaire)
        check_limits(response)
    except Invalid as error:
        findings.unsupported(_RESPONSE, error.message)
        return findings.report()
    if response.get("resourceType") != _RESPONSE:
        findings.unsupported(_RESPONSE, Message("It is not a {type}", type=_RESPONSE))
        return findings.report()
    check_structure(response, _RESPONSE, findings)
    _ResponseCheck(Questionnaire.of(questionnaire), response, findings).run()
    return findings.report()


class _ResponseCheck:
    def __init__(self, questionnaire: Questionnaire, response: Mapping[str, Any], findings: Findings) -> None:
        self._questionnaire = questionnaire
        self._response = response
        self._findings = findings
        self._finished = text(response, "status") in _FINISHED
        self._tree = ResponseTree(questionnaire, response, findings)
        self._conditions = Conditions(questionnaire, self._tree)
        self._answers = AnswerChecks(questionnaire, response, findings)

    def run(self) -> None:
        self._whole()
        self._scope(self._tree.top)
        for item in self._tree.occurrences:
            if _has_constraint(item.json):
                self._constrained(item.field)
        if _has_constraint(self._questionnaire.json):
            self._constrained(_RESPONSE)

    def _whole(self) -> None:
        """What the two resources say of each other."""
        canonical = text(self._response, "questionnaire").partition("#")[0]
        meant, _bar, meant_version = canonical.partition("|")
        version = text(self._questionnaire.json, "version")
        if meant and not _is_meant(self._questionnaire.json, meant):
            own = text(self._questionnaire.json, "url") or text(self._questionnaire.json, "id")
            self._findings.problem(
                _RESPONSE,
                Message(
                    "It answers {meant}, not {url}: check it against that one",
                    meant=shown(meant),
                    url=shown(own),
                ),
            )
        elif meant_version and version and meant_version != version:
            self._findings.problem(
                _RESPONSE,
                Message(
                    "It answers version {meant}, not {version}: check it against that one",
                    meant=shown(meant_version),
                    version=shown(version),
                ),
            )
        subject, types = self._response.get("subject"), self._questionnaire.json.get("subjectType")
        kind = referenced_type(subject) if isinstance(subject, dict) else ""
        if kind and isinstance(types, list) and types and kind not in types:
            self._findings.problem(
                _RESPONSE,
                Message(
                    "Its subject is a {found}: the questionnaire is about {wanted}",
                    found=shown(kind),
                    wanted=", ".join(map(shown, types[:10])),
                ),
            )

    def _scope(self, scope: Scope) -> None:
        """A list of items: what is there, and what should be."""
        for item in scope.defined:
            nodes = scope.by_item.get(item, [])
            if nodes:
                self._there(item, nodes)
            elif self._finished and item.required and item.type != "display":
                self._absent(item, scope)

    def _absent(self, item: Item, scope: Scope) -> None:
        enabled = self._conditions.enabled_if_there(item, scope)
        if enabled:
            missing = Message("It is required: add it with an item inside")
            self._problem(item, missing if item.type == "group" else Message("It is required: answer it"))
        elif enabled is None:
            self._undecided(item)

    def _there(self, item: Item, nodes: list[Node]) -> None:
        if len(nodes) > 1:
            self._repeated(item, nodes)
        if item.type == "group":
            self._count(item, len(nodes))
        for node in nodes:
            enabled = self._conditions.enabled(node)
            if enabled is None:
                self._undecided(item)
            if enabled is False and self._finished:
                if _is_answered(node):
                    self._problem(
                        item,
                        Message("It is answered though its conditions (enableWhen) are not met: remove it"),
                    )
            else:
                self._contents(node, required=self._finished and item.required and enabled is True)

    def _repeated(self, item: Item, nodes: list[Node]) -> None:
        """Several items with one linkId: the repetitions of a group, never of a question."""
        if item.type != "group":
            self._problem(
                item, Message("It stands {count} times: put all answers in one item", count=len(nodes))
            )
        elif not item.repeats:
            self._problem(
                item, Message("It stands {count} times and does not repeat: keep one", count=len(nodes))
            )

    def _contents(self, node: Node, *, required: bool) -> None:
        item = node.item
        if item.type == "group":
            if required and not node.scopes[0].nodes:
                self._problem(item, Message("It is required and empty: answer at least one of its items"))
        elif item.is_question:
            self._question(node, required=required)
        for scope in node.scopes:
            self._scope(scope)

    def _question(self, node: Node, *, required: bool) -> None:
        item, values = node.item, node.values
        self._answers.check(item, values)
        if not values:
            if required:
                self._problem(item, Message("It is required: answer it"))
        elif len(values) > 1 and not item.repeats:
            self._problem(item, Message("It has {count} answers and takes one: keep one", count=len(values)))
        else:
            self._count(item, len(values))
            self._least(item, values)

    def _count(self, item: Item, count: int) -> None:
        """minOccurs and maxOccurs, of an item that is there."""
        least, most = item.integer(urls.MIN_OCCURS), item.integer(urls.MAX_OCCURS)
        if least is not None and count < least and self._finished:
            self._problem(
                item,
                Message("{count} are fewer than {least} (minOccurs): add more", count=count, least=least),
            )
        if most is not None and count > most:
            self._problem(
                item, Message("{count} are more than {most} (maxOccurs): remove some", count=count, most=most)
            )

    def _least(self, item: Item, values: tuple[Value, ...]) -> None:
        """Our own least number of choices, from which an exclusive option is exempt."""
        least = item.integer(urls.LEAST)
        if least is None or len(values) >= least or not self._finished:
            return
        if not any(option.exclusive and is_same(values[0], option.value) for option in item.options):
            self._problem(
                item, Message("{count} are fewer than {least}: add more", count=len(values), least=least)
            )

    def _undecided(self, item: Item) -> None:
        self._findings.unsupported(
            item.field,
            Message("Whether it is to be answered is decided by FHIRPath, which is not supported"),
        )

    def _constrained(self, field: str) -> None:
        self._findings.unsupported(
            field, Message("Its answer is restricted by FHIRPath (constraint), which is not supported")
        )

    def _problem(self, item: Item, message: Message) -> None:
        self._findings.problem(item.field, message)


def _is_meant(questionnaire: Mapping[str, Any], meant: str) -> bool:
    """Whether a response that answers `meant` may answer this one: by its url, or as many servers write it by
    its id (`Questionnaire/ID`). What the questionnaire does not say of itself can't differ."""
    url, own_id = text(questionnaire, "url"), text(questionnaire, "id")
    if meant == url or (own_id and f"/{meant}".endswith(f"/Questionnaire/{own_id}")):
        return True
    is_relative = ":" not in meant
    return not (own_id if is_relative else url)


def _is_answered(node: Node) -> bool:
    """Whether there is an answer in the item or in any below it."""
    return bool(node.values) or any(_is_answered(inner) for scope in node.scopes for inner in scope.nodes)


def _has_constraint(json: Mapping[str, Any]) -> bool:
    """Whether a constraint in FHIRPath can make an answer wrong; one of severity "warning" can't."""
    return any(
        text(one, "url") in _CONSTRAINTS
        and not any(
            part.get("url") == "severity" and part.get("valueCode") == "warning"
            for part in objects(one, "extension")
        )
        for one in objects(json, "extension")
    )

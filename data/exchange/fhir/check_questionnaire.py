"""Whether a Questionnaire is one of FHIR R4: its elements, its invariants, and what its extensions ask.

Sources: hl7.org/fhir/R4/questionnaire.html with que-1 to que-13, and the extensions named in `urls`. R4's
expression of que-12 lets two conditions pass without enableBehavior against its own words; later releases
corrected it, and so does this check.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from data.domain import patterns
from data.domain.errors import Invalid, Message
from data.exchange.fhir import urls
from data.exchange.fhir.check_answers import ANSWER_TYPES, unusable_pattern
from data.exchange.fhir.check_conditions import check_conditions
from data.exchange.fhir.comparing import compare
from data.exchange.fhir.findings import Findings, Report, shown
from data.exchange.fhir.primitives import whole_number
from data.exchange.fhir.questionnaire import Item, Questionnaire, Value, objects, value_of
from data.exchange.fhir.reading import check_limits
from data.exchange.fhir.schema import element_name
from data.exchange.fhir.structure import check_structure

_QUESTIONNAIRE: Final = "Questionnaire"

_WITH_OPTIONS: Final = frozenset(
    {"choice", "open-choice", "decimal", "integer", "date", "dateTime", "time", "string", "quantity"}
)
_WITH_LENGTH: Final = frozenset({"boolean", "decimal", "integer", "string", "text", "url", "open-choice"})
_NOT_ON_DISPLAY: Final = {"code": "que-3", "required": "que-6", "repeats": "que-6", "readOnly": "que-9"}
_ANY_OPTION: Final = frozenset({"integer", "date", "time", "string", "Coding", "Reference"})
_OPTIONS: Final[Mapping[str, frozenset[str]]] = {
    "choice": _ANY_OPTION,
    "open-choice": _ANY_OPTION,
    "decimal": frozenset({"integer"}),
    "integer": frozenset({"integer"}),
    "date": frozenset({"date"}),
    "dateTime": frozenset({"date"}),
    "time": frozenset({"time"}),
    "string": frozenset({"string"}),
}
"""Which answerOption.value[x] can be an answer to an item of the type."""

_NUMBERS: Final = frozenset({"integer", "decimal"})
_DAYS: Final = frozenset({"date", "dateTime"})
_LIMITED: Final[Mapping[str, frozenset[str]]] = {
    "integer": _NUMBERS,
    "decimal": _NUMBERS,
    "date": _DAYS,
    "dateTime": _DAYS,
    "time": frozenset({"time"}),
    "quantity": _NUMBERS | {"Quantity"},
}
"""Which type of limit (minValue …) suits an item of the type."""

_SINGLE: Final = {
    urls.MIN_VALUE: frozenset({"date", "dateTime", "time", "decimal", "integer", "Quantity"}),
    urls.MAX_VALUE: frozenset({"date", "dateTime", "time", "decimal", "integer", "Quantity"}),
    urls.MIN_QUANTITY: frozenset({"Quantity"}),
    urls.MAX_QUANTITY: frozenset({"Quantity"}),
    urls.MIN_LENGTH: frozenset({"integer"}),
    urls.MAX_DECIMAL_PLACES: frozenset({"integer"}),
    urls.MIN_OCCURS: frozenset({"integer"}),
    urls.MAX_OCCURS: frozenset({"integer"}),
    urls.REGEX: frozenset({"string"}),
    urls.MAX_SIZE: frozenset({"decimal"}),
    urls.CONFIRMATION: frozenset({"boolean"}),
}
"""Extensions of an item that it has at most one of, and the types their value may have."""


def check_questionnaire(questionnaire: Mapping[str, Any]) -> Report:
    """Check a questionnaire by itself; as JSON, any JSON. Never raises."""
    findings = Findings()
    try:
        check_limits(questionnaire)
    except Invalid as error:
        findings.unsupported(_QUESTIONNAIRE, error.message)
        return findings.report()
    if questionnaire.get("resourceType") != _QUESTIONNAIRE:
        findings.unsupported(_QUESTIONNAIRE, Message("It is not a {type}", type=_QUESTIONNAIRE))
        return findings.report()
    check_structure(questionnaire, _QUESTIONNAIRE, findings)
    tree = Questionnaire.of(questionnaire)
    for item in tree.walk():
        _unique(item, tree, findings)
        for message in (*_invariants(item), *_values(item), *_limits(item), *_extensions(item)):
            findings.problem(item.field, message)
        check_conditions(item, tree, findings)
        for pattern in item.texts(urls.REGEX):
            # One that only can't be used here is judged once there is an answer to it.
            if not patterns.is_usable(pattern) and not patterns.is_written_well(pattern):
                findings.unsupported(item.field, unusable_pattern(pattern))
    return findings.report()


def _unique(item: Item, tree: Questionnaire, findings: Findings) -> None:
    if item.link_id and tree.by_link_id.get(item.link_id) is not item:
        findings.problem(item.field, Message("Another item has the same linkId: change one (que-2)"))


def _invariants(item: Item) -> Iterator[Message]:
    json = item.json
    if item.type == "group" and not item.children:
        yield Message("It is a group without items: add some or make it a display (que-1)")
    if item.type == "display":
        if item.children:
            yield Message("It is a display and can't hold items: make it a group (que-1)")
        for name, rule in _NOT_ON_DISPLAY.items():
            if name in json:
                yield Message(
                    "It is a display and can't have “{name}”: remove it ({rule})", name=name, rule=rule
                )
    if "answerOption" in json and "answerValueSet" in json:
        yield Message("It has both answerOption and answerValueSet: keep one (que-4)")
    if item.type not in _WITH_OPTIONS and ("answerOption" in json or "answerValueSet" in json):
        yield Message(
            "An item of the type {type} can't have options: remove them (que-5)", type=shown(item.type)
        )
    if item.type in {"group", "display"} and "initial" in json:
        yield Message("An item of the type {type} can't have “initial”: remove it (que-8)", type=item.type)
    if item.type not in _WITH_LENGTH and "maxLength" in json:
        yield Message(
            "An item of the type {type} can't have maxLength: remove it (que-10)", type=shown(item.type)
        )
    if "answerOption" in json and "initial" in json:
        yield Message("It has both answerOption and initial: use initialSelected (que-11)")
    if len(item.conditions) > 1 and "enableBehavior" not in json:
        yield Message("It has several conditions: say all or any in enableBehavior (que-12)")
    if not item.repeats and len(objects(json, "initial")) > 1:
        yield Message("It has several initial values and does not repeat: keep one (que-13)")


def _values(item: Item) -> Iterator[Message]:
    """Options and initial values of a type that can be an answer."""
    if allowed := _OPTIONS.get(item.type):
        yield from _misfits(item, allowed, {option.value.type for option in item.options}, "answerOption")
    if wanted := ANSWER_TYPES.get(item.type):
        initial = {
            value.type for one in objects(item.json, "initial") if (value := value_of(one)) is not None
        }
        yield from _misfits(item, frozenset(wanted), initial, "initial")


def _misfits(item: Item, allowed: frozenset[str], found: set[str], name: str) -> Iterator[Message]:
    for kind in sorted(found - allowed):
        yield Message(
            "“{name}” has {found}: an item of the type {type} takes {wanted}",
            name=name,
            found=element_name("value", kind),
            type=item.type,
            wanted=" / ".join(element_name("value", one) for one in sorted(allowed)),
        )


def _limits(item: Item) -> Iterator[Message]:
    for least_url, most_url in ((urls.MIN_VALUE, urls.MAX_VALUE), (urls.MIN_QUANTITY, urls.MAX_QUANTITY)):
        least, most = (next(iter(item.extension(url)), None) for url in (least_url, most_url))
        for limit, url in ((least, least_url), (most, most_url)):
            if limit is not None and limit.type not in _LIMITED.get(item.type, frozenset()):
                yield Message(
                    "{name} is of the type {found}, which does not suit the item's type {type}: change it",
                    name=_name(url),
                    found=limit.type,
                    type=shown(item.type),
                )
        if least is not None and most is not None and compare(least, most) == 1:
            yield _crossed(_name(least_url), least, _name(most_url), most)
    most_length = Value("integer", item.json.get("maxLength"))
    for least_name, least, most_name, most in (
        (_name(urls.MIN_LENGTH), _integer(item, urls.MIN_LENGTH), "maxLength", most_length),
        (
            _name(urls.MIN_OCCURS),
            _integer(item, urls.MIN_OCCURS),
            _name(urls.MAX_OCCURS),
            _integer(item, urls.MAX_OCCURS),
        ),
    ):
        if least is not None and most is not None and compare(least, most) == 1:
            yield _crossed(least_name, least, most_name, most)
    if (most := _integer(item, urls.MAX_OCCURS)) is not None and not item.repeats and (most.number or 0) > 1:
        yield Message("maxOccurs is more than one and the item does not repeat: set repeats")
    if (most_written := whole_number(item.json.get("maxLength"))) is not None and most_written < 0:
        yield Message("{name} is less than zero: change it", name="maxLength")


def _crossed(least_name: str, least: Value, most_name: str, most: Value) -> Message:
    return Message(
        "{least_name} {least} is more than {most_name} {most}, so nothing can be answered: change one",
        least_name=least_name,
        least=shown(least.json),
        most_name=most_name,
        most=shown(most.json),
    )


def _extensions(item: Item) -> Iterator[Message]:
    """Each known extension once, with a value of its type; counts not below zero."""
    for url, types in _SINGLE.items():
        values = item.extension(url)
        if len(values) > 1:
            yield Message("There are several {name}: keep one", name=_name(url))
        for value in values:
            if value.type not in types:
                yield Message(
                    "{name} must be given as {wanted}",
                    name=_name(url),
                    wanted=" / ".join(element_name("value", kind) for kind in sorted(types)),
                )
            elif types == {"integer"} and (whole_number(value.json) or 0) < 0:
                yield Message("{name} is less than zero: change it", name=_name(url))


def _integer(item: Item, url: str) -> Value | None:
    found = item.integer(url)
    return None if found is None else Value("integer", found)


def _name(url: str) -> str:
    """What an extension is called in words: the end of its URL."""
    return url.rpartition("/")[2].rpartition("-")[2]

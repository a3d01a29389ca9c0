"""Whether the answers to one question are what its item asks for: types, options, lengths, patterns, limits.

Sources: hl7.org/fhir/R4/questionnaire.html (item types, answerOption, maxLength), HL7's extensions for R4 and
those of Structured Data Capture, by the names in `urls`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from data.domain import patterns
from data.domain.errors import Message
from data.exchange.fhir import urls
from data.exchange.fhir.check_datatypes import DatatypeChecks
from data.exchange.fhir.comparing import Key, compare, value_keys
from data.exchange.fhir.findings import Findings, shown
from data.exchange.fhir.primitives import decimal_places, number, whole_number
from data.exchange.fhir.questionnaire import Item, JsonObject, Questionnaire, Value, text
from data.exchange.fhir.schema import element_name
from data.exchange.fhir.value_sets import ValueSets

ANSWER_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "boolean": ("boolean",),
    "decimal": ("decimal",),
    "integer": ("integer",),
    "date": ("date",),
    "dateTime": ("dateTime",),
    "time": ("time",),
    "string": ("string",),
    "text": ("string",),
    "url": ("uri",),
    "choice": ("Coding",),
    "open-choice": ("Coding", "string"),
    "attachment": ("Attachment",),
    "reference": ("Reference",),
    "quantity": ("Quantity",),
}
"""hl7.org/fhir/R4/valueset-item-type.html: which value[x] answers an item of the type."""

_LIMITS: Final = ((urls.MIN_VALUE, urls.MAX_VALUE), (urls.MIN_QUANTITY, urls.MAX_QUANTITY))
_COMPUTED_OPTIONS: Final = (urls.ANSWER_EXPRESSION, urls.OPTIONS_TOGGLE_EXPRESSION)


def answer_types(item: Item) -> tuple[str, ...]:
    """The types that may answer the item; none for a type that is not known."""
    types = ANSWER_TYPES.get(item.type, ())
    if item.type in {"choice", "open-choice"} and item.options:
        free = ("string",) if item.type == "open-choice" else ()
        return tuple(dict.fromkeys((*(option.value.type for option in item.options), *free)))
    return types


def unusable_pattern(pattern: str) -> Message:
    """What to say of a pattern that `data.domain.patterns` can't use."""
    return Message(
        "The pattern can't be used (it is wrong, too long or looks around): {pattern}", pattern=shown(pattern)
    )


@dataclass(frozen=True)
class _Offered:
    """What an item takes, to be looked up."""

    types: tuple[str, ...]
    keys: frozenset[Key]
    exclusive: frozenset[Key]


class AnswerChecks:
    """Checks answers of one response. What is not well-formed is left to `structure`, which told of it."""

    def __init__(self, questionnaire: Questionnaire, response: JsonObject, findings: Findings) -> None:
        self._findings = findings
        self._value_sets = ValueSets(questionnaire.json)
        self._datatypes = DatatypeChecks(self._value_sets, response, findings)
        self._known: dict[Item, _Offered] = {}

    def check(self, item: Item, values: tuple[Value, ...]) -> None:
        """Check all answers to a question, one by one and together."""
        offered = self._offered(item)
        for value in values:
            if not offered.types or value.type in offered.types:
                self._option(item, value, offered)
                self._written(item, value)
                self._limits(item, value)
                self._datatypes.check(item, value)
            else:
                self._wrong_type(item, value, offered)
        alone = next((value for value in values if not offered.exclusive.isdisjoint(value_keys(value))), None)
        if alone is not None and len(values) > 1:
            self._say(
                item,
                Message(
                    "{value} excludes every other answer: keep it alone or remove it", value=shown(alone.json)
                ),
            )
        for url in _COMPUTED_OPTIONS:
            if values and item.has_extension(url):
                self._findings.unsupported(
                    item.field, Message("Its options are computed, which is not supported: {url}", url=url)
                )

    def _offered(self, item: Item) -> _Offered:
        if item not in self._known:
            self._known[item] = _Offered(
                answer_types(item),
                frozenset(key for one in item.options for key in value_keys(one.value, wanted=True)),
                frozenset(
                    key for one in item.options if one.exclusive for key in value_keys(one.value, wanted=True)
                ),
            )
        return self._known[item]

    def _wrong_type(self, item: Item, value: Value, offered: _Offered) -> None:
        self._say(
            item,
            Message(
                "It is answered with {found}: an item of the type {type} takes {wanted}",
                found=element_name("value", value.type),
                type=shown(item.type),
                wanted=" / ".join(element_name("value", kind) for kind in offered.types),
            ),
        )

    def _option(self, item: Item, value: Value, offered: _Offered) -> None:
        if _is_free(item, value):
            return
        if item.options:
            if value.type == "Quantity":
                self._findings.unsupported(item.field, Message("Options of quantities are not supported"))
            elif offered.keys.isdisjoint(value_keys(value)):
                self._not_offered(item, value)
        elif item.value_set and isinstance(value.json, dict):
            found = self._value_sets.has(item.value_set, text(value.json, "system"), text(value.json, "code"))
            if found is False:
                self._not_offered(item, value)
            elif found is None:
                self._findings.unsupported(
                    item.field,
                    Message(
                        "Whether {value} is in the value set {url} can't be told: nothing is fetched",
                        value=shown(value.json),
                        url=shown(item.value_set),
                    ),
                )

    def _not_offered(self, item: Item, value: Value) -> None:
        self._say(
            item, Message("{value} is not among the options: choose one of them", value=shown(value.json))
        )

    def _written(self, item: Item, value: Value) -> None:
        """Lengths and pattern, of what is not an option: that is as the questionnaire writes it."""
        words = _as_written(value)
        if words is None or (item.options and not _is_free(item, value)):
            return
        most, least = whole_number(item.json.get("maxLength")), item.integer(urls.MIN_LENGTH)
        if most is not None and len(words) > most:
            self._say(
                item,
                Message(
                    "{found} characters are more than {most} (maxLength): shorten it",
                    found=len(words),
                    most=most,
                ),
            )
        if least is not None and len(words) < least:
            self._say(
                item,
                Message(
                    "{found} characters are fewer than {least} (minLength): write more",
                    found=len(words),
                    least=least,
                ),
            )
        if words and not words.strip():
            self._say(item, Message("The answer is only white space: write something or remove it"))
        pattern = next((one.json for one in item.extension(urls.REGEX) if isinstance(one.json, str)), None)
        if pattern is None:
            return
        if not patterns.is_usable(pattern):
            self._findings.unsupported(item.field, unusable_pattern(pattern))
        elif not patterns.matches(pattern, words):
            self._say(
                item,
                Message(
                    "{value} is not written as {pattern} (regex): correct it",
                    value=shown(words),
                    pattern=shown(pattern),
                ),
            )

    def _limits(self, item: Item, value: Value) -> None:
        for least_url, most_url in _LIMITS:
            least = next(iter(item.extension(least_url)), None)
            most = next(iter(item.extension(most_url)), None)
            if least is not None and self._compared(item, value, least) == -1:
                self._say(
                    item,
                    Message(
                        "{value} is less than {least}, the least that is allowed: answer with more",
                        value=_amount(value),
                        least=_amount(least),
                    ),
                )
            if most is not None and self._compared(item, value, most) == 1:
                self._say(
                    item,
                    Message(
                        "{value} is more than {most}, the most that is allowed: answer with less",
                        value=_amount(value),
                        most=_amount(most),
                    ),
                )
            for url in filter(item.is_computed, (least_url, most_url)):
                self._findings.unsupported(
                    item.field, Message("A limit is computed, which is not supported: {url}", url=url)
                )
        places, exact = item.integer(urls.MAX_DECIMAL_PLACES), value.number
        if places is not None and exact is not None and decimal_places(exact) > places:
            self._say(
                item,
                Message(
                    "{value} has more than {places} decimals: round it", value=_amount(value), places=places
                ),
            )

    def _compared(self, item: Item, value: Value, limit: Value) -> int | None:
        if value.type != "Quantity":
            return compare(value, limit)
        exact, bound = value.number, limit.number
        if exact is None or bound is None:
            return None
        if limit.type == "Quantity" and compare(value, limit) is None:
            self._findings.unsupported(
                item.field,
                Message(
                    "{value} and its limit {limit} have different units, which is not supported",
                    value=_amount(value),
                    limit=_amount(limit),
                ),
            )
            return None
        return (exact > bound) - (exact < bound)

    def _say(self, item: Item, message: Message) -> None:
        self._findings.problem(item.field, message)


def _is_free(item: Item, value: Value) -> bool:
    """Whether it is what a person wrote beside the options."""
    return item.type == "open-choice" and value.type == "string"


def _as_written(value: Value) -> str | None:
    """The characters of a primitive answer; None for an object."""
    if isinstance(value.json, str):
        return value.json
    exact = number(value.json)
    return None if exact is None else str(exact)


def _amount(value: Value) -> str:
    """A limit or an answer, with its unit."""
    if value.type != "Quantity" or not isinstance(value.json, dict):
        return shown(value.json)
    return shown(f"{value.number} {text(value.json, 'unit') or text(value.json, 'code')}".strip())

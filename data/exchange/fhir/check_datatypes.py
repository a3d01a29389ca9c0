"""What an item asks of answers of one datatype: confirmations, units, files and references.

Sources: HL7's extensions for R4 and those of Structured Data Capture, by the names in `urls`; ref-1 of
hl7.org/fhir/R4/references.html.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from data.domain.errors import Message
from data.exchange.fhir import urls
from data.exchange.fhir.comparing import Key, coding_keys, reference_key, unit_keys
from data.exchange.fhir.findings import Findings, shown
from data.exchange.fhir.primitives import number, whole_number
from data.exchange.fhir.questionnaire import Item, JsonObject, Value, bool_extension, objects, text
from data.exchange.fhir.value_sets import ValueSets

_MEGABYTE: Final = 1024 * 1024
_TOLD: Final = 10
"""Of what is accepted, at most so many are told."""


class DatatypeChecks:
    """Checks single answers, by their datatype."""

    def __init__(self, value_sets: ValueSets, response: JsonObject, findings: Findings) -> None:
        self._value_sets = value_sets
        self._findings = findings
        self._contained = {text(one, "id") for one in objects(response, "contained")}
        self._units: dict[Item, frozenset[Key]] = {}

    def check(self, item: Item, value: Value) -> None:
        """Add what is wrong with the answer."""
        if value.type == "boolean":
            self._boolean(item, value)
        elif isinstance(value.json, dict):
            json: JsonObject = value.json
            if value.type == "Quantity":
                self._quantity(item, json)
            elif value.type == "Attachment":
                self._attachment(item, json)
            elif value.type == "Reference":
                self._reference(item, json)

    def _boolean(self, item: Item, value: Value) -> None:
        if value.json is False and bool_extension(item.json, urls.CONFIRMATION):
            self._say(item, Message("It is to be confirmed: only true is an answer"))

    def _quantity(self, item: Item, json: JsonObject) -> None:
        if number(json.get("value")) is None:
            self._say(item, Message("The quantity has no value: add the number"))
        if item.texts(urls.UNIT_OPEN) & {"optionsOrType", "optionsOrString"}:
            return
        unit = shown(text(json, "unit") or text(json, "code"))
        offered = self._offered_units(item)
        if offered and not offered.intersection(unit_keys(json)):
            wanted = _told(str(key[-1]) for key in offered)
            self._say(
                item,
                Message("The unit “{unit}” is not offered: choose one of {wanted}", unit=unit, wanted=wanted),
            )
        for canonical in item.texts(urls.UNIT_VALUE_SET):
            found = self._value_sets.has(canonical, text(json, "system"), text(json, "code"))
            if found is False:
                self._say(
                    item, Message("The unit “{unit}” is not in its value set: choose one of those", unit=unit)
                )
            elif found is None:
                self._findings.unsupported(
                    item.field,
                    Message(
                        "Whether {value} is in the value set {url} can't be told: nothing is fetched",
                        value=unit, url=shown(canonical),
                    ),
                )  # fmt: skip

    def _offered_units(self, item: Item) -> frozenset[Key]:
        if item not in self._units:
            self._units[item] = frozenset(
                key for unit in item.extension(urls.UNIT_OPTION) for key in coding_keys(unit.json)
            )
        return self._units[item]

    def _attachment(self, item: Item, json: JsonObject) -> None:
        content_type = text(json, "contentType").partition(";")[0].strip().casefold()
        allowed = {one.casefold() for one in item.texts(urls.MIME_TYPE)}
        family = f"{content_type.partition('/')[0]}/*"
        if allowed and not allowed & {content_type, family}:
            self._say(
                item,
                Message(
                    "A file of the type “{found}” is not accepted: attach one of {wanted}",
                    found=shown(content_type), wanted=_told(allowed),
                ),
            )  # fmt: skip
        size = max(whole_number(json.get("size")) or 0, len(text(json, "data").rstrip("= \n")) * 3 // 4)
        most = next(iter(item.extension(urls.MAX_SIZE)), None)
        if most is not None and most.number is not None and Decimal(size) / _MEGABYTE > most.number:
            self._say(
                item,
                Message("The file is larger than {most} MB: attach a smaller one", most=shown(most.number)),
            )

    def _reference(self, item: Item, json: JsonObject) -> None:
        # References, "Reference": one of the three "unless an extension is provided".
        if reference_key(json) is None and "extension" not in json:
            self._say(item, Message("The reference refers to nothing: add reference, identifier or display"))
        reference = text(json, "reference")
        if reference.startswith("#") and reference[1:] not in self._contained | {""}:
            self._say(
                item,
                Message("Nothing contained in the response has the id {id} (ref-1)", id=shown(reference[1:])),
            )
        kind, allowed = referenced_type(json), item.texts(urls.REFERENCE_RESOURCE)
        if kind and allowed and kind not in allowed:
            self._say(
                item,
                Message(
                    "A reference to {found} is not accepted: refer to one of {wanted}",
                    found=shown(kind), wanted=_told(allowed),
                ),
            )  # fmt: skip

    def _say(self, item: Item, message: Message) -> None:
        self._findings.problem(item.field, message)


def referenced_type(reference: JsonObject) -> str:
    """The resource type that a Reference names, by `type` or by a literal `Type/id`; else nothing."""
    if kind := text(reference, "type"):
        return kind.rpartition("/")[2]
    parts = text(reference, "reference").partition("/_history/")[0].split("/")
    named = len(parts) >= 2 and parts[-2][:1].isupper() and parts[-2].isalpha()
    return parts[-2] if named else ""


def _told(texts: Iterable[str]) -> str:
    some = sorted(set(texts))
    return ", ".join(map(shown, some[:_TOLD])) + (", …" if len(some) > _TOLD else "")

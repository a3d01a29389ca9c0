"""A Questionnaire as a tree of items, made of any JSON: what is not as FHIR R4 writes it counts as absent."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from data.exchange.fhir import primitives, urls
from data.exchange.fhir.primitives import Json
from data.exchange.fhir.schema import SCHEMA
from data.exchange.fhir.structure import item_field

JsonObject = Mapping[str, Any]

_VALUES: Final = {"value": SCHEMA["Extension"], "answer": SCHEMA["Questionnaire.item.enableWhen"]}


@dataclass(frozen=True)
class Value:
    """A value[x]: its datatype, and the JSON that holds it (which may be malformed)."""

    type: str
    json: Json

    @property
    def number(self) -> Decimal | None:
        """The number, of a Quantity too; None for anything else."""
        if self.type == "Quantity":
            return primitives.number(self.json.get("value")) if isinstance(self.json, dict) else None
        return primitives.number(self.json) if self.type in {"integer", "decimal"} else None


@dataclass(frozen=True)
class Option:
    """An answerOption."""

    value: Value
    exclusive: bool


@dataclass(frozen=True)
class Condition:
    """An enableWhen; `answer` is None where there is none or several."""

    question: str
    operator: str
    answer: Value | None


@dataclass(frozen=True, eq=False)
class Item:
    """An item and those in it. `json` is the whole item as it was read; `parent` None at the top."""

    link_id: str
    type: str
    json: JsonObject
    parent: Item | None
    index: int
    """Its place among its siblings, from 0."""
    field: str
    """What reports call it."""
    children: list[Item] = dataclasses.field(default_factory=list)

    @property
    def required(self) -> bool:
        return self.json.get("required") is True

    @property
    def repeats(self) -> bool:
        return self.json.get("repeats") is True

    @property
    def is_question(self) -> bool:
        return self.type not in {"group", "display"}

    @cached_property
    def options(self) -> tuple[Option, ...]:
        return tuple(
            Option(value, bool_extension(option, urls.OPTION_EXCLUSIVE))
            for option in objects(self.json, "answerOption")
            if (value := value_of(option)) is not None
        )

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(
            Condition(text(one, "question"), text(one, "operator"), value_of(one, "answer"))
            for one in objects(self.json, "enableWhen")
        )

    @property
    def any_condition(self) -> bool:
        """Whether one of several conditions is enough."""
        return self.json.get("enableBehavior") == "any"

    @property
    def value_set(self) -> str:
        """The canonical address of its answerValueSet, or nothing."""
        return text(self.json, "answerValueSet")

    def extension(self, url: str) -> tuple[Value, ...]:
        """The values of the item's extensions with that URL, in their order."""
        return tuple(value for value in self._extensions.get(url, ()) if value is not None)

    def has_extension(self, url: str) -> bool:
        """Whether there is one, with a value or without."""
        return url in self._extensions

    def is_computed(self, url: str) -> bool:
        """Whether one has no value of its own: an expression in its place."""
        return None in self._extensions.get(url, ())

    def integer(self, url: str) -> int | None:
        """The whole number of the first such extension that has one."""
        found = (primitives.whole_number(one.json) for one in self.extension(url) if one.type == "integer")
        return next((one for one in found if one is not None), None)

    def texts(self, url: str) -> frozenset[str]:
        """The texts of all such extensions."""
        return frozenset(one.json for one in self.extension(url) if isinstance(one.json, str))

    @cached_property
    def _extensions(self) -> Mapping[str, list[Value | None]]:
        found: dict[str, list[Value | None]] = {}
        for one in objects(self.json, "extension"):
            found.setdefault(text(one, "url"), []).append(value_of(one))
        return found

    def and_around(self) -> Iterator[Item]:
        """The item and all that it stands in, the innermost first."""
        one: Item | None = self
        while one is not None:
            yield one
            one = one.parent

    def walk(self) -> Iterator[Item]:
        """The item and all inside it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, eq=False)
class Questionnaire:
    """The items of a Questionnaire, and which of them has a linkId (the first, where several have)."""

    json: JsonObject
    items: tuple[Item, ...]
    by_link_id: Mapping[str, Item]

    @classmethod
    def of(cls, json: JsonObject) -> Questionnaire:
        """The tree of any JSON object within the limits of `reading`."""
        items = tuple(_items(json, None))
        by_link_id: dict[str, Item] = {}
        for top in items:
            for item in top.walk():
                by_link_id.setdefault(item.link_id, item)
        by_link_id.pop("", None)
        return cls(json, items, by_link_id)

    def walk(self) -> Iterator[Item]:
        """All items, in the order of the file."""
        for item in self.items:
            yield from item.walk()


def value_of(json: JsonObject, choice: str = "value") -> Value | None:
    """The single value[x] (or answer[x]) of an object; None where there is none, or several."""
    found = [
        Value(_VALUES[choice][name].type, part)
        for name, part in json.items()
        if name.startswith(choice) and name in _VALUES[choice] and _VALUES[choice][name].choice == choice
    ]
    return found[0] if len(found) == 1 else None


def bool_extension(json: JsonObject, url: str) -> bool:
    """Whether an object carries the extension with the value true."""
    found = (value_of(one) for one in objects(json, "extension") if one.get("url") == url)
    return any(one is not None and one.type == "boolean" and one.json is True for one in found)


def objects(json: JsonObject, name: str) -> list[JsonObject]:
    """The objects in a list element; none where it is no list."""
    found = json.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def below(json: JsonObject, name: str) -> list[JsonObject]:
    """The objects in a list element and in theirs of the same name, each before what it holds; `reading`
    bounds their depth."""
    return [found for one in objects(json, name) for found in (one, *below(one, name))]


def text(json: JsonObject, name: str) -> str:
    """A text element, or nothing."""
    found = json.get(name)
    return found if isinstance(found, str) else ""


def _items(json: JsonObject, parent: Item | None) -> Iterator[Item]:
    around = parent.field if parent else "Questionnaire"
    for index, one in enumerate(objects(json, "item")):
        field_name = item_field(one, f"{around}.item[{index + 1}]")
        item = Item(text(one, "linkId"), text(one, "type"), one, parent, index, field_name)
        item.children.extend(_items(one, item))
        yield item

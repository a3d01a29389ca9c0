"""The options of a choice in a Questionnaire: listed there, or in a value set that it brings along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice

from data.domain.errors import Message
from data.domain.forms import Option
from data.domain.limits import LINE_LIMIT
from data.domain.reading import Refused, read_decimal
from data.domain.text import clean
from data.exchange.fhir import urls
from data.exchange.fhir.findings import shown
from data.exchange.fhir.losses import Losses
from data.exchange.fhir.new_ids import NewIds
from data.exchange.fhir.primitives import Json
from data.exchange.fhir.questionnaire import JsonObject, Value, below, objects, text
from data.exchange.fhir.source import Source

OPTIONS_MOST = 1_000
"""Taken from one question: five times what may be published, so that a person can choose which to keep."""

_FROM_VALUE_SETS = 20_000
"""Options made of value sets in one file, where a few bytes can stand for thousands."""

_OPTION = "Questionnaire.item.answerOption"


@dataclass
class Options:
    """A question's options, and what each looks like in FHIR."""

    options: list[Option] = field(default_factory=list)
    offered: list[tuple[Value, str]] = field(default_factory=list)


class OptionReader:
    """Reads the options of the questions of one questionnaire."""

    def __init__(self, questionnaire: JsonObject, losses: Losses) -> None:
        self._losses = losses
        self._contained = objects(questionnaire, "contained")
        self._used: set[int] = set()
        self._listed: dict[str, list[JsonObject]] = {}
        self._budget = _FROM_VALUE_SETS

    def read(self, source: Source, where: str) -> Options:
        """The options of an item; losses are told of the item called `where`."""
        found, ids = Options(), NewIds("o")
        listed = source.objects("answerOption")
        if canonical := source.text("answerValueSet"):
            listed = [*listed, *self._from_value_set(canonical, where)]
        for one in listed[:OPTIONS_MOST]:
            self._add(Source(one, _OPTION), found, ids, where)
        if len(listed) > OPTIONS_MOST:
            message = Message("Only the first {limit} options are kept", limit=OPTIONS_MOST)
            self._losses.tell(where, message)
        return found

    def unused(self) -> Iterator[JsonObject]:
        """The contained resources that no question took its options from."""
        return (one for place, one in enumerate(self._contained) if place not in self._used)

    def _add(self, source: Source, found: Options, ids: NewIds, where: str) -> None:
        value = source.value()
        if value is None:
            self._losses.tell(where, Message("An option without a value that can be read is left out"))
            return
        coded = value.json if value.type == "Coding" and isinstance(value.json, dict) else {}
        code = text(coded, "code")
        made = ids.of(code or _plain(value))
        if code and made != code:
            self._losses.tell(
                where,
                Message("The code {code} of an option becomes {id} here", code=shown(code), id=made),
                kind="option code",
            )
        if text(coded, "system") or text(coded, "version"):
            self._losses.tell(
                where,
                Message(
                    "The options' code system ({system}) is left out", system=shown(text(coded, "system"))
                ),
                kind="option system",
            )
        wording = "" if source.says(urls.NO_WORDING) else text(coded, "display") or code or _plain(value)
        if prefix := source.string(urls.OPTION_PREFIX):
            wording = f"{prefix} {wording}"
        if len(clean(wording, limit=LINE_LIMIT + 1)) > LINE_LIMIT:
            message = Message("An option is cut after {limit} characters", limit=LINE_LIMIT)
            self._losses.tell(where, message)
        exclusive = source.says(urls.OPTION_EXCLUSIVE)
        found.options.append(
            Option(id=made, wording=wording, points=self._points(source, coded, where), exclusive=exclusive)
        )
        found.offered.append((value, made))
        source.tell_rest(where, self._losses)
        if coded:
            Source(coded, "Coding", "code", "display", "system", "version", "extension").tell_rest(
                where, self._losses
            )

    def _points(self, source: Source, coded: JsonObject, where: str) -> Decimal | None:
        kinds = (urls.ORDINAL_VALUE, urls.VALUE_SET_ORDINAL_VALUE, urls.ITEM_WEIGHT)
        value = source.extension(*kinds) or Source(coded, "Coding").extension(*kinds)
        if value is None:
            return None
        try:
            return Decimal(read_decimal(value.number))
        except Refused:
            message = Message("The points {points} of an option are left out", points=shown(value.json))
            self._losses.tell(where, message)
            return None

    def _from_value_set(self, canonical: str, where: str) -> list[JsonObject]:
        if canonical not in self._listed:
            self._listed[canonical] = self._of_value_set(canonical, where)
        found = self._listed[canonical]
        if not found:
            message = Message(
                "Its options stand in {address}, which is not in the file: write the options",
                address=shown(canonical),
            )
            self._losses.tell(where, message)
        if len(found) > self._budget:
            self._losses.tell(where, Message("Some options are left out: there are too many in the file"))
        kept = found[: self._budget]
        self._budget -= len(kept)
        return kept

    def _of_value_set(self, canonical: str, where: str) -> list[JsonObject]:
        """The concepts of a contained value set, as answerOptions."""
        address = canonical.partition("|")[0]
        for place, one in enumerate(self._contained):
            named = address in {f"#{text(one, 'id')}", text(one, "url")} if address.strip("#") else False
            if named and text(one, "resourceType") == "ValueSet":
                self._used.add(place)
                concepts = list(islice(self._concepts(one, where), OPTIONS_MOST + 1))
                if concepts:
                    return concepts
        return []

    def _concepts(self, value_set: JsonObject, where: str) -> Iterator[JsonObject]:
        expansion, compose = value_set.get("expansion"), value_set.get("compose")
        if isinstance(expansion, dict):
            yield from _contains(expansion)
        elif isinstance(compose, dict):
            if compose.get("exclude"):
                self._losses.tell(
                    where, Message("What its value set excludes is not taken out: check the options")
                )
            for part in objects(compose, "include"):
                concepts = objects(part, "concept") or self._of_system(part)
                if part.get("filter") or part.get("valueSet") or not concepts:
                    message = Message("A part of its value set can't be listed: check the options")
                    self._losses.tell(where, message)
                yield from (_as_option(concept, text(part, "system")) for concept in concepts)

    def _of_system(self, part: JsonObject) -> list[JsonObject]:
        """All concepts of a contained code system."""
        for place, one in enumerate(self._contained):
            if text(one, "resourceType") == "CodeSystem" and text(one, "url") == text(part, "system") != "":
                self._used.add(place)
                return below(one, "concept")
        return []


def _contains(expansion: JsonObject) -> Iterator[JsonObject]:
    for one in below(expansion, "contains"):
        if one.get("abstract") is not True:
            yield _as_option(one, text(one, "system"))


def _as_option(concept: JsonObject, system: str) -> JsonObject:
    coded = {name: text(concept, name) for name in ("code", "display") if text(concept, name)}
    return {
        "extension": objects(concept, "extension"),
        "valueCoding": {**coded, **({"system": system} if system else {})},
    }


def _plain(value: Value) -> str:
    """A value in words."""
    json: Json = value.json
    if isinstance(json, dict):
        return next((text(json, name) for name in ("display", "code", "reference") if text(json, name)), "")
    return json if isinstance(json, str) else shown(json)

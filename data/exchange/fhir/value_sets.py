"""Which codes a value set holds, for those that a questionnaire brings along. Nothing is fetched.

Source: hl7.org/fhir/R4/valueset.html, "compose" and "expansion".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from data.exchange.fhir.questionnaire import JsonObject, below, objects, text
from data.exchange.fhir.schema import CODES, ITEM_TYPES

_FHIR: Final = "http://hl7.org/fhir/"


@dataclass(frozen=True)
class Codes:
    """The system and code of each concept that is listed, and whether the lists say everything."""

    included: frozenset[tuple[str, str]]
    excluded: frozenset[tuple[str, str]] = frozenset()
    all_included: bool = True
    all_excluded: bool = True

    def has(self, system: str, code: str) -> bool | None:
        """Whether the code is in the set; None where that can't be told."""
        pair = (system, code)
        if pair in self.excluded or (pair not in self.included and self.all_included):
            return False
        return True if pair in self.included and self.all_excluded else None


_KNOWN: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "publication-status": ("publication-status", CODES["Questionnaire", "status"]),
    "item-type": ("item-type", ("question", *ITEM_TYPES)),
    "administrative-gender": ("administrative-gender", ("male", "female", "other", "unknown")),
    "questionnaire-answers-status": (
        "questionnaire-answers-status",
        CODES["QuestionnaireResponse", "status"],
    ),
}
"""Small value sets that R4 fixes itself, each all of one code system."""


class ValueSets:
    """The value sets of one questionnaire: those it contains, by `#id` or by their url, and R4's own."""

    def __init__(self, questionnaire: JsonObject) -> None:
        self._questionnaire = questionnaire
        self._read: dict[str, Codes | None] = {}

    def has(self, canonical: str, system: str, code: str) -> bool | None:
        """Whether a value set has a code; None where it is not known, or not in full."""
        if canonical not in self._read:
            self._read[canonical] = self._find(canonical)
        codes = self._read[canonical]
        return None if codes is None else codes.has(system, code)

    def _find(self, canonical: str) -> Codes | None:
        address, _bar, version = canonical.partition("|")
        for resource in objects(self._questionnaire, "contained"):
            by_id = address == f"#{text(resource, 'id')}"
            by_url = address == text(resource, "url") and version in {"", text(resource, "version")}
            if resource.get("resourceType") == "ValueSet" and (by_id or by_url):
                return _codes(resource, self._code_systems())
        known = _KNOWN.get(address.removeprefix(f"{_FHIR}ValueSet/")) if address.startswith(_FHIR) else None
        if known is None:
            return None
        system, codes = known
        return Codes(frozenset((f"{_FHIR}{system}", code) for code in codes))

    def _code_systems(self) -> dict[str, JsonObject]:
        """The code systems that the questionnaire contains in full, by their url."""
        return {
            text(one, "url"): one
            for one in objects(self._questionnaire, "contained")
            if one.get("resourceType") == "CodeSystem" and one.get("content") == "complete"
        }


def _codes(value_set: JsonObject, code_systems: Mapping[str, JsonObject]) -> Codes:
    expansion = value_set.get("expansion")
    if isinstance(expansion, dict):
        return Codes(frozenset(_expanded(expansion)))
    compose = value_set.get("compose")
    if not isinstance(compose, dict):
        return Codes(frozenset(), all_included=False)
    included, all_listed = _listed(compose, "include", code_systems)
    excluded, all_excluded = _listed(compose, "exclude", code_systems)
    return Codes(included, excluded, all_listed, all_excluded)


def _listed(
    compose: JsonObject, name: str, code_systems: Mapping[str, JsonObject]
) -> tuple[frozenset[tuple[str, str]], bool]:
    """The concepts that are listed one by one, by a contained code system too, and whether all are."""
    pairs: set[tuple[str, str]] = set()
    complete = True
    for part in objects(compose, name):
        concepts = objects(part, "concept")
        if "concept" not in part:
            concepts = below(code_systems.get(text(part, "system"), {}), "concept")
        # Filters and other value sets narrow the list down (or, without one, widen it).
        complete = complete and bool(concepts) and "filter" not in part and "valueSet" not in part
        if "filter" not in part and "valueSet" not in part:
            pairs |= {(text(part, "system"), text(concept, "code")) for concept in concepts}
    return frozenset(pairs), complete


def _expanded(parent: JsonObject) -> set[tuple[str, str]]:
    """All selectable concepts of an expansion; "contains" can be inside "contains"."""
    return {
        (text(one, "system"), text(one, "code"))
        for one in below(parent, "contains")
        if one.get("abstract") is not True
    }

"""Whether a resource has the elements of FHIR R4, each as its datatype is written.

Source: hl7.org/fhir/R4/json.html and the invariants of its datatypes. What items mean to each other is for
`check_questionnaire` and `check_response`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from data.domain.errors import Message
from data.exchange.fhir import primitives
from data.exchange.fhir.findings import Findings, shown
from data.exchange.fhir.primitives import Json
from data.exchange.fhir.schema import CODES, SCHEMA, Element

_ITEMS: Final = frozenset({"Questionnaire.item", "QuestionnaireResponse.item"})


@dataclass(frozen=True)
class _Place:
    """Where in the resource: the item, and the way from it."""

    field: str
    way: str = ""

    @property
    def name(self) -> str:
        """The element's own, without its number in a list."""
        return self.way.rpartition(".")[2].partition("[")[0]

    def at(self, name: str) -> _Place:
        return _Place(self.field, f"{self.way}.{name}" if self.way else name)

    def number(self, index: int) -> _Place:
        return _Place(self.field, f"{self.way}[{index + 1}]")


def check_structure(resource: Mapping[str, Any], kind: str, findings: Findings) -> None:
    """Add what is wrong with the elements of a resource, `kind` being its resourceType. The value must be
    within the limits of `reading`."""
    _Structure(findings).elements(resource, kind, _Place(kind))


def item_field(item: Mapping[str, Any], place: str) -> str:
    """What to call an item in a report: its linkId, or where it stands when it has none."""
    link_id = item.get("linkId")
    return link_id if isinstance(link_id, str) and link_id.strip() else place


class _Structure:
    def __init__(self, findings: Findings) -> None:
        self._findings = findings

    def elements(self, value: Mapping[str, Any], kind: str, place: _Place) -> None:
        """The elements of an object: each known, of its type, as many as there may be."""
        if kind in _ITEMS:
            place = _Place(item_field(value, f"{place.field}.{place.way}" if place.way else place.field))
        known = SCHEMA[kind]
        if not value:
            self._say(
                place,
                Message("“{element}” is empty: give it a value or remove it", element=place.way or "item"),
            )
        for name, part in value.items():
            element = known.get(name.removeprefix("_"))
            if element is None or (name.startswith("_") and not primitives.is_primitive(element.type)):
                self._say(
                    place.at(shown(name)),
                    Message(
                        "“{element}” is no element of FHIR R4: remove it", element=place.at(shown(name)).way
                    ),
                )
            elif name.startswith("_"):
                self._companion(part, element, place.at(name))
            else:
                self._element(part, element, kind, place.at(name), value.get(f"_{name}"))
        self._missing(value, known, place)
        self._invariants(value, kind, place)

    def _element(self, value: Json, element: Element, kind: str, place: _Place, companion: Json) -> None:
        if not element.many:
            self._one(value, element, kind, place)
        elif not isinstance(value, list):
            self._say(place, Message("“{element}” must be a list", element=place.way))
        elif not value:
            self._say(place, Message("“{element}” is empty: give it a value or remove it", element=place.way))
        else:
            for index, one in enumerate(value):
                if one is None and _has_companion(companion, index):
                    continue
                self._one(one, element, kind, place.number(index))

    def _one(self, value: Json, element: Element, kind: str, place: _Place) -> None:
        if primitives.is_primitive(element.type):
            self._primitive(value, element, kind, place)
        elif not isinstance(value, dict):
            self._say(place, Message("“{element}” must be an object", element=place.way))
        elif element.type == "Resource":
            if not isinstance(value.get("resourceType"), str):
                self._say(place, Message("“{element}” has no resourceType: add it", element=place.way))
        elif element.type in SCHEMA:
            if place.name == "modifierExtension":
                self._unsupported_modifier(value, place)
            self.elements(value, element.type, place)

    def _primitive(self, value: Json, element: Element, kind: str, place: _Place) -> None:
        wanted = primitives.json_kind(element.type)
        fits = (
            primitives.number(value) is not None if wanted not in {str, bool} else isinstance(value, wanted)
        )
        if not fits:
            words = {
                str: Message("“{element}” must be text in quotation marks", element=place.way),
                bool: Message("“{element}” must be true or false", element=place.way),
            }
            self._say(place, words.get(wanted, Message("“{element}” must be a number", element=place.way)))
        elif value == "":
            self._say(place, Message("“{element}” is empty: give it a value or remove it", element=place.way))
        elif not primitives.is_valid(element.type, value):
            self._say(
                place,
                Message(
                    "“{element}” is {value}, which FHIR does not take for {type}: correct it",
                    element=place.way, value=shown(value), type=element.type,
                ),
            )  # fmt: skip
        elif (allowed := CODES.get((kind, place.name))) and value not in allowed:
            self._say(
                place,
                Message(
                    "“{element}” is {value}: choose one of {allowed}",
                    element=place.way, value=shown(value), allowed=", ".join(allowed),
                ),
            )  # fmt: skip
        elif place.name == "implicitRules":
            self._findings.unsupported(
                place.field,
                Message("It follows rules of its own that are not known: {url}", url=shown(value)),
            )

    def _companion(self, value: Json, element: Element, place: _Place) -> None:
        """`_name`: the id and the extensions of a primitive."""
        parts = value if element.many and isinstance(value, list) else [value]
        for part in parts:
            if isinstance(part, dict):
                unknown = part.keys() - {"id", "extension"}
                if unknown or not part:
                    self._say(
                        place,
                        Message(
                            "“{element}” may hold only id and extension, and at least one of them",
                            element=place.way,
                        ),
                    )
                elif "extension" in part:
                    extension = SCHEMA["Extension"]["extension"]
                    self._element(part["extension"], extension, "Extension", place.at("extension"), None)
            elif not (part is None and element.many):
                self._say(place, Message("“{element}” must be an object", element=place.way))

    def _missing(self, value: Mapping[str, Any], known: Mapping[str, Element], place: _Place) -> None:
        choices: dict[str, list[str]] = {}
        required: set[str] = set()
        for name, element in known.items():
            if element.choice:
                present = name in value or f"_{name}" in value
                choices.setdefault(element.choice, []).extend([name] if present else [])
                required |= {element.choice} if element.required else set()
            elif element.required and name not in value:
                self._say(place, Message("“{element}” is missing: add it", element=place.at(name).way))
        for choice, names in choices.items():
            if len(names) > 1:
                self._say(
                    place,
                    Message(
                        "There are several values ({names}): keep one",
                        names=", ".join(place.at(name).way for name in names),
                    ),
                )
            elif not names and choice in required:
                self._say(
                    place, Message("“{element}” is missing: add it", element=place.at(f"{choice}[x]").way)
                )

    def _invariants(self, value: Mapping[str, Any], kind: str, place: _Place) -> None:
        """Of datatypes: ext-1, qty-3, att-1, per-1."""
        if kind == "Extension":
            has_value = any(name.lstrip("_").startswith("value") for name in value)
            if has_value == ("extension" in value):
                self._say(
                    place,
                    Message(
                        "“{element}” must have either a value or extensions of its own (ext-1)",
                        element=place.way,
                    ),
                )
        elif kind == "Quantity" and "code" in value and "system" not in value:
            self._say(
                place,
                Message("“{element}” has a code but no system: add the system (qty-3)", element=place.way),
            )
        elif kind == "Attachment" and "data" in value and "contentType" not in value:
            self._say(
                place,
                Message("“{element}” has data but no contentType: add it (att-1)", element=place.way),
            )
        elif kind == "Period":
            start = primitives.span("dateTime", value.get("start"))
            end = primitives.span("dateTime", value.get("end"))
            if start and end and primitives.order(start, end) == 1:
                self._say(
                    place, Message("“{element}” ends before it starts: change one (per-1)", element=place.way)
                )

    def _unsupported_modifier(self, value: Mapping[str, Any], place: _Place) -> None:
        self._findings.unsupported(
            place.field,
            Message(
                "A modifier extension that is not known changes what this means: {url}",
                url=shown(value.get("url")),
            ),
        )

    def _say(self, place: _Place, message: Message) -> None:
        self._findings.problem(place.field, message)


def _has_companion(companion: Json, index: int) -> bool:
    return isinstance(companion, list) and index < len(companion) and isinstance(companion[index], dict)

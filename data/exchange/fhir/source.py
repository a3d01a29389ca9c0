"""An object of a file that remembers what was read of it, so that nothing is lost unseen."""

from __future__ import annotations

from collections.abc import Iterator

from data.domain.errors import Message
from data.exchange.fhir import urls
from data.exchange.fhir.findings import shown
from data.exchange.fhir.losses import Losses
from data.exchange.fhir.primitives import Json, whole_number
from data.exchange.fhir.questionnaire import JsonObject, Value, objects, text, value_of
from data.exchange.fhir.schema import SCHEMA


class Source:
    """An object whose elements and extensions are taken one by one; `rest` are those that nobody took.

    What says nothing (`false`, an empty list) and the object's own `id` count as taken.
    """

    def __init__(self, json: JsonObject, kind: str, *known: str) -> None:
        """`kind` is the object's name in `schema.SCHEMA`; `known` are elements that others read."""
        self._json = json
        self._kind = kind
        self._left = [
            name for name, value in json.items() if name not in {"id", "extension", *known} and _says(value)
        ]
        self._extensions = objects(json, "extension")

    def take(self, name: str) -> Json:
        """An element, of any type."""
        if name in self._left:
            self._left.remove(name)
        return self._json.get(name)

    def text(self, name: str) -> str:
        """A text element, or nothing; one of another type stays untaken."""
        return str(self.take(name)) if isinstance(self._json.get(name), str) else ""

    def flag(self, name: str) -> bool:
        """Whether a yes-or-no element says yes."""
        return self._json.get(name) is True and self.take(name) is True

    def integer(self, name: str) -> int | None:
        """A whole number of 32 bits."""
        found = whole_number(self._json.get(name))
        if found is not None:
            self.take(name)
        return found

    def value(self) -> Value | None:
        """The object's value[x]."""
        found = value_of(self._json)
        if found is not None:
            self._left = [name for name in self._left if not name.startswith("value")]
        return found

    def objects(self, name: str) -> list[JsonObject]:
        """The objects in a list element."""
        found = objects(self._json, name)
        if found:
            self.take(name)
        return found

    def extension(self, *urls: str, kinds: tuple[str, ...] = ()) -> Value | None:
        """The value of the first extension with one of the URLs, of one of `kinds` where they are given."""
        for one in self._extensions:
            value = value_of(one) if one.get("url") in urls else None
            if value is not None and (not kinds or value.type in kinds):
                self._extensions.remove(one)
                return value
        return None

    def says(self, url: str) -> bool:
        """Whether there is an extension with the value true."""
        found = self.extension(url, kinds=("boolean",))
        return found is not None and found.json is True

    def string(self, url: str) -> str:
        """The text of an extension, or nothing."""
        found = self.extension(url, kinds=("string", "markdown", "code"))
        return found.json if found is not None and isinstance(found.json, str) else ""

    def number(self, url: str) -> int | None:
        """The whole number of an extension."""
        found = self.extension(url, kinds=("integer", "positiveInt", "unsignedInt"))
        return None if found is None else whole_number(found.json)

    def nested(self, url: str) -> list[JsonObject]:
        """The extensions with that URL, each an object with extensions of its own."""
        found = [one for one in self._extensions if one.get("url") == url]
        self._extensions = [one for one in self._extensions if one.get("url") != url]
        return found

    def has(self, name: str) -> bool:
        """Whether an element is there, untaken."""
        return name in self._left

    def has_extension(self, url: str) -> bool:
        """Whether an extension is there, untaken."""
        return any(one.get("url") == url for one in self._extensions)

    def control(self, *wanted: str) -> str:
        """Which of the wanted controls (HL7's questionnaire-itemControl) shows it, or nothing."""
        for one in self._extensions:
            value = value_of(one) if one.get("url") == urls.ITEM_CONTROL else None
            concept = value.json if value is not None and isinstance(value.json, dict) else {}
            codes = [text(coded, "code") for coded in objects(concept, "coding")]
            found = next((code for code in codes if code in wanted), "")
            if found:
                self._extensions.remove(one)
                return found
        return ""

    def rest(self) -> Iterator[str]:
        """The names of elements of R4, and the URLs of extensions, that nobody took."""
        for name in self._left:
            # What is no element at all is told by `structure`, and modifier extensions before everything.
            if name.removeprefix("_") in SCHEMA[self._kind] and name != "modifierExtension":
                yield name
        # One without a URL is told by `structure` too.
        yield from filter(None, (text(one, "url") for one in self._extensions))

    def tell_rest(self, field: str, losses: Losses) -> None:
        """Tell what nobody took, each kind once in the whole file."""
        for name in self.rest():
            losses.tell(
                field,
                Message("“{element}” is left out: there is nothing like it here", element=_called(name)),
                kind=(self._kind, name),
            )


def _called(name: str) -> str:
    """An element or an extension, of a long URL the end: that is where its name stands."""
    whole = shown(name)
    return shown(f"…/{name.rpartition('/')[2]}") if whole.endswith("…") else whole


def _says(value: Json) -> bool:
    return value is not None and value is not False and value not in ("", [], {})

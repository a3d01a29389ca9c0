"""The question that an item of a Questionnaire becomes: its kind, its bounds, its options."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from pydantic import ValidationError

from data.domain.choices import SCALE_STEPS
from data.domain.errors import Message
from data.domain.forms import (
    Confirmation,
    Date,
    DateTime,
    DecimalNumber,
    File,
    Filled,
    LongText,
    Measure,
    OneChoice,
    Scale,
    SeveralChoices,
    ShortText,
    Time,
    WhiteBox,
    WholeNumber,
    YesNo,
)
from data.domain.limits import LINE_LIMIT, TEXT_LIMIT
from data.domain.reading import Refused, read_moment
from data.domain.text import clean
from data.exchange.fhir import urls
from data.exchange.fhir.findings import shown
from data.exchange.fhir.import_options import OptionReader
from data.exchange.fhir.losses import Losses
from data.exchange.fhir.primitives import span
from data.exchange.fhir.questionnaire import Value, text
from data.exchange.fhir.source import Source
from data.exchange.fhir.values import NONE_OFFERED, Offered, offered, stored_value

Fields = dict[str, Any]

_CONTROLS: Final = frozenset({"radio-button", "check-box", "text-box", "drop-down"})
"""Ways to show a question that say no more than its kind does here."""

_DAY: Final = 86_400

_ENDS: Final = (("least", (urls.MIN_VALUE, urls.MIN_QUANTITY)), ("most", (urls.MAX_VALUE, urls.MAX_QUANTITY)))
_MEASURES: Final[dict[str, type[Measure]]] = {
    "date": Date,
    "dateTime": DateTime,
    "time": Time,
    "integer": WholeNumber,
    "decimal": DecimalNumber,
    "quantity": DecimalNumber,
}


@dataclass
class Made:
    """What an item became; `offered` is what the answers to a choice look like in FHIR."""

    item: Filled
    offered: Offered = field(default_factory=lambda: NONE_OFFERED)


class QuestionReader:
    """Makes questions and white boxes of items. What an item says in vain stays in its `Source`."""

    def __init__(self, options: OptionReader, losses: Losses) -> None:
        self._options = options
        self._losses = losses

    def read(self, kind: str, fields: Fields, source: Source, where: str) -> Made | None:
        """The item of FHIR's type `kind`; None for a type that there is nothing like here.

        `fields` are id, wording, help and required; `where` is what losses are told of.
        """
        control = self._control(source)
        made: Filled | None = None
        if (
            kind in {"choice", "open-choice", "coding"}
            or source.has("answerOption")
            or source.has("answerValueSet")
        ):
            return self._choice(kind, fields, source, where)
        if kind in {"string", "text", "url"}:
            made = self._text(kind, fields, source, where)
        elif kind == "boolean":
            made = self._made(Confirmation if source.says(urls.CONFIRMATION) else YesNo, fields, where)
        elif kind == "attachment":
            made = self._made(File, fields, where)
        elif kind == "integer" and (control == "slider" or source.has_extension(urls.SCALE)):
            made = self._scale(fields, source, where)
        elif kind in _MEASURES:
            made = self._measure(kind, fields, source, where)
        return None if made is None else Made(made)

    def _text(self, kind: str, fields: Fields, source: Source, where: str) -> Filled:
        if source.says(urls.WHITE_BOX):
            return self._white_box(fields, source, where)
        if kind == "url":
            self._tell(where, Message("It asks for a web address: here it takes any short text"), "url")
        limit = TEXT_LIMIT if kind == "text" else LINE_LIMIT
        own, most = source.number(urls.MOST), source.integer("maxLength")
        if own is None and most is not None and most > limit and kind != "text":
            self._tell(
                where, Message("It takes more than {limit} characters: it becomes a long text", limit=limit)
            )
            kind, limit = "text", TEXT_LIMIT
        found: Fields = {
            "most_length": self._length(own, most, limit, where),
            "least_length": max(0, source.number(urls.MIN_LENGTH) or 0),
            "pattern": self._line(source.string(urls.REGEX), where),
            "pattern_message": self._line(source.string(urls.PATTERN_MESSAGE), where),
        }
        wanted = self._line(source.string(urls.ENTRY_FORMAT), where)
        if wanted and found["pattern"] and not found["pattern_message"]:
            found["pattern_message"] = wanted
        elif wanted and not fields["help"]:
            fields = {**fields, "help": wanted}
        elif wanted:
            self._tell(where, Message("How to write it is left out: {words}", words=shown(wanted)))
        return self._made(LongText if kind == "text" else ShortText, {**fields, **found}, where)

    def _white_box(self, fields: Fields, source: Source, where: str) -> Filled:
        own, most = source.number(urls.MOST), source.integer("maxLength")
        initial = [Source(one, "Questionnaire.item.initial").value() for one in source.objects("initial")]
        default = next((one.json for one in initial if one is not None and one.type == "string"), "")
        if len(clean(str(default), lines=True, limit=TEXT_LIMIT + 1)) > TEXT_LIMIT:
            self._tell(where, Message("The text that it begins with is cut after {limit}", limit=TEXT_LIMIT))
        own_fields = {
            "name": self._line(source.string(urls.WHITE_BOX_NAME), where),
            "default": default,
            "most_length": self._length(own, most, TEXT_LIMIT, where),
        }
        return self._made(WhiteBox, {**fields, **own_fields}, where)

    def _length(self, own: int | None, most: int | None, limit: int, where: str) -> int:
        """How many characters an answer may have; `own` is a limit of ours, which is kept as it is."""
        if own is not None:
            return max(0, own)
        if most is not None and 0 <= most <= limit:
            return most
        message = Message("Its answers have at most {limit} characters here", limit=limit)
        self._tell(where, message, ("length", limit))
        return limit

    def _scale(self, fields: Fields, source: Source, where: str) -> Filled:
        """Our own scale as it is, another's slider if its steps are as few as here."""
        ours = source.says(urls.SCALE)
        step = source.number(urls.SLIDER_STEP)
        ends = {end: self._end(Scale, end, of_end, source, where) for end, of_end in _ENDS}
        least, most = ends["least"], ends["most"]
        few = isinstance(least, int) and isinstance(most, int) and 0 < most - least < SCALE_STEPS
        if ours or (few and step in {None, 1}):
            return self._made(Scale, {**fields, **ends}, where)
        message = Message(
            "The slider becomes a whole number: a scale has at most {steps} steps", steps=SCALE_STEPS
        )
        self._tell(where, message)
        return self._made(WholeNumber, {**fields, **ends, "unit": self._unit(source, where)}, where)

    def _measure(self, kind: str, fields: Fields, source: Source, where: str) -> Filled:
        made = _MEASURES[kind]
        found: Fields = {end: self._end(made, end, of_end, source, where) for end, of_end in _ENDS}
        if made in {WholeNumber, DecimalNumber}:
            found["unit"] = self._unit(source, where)
        if made is DecimalNumber:
            found["decimals"] = source.number(urls.MAX_DECIMAL_PLACES)
        if kind == "quantity":
            self._tell(where, Message("The amount with a unit becomes a number in that unit"), "quantity")
        return self._made(made, {**fields, **found}, where)

    def _end(
        self, kind: type[Measure | Scale], end: str, of_end: tuple[str, ...], source: Source, where: str
    ) -> object:
        """One end of the range, as it is stored; None where there is none that can be kept."""
        value = source.extension(*of_end)
        if value is None:
            return None
        try:
            return _stored_end(kind, end, value)
        except Refused:
            words = {
                "least": Message(
                    "Its least, {value}, is left out: any lower answer is taken", value=shown(value.json)
                ),
                "most": Message(
                    "Its most, {value}, is left out: any higher answer is taken", value=shown(value.json)
                ),
            }
            self._tell(where, words[end])
            return None

    def _unit(self, source: Source, where: str) -> str:
        unit = source.extension(urls.UNIT, kinds=("Coding",))
        if unit is None:
            unit = source.extension(urls.UNIT_OPTION, kinds=("Coding",))
        coded = unit.json if unit is not None and isinstance(unit.json, dict) else {}
        words, code = text(coded, "display") or text(coded, "code"), text(coded, "code")
        if text(coded, "system") or code not in {"", words}:
            self._tell(
                where, Message("The code of the unit ({code}) is left out", code=shown(code)), "unit code"
            )
        return self._line(words, where)

    def _choice(self, kind: str, fields: Fields, source: Source, where: str) -> Made:
        if kind not in {"choice", "open-choice", "coding"}:
            self._tell(where, Message("It has options to choose from: it becomes a choice"), ("choice", kind))
        found = self._options.read(source, where)
        fields = {**fields, "options": tuple(found.options), "other": kind == "open-choice"}
        if source.integer("maxLength") is not None or source.string(urls.REGEX):
            self._tell(where, Message("What limits an answer of one's own is left out"), "own answers")
        if not source.flag("repeats"):
            return Made(self._made(OneChoice, fields, where), offered(found.offered))
        least, most = source.number(urls.MIN_OCCURS), source.number(urls.MAX_OCCURS)
        own = source.number(urls.LEAST)
        least = own if own is not None else least
        several = {"least": 1 if least is None else max(0, least), "most": most}
        return Made(self._made(SeveralChoices, {**fields, **several}, where), offered(found.offered))

    def _control(self, source: Source) -> str:
        """The control that shows it; one that is not known stays in the source, to be told."""
        return source.control(*_CONTROLS, "slider")

    def _line(self, words: str, where: str) -> str:
        """A line of text; one that is too long is cut, which is told."""
        safe = clean(words, limit=LINE_LIMIT + 1)
        if len(safe) > LINE_LIMIT:
            message = Message("“{text}” is cut after {limit} characters", text=shown(safe), limit=LINE_LIMIT)
            self._tell(where, message)
        return safe[:LINE_LIMIT]

    def _made(self, kind: type[Filled], fields: Fields, where: str) -> Filled:
        """The item; a field whose value the model refuses is left out and told."""
        while True:
            try:
                return kind.model_validate(
                    {name: value for name, value in fields.items() if _suits(kind, name)}
                )
            except ValidationError as error:
                fault = str(error.errors()[0]["loc"][0])
                value = shown(fields.pop(fault))
                self._tell(where, Message("{value} can't be kept for “{part}”", value=value, part=fault))

    def _tell(self, where: str, message: Message, kind: object = None) -> None:
        self._losses.tell(where, message, kind=kind)


def _suits(kind: type[Filled], name: str) -> bool:
    return name in kind.model_fields


def _stored_end(kind: type[Measure | Scale], end: str, value: Value) -> object:
    """An end as it is stored. Raises `Refused`."""
    if kind not in {Date, DateTime}:
        return stored_value(kind(id="x"), value)
    value = _whole(value, end)
    if kind is DateTime and value.type == "date":
        return read_moment(f"{value.json} {'00:00' if end == 'least' else '23:59'}")
    return stored_value(kind(id="x"), value)


def _whole(value: Value, end: str) -> Value:
    """The first or last day of a date, which may name only a month or a year; any other value as it is."""
    found = span("dateTime", value.json) if value.type in {"date", "dateTime"} else None
    if found is None or found.end == found.start:
        return value
    days = {"least": found.start // _DAY, "most": found.end // _DAY - 1}
    return Value("date", date.fromordinal(int(days[end])).isoformat())

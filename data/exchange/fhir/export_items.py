"""An item of a form as an item of a FHIR R4 Questionnaire; see docs/fhir.md, "Mapping"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.forms import (
    AnyItem,
    Choice,
    Confirmation,
    Date,
    DateTime,
    DecimalNumber,
    File,
    Form,
    LongText,
    OneChoice,
    Option,
    Question,
    Scale,
    Section,
    SeveralChoices,
    ShortText,
    Text,
    Time,
    WhiteBox,
    WholeNumber,
    YesNo,
)
from data.domain.limits import LINE_LIMIT, TEXT_LIMIT
from data.domain.reading import Refused
from data.exchange.fhir import urls
from data.exchange.fhir.extensions import Object, control, extension, flag, nested, with_value
from data.exchange.fhir.questionnaire import Value
from data.exchange.fhir.schema import element_name
from data.exchange.fhir.values import NONE_OFFERED, coding, fhir_value, offered_by, stored_value

OPERATORS = {
    Test.EQUALS: "=",
    Test.DIFFERS: "!=",
    Test.LESS: "<",
    Test.MORE: ">",
    Test.AT_LEAST: ">=",
    Test.AT_MOST: "<=",
}
"""FHIR's name of each test that compares with a value; the other two are `exists`."""

_TYPES = {
    "text": "display",
    "section": "group",
    "white_box": "text",
    "short_text": "string",
    "long_text": "text",
    "yes_no": "boolean",
    "confirmation": "boolean",
    "one_choice": "choice",
    "several_choices": "choice",
    "date": "date",
    "time": "time",
    "date_time": "dateTime",
    "whole_number": "integer",
    "decimal_number": "decimal",
    "scale": "integer",
    "file": "attachment",
}
"""FHIR's type of each kind of item; a choice that takes one's own words is an "open-choice"."""


def export_item(form: Form, item: AnyItem) -> Object:
    """The item with all inside it; `form` is where its conditions find their questions."""
    return _Exported(form, item).json()


class _Exported:
    """An item's elements, gathered in FHIR's order."""

    def __init__(self, form: Form, item: AnyItem) -> None:
        self._form = form
        self._item = item
        self._extensions: list[Object] = []
        self._more: Object = {}
        self._children: list[Object] = []

    def json(self) -> Object:
        item = self._item
        kind = self._kind()
        if not isinstance(item, Text):
            self._child("help", item.help)
        if isinstance(item, Scale):
            self._child("lower", item.least_words)
            self._child("upper", item.most_words)
        if isinstance(item, Section):
            self._children += [export_item(self._form, inner) for inner in item.items]
        elif isinstance(item, Question | WhiteBox) and item.required:
            self._more["required"] = True
        conditions = {} if isinstance(item, WhiteBox) else self._conditions(item.shown_when)
        parts: Object = {
            "extension": self._extensions,
            "linkId": item.id,
            "text": item.wording,
            "type": kind,
            **conditions,
            **self._more,
            "item": self._children,
        }
        return {key: part for key, part in parts.items() if part not in ("", [])}

    def _kind(self) -> str:
        """FHIR's type of the item; what belongs to it alone is noted."""
        match self._item:
            case Text() as text:
                self._integer(urls.HEADING_LEVEL, text.level or None)
            case Section() as section:
                self._section(section)
            case WhiteBox() as box:
                self._white_box(box)
            case Confirmation():
                self._extensions.append(flag(urls.CONFIRMATION))
            case ShortText() | LongText() as question:
                self._text(question)
            case OneChoice() | SeveralChoices() as question:
                self._choice(question)
                if question.other:
                    return "open-choice"
            case Date() | Time() | DateTime() | WholeNumber() | DecimalNumber() | Scale() as question:
                self._measure(question)
            case YesNo() | File():
                pass
            case item:
                assert_never(item)
        return _TYPES[self._item.kind]

    def _section(self, section: Section) -> None:
        if not section.repeats:
            # Not in force until it repeats, but kept for when it does.
            self._integer(urls.LEAST, section.least if section.least != 1 else None)
            self._integer(urls.MOST, section.most if section.most != 10 else None)
            return
        # FHIR's `required` asks for an item inside, and there may be none.
        required = section.least >= 1 and any(map(_is_always_there, section.items))
        if required:
            self._more["required"] = True
        self._more["repeats"] = True
        self._integer(urls.MIN_OCCURS, section.least if section.least > required else None)
        self._integer(urls.MAX_OCCURS, section.most)

    def _white_box(self, box: WhiteBox) -> None:
        self._extensions.append(flag(urls.WHITE_BOX))
        if box.name:
            self._extensions.append(extension(urls.WHITE_BOX_NAME, "string", box.name))
        self._length(box.most_length, TEXT_LIMIT)
        if box.default:
            self._more["initial"] = [{"valueString": box.default}]

    def _text(self, question: ShortText | LongText) -> None:
        self._length(question.most_length, LINE_LIMIT if isinstance(question, ShortText) else TEXT_LIMIT)
        self._integer(urls.MIN_LENGTH, question.least_length or None)
        if question.pattern:
            self._extensions.append(extension(urls.REGEX, "string", question.pattern))
        if question.pattern_message:
            self._extensions.append(extension(urls.PATTERN_MESSAGE, "string", question.pattern_message))

    def _length(self, most: int, limit: int) -> None:
        """A draft's limit may be beyond what we take; as FHIR's it would be lowered when it is read."""
        if most <= limit:
            self._more["maxLength"] = most
        else:
            self._integer(urls.MOST, most)

    def _choice(self, question: OneChoice | SeveralChoices) -> None:
        self._more["answerOption"] = [_option(option) for option in question.options]
        if not isinstance(question, SeveralChoices):
            return
        self._more["repeats"] = True
        # An exclusive option answers alone here, however many are asked for; minOccurs makes no exception.
        alone = any(option.exclusive for option in question.options)
        if question.least > 1 and not alone:
            self._integer(urls.MIN_OCCURS, question.least)
        elif question.least != 1:
            self._integer(urls.LEAST, question.least)
        self._integer(urls.MAX_OCCURS, question.most)

    def _measure(self, question: Date | Time | DateTime | WholeNumber | DecimalNumber | Scale) -> None:
        for url, bound in ((urls.MIN_VALUE, question.least), (urls.MAX_VALUE, question.most)):
            if bound is not None:
                self._extensions.append(with_value(url, fhir_value(question, bound)))
        if isinstance(question, Scale):
            self._extensions += [
                flag(urls.SCALE),
                control("slider"),
                extension(urls.SLIDER_STEP, "integer", 1),
            ]
        if isinstance(question, DecimalNumber):
            self._integer(urls.MAX_DECIMAL_PLACES, question.decimals)
        if isinstance(question, WholeNumber | DecimalNumber) and question.unit:
            self._extensions.append(extension(urls.UNIT, "Coding", {"display": question.unit}))

    def _child(self, code: str, words: str) -> None:
        """Words about the item, as HL7 has them: a display inside it. No id of ours holds a #."""
        if words:
            link_id = f"{self._item.id}#{code}"
            display = {"extension": [control(code)], "linkId": link_id, "text": words, "type": "display"}
            self._children.append(display)

    def _integer(self, url: str, value: int | None) -> None:
        if value is not None:
            self._extensions.append(extension(url, "integer", value))

    def _conditions(self, shown_when: ShownWhen | None) -> Object:
        if shown_when is None:
            return {}
        said = [_enable_when(self._form, condition) for condition in shown_when.conditions]
        if not said or not all(said):
            self._extensions.append(_shown_when(shown_when))
            return {}
        behaviour = "all" if shown_when.every else "any"
        several = len(said) > 1 or not shown_when.every
        return {"enableWhen": said, **({"enableBehavior": behaviour} if several else {})}


def _is_always_there(item: AnyItem) -> bool:
    """Whether every response has the item wherever what it stands in is shown."""
    if isinstance(item, Section) and item.repeats and item.least == 0:
        return False
    return isinstance(item, WhiteBox) or item.shown_when is None


def _option(option: Option) -> Object:
    extensions = []
    if option.points is not None:
        extensions.append(extension(urls.ORDINAL_VALUE, "decimal", option.points))
    if option.exclusive:
        extensions.append(flag(urls.OPTION_EXCLUSIVE))
    if not option.wording:
        extensions.append(flag(urls.NO_WORDING))
    return {**({"extension": extensions} if extensions else {}), "valueCoding": coding(option)}


def _enable_when(form: Form, condition: Condition) -> Object | None:
    """The condition as FHIR has it; None for one of a draft that FHIR can't say, or not without change."""
    question = form.item(condition.question)
    if not isinstance(question, Question):
        return None
    if not condition.test.needs_value:
        exists = condition.test is Test.ANSWERED
        said = {"question": condition.question, "operator": "exists", "answerBoolean": exists}
        return said if condition.value is None else None
    try:
        value = fhir_value(question, condition.value)
        offered = offered_by(question) if isinstance(question, Choice) else NONE_OFFERED
        back = stored_value(question, value, offered)
    except Refused:
        return None
    if (type(back), back) != (type(condition.value), condition.value):
        return None
    return {
        "question": condition.question,
        "operator": OPERATORS[condition.test],
        element_name("answer", value.type): value.json,
    }


def _shown_when(shown_when: ShownWhen) -> Object:
    """Conditions of a draft, as they are."""
    return nested(
        urls.SHOWN_WHEN,
        [
            extension("every", "boolean", shown_when.every),
            *(nested("condition", list(_parts(condition))) for condition in shown_when.conditions),
        ],
    )


def _parts(condition: Condition) -> Iterator[Object]:
    if condition.question:
        yield extension("question", "string", condition.question)
    yield extension("test", "code", condition.test.value)
    match condition.value:
        case bool():
            yield with_value("value", Value("boolean", condition.value))
        case int():
            yield with_value("value", Value("integer", condition.value))
        case str() if condition.value:
            yield with_value("value", Value("string", condition.value))
        case str():
            yield flag("emptyValue")

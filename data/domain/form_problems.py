"""All that keeps a form from being published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from data.domain import placeholders
from data.domain.choices import Choice, Scale
from data.domain.conditions import Condition
from data.domain.errors import Message, Problem
from data.domain.items import Question, WhiteBox
from data.domain.reading import Refused
from data.domain.text import fold

if TYPE_CHECKING:
    from data.domain.forms import Form, Place
    from data.domain.scores import Score

SHOWN_LIMIT = 1000
"""How many items a form may begin with, repeated ones counted each time."""

_LATER = Message("The condition asks about a later question: move that one before this")
_ITSELF = Message("The condition asks about the item itself or something in it: choose an earlier question")
_GONE = Message("The condition asks about a question that is gone: choose another")
_LONE_BRACE = Message("A brace stands alone: write {{name}} for a name, and {{{{ or }}}} for a brace")


def problems_of(form: Form) -> tuple[Problem, ...]:
    """`field` is an item's id, a property of the form, or `scores`; `part` is the field of the item, or the
    score's id."""
    found = chain(
        _of_items(form),
        _of_answerable(form),
        _of_ids(form),
        _of_length(form),
        _of_white_boxes(form),
        _of_conditions(form),
        _of_placeholders(form),
        _of_scores(form),
    )
    return tuple(found)


def unfilled(form: Form, filled: Iterable[str]) -> Iterator[Problem]:
    """The placeholders that have no value yet; `filled` are the keys that have one. `field` is the id of the
    white box that should be written in, or `signature`."""
    known = set(filled)
    for name, key in form.keys_used.items():
        if key in known:
            continue
        box = next((box for box in form.white_boxes if form.box_keys.get(box.id) == key), None)
        if box is not None:
            message = Message("Write here before you send: a text uses {{{name}}}", name=name)
            yield Problem(box.id, message)
        elif key == placeholders.Given.SIGNATURE:
            yield Problem("signature", Message("The text uses your signature: write one"))
        else:
            yield Problem(
                "written", Message("Nothing is known for {{{name}}}: tell an administrator", name=name)
            )


def names_used(form: Form) -> tuple[str, ...]:
    """The names in the placeholders of a form's texts, each once as it is first written."""
    used = (name for _item, _field, text in _texts(form) for name in placeholders.names_in(text))
    return tuple(dict.fromkeys(used))


def _of_items(form: Form) -> Iterator[Problem]:
    for place in form.places:
        for part, message in place.item.problems():
            yield Problem(place.item.id, message, part)


def _of_answerable(form: Form) -> Iterator[Problem]:
    if form.answerable:
        if not form.questions:
            yield Problem("items", Message("Add a question, or let the patient only read"))
        return
    for question in form.questions:
        yield Problem(question.id, Message("The patient can't answer this message: delete the question"))
    if not form.patient_instruction and not form.items:
        yield Problem("items", Message("Write something for the patient to read"))


def _of_ids(form: Form) -> Iterator[Problem]:
    seen: set[str] = set()
    for place in form.places:
        if place.item.id in seen:
            yield Problem(place.item.id, Message("Two items have the same id: delete one and add it anew"))
        seen.add(place.item.id)


def _of_length(form: Form) -> Iterator[Problem]:
    """Sections in sections that each repeat multiply: the patient's screen has to hold them all."""
    count = 0
    for place in form.places:
        times = 1
        for section in place.within:
            times *= section.least if section.repeats else 1
        count += times
    if count > SHOWN_LIMIT:
        message = Message(
            "With its sections repeated the least number of times, the form holds {count} items: "
            "at most {limit}. Lower the least of a section",
            count=count,
            limit=SHOWN_LIMIT,
        )
        yield Problem("items", message)


def _of_white_boxes(form: Form) -> Iterator[Problem]:
    names: set[str] = set()
    for place in form.places:
        box = place.item
        if not isinstance(box, WhiteBox):
            continue
        if place.repeated:
            yield Problem(
                box.id, Message("Staff can't write in a section that repeats: move the white box out of it")
            )
        if not box.name:
            continue
        if set(box.name) & set("{}"):
            yield Problem(box.id, Message("Write the name without braces"), "name")
        if placeholders.is_given(box.name):
            yield Problem(
                box.id, Message("{name} means something else: choose another name", name=box.name), "name"
            )
        if fold(box.name) in names:
            yield Problem(box.id, Message("Another white box has this name: choose another"), "name")
        names.add(fold(box.name))


def _of_conditions(form: Form) -> Iterator[Problem]:
    earlier: dict[str, Place] = {}
    for place in form.places:
        shown_when = None if isinstance(place.item, WhiteBox) else place.item.shown_when
        if shown_when is not None:
            if not shown_when.conditions:
                yield Problem(place.item.id, Message("Write a condition, or show it always"), "shown_when")
            for condition in shown_when.conditions:
                message = _fault(condition, place, earlier, form)
                if message is not None:
                    yield Problem(place.item.id, message, "shown_when")
        earlier.setdefault(place.item.id, place)


def _fault(condition: Condition, place: Place, earlier: dict[str, Place], form: Form) -> Message | None:
    """What is wrong with a condition of the item at `place`."""
    asked = earlier.get(condition.question)
    if asked is None:
        return _not_earlier(place, form.place(condition.question))
    question = asked.item
    if not isinstance(question, Question):
        return Message("The condition asks about “{item}”, which is no question", item=question.wording)
    if any(section.repeats and section not in place.within for section in asked.within):
        return Message(
            "“{question}” may have several answers, since its section repeats: ask in the same section",
            question=question.wording,
        )
    if condition.test not in question.TESTS:
        return Message(
            "“{question}” can't be compared so: choose another condition", question=question.wording
        )
    if condition.test.needs_value and not _is_answer(question, condition.value):
        return Message("Choose the answer to “{question}” that decides", question=question.wording)
    return None


def _not_earlier(place: Place, asked: Place | None) -> Message:
    """What is wrong with a condition of the item at `place` on what does not stand before it."""
    if asked is None:
        return _GONE
    return _ITSELF if place.item.id in {asked.item.id, *(one.id for one in asked.within)} else _LATER


def _is_answer(question: Question, value: object) -> bool:
    """Whether the value is one that this question stores."""
    try:
        return value is not None and question.wanted(value) == value
    except Refused:
        return False


def _of_placeholders(form: Form) -> Iterator[Problem]:
    boxes = {placeholders.key_of(box.name) for box in form.white_boxes if box.name}
    for item_id, part, text in _texts(form):
        for name in placeholders.names_in(text):
            if not placeholders.is_given(name) and placeholders.key_of(name) not in boxes:
                message = Message(
                    "{{{name}}} is unknown: write {{name}}, {{clinic}}, {{signature}} or {{date}}, "
                    "or the short name of a white box",
                    name=name,
                )
                yield Problem(item_id, message, part)
        if placeholders.has_lone_brace(text):
            yield Problem(item_id, _LONE_BRACE, part)
    for place in form.places:
        for part, text in place.item.plain_texts():
            for name in placeholders.names_in(text):
                if placeholders.is_given(name) or placeholders.key_of(name) in boxes:
                    message = Message("{{{name}}} is not filled in here: use it in the wording", name=name)
                    yield Problem(place.item.id, message, part)
    for name in placeholders.names_in(form.title):
        if placeholders.key_of(name) in boxes:
            yield Problem("title", Message("The title stands in the inbox: use no white box in it"))


def _of_scores(form: Form) -> Iterator[Problem]:
    if len({score.id for score in form.scores}) < len(form.scores):
        yield Problem("scores", Message("Two scores have the same id: delete one"))
    for score in form.scores:
        for message in (*score.problems(), *_of_summed(form, score)):
            yield Problem("scores", message, score.id)


def _of_summed(form: Form, score: Score) -> Iterator[Message]:
    for item_id in score.questions:
        place = form.place(item_id)
        question = place.item if place else None
        if place is None or not isinstance(question, Choice | Scale):
            yield Message("The score sums a question that is gone or has no points: take it out of the sum")
        elif isinstance(question, Choice) and all(option.points is None for option in question.options):
            yield Message("“{question}” has no points: give its options some", question=question.wording)
        elif place.repeated:
            yield Message(
                "“{question}” lies in a section that repeats: it can't be summed", question=question.wording
            )


def _texts(form: Form) -> Iterator[tuple[str, str, str]]:
    """Every text with placeholders: the item's id or the property's name, the field, the text."""
    for name, text in form.texts():
        yield name, "", text
    for place in form.places:
        for part, text in place.item.texts():
            yield place.item.id, part, text

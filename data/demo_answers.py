"""Believable answers to any form, for the demo clinic's history."""

from __future__ import annotations

import random
from collections.abc import Iterable

from data.domain.answers import Answers, Writer, check
from data.domain.forms import (
    AnyItem,
    Confirmation,
    Date,
    DateTime,
    DecimalNumber,
    Form,
    LongText,
    Measure,
    OneChoice,
    Question,
    Scale,
    Section,
    SeveralChoices,
    ShortText,
    Time,
    Value,
    WholeNumber,
    YesNo,
)

_KNOWN: dict[str, tuple[Value, ...]] = {
    "namn": ("Alvedon", "Metformin", "Kåvepenin"),
    "styrka": ("500 mg", "850 mg", "1 g"),
    "dos": ("1 tablett morgon och kväll", "2 tabletter vid behov"),
    "telefon": ("070-123 45 67",),
    "na": ("Via sin arbetsplats",),
    "over": (128, 134, 141),
    "under": (76, 82, 88),
    "puls": (64, 71),
    "cigaretter": (5, 10),
    "tar": (True,),
    "langd": (164, 172, 181),
    "vikt": ("68", "74,5", "82"),
}
"""Answers to questions of the shipped library that need words of their own, by the question's id."""

_LINES = ("Ja, sedan i våras", "Inget särskilt", "Ett par gånger i veckan", "Bara ibland")
_STORIES = (
    "Jag har haft ont i ryggen ett tag, mest på morgnarna.",
    "Det började för två veckor sedan och har blivit bättre.",
    "Jag sover dåligt och är trött på dagarna.",
)


def answers(form: Form, chance: random.Random) -> Answers:
    """Answers that the form takes; a question whose rules they can't meet stays unanswered."""
    return check(form, _typed(form.items, chance), Writer.PATIENT).values


def _typed(items: Iterable[AnyItem], chance: random.Random) -> dict[str, object]:
    given: dict[str, object] = {}
    for item in items:
        if isinstance(item, Section) and item.repeats:
            times = min(item.most, max(item.least, chance.randrange(1, 3)))
            given[item.id] = [_typed(item.items, chance) for _ in range(times)]
        elif isinstance(item, Section):
            given.update(_typed(item.items, chance))
        elif isinstance(item, Question) and (item.required or chance.random() < 0.6):
            given[item.id] = _answer(item, chance)
    return given


def _answer(question: Question, chance: random.Random) -> Value | None:
    answer: Value | None = None
    match question:
        case _ if question.id in _KNOWN:
            answer = chance.choice(_KNOWN[question.id])
        case Confirmation():
            answer = True
        case YesNo():
            answer = chance.random() < 0.4
        case Scale():
            answer = chance.choice(question.steps)
        case OneChoice():
            answer = chance.choice(question.options).id
        case SeveralChoices():
            wanted = min(
                max(question.least, 1 + (chance.random() < 0.3)), question.most or len(question.options)
            )
            answer = [*[option.id for option in question.options if not option.exclusive][:wanted]]
        case LongText():
            answer = chance.choice(_STORIES)
        case ShortText():
            answer = chance.choice(_LINES)
        case Measure():
            answer = _measured(question, chance)
    return answer


def _measured(question: Measure, chance: random.Random) -> Value:
    least, most = question.bounds
    match question:
        case Date():
            return str(least or most or "2026-01-15")
        case Time():
            return str(least or most or "08:30")
        case DateTime():
            return str(least or most or "2026-01-15T08:30")
        case WholeNumber() | DecimalNumber():
            first = int(least) + 1 if least is not None else 60
            last = int(most) - 1 if most is not None else max(first, 95)
            number = (first + last) // 2 + chance.randrange(-3, 4)
            return str(number) if isinstance(question, DecimalNumber) else number
    raise TypeError(type(question))

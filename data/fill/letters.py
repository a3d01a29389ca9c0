"""What staff write in the templates of the library, and what patients answer: many sets of each, made ready
once and then used over and over, since a check of an answer costs more than a row."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from data.demo_answers import answers
from data.domain.answers import Answers, Writer, check
from data.domain.forms import Form, LongText, ShortText, WhiteBox
from data.fill import words

MOST_SETS = 200
"""Of each kind for a template: a word that one set alone has is then as rare as 1 case in 5,000."""

_WORDS: Mapping[str, Callable[[Random], str]] = {
    "dos": words.prescription,
    "läkemedel": words.prescription,
    "plan": words.plan,
    "svar": words.result,
    "tid": words.time,
    "gammal tid": words.time,
    "ny tid": words.time,
    "sista dag": words.time,
    "vaccin": words.time,
    "prover": words.result,
    "besök": words.plan,
    "vart": words.place,
}
"""What suits a white box, by its name; `words.plan` suits the others, and a place those called so."""


@dataclass(frozen=True)
class Letter:
    """A template of the library: its form, and sets of texts as cases hold them (JSON).

    `answers` is empty where the patient can't answer.
    """

    name: str
    form: Form
    written: tuple[str, ...]
    answers: tuple[str, ...]


def letters(library: Mapping[str, Form], sets: int, chance: Random) -> tuple[Letter, ...]:
    """Every template of the library with `sets` sets of texts, at most `MOST_SETS`."""
    return tuple(_letter(name, form, min(sets, MOST_SETS), chance) for name, form in library.items())


def _letter(name: str, form: Form, sets: int, chance: Random) -> Letter:
    return Letter(
        name,
        form,
        written=tuple(_json(_written(form, chance)) for _ in range(sets)),
        answers=tuple(_json(_answers(form, chance)) for _ in range(sets)) if form.answerable else (),
    )


def _written(form: Form, chance: Random) -> Answers:
    texts = {box.id: _text(box, chance) for box in form.white_boxes}
    return check(form, texts, Writer.STAFF).values


def _text(box: WhiteBox, chance: Random) -> str:
    if box.default and chance.random() < 0.8:
        return box.default
    write = words.place if box.wording == "Plats" else _WORDS.get(box.name, words.plan)
    return write(chance)[: box.most_length]


def _answers(form: Form, chance: Random) -> Answers:
    """Answers as the demo's patients give them, in more words."""
    plain = answers(form, chance)
    told = {
        question.id: words.story(chance) if isinstance(question, LongText) else words.remark(chance)
        for question in form.questions
        if isinstance(question, LongText | ShortText) and isinstance(plain.get(question.id), str)
    }
    checked = check(form, {**plain, **told}, Writer.PATIENT)
    return plain if checked.problems else checked.values


def _json(values: Mapping[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False)

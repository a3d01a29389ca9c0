"""Checking answers: how the cost grows with their number, and beside pydantic's check of the same values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, create_model

from data.domain.answers import Writer, check
from data.domain.forms import Form, OneChoice, Question, Scale, SeveralChoices, ShortText, WholeNumber, YesNo
from tests.bench.forms import answers_to, flat_questions
from tests.bench.measure import Effort, Ratio, Row, Table, in_turns

SIZES = (10, 200)
DESCRIPTION = """
`data.domain.answers.check` of one good answer to each of n required questions (yes/no, one choice, short
text, whole number as text, several choices, scale, date), in memory. Baseline: `model_validate` of a pydantic
model with a field of the matching type for each (bool, Literal, str with a length, int with bounds, date),
which is compiled, and knows no conditions, no paths and no words for what is wrong.
"""
_BASE = "pydantic"


def run(effort: Effort) -> Iterator[Table]:
    table = Table("Checking answers", DESCRIPTION, columns=("check", _BASE))
    for size in SIZES:
        form = flat_questions(size)
        typed = answers_to(form)
        assert not check(form, typed, Writer.PATIENT).problems
        model = model_of(form)
        works = {"check": lambda f=form, t=typed: check(f, t, Writer.PATIENT),
                 _BASE: lambda m=model, t=typed: m.model_validate(t)}  # fmt: skip
        table.rows.append(Row(f"{size} answers", in_turns(works, effort)))
    few, many = table.rows
    share = SIZES[1] / SIZES[0]
    table.ratios.extend(
        (
            Ratio("one answer among 200, over one among 10", (many, "check"), (few, "check"), share),
            Ratio("200 answers, over pydantic", (many, "check"), (many, _BASE)),
        )
    )
    yield table


def model_of(form: Form) -> type[BaseModel]:
    """A pydantic model that takes the same answers."""
    fields: dict[str, Any] = {
        f"field_{at}": (_type_of(one), Field(alias=one.id)) for at, one in enumerate(form.questions)
    }
    return create_model("Plain", **fields)


def _type_of(question: Question) -> object:
    match question:
        case YesNo():
            return bool
        case OneChoice():
            return Literal[tuple(option.id for option in question.options)]
        case SeveralChoices():
            return list[Literal[tuple(option.id for option in question.options)]]  # type: ignore[misc]
        case ShortText():
            return Annotated[str, Field(max_length=question.most_length)]
        case WholeNumber() | Scale():
            return Annotated[int, Field(ge=question.least, le=question.most)]
        case _:
            return dt.date

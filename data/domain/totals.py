"""What the scores of a form come to with a patient's answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from data.domain.answers import Writer, check
from data.domain.choices import Choice, Option, Scale
from data.domain.forms import Form
from data.domain.items import Value
from data.domain.scores import Band, Score


@dataclass(frozen=True)
class Total:
    """A score's sum. `unanswered` counts the questions without a value, or with the patient's own answer
    alone: the sum is too low by theirs.

    `band` is None for a sum outside all bands, and when nothing at all was answered: 0 says nothing then.
    """

    score: Score
    points: Decimal
    unanswered: int
    band: Band | None


def totals(form: Form, answers: Mapping[str, object]) -> tuple[Total, ...]:
    """Every score of the form, in its order. A hidden question counts as unanswered."""
    given = {one.item.id: one for one in check(form, answers, Writer.PATIENT).shown}
    return tuple(
        _total(
            score,
            [_points(given[one].item, given[one].value) if one in given else None for one in score.questions],
        )
        for score in form.scores
    )


def _total(score: Score, points: list[Decimal | None]) -> Total:
    known = [one for one in points if one is not None]
    total = sum(known, Decimal(0))
    band = next(_bands_at(score, total), None) if known else None
    return Total(score, total, len(points) - len(known), band)


def _bands_at(score: Score, total: Decimal) -> Iterator[Band]:
    for band in score.bands:
        if (band.least is None or band.least <= total) and (band.most is None or total <= band.most):
            yield band


def _points(item: object, value: Value | None) -> Decimal | None:
    """The points of an answer; None when there is none."""
    match item:
        case Scale() if isinstance(value, int):
            return Decimal(value)
        case Choice() if value is not None:
            chosen = value if isinstance(value, list) else [value]
            options: list[Option | None] = [item.option(one) for one in chosen if isinstance(one, str)]
            if not options:  # an own answer alone: what it would give is not known, and 0 would be a claim
                return None
            return sum((one.points or Decimal(0) for one in options if one is not None), Decimal(0))
        case _:
            return None

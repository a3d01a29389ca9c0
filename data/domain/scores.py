"""Scores: sums of the points of answers, and what a sum means in words."""

from __future__ import annotations

from collections.abc import Iterator

from data.domain.errors import Message
from data.domain.items import ItemId
from data.domain.reading import Amount, Line
from data.domain.validated import Validated


class Band(Validated):
    """What the sums from `least` to `most`, both included, mean; None leaves that end open."""

    least: Amount = None
    most: Amount = None
    wording: Line = ""


class Score(Validated):
    """The sum of the points of `questions`. Staff see it with the answers, the patient only if asked for."""

    id: ItemId
    name: Line = ""
    questions: tuple[ItemId, ...] = ()
    bands: tuple[Band, ...] = ()
    shown_to_patient: bool = False

    def problems(self) -> Iterator[Message]:
        """What keeps this score from being published, apart from its questions."""
        if not self.name:
            yield Message("Give the score a name")
        if not self.questions:
            yield Message("Choose the questions that the score sums")
        if len(set(self.questions)) < len(self.questions):
            yield Message("The score sums a question twice: take it out once")
        if not all(band.wording for band in self.bands):
            yield Message("Say in words what each band of the score means")
        for band in self.bands:
            if band.least is not None and band.most is not None and band.least > band.most:
                yield Message("“{band}” begins above where it ends: change one of them", band=band.wording)
        for index, band in enumerate(self.bands):
            for other in self.bands[index + 1 :]:
                if _overlap(band, other):
                    yield Message(
                        "“{one}” and “{other}” overlap: change one of them",
                        one=band.wording,
                        other=other.wording,
                    )


def _overlap(one: Band, other: Band) -> bool:
    def begins_within(a: Band, b: Band) -> bool:
        return a.most is None or b.least is None or b.least <= a.most

    return begins_within(one, other) and begins_within(other, one)

"""The scores that a Questionnaire of ours brings along; see docs/fhir.md, "Mapping"."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from pydantic import ValidationError

from data.domain.errors import Message
from data.domain.reading import Refused, read_decimal
from data.domain.scores import Band, Score
from data.exchange.fhir import urls
from data.exchange.fhir.losses import Losses
from data.exchange.fhir.primitives import number
from data.exchange.fhir.questionnaire import JsonObject, value_of
from data.exchange.fhir.source import Source


def read_scores(questionnaire: Source, id_of: Callable[[str], str], losses: Losses) -> tuple[Score, ...]:
    """The scores; one that can't be read is told and left out. `id_of` gives the id of a linkId's item."""
    found = []
    for json in questionnaire.nested(urls.SCORE):
        try:
            found.append(_score(json, id_of, losses))
        except (ValidationError, Refused):
            losses.tell("Questionnaire", Message("A score that can't be read is left out"))
    return tuple(found)


def _score(json: JsonObject, id_of: Callable[[str], str], losses: Losses) -> Score:
    source = Source(json, "Extension", "url")
    asked = [value_of(one) for one in source.nested("question")]
    score = Score(
        id=source.string("id"),
        name=source.string("name"),
        questions=tuple(id_of(str(one.json)) for one in asked if one is not None),
        bands=tuple(_band(one, losses) for one in source.nested("band")),
        shown_to_patient=source.says("shownToPatient"),
    )
    source.tell_rest("Questionnaire", losses)
    return score


def _band(json: JsonObject, losses: Losses) -> Band:
    source = Source(json, "Extension", "url", "valueBoolean")
    band = Band(least=_end(source, "least"), most=_end(source, "most"), wording=source.string("wording"))
    source.tell_rest("Questionnaire", losses)
    return band


def _end(source: Source, name: str) -> Decimal | None:
    value = source.extension(name, kinds=("decimal", "integer"))
    exact = None if value is None else number(value.json)
    return None if exact is None else Decimal(read_decimal(exact))

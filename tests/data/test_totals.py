"""Scores: sums with their bands, honest about what is unanswered, for staff unless the template says so."""

from __future__ import annotations

from decimal import Decimal

import pytest

from data import cases, drafts, inbox
from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.forms import Band, Form, OneChoice, Option, Scale, Score, Section, SeveralChoices, YesNo
from data.domain.totals import totals
from tests.conftest import Clinic, publish

OFTEN = (
    Option(id="never", wording="Aldrig", points=0),
    Option(id="some", wording="Ibland", points=1),
    Option(id="often", wording="Ofta", points="2,5"),
)
BANDS = (
    Band(most=4, wording="ingen"),
    Band(least=5, most=9, wording="lindrig"),
    Band(least=10, wording="svår"),
)
FORM = Form(
    items=(
        YesNo(id="p", wording="P"),
        OneChoice(id="one", wording="Hur ofta?", options=OFTEN),
        SeveralChoices(id="many", wording="Vad?", options=OFTEN, required=False, other=True),
        Scale(
            id="scale",
            wording="Hur ont?",
            shown_when=ShownWhen(conditions=(Condition(question="p", test=Test.EQUALS, value=True),)),
        ),
    ),
    scores=(
        Score(id="sum", name="Besvär", questions=("one", "many", "scale"), bands=BANDS),
        Score(id="open", name="Smärta", questions=("scale",), shown_to_patient=True),
    ),
)


def test_points_are_summed_exactly() -> None:
    assert FORM.problems() == ()
    total = totals(FORM, {"p": True, "one": "often", "many": ["some", "often", {"other": "x"}], "scale": 7})[
        0
    ]

    assert (total.points, total.unanswered) == (Decimal("13"), 0)
    assert total.band is not None
    assert total.band.wording == "svår"


def test_what_is_unanswered_or_hidden_is_counted_as_such() -> None:
    total = totals(FORM, {"p": False, "one": "some", "scale": 9})[0]

    assert (total.points, total.unanswered) == (Decimal(1), 2)
    assert total.band is not None
    assert total.band.wording == "ingen"


def test_an_own_answer_alone_has_no_points_known() -> None:
    total = totals(FORM, {"p": False, "one": "some", "many": [{"other": "Yrsel"}]})[0]
    assert (total.points, total.unanswered) == (Decimal(1), 2), "the own answer, and the hidden scale"


def test_a_sum_of_nothing_is_in_no_band() -> None:
    total = totals(FORM, {"p": False})[0]

    assert (total.points, total.unanswered, total.band) == (Decimal(0), 3, None)


def test_a_sum_between_the_bands_has_none() -> None:
    total = totals(FORM, {"p": False, "one": "often", "many": ["never", "often"]})[0]
    assert (total.points, total.band and total.band.wording) == (Decimal(5), "lindrig")
    total = totals(FORM, {"p": True, "one": "often", "scale": 2})[0]
    assert (total.points, total.band) == (Decimal("4.5"), None)


def test_the_patient_gets_only_the_scores_that_the_template_shows(clinic: Clinic) -> None:
    template = publish(clinic.bo, "Smärta", FORM)
    draft = drafts.begin(clinic.anna, clinic.tolvan.id).model_copy(update={"template": template})
    sent = cases.send(clinic.anna, draft, draft.key)

    assert [score.id for score in inbox.open_letter(clinic.as_patient(), sent.id).form.scores] == ["open"]
    assert [score.id for score in cases.open_case(clinic.anna, sent.id).form.scores] == ["sum", "open"]


def test_points_reach_the_patient_only_for_a_score_that_is_shown(clinic: Clinic) -> None:
    shown = Score(id="shown", name="Visad", questions=("one",), shown_to_patient=True)
    both = FORM.model_copy(update={"scores": (FORM.scores[0], shown)})
    sent = clinic.send(publish(clinic.bo, "Poäng", both))
    form = inbox.open_letter(clinic.as_patient(), sent.id).form

    def points(item_id: str) -> list[Decimal | None]:
        item = form.item(item_id)
        assert isinstance(item, OneChoice | SeveralChoices)
        return [option.points for option in item.options]

    assert points("one") == [Decimal(0), Decimal(1), Decimal("2.5")]
    assert points("many") == [None, None, None]
    assert totals(form, {"p": False, "one": "often"})[0].points == Decimal("2.5")


SCORE = FORM.scores[0]


@pytest.mark.parametrize(
    ("score", "message"),
    [
        (Score(id="s", questions=("one",)), "Give the score a name"),
        (Score(id="s", name="S"), "Choose the questions that the score sums"),
        (
            Score(id="s", name="S", questions=("one", "one")),
            "The score sums a question twice: take it out once",
        ),
        (
            Score(id="s", name="S", questions=("p",)),
            "The score sums a question that is gone or has no points: take it out of the sum",
        ),
        (
            SCORE.model_copy(update={"bands": (*BANDS, Band(least=9, most=10, wording="x"))}),
            "“lindrig” and “x” overlap: change one of them",
        ),
        (
            SCORE.model_copy(update={"bands": (Band(most=1),)}),
            "Say in words what each band of the score means",
        ),
        (
            SCORE.model_copy(update={"bands": (Band(least=2, most=1, wording="x"),)}),
            "“x” begins above where it ends: change one of them",
        ),
    ],
)
def test_a_score_that_cannot_be_told_stops_publishing(score: Score, message: str) -> None:
    problems = FORM.model_copy(update={"scores": (score,)}).problems()

    assert message in [str(one.message) for one in problems if one.field == "scores" and one.part == score.id]


def test_what_has_no_points_or_repeats_is_no_part_of_a_sum() -> None:
    plain = OneChoice(
        id="one", wording="V", options=tuple(one.model_copy(update={"points": None}) for one in OFTEN)
    )
    score = Score(id="s", name="S", questions=("one",))
    assert [str(one.message) for one in Form(items=(plain,), scores=(score,)).problems()] == [
        "“V” has no points: give its options some"
    ]
    within = Section(id="x", wording="X", repeats=True, items=(plain.model_copy(update={"options": OFTEN}),))
    assert [str(one.message) for one in Form(items=(within,), scores=(score,)).problems()] == [
        "“V” lies in a section that repeats: it can't be summed"
    ]

"""The scores of a form, by keys alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

from data.domain.forms import (
    AnyItem,
    Band,
    Form,
    OneChoice,
    Option,
    Scale,
    Score,
    Section,
    ShortText,
)
from data.store.store import Store
from tests.conftest import Clinic
from tests.tui.one_screen import Someone, at_screen
from tui.screens.builder.scores import ScoresScreen, summable

HOSTILE = "[/b] \x1b[2J\x1b]52;c;eA==\x07 \u202eevil\u202c \u200bå"
OFTEN = OneChoice(
    id="ofta",
    wording="Hur ofta sover du dåligt?",
    options=(
        Option(id="a", wording="Aldrig", points=Decimal(0)),
        Option(id="b", wording="Ofta", points=Decimal(3)),
    ),
)
PAIN = Scale(id="ont", wording="Hur ont gör det?")
ITEMS: tuple[AnyItem, ...] = (
    OFTEN,
    ShortText(id="mer", wording="Något mer?"),
    PAIN,
    OneChoice(
        id="utan", wording="Utan poäng", options=(Option(id="a", wording="A"), Option(id="b", wording="B"))
    ),
)
SLEEP = Score(
    id="somn",
    name="Vila",
    questions=("ont", "ofta"),
    bands=(Band(least=Decimal(0), most=Decimal(4), wording="ingen"), Band(least=Decimal(5), wording="svår")),
)


@asynccontextmanager
async def scores_of(
    store: Store, clinic: Clinic, *scores: Score, items: tuple[AnyItem, ...] = ITEMS
) -> AsyncIterator[Someone]:
    form = Form(items=items, scores=scores)
    async with at_screen(store, clinic.bo, lambda: ScoresScreen(form, ["Mallen"])) as bo:
        yield bo


def only_score(bo: Someone) -> Score:
    (scores,) = bo.app.results
    assert isinstance(scores, tuple)
    (score,) = scores
    assert isinstance(score, Score)
    return score


async def test_a_score_is_made_by_keys_alone(store: Store, clinic: Clinic) -> None:
    async with scores_of(store, clinic) as bo:
        await bo.sees("Summerar", "Hur ofta sover du dåligt?", gone="Utan poäng")
        await bo.type("Sömn")
        await bo.press("enter", "1", "2", "enter")
        await bo.sees("[x] Hur ofta sover du dåligt?", "[x] Hur ont gör det?")
        await bo.type("0-4 ingen")
        await bo.press("enter")
        await bo.type("5- svår")
        await bo.press("tab", "space", "ctrl+s")
        made = only_score(bo)
    assert made == Score(
        id=made.id, name="Sömn", questions=("ofta", "ont"), bands=SLEEP.bands, shown_to_patient=True
    )


async def test_looking_changes_nothing(store: Store, clinic: Clinic) -> None:
    other = SLEEP.model_copy(update={"id": "annan", "name": "Annan", "questions": ("ofta", "borta")})
    async with scores_of(store, clinic, SLEEP, other) as bo:
        await bo.sees("0–4 ingen", "5– svår")
        await bo.press("down")
        await bo.sees("(en fråga som är borta)")
        await bo.press("up", "enter", "enter", "enter", "escape", "escape")
        assert bo.app.results == [(SLEEP, other)]


async def test_a_band_that_can_t_be_read_is_told_beside_its_field_and_kept(
    store: Store, clinic: Clinic
) -> None:
    async with scores_of(store, clinic, SLEEP) as bo:
        await bo.press("enter", "enter", "down", "down")
        await bo.sees("0–4 ingen")
        await bo.press("down", "end", "enter")
        await bo.type("många")
        await bo.press("escape")
        await bo.sees("✗ ”många” börjar inte med poäng")
        await bo.press("ctrl+s")
        await bo.sees("Går inte att tolka", "› 1 Fortsätt redigera")
        await bo.press("enter")
        await bo.sees("många", gone="Går inte att tolka")
        assert bo.app.results == []
        await bo.press("ctrl+s")
        await bo.sees("Går inte att tolka")
        await bo.press("2")
        assert only_score(bo) == SLEEP


async def test_a_score_is_deleted_in_the_list_and_never_from_a_field(store: Store, clinic: Clinic) -> None:
    other = SLEEP.model_copy(update={"id": "annan", "name": "Annan"})
    async with scores_of(store, clinic, SLEEP, other) as bo:
        await bo.press("enter", "enter", "d")
        await bo.sees("Gå till listan med summor först", "Vila", "Annan")
        await bo.press("escape", "d")
        await bo.sees("Annan", gone="Vila")
        await bo.press("ctrl+s")
        assert bo.app.results == [(other,)]


async def test_a_score_in_which_nothing_is_written_is_left_out(store: Store, clinic: Clinic) -> None:
    async with scores_of(store, clinic, SLEEP) as bo:
        await bo.press("a")
        await bo.sees("(utan namn)")
        await bo.press("escape", "escape")
        assert bo.app.results == [(SLEEP,)]


async def test_the_last_one_deleted_leaves_none(store: Store, clinic: Clinic) -> None:
    async with scores_of(store, clinic, SLEEP) as bo:
        await bo.press("d")
        await bo.sees("Ingen poängsumma. a lägger till en", gone="Summerar")
        await bo.press("ctrl+s")
        assert bo.app.results == [()]


async def test_unsaved_scores_are_told_of(store: Store, clinic: Clinic) -> None:
    async with scores_of(store, clinic, SLEEP) as bo:
        screen = bo.app.screen
        assert isinstance(screen, ScoresScreen)
        assert screen.unsaved() is None
        await bo.press("enter")
        await bo.type("!")
        assert screen.unsaved() is not None


async def test_a_fault_is_told_when_its_field_is_left_and_goes_when_it_is_mended(
    store: Store, clinic: Clinic
) -> None:
    async with scores_of(store, clinic) as bo:
        await bo.sees("Hur ont gör det?")
        assert "✗" not in await bo.sees("Summerar")  # nothing is written yet
        await bo.type("Vila")
        await bo.press("tab")
        await bo.sees("✗ Välj vilka frågor")
        await bo.press("space")
        await bo.sees("[x] Hur ofta", gone="✗")
        await bo.press("tab")
        await bo.type("många")
        await bo.press("tab")
        await bo.sees("✗ ”många” börjar inte med poäng")
        await bo.press("ctrl+s")
        await bo.sees("”många” börjar inte", "Lämna utan de här intervallen", gone="Summerar")


async def test_without_points_it_says_what_to_do(store: Store, clinic: Clinic) -> None:
    async with scores_of(store, clinic, items=ITEMS[1:2]) as bo:
        await bo.sees("Ingen fråga har poäng än")


async def test_hostile_words_are_only_drawn(store: Store, clinic: Clinic) -> None:
    band = Band.model_construct(least=None, most=None, wording=HOSTILE)
    score = Score.model_construct(id="s", name=HOSTILE, questions=(), bands=(band,), shown_to_patient=False)
    scale = Scale.model_construct(**{**dict(PAIN), "wording": HOSTILE})
    async with scores_of(store, clinic) as bo:
        await bo.app.push_screen(ScoresScreen(Form.model_construct(items=(scale,), scores=(score,))))
        assert not set("\x1b\x07\u202e\u200b") & set(await bo.sees("[/b]"))


def test_what_lies_in_a_section_that_repeats_is_not_summed() -> None:
    repeated = Section(id="igen", wording="Igen", repeats=True, items=(PAIN,))
    assert summable(Form(items=(repeated, OFTEN))) == [("ofta", "Hur ofta sover du dåligt?")]

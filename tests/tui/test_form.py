"""A form on the screen: for staff, for the patient, for reading; longer than the screen, hostile, empty."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.screen import Screen

from data.domain.answers import Writer
from data.domain.errors import Message, Problem
from data.domain.forms import (
    Confirmation,
    Date,
    DecimalNumber,
    Form,
    LongText,
    OneChoice,
    Option,
    Scale,
    SeveralChoices,
    ShortText,
    Text,
    WhiteBox,
    YesNo,
)
from data.domain.limits import TYPED_LIMIT
from data.store.store import Store
from tests.tui.drivers import fits
from tests.tui.one_screen import Someone, at_screen
from tests.tui.test_fields import ANNA
from tui.screens.base import BaseScreen
from tui.widgets.fields import LineField, LinesField
from tui.widgets.form import FormView

HOSTILE = "[/b]\x1b]0;x\x07\u202e\x9b"
OPTIONS = (Option(id="a", wording="Bra"), Option(id="b", wording="Dåligt"))
EVERYTHING = Form(
    staff_instruction="Bara för oss",
    patient_instruction="Svara i lugn och ro",
    items=(
        WhiteBox(id="dos", wording="Dosering", help="Hur ofta", default="1 tablett"),
        Text(id="text", wording="Ring 112 om det är akut."),
        ShortText(id="short", wording="Vad heter du?", help="För- och efternamn"),
        LongText(id="long", wording="Berätta", required=False),
        YesNo(id="yes", wording="Röker du?"),
        OneChoice(id="one", wording="Hur sover du?", options=OPTIONS),
        SeveralChoices(id="several", wording="Vad hjälper?", required=False, options=OPTIONS),
        Date(id="date", wording="Sedan när?"),
        DecimalNumber(id="number", wording="Vikt?", unit="kg"),
        Scale(id="scale", wording="Hur ont?", least_words="Inget", most_words="Värst"),
        Confirmation(id="tick", wording="Jag har förstått", required=False),
        WhiteBox(id="more", wording="Mer", required=False),
    ),
)
TYPED: Mapping[str, object] = {
    "short": "Åsa",
    "long": "Ett\nTvå",
    "yes": False,
    "one": "b",
    "several": ["a", "b"],
    "date": "2026-01-31",
    "number": "37.5",
    "scale": 0,
    "tick": True,
}


class Paper(BaseScreen[None]):
    """A screen with a form."""

    PLACE = "message"

    def __init__(self, view: FormView) -> None:
        super().__init__()
        self.view = view
        self.changes = 0
        self.done: list[str] = []

    def compose_body(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.view.focus_first()

    def on_form_view_changed(self, event: FormView.Changed) -> None:
        assert event.control is self.view
        self.changes += 1

    async def action_act(self, name: str) -> None:
        self.done.append(name)


@asynccontextmanager
async def paper(form: Form, store: Store, **options: Any) -> AsyncIterator[tuple[Someone, FormView]]:
    def first() -> Screen[None]:
        return Paper(FormView(form, **options))

    async with at_screen(store, ANNA, first) as anna:
        await anna.press("shift")
        yield anna, anna.app.screen.query_one(FormView)


async def everything_of(anna: Someone) -> str:
    """All that PageDown brings into view, from the top."""
    found = [await anna.sees("Omvänt")]
    while True:
        await anna.press("pagedown")
        if (screen := anna.terminal.text()) == found[-1]:
            return "\n".join(found)
        found.append(screen)


async def test_the_patient_fills_in_every_kind_by_keys_alone(store: Store) -> None:
    async with paper(EVERYTHING, store, writer=Writer.PATIENT, written={"dos": "2 tabletter"}) as (
        anna,
        view,
    ):
        await anna.sees("Svara i lugn och ro", "Dosering 2 tabletter", "Ring 112", "För- och efternamn")
        assert "Bara för oss" not in anna.terminal.text()
        await anna.press(*"Åsa", "enter", *"Ett", "enter", *"Två", "tab", "2", "enter", "2", "enter")
        await anna.press("1", "2", "enter", *"2026-01-31", "enter", *"37,5", "enter", "0", "enter", "space")
        assert view.typed == {**TYPED, "number": "37,5"}
        assert isinstance(anna.app.screen, Paper)
        assert anna.app.screen.changes > 20


async def test_answers_come_back_as_they_were_typed(store: Store) -> None:
    async with paper(EVERYTHING, store, writer=Writer.PATIENT, typed=TYPED) as (_anna, view):
        assert view.typed == {**TYPED, "number": "37,5"}
    broken: Mapping[str, object] = {
        "short": 7,
        "yes": "ja",
        "one": ["x"],
        "scale": "5",
        "date": None,
        "tick": 1,
    }
    async with paper(EVERYTHING, store, writer=Writer.PATIENT, typed=broken) as (_anna, view):
        assert view.typed["yes"] is None


async def test_focus_begins_at_the_first_field_that_is_not_filled_in(store: Store) -> None:
    for missing in ("short", "yes", "scale"):
        typed = {key: value for key, value in TYPED.items() if key != missing}
        async with paper(EVERYTHING, store, writer=Writer.PATIENT, typed=typed) as (anna, _view):
            focused = anna.app.screen.focused
            assert focused is not None
            assert focused.parent is not None
            assert getattr(focused.parent, "item").id == missing  # noqa: B009
    async with paper(EVERYTHING, store, writer=Writer.PATIENT, typed=TYPED) as (anna, _view):
        assert isinstance(anna.app.screen.focused, LineField)


async def test_staff_write_and_see_the_questions_as_the_patient_will(store: Store) -> None:
    options: dict[str, Any] = {"writer": Writer.STAFF, "show_staff_instruction": True}
    async with paper(EVERYTHING, store, **options) as (anna, view):
        await anna.sees("Endast för personal: Bara för oss", "Hur ofta", "1 tablett", "Invånaren får")
        await anna.press("end", *", vid behov")
        assert view.typed == {"dos": "1 tablett, vid behov", "more": ""}
        seen = await everything_of(anna)
        for sign in ("( ) Ja", "( ) Bra", "[ ] Dåligt", "0   1", "[ ] Jag har förstått", "år-månad-dag"):
            assert sign in seen
        await anna.press("tab")
        focused = anna.app.screen.focused
        assert isinstance(focused, LinesField), "only the white boxes take the focus"
        for control in view.query(LineField):
            assert control.opacity == 1, "drawn as the patient will see it"


async def test_a_form_to_read_tells_what_was_answered(store: Store) -> None:
    async with paper(EVERYTHING, store, writer=None, written={"dos": "2 tabletter"}, typed=TYPED) as (
        anna,
        view,
    ):
        assert view.has_focus
        seen = " ".join((await everything_of(anna)).split())
        for words in ("2 tabletter", "Ett", "Två", "Nej", "Bra Dåligt", "37,5 kg", "0 av 10", "Bekräftat"):
            assert words in seen
        assert "Mer –" in seen, "a white box that was left empty"
        await anna.press("home", "down", "down")
        await anna.sees("Dosering", gone="Svara i lugn")


async def test_unanswered_questions_are_told_as_such(store: Store) -> None:
    async with paper(EVERYTHING, store, writer=None) as (anna, _view):
        await anna.sees("Vad heter du? Inte besvarad")


async def test_problems_stand_beside_their_fields_until_they_are_mended(store: Store) -> None:
    async with paper(EVERYTHING, store, writer=Writer.PATIENT) as (anna, view):
        problems = [
            Problem("number", Message("Write a number with digits, like 37,5")),
            Problem("yes", Message("Choose an answer")),
            Problem("elsewhere", Message("Choose an answer")),
        ]
        assert view.show_problems(problems) == (problems[2],)
        await anna.sees("Röker du?", "✗ Välj ett svar")
        await anna.press("1")
        await anna.sees("(•) Ja", gone="Välj ett svar")
        assert view.show_problems(problems[:1]) == ()
        await anna.sees("Vikt?", "kg", "✗ Skriv ett tal med siffror")
        assert view.show_problems(()) == ()
        await anna.sees("Vikt?", gone="Skriv ett tal")


async def test_page_keys_scroll_from_any_field_and_typing_comes_back(store: Store) -> None:
    form = Form(items=tuple(LongText(id=f"q{n}", wording=f"Fråga {n:02}") for n in range(20)))
    async with paper(form, store, writer=Writer.PATIENT) as (anna, _view):
        await anna.sees("Fråga 00", "Fråga 03")
        await anna.press("pagedown")
        await anna.sees("Fråga 06", gone="Fråga 00")
        await anna.press("x")
        await anna.sees("Fråga 00", "x")
        await anna.press(*["down"] * 19)
        await anna.sees("Fråga 19")
        await anna.press("down", "pageup")
        await anna.sees("Fråga 14", gone="Fråga 19")


async def test_the_field_one_writes_in_stays_in_view_in_a_smaller_terminal(store: Store) -> None:
    wording = "En fråga med så många ord att den tar fler rader ju smalare terminalen är"
    form = Form(items=tuple(LongText(id=f"q{n}", wording=wording) for n in range(20)))
    async with paper(form, store, writer=Writer.PATIENT) as (anna, _view):
        await anna.press(*["down"] * 8)
        await anna.type("här är jag")
        await anna.sees("här är jag")
        for size in ((40, 24), (80, 12), (40, 10)):
            await anna.terminal.pilot.resize_terminal(*size)
            for _hop in range(5):
                await anna.terminal.pilot.pause()
            await anna.sees("här är jag")


async def test_the_cursor_of_a_list_longer_than_the_screen_stays_in_view(store: Store) -> None:
    options = tuple(Option(id=f"o{n}", wording=f"Val {n:02}") for n in range(60))
    form = Form(items=(OneChoice(id="q", wording="Vilket?", options=options),))
    async with paper(form, store, writer=Writer.PATIENT) as (anna, view):
        await anna.sees("›( ) Val 00")
        await anna.press(*["down"] * 45, "space")
        await anna.sees("›(•) Val 45")
        await anna.terminal.pilot.resize_terminal(80, 20)
        for _hop in range(5):
            await anna.terminal.pilot.pause()
        await anna.sees("›(•) Val 45")
        await anna.press(*["up"] * 40)
        await anna.sees("( ) Val 05")
        assert view.typed == {"q": "o45"}


async def test_the_screens_keys_reach_it_from_every_field(store: Store) -> None:
    async with paper(EVERYTHING, store, writer=Writer.PATIENT) as (anna, view):
        paper_screen = anna.app.screen
        assert isinstance(paper_screen, Paper)
        for _field in range(9):
            await anna.press("ctrl+s", "escape", "tab")
        assert paper_screen.done == ["inbox.submit", "app.back"] * 9
        assert not any(view.typed[key] for key in view.typed)


async def test_a_refused_paste_is_told_beside_its_field(store: Store) -> None:
    async with paper(EVERYTHING, store, writer=Writer.PATIENT) as (anna, view):
        await anna.pastes("x" * (TYPED_LIMIT + 1))
        await anna.sees("✗ Inget klistrades in: texten är 1 tecken för lång")
        assert view.typed["short"] == ""


@pytest.mark.parametrize("writer", [Writer.PATIENT, Writer.STAFF, None])
@pytest.mark.parametrize("wording", ["", HOSTILE, "x" * 8000, "ord " * 2000, "rad\n" * 200])
async def test_any_wording_is_shown_and_leaves_the_fields_within_reach(
    store: Store, writer: Writer | None, wording: str
) -> None:
    items = tuple(item.model_copy(update={"wording": wording}) for item in EVERYTHING.items)
    form = Form(staff_instruction=wording, patient_instruction=wording, items=items)
    async with paper(form, store, writer=writer, written={"dos": wording}) as (anna, view):
        if writer is Writer.PATIENT:
            await anna.press("Å", "enter", "Ö")
            assert view.typed["long"] == "Ö"
        await anna.press("pagedown", "pagedown")
        screen = anna.terminal.text()
        assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(screen)
        assert fits(screen, 80, 24)


async def test_an_empty_form_is_no_trouble(store: Store) -> None:
    for writer in (Writer.PATIENT, Writer.STAFF, None):
        async with paper(Form(answerable=False), store, writer=writer) as (anna, view):
            await anna.press("down", "pagedown", "enter", "tab")
            assert view.typed == {}
            assert view.show_problems(()) == ()

"""The paper: the form as the patient will see it, drawn beside the builder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.screen import Screen

from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.forms import (
    AnyItem,
    Confirmation,
    Date,
    DecimalNumber,
    Form,
    LongText,
    OneChoice,
    Option,
    Scale,
    Section,
    SeveralChoices,
    ShortText,
    Text,
    WhiteBox,
    YesNo,
)
from data.store.store import Store
from tests.conftest import Clinic
from tests.forms_strategy import forms
from tests.tui.one_screen import Someone, at_screen
from tui.widgets import paper_lines
from tui.widgets.condition_words import note
from tui.widgets.paper import HERE, Paper
from tui.widgets.paper_lines import lines_of_item, wrapped

HOSTILE = "[/b] \x1b[2J\x1b]52;c;eA==\x07 \u202eevil\u202c \u200bå"
OPTIONS = (Option(id="a", wording="Feber"), Option(id="b", wording="Hosta"))


class Sheet(Screen[None]):
    def compose(self) -> ComposeResult:
        yield Paper(note)


class Reader(Someone):
    """Someone who looks at the paper."""

    @property
    def paper(self) -> Paper:
        return self.app.screen.query_one(Paper)

    async def shown(self, form: Form, here: str | None = None, title: str = "Ditt besök") -> list[str]:
        self.paper.show(form, title, here)
        await self.terminal.pilot.pause()
        return self.terminal.text().splitlines()

    @property
    def marked(self) -> list[str]:
        return [
            line.removeprefix(HERE) for line in self.terminal.text().splitlines() if line.startswith(HERE)
        ]


@asynccontextmanager
async def paper(store: Store, clinic: Clinic, size: tuple[int, int] = (40, 24)) -> AsyncIterator[Reader]:
    async with at_screen(store, clinic.bo, Sheet, size=size) as someone:
        reader = Reader(someone.terminal)
        reader.app = someone.app
        yield reader


def asked(*items: AnyItem) -> Form:
    return Form(items=items)


@pytest.mark.parametrize(
    ("item", "drawn"),
    [
        (Text(id="q", wording="Hej {namn}, välkommen"), ["Hej «namn», välkommen"]),
        (Text(id="q", wording="Om dig", level=1), ["Om dig", "━━━━━━"]),
        (Text(id="q", wording="Mer", level=3), ["Mer"]),
        (ShortText(id="q", wording="Namn", required=False), ["Namn  (frivilligt)", "▌" + " " * 36 + "▐"]),
        (LongText(id="q", wording="Mer?"), ["Mer?", *["▌" + " " * 36 + "▐"] * 2]),
        (
            YesNo(id="q", wording="Röker du?", help="Även ibland"),
            ["Röker du?", "Även ibland", " ( ) Ja    ( ) Nej"],
        ),
        (Confirmation(id="q", wording="Jag har läst"), [" [ ] Jag har läst"]),
        (OneChoice(id="q", wording="Vad?", options=OPTIONS), ["Vad?", " ( ) Feber", " ( ) Hosta"]),
        (
            SeveralChoices(id="q", wording="Vad?", options=OPTIONS, other=True),
            ["Vad?", " [ ] Feber", " [ ] Hosta", " [ ] Annat"],
        ),
        (Date(id="q", wording="När?"), ["När?", "▌ år-månad-dag         ▐"]),
        (
            DecimalNumber(id="q", wording="Vikt", unit="kg", least=Decimal(0), most=Decimal("200.5")),
            ["Vikt", "▌" + " " * 22 + "▐ kg, 0–200,5"],
        ),
        (
            DecimalNumber(id="q", wording="Vikt", unit="kilogram utan skor"),
            ["Vikt", "▌" + " " * 22 + "▐", " kilogram utan skor"],
        ),
        (
            Scale(id="q", wording="Ont?", least=0, most=3, least_words="inte alls", most_words="värst"),
            ["Ont?", "  0   1   2   3", "  0 = inte alls", "  3 = värst"],
        ),
        (WhiteBox(id="q", wording="Dos", default="1 tablett"), ["Dos", "  1 tablett"]),
    ],
)
async def test_each_kind_looks_like_its_field(
    store: Store, clinic: Clinic, item: AnyItem, drawn: list[str]
) -> None:
    async with paper(store, clinic) as reader:
        await reader.shown(asked(item), here="q")
        assert reader.marked == drawn


async def test_title_and_instruction_stand_above(store: Store, clinic: Clinic) -> None:
    form = Form(patient_instruction="Läs först", items=(Text(id="q", wording="Hej"),))
    async with paper(store, clinic) as reader:
        lines = await reader.shown(form, here="patient_instruction")
        assert [line.strip() for line in lines[:5]] == ["Ditt besök", "", HERE + "Läs först", "", "Hej"]
        assert (await reader.shown(form, here="title"))[0] == HERE + "Ditt besök"


async def test_conditions_and_sections_are_noted(store: Store, clinic: Clinic) -> None:
    smokes = YesNo(id="rok", wording="Röker du?")
    when = ShownWhen(conditions=(Condition(question="rok", test=Test.EQUALS, value=True),))
    section = Section(
        id="lakemedel",
        wording="Läkemedel",
        repeats=True,
        most=5,
        items=(ShortText(id="namn", wording="Namn"),),
    )
    form = asked(smokes, Text(id="text", wording="Sluta", shown_when=when), section)
    async with paper(store, clinic) as reader:
        text = "\n".join(await reader.shown(form))
        assert "visas om ”Röker du?” är Ja\n  Sluta" in text
        assert "  Läkemedel\n" in text
        assert "1" in text
        assert "5" in text
        assert "  │ Namn" in text
        other = smokes.model_copy(update={"wording": "Snusar du?"})
        text = "\n".join(await reader.shown(form.model_copy(update={"items": (other, *form.items[1:])})))
        assert "visas om ”Snusar du?” är Ja" in text


async def test_the_item_that_is_edited_is_in_view_and_marked(store: Store, clinic: Clinic) -> None:
    form = asked(*(YesNo(id=f"q{number}", wording=f"Fråga {number}") for number in range(200)))
    async with paper(store, clinic) as reader:
        for number in (0, 6, 7, 8, 199, 100, 99, 0):
            await reader.shown(form, here=f"q{number}")
            assert reader.marked == [f"Fråga {number}", " ( ) Ja    ( ) Nej"], number


async def test_it_moves_no_farther_than_needed(store: Store, clinic: Clinic) -> None:
    form = asked(*(YesNo(id=f"q{number}", wording=f"Fråga {number}") for number in range(30)))
    async with paper(store, clinic) as reader:
        first = await reader.shown(form, here="q3")
        assert first[0].strip() == "Ditt besök"
        assert (await reader.shown(form, here="q0"))[0].strip() == "Ditt besök"
        await reader.shown(form, here="q20")
        near = (await reader.shown(form, here="q20"))[0]
        assert (await reader.shown(form, here="q17"))[0] == near


async def test_an_item_longer_than_the_view_shows_its_beginning(store: Store, clinic: Clinic) -> None:
    many = tuple(Option(id=f"o{number}", wording=f"Val {number}") for number in range(60))
    form = asked(
        YesNo(id="a", wording="A"),
        OneChoice(id="b", wording="Välj", options=many),
        YesNo(id="c", wording="C"),
    )
    async with paper(store, clinic) as reader:
        await reader.shown(form, here="b")
        assert reader.marked[0] == "Välj"
        await reader.shown(form, here="c")
        assert reader.marked[0] == "C"


async def test_the_end_of_a_form_leaves_no_void(store: Store, clinic: Clinic) -> None:
    items = tuple(YesNo(id=f"q{number}", wording=f"Fråga {number}") for number in range(30))
    async with paper(store, clinic) as reader:
        await reader.shown(asked(*items), here="q29")
        lines = await reader.shown(asked(*items[:8]), here="q7")
        assert len(list(filter(str.strip, lines))) >= 15
        assert reader.marked[0] == "Fråga 7"


async def test_a_deleted_item_or_none_marks_nothing(store: Store, clinic: Clinic) -> None:
    async with paper(store, clinic) as reader:
        for here in ("borta", None):
            await reader.shown(asked(YesNo(id="a", wording="A")), here=here)
            assert reader.marked == []


async def test_it_fits_any_width(store: Store, clinic: Clinic) -> None:
    form = asked(
        LongText(id="q", wording="Ett ganska långt ord: vårdgivarkategorier"), Scale(id="s", wording="S")
    )
    async with paper(store, clinic, (12, 10)) as reader:
        lines = await reader.shown(form, here="q")
        assert all(cell_len(line) <= 12 for line in lines)
        assert "".join(reader.marked).replace(" ", "").startswith("Ettganskalångtord:vårdgivarkategorier")


async def test_hostile_words_are_only_drawn(store: Store, clinic: Clinic) -> None:
    options = (Option.model_construct(id="a", wording=HOSTILE),)
    one = OneChoice.model_construct(id="q", wording=HOSTILE, help=HOSTILE, options=options, shown_when=None)
    form = Form.model_construct(items=(one,), patient_instruction=HOSTILE)
    async with paper(store, clinic) as reader:
        text = "\n".join(await reader.shown(form, here="q", title=HOSTILE))
        assert text.count("[/b]") == 5
        assert not set("\x1b\x07\u202e\u200b") & set(text)


async def test_an_edit_in_a_long_form_draws_what_is_in_view_only(
    store: Store, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, not timed: how many items are laid out anew for one edit among 10 and among 200."""
    drawn: list[str] = []

    def counted(place: paper_lines.Place, note: str, width: int) -> tuple[paper_lines.Drawn, ...]:
        drawn.append(place.item.id)
        return lines_of_item(place, note, width)

    monkeypatch.setattr("tui.widgets.paper.lines_of_item", counted)
    async with paper(store, clinic) as reader:
        for count in (10, 200):
            items = [YesNo(id=f"q{number}", wording=f"Fråga {number}") for number in range(count)]
            await reader.shown(asked(*items), here="q5")
            drawn.clear()
            items[5] = items[5].model_copy(update={"wording": f"Annat {count}"})
            await reader.shown(asked(*items), here="q5")
            assert drawn == ["q5"]
            await reader.shown(asked(*items), here=f"q{count - 1}")
            assert len(drawn) < 12


@given(forms(), st.integers(16, 60))
def test_every_form_fits_its_paper(form: Form, width: int) -> None:
    for place in form.places:
        lines = lines_of_item(place, note(form, place.item.id), width)
        assert lines[-1][0].strip(" │") == ""
        assert all(cell_len(line) <= width for line, _look in lines)


@given(st.text(max_size=60), st.integers(2, 20))
def test_wrapping_loses_no_letter(text: str, width: int) -> None:
    lines = wrapped(text, width, "- ")
    kept = "".join(line[2:] for line in lines)
    assert kept.replace(" ", "") == paper_lines.guard(text).replace("\n", "").replace(" ", "")


@pytest.mark.parametrize("width", [19, 20, 21])
def test_two_spaces_begin_no_line(width: int) -> None:
    assert [line.rstrip() for line in wrapped("Har du feber i dag?  (frivilligt)", width)] == [
        "Har du feber i dag?",
        "(frivilligt)",
    ]

"""The fields: keys, growth, pasted text, signs without colour."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from time import monotonic
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from data.domain.limits import TYPED_LIMIT
from data.domain.roles import Role, StaffActor
from data.store.store import Store
from tests.conftest import START
from tests.tui.drivers import DEADLINE
from tests.tui.one_screen import Someone, at_screen
from tui.screens.base import BaseScreen
from tui.widgets.fields import (
    ChoiceField,
    FieldChanged,
    FieldLeft,
    FieldRefused,
    LineField,
    LinesField,
    OptionsField,
    ScaleField,
    TickField,
    YesNoField,
)
from tui.widgets.filter_line import FilterLine
from tui.widgets.line_field import pasted, refusal
from tui.widgets.text_fields import LINES_LEAST, LINES_MOST

ANNA = StaffActor(
    staff_id=1,
    username="anna",
    name="Anna",
    title="",
    clinic_id=1,
    clinic_name="Björken",
    roles=frozenset({Role.CARE_PROVIDER}),
    signed_in_at=START,
)
OPTIONS = (("a", "Bra"), ("b", "[/b]\x1b[2J"), ("c", "Dåligt"))


class Sheet(BaseScreen[None]):
    """Fields below each other, on a screen with acts on letters and F-keys; records what the fields tell."""

    PLACE = "case"

    def __init__(self, fields: Sequence[Widget]) -> None:
        super().__init__()
        self.fields = fields
        self.told: list[object] = []
        self.done: list[str] = []

    def compose_body(self) -> ComposeResult:
        yield from self.fields

    def on_field_changed(self, event: FieldChanged) -> None:
        self.told.append("changed")

    def on_field_left(self, event: FieldLeft) -> None:
        self.told.append(event.step)

    def on_field_refused(self, event: FieldRefused) -> None:
        self.told.append(str(event.reason))

    def on_filter_line_narrowed(self, event: FilterLine.Narrowed) -> None:
        self.told.append(event.text)

    async def action_act(self, name: str) -> None:
        self.done.append(name)


@asynccontextmanager
async def sheet(
    store: Store, make: Callable[[], Sequence[Widget]]
) -> AsyncIterator[tuple[Someone, Sheet, list[Any]]]:
    """A screen with the fields, made once the program runs; the first has focus."""
    fields: list[Any] = []

    def first() -> Screen[None]:
        fields.extend(make())
        return Sheet(fields)

    async with at_screen(store, ANNA, first) as anna:
        fields[0].focus()
        await anna.press("shift")
        screen = anna.app.screen
        assert isinstance(screen, Sheet)
        yield anna, screen, fields


async def until(anna: Someone, condition: Callable[[], bool]) -> None:
    end = monotonic() + DEADLINE
    while not condition():
        assert monotonic() < end, anna.terminal.text()
        await anna.terminal.glance()


def told(screen: Sheet) -> Sequence[object]:
    news, screen.told = screen.told, []
    return [one for one in news if one != "changed"]


# White boxes


async def test_a_line_takes_letters_and_leaves_by_enter_and_arrows(store: Store) -> None:
    async with sheet(store, lambda: [LineField("Å")]) as (anna, screen, [field]):
        await anna.press("n", "c", "slash", "question_mark")
        assert field.typed == "Ånc/?"
        assert screen.told == ["changed"] * 4
        told(screen)
        await anna.press("enter", "down", "up")
        assert told(screen) == [1, 1, -1]
        assert screen.done == []


@pytest.mark.parametrize("kind", [LineField, LinesField])
async def test_the_screens_own_keys_reach_it_from_a_box(
    store: Store, kind: type[LineField | LinesField]
) -> None:
    async with sheet(store, lambda: [kind("text")]) as (anna, screen, [field]):
        await anna.press("ctrl+p", "ctrl+l", "ctrl+q", "escape", "f1", "f5")
        assert screen.done == [
            "app.palette",
            "app.lock",
            "app.quit",
            "app.back",
            "app.help",
            "list.refresh",
        ]
        await anna.press("f6", "f7", "ctrl+k")
        assert field.selection.start == field.selection.end, "F6 and F7 select nothing: they are the screens'"


async def test_a_text_field_grows_with_what_is_written_and_then_scrolls(store: Store) -> None:
    async with sheet(store, lambda: [LinesField(), LineField()]) as (anna, _screen, [field, _other]):
        assert field.size.height == LINES_LEAST
        for line in range(12):
            await anna.press(*f"rad {line}", "enter")
        assert field.size.height == LINES_MOST
        await anna.sees("rad 11", gone="rad 1 ")
        assert field.typed.splitlines()[11] == "rad 11"


async def test_a_wrapped_paragraph_is_left_only_from_its_first_and_last_row(store: Store) -> None:
    async with sheet(store, lambda: [LinesField("ord " * 60)]) as (anna, screen, [field]):
        await until(anna, lambda: field.size.height == 4)
        await anna.press("down", "down", "down")
        assert told(screen) == []
        await anna.press("down", "up")
        assert told(screen) == [1]
        await anna.press("up", "up", "up")
        assert told(screen) == [-1]


async def test_tab_leaves_a_text_field(store: Store) -> None:
    async with sheet(store, lambda: [LinesField("a"), LineField()]) as (anna, _screen, [field, other]):
        await anna.press("tab")
        assert other.has_focus
        assert field.typed == "a"


async def test_a_paste_is_made_safe_and_keeps_every_line(store: Store) -> None:
    async with sheet(store, lambda: [LineField(), LinesField()]) as (anna, _screen, [line, lines]):
        await anna.pastes("\x1b[31mett\x07\ntvå\u202e")
        assert line.typed == "[31mett två"
        await anna.press("tab")
        await anna.pastes("ett\r\ntvå\x9b\n\ttre")
        assert lines.typed == "ett\ntvå\n\ttre"


async def test_a_paste_takes_the_place_of_what_is_selected(store: Store) -> None:
    async with sheet(store, lambda: [LineField("bort"), LinesField("bort")]) as (
        anna,
        _screen,
        [line, lines],
    ):
        await anna.press("home", "shift+end")
        await anna.pastes(" hit ")
        assert line.typed == " hit "
        await anna.press("tab", "shift+end")
        await anna.pastes("hit")
        assert lines.typed == "hit"


@pytest.mark.parametrize("kind", [LineField, LinesField])
async def test_a_paste_too_long_is_refused_whole_and_told(
    store: Store, kind: type[LineField | LinesField]
) -> None:
    async with sheet(store, lambda: [kind("här")]) as (anna, screen, [field]):
        await anna.pastes("x" * TYPED_LIMIT)
        assert field.typed == "här"
        assert told(screen) == [str(refusal(3, 0, "x" * TYPED_LIMIT))]
        assert "3 characters too long" in str(refusal(3, 0, "x" * TYPED_LIMIT))


def test_pasted_keeps_spaces_between_words_and_drops_empty_pastes() -> None:
    assert pasted(" och ") == " och "
    assert pasted("  a\nb ", lines=True) == "  a\nb "
    assert pasted("\x1b\u200b  ") == ""


async def test_ctrl_c_and_ctrl_v_carry_text_between_fields_safely(store: Store) -> None:
    async with sheet(store, lambda: [LinesField("ett\ntvå"), LineField()]) as (anna, _screen, [_lines, line]):
        await anna.press("shift+down", "shift+end", "ctrl+c", "tab", "ctrl+v")
        assert line.typed == "ett två"


async def test_boxes_are_seen_without_colour(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    boxes = (partial(LineField, "ett"), partial(LinesField, "två"), partial(LineField, password=True))
    async with sheet(store, lambda: [make() for make in boxes]) as (anna, _screen, _fields):
        rows = (await anna.sees("ett", "två")).splitlines()[2:6]
        assert all(row.startswith(" ▌") and row.endswith("▐") for row in rows)


# Choices


async def test_one_choice_by_arrows_space_digits_and_enter(store: Store) -> None:
    async with sheet(store, lambda: [OptionsField(OPTIONS)]) as (anna, screen, [field]):
        screenful = await anna.sees("›( ) Bra", "( ) Dåligt")
        assert "\x1b" not in screenful
        await anna.press("down", "down", "space")
        await anna.sees("›(•) Dåligt")
        assert field.typed == "c"
        await anna.press("1")
        assert field.typed == "a"
        await anna.press("space")
        assert field.typed is None
        told(screen)
        await anna.press("2", "down", "enter", "9")
        assert field.typed == "c"
        assert told(screen) == [1]
        await anna.press("down", "up", "up", "up")
        assert told(screen) == [1, -1]


async def test_several_choices_keep_the_options_order(store: Store) -> None:
    async with sheet(store, lambda: [OptionsField(OPTIONS, several=True)]) as (anna, _screen, [field]):
        await anna.press("3", "1", "enter")
        await anna.sees("›[x] Bra", "[x] Dåligt")
        assert field.typed == ["a", "c"]
        await anna.press("1")
        assert field.typed == ["c"]


async def test_yes_no_and_tick(store: Store) -> None:
    def questions() -> list[Widget]:
        return [YesNoField(("Ja", "Nej")), TickField("Jag har förstått\n[/b]")]

    async with sheet(store, questions) as (anna, _screen, [yes_no, tick]):
        assert (yes_no.typed, tick.typed) == (None, False)
        await anna.press("right", "space")
        await anna.sees("( ) Ja   ›(•) Nej")
        assert yes_no.typed is False
        await anna.press("tab", "enter")
        assert tick.typed is False
        await anna.press("space")
        await anna.sees("›[x] Jag har förstått", "[/b]")
        assert tick.typed is True
        assert [YesNoField(("Ja", "Nej"), value).typed for value in (True, False, None)] == [
            True,
            False,
            None,
        ]


async def test_letters_and_the_screens_keys_pass_a_choice(store: Store) -> None:
    async with sheet(store, lambda: [OptionsField(OPTIONS)]) as (anna, screen, [field]):
        await anna.press("n", "c", "question_mark", "escape", "f5", "ctrl+p")
        assert screen.done == [
            "case.new",
            "case.code",
            "app.help",
            "app.back",
            "list.refresh",
            "app.palette",
        ]
        assert field.typed is None


async def test_a_scale_is_set_by_digits_arrows_and_cleared(store: Store) -> None:
    async with sheet(store, lambda: [ScaleField(range(11), ("[/b]\x1b", "Värst " * 40))]) as (
        anna,
        screen,
        [field],
    ):
        await anna.sees("› 0   1", "0 = [/b]", "10 = Värst")
        await anna.press("1")
        assert field.typed == 1
        await anna.press("0")
        assert field.typed == 10
        await anna.press("right", "left")
        assert field.typed == 9
        await anna.sees("[9]")
        await anna.press("backspace")
        assert field.typed is None
        await anna.press("space")
        assert field.typed == 0, "the mark stands at the first step"
        await anna.press("right", "space")
        assert field.typed == 1, "space changes no answer"
        await anna.press("backspace")
        await anna.press("right", "left")
        assert field.typed == 0
        told(screen)
        await anna.press("enter", "up", "down")
        assert told(screen) == [1, -1, 1]
        assert ScaleField(range(11), value=True).typed is None


async def test_long_options_wrap_below_their_words(store: Store) -> None:
    async with sheet(store, lambda: [ChoiceField((("a", "ord " * 30), ("b", "x" * 100)))]) as (
        anna,
        _screen,
        [field],
    ):
        rows = (await anna.sees("( ) ord")).splitlines()[2:6]
        assert [row[:7] for row in rows] == [" ›( ) o", "      o", "  ( ) x", "      x"]
        assert field.size.height == 4


# The filter line


async def test_the_filter_line_opens_narrows_and_closes(store: Store) -> None:
    def list_and_line() -> list[Widget]:
        rows = OptionsField(OPTIONS)
        return [rows, FilterLine(rows, placeholder="Namn")]

    async with sheet(store, list_and_line) as (anna, screen, [rows, line]):
        assert not line.display
        line.open()
        await anna.terminal.burst("n", "slash")
        await anna.press("down")
        assert told(screen)[-1] == "n/"
        assert rows.has_focus
        assert line.display
        line.open()
        await anna.press("escape")
        assert told(screen) == [""]
        assert rows.has_focus
        assert not line.display
        assert screen.done == []

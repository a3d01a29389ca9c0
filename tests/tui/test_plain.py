"""Hostile text, in our own widgets and in Textual's: nothing of it may reach the terminal."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Sequence

import pytest
from rich.cells import cell_len
from rich.control import Control
from rich.segment import ControlType, Segment
from rich.style import Style
from rich.text import Text as RichText
from textual.app import App, ComposeResult, RenderResult
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter
from textual.widget import Widget
from textual.widgets import DataTable, Input, OptionList, TextArea
from textual.widgets.option_list import Option

from tui.widgets import plain

HOSTILE = {
    "clear the screen": "före\x1b[2Jefter",
    "set the window title": "före\x1b]0;ägd\x07efter",
    "write the clipboard": "före\x1b]52;c;cm0gLXJm\x1b\\efter",
    "8-bit control": "före\x9b2Jefter\x9d52;c;eA==\x9c",
    "backspace and bell": "före\x08\x07\x7f\x0befter",
    "right to left": "före\u202egnp.exe\u2066efter\u061c",
    "zero width": "före\u200b\u2060\ufeff\u00adefter",
    "zero-width joiner": "f\u200dö\u200dre👨\u200d👩\u200d👧 efter",
    "tag characters": "före\U000e0041\U000e007fefter",
    "separators": "före\u2028mitt\u2029\x85efter",
    "surrogate": "före\ud800efter",
    "blank letters": "före\u3164\uffa0\u115fefter",
    "closing markup": "före[/b]efter[/]",
    "opening markup": "före[red]x[@click=app.quit]efter[/red]",
}
every_hostile = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())

# What Textual itself writes for a full screen: colours and cursor moves. All else is somebody's text.
OWN_SEQUENCES = re.compile(r"\x1b\[[0-9;]*[mH]")
DANGEROUS_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def dangerous(text: str) -> list[str]:
    return [f"U+{ord(c):04X}" for c in text if unicodedata.category(c) in DANGEROUS_CATEGORIES]


class Raw(Widget):
    """A widget without any care: draws whatever Rich renderable it was given."""

    def __init__(self, renderable: RenderResult) -> None:
        super().__init__()
        self.renderable = renderable

    def render(self) -> RenderResult:
        return self.renderable


class Page(App[None]):
    def __init__(self, make: Callable[[], Sequence[Widget]], guarded: bool = True) -> None:
        super().__init__()
        self.make = make
        self.guards: list[LineFilter] = [plain.GuardFilter()] if guarded else []

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*self.guards, *super().get_line_filters()]

    def compose(self) -> ComposeResult:
        yield from self.make()

    def lines(self) -> list[str]:
        return [strip.text for strip in self.screen._compositor.render_strips()]

    def written(self) -> str:
        """The very characters for the terminal, less Textual's own sequences and line ends."""
        update = self.screen._compositor.render_full_update()
        return OWN_SEQUENCES.sub("", update.render_segments(self.console)).replace("\n", "")


async def screen(*widgets: Callable[[], Widget], guarded: bool = True) -> tuple[list[str], str]:
    """The lines a user sees and the characters written, for these widgets on a page of their own."""
    app = Page(lambda: [make() for make in widgets], guarded)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        return app.lines(), app.written()


def test_guard_leaves_clean_text_as_it_is() -> None:
    text = "Åsa Öberg – 漢字 😀 e\u0301\nrad två"
    assert plain.guard(text) is text


def test_guard_replaces_every_character_that_a_terminal_obeys_or_hides() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) in DANGEROUS_CATEGORIES and character not in "\n\t":
            assert plain.guard(character) == plain.REPLACEMENT, hex(code)


@pytest.mark.parametrize(
    ("text", "lines", "line"),
    [
        ("a\tb", "a    b", "a    b"),
        ("a\nb", "a\nb", "a b"),
        ("a\r\nb", "a\nb", "a b"),
        ("a\rb", "a�b", "a�b"),
        ("I ❤\ufe0f dig", "I ❤ dig", "I ❤ dig"),
        ("a\x1b[31mb", "a�[31mb", "a�[31mb"),
    ],
)
def test_guard_shows_tampering_and_keeps_layout(text: str, lines: str, line: str) -> None:
    assert plain.guard(text) == lines
    assert plain.guard(text, lines=False) == line


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("Åsa", 3, "Åsa"),
        ("Åsa Öberg", 5, "Åsa…"),
        ("漢字漢字", 4, "漢…"),
        ("漢字漢字", 5, "漢字…"),
        ("漢字", 1, "…"),
        ("😀😀", 3, "😀…"),
        ("abc", 0, ""),
        ("abc", -1, ""),
        ("a\x1b[2Jb", 9, "a�[2Jb"),
        ("två\nrader", 20, "två rader"),
    ],
)
def test_fit_cuts_to_cells_and_pad_fills_them(text: str, width: int, expected: str) -> None:
    assert plain.fit(text, width) == expected
    assert cell_len(plain.pad(text, width)) == max(0, width)
    assert plain.fit_cell(text, width).cell_len == max(0, width)
    assert plain.fit_cell(RichText(text, "bold"), width).cell_len == max(0, width)


@every_hostile
def test_text_for_content_and_cells_is_harmless_and_literal(text: str) -> None:
    for shown in (plain.content(text, "bold").plain, plain.cell(text).plain, plain.fit_cell(text, 70).plain):
        assert not dangerous(shown)
        assert "efter" in shown
    assert not dangerous(plain.fit_cell(RichText(text), 70).plain)


@every_hostile
async def test_our_widgets_show_hostile_text_as_plain_letters(text: str) -> None:
    """Even without the filter: this is the first layer alone."""
    kinds = [plain.Text, plain.Heading, plain.Note, plain.ErrorText, plain.Attention, plain.PlainButton]
    for kind in kinds:
        lines, written = await screen(lambda kind=kind: kind(text), guarded=False)
        assert not dangerous(written), kind
        assert "efter" in " ".join(lines), kind
        if "[" in text and "\x1b" not in text:
            assert text in lines[0]


@every_hostile
async def test_no_way_back_to_markup_or_raw_text(text: str) -> None:
    def changed(change: Callable[[plain.Text], None]) -> Callable[[], Widget]:
        def make() -> Widget:
            widget = plain.Text("före")
            change(widget)
            return widget

        return make

    for change in (
        lambda widget: widget.update(text),
        lambda widget: setattr(widget, "content", text),
        lambda widget: widget.update(Content(text)),
    ):
        lines, written = await screen(changed(change), guarded=False)
        assert not dangerous(written)
        assert "efter" in " ".join(lines)
    with pytest.raises(TypeError):
        plain.Text(text, markup=True)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        plain.Text().update(RichText(text))


@every_hostile
async def test_textuals_widgets_write_nothing_hostile(text: str) -> None:
    def titled() -> Widget:
        widget = plain.Text("innehåll")
        widget.styles.border = ("round", "white")
        widget.border_title = Content(text)  # type: ignore[assignment]
        widget.border_subtitle = Content(text)  # type: ignore[assignment]
        return widget

    def table() -> Widget:
        widget: DataTable[RichText] = DataTable()
        widget.add_column(RichText(text))
        widget.add_row(RichText(text))
        return widget

    makers: list[Callable[[], Widget]] = [
        lambda: Input(value=text),
        lambda: Input(placeholder=text),
        lambda: TextArea(text),
        lambda: OptionList(Option(Content(text)), text, markup=False),
        titled,
        table,
        lambda: Raw(RichText(text)),
    ]
    for make in makers:
        lines, written = await screen(make)
        assert not dangerous(written)
        if "\u200d" not in text and "\u2028" not in text:
            # A joiner swallows a letter in Rich's measure, and DataTable breaks lines at a separator.
            assert "efter" in " ".join(lines)


async def test_without_the_filter_textual_writes_it() -> None:
    """The reason for the filter, and the proof that these tests can see what they look for."""
    _, written = await screen(lambda: Input(value=HOSTILE["write the clipboard"]), guarded=False)
    assert "\x1b]52;c;" in written


@every_hostile
async def test_a_toast_writes_nothing_hostile(text: str) -> None:
    app = Page(list)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.notify(text, title=text, markup=False)
        await pilot.pause()
        assert not dangerous(app.written())
        assert "\u200d" in text or "efter" in " ".join(app.lines())


async def test_controls_and_links_from_rich_renderables_are_stripped() -> None:
    _, written = await screen(lambda: Raw(Control.title("ägd")))
    assert not dangerous(written)
    bell = Segment("\x07", None, [(ControlType.BELL,)])
    assert plain.GuardFilter().apply([bell, Segment("a")], Color.parse("black")) == [Segment("a")]
    link = RichText("länk", Style(link="https://example.org/\x07\x1b]52;c;eA==\x07"))
    lines, written = await screen(lambda: Raw(link))
    assert not dangerous(written)
    assert "länk" in lines[0]


@every_hostile
def test_the_filter_keeps_the_width_of_every_segment(text: str) -> None:
    segment = Segment(text, Style(bold=True))
    (filtered,) = plain.GuardFilter().apply([segment], Color.parse("black"))
    assert filtered.cell_length == segment.cell_length
    assert not dangerous(filtered.text)
    assert filtered.style == segment.style


def test_the_filter_returns_clean_lines_themselves() -> None:
    segments = [Segment("Åsa 漢字 😀"), Segment(" ", Style(bold=True))]
    assert plain.GuardFilter().apply(segments, Color.parse("black")) is segments


async def test_an_error_takes_no_room_until_there_is_one() -> None:
    app = Page(lambda: [plain.ErrorText(), plain.Attention(), plain.Text("nedanför")])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.lines()[0].startswith("nedanför")
        app.query_one(plain.ErrorText).update("Skriv tolv siffror")
        app.query_one(plain.Attention).update("Skyddade personuppgifter")
        await pilot.pause()
        assert [line.rstrip() for line in app.lines()[:3]] == [
            "✗ Skriv tolv siffror",
            "! Skyddade personuppgifter",
            "nedanför",
        ]
        app.query_one(plain.ErrorText).update("")
        await pilot.pause()
        assert app.lines()[0].startswith("! ")


async def test_a_button_tells_its_state_without_colour() -> None:
    app = Page(lambda: [plain.PlainButton("Skicka", action="app.note"), plain.PlainButton("Avbryt")])
    pressed: list[str] = []
    app.action_note = lambda: pressed.append("Skicka")  # type: ignore[attr-defined]
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert [line.rstrip() for line in app.lines()[:2]] == ["[›Skicka‹]", "[ Avbryt ]"]
        strip = app.screen._compositor.render_strips()[0]
        assert next(iter(strip)).style.reverse
        await pilot.press("enter")
        await pilot.pause()
        assert pressed == ["Skicka"]
        await pilot.press("tab")
        app.query(plain.PlainButton).first().disabled = True
        await pilot.pause()
        assert [line.rstrip() for line in app.lines()[:2]] == ["( Skicka )", "[›Avbryt‹]"]

"""The lines of a form's items on paper: words, and boxes that look like the fields to fill in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from rich.cells import cell_len

from data.domain import placeholders
from data.domain.forms import (
    AnyItem,
    Choice,
    Confirmation,
    Date,
    DateTime,
    File,
    LongText,
    Measure,
    Place,
    Question,
    Scale,
    Section,
    SeveralChoices,
    Text,
    Time,
    WhiteBox,
    YesNo,
)
from tui.i18n import _
from tui.widgets.controls import SHORT, optional_words
from tui.widgets.form_words import times_words, unit_and_bounds
from tui.widgets.plain import guard, pad

Look: TypeAlias = Literal["strong", "under", "quiet", ""]
Drawn: TypeAlias = "tuple[str, Look]"
"""A line and how it looks."""

TIME = "│ "
"""Before what lies in a section that repeats."""

LINES = 2
"""Rows of the box for a long text."""

_RULES = {1: "━", 2: "─"}
"""Below headings, by their level; a heading of the third level is underlined itself."""

_ONE, _SEVERAL = " ( ) ", " [ ] "
_GAP = "   "


def lines_of_title(text: str, width: int) -> tuple[Drawn, ...]:
    """What the patient sees as the message's title, and an empty line; nothing for empty text."""
    return (*((line, "strong") for line in wrapped(marked(text), width)), ("", "")) if text else ()


def lines_of_text(text: str, width: int) -> tuple[Drawn, ...]:
    """Running text and an empty line; nothing for empty text."""
    return (*((line, "") for line in wrapped(marked(text), width)), ("", "")) if text else ()


def lines_of_item(place: Place, note: str, width: int) -> tuple[Drawn, ...]:
    """An item in lines of at most `width` cells, the last of them empty; a section without what is in it.

    `note` stands quietly with it.
    """
    lead = TIME * sum(section.repeats for section in place.within)
    lines = _lines_of(place.item, len(place.within) + 1, note, max(1, width - len(lead)))
    return (*((lead + text, look) for text, look in lines), (lead.rstrip(), ""))


def wrapped(text: str, width: int, lead: str = "") -> list[str]:
    """Guarded words in lines of at most `width` cells, behind a lead that later lines are set in by.

    A word that is longer than a line is broken.
    """
    room = max(1, width - cell_len(lead))
    lines = [line for paragraph in guard(text).split("\n") for line in _wrapped_one(paragraph, room)]
    return [(lead if not index else " " * cell_len(lead)) + line for index, line in enumerate(lines)]


def _wrapped_one(paragraph: str, width: int) -> Iterator[str]:
    line, *words = paragraph.split(" ")
    for word in words:
        if cell_len(line) + 1 + cell_len(word) <= width:
            line = f"{line} {word}"
        elif word:  # none stands between two spaces: a line does not begin with the second of them
            yield from filter(None, _broken(line, width))
            line = word
    yield from _broken(line, width)


def _broken(line: str, width: int) -> Iterator[str]:
    """A line in as many pieces as it needs to fit."""
    while cell_len(line) > width:
        cut = _cut(line, width)
        yield line[:cut]
        line = line[cut:]
    yield line


def _cut(text: str, width: int) -> int:
    """How many characters of the text fit in so many cells; at least one."""
    used = 0
    for index, character in enumerate(text):
        used += cell_len(character)
        if used > width:
            return max(1, index)
    return len(text)


def marked(text: str) -> str:
    """The text with «name» for each placeholder."""
    names = {placeholders.key_of(name): f"«{name}»" for name in placeholders.names_in(text)}
    return placeholders.fill(text, names)


def _lines_of(item: AnyItem, level: int, note: str, width: int) -> Iterator[Drawn]:
    """The parts in the order that the boxes of `tui.widgets.form_items` have them."""
    if isinstance(item, Section):
        yield from _heading(marked(item.wording), level, width)
        yield from _quiet(note, width)
        yield from _quiet(marked(item.help), width)
        if item.repeats:
            yield from _quiet(times_words(item), width)
        return
    yield from _quiet(note, width)
    wording = marked(item.wording)
    match item:
        case Text() if item.level:
            yield from _heading(wording, item.level, width)
        case Text():
            yield from ((line, "") for line in wrapped(wording, width))
        case WhiteBox():
            yield from ((line, "strong") for line in wrapped(wording, width))
            written = item.default or _("(what staff write before sending)")
            yield from ((line, "") for line in wrapped(written, width, "  "))
        case _:
            yield from _question(item, wording + optional_words(item), width)


def _heading(text: str, level: int, width: int) -> Iterator[Drawn]:
    lines = wrapped(text, width)
    rule = _RULES.get(level)
    yield from ((line, "strong" if rule else "under") for line in lines)
    if rule and text:
        yield rule * max(map(cell_len, lines)), "quiet"


def _question(item: Question, wording: str, width: int) -> Iterator[Drawn]:
    if not isinstance(item, Confirmation):
        yield from ((line, "strong") for line in wrapped(wording, width))
    yield from _quiet(marked(item.help), width)
    yield from ((line, "") for line in _field(item, wording, width))


def _field(item: Question, wording: str, width: int) -> list[str]:  # noqa: PLR0911 (one a kind)
    """What the field of a question looks like while nothing is filled in: see `tui.widgets.controls`."""
    match item:
        case YesNo():
            return wrapped(_GAP.join((_ONE + _("Yes"), _ONE + _("No"))), width)
        case Confirmation():
            return wrapped(wording, width, _SEVERAL)
        case Choice():
            return _options(item, width)
        case Scale():
            return _scale(item, width)
        case LongText():
            return [_box("", width)] * LINES
        case Date():
            return _measure(item, _("year-month-day"), width)
        case Time():
            return _measure(item, _("hour:minute"), width)
        case DateTime():
            return _measure(item, _("year-month-day hour:minute"), width)
        case Measure():
            return _measure(item, "", width)
        case File():
            return wrapped(_("Files can't be sent yet"), width)
        case _:
            return [_box("", width)]


def _options(item: Choice, width: int) -> list[str]:
    sign = _SEVERAL if isinstance(item, SeveralChoices) else _ONE
    wordings = [option.wording for option in item.options] + ([_("Other")] if item.other else [])
    return [line for wording in wordings for line in wrapped(wording, width, sign)]


def _scale(item: Scale, width: int) -> list[str]:
    cells = [f" {step} " for step in item.steps]
    gap = " " if sum(map(len, cells)) + len(cells) < width else ""
    lines, line = [], " "
    for cell in cells:
        if len(line) + len(cell) > width and line.strip():
            lines.append(line.rstrip())
            line = " "
        line += cell + gap
    lines.append(line.rstrip())
    for step, words in ((item.steps[0], item.least_words), (item.steps[-1], item.most_words)):
        if words:
            lines += wrapped(f"{step} = {words}", width, "  ")
    return lines


def _measure(item: Question, shape: str, width: int) -> list[str]:
    """The box with what should be written in it, and beside it the unit and the bounds, or below for lack of
    room."""
    box, beside = _box(shape, min(SHORT, width)), unit_and_bounds(item)
    line = f"{box} {beside}".rstrip()
    return [line] if cell_len(line) <= width else [box, *wrapped(beside, width, " ")]


def _quiet(text: str, width: int) -> Iterator[Drawn]:
    if text:
        yield from ((line, "quiet") for line in wrapped(text, width))


def _box(text: str, width: int) -> str:
    """A field of one line, between bars as `LineField` has them."""
    return f"▌{pad(f' {text}', max(0, width - 2))}▐"

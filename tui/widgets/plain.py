"""The only ways to show text in Omvänt: nothing here reads markup, nothing here lets a control through.

Two independent layers stand behind `data.domain.text.clean`, which already cleans what people type:

1. `guard` makes one string harmless; every widget and function of this module runs its text through it.
2. `GuardFilter` looks at what *any* widget is about to draw (an `Input`'s value, an option, a toast …).

Install the filter in the app, the same instance every time, since Textual caches by filter and strip:

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [self._guard, *super().get_line_filters()]   # first: others erase `Segment.control`

Read in Textual 8.2.8: the compositor takes every line from `Widget.render_lines`, and that ends in
`StylesCache.render`, which applies the filters after content, border titles, padding and tint. Toasts,
tooltips, the command palette and a dimmed screen under a dialogue are ordinary widgets and come the same way.
Only three ways out pass no filter: a message to `App.exit`, a crash report, and the clipboard (base64).
Border titles and tooltips read a `str` as markup: give them `content(text)`.
"""

from __future__ import annotations

import re
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.text import Text as RichText
from textual.binding import Binding
from textual.color import Color
from textual.content import Content, ContentText
from textual.filter import LineFilter
from textual.geometry import Size
from textual.visual import VisualType
from textual.widgets import Button, Static

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""Stands for each character that may not be shown; one cell wide."""

ELLIPSIS = "…"
TAB = " " * 4

# Variation selectors only choose between two looks of the character before them, and terminals disagree on
# how wide the result is. They are common after emoji, so they go silently and leave no replacement sign.
_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_SELECTOR = re.compile(f"[{_SELECTORS}]")

# Unicode 16: the categories Cc, Cf, Cs, Zl, Zp; all that is "default ignorable"; Hangul letters without ink.
# Written out, since asking `unicodedata` about 1.1 million characters would slow every start.
_UNSAFE_CLASS = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    "\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    + _SELECTORS
)
_UNSAFE = re.compile(f"[{_UNSAFE_CLASS}]")

# For the filter. Rich measures a zero-width joiner *and the character after it* as nothing; so do we.
_UNSAFE_DRAWN = re.compile(f"\u200d.|[\n{_UNSAFE_CLASS}]", re.DOTALL)


def guard(text: str, *, lines: bool = True) -> str:
    """The text with nothing in it that a terminal obeys, hides or turns around.

    Each such character becomes `REPLACEMENT`, so that tampering shows; a tab becomes four spaces and a
    variation selector vanishes. Newlines stay when `lines`, otherwise each becomes a space. Clean text is
    returned as it is.
    """
    if not lines and "\n" in text:
        text = text.replace("\r\n", " ").replace("\n", " ")
    if _UNSAFE.search(text) is None:
        return text
    text = text.replace("\r\n", "\n").replace("\t", TAB)
    return _UNSAFE.sub(REPLACEMENT, _SELECTOR.sub("", text))


def content(text: str, style: str = "") -> Content:
    """Plain, guarded `Content`: for prompts of options, labels, border titles and tooltips.

    `style` is in Textual's words and may name theme variables, as in "bold $text-error".
    """
    return Content.styled(guard(text), style)


def cell(text: str, style: str = "") -> RichText:
    """One plain, guarded line for a table's cell. `style` is in Rich's words, as in "bold red"."""
    return RichText(guard(text, lines=False), style=style, no_wrap=True, end="")


def fit(text: str, width: int) -> str:
    """The guarded text on one line, at most `width` terminal cells; a `…` shows that it was cut."""
    text = guard(text, lines=False)
    if cell_len(text) <= width:
        return text
    # A wide character that straddles the cut is left out rather than drawn over the next column.
    return set_cell_size(text, width - 1).rstrip() + ELLIPSIS if width > 0 else ""


def pad(text: str, width: int) -> str:
    """`fit`, then spaces up to exactly `width` terminal cells."""
    return set_cell_size(fit(text, width), width)


def fit_cell(value: str | RichText, width: int) -> RichText:
    """A cell of exactly `width` terminal cells, guarded and cut like `pad`; a `RichText` keeps its styles."""
    if isinstance(value, str) or width <= 0:
        return RichText(pad(str(value), width), end="")
    plain = guard(value.plain, lines=False)
    # Spans count characters, and guarding may change how many there are: hostile text loses its styles.
    text = value.copy() if plain == value.plain else RichText(plain, style=value.style)
    text.end = ""
    text.truncate(width, overflow="ellipsis", pad=True)
    return text


class Text(Static):
    """Text that is shown letter by letter: no markup, no controls.

    Takes a `str` or a `Content`, here, in `update` and in `content`; anything else raises `TypeError`.
    """

    SIGN: ClassVar[str] = ""
    """Stands before the text, unless that is empty: says without colour what kind of text this is."""

    def __init__(
        self,
        text: str | Content = "",
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 (Textual's name for it)
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        shown = self._shown(text)
        super().__init__(shown, markup=False, name=name, id=id, classes=classes, disabled=disabled)
        self.set_class(not shown.plain, "-empty")

    @classmethod
    def _shown(cls, text: VisualType) -> Content:
        if isinstance(text, str):
            shown = content(text)
        elif isinstance(text, Content):
            shown = text if _UNSAFE.search(text.plain) is None else content(text.plain)
        else:
            raise TypeError(f"{cls.__name__} shows str or Content, not {type(text).__name__}")
        return content(cls.SIGN) + shown if cls.SIGN and shown.plain else shown

    @property
    def content(self) -> VisualType:
        """What is shown: a guarded `Content`, sign included."""
        return super().content

    @content.setter
    def content(self, text: VisualType) -> None:
        self.update(text)

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show another text. `layout=False` when its size is surely the same. The same text costs nothing."""
        shown = self._shown(content)
        before = super().content
        if isinstance(before, Content) and shown.is_same(before):
            return
        super().update(shown, layout=layout)
        self.set_class(not shown.plain, "-empty")


class Heading(Text):
    """The title of a screen or of a part of it."""

    DEFAULT_CSS = """
    Heading { text-style: bold; }
    """


class Note(Text):
    """Guidance: what a person may want to know here."""

    DEFAULT_CSS = """
    Note { color: $text-muted; }
    """


class ErrorText(Text):
    """What is wrong with the field beside it and what to do; takes no room while empty."""

    SIGN = "✗ "
    DEFAULT_CSS = """
    ErrorText { color: $text-error; &.-empty { display: none; } }
    """


class Attention(Text):
    """What must not be overlooked; takes no room while empty."""

    SIGN = "! "
    DEFAULT_CSS = """
    Attention { color: $text-warning; text-style: bold; &.-empty { display: none; } }
    """


class PlainButton(Button, inherit_css=False):
    """A button one row high with a plain label: `[ Skicka ]`; `[›Skicka‹]` with focus; `( Skicka )` disabled.

    Posts `Button.Pressed`. Its CSS type is `PlainButton` only, so that Textual's three-row look for `Button`
    does not reach it; queries must say `PlainButton` too.
    """

    BINDINGS = [Binding("space", "press", "Press button", show=False)]
    DEFAULT_CSS = """
    PlainButton {
        width: auto;
        height: 1;
        &:focus { text-style: bold reverse; }
        &:disabled { color: $text-disabled; }
    }
    """

    def __init__(
        self,
        label: str | Content,
        *,
        action: str | None = None,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 (Textual's name for it)
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(
            self.validate_label(label), name=name, id=id, classes=classes, disabled=disabled, action=action
        )

    def validate_label(self, label: ContentText) -> Content:
        """One guarded line, whichever kind of text was given."""
        text = label if isinstance(label, str) else label.plain
        return content(guard(text, lines=False))

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 (Textual's hook)
        """The label and two cells on either side, in terminal cells."""
        return cell_len(str(self.label)) + 4

    def render(self) -> Content:
        """The label in brackets that tell its state without colour."""
        if self.disabled:
            left, right = "( ", " )"
        elif self.has_focus:
            left, right = "[›", "‹]"
        else:
            left, right = "[ ", " ]"
        return Content.assemble(left, self.validate_label(self.label), right)


class GuardFilter(LineFilter):
    """Takes out of every drawn line what a terminal would obey, hide or turn around.

    A line keeps its width in cells, since columns, cursors and Textual's own cuts were computed before: a
    character that counts as no cell is dropped, one that counts is replaced. Segments marked as control codes
    go: Textual writes its own cursor moves after this, none of its widgets makes such segments, and their
    text would reach the terminal raw. Hyperlinks go too, for their address is written raw (OSC 8).
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 (Textual's hook)
        """The same list when it is clean, as nearly always; otherwise a new one of the same width."""
        if not any(map(_is_unsafe, segments)):
            return segments
        return [_defused(segment) for segment in segments if not segment.control]


def _is_unsafe(segment: Segment) -> bool:
    text, style, control = segment
    return bool(control or _UNSAFE_DRAWN.search(text) or (style is not None and style.link))


def _defused(segment: Segment) -> Segment:
    text, style, _control = segment
    if _UNSAFE_DRAWN.search(text):
        replaced = _UNSAFE_DRAWN.sub(lambda match: REPLACEMENT * cell_len(match[0]), text)
        text = set_cell_size(replaced, cell_len(text))
    return Segment(text, style.update_link(None) if style is not None and style.link else style)

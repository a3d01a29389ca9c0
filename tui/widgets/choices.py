"""The fields that people choose in: with arrows, space, digits and Enter, and signs that need no colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.console import Console
from rich.text import Text as RichText
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.widget import Widget

from data.domain.errors import Message
from data.domain.forms import SCALE
from tui.widgets.field_messages import FieldChanged, FieldLeft
from tui.widgets.plain import guard

_MARKS = {True: "›", False: " "}
"""Before the option that the arrows have come to."""

_ONE = {True: "(•) ", False: "( ) "}
_SEVERAL = {True: "[x] ", False: "[ ] "}
_GAP = "   "


class ChoiceField(Widget, can_focus=True):
    """Options to choose one or several of: `(•)` and `[x]` tell what is chosen without colour.

    Options are `(value, wording)`. Space chooses, 1–9 choose directly, Enter chooses and goes on.
    """

    DEFAULT_CSS = """
    ChoiceField { width: 1fr; height: auto; &:disabled:can-focus { opacity: 100%; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,left", "move(-1)", show=False),
        Binding("down,right", "move(1)", show=False),
        Binding("space", "choose", show=False),
        Binding("enter", "choose_and_leave", show=False),
        *(Binding(str(digit), f"choose_number({digit})", show=False) for digit in range(1, 10)),
    ]
    guidance = Message(
        "The arrows go to an option, space chooses it or takes the choice back. 1 to 9 choose directly. "
        "Enter goes to the next field."
    )

    chosen: reactive[frozenset[str]] = reactive(frozenset())
    """The values of the chosen options."""

    cursor: reactive[int] = reactive(0)
    """The index of the option that the arrows have come to."""

    def __init__(
        self,
        options: Sequence[tuple[str, str]],
        *,
        several: bool = False,
        across: bool = False,
        chosen: frozenset[str] = frozenset(),
        id: str | None = None,  # noqa: A002 (Textual's name for it)
    ) -> None:
        """`across` draws the options beside each other on one line."""
        super().__init__(id=id)
        self.options = tuple(options)
        self.several = several
        self.across = across
        self.set_reactive(ChoiceField.chosen, chosen)
        at = [index for index, (value, _) in enumerate(self.options) if value in chosen]
        self.set_reactive(ChoiceField.cursor, at[0] if at else 0)

    def render(self) -> RichText:
        return _block([line for option in self._drawn(self.content_size.width) for line in option])

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 (Textual's hook)
        """The rows of all options, each wrapped to `width`."""
        return max(1, sum(map(len, self._drawn(width))))

    def watch_cursor(self) -> None:
        """Keep the option in view, in a list that is longer than the screen."""
        self.call_after_refresh(self._show_cursor)

    def action_move(self, step: int) -> None:
        cursor = self.cursor + step
        if 0 <= cursor < len(self.options):
            self.cursor = cursor
        else:
            self.post_message(FieldLeft(self, step))

    def action_choose(self) -> None:
        if not self.options:
            return
        value = self.options[self.cursor][0]
        if self.several:
            self.chosen = self.chosen ^ {value}
        else:
            self.chosen = frozenset({value}) - self.chosen
        self.post_message(FieldChanged(self))

    def action_choose_number(self, number: int) -> None:
        if number <= len(self.options):
            self.cursor = number - 1
            self.action_choose()

    def action_choose_and_leave(self) -> None:
        if not self.several and self.options and self.options[self.cursor][0] not in self.chosen:
            self.action_choose()
        self.post_message(FieldLeft(self, 1))

    def _drawn(self, width: int) -> list[list[RichText]]:
        """The lines of each option, or the one line that holds all of them."""
        options = [self._option(index, width) for index in range(len(self.options))]
        return [[RichText(_GAP).join(option[0] for option in options)]] if self.across else options

    def _option(self, index: int, width: int) -> list[RichText]:
        value, wording = self.options[index]
        at_cursor = self.has_focus and index == self.cursor
        sign = (_SEVERAL if self.several else _ONE)[value in self.chosen]
        return _hanging(
            self.app.console, width, _MARKS[at_cursor] + sign, wording, "bold" if at_cursor else ""
        )

    def _show_cursor(self) -> None:
        view = next((node for node in self.ancestors if _scrolls(node)), None)
        if self.across or not isinstance(view, Widget):
            return
        options = self._drawn(self.content_size.width)
        line = sum(map(len, options[: self.cursor]))
        corner = self.content_region.offset - view.scrollable_content_region.offset + view.scroll_offset
        region = Region(0, line, self.content_size.width, len(options[self.cursor])).translate(corner)
        view.scroll_to_region(region, animate=False)


class YesNoField(ChoiceField):
    """Yes or no, in words of the interface's language given by `wordings`."""

    def __init__(self, wordings: tuple[str, str], value: object = None) -> None:
        names = {True: "yes", False: "no"}
        chosen = frozenset({names[value]}) if isinstance(value, bool) else frozenset()
        super().__init__((("yes", wordings[0]), ("no", wordings[1])), across=True, chosen=chosen)

    @property
    def typed(self) -> bool | None:
        """True for yes, None for no choice."""
        return "yes" in self.chosen if self.chosen else None


class TickField(ChoiceField):
    """A box to tick beside what is confirmed."""

    guidance = Message("Space ticks the box or takes the tick away. Enter goes to the next field.")

    def __init__(self, wording: str, value: object = None) -> None:
        chosen = frozenset({"tick"}) if value is True else frozenset[str]()
        super().__init__((("tick", wording),), several=True, chosen=chosen)

    @property
    def typed(self) -> bool:
        """Whether the box is ticked."""
        return bool(self.chosen)


class OptionsField(ChoiceField):
    """A choice question's options."""

    @property
    def typed(self) -> str | list[str] | None:
        """The chosen option's id, or the ids in the options' order where several may be chosen."""
        chosen = [value for value, _ in self.options if value in self.chosen]
        return chosen if self.several else next(iter(chosen), None)


class ScaleField(Widget, can_focus=True):
    """Steps on a line, chosen with the arrows left and right or by their digits; 1 then 0 gives 10."""

    DEFAULT_CSS = """
    ScaleField { width: 1fr; height: auto; &:disabled:can-focus { opacity: 100%; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("up", "leave(-1)", show=False),
        Binding("down,enter", "leave(1)", show=False),
        Binding("backspace,delete", "clear", show=False),
        *(Binding(str(digit), f"digit({digit})", show=False) for digit in range(10)),
    ]
    guidance = Message(
        "Type a number from 0 to 10, or go there with the arrows left and right. Backspace takes the answer "
        "away. Enter goes to the next field."
    )

    value: reactive[int | None] = reactive[int | None](None)
    """The chosen step."""

    def __init__(self, least: str, most: str, value: object = None) -> None:
        """`least` and `most` say what the ends mean; either may be empty."""
        super().__init__()
        self.least = least
        self.most = most
        chosen = value if isinstance(value, int) and not isinstance(value, bool) else None
        self.set_reactive(ScaleField.value, chosen)

    @property
    def typed(self) -> int | None:
        """The chosen step."""
        return self.value

    def render(self) -> RichText:
        return _block(self._lines(self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 (Textual's hook)
        """The row of steps and those of the words for its ends, wrapped to `width`."""
        return len(self._lines(width))

    def action_step(self, step: int) -> None:
        start = SCALE[0] - 1 if step > 0 else SCALE[-1] + 1
        self._choose(min(max((start if self.value is None else self.value) + step, SCALE[0]), SCALE[-1]))

    def action_digit(self, digit: int) -> None:
        self._choose(SCALE[-1] if self.value == 1 and digit == 0 else digit)

    def action_clear(self) -> None:
        self._choose(None)

    def action_leave(self, step: int) -> None:
        self.post_message(FieldLeft(self, step))

    def _choose(self, value: int | None) -> None:
        self.value = value
        self.post_message(FieldChanged(self))

    def _lines(self, width: int) -> list[RichText]:
        steps = RichText(_MARKS[self.has_focus])
        for step in SCALE:
            chosen = step == self.value
            steps.append(f"[{step}]" if chosen else f" {step} ", "bold" if chosen else "")
            steps.append(" ")
        ends = [
            f"{step} = {words}" for step, words in ((SCALE[0], self.least), (SCALE[-1], self.most)) if words
        ]
        lines = [steps]
        for end in ends:
            lines += _hanging(self.app.console, width, "  ", end)
        return lines


def _scrolls(node: object) -> bool:
    return isinstance(node, Widget) and node.allow_vertical_scroll


def _hanging(console: Console, width: int, lead: str, words: str, style: str = "") -> list[RichText]:
    """Guarded words wrapped to `width` behind their lead, later lines set in by as much."""
    lines = RichText(guard(words)).wrap(console, max(1, width - len(lead)))
    leads = [lead, *[" " * len(lead)] * (len(lines) - 1)]
    return [
        RichText(before + line.plain.rstrip(), style=style) for before, line in zip(leads, lines, strict=True)
    ]


def _block(lines: Sequence[RichText]) -> RichText:
    block = RichText("\n").join(lines)
    block.no_wrap = True
    return block

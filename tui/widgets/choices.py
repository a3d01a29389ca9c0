"""The fields that people choose in: with arrows, space, digits and Enter, and signs that need no colour."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import ClassVar

from rich.text import Text as RichText
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region, Size
from textual.reactive import reactive
from textual.widget import Widget

from data.domain.errors import Message
from tui.widgets.field_messages import FieldChanged, FieldLeft
from tui.widgets.hanging import MARKS, block, hanging

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
        return block([line for option in self._drawn(self.content_size.width) for line in option])

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 (Textual's hook)
        """The rows of all options, each wrapped to `width`."""
        return max(1, sum(map(len, self._drawn(width))))

    def watch_cursor(self) -> None:
        self.call_after_refresh(self.show_cursor)

    def show_cursor(self) -> None:
        """Bring the option at the cursor into view, in a list that is longer than the screen."""
        view = next((node for node in self.ancestors if _scrolls(node)), None)
        if self.across or not self.options or not isinstance(view, Widget):
            return
        options = self._drawn(self.content_size.width)
        line = sum(map(len, options[: self.cursor]))
        # Not by places on the screen: those are of the last layout, and the view may have scrolled since.
        inside = [self, *takewhile(lambda node: node is not view, self.ancestors)]
        corner = sum((_place_in_parent(node) for node in inside if isinstance(node, Widget)), Offset())
        region = Region(0, line, self.content_size.width, len(options[self.cursor])).translate(corner)
        view.scroll_to_region(region, animate=False)

    def action_move(self, step: int) -> None:
        cursor = self.cursor + step
        if 0 <= cursor < len(self.options):
            self.cursor = cursor
        else:
            self.post_message(FieldLeft(self, step))

    def action_choose(self) -> None:
        if not self.options:
            return
        self.chosen = self.toggled(self.options[self.cursor][0])
        self.post_message(FieldChanged(self))

    def toggled(self, value: str) -> frozenset[str]:
        """What is chosen once `value` is chosen, or taken back."""
        return self.chosen ^ {value} if self.several else frozenset({value}) - self.chosen

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
        return hanging(self.app.console, width, MARKS[at_cursor] + sign, wording, "bold" if at_cursor else "")


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
    """A choice question's options. Those in `exclusive` are never chosen with others: choosing one takes the
    others back, and taking it back again brings them back too."""

    def __init__(
        self,
        options: Sequence[tuple[str, str]],
        *,
        several: bool = False,
        chosen: frozenset[str] = frozenset(),
        exclusive: frozenset[str] = frozenset(),
        id: str | None = None,  # noqa: A002 (Textual's name for it)
    ) -> None:
        super().__init__(options, several=several, chosen=chosen, id=id)
        self._exclusive = exclusive
        self._taken_back: frozenset[str] = frozenset()

    def toggled(self, value: str) -> frozenset[str]:
        if not self.several or not self._exclusive:
            return super().toggled(value)
        before, self._taken_back = self._taken_back, frozenset()
        if value not in self._exclusive:
            return super().toggled(value) - self._exclusive
        if value in self.chosen:
            return before
        self._taken_back = self.chosen - self._exclusive
        return frozenset({value})

    @property
    def typed(self) -> str | list[str] | None:
        """The chosen option's id, or the ids in the options' order where several may be chosen."""
        chosen = [value for value, _ in self.options if value in self.chosen]
        return chosen if self.several else next(iter(chosen), None)


def _place_in_parent(node: Widget) -> Offset:
    """Where the content of a widget begins in the content of its parent."""
    return node.virtual_region.offset + node.gutter.top_left


def _scrolls(node: object) -> bool:
    return isinstance(node, Widget) and node.allow_vertical_scroll

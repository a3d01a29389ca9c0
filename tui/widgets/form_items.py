"""The parts of a form on the screen: a text, an item to fill in, and an item to read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from data.domain.answers import in_words
from data.domain.errors import Message
from data.domain.forms import Confirmation, Filled, Item, LongText, ShortText, Value, WhiteBox
from data.domain.forms import Text as TextItem
from tui.i18n import ngettext, say
from tui.widgets.controls import control_for, optional_words, stops_of
from tui.widgets.form_words import unit_and_bounds
from tui.widgets.plain import ErrorText, Note, Text

Line = TypeVar("Line", bound=Text)
Shown = TypeVar("Shown", bound=Item)


class Holder(Protocol):
    """What the answers of a box lie in: the form, or one time of a section that repeats."""

    @property
    def prefix(self) -> str:
        """What the paths of those answers begin with."""


class Box(Vertical, Generic[Shown]):
    """An item of a form on the screen. `path` is its answer's, see `data.domain.answers`."""

    DEFAULT_CSS = """
    Box { height: auto; }
    """

    def __init__(self, item: Shown, holder: Holder, note: str = "") -> None:
        """`note` stands quietly before the item, say when it is shown at all."""
        super().__init__()
        self.item = item
        self._holder = holder
        self._note = note

    def compose(self) -> ComposeResult:
        if self._note:
            yield Note(self._note)

    @property
    def path(self) -> str:
        # Looked up each time: it changes when a time before this one is taken away.
        return f"{self._holder.prefix}{self.item.id}"

    def reword(self, item: Shown) -> None:
        """Show the item with other words, in the same place."""
        self.item = item


class Title(Text):
    """A heading of `level` 1 to 3. Rules of different weight tell the levels without colour."""

    DEFAULT_CSS = """
    Title {
        width: auto;
        max-width: 100%;
        text-style: bold;
        margin-bottom: 1;
        &.-level-1 { border-bottom: heavy $foreground 60%; }
        &.-level-2 { border-bottom: solid $foreground 60%; }
        &.-level-3 { text-style: bold underline; }
        &.-tight { margin-bottom: 0; }
    }
    """

    def __init__(self, text: str, level: int) -> None:
        super().__init__(text, classes=f"-level-{level}")


class TextBox(Box[TextItem]):
    """A text, or a heading."""

    DEFAULT_CSS = """
    TextBox > .text { margin-bottom: 1; }
    """

    def __init__(self, item: TextItem, holder: Holder, note: str = "") -> None:
        super().__init__(item, holder, note)
        self._text = Title(item.wording, item.level) if item.level else Text(item.wording, classes="text")

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield self._text

    def reword(self, item: TextItem) -> None:
        super().reword(item)
        self._text.update(item.wording)


class FaultyBox(Box[Shown]):
    """A box with an error in it, once there is one: most never have any."""

    def __init__(self, item: Shown, holder: Holder, note: str = "") -> None:
        super().__init__(item, holder, note)
        self._error: Message | None = None

    @property
    def error(self) -> Message | None:
        """What is wrong with what was filled in; nothing is shown for None."""
        return self._error

    @error.setter
    def error(self, problem: Message | None) -> None:
        if problem != self._error:
            self._error = problem
            self._say(ErrorText, say(problem) if problem else "")

    @property
    def stops(self) -> Iterable[Widget]:
        """The fields in it that take the focus, in their order."""
        return ()

    def _say(self, kind: type[Line], text: str) -> None:
        """Show a line of that kind in the box, or take it away for empty text."""
        # Only its own children are looked at: boxes lie in boxes.
        present = next(iter(self.query_children(f"{kind.__name__}.-said").results(kind)), None)
        if present is not None:
            present.update(text)
            present.display = bool(text)
        elif text and self.is_attached:
            self.mount(kind(text, classes="-said"), after=self._said_after())

    def _said_after(self) -> Widget | None:
        """After which of the children its lines stand; None for the last."""
        return None


class FieldBox(FaultyBox[Filled]):
    """One item to fill in: its wording, its help, the control, and the error beside it."""

    DEFAULT_CSS = """
    FieldBox {
        margin-bottom: 1;
        & > .wording { text-style: bold; }
        & > Horizontal { height: auto; }
        & > Horizontal > Note { width: auto; padding-left: 1; }
    }
    """

    def __init__(self, item: Filled, holder: Holder, value: object, *, own: bool, note: str = "") -> None:
        """`own` is False for what is only shown, as someone else will fill it in."""
        super().__init__(item, holder, note)
        self.own = own
        self._value = value
        self._control = self._made()

    def compose(self) -> ComposeResult:
        yield from super().compose()
        if not isinstance(self.item, Confirmation):
            yield Text(self._wording, classes="wording")
        if self.item.help:
            yield Note(self.item.help, classes="help")
        if beside := unit_and_bounds(self.item):
            with Horizontal():
                yield self._control
                yield Note(beside)
        else:
            yield self._control

    @property
    def typed(self) -> object:
        """What the control holds."""
        return getattr(self._control, "typed", None)  # a file's has nothing to hold

    @property
    def stops(self) -> Iterable[Widget]:
        return stops_of(self._control) if self.own else ()

    def changed(self) -> None:
        """Take what was wrong with it away, and count what is left of a text's room when that is little."""
        self.error = None
        item, typed = self.item, self.typed
        if isinstance(item, ShortText | LongText | WhiteBox) and isinstance(typed, str):
            self._say(Note, _room(item.most_length - len(typed.strip()), item.most_length))

    def reword(self, item: Filled) -> None:
        """Show other words; what a tick confirms is part of its control, which is made anew."""
        super().reword(item)
        if not self.is_attached:
            return
        for wording in self.query_children(".wording").results(Text):
            wording.update(self._wording)
        for help_ in self.query_children(".help").results(Note):
            help_.update(item.help)
        if isinstance(item, Confirmation) and not self.own:
            before, self._control = self._control, self._made()
            self.mount(self._control, before=before)
            before.remove()

    def _made(self) -> Widget:
        control = control_for(self.item, self._value)
        if not self.own:
            for stop in stops_of(control):
                stop.disabled = True
        return control

    @property
    def _wording(self) -> str:
        return self.item.wording + optional_words(self.item)


class ReadBox(Box[Filled]):
    """One item as it was filled in."""

    DEFAULT_CSS = """
    ReadBox {
        margin-bottom: 1;
        & > .wording { text-style: bold; }
        & > .value { padding-left: 2; }
    }
    """

    def __init__(self, item: Filled, holder: Holder, value: Value | None, note: str = "") -> None:
        super().__init__(item, holder, note)
        self._value = value

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Text(self.item.wording, classes="wording")
        yield Text(self._words(), classes="value")

    def _words(self) -> str:
        if isinstance(self.item, WhiteBox) and not self._value:
            return "–"  # staff left it empty; "not answered" would sound like the patient's fault
        words = in_words(self.item, self._value)
        return say(words) if isinstance(words, Message) else words


def _room(left: int, most: int) -> str:
    """How many more characters a text may have, once that is worth knowing."""
    if left < 0:
        return ngettext("{n} character too many", "{n} characters too many", -left).format(n=-left)
    if left == most or left > min(200, max(10, most // 10)):
        return ""
    return ngettext("{n} character left", "{n} characters left", left).format(n=left)

"""Dialogues: a choice among a few, or one line of text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from data.domain.errors import Message
from tui.i18n import _, say
from tui.widgets.menu import DigitMenu
from tui.widgets.plain import ErrorText, Heading, Note, Text, content
from tui.widgets.submit_field import SubmitField

SHEET_CSS = """
    align: center middle;
    & > .sheet {
        width: 100%;
        max-width: 72;
        height: auto;
        max-height: 100%;
        padding: 1 2;
        background: $panel;
    }
"""
"""For a modal screen: its `.sheet` lies in the middle of what it covers."""

_WORDS_CSS = """
    & .words { height: auto; max-height: 12; margin-top: 1; }
    & Note { margin-top: 1; }
"""


class Ask(ModalScreen[str | None]):
    """Asks for one of a few choices: `(result, label)`, all words translated.

    Dismissed with the result of the choice, or None for Esc. The first choice is the safe one: Enter alone
    takes it. A dangerous choice names its object.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("tab", "move('cursor_down')", show=False),
        Binding("shift+tab", "move('cursor_up')", show=False),
        Binding("pageup", "scroll(-1)", show=False, priority=True),  # the menu would take them
        Binding("pagedown", "scroll(1)", show=False, priority=True),
    ]
    DEFAULT_CSS = f"""
    Ask {{
        {SHEET_CSS}
        {_WORDS_CSS}
        & DigitMenu {{ margin-top: 1; }}
    }}
    """

    def __init__(self, title: str, text: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._heading = title
        self._text = text
        self._choices = choices

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield Heading(self._heading)
            words = VerticalScroll(Text(self._text), classes="words", can_focus=False)
            words.display = bool(self._text)
            yield words
            yield DigitMenu(*(Option(content(label), id=result) for result, label in self._choices))
            yield Note(_("↑ ↓ or the number chooses   Enter takes it   Esc closes"))

    def on_mount(self) -> None:
        self.query_one(DigitMenu).focus()

    @on(OptionList.OptionSelected)
    def _taken(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)

    def action_move(self, step: str) -> None:
        getattr(self.query_one(DigitMenu), f"action_{step}")()

    def action_scroll(self, pages: int) -> None:
        words = self.query_one(VerticalScroll)
        (words.scroll_page_down if pages > 0 else words.scroll_page_up)(animate=False)


def ask_unsaved(unsaved: Message) -> Ask:
    """Asks what becomes of unsaved work: dismissed with "save", "discard", or for staying "stay" or None."""
    choices = (("stay", _("Keep editing")), ("save", _("Save")), ("discard", _("Leave without saving")))
    return Ask(_("Not saved"), say(unsaved), choices)


class AskText(ModalScreen[str | None]):
    """Asks for one line of text; dismissed with it, stripped, or with None for Esc.

    `check` says what is wrong with a text, beside the field, and None when it can be accepted.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", show=False)]
    DEFAULT_CSS = f"""
    AskText {{
        {SHEET_CSS}
        {_WORDS_CSS}
        & .label {{ margin-top: 1; }}
    }}
    """

    def __init__(
        self,
        title: str,
        text: str,
        label: str,
        initial: str = "",
        *,
        check: Callable[[str], Message | None] = lambda _text: None,
        fault: Message | None = None,
    ) -> None:
        """All words are translated; `text` may be empty. `fault` is what was wrong with `initial`."""
        super().__init__()
        self._heading = title
        self._text = text
        self._label = label
        self._initial = initial
        self._check = check
        self._fault = fault

    def compose(self) -> ComposeResult:
        with Vertical(classes="sheet"):
            yield Heading(self._heading)
            words = VerticalScroll(Text(self._text), classes="words", can_focus=False)
            words.display = bool(self._text)
            yield words
            yield Text(self._label, classes="label")
            yield SubmitField(self._initial)
            yield ErrorText(say(self._fault) if self._fault else "")
            yield Note(_("Enter accepts   Esc cancels"))

    def on_mount(self) -> None:
        line = self.query_one(SubmitField)
        line.focus()
        line.action_end()

    @on(Input.Submitted)
    def _accept(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        if problem := self._check(text):
            self.query_one(ErrorText).update(say(problem))
        else:
            self.dismiss(text)

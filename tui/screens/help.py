"""Help for what has focus, and everything one can do here: to read, to filter, to perform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui.i18n import _
from tui.widgets.plain import Heading, Note, Text, content, pad

_KEY_WIDTH = 12


@dataclass(frozen=True)
class Entry:
    """An act as help and palette show it; all words are translated.

    `key` is empty for an act without one. `reason` says why the act can't be done now; empty when it can.
    """

    id: str
    key: str
    label: str
    help: str
    reason: str = ""

    def matches(self, wanted: str) -> bool:
        """Whether every word of `wanted` is somewhere in the key, the label or the help."""
        text = f"{self.key} {self.label} {self.help}".casefold()
        return all(word in text for word in wanted.casefold().split())


class HelpScreen(ModalScreen[str | None]):
    """Guidance above a list of acts. Dismissed with the id of the act to perform, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1", "dismiss", show=False),
        Binding("up", "move('cursor_up')", show=False),
        Binding("down", "move('cursor_down')", show=False),
        Binding("pageup", "move('page_up')", show=False),
        Binding("pagedown", "move('page_down')", show=False),
    ]

    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        & > #sheet {
            width: 100%;
            min-width: 20;
            max-width: 90;
            height: 100%;
            max-height: 40;
            padding: 0 1;
            background: $surface;
        }
        & VerticalScroll { height: auto; max-height: 40%; margin-bottom: 1; }
        & Input { background: $panel; }
        & OptionList {
            height: 1fr;
            margin: 1 0 0 0;
            background: transparent;
            & > .option-list--option-highlighted {
                color: $block-cursor-foreground;
                background: $block-cursor-background;
            }
        }
    }
    """

    def __init__(self, title: str, guidance: str, entries: Sequence[Entry]) -> None:
        """Show `guidance`, which may be empty, under `title`; both are translated already."""
        super().__init__()
        self._heading = title
        self._guidance = guidance
        self._entries = entries

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            yield Heading(self._heading)
            if self._guidance:
                # Takes focus by Tab, so that guidance longer than its room can be scrolled with the arrows.
                with VerticalScroll():
                    yield Text(self._guidance)
            yield Input(placeholder=_("Type to find a command"), compact=True)
            acts = OptionList(compact=True)
            acts.can_focus = False
            yield acts
            yield Note(_("↑ ↓ choose   Enter does it   Esc closes"))

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._show("")

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        self._show(event.value)

    @on(Input.Submitted)
    def _perform(self) -> None:
        self.query_one(OptionList).action_select()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)

    def action_move(self, step: str) -> None:
        """Move the highlight while the cursor stays in the filter."""
        getattr(self.query_one(OptionList), f"action_{step}")()

    def _show(self, wanted: str) -> None:
        acts = self.query_one(OptionList)
        found = [Option(_prompt(entry), id=entry.id) for entry in self._entries if entry.matches(wanted)]
        acts.clear_options().add_options(found or [Option(content(_("Nothing matches")), disabled=True)])
        acts.highlighted = 0 if found else None


def _prompt(entry: Entry) -> Content:
    indent = " " * _KEY_WIDTH
    prompt = content(pad(entry.key, _KEY_WIDTH), "bold") + content(entry.label, "bold")
    prompt += content(f"\n{indent}{entry.help}")
    if entry.reason:
        prompt += content(f"\n{indent}{_('Not now:')} {entry.reason}", "$text-warning")
    return prompt

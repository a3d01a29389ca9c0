"""The command palette: every act that one may do here, found by any word of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui.i18n import _
from tui.widgets.plain import content

if TYPE_CHECKING:
    from tui.screens.base import BaseScreen
    from tui.screens.help import Entry

_IN_LABEL = 1.0
_IN_REST = 0.5
"""An act that matches by its help comes after those that match by their name."""


class ActsProvider(Provider):
    """The acts of the `BaseScreen` below the palette, in the interface's language.

    Prompts are built as `Content`, and help is put into the prompt: Textual reads a hit's own strings as
    markup.
    """

    @property
    def _place(self) -> BaseScreen[object]:
        return cast("BaseScreen[object]", self.screen)

    async def discover(self) -> Hits:
        """Everything, in the order of the place."""
        for entry in self._place.entries():
            yield DiscoveryHit(_prompt(entry), partial(self._place.action_act, entry.id), text=entry.label)

    async def search(self, query: str) -> Hits:
        """The acts that hold every word of `query`; a line that says so when there are none."""
        found = [entry for entry in self._place.entries() if entry.matches(query)]
        for entry in found:
            score = _IN_LABEL if query.casefold() in entry.label.casefold() else _IN_REST
            yield Hit(score, _prompt(entry), partial(self._place.action_act, entry.id), text=entry.label)
        if not found:
            # Textual would say "No matches found", in English and after half a second.
            nothing = _("Nothing matches")
            yield Hit(0, content(nothing), partial(self._place.tell, nothing), text=nothing)


class Palette(CommandPalette):
    """Textual's palette with our acts and words, and without its wide magnifying glass."""

    # The least width: Textual's list fails when it has none at all.
    DEFAULT_CSS = """
    Palette {
        & > Vertical { min-width: 20; margin-top: 2; }
        SearchIcon { display: none; }
        CommandInput { padding-left: 1; }
        CommandList > .option-list--option-highlighted {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
        }
    }
    """

    def __init__(self) -> None:
        super().__init__([ActsProvider], placeholder=_("Type to find a command"))


def _prompt(entry: Entry) -> Content:
    key = content(f"  {entry.key}", "not bold") if entry.key else content("")
    prompt = content(entry.label) + key + content(f"\n{entry.help}", "not bold")
    if entry.reason:
        prompt += content(f"\n{_('Not now:')} {entry.reason}", "not bold $text-warning")
    return prompt

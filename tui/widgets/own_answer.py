"""A choice with room for an answer of one's own: the options, and a line that opens below the last one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from data.domain.choices import OTHER
from tui.i18n import _
from tui.widgets.choices import OptionsField
from tui.widgets.field_messages import FieldChanged
from tui.widgets.line_field import LineField

_OWN = "[own]"
"""The option that opens the line; no option of a form can have this id."""


class OwnAnswerField(Vertical):
    """Options, the last of which is another answer: choosing it leads to a line to write it in.

    What was written stays while the option is taken back, and is there again when it is chosen anew.
    """

    DEFAULT_CSS = """
    OwnAnswerField { height: auto; & > LineField { margin-left: 5; } }
    """

    def __init__(
        self,
        options: Sequence[tuple[str, str]],
        *,
        several: bool = False,
        chosen: Sequence[object] = (),
        exclusive: frozenset[str] = frozenset(),
    ) -> None:
        """`chosen` are ids of options, and `{"other": text}` for an answer of one's own."""
        super().__init__()
        own = next((one[OTHER] for one in chosen if isinstance(one, dict) and OTHER in one), None)
        ids = frozenset(one for one in chosen if isinstance(one, str) and one != _OWN)
        self._options = OptionsField(
            [*options, (_OWN, _("Other"))],
            several=several,
            chosen=ids if own is None else ids | {_OWN},
            exclusive=exclusive,
        )
        self._line = LineField(own if isinstance(own, str) else "", placeholder=_("Write your own answer"))
        self._line.display = self._is_open

    def compose(self) -> ComposeResult:
        yield self._options
        yield self._line

    @property
    def typed(self) -> object:
        """As `OptionsField.typed`, with `{"other": text}` for the answer of one's own."""
        typed = self._options.typed
        if isinstance(typed, list):
            return [self._own if one == _OWN else one for one in typed]
        return self._own if typed == _OWN else typed

    @property
    def stops(self) -> Iterator[Widget]:
        """The fields that take the focus, in their order."""
        yield self._options
        if self._is_open:
            yield self._line

    @property
    def _own(self) -> dict[str, str]:
        return {OTHER: self._line.typed}

    @property
    def _is_open(self) -> bool:
        return _OWN in self._options.chosen

    @on(FieldChanged)
    def _open_or_close(self, event: FieldChanged) -> None:
        if event.field is self._options and self._line.display != self._is_open:
            self._line.display = self._is_open
            if self._is_open:
                # At once, not by `focus()`, which would let the next key still come to the options.
                self.screen.set_focus(self._line)

"""A field with its label, its error and its guidance, all in aligned columns."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from data.domain.errors import Message
from tui.i18n import say
from tui.widgets.plain import ErrorText, Note, Text


class Labelled(Horizontal):
    """The label on the left; on the right the control, under it what is wrong and what is worth knowing.

    The words are translated. `guidance` is what F1 shows while the control has focus.
    """

    DEFAULT_CSS = """
    Labelled {
        height: auto;
        margin-bottom: 1;
        & > Text { width: 14; padding-right: 1; color: $text-muted; &.-empty { display: none; } }
        & > Vertical { width: 1fr; height: auto; }
        & Note.-empty { display: none; }
        &.-close { margin-bottom: 0; }
        &.-close Note { display: none; }
        &.-close:focus-within Note { display: block; &.-empty { display: none; } }
    }
    """

    def __init__(
        self,
        label: str,
        control: Widget,
        *,
        note: str = "",
        guidance: Message | None = None,
        close: bool = False,
        id: str | None = None,  # noqa: A002 (Textual's name for it)
    ) -> None:
        """`close` leaves no air below it, and shows the note only while the control has focus."""
        super().__init__(id=id, classes="-close" if close else None)
        self.control = control
        self.guidance = guidance
        self._label = Text(label)
        self._error = ErrorText()
        self._note = Note(note)

    def compose(self) -> ComposeResult:
        yield self._label
        with Vertical():
            yield self.control
            yield self._error
            yield self._note

    @property
    def label(self) -> str:
        """What the field is called; empty for a field that needs no name."""
        return str(self._label.content)

    @label.setter
    def label(self, text: str) -> None:
        if text != self.label:
            self._label.update(text)

    @property
    def note(self) -> str:
        """What is worth knowing about the field."""
        return str(self._note.content)

    @note.setter
    def note(self, text: str) -> None:
        if text != self.note:
            self._note.update(text)

    @property
    def error(self) -> Message | None:
        """What is wrong with what the control holds."""
        return self._problem

    @error.setter
    def error(self, message: Message | None) -> None:
        if message == self._problem:
            return
        self._problem = message
        self._error.update(say(message) if message else "")

    _problem: Message | None = None

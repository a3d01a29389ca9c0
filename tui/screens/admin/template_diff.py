"""Vad skiljer: what differs between two versions of a template, readable with and without colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from data.domain.forms import Form
from tui.i18n import _
from tui.screens.admin.diff_words import diff_lines
from tui.screens.base import BaseScreen
from tui.widgets.diff_view import DiffView
from tui.widgets.plain import Heading, Note


@dataclass(frozen=True)
class Side:
    """One of the two that are compared: its translated title, and the template's name and form there."""

    title: str
    name: str
    form: Form


class DiffScreen(BaseScreen[None]):
    """The differences from top to bottom; the arrows and the page keys scroll."""

    PLACE = "template_diff"
    DEFAULT_CSS = """
    DiffScreen {
        & #note { margin-bottom: 1; }
        & #differences { height: 1fr; scrollbar-size-vertical: 1; }
    }
    """

    def __init__(self, old: Side, new: Side, way: Sequence[str]) -> None:
        """`way` is the translated trail of the screen that this one lies on."""
        super().__init__()
        self._old = old
        self._new = new
        self._way = way

    def compose_body(self) -> ComposeResult:
        lines = diff_lines(self._old.form, self._new.form, (self._old.name, self._new.name))
        yield Heading(_("From {old} to {new}").format(old=self._old.title, new=self._new.title))
        legend = _("+ added   − removed   ~ changed   » moved")
        yield Note(legend if lines else _("Nothing differs: they say the same."), id="note")
        yield VerticalScroll(DiffView(lines), id="differences")

    def on_mount(self) -> None:
        self.query_one("#differences").focus()

    def trail(self) -> Sequence[str]:
        return [*self._way, *super().trail()]

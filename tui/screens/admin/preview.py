"""The preview: a template exactly as the patient will see it, to be answered on trial."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from data.domain.answers import Writer, check
from data.domain.errors import Message
from data.domain.forms import Form
from tui.bindings import ACTS
from tui.i18n import _
from tui.screens.base import BaseScreen
from tui.widgets.form import FormView
from tui.widgets.plain import Heading, Note


class PreviewScreen(BaseScreen[None]):
    """What the patient will see. Ctrl+S checks the answers as if they were submitted; nothing is stored."""

    PLACE = "preview"
    DEFAULT_CSS = """
    PreviewScreen {
        & #note { margin-bottom: 1; }
        & #name { margin-bottom: 1; }
    }
    """

    def __init__(self, name: str, form: Form, way: Sequence[str]) -> None:
        """`way` is the translated trail of the screen that this one lies on."""
        super().__init__()
        self._title = name
        self._form = form
        self._way = way

    def compose_body(self) -> ComposeResult:
        answerable = self._form.answerable
        checking = _("This is what the patient sees. {key} checks your answers; nothing is sent.")
        yield Note(
            checking.format(key=self.desk.key_of(ACTS["preview.check"]))
            if answerable
            else _("This is what the patient sees. The patient reads it and can't answer."),
            id="note",
        )
        yield Heading(self._title, id="name")
        written = {
            box.id: box.default or _("(what staff write before sending)") for box in self._form.white_boxes
        }
        yield FormView(self._form, writer=Writer.PATIENT if answerable else None, written=written)

    def on_mount(self) -> None:
        self.query_one(FormView).focus_first()

    def trail(self) -> Sequence[str]:
        return [*self._way, *super().trail()]

    def why_not(self, act: str) -> Message | None:
        if act == "preview.check" and not self._form.answerable:
            return Message("There is nothing to answer")
        return None

    def act_preview_check(self) -> None:
        view = self.query_one(FormView)
        problems = check(self._form, view.typed, Writer.PATIENT).problems
        view.show_problems(problems)
        self.tell(_("Mend what is marked ✗") if problems else _("Everything is filled in"))

"""The preview: a template exactly as the patient will see it, to be answered on trial."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from data.domain.answers import Writer
from data.domain.errors import Message
from data.domain.forms import Form
from data.domain.placeholders import Given
from data.domain.roles import StaffActor
from tui.acts import ACTS
from tui.i18n import _
from tui.screens.base import BaseScreen
from tui.widgets.form import FormView
from tui.widgets.form_words import score_lines, with_known_words
from tui.widgets.plain import Heading, Note, Text
from tui.widgets.when import local_date


class PreviewScreen(BaseScreen[None]):
    """What the patient will see, conditions at work. Ctrl+S checks the answers as if they were submitted, and
    tells what the scores come to; nothing is stored."""

    PLACE = "preview"
    DEFAULT_CSS = """
    PreviewScreen {
        & #note { margin-bottom: 1; }
        & #name { margin-bottom: 1; }
        & #scores { margin-bottom: 1; &.-empty { display: none; } }
    }
    """

    def __init__(self, name: str, form: Form, way: Sequence[str]) -> None:
        """`way` is the translated trail of the screen that this one lies on."""
        super().__init__()
        self._template_name = name
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
        defaults = {box.id: box.default for box in self._form.white_boxes}
        form = with_known_words(self._form, self._known(), defaults)
        yield Heading(form.title or self._template_name, id="name")
        yield Text(id="scores")
        written = {box: text or _("(what staff write before sending)") for box, text in defaults.items()}
        yield FormView(form, writer=Writer.PATIENT if answerable else None, written=written, typed={})

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
        problems = view.checked.problems
        view.show_problems(problems)
        scores = () if problems else score_lines(self._form, view.typed)
        self.query_one("#scores", Text).update("\n".join(scores))
        self.tell(_("Mend what is marked ✗") if problems else _("Everything is filled in"))

    def _known(self) -> dict[str, str]:
        """What placeholders stand for when the person who looks would send it today."""
        actor = self.desk.actor
        if not isinstance(actor, StaffActor):
            return {}
        return {
            Given.CLINIC.value: actor.clinic_name,
            Given.SIGNATURE.value: actor.name,
            Given.DATE.value: local_date(self.desk.clinic_zone).isoformat(),
        }

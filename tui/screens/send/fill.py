"""Skicka nytt ärende › Fyll i: the template as built, the white boxes to write in, and Ctrl+S sends."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.timer import Timer

from data import cases
from data.domain.answers import Writer
from data.domain.errors import Conflict, Invalid, Message, NotFound, OmvantError
from data.templates import PublishedTemplate
from tui.i18n import _, say
from tui.screens.base import BaseScreen
from tui.screens.dialog import Ask
from tui.screens.send.sent import SentScreen
from tui.screens.send.writing import Writing
from tui.widgets.field_messages import FieldChanged, FieldLeft
from tui.widgets.form import FormView
from tui.widgets.marks import kind_words, patient_line
from tui.widgets.plain import ErrorText, Heading, Text
from tui.widgets.text_fields import LineField
from tui.widgets.when import moment
from tui.work import begin, lead

KEEP_AFTER = 0.4
"""Seconds of rest after which what was typed is stored."""


class FillScreen(BaseScreen[None]):
    """The patient always in view; what is typed is kept as one types."""

    PLACE = "fill"
    DEFAULT_CSS = """
    FillScreen #template { color: $text-muted; margin-bottom: 1; }
    FillScreen #signature-row { height: 1; }
    FillScreen #signature-row Text { width: auto; padding-right: 1; }
    """

    def __init__(self, writing: Writing, *, resumed: bool = False) -> None:
        """`resumed`: the draft is from an earlier time, which the person is told."""
        super().__init__()
        self._writing = writing
        self._resumed = resumed
        self._keeping: Timer | None = None
        self._sending = False

    def trail(self) -> Sequence[str]:
        return [self.desk.stop_title(), _("Send new case"), _("Template"), _("Fill in")]

    def compose_body(self) -> ComposeResult:
        draft, template = self._writing.draft, self._template
        yield Heading(patient_line(draft.patient))
        yield Text(f"{template.name}  {kind_words(template.form.answerable)}", id="template")
        yield FormView(template.form, writer=Writer.STAFF, written=draft.written, show_staff_instruction=True)
        with Horizontal(id="signature-row"):
            yield Text(_("Signature"))
            yield LineField(draft.signature, id="signature")
        yield ErrorText("", id="error")

    def on_mount(self) -> None:
        self._form.focus_first()
        if self._resumed:
            kept = moment(self._writing.draft.changed_at, self.desk.clinic_zone)
            self.tell(_("This is your unfinished case from {time}: go on where you were").format(time=kept))

    def why_not(self, act: str) -> Message | None:
        if act in ("case.send", "app.back") and self._sending:
            return Message("The case is being sent")
        return None

    async def keep(self) -> None:
        """Store what is typed so far, without asking anything: the terminal may be gone.

        What can't be stored is told, and stays on the screen.
        """
        self._keep_no_more()
        if not self._sending:
            with self.telling():
                await self._writing.keep(self._written(), self._signature)

    def act_app_back(self) -> None:
        lead(self, self._back, "send")

    def act_send_signature(self) -> None:
        self.query_one("#signature").focus()

    def act_case_send(self) -> None:
        """Once: a second Ctrl+S while the first is on its way does nothing, and the key stops a repeat."""
        if not self._sending:
            self._sending = True
            lead(self, self._send, "send")

    @on(FormView.Changed)
    def _form_changed(self) -> None:
        self._keep_soon()

    @on(FieldChanged)
    def _signature_changed(self) -> None:
        self._keep_soon()

    @on(FieldLeft)
    def _signature_left(self, event: FieldLeft) -> None:
        event.stop()
        self._form.focus_first()

    @property
    def _template(self) -> PublishedTemplate:
        template = self._writing.draft.template
        if template is None:
            raise RuntimeError("the template is chosen before this screen")
        return template

    @property
    def _form(self) -> FormView:
        return self.query_one(FormView)

    @property
    def _signature(self) -> str:
        return self.query_one("#signature", LineField).value

    def _written(self) -> dict[str, str]:
        return {item: str(text) for item, text in self._form.typed.items()}

    def _keep_soon(self) -> None:
        self._keep_no_more()
        # A worker, since a timer's own callback would hold up the keys while the database is slow.
        self._keeping = self.set_timer(KEEP_AFTER, lambda: begin(self, self._keep_now, "keep"))

    def _keep_no_more(self) -> None:
        if self._keeping is not None:
            self._keeping.stop()
            self._keeping = None

    async def _keep_now(self) -> None:
        if not self._sending:
            with self.telling():
                await self._keep()

    async def _keep(self) -> bool:
        """Store what is typed. False when the person went on with what another terminal had stored."""
        written, signature = self._written(), self._signature
        try:
            await self._writing.keep(written, signature)
        except (Conflict, NotFound) as error:
            if not await self._insists(error):
                await self._writing.give_way()
                await self.recompose()
                return False
            await self._writing.insist(written, signature)
        return True

    async def _insists(self, error: Conflict | NotFound) -> bool:
        """Ask whose text to go on with, when the draft was stored, sent or thrown away elsewhere."""
        choices = [("mine", _("Keep what is written here"))]
        if isinstance(error, Conflict):
            choices.append(("theirs", _("Take what was stored there")))
        chosen = await self.app.push_screen_wait(Ask(_("Another terminal"), say(error.message), choices))
        return chosen != "theirs"

    async def _back(self) -> None:
        with self.telling():
            if await self._keep():
                self.dismiss()

    async def _send(self) -> None:
        self._say_error("")
        try:
            if not await self._keep():
                self._sending = False
                return
            draft = self._writing.draft
            sent = await self.desk.do(cases.send, draft, draft.key)
        except Invalid as error:
            self._sending = False
            elsewhere = self._form.show_problems(error.problems)
            self._say_error("\n".join(say(problem.message) for problem in elsewhere))
            if any(problem.field == "signature" for problem in elsewhere):
                self.query_one("#signature").focus()
        except OmvantError as error:
            self._sending = False
            self._say_error(say(error.message))
        else:
            await self.app.push_screen(SentScreen(sent))

    def _say_error(self, text: str) -> None:
        self.query_one("#error", ErrorText).update(text)

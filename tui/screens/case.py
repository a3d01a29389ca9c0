"""Ett ärende: the message, the answers, and what happened when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from data import cases, patients
from data.cases import Case
from data.domain.errors import Message
from tui.i18n import _
from tui.screens.base import BaseScreen
from tui.screens.dialog import Ask
from tui.widgets.form import FormView, turn_page
from tui.widgets.marks import attention, kind_words, patient_line, version_title
from tui.widgets.plain import Attention, Heading, Note, Text, pad
from tui.widgets.when import moment
from tui.work import begin, lead


class _Body(VerticalScroll):
    """What scrolls: the case with its form, which may still be arriving."""

    def action_page_down(self) -> None:
        for form in self.query(FormView):
            form.once_whole(partial(turn_page, self, 1))

    def action_scroll_end(self) -> None:
        for form in self.query(FormView):
            form.once_whole(partial(self.scroll_end, animate=False))


class CaseScreen(BaseScreen[None]):
    """One case of the clinic, as it was sent and as it was answered."""

    PLACE = "case"
    DEFAULT_CSS = """
    CaseScreen #case { height: 1fr; scrollbar-size-vertical: 1; }
    CaseScreen FormView { height: auto; margin-top: 1; }
    CaseScreen #timeline { margin-top: 1; }
    """

    def __init__(self, case_id: int) -> None:
        super().__init__()
        self._case_id = case_id
        self._case: Case | None = None

    def trail(self) -> Sequence[str]:
        return [self.desk.stop_title(), _("A case"), *([self._case.reference] if self._case else [])]

    def compose_body(self) -> ComposeResult:
        yield _Body(id="case")

    def on_mount(self) -> None:
        self.query_one("#case").focus()
        lead(self, self._read, "read")

    async def news(self) -> None:
        """Show that the patient has read or answered."""
        # Each reading is in the access log: a case that can change no more is not read again.
        if self._case is not None and self._case.answered_at is None:
            begin(self, self._read, "read")

    def why_not(self, act: str) -> Message | None:
        if act == "case.code" and self._case is None:
            return Message("The case is being read")
        return None

    def act_case_new(self) -> None:
        from tui.screens.send.fetch_patient import FetchScreen  # noqa: PLC0415 - the flow's end leads here

        self.app.push_screen(FetchScreen())

    def act_case_code(self) -> None:
        if self._case is not None:
            lead(self, partial(self._issue_code, self._case), "code")

    def act_list_refresh(self) -> None:
        lead(self, partial(self._read, _("The case is read again")), "read")

    async def _read(self, done: str = "") -> None:
        """Read the case and show it, if it has changed; then tell that it is done."""
        with self.telling():
            case = await self.desk.do(cases.open_case, self._case_id)
            if case != self._case:
                await self._show(case)
            if done:
                self.tell(done)

    async def _show(self, case: Case) -> None:
        """Show the case as it is now; what one was reading stays where it is."""
        body = self.query_one("#case", VerticalScroll)
        line = body.scroll_offset.y
        async with self.batch():
            await body.remove_children()
            await body.mount(*self._widgets(case))
            if line:
                await self.query_one(FormView).whole()
        self._case = case
        self.refresh_bindings()
        body.scroll_to(y=line, animate=False)

    def _widgets(self, case: Case) -> Iterator[Text | FormView]:
        yield Heading(patient_line(case.patient))
        yield Attention("\n! ".join(attention(case.patient)))
        name = f"{case.template}, {version_title(case.template_number)}"
        yield Text(f"{name}  {kind_words(case.form.answerable)} · {case.reference}")
        if case.title != case.template:
            yield Text(_("The patient sees: {title}").format(title=case.title))
        yield Text("\n".join(self._timeline(case)), id="timeline")
        form = FormView(
            case.form,
            writer=None,
            written=case.written,
            typed=case.answers,
            show_scores=case.answers is not None,
        )
        form.can_focus = False  # PageDown there would not scroll the case, which holds the whole form
        yield form
        yield Note(f"{_('Signature')}: {case.signature}")
        if case.form.staff_instruction:  # last: what was sent and answered is what one looks for here
            yield Note(f"{_('For staff only:')} {case.form.staff_instruction}")

    def _timeline(self, case: Case) -> Iterator[str]:
        """What happened, one event a line, with its letter and its moment in columns."""
        zone = self.desk.clinic_zone
        events = [(_("Sent"), "", case.sent_at, case.sender)]
        events += [(_("Read"), "L", case.read_at, _("the patient"))] if case.read_at else []
        events += [(_("Answered"), "S", case.answered_at, _("the patient"))] if case.answered_at else []
        width = max(cell_len(word) for word, *_rest in events)
        for word, letter, at, who in events:
            by = _("{time} by {person}").format(time=moment(at, zone), person=who)
            yield f"{pad(word, width)}  {letter:1}  {by}"
        if case.read_at is None:
            yield _("Not read yet")
        if case.answered_at is None and case.form.answerable:
            yield _("Not answered yet")

    async def _issue_code(self, case: Case) -> None:
        with self.telling():
            issued = await self.desk.do(patients.issue_code, case.patient.id)
            text = _(
                "{name} signs in with the code {code} before {time}. Hand it over in person; it works once."
            )
            until = moment(issued.expires_at, self.desk.clinic_zone)
            await self.app.push_screen_wait(
                Ask(
                    _("Sign-in code"),
                    text.format(name=case.patient.name, code=issued.code, time=until),
                    [("done", _("Done"))],
                )
            )

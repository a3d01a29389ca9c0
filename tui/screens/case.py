"""Ett ärende: the message, the answers, and what happened when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from data import cases, closing, patients, protected
from data.cases import Case
from data.domain.errors import Conflict, Message, OmvantError, ReasonNeeded
from tui.acts import ACTS
from tui.i18n import _, say
from tui.screens.base import BaseScreen
from tui.screens.dialog import Ask
from tui.screens.patient_data import PatientDataScreen
from tui.screens.reason import with_reason
from tui.widgets.form import FormView
from tui.widgets.long_view import turn_page
from tui.widgets.marks import (
    CLOSED,
    attention,
    kind_words,
    name_with_mark,
    patient_line,
    version_title,
)
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

    def come(self) -> None:
        super().come()
        begin(self, self._look_again, "look")

    async def news(self) -> None:
        """Show that the patient has read or answered, or hide one who has protected identity now."""
        await self._look_again()
        # Each reading is in the access log: a case that can change no more is not read again.
        if self._case is not None and self._case.answered_at is None:
            begin(self, self._read, "read")

    async def _look_again(self) -> None:
        """Hide the case if it may not be shown any longer."""
        with self.telling():
            if self._case and not await self.desk.do(protected.is_open, self._case.patient.id):
                await self._hide()

    def why_not(self, act: str) -> Message | None:
        if act in {"case.code", "case.close", "patient.change"} and self._case is None:
            return Message("The case is being read")
        return None

    def act_case_new(self) -> None:
        from tui.screens.send.fetch_patient import FetchScreen

        self.app.push_screen(FetchScreen())

    def act_case_code(self) -> None:
        if self._case is not None:
            lead(self, partial(self._issue_code, self._case), "code")

    def act_patient_change(self) -> None:
        if self._case is not None:
            lead(self, partial(self._change_patient, self._case), "patient")

    def act_case_close(self) -> None:
        if self._case is not None:
            lead(self, partial(self._close_or_open, self._case), "close")

    def act_list_refresh(self) -> None:
        lead(self, partial(self._read, _("The case is read again")), "read")

    async def _read(self, done: str = "") -> None:
        """Read the case and show it, if it has changed; then tell that it is done. Go back without a reason
        that is needed."""
        with self.telling():
            if not await with_reason(self, self._open):
                self.dismiss()
            elif done:
                self.tell(done)

    async def _open(self) -> None:
        try:
            case = await self.desk.do(cases.open_case, self._case_id)
        except ReasonNeeded:
            await self._hide()
            raise
        if case != self._case:
            await self._show(case)

    async def _hide(self) -> None:
        """Show nothing of a patient whose identity is protected; reading again asks for the reason."""
        self._case = None
        self.refresh_bindings()
        hidden = _("The patient has protected identity: {key} asks why you need the data")
        body = self.query_one("#case", VerticalScroll)
        async with self.batch():
            await body.remove_children()
            await body.mount(Attention(hidden.format(key=self.desk.key_of(ACTS["list.refresh"]))))

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
        events += [(_("Case closed"), CLOSED, case.closed_at, case.closed_by)] if case.closed_at else []
        width = max(cell_len(word) for word, *_rest in events)
        for word, letter, at, who in events:
            by = _("{time} by {person}").format(time=moment(at, zone), person=who)
            yield f"{pad(word, width)}  {letter:1}  {by}"
        if case.read_at is None:
            yield _("Not read yet")
        if case.answered_at is None and case.form.answerable:
            yield _("Not answered, and closed") if case.closed_at else _("Not answered yet")
        if hold := case.hold:
            since = moment(hold.at, zone)
            told = _("Held since {time} by {person}, so that it is never destroyed: {reason}")
            yield told.format(time=since, person=hold.by, reason=hold.reason)

    async def _close_or_open(self, case: Case) -> None:
        act, done = closing.close, _("{reference} is closed. {key} opens it again.")
        if case.closed_at:
            act, done = closing.reopen, _("{reference} is open again. {key} closes it.")
        try:
            await self.desk.do(act, case.id, case.version)
        except Conflict as error:  # what is in view is no longer so
            await self._read(say(error.message))
        except OmvantError as error:
            self.tell(say(error.message))
        else:
            await self._read(done.format(reference=case.reference, key=self.desk.key_of(ACTS["case.close"])))

    async def _change_patient(self, case: Case) -> None:
        if await self.app.push_screen_wait(PatientDataScreen(case.patient, self.trail())):
            await self._read(_("The patient's data are saved"))

    async def _issue_code(self, case: Case) -> None:
        with self.telling():
            issued = await self.desk.do(patients.issue_code, case.patient.id)
            text = _(
                "{name} signs in with the code {code} before {time}. Hand it over in person; it works once."
            )
            name = name_with_mark(case.patient.name, case.patient.protected)
            until = moment(issued.expires_at, self.desk.clinic_zone)
            await self.app.push_screen_wait(
                Ask(
                    _("Sign-in code"),
                    text.format(name=name, code=issued.code, time=until),
                    [("done", _("Done"))],
                )
            )

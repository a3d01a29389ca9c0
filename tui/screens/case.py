"""Ett ärende: the message, the answers, and what happened when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from data import cases, patients
from data.cases import Case
from data.domain.errors import Message
from tui.i18n import _
from tui.screens.base import BaseScreen
from tui.screens.dialog import Ask
from tui.widgets.form import FormView
from tui.widgets.marks import attention, kind_words, patient_line
from tui.widgets.plain import Attention, Heading, Note, Text
from tui.widgets.when import moment
from tui.work import lead


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
        yield VerticalScroll(id="case")

    def on_mount(self) -> None:
        self.query_one("#case").focus()
        lead(self, self._read, "default")

    def why_not(self, act: str) -> Message | None:
        if act == "case.code" and self._case is None:
            return Message("The case is being read")
        return None

    def act_case_new(self) -> None:
        from tui.screens.send.fetch_patient import FetchScreen  # noqa: PLC0415 - the flow's end leads here

        self.app.push_screen(FetchScreen())

    def act_case_code(self) -> None:
        if self._case is not None:
            lead(self, partial(self._issue_code, self._case), "default")

    def act_list_refresh(self) -> None:
        lead(self, self._read, "default")

    async def _read(self) -> None:
        with self.telling():
            self._case = await self.desk.do(cases.open_case, self._case_id)
            body = self.query_one("#case", VerticalScroll)
            await body.remove_children()
            await body.mount(*self._widgets(self._case))
            self.refresh_bindings()

    def _widgets(self, case: Case) -> Iterator[Text | FormView]:
        yield Heading(patient_line(case.patient))
        yield Attention("\n! ".join(attention(case.patient)))
        yield Text(f"{case.template}  {kind_words(case.form.answerable)} · {case.reference}")
        yield Text("\n".join(self._timeline(case)), id="timeline")
        yield FormView(
            case.form, writer=None, written=case.written, typed=case.answers, show_staff_instruction=True
        )
        yield Note(f"{_('Signature')}: {case.signature}")

    def _timeline(self, case: Case) -> Iterator[str]:
        zone = self.desk.clinic_zone
        yield _("Sent      {time} by {sender}").format(time=moment(case.sent_at, zone), sender=case.sender)
        if case.read_at:
            yield _("Read  L   {time} by the patient").format(time=moment(case.read_at, zone))
        else:
            yield _("Not read yet")
        if case.answered_at:
            yield _("Answered S {time} by the patient").format(time=moment(case.answered_at, zone))
        elif case.form.answerable:
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

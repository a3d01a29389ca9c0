"""Skicka nytt ärende › Hämta: whom the case is for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from data import drafts, patients
from data.domain.errors import Invalid, Message
from data.domain.identity import PersonalIdentityNumber, century_guessed, check_as_typed
from data.domain.number_list import Listed, distinct, read_list
from data.domain.text import clean
from data.drafts import Draft
from data.patients import NewPatient, Patient
from tui.acts import ACTS
from tui.i18n import _, say
from tui.screens.base import BaseScreen
from tui.screens.dialog import Ask, AskText
from tui.screens.patient_data import PatientDataScreen
from tui.screens.reason import with_reason
from tui.screens.send.fill import FillScreen
from tui.screens.send.pick_template import PickScreen
from tui.screens.send.recipients import RecipientsScreen
from tui.screens.send.writing import Writing, patients_words, whom
from tui.widgets.field_messages import FieldChanged, FieldLeft
from tui.widgets.marks import attention, patient_line
from tui.widgets.menu import PlainList
from tui.widgets.plain import Attention, ErrorText, Heading, Note, Text, content
from tui.widgets.submit_field import SubmitField
from tui.widgets.when import local_date, moment
from tui.work import lead

_ONE_NUMBER = 20
"""Characters: no more belong to a single number, with all its spaces."""


class FetchScreen(BaseScreen[None]):
    """Type the number, Enter fetches. No further key is needed, unless for a protected identity: a reason."""

    PLACE = "fetch"
    guidance = Message(
        "Type the patient's number. If the patient has protected identity, you are asked why you need "
        "the data; nothing is shown before that. The reason holds for your working day. To send the same to "
        "several patients, paste all of their numbers."
    )
    DEFAULT_CSS = """
    FetchScreen #number { width: 32; }
    FetchScreen #found, FetchScreen #drafts { height: auto; margin-top: 1; display: none; }
    FetchScreen #found.-shown, FetchScreen #drafts.-shown { display: block; }
    FetchScreen #draft-list { max-height: 8; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._missing: PersonalIdentityNumber | None = None
        self._drafts: tuple[Draft, ...] = ()
        self._list = ""
        """The numbers of a list that one came back from."""

    def trail(self) -> Sequence[str]:
        return [self.desk.stop_title(), _("Send new case"), _("Fetch")]

    def compose_body(self) -> ComposeResult:
        yield Text(_("The patient's personal identity number"))
        yield SubmitField(id="number", placeholder=_("10 or 12 digits"))
        yield ErrorText("", id="number-error")
        yield Note("", id="number-note")
        with Vertical(id="found"):
            yield Heading("", id="name")
            yield Attention("", id="marks")
        with Vertical(id="drafts"):
            yield Heading(_("Unfinished cases"))
            yield PlainList(id="draft-list")

    def on_mount(self) -> None:
        self.query_one("#number").focus()

    def come(self) -> None:
        super().come()
        lead(self, self._show_drafts, "drafts")

    def why_not(self, act: str) -> Message | None:
        if act == "send.register" and self._missing is None:
            return Message("Fetch first: only a patient who is not found can be registered")
        if act == "send.discard" and self._highlighted() is None:
            return Message("Highlight the draft that is to go")
        return None

    def act_send_fetch(self) -> None:
        if self._is_list():
            lead(self, partial(self._to_many, at_once=True), "fetch")
        else:
            self._with_number(self._fetch)

    def act_send_many(self) -> None:
        lead(self, self._to_many, "fetch")

    def act_patient_change(self) -> None:
        self._with_number(self._change)

    def act_send_register(self) -> None:
        if self._missing is not None:
            lead(self, partial(self._register, self._missing), "fetch")

    def act_send_discard(self) -> None:
        draft = self._highlighted()
        if draft is not None:
            lead(self, partial(self._discard, draft), "discard")

    @on(FieldChanged)
    def _number_typed(self) -> None:
        self._forget()
        if self._is_list():
            several = _("{patients}: {key} goes on to send the same to them all")
            patients = patients_words(len(distinct(self._listed())))
            self._say(note=several.format(patients=patients, key=self.desk.key_of(ACTS["send.fetch"])))
            return
        problem = check_as_typed(self._number, today=self._today())
        if problem is not None:
            self._say(error=say(problem))
            return
        try:
            number = PersonalIdentityNumber.parse(self._number, today=self._today())
        except Invalid:
            self._say()
            return
        guessed = century_guessed(self._number)
        asked = _("{number}: is the century right? {key} fetches")
        key = self.desk.key_of(ACTS["send.fetch"])
        self._say(note=asked.format(number=number, key=key) if guessed else "")

    @on(FieldLeft)
    def _field_left(self, event: FieldLeft) -> None:
        """The arrows go between the number and the drafts."""
        event.stop()
        if event.step < 0:
            self.query_one("#number").focus()
        elif self._drafts:
            self.query_one("#draft-list").focus()

    @on(Input.Submitted)
    def _number_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.act_send_fetch()

    @on(OptionList.OptionSelected, "#draft-list")
    def _draft_chosen(self, event: OptionList.OptionSelected) -> None:
        draft = next((draft for draft in self._drafts if str(draft.id) == event.option.id), None)
        if draft is not None and draft.also:
            lead(self, partial(self._open_list, RecipientsScreen(draft=draft)), "fetch")
        elif draft is not None:
            lead(self, partial(self._reasoned, partial(self._begin, draft.patient)), "fetch")

    def _with_number(self, work: Callable[[PersonalIdentityNumber], Awaitable[None]]) -> None:
        """Do something with the patient whose number is typed; what is wrong with the number is said."""
        try:
            number = PersonalIdentityNumber.parse(self._number, today=self._today())
        except Invalid as error:
            self._say(error=say(error.message))
            return
        lead(self, partial(self._reasoned, partial(work, number)), "fetch")

    async def _reasoned(self, work: Callable[[], Awaitable[None]]) -> None:
        with self.telling():
            await with_reason(self, work)

    async def _find(self, number: PersonalIdentityNumber) -> Patient | None:
        """The patient with the number; one that nobody has is offered to be registered."""
        patient = await self.desk.do(patients.fetch, number)
        self._say()
        if patient is None:
            self._missing = number
            key = self.desk.key_of(ACTS["send.register"])
            missing = _("No patient has the number {number}: {key} registers")
            self._say(error=missing.format(number=number, key=key))
            self.refresh_bindings()
        return patient

    async def _fetch(self, number: PersonalIdentityNumber) -> None:
        """Go straight on with a patient, unless a message can't reach them."""
        patient = await self._find(number)
        if patient is None:
            return
        if patient.reachable:
            await self._begin(patient)
            return
        self.query_one("#name", Heading).update(patient_line(patient))
        self.query_one("#marks", Attention).update("\n! ".join(attention(patient)))
        self.query_one("#found").add_class("-shown")

    async def _change(self, number: PersonalIdentityNumber) -> None:
        patient = await self._find(number)
        if patient is None:
            return
        await self.uppermost()
        if await self.app.push_screen_wait(PatientDataScreen(patient, self.trail()[:-1])):
            self._forget()
            self.tell(_("The patient's data are saved"))

    async def _register(self, number: PersonalIdentityNumber) -> None:
        name = await self.app.push_screen_wait(
            AskText(
                _("Register a patient"),
                _("{number} is not registered here. Is the number right? Then write the name.").format(
                    number=number
                ),
                _("Name"),
                check=lambda text: None if clean(text) else Message("Write the patient's name"),
            )
        )
        if name is None:
            return
        with self.telling():
            await self._begin(await self.desk.do(patients.register, NewPatient(number=number, name=name)))

    async def _begin(self, patient: Patient) -> None:
        draft = await self.desk.do(drafts.begin, patient.id)
        writing = Writing(self.desk, draft)
        self.query_one("#number", SubmitField).value = ""
        await self.uppermost()
        await self.app.push_screen(PickScreen(writing))
        if draft.template is not None:
            await self.app.push_screen(FillScreen(writing, resumed=True))

    async def _to_many(self, *, at_once: bool = False) -> None:
        """Go on with a list; what is typed here stands in it, one number a line."""
        lines = [self._list, *(one.text for one in self._listed())]
        text = "\n".join(filter(None, lines))
        self.query_one("#number", SubmitField).value = ""
        await self._open_list(RecipientsScreen(text, at_once=at_once))

    async def _open_list(self, screen: RecipientsScreen) -> None:
        await self.uppermost()
        await self.app.push_screen(screen, self._list_left)

    def _list_left(self, text: str | None) -> None:
        self._list = text or ""

    async def _show_drafts(self) -> None:
        with self.telling():
            self._drafts = await self.desk.do(drafts.list_mine)
            shown = self.query_one("#draft-list", PlainList)
            shown.clear_options()
            shown.add_options(
                [Option(content(self._draft_line(draft)), id=str(draft.id)) for draft in self._drafts]
            )
            shown.highlighted = 0 if self._drafts else None
            self.query_one("#drafts").set_class(bool(self._drafts), "-shown")
            if not self._drafts and shown.has_focus:
                self.query_one("#number").focus()

    async def _discard(self, draft: Draft) -> None:
        template = draft.template.name if draft.template else _("no template yet")
        name = whom(draft)
        text = _("The case to {name} ({template}) is thrown away with what is written in it.")
        choices = (("keep", _("Keep it")), ("discard", _("Throw it away")))
        question = Ask(_("Throw the draft away?"), text.format(name=name, template=template), choices)
        if await self.app.push_screen_wait(question) != "discard":
            return
        with self.telling():
            await self.desk.do(drafts.discard, draft.id)
            await self._show_drafts()
            self.tell(_("The draft to {name} is thrown away").format(name=name))

    def _draft_line(self, draft: Draft) -> str:
        parts = [
            moment(draft.changed_at, self.desk.clinic_zone),
            whom(draft),
            *(() if draft.also else (str(draft.patient.number),)),
            draft.template.name if draft.template else _("no template yet"),
        ]
        return "  ".join(parts)

    def _highlighted(self) -> Draft | None:
        shown = self.query_one("#draft-list", PlainList)
        if not shown.has_focus or shown.highlighted is None:
            return None
        return self._drafts[shown.highlighted]

    def _listed(self) -> tuple[Listed, ...]:
        return read_list(self._number, today=self._today())

    def _is_list(self) -> bool:
        """Whether the numbers of several patients stand in the field, as when a list is pasted."""
        return len(self._number) > _ONE_NUMBER and len(distinct(self._listed())) > 1

    @property
    def _number(self) -> str:
        return self.query_one("#number", SubmitField).value

    def _today(self) -> date:
        return local_date(self.desk.clinic_zone)

    def _forget(self) -> None:
        self._missing = None
        self.query_one("#found").remove_class("-shown")
        self.refresh_bindings()

    def _say(self, *, error: str = "", note: str = "") -> None:
        self.query_one("#number-error", ErrorText).update(error)
        self.query_one("#number-note", Note).update(note)

"""Skicka nytt ärende › Flera invånare: whom the same goes to, as a list of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from data import mailings
from data.domain.errors import Conflict, Invalid, Message, NotFound
from data.domain.identity import PersonalIdentityNumber
from data.domain.number_list import Listed, distinct, read_list
from data.drafts import Draft
from tui.i18n import _, ngettext, say
from tui.screens.base import BaseScreen
from tui.screens.send.fill import FillScreen
from tui.screens.send.pick_template import PickScreen
from tui.screens.send.writing import Writing, patients_words
from tui.widgets.field_messages import FieldChanged, FieldLeft, FieldRefused
from tui.widgets.fields import LinesField
from tui.widgets.plain import Attention, ErrorText, Note, Text
from tui.widgets.when import local_date
from tui.work import lead


class RecipientsScreen(BaseScreen[str]):
    """A list is pasted, all of its numbers are checked, and what is wrong is said by its line.

    Dismissed with the list as it stands, so that nothing of it is lost on the way back.
    """

    PLACE = "recipients"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "scroll_told(1)", show=False),
        Binding("pageup", "scroll_told(-1)", show=False),
    ]
    guidance = Message(
        "Paste or type the numbers: one a line, or with commas or spaces between. A number that stands twice "
        "counts once, and at most {most} patients get the same at a time. Each gets a case of their own.",
        most=mailings.MOST,
    )
    DEFAULT_CSS = """
    RecipientsScreen #told { margin-top: 1; }
    """

    def __init__(self, text: str = "", draft: Draft | None = None, *, at_once: bool = False) -> None:
        """`text`: the list so far. `draft`: an unfinished one to go on with. `at_once` fetches right away."""
        super().__init__()
        if draft is not None:
            text = "\n".join(map(str, (draft.patient.number, *draft.also)))
        self._text = text
        self._at_once = at_once or draft is not None
        self._writing: Writing | None = None
        self._sendable: set[PersonalIdentityNumber] = set()
        self._faulty: dict[Listed, Message] = {}

    def trail(self) -> Sequence[str]:
        return [self.desk.stop_title(), _("Send new case"), _("Several patients")]

    def compose_body(self) -> ComposeResult:
        yield Text(_("The patients' personal identity numbers, one a line or with commas between"))
        yield LinesField(self._text, id="numbers")
        yield Note("", id="count")
        with VerticalScroll(id="told", can_focus=False):
            yield ErrorText("", id="faults")
            yield Attention("", id="left-out")

    def on_mount(self) -> None:
        self._field.focus()
        self._field.move_cursor(self._field.document.end)
        self._count()
        if self._at_once:
            self.act_send_fetch_all()

    def why_not(self, act: str) -> Message | None:
        if act == "send.leave_out" and not self._faulty:
            return Message("Fetch first: only numbers that can't be sent to are taken out")
        return None

    def act_app_back(self) -> None:
        # What has become a draft is found among the unfinished cases.
        self.dismiss("" if self._writing else self._field.text)

    def act_send_fetch_all(self) -> None:
        lead(self, self._fetch, "fetch")

    def act_send_leave_out(self) -> None:
        """Take out what can't be sent to; it stays in view, for whoever is to phone them."""
        kept = [one for one in self._listed() if one not in self._faulty]
        told = [self._line(one, fault) for one, fault in self._faulty.items()]
        self._field.replace("".join(f"{one.text}\n" for one in kept), (0, 0), self._field.document.end)
        self._field.move_cursor(self._field.document.end)
        self._tell_faults({})
        self.query_one("#left-out", Attention).update("\n! ".join([_("Taken out of the list:"), *told]))

    def action_scroll_told(self, pages: int) -> None:
        told = self.query_one("#told", VerticalScroll)
        (told.scroll_page_down if pages > 0 else told.scroll_page_up)(animate=False)

    @on(FieldChanged)
    def _typed(self) -> None:
        self._count()

    @on(FieldLeft)
    def _field_left(self, event: FieldLeft) -> None:
        event.stop()  # there is no other field

    @on(FieldRefused)
    def _refused(self, event: FieldRefused) -> None:
        event.stop()
        self._say_error(say(event.reason))

    @property
    def _field(self) -> LinesField:
        return self.query_one("#numbers", LinesField)

    def _listed(self) -> tuple[Listed, ...]:
        return read_list(self._field.text, today=local_date(self.desk.clinic_zone))

    def _count(self) -> None:
        """How many the list names, while it is written."""
        listed = self._listed()
        numbers = len(distinct(listed))
        parts = [patients_words(numbers)]
        if twice := sum(one.number is not None for one in listed) - numbers:
            parts.append(
                ngettext("{n} number stands twice", "{n} numbers stand twice", twice).format(n=twice)
            )
        self.query_one("#count", Note).update(" · ".join(parts))

    async def _fetch(self) -> None:
        """Check all of the list; go straight on when everybody in it can be sent to."""
        listed = self._listed()
        if not listed:
            self._say_error(_("Write the patients' numbers, or paste them"))
            return
        numbers = distinct(listed)
        with self.telling():
            try:
                faults = await self._faults(numbers)
                self._tell_faults(
                    {
                        one: fault
                        for one in listed
                        if (fault := one.fault or (one.number and faults.get(one.number)))
                    }
                )
                if not self._faulty:
                    await self._go_on(numbers)
            except Invalid as error:
                self._say_error("\n✗ ".join(say(problem.message) for problem in error.problems))

    async def _faults(
        self, numbers: Sequence[PersonalIdentityNumber]
    ) -> dict[PersonalIdentityNumber, Message]:
        """Why some can't be sent to. Those who can are asked for once: each asking stands in the log."""
        asked = [number for number in numbers if number not in self._sendable]
        found = await self.desk.do(mailings.fetch, asked) if asked else ()
        self._sendable.update(one.number for one in found if one.fault is None)
        return {one.number: one.fault for one in found if one.fault is not None}

    async def _go_on(self, numbers: Sequence[PersonalIdentityNumber]) -> None:
        # Who comes back to change the list keeps what is written.
        earlier = self._writing.draft if self._writing else None
        try:
            draft = await self.desk.do(mailings.begin, numbers, earlier)
        except (Conflict, NotFound):
            self._writing = None
            raise
        self._writing = Writing(self.desk, draft)
        await self.uppermost()
        await self.app.push_screen(PickScreen(self._writing))
        if draft.template is not None:
            await self.app.push_screen(FillScreen(self._writing, resumed=True))

    def _tell_faults(self, faults: dict[Listed, Message]) -> None:
        self._faulty = faults
        self._say_error("\n✗ ".join(self._line(one, fault) for one, fault in faults.items()))
        if faults:
            self._field.move_cursor((next(iter(faults)).line - 1, 0))
        self.refresh_bindings()

    def _line(self, one: Listed, fault: Message) -> str:
        shown = str(one.number) if one.number else one.text
        return _("Line {line}, {number}: {fault}").format(line=one.line, number=shown, fault=say(fault))

    def _say_error(self, text: str) -> None:
        self.query_one("#left-out", Attention).update("")
        self.query_one("#faults", ErrorText).update(text)
        self.query_one("#told", VerticalScroll).scroll_home(animate=False)

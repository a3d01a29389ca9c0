"""One message to the patient: read it, answer it, look through the answers, submit them once."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widget import Widget

from data import inbox
from data.domain.answers import Writer
from data.domain.errors import Invalid, Message, OmvantError, Problem
from data.inbox import Letter, TypedElsewhere
from tui.bindings import PLACES
from tui.i18n import _, ngettext, say
from tui.keeping import Keeping
from tui.screens.base import BaseScreen
from tui.screens.dialog import Ask
from tui.screens.patient.answering import Answering
from tui.screens.patient.letter_words import how_it_stands, origin, what_is_sent, why_no_answer
from tui.widgets.form import FormView
from tui.widgets.header import Header
from tui.widgets.plain import ErrorText, Heading, Note, PlainButton, Text
from tui.widgets.settled import settled
from tui.work import lead

COUNTED_AFTER = 0.1
"""Seconds after a change until the answers are counted: in a long form that takes longer than painting a
letter."""


class Step(Enum):
    """How far the patient has come with a message."""

    FETCHING = auto()
    FILLING = auto()
    REVIEWING = auto()
    READING = auto()
    """There is nothing to answer, or it is answered."""


class MessageScreen(BaseScreen[None]):
    """A message, with the answers kept as they are typed. Opening it marks it read (L)."""

    PLACE = "message"
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    MessageScreen {
        & #from { margin-bottom: 1; }
        & #state { text-style: bold; margin-bottom: 1; &.-empty { display: none; } }
        & #submit { margin-top: 1; }
        &.-reviewing #form { display: none; }
    }
    """
    # The focus is on the button while the answers are looked through; they scroll all the same.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "scroll_review('page_up')", show=False),
        Binding("pagedown", "scroll_review('page_down')", show=False),
        Binding("up", "scroll_review('up')", show=False),
        Binding("down", "scroll_review('down')", show=False),
    ]

    def __init__(self, letter_id: int) -> None:
        super().__init__()
        self._letter_id = letter_id
        self._letter: Letter | None = None
        self._answering: Answering | None = None
        self._step = Step.FETCHING
        self._keeping = Keeping(self, self._keep_quietly)
        self._counting: Timer | None = None
        self._busy = False
        self._left_field: Widget | None = None

    def trail(self) -> Sequence[str]:
        way = [_(PLACES["inbox"].title), *super().trail()]
        return [*way, _("Look through")] if self._step is Step.REVIEWING else way

    def compose_body(self) -> ComposeResult:
        yield Heading(id="title")
        yield Note(id="from")
        yield Text(id="state")
        yield ErrorText(id="error")

    def on_mount(self) -> None:
        lead(self, self._fetch, "letter")

    def why_not(self, act: str) -> Message | None:
        if act != "inbox.submit":
            return None
        if self._letter is None:
            return Message("The message is not here yet")
        on_their_way = Message("Your answers are on their way") if self._busy else None
        return why_no_answer(self._letter) or on_their_way

    async def keep(self) -> None:
        """Store what is typed so far. Raises what `inbox.save_typed` raises."""
        await self._store()

    async def _keep_quietly(self) -> None:
        with self.telling():
            await self._store()

    def act_app_back(self) -> None:
        if self._busy:
            self.tell(_("Your answers are on their way"))
        elif self._step is Step.REVIEWING:
            lead(self, self._fill_on, "letter")
        else:
            lead(self, self._leave, "leave")

    def act_inbox_submit(self) -> None:
        """First check, and show the answers as they will be sent; the second time, send them."""
        if self._answering is None:
            return
        self._busy = True
        looked_through = self._step is Step.REVIEWING
        next_step = self._submit if looked_through else self._review
        lead(self, partial(next_step, self._answering), "letter")

    def action_scroll_review(self, way: str) -> None:
        for view in self.query("#review").results(FormView):
            getattr(view, f"action_{way}" if way.startswith("page") else f"scroll_{way}")()

    @on(FormView.Changed)
    def _answers_changed(self) -> None:
        self._keeping.soon()
        if self._counting is None:
            self._counting = self.set_timer(COUNTED_AFTER, self._count)

    def _count(self) -> None:
        """Say how far the answers have come."""
        self._counting = None
        if not self.query_one("#body").query_children("#form"):
            return  # another form is on its way
        if self._step is Step.FILLING and not self._form.marked:
            self._say_error("")
        self._show_progress()

    @on(PlainButton.Pressed, "#submit")
    async def _button_pressed(self) -> None:
        await self.action_act("inbox.submit")

    async def _fetch(self) -> None:
        try:
            letter = await self.desk.do(inbox.open_letter, self._letter_id)
        except OmvantError as error:
            self._say_error(say(error.message))
            return
        self.query_one("#title", Heading).update(letter.title)
        self.query_one("#from", Note).update(origin(letter, self.desk.clinic_zone))
        await self._show(letter)
        if self._step is Step.FILLING and letter.typed:
            self.tell(_("Your answers so far are still here: go on where you were"))

    async def _show(self, letter: Letter) -> None:
        """Show the letter as it stands: to fill in, or to read."""
        filling = why_no_answer(letter) is None
        self._letter = letter
        form = FormView(
            letter.form,
            writer=Writer.PATIENT if filling else None,
            written=letter.written,
            typed=letter.answers or letter.typed,
            show_scores=letter.answers is not None,
            id="form",
        )
        await self.query("#form, #review, #submit").remove()
        await self.query_one("#body").mount(form, before="#error")
        form.focus_first()
        self._answering = Answering(self.desk, letter, form.typed) if filling else None
        if filling:
            self._go_to(Step.FILLING)
        else:
            self._go_to(Step.READING, how_it_stands(letter, self.desk.clinic_zone))

    async def _review(self, answering: Answering) -> None:
        try:
            letter = answering.letter
            checked = self._form.checked
            self._show_problems(checked.problems)
            if checked.problems:
                return
            if not await self._kept_or_settled():
                return
            review = FormView(
                letter.form, writer=None, written=letter.written, typed=checked.values, id="review"
            )
            button = PlainButton(_("Send the answers"), id="submit")
            await self.query_one("#body").mount(review, button, before="#error")
            self._left_field = self.focused
            button.focus()
            self._go_to(Step.REVIEWING, what_is_sent(len(checked.left_out)))
        finally:
            self._busy = False

    async def _fill_on(self) -> None:
        """Back from looking through, to the field that was left."""
        await self.query("#review, #submit").remove()
        self._go_to(Step.FILLING)
        if self._left_field is not None:
            self._left_field.focus()

    async def _submit(self, answering: Answering) -> None:
        try:
            letter = await answering.submit(self._form.typed)
        except Invalid as error:
            await self._fill_on()
            self._show_problems(error.problems)
        except OmvantError as error:
            self._say_error(say(error.message))
        else:
            await self._show(letter)
            thanks = _("Thank you! Your answers are sent to {clinic}.").format(clinic=letter.clinic)
            self.query_one("#state", Text).update(thanks)
        finally:
            self._busy = False

    async def _leave(self) -> None:
        try:
            await self._store()
        except TypedElsewhere as error:
            if not await self._settles(error):
                return
        except OmvantError as error:
            choices = (("stay", _("Stay")), ("leave", _("Leave them")))
            question = Ask(_("Your latest answers are not kept"), say(error.message), choices)
            if await self.app.push_screen_wait(question) != "leave":
                return
        if self.is_current:
            self.dismiss()

    async def _kept_or_settled(self) -> bool:
        """Store what is typed; False when the patient chose to look at other answers than these first."""
        try:
            await self._store()
        except TypedElsewhere as error:
            return await self._settles(error)
        except OmvantError as error:
            self.tell(say(error.message))
        return True

    async def _settles(self, error: TypedElsewhere) -> bool:
        """Ask which answers to go on with; True when it is those that stand here, and they are kept."""
        choices = (
            ("stay", _("Stay here")),
            ("mine", _("Keep the answers here")),
            ("theirs", _("Take the answers from there")),
        )
        chosen = await self.app.push_screen_wait(Ask(_("Another terminal"), say(error.message), choices))
        if chosen == "mine" and self._answering is not None:
            self._answering.insist()
            with self.telling():
                await self._store()
                return True
        if chosen == "theirs":
            await self._fetch()
        return False

    async def _store(self) -> None:
        """Raises what `inbox.save_typed` raises."""
        self._keeping.stop()
        if self._answering is not None:
            await settled(self.focused)
            await self._answering.store(self._form.typed)

    @property
    def _form(self) -> FormView:
        return self.query_one("#form", FormView)

    def _go_to(self, step: Step, state: str = "") -> None:
        self._step = step
        self.set_class(step is Step.REVIEWING, "-reviewing")
        self.query_one("#state", Text).update(state)
        self._say_error("")
        self._show_progress()
        self.refresh_bindings()

    def _show_progress(self) -> None:
        status = ""
        if self._step in {Step.FILLING, Step.REVIEWING}:
            done, count = self._form.progress
            status = _("{done} of {count} answered").format(done=done, count=count)
        self.query_one(Header).status = status

    def _show_problems(self, problems: Sequence[Problem]) -> None:
        elsewhere = [say(problem.message) for problem in self._form.show_problems(problems)]
        beside = len(problems) - len(elsewhere)
        count = ngettext("{n} answer needs your attention", "{n} answers need your attention", beside)
        self._say_error("\n".join([count.format(n=beside)] * bool(beside) + elsewhere))

    def _say_error(self, text: str) -> None:
        self.query_one("#error", ErrorText).update(text)

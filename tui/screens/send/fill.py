"""Skicka nytt ärende › Fyll i: the template as built, the white boxes to write in, and Ctrl+S sends."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from data import mailings, templates
from data.cases import SentCase
from data.domain.answers import Writer
from data.domain.errors import Conflict, Invalid, Message, NotFound, OmvantError, Problem
from data.domain.placeholders import Given, given
from data.domain.roles import StaffActor
from data.mailings import Mailing
from data.templates import PublishedTemplate
from tui.i18n import _, say
from tui.keeping import Keeping
from tui.screens.base import BaseScreen
from tui.screens.dialog import Ask
from tui.screens.reason import with_reason
from tui.screens.send.renewing import NEWER, OTHER, ask_newer, version_in_use
from tui.screens.send.sent import SentManyScreen, SentScreen
from tui.screens.send.writing import Writing, attention_lines, count_of, patients_words, whom_line
from tui.widgets.field_messages import FieldChanged, FieldLeft
from tui.widgets.form import FormView
from tui.widgets.form_words import with_known_words
from tui.widgets.line_field import LineField
from tui.widgets.marks import kind_words
from tui.widgets.plain import Attention, ErrorText, Heading, Text
from tui.widgets.settled import settled
from tui.widgets.when import local_date, moment
from tui.work import lead

_PROBLEMS_MOST = 6
"""Problems of no field that are shown: a mailing may have hundreds of patients who can't be reached."""

Elsewhere = Conflict | NotFound
"""The draft was stored, or sent or thrown away, in another terminal."""


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
        self._keeping = Keeping(self, self._keep_quietly)
        self._sending = False

    def trail(self) -> Sequence[str]:
        return [self.desk.stop_title(), _("Send new case"), _("Template"), _("Fill in")]

    def compose_body(self) -> ComposeResult:
        yield Heading(whom_line(self._writing.draft))
        yield Attention(attention_lines(self._writing.draft))
        yield Text(self._title(self._writing.draft.signature), id="template")
        yield self._new_form()
        with Horizontal(id="signature-row"):
            yield Text(_("Signature"))
            yield LineField(self._writing.draft.signature, id="signature")
        yield ErrorText("", id="error")

    def on_mount(self) -> None:
        self._form.focus_first()
        if self._resumed:
            kept = moment(self._writing.draft.changed_at, self.desk.clinic_zone)
            self.tell(_("This is your unfinished case from {time}: go on where you were").format(time=kept))
            lead(self, self._renew, "send")

    def why_not(self, act: str) -> Message | None:
        if act in ("case.send", "app.back") and self._sending:
            return Message("The case is being sent")
        return None

    async def keep(self) -> None:
        """Store what is typed so far, without asking anything. Raises what `drafts.save` raises."""
        self._keeping.stop()
        if not self._sending:
            await settled(self.focused)
            await self._writing.keep(self._written(), self._signature)

    def act_app_back(self) -> None:
        lead(self, self._back, "send")

    def act_send_signature(self) -> None:
        self.query_one("#signature").focus()

    def act_case_send(self) -> None:
        """Once: it can't be done while it is on its way, and the draft's key stops a repeat after that."""
        self._sending = True
        self._keeping.stop()
        lead(self, self._send, "send")

    @on(FormView.Changed)
    def _form_changed(self) -> None:
        self._keeping.soon()

    @on(FieldChanged)
    def _signature_changed(self) -> None:
        self._form.know(self._known(self._signature))
        self.query_one("#template", Text).update(self._title(self._signature))
        self._keeping.soon()

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

    def _title(self, signature: str) -> str:
        """The template's name, and what the patient sees instead of it."""
        form = with_known_words(self._template.form, self._known(signature), {})
        parts = [f"{self._template.name}  {kind_words(form.answerable)}"]
        if form.title:
            parts.append(_("the patient sees: {title}").format(title=form.title))
        return " · ".join(parts)

    def _known(self, signature: str) -> dict[str, str]:
        """What placeholders stand for, as when the case is sent now."""
        actor, draft = self.desk.actor, self._writing.draft
        known = given(
            patient=draft.patient.name,
            clinic=actor.clinic_name if isinstance(actor, StaffActor) else "",
            signature=signature,
            date=local_date(self.desk.clinic_zone),
        )
        if draft.also:
            del known[Given.PATIENT]  # each gets their own name there
        return known

    def _new_form(self) -> FormView:
        draft = self._writing.draft
        return FormView(
            self._template.form,
            writer=Writer.STAFF,
            written=draft.written,
            known=self._known(draft.signature),
            show_staff_instruction=True,
        )

    async def _keep_quietly(self) -> None:
        """Store between two keys. A question now would be answered by the next letter: it waits for Ctrl+S or
        Esc."""
        with self.telling():
            await self.keep()

    async def _back(self) -> None:
        with self.telling():
            try:
                await self.keep()
            except (Conflict, NotFound) as error:
                if not await self._settles(error, leaving=True):
                    return
            await self.uppermost()
            self.dismiss()

    async def _send(self) -> None:
        self._say_error("")
        try:
            await with_reason(self, self._store_and_send)
        except Invalid as error:
            self._show_problems(error.problems)
            if any(problem.field == "template" for problem in error.problems):
                await self._renew()
        except (Conflict, NotFound) as error:
            with self.telling():
                await self._settles(error, leaving=False)
        except OmvantError as error:
            self._say_error(say(error.message))
        finally:
            self._sending = False
            self.refresh_bindings()

    async def _store_and_send(self) -> None:
        await self._writing.keep(self._written(), self._signature)
        if not self._writing.draft.also or await self._is_sure():
            await self._arrive(await self._writing.send())

    async def _is_sure(self) -> bool:
        """What goes to many can't be taken back from them: they are counted before it is sent, once nothing
        stands in its way."""
        await self.desk.do(mailings.check, self._writing.draft)
        patients = patients_words(count_of(self._writing.draft))
        text = _("{template} goes to {patients}, as a case for each of them. It can't be taken back.")
        choices = (("stay", _("Don't send yet")), ("send", _("Send to {patients}").format(patients=patients)))
        question = Ask(
            _("Send to {patients}?").format(patients=patients),
            text.format(template=self._template.name, patients=patients),
            choices,
        )
        await self.uppermost()
        return await self.app.push_screen_wait(question) == "send"

    async def _renew(self) -> None:
        """Say that the template has a newer version, or is out of use, and let the person choose."""
        with self.telling():
            offered = await self.desk.do(templates.published)
            newer = version_in_use(self._template, offered)
            if newer is None:
                self._say_error(_("The template is out of use: go back and choose another"))
                return
            if newer.version_id == self._template.version_id:
                return
            chosen = await self.app.push_screen_wait(ask_newer(self._template, newer))
            if chosen in (NEWER, OTHER):
                await self._writing.keep(self._written(), self._signature)
            if chosen == NEWER:
                await self._writing.choose(newer)
                self._say_error("")
                await self._show_anew()
            elif chosen == OTHER:
                self.dismiss()

    async def _arrive(self, sent: SentCase | Mailing) -> None:
        # The person may have gone to another place meanwhile: the receipt waits for them here.
        await self.uppermost()
        await self.app.push_screen(SentManyScreen(sent) if isinstance(sent, Mailing) else SentScreen(sent))

    async def _settles(self, error: Elsewhere, *, leaving: bool) -> bool:
        """Ask whose text to go on with. True when nothing that is typed here needs this screen any more."""
        choices = [("stay", _("Stay here"))]
        if isinstance(error, Conflict):
            choices += [("mine", _("Keep what is written here")), ("theirs", _("Take what was stored there"))]
        else:
            choices.append(("mine", _("Make another case of what is written here")))
        if leaving:
            choices.append(("leave", _("Leave without what is written here")))
        chosen = await self.app.push_screen_wait(Ask(_("Another terminal"), say(error.message), choices))
        if chosen == "mine":
            insisting = partial(self._writing.insist, self._written(), self._signature)
            if not await with_reason(self, insisting):
                return False
            self.tell(_("What is written here is stored"))
        elif chosen == "theirs" and await with_reason(self, self._writing.give_way):
            await self._show_anew()
        return chosen == "leave" or (chosen == "mine" and leaving)

    async def _show_anew(self) -> None:
        """Show the draft as it is stored, by another terminal or with another version of the template."""
        if self._writing.draft.template is None:
            self.dismiss()
            return
        self.query_one("#template", Text).update(self._title(self._writing.draft.signature))
        await self._form.remove()
        await self.query_one("#body").mount(self._new_form(), before="#signature-row")
        self.query_one("#signature", LineField).value = self._writing.draft.signature
        self._form.focus_first()

    def _show_problems(self, problems: Sequence[Problem]) -> None:
        elsewhere = self._form.show_problems(problems)
        shown = [say(problem.message) for problem in elsewhere[:_PROBLEMS_MOST]]
        if more := len(elsewhere) - len(shown):
            shown.append(_("and {n} more").format(n=more))
        self._say_error("\n".join(shown))
        if any(problem.field == "signature" for problem in elsewhere):
            self.query_one("#signature").focus()

    def _say_error(self, text: str) -> None:
        self.query_one("#error", ErrorText).update(text)

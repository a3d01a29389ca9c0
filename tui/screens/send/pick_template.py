"""Skicka nytt ärende › Mall: which template, narrowed by typing, with a preview."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from data import templates
from data.domain.errors import Message
from data.domain.forms import AnyItem, Form, Section, Text, WhiteBox
from data.domain.text import fold
from data.templates import PublishedTemplate
from tui.i18n import _
from tui.screens.base import BaseScreen
from tui.screens.send.fill import FillScreen
from tui.screens.send.writing import Writing, attention_lines, whom_line
from tui.widgets.field_messages import FieldChanged, FieldLeft
from tui.widgets.form_words import times_words
from tui.widgets.marks import kind_words
from tui.widgets.menu import PlainList
from tui.widgets.plain import Attention, Heading, content
from tui.widgets.plain import Text as PlainText
from tui.widgets.submit_field import SubmitField
from tui.work import lead


class PickField(SubmitField):
    """Narrows the list below, whose cursor it moves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "screen.scroll_preview(1)", show=False),
        Binding("pageup", "screen.scroll_preview(-1)", show=False),
    ]


class PickScreen(BaseScreen[None]):
    """The clinic's published templates, the latest used first."""

    PLACE = "pick"
    DEFAULT_CSS = """
    PickScreen #choices { height: 1fr; layout: vertical; }
    PickScreen #list { max-height: 40%; }
    PickScreen #list > .option-list--option-highlighted {
        background: $primary;
        color: $background;
        text-style: bold;
    }
    PickScreen #preview { height: 1fr; margin-top: 1; padding-left: 1; border-left: outer $panel; }
    PickScreen.-wide #choices { layout: horizontal; }
    PickScreen.-wide #list { width: 44; max-height: 100%; margin-top: 1; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]

    def __init__(self, writing: Writing) -> None:
        super().__init__()
        self._writing = writing
        self._templates: tuple[PublishedTemplate, ...] | None = None
        self._found: list[PublishedTemplate] = []

    def trail(self) -> Sequence[str]:
        return [self.desk.stop_title(), _("Send new case"), _("Template")]

    def compose_body(self) -> ComposeResult:
        yield Heading(whom_line(self._writing.draft))
        yield Attention(attention_lines(self._writing.draft))
        yield PickField(placeholder=_("Type a part of the template's name"))
        with Container(id="choices"):
            yield PlainList(id="list")
            with VerticalScroll(id="preview", can_focus=False):
                yield PlainText("", id="preview-text")

    def on_mount(self) -> None:
        # The field moves the list's cursor: Tab need not stop there.
        self.query_one(PlainList).can_focus = False
        self.query_one(PickField).focus()

    def come(self) -> None:
        """Read what may be sent now: a template may have been published anew since one was here."""
        super().come()
        lead(self, self._read, "read")

    def why_not(self, act: str) -> Message | None:
        if act == "send.pick" and not self._found:
            return Message("No template matches what you typed")
        return None

    def act_send_pick(self) -> None:
        template = self._highlighted()
        if template is not None:
            lead(self, partial(self._choose, template), "default")

    def action_scroll_preview(self, pages: int) -> None:
        preview = self.query_one("#preview", VerticalScroll)
        (preview.scroll_page_down if pages > 0 else preview.scroll_page_up)(animate=False)

    @on(FieldChanged)
    def _typed(self) -> None:
        self._narrow()

    @on(FieldLeft)
    def _field_left(self, event: FieldLeft) -> None:
        event.stop()
        shown = self.query_one("#list", OptionList)
        if event.field is shown:
            return  # it was at its top already
        if event.step > 0:
            shown.action_cursor_down()
        else:
            shown.action_cursor_up()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.act_send_pick()

    @on(OptionList.OptionHighlighted)
    def _show_preview(self) -> None:
        template = self._highlighted()
        self.query_one("#preview-text", PlainText).update(outline(template.form) if template else "")
        self.query_one("#preview").scroll_home(animate=False)

    async def _read(self) -> None:
        with self.telling():
            found = await self.desk.do(templates.published)
            if found != self._templates:
                self._templates = found
                self._narrow()

    def _narrow(self) -> None:
        words = fold(self.query_one(PickField).value).split()
        self._found = [one for one in self._templates or () if all(word in fold(one.name) for word in words)]
        shown = self.query_one("#list", OptionList)
        shown.clear_options()
        shown.add_options(
            [Option(content(f"{one.name}  {kind_words(one.form.answerable)}")) for one in self._found]
        )
        shown.highlighted = 0 if self._found else None
        if not self._found:
            nothing = (
                _("No template matches")
                if self._templates
                else _("The clinic has no published templates yet")
            )
            self.query_one("#preview-text", PlainText).update(nothing)
        self.refresh_bindings()

    def _highlighted(self) -> PublishedTemplate | None:
        at = self.query_one("#list", OptionList).highlighted
        return self._found[at] if at is not None and at < len(self._found) else None

    async def _choose(self, template: PublishedTemplate) -> None:
        with self.telling():
            await self._writing.choose(template)
            await self.uppermost()
            await self.app.push_screen(FillScreen(self._writing))


def outline(form: Form) -> str:
    """A form in a few lines of text: what staff are told, what the patient reads and is asked."""
    lines = [f"{_('For staff only:')} {form.staff_instruction}", ""] if form.staff_instruction else []
    lines += [form.patient_instruction] if form.patient_instruction else []
    if form.title:
        lines.insert(0, _("The patient sees: {title}").format(title=form.title))
    for place in form.places:
        indent = "  " * len(place.within)
        lines += [f"{indent}{line}" for line in _line(place.item).split("\n")]
    return "\n".join(lines)


def _line(item: AnyItem) -> str:
    match item:
        case Text():
            return item.wording
        case Section() if item.repeats:
            return f"{item.wording} ({times_words(item)})"
        case Section():
            return item.wording
        case WhiteBox():
            return f"▏{item.wording}: …"
        case _:
            return f"? {item.wording}"

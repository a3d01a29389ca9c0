"""Administration: what there is to administer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from data.domain.errors import Message
from data.domain.roles import Actor
from data.operation import OPERATIONS, permits
from tui.i18n import N_, _, say
from tui.screens.admin.access_log import AccessLogScreen
from tui.screens.admin.retention import RetentionScreen
from tui.screens.admin.staff_list import StaffListScreen
from tui.screens.admin.template_list import TemplateListScreen
from tui.screens.admin.way import administration, templates_way
from tui.screens.base import BaseScreen
from tui.widgets.header import ROLE_WORDS
from tui.widgets.menu import DigitMenu
from tui.widgets.plain import Note, pad

_WORD = 38
"""Cells for the names of the parts, so that their explanations stand in a column."""


@dataclass(frozen=True)
class Part:
    """A part of Administration; `operation` is what one must be permitted to open it."""

    words: Callable[[], list[str]]
    explanation: str
    operation: str
    screen: Callable[[], BaseScreen[None]]

    def missing_role(self, actor: Actor) -> Message | None:
        """The role that the actor lacks to open it; None when they may."""
        if permits(actor, self.operation):
            return None
        return Message(ROLE_WORDS[min(OPERATIONS[self.operation].roles)])


PARTS: tuple[Part, ...] = (
    Part(templates_way, N_("build, publish, retire"), "templates.list_all", TemplateListScreen),
    Part(lambda: administration("staff"), N_("accounts and roles"), "staff.list_staff", StaffListScreen),
    Part(
        lambda: administration("access_log"),
        N_("who did what, about which patient"),
        "access_log.list_entries",
        AccessLogScreen,
    ),
    Part(
        lambda: administration("retention"),
        N_("when closed cases are destroyed"),
        "retention.set_policy",
        RetentionScreen,
    ),
)


class AdminScreen(BaseScreen[None]):
    """A menu of the parts. What a role may not open stays in view and says why."""

    PLACE = "admin"
    DEFAULT_CSS = """
    AdminScreen {
        & DigitMenu { margin-top: 1; }
        & Note { margin-top: 1; }
    }
    """

    def compose_body(self) -> ComposeResult:
        yield DigitMenu(*(Option(self._prompt(part), id=part.operation) for part in PARTS))
        yield Note(_("The number or Enter opens"))

    def on_mount(self) -> None:
        menu = self.query_one(DigitMenu)
        open_to_actor = (part.missing_role(self.desk.actor) is None for part in PARTS)
        menu.highlighted = next((at for at, is_open in enumerate(open_to_actor) if is_open), 0)
        menu.focus()

    def why_not(self, act: str) -> Message | None:
        role = self._part().missing_role(self.desk.actor) if act == "admin.choose" else None
        if role is None:
            return None
        return Message("{part} needs the role of {role}", part=self._part().words()[-1], role=role)

    def act_admin_choose(self) -> None:
        self.app.push_screen(self._part().screen())

    @on(OptionList.OptionSelected)
    async def _selected(self) -> None:
        await self.action_act("admin.choose")

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        self.refresh_bindings()

    def _part(self) -> Part:
        return PARTS[self.query_one(DigitMenu).highlighted or 0]

    def _prompt(self, part: Part) -> str:
        """One line: the part, and what it is for or why it is closed."""
        role = part.missing_role(self.desk.actor)
        name = pad(" › ".join(part.words()[1:]), _WORD)
        return name + (say(Message("needs the role of {role}", role=role)) if role else _(part.explanation))

"""The two lines at the top: who you are, and where."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from data.domain.roles import STAFF_ROLES, Actor, PatientActor, Role, StaffActor, Visitor
from tui.i18n import N_, _
from tui.widgets.plain import ELLIPSIS, content, fit

ROLE_WORDS = {
    Role.CARE_PROVIDER: N_("care provider"),
    Role.ADMINISTRATOR: N_("administrator"),
    Role.LOG_AUDITOR: N_("log auditor"),
    Role.PATIENT: N_("patient"),
    Role.OPERATOR: N_("operator"),
    Role.VISITOR: N_("not signed in"),
}
"""Gettext ids of what roles are called in a sentence."""

_PROGRAM = "Omvänt"
_GAP = 2


def who(actor: Actor) -> str:
    """The person and where they work, in words and with the program's name: one line of any length."""
    parts = [_PROGRAM]
    if isinstance(actor, StaffActor):
        roles = [_(ROLE_WORDS[role]) for role in STAFF_ROLES if role in actor.roles]
        parts += [actor.clinic_name, ", ".join([actor.name, *roles])]
    elif isinstance(actor, PatientActor):
        parts += [actor.name, str(actor.number)]
    return " · ".join(parts)


class Header(Widget):
    """The first line: the program, the clinic and the person, and on the right how things stand."""

    DEFAULT_CSS = """
    Header {
        height: 1;
        padding: 0 1;
        background: $panel;
        color: $text-muted;
    }
    """

    actor: reactive[Actor] = reactive[Actor](Visitor)
    """Who is signed in."""

    status: reactive[str] = reactive("")
    """A few translated words on the right, such as how many answers are new; the person gives way to them."""

    waits: reactive[bool] = reactive(False)
    """Whether something waits for the database; it is said in place of the status."""

    def render(self) -> Content:
        width = self.size.width
        status = fit(_("Waiting for the database …") if self.waits else self.status, width)
        room = width - cell_len(status) - (_GAP if status else 0)
        person = fit(who(self.actor), room)
        gap = " " * (width - cell_len(person) - cell_len(status))
        return content(person + gap) + content(status, "$foreground")


class Trail(Widget):
    """The second line: the way here, as in Mina ärenden › Skicka nytt ärende › Mall."""

    DEFAULT_CSS = """
    Trail {
        height: 1;
        padding: 0 1;
        text-style: bold;
    }
    """

    parts: reactive[tuple[str, ...]] = reactive(())
    """The places on the way, translated, the present one last."""

    def render(self) -> Content:
        return content(trail_line(self.parts, self.size.width))


def trail_line(parts: tuple[str, ...], width: int) -> str:
    """The way in at most `width` cells. The first places give way to `…`: the last one is where you are."""
    for start in range(len(parts)):
        line = " › ".join([*([ELLIPSIS] if start else []), *parts[start:]])
        if cell_len(line) <= width:
            return fit(line, width)
    return fit(parts[-1] if parts else "", width)

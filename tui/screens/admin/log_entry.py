"""An entry of the access log in words: in a list's columns, and all of it."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from data.domain.roles import Role
from data.log_rows import LogRow
from tui.i18n import _
from tui.screens.admin.details import detail_lines
from tui.screens.admin.events import event_words
from tui.screens.admin.log_flags import flag_lines, flag_words
from tui.screens.dialog import Ask
from tui.widgets.columns import Column
from tui.widgets.header import ROLE_WORDS
from tui.widgets.marks import name_with_mark
from tui.widgets.when import exact_moment, moment

REFUSED = "✗"

_KINDS = {"patient": Role.PATIENT, "operator": Role.OPERATOR, "visitor": Role.VISITOR}
"""What stands for actors that have no name in the log."""


def columns(zone: ZoneInfo, *, person: int = 14) -> list[Column[LogRow]]:
    """When, who (in so many cells), why it deserves a look, what, about whom."""
    return [
        Column(_("Time"), 16, lambda row: moment(row.at, zone)),
        Column(_("Person"), person, person_words),
        Column(_("Look"), 9, flag_words),
        Column(_("What"), 19, what_words, flexible=True),
        Column(_("Patient"), 10, patient_words, flexible=True),
    ]


def whole_entry(row: LogRow, zone: ZoneInfo) -> Ask:
    """A dialogue that shows everything about an entry."""
    return Ask(event_words(row.event), "\n".join(_lines(row, zone)), [("close", _("Close"))])


def what_words(row: LogRow) -> str:
    """What was done, or with a sign what was refused."""
    return event_words(row.event) if row.allowed else f"{REFUSED} {event_words(row.event)}"


def person_words(row: LogRow) -> str:
    """Who acted: the name, or what kind of actor it was."""
    return row.actor or _(ROLE_WORDS[_KINDS[row.actor_kind]] if row.actor_kind in _KINDS else row.actor_kind)


def patient_words(row: LogRow) -> str:
    """The patient whom it was about, with the mark; empty for an act about nobody or several."""
    return name_with_mark(row.patient_name, row.protected)


def _lines(row: LogRow, zone: ZoneInfo) -> Iterator[str]:
    """Everything that an entry says, one thing a line."""
    yield f"{_('Time')}: {exact_moment(row.at, zone)}"
    yield f"{_('Person')}: {person_words(row)}"
    yield _("Allowed") if row.allowed else f"{REFUSED} {_('Refused')}"
    if row.patient_number:
        yield f"{_('Patient')}: {patient_words(row)}, {row.patient_number}"
    if row.case_reference:
        yield f"{_('Case')}: {row.case_reference}"
    yield from flag_lines(row)
    yield from detail_lines(row)

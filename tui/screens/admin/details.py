"""The details of the access log's entries in words, one line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from data.access_log import LogRow
from data.case_rows import CaseState
from tui.i18n import N_, _, ngettext, say
from tui.widgets.header import ROLE_WORDS
from tui.widgets.marks import name_with_mark

DETAIL_WORDS = {
    "after": N_("Roles afterwards"),
    "before": N_("Roles before"),
    "closed": N_("Account closed"),
    "closed_minutes": N_("Account closed for a while, in minutes"),
    "count": N_("Count"),
    "file": N_("File"),
    "filter": N_("Filtered by"),
    "found": N_("Found"),
    "losses": N_("Things that could not be kept"),
    "name": N_("Template"),
    "number": N_("Personal identity number"),
    "original": N_("Copy of"),
    "other_clinic": N_("The other clinic"),
    "published": N_("Published version"),
    "repeated": N_("The same was sent again"),
    "roles": N_("Roles"),
    "state": N_("Status"),
    "template": N_("The template's number"),
    "username": N_("User name"),
    "version": N_("Version"),
    "while_closed": N_("Tried while the account was closed"),
}
"""Gettext ids by the names of details."""

_ROLES: Mapping[str, str] = {role.value: words for role, words in ROLE_WORDS.items()}

_VALUE_WORDS: Mapping[str, Mapping[str, str]] = {
    "after": _ROLES,
    "before": _ROLES,
    "roles": _ROLES,
    "state": {
        CaseState.SENT: N_("unread"),
        CaseState.READ: N_("read"),
        CaseState.ANSWERED: N_("answered"),
        CaseState.UNSEEN: N_("new"),
    },
}
"""Gettext ids of the values that some details have."""


def detail_lines(row: LogRow) -> Iterator[str]:
    """All that an entry says beside who, what and when. A detail without words here is shown by its name."""
    if row.reason is not None:
        yield _line(_("Reason"), say(row.reason))
    for name, value in row.details.items():
        if value not in (None, "", []):
            title = _(DETAIL_WORDS[name]) if name in DETAIL_WORDS else name
            yield _line(title, _value(value, _VALUE_WORDS.get(name, {})))
    for patient in row.patients:
        yield _line(_("Patient"), f"{name_with_mark(patient.name, patient.protected)}, {patient.number}")
    if more := row.patient_count - len(row.patients):
        yield ngettext("and {n} more patient", "and {n} more patients", more).format(n=more)


def _line(title: str, words: str) -> str:
    return f"{title}: {words}"


def _value(value: object, words: Mapping[str, str]) -> str:
    """A value as it was stored, or in words where its name says that it is one of a few."""
    match value:
        case bool():
            return _("Yes") if value else _("No")
        case list():
            return ", ".join(_value(part, words) for part in value)
        case str() if value in words:
            return _(words[value])
        case _:
            return str(value)

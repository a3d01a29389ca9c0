"""The details of the access log's entries in words, one line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from data.case_rows import CaseState
from data.domain.session import Ended
from data.log_rows import LogRow
from tui.i18n import N_, _, ngettext, say
from tui.screens.admin.events import EVENT_WORDS
from tui.widgets.header import ROLE_WORDS
from tui.widgets.marks import name_with_mark

DETAIL_WORDS = {
    "broken": N_("Clinics whose log is not as it was written"),
    "entry": N_("The entry's number"),
    "first": N_("From the day"),
    "key": N_("Key"),
    "last": N_("To the day"),
    "lost": N_("Lost keys"),
    "mac": N_("The last deleted entry's MAC"),
    "named": N_("With the names of staff"),
    "outcome": N_("Outcome"),
    "remarked": N_("Remark"),
    "remarks": N_("Number of remarks"),
    "review": N_("The review's number"),
    "through": N_("Deleted through number"),
    "unknown": N_("A user name that nobody has"),
    "unproved": N_("Entries that can't be verified"),
    "act": N_("It was about"),
    "address": N_("From the address"),
    "after": N_("Roles afterwards"),
    "after_minutes": N_("Minutes afterwards"),
    "before": N_("Roles before"),
    "before_minutes": N_("Minutes before"),
    "cases": N_("Cases"),
    "closed": N_("Account closed"),
    "closed_minutes": N_("Account closed for a while, in minutes"),
    "count": N_("Count"),
    "ended": N_("Ended by the program"),
    "days": N_("Days that closed cases are kept"),
    "days_before": N_("Days that closed cases were kept before"),
    "digest": N_("SHA-256 of the references"),
    "fields": N_("What was changed"),
    "file": N_("File"),
    "fingerprint": N_("The key's fingerprint"),
    "filter": N_("Filtered by"),
    "found": N_("Found"),
    "hold": N_("Why it is held"),
    "losses": N_("Things that could not be kept"),
    "moved_from": N_("From"),
    "moved_to": N_("To"),
    "name": N_("Template"),
    "number": N_("Personal identity number"),
    "original": N_("Copy of"),
    "other_clinic": N_("The other clinic"),
    "password_reset": N_("New password for one sign-in"),
    "protected_after": N_("Protected identity afterwards"),
    "protected_before": N_("Protected identity before"),
    "published": N_("Published version"),
    "reachable_after": N_("Can be reached digitally afterwards"),
    "reachable_before": N_("Could be reached digitally before"),
    "repeated": N_("The same was sent again"),
    "roles": N_("Roles"),
    "signed_in_as": N_("Signed in as the patient"),
    "state": N_("Status"),
    "template": N_("The template's number"),
    "username": N_("User name"),
    "version": N_("Version"),
    "while_closed": N_("Tried while the account was closed"),
    "withheld": N_("Nothing was shown: protected identity"),
    "why": N_("The reason that was stated"),
}
"""Gettext ids by the names of details."""

_ROLES: Mapping[str, str] = {role.value: words for role, words in ROLE_WORDS.items()}

_VALUE_WORDS: Mapping[str, Mapping[str, str]] = {
    "act": EVENT_WORDS,
    "after": _ROLES,
    "before": _ROLES,
    "ended": {Ended.IDLE: N_("no key for a while"), Ended.OLD: N_("twelve hours after signing in")},
    "fields": {
        "name": N_("Name"),
        "protected": N_("Protected identity"),
        "reachable": N_("Can be reached digitally"),
        "title": N_("Title"),
    },
    "roles": _ROLES,
    "state": {
        CaseState.SENT: N_("unread"),
        CaseState.READ: N_("read"),
        CaseState.ANSWERED: N_("answered"),
        CaseState.UNSEEN: N_("new"),
        CaseState.OPEN: N_("open"),
        CaseState.CLOSED: N_("closed"),
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

"""What kinds of acts the access log tells of, for auditors who look for one kind."""

from __future__ import annotations

from enum import StrEnum


class LogKind(StrEnum):
    SIGN_IN = "sign_in"
    """Coming, leaving, locking, and failing to come in."""
    READ = "read"
    """Patient data was read."""
    CHANGED = "changed"
    """Patient data was written or sent."""
    EXPORT = "export"
    """Data left the program, or came in as a file."""
    ADMIN = "admin"
    """Templates, staff, clinics, and the log itself."""
    REFUSED = "refused"
    """Whatever was tried without being allowed; no event is of this kind by itself."""


_SIGN_IN = frozenset({"sign", "signed", "lock", "locked", "unlock", "unlocked", "entered", "session", "code"})
_EXPORT = frozenset({"exported", "extracted", "printed", "imported", "copied", "backed", "anchored"})
_ADMIN = frozenset({"clinic", "database", "library", "log", "retention", "staff", "store"})
_ADMIN |= {"ssh", "template", "templates"}
_READ = frozenset({"fetched", "listed", "opened", "read"})


def kind_of(event: str) -> LogKind:
    """The kind of an event by its name, such as `patient.fetched`."""
    head, _, act = event.partition(".")
    words = set(act.split("_"))
    if words & _SIGN_IN:
        return LogKind.SIGN_IN
    if words & _EXPORT and not (head.startswith("template") and "copied" in words):
        return LogKind.EXPORT
    if head in _ADMIN:
        return LogKind.ADMIN
    return LogKind.READ if words & _READ else LogKind.CHANGED

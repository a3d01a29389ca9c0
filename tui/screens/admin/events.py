"""The access log's events in words."""

from __future__ import annotations

from data.domain.text import fold
from tui.i18n import N_, _

EVENT_WORDS = {
    "case.exported": N_("Exported the answers to a case"),
    "case.opened": N_("Opened a case"),
    "case.sent": N_("Sent a case"),
    "cases.listed_assigned": N_("Read the list of assigned cases"),
    "cases.listed_mine": N_("Read the list of own cases"),
    "clinic.added": N_("Added a clinic"),
    "clinic.founded": N_("Founded the clinic"),
    "draft.begun": N_("Began a case"),
    "draft.discarded": N_("Discarded a draft"),
    "draft.saved": N_("Saved a draft"),
    "drafts.listed": N_("Read the list of drafts"),
    "inbox.answered": N_("Answered a message"),
    "inbox.draft_saved": N_("Saved half an answer"),
    "inbox.listed": N_("Read the list of messages"),
    "inbox.opened": N_("Opened a message"),
    "log.listed": N_("Read the access log"),
    "patient.code_issued": N_("Issued a sign-in code"),
    "patient.fetched": N_("Fetched a patient"),
    "patient.registered": N_("Registered a patient"),
    "patient.sign_in_failed": N_("Patient failed to sign in"),
    "patient.signed_in": N_("Patient signed in"),
    "patient.signed_out": N_("Patient signed out"),
    "patients.imported": N_("Imported patients"),
    "staff.added": N_("Added a member of staff"),
    "staff.admitted": N_("Admitted a member of staff to one more clinic"),
    "staff.changed": N_("Changed a member of staff"),
    "staff.entered_clinic": N_("Chose the clinic to work at"),
    "staff.listed": N_("Read the list of staff"),
    "staff.locked": N_("Locked the terminal"),
    "staff.sign_in_failed": N_("Staff failed to sign in"),
    "staff.signed_in": N_("Staff signed in"),
    "staff.signed_out": N_("Staff signed out"),
    "staff.unlock_failed": N_("Failed to unlock the terminal"),
    "staff.unlocked": N_("Unlocked the terminal"),
    "template.added_from_library": N_("Added a template from the library"),
    "template.copied": N_("Copied a template"),
    "template.copied_in": N_("Copied a template from another clinic"),
    "template.copied_out": N_("Copied a template to another clinic"),
    "template.created": N_("Made a template"),
    "template.draft_discarded": N_("Discarded unsaved changes of a template"),
    "template.draft_kept": N_("Began to change a template"),
    "template.exported": N_("Exported a template to a file"),
    "template.history_read": N_("Read the history of a template"),
    "template.imported": N_("Imported a template"),
    "template.opened": N_("Opened a template"),
    "template.published": N_("Published a template"),
    "template.restored": N_("Took up an old version of a template"),
    "template.retired": N_("Retired a template"),
    "template.saved": N_("Saved a template"),
    "template.version_opened": N_("Opened a version of a template"),
    "template.versions_listed": N_("Read the list of a template's versions"),
    "templates.listed": N_("Read the list of templates"),
}
"""Gettext ids by event."""


def event_words(event: str) -> str:
    """What an event is called; one that has no words here is shown by its name."""
    return _(EVENT_WORDS[event]) if event in EVENT_WORDS else event


def events_called(word: str) -> frozenset[str]:
    """The events in whose words, in the language in use, a typed word stands."""
    return frozenset(event for event in EVENT_WORDS if fold(word) in fold(event_words(event)))

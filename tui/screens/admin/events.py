"""The access log's events in words."""

from __future__ import annotations

from data.domain.text import fold
from tui.i18n import N_, _

EVENT_WORDS = {
    "case.closed": N_("Closed a case"),
    "case.exported": N_("Exported the answers to a case"),
    "case.held": N_("Held a case, so that it is never destroyed"),
    "case.opened": N_("Opened a case"),
    "case.released": N_("Released a case that was held"),
    "case.reopened": N_("Opened a closed case again"),
    "case.sent": N_("Sent a case"),
    "cases.destroyed": N_("Destroyed closed cases that were too old"),
    "cases.held_listed": N_("Read the list of held cases"),
    "cases.listed_assigned": N_("Read the list of assigned cases"),
    "cases.listed_mine": N_("Read the list of own cases"),
    "clinic.added": N_("Added a clinic"),
    "clinic.founded": N_("Founded the clinic"),
    "database.backed_up": N_("Copied the database"),
    "database.encrypted": N_("Encrypted the database"),
    "database.rekeyed": N_("Encrypted the database with another key"),
    "database.restored": N_("Put a backup in the database's place"),
    "clinic.idle_changed": N_("Changed when terminals lock"),
    "draft.begun": N_("Began a case"),
    "draft.discarded": N_("Discarded a draft"),
    "draft.saved": N_("Saved a draft"),
    "drafts.listed": N_("Read the list of drafts"),
    "inbox.answered": N_("Answered a message"),
    "inbox.draft_saved": N_("Saved half an answer"),
    "inbox.listed": N_("Read the list of messages"),
    "inbox.opened": N_("Opened a message"),
    "log.anchored": N_("Wrote an anchor of the access log"),
    "log.extracted": N_("Made an extract of the access log for a patient"),
    "log.key_added": N_("Gave the access log a new key"),
    "log.listed": N_("Read the access log"),
    "log.pruned": N_("Deleted the oldest entries of the access log"),
    "log.remarked": N_("Remarked on an entry in a review"),
    "log.review_opened": N_("Opened a review of the access log"),
    "log.reviewed": N_("Finished a review of the access log"),
    "log.reviews_listed": N_("Read the list of reviews"),
    "log.sampled": N_("Drew a random sample of the access log"),
    "log.verified": N_("Verified the access log"),
    "patient.changed": N_("Changed what is known of a patient"),
    "patient.code_issued": N_("Issued a sign-in code"),
    "patient.fetched": N_("Fetched a patient"),
    "patient.reason_asked": N_("Was asked why they need a protected patient's data"),
    "patient.reason_given": N_("Stated why they need a protected patient's data"),
    "patient.registered": N_("Registered a patient"),
    "patient.sign_in_failed": N_("Patient failed to sign in"),
    "patient.signed_in": N_("Patient signed in"),
    "patient.signed_out": N_("Patient signed out"),
    "patients.imported": N_("Imported patients"),
    "retention.changed": N_("Changed how long closed cases are kept"),
    "ssh.allowed": N_("Allowed signing in over SSH"),
    "ssh.forbidden": N_("Forbade signing in over SSH"),
    "ssh.key_given": N_("Gave a member of staff an SSH key"),
    "staff.added": N_("Added a member of staff"),
    "staff.admitted": N_("Admitted a member of staff to one more clinic"),
    "staff.changed": N_("Changed a member of staff"),
    "staff.entered_clinic": N_("Chose the clinic to work at"),
    "staff.listed": N_("Read the list of staff"),
    "staff.locked": N_("Locked the terminal"),
    "staff.password_reset": N_("Gave a person a new password for one sign-in"),
    "staff.sign_in_failed": N_("Staff failed to sign in"),
    "staff.password_change_failed": N_("Failed to change the password"),
    "staff.password_changed": N_("Changed the own password"),
    "staff.signed_in": N_("Staff signed in"),
    "staff.signed_in_by_key": N_("Staff signed in by SSH key"),
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

"""A case from fetching the patient to the patient's answer and the closing."""

from __future__ import annotations

from tui.acts.act import Act
from tui.i18n import N_

CASES = (
    Act("case.new", "n", N_("New case"), N_("Send a new case to a patient"), "cases.send"),
    Act("send.fetch", "enter", N_("Fetch"), N_("Fetch the patient with the number that you typed")),
    Act(
        "send.register",
        "f7",
        N_("Register"),
        N_("Register a patient who is not found"),
        "patients.register",
    ),
    Act(
        "send.discard",
        "f8",
        N_("Delete draft"),
        N_("Delete the highlighted draft"),
        "drafts.discard",
    ),
    Act(
        "send.many",
        "f9",
        N_("Several"),
        N_("Send the same to several patients"),
        "mailings.send",
    ),
    Act(
        "send.fetch_all",
        "ctrl+s",
        N_("Fetch"),
        N_("Check the whole list, and go on when nothing is wrong"),
        priority=True,
    ),
    Act(
        "send.leave_out",
        "f8",
        N_("Take out"),
        N_("Take out those who can't be sent to; they stay in view"),
    ),
    Act("send.pick", "enter", N_("Choose"), N_("Use the highlighted template")),
    Act("case.send", "ctrl+s", N_("Send"), N_("Send the case to the patient"), "cases.send", priority=True),
    Act("send.signature", "f6", N_("Signature"), N_("Change the signature of this message")),
    Act("case.show", "o", N_("Open the case"), N_("Open the case that was sent")),
    Act(
        "patient.change",
        "f6",
        N_("Patient's data"),
        N_("Change the name, the protection or the digital reach"),
        "patients.change",
    ),
    Act(
        "case.code",
        "c",
        N_("Sign-in code"),
        N_("Make a sign-in code, to hand to the patient in person"),
        "patients.issue_code",
    ),
    Act(
        "case.close",
        "x",
        N_("Close or open"),
        N_("Close the case when it is done with; once more opens it again"),
        "closing.close",
    ),
    Act("inbox.open", "enter", N_("Open"), N_("Open the highlighted message")),
    Act(
        "inbox.submit",
        "ctrl+s",
        N_("Submit"),
        N_("Send your answers to the clinic"),
        "inbox.answer",
        priority=True,
    ),
)

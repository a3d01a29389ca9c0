"""Every act of Omvänt with its key and its words; where each is offered is said in `tui.bindings`.

Labels are gettext ids: words are looked up when they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from tui.i18n import N_


@dataclass(frozen=True)
class Act:
    """Something a person can do.

    `keys` is Textual's comma-separated list, the one to show first; empty means palette and help only.
    `operation` names the operation (`cases.send`) that decides whether a role may do this; None: all may.
    `priority` lets the key work while a field has focus and would otherwise take it.
    """

    id: str
    keys: str
    label: str
    help: str
    operation: str | None = None
    priority: bool = False

    @property
    def method(self) -> str:
        return "act_" + self.id.replace(".", "_")


ACTS: dict[str, Act] = {
    act.id: act
    for act in (
        # Everywhere
        Act(
            "app.help", "f1,question_mark", N_("Help"), N_("Show help for what has focus, and every key here")
        ),
        Act(
            "app.palette",
            "ctrl+p",
            N_("All commands"),
            N_("Search everything you may do here"),
            priority=True,
        ),
        Act("app.back", "escape", N_("Back"), N_("Go one step back; nothing is lost")),
        Act(
            "app.lock", "ctrl+l", N_("Lock"), N_("Lock the terminal; your work stays as it is"), priority=True
        ),
        Act("app.sign_out", "", N_("Sign out"), N_("Sign out, so that someone else can sign in")),
        Act(
            "app.password",
            "",
            N_("Change password"),
            N_("Choose another password for yourself"),
            "staff.change_password",
        ),
        Act("app.quit", "ctrl+q", N_("Quit"), N_("Leave Omvänt; drafts are kept"), priority=True),
        Act("app.theme", "", N_("Light or dark"), N_("Switch between the light and the dark look")),
        Act("go.mine", "f2", N_("My cases"), N_("Go to the cases that you have sent"), "cases.list_mine"),
        Act(
            "go.assigned",
            "f3",
            N_("Assigned cases"),
            N_("Go to all cases of the clinic, whoever sent them"),
            "cases.list_assigned",
        ),
        Act("go.admin", "f4", N_("Administration"), N_("Go to templates, staff and the access log")),
        # Signing in
        Act("sign_in.switch", "f8", N_("Patient or staff"), N_("Sign in as the other kind of person")),
        # Lists
        Act("list.open", "enter", N_("Open"), N_("Open the highlighted row")),
        Act(
            "list.filter",
            "slash",
            N_("Filter"),
            N_("Show only the rows that match what you type; Esc clears"),
        ),
        Act("list.clear", "escape", N_("Show all"), N_("Take the filter away and show the whole list")),
        Act("list.refresh", "f5", N_("Refresh"), N_("Read again what is shown here")),
        # Sending
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
        Act("send.pick", "enter", N_("Choose"), N_("Use the highlighted template")),
        Act(
            "case.send", "ctrl+s", N_("Send"), N_("Send the case to the patient"), "cases.send", priority=True
        ),
        Act("send.signature", "f6", N_("Signature"), N_("Change the signature of this message")),
        Act("case.show", "o", N_("Open the case"), N_("Open the case that was sent")),
        Act(
            "patient.change",
            "f6",
            N_("Patient's data"),
            N_("Change the name, the protection or the digital reach"),
            "patients.change",
        ),
        # A case
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
        # Administration
        Act("admin.choose", "enter", N_("Choose"), N_("Open the highlighted part of Administration")),
        Act("template.new", "n", N_("New template"), N_("Build a new template"), "templates.create"),
        Act("template.edit", "enter", N_("Edit"), N_("Edit the highlighted template"), "templates.save"),
        Act(
            "template.copy",
            "c",
            N_("Copy"),
            N_("Make a new template out of the highlighted one"),
            "templates.copy",
        ),
        Act("template.publish", "p", N_("Publish"), N_("Let staff send this template"), "templates.publish"),
        Act(
            "template.retire",
            "r",
            N_("Retire"),
            N_("Take the template out of use; sent cases stay"),
            "templates.retire",
        ),
        Act(
            "template.library",
            "b",
            N_("Library"),
            N_("Add templates from the library that comes with Omvänt"),
            "library.add",
        ),
        Act(
            "library.add",
            "enter",
            N_("Add"),
            N_("Copy the highlighted template to the clinic"),
            "library.add",
        ),
        Act("library.preview", "f6", N_("Preview"), N_("See and answer the form as the patient will")),
        Act(
            "template.copy_to",
            "o",
            N_("To a clinic"),
            N_("Copy the highlighted template to another clinic of yours"),
            "templates.copy_to",
        ),
        Act(
            "template.versions",
            "v",
            N_("Versions"),
            N_("See its versions, what differs, and who changed what"),
            "template_versions.list_all",
        ),
        Act(
            "template.export",
            "e",
            N_("Export"),
            N_("Write the highlighted template to a file, for other systems"),
            "templates_fhir.export_template",
        ),
        Act(
            "template.import",
            "i",
            N_("Import"),
            N_("Make a template of a file from another system"),
            "templates_fhir.import_template",
        ),
        Act(
            "version.show",
            "enter",
            N_("Show"),
            N_("See the highlighted version as the patient sees it"),
            "template_versions.get",
        ),
        Act(
            "version.compare",
            "d",
            N_("What differs"),
            N_("Compare the highlighted version with another"),
            "template_versions.get",
        ),
        Act("version.mark", "space", N_("Mark"), N_("Mark a version, to compare another with it")),
        Act(
            "version.restore",
            "n",
            N_("New version"),
            N_("Make a new version from the highlighted one"),
            "template_versions.restore",
        ),
        Act(
            "version.history",
            "h",
            N_("History"),
            N_("See who changed what in the template, and when"),
            "template_versions.history",
        ),
        Act("change.show", "enter", N_("Show"), N_("Show all that the highlighted change was")),
        Act("staff.new", "n", N_("New person"), N_("Give another person an account"), "staff.add"),
        Act(
            "staff.edit",
            "enter",
            N_("Change"),
            N_("Change the roles of the highlighted person"),
            "staff.change",
        ),
        Act(
            "clinic.idle",
            "t",
            N_("Lock after"),
            N_("Choose after how many minutes without a key a terminal is locked"),
            "clinics.set_idle",
        ),
        Act("retention.show", "enter", N_("Show"), N_("Show all that the highlighted receipt says")),
        Act(
            "retention.set",
            "e",
            N_("How long"),
            N_("Choose how long closed cases are kept"),
            "retention.set_policy",
        ),
        Act(
            "retention.run",
            "d,delete",
            N_("Destroy"),
            N_("Destroy the closed cases that have been kept long enough"),
            "retention.destroy",
        ),
        Act(
            "retention.holds",
            "h",
            N_("Legal holds"),
            N_("See and choose the cases that must not be destroyed"),
            "holds.list_all",
        ),
        Act("hold.new", "n", N_("Hold a case"), N_("Keep a case from being destroyed"), "holds.hold"),
        Act(
            "hold.release",
            "d,delete",
            N_("Release"),
            N_("Let the highlighted case be destroyed when it is old enough"),
            "holds.release",
        ),
        Act("log.show", "enter", N_("Show"), N_("Show everything about the highlighted entry")),
        Act("log.narrow", "f", N_("Show only"), N_("Choose person, patient, days and kind in fields")),
        Act("log.flagged", "g", N_("To look at"), N_("Show what deserves a look, or all again")),
        Act(
            "log.sample",
            "s",
            N_("Random sample"),
            N_("Draw entries at random, to review them"),
            "log_reviews.draw",
        ),
        Act(
            "log.reviews",
            "v",
            N_("Reviews"),
            N_("See the reviews of the log, and go on with your own"),
            "log_reviews.list_all",
        ),
        Act(
            "log.extract",
            "e",
            N_("Extract"),
            N_("Write to a file who has been at a patient's data"),
            "log_extract.extract",
        ),
        Act("review.open", "enter", N_("Open"), N_("Open the highlighted review"), "log_reviews.get"),
        Act(
            "review.remark",
            "space",
            N_("Remark"),
            N_("Remark on the highlighted entry, or take it back"),
            "log_reviews.remark",
        ),
        Act(
            "review.finish",
            "ctrl+s",
            N_("Finish"),
            N_("Write what the review came to; then it never changes"),
            "log_reviews.finish",
            priority=True,
        ),
        # The builder
        Act(
            "preview.check",
            "ctrl+s",
            N_("Check"),
            N_("Check your answers as when the patient submits; nothing is sent"),
            priority=True,
        ),
        Act(
            "item.toggle",
            "space",
            N_("Yes or no"),
            N_("Change answerable or required in the highlighted row"),
        ),
        Act("builder.save", "ctrl+s", N_("Save"), N_("Save the template"), "templates.save", priority=True),
        Act(
            "builder.publish",
            "f8",
            N_("Publish"),
            N_("Save the template and let staff send it"),
            "templates.publish",
        ),
        Act("builder.preview", "f6", N_("Preview"), N_("See and answer the form as the patient will")),
        Act(
            "item.add", "a", N_("Add"), N_("Add a text, a white box or a question after the highlighted row")
        ),
        Act(
            "item.add_after",
            "A",
            N_("Add after the section"),
            N_("Add something after the section that you are in"),
        ),
        Act("item.edit", "enter", N_("Edit"), N_("Edit the highlighted row")),
        Act("item.conditions", "v", N_("Condition"), N_("Choose when the highlighted item is shown")),
        Act("item.up", "K,ctrl+up", N_("Move up"), N_("Move the highlighted item up")),
        Act("item.down", "J,ctrl+down", N_("Move down"), N_("Move the highlighted item down")),
        Act(
            "item.in",
            "greater_than_sign,ctrl+right",
            N_("Into the section"),
            N_("Move the highlighted item into the section above it"),
        ),
        Act(
            "item.out",
            "less_than_sign,ctrl+left",
            N_("Out of the section"),
            N_("Move the highlighted item to after its section"),
        ),
        Act("item.copy", "c", N_("Copy"), N_("Copy the highlighted item, with all that is in it")),
        Act("item.delete", "d,delete", N_("Delete"), N_("Delete the highlighted item; undo brings it back")),
        Act(
            "builder.problems", "f7", N_("What to mend"), N_("List all that must be mended; Enter goes there")
        ),
        Act("builder.scores", "", N_("Scores"), N_("Sum points of answers, and say what the sums mean")),
        Act("builder.undo", "u,ctrl+z", N_("Undo"), N_("Take back the latest change")),
        Act("builder.redo", "ctrl+y", N_("Redo"), N_("Make the change again that was taken back")),
        # Parts of a template
        Act(
            "part.done",
            "ctrl+s",
            N_("Done"),
            N_("Go back to the template with this as it is"),
            priority=True,
        ),
        Act("condition.add", "a", N_("Add"), N_("Add a condition on the answer to an earlier question")),
        Act("condition.change", "enter", N_("Change"), N_("Change the highlighted condition")),
        Act(
            "condition.every", "space", N_("All or any"), N_("Let all conditions decide, or any one of them")
        ),
        Act("condition.delete", "d,delete", N_("Delete"), N_("Delete the highlighted condition")),
        Act("score.add", "a", N_("Add"), N_("Add a score, a sum of points")),
        Act("score.change", "enter", N_("Change"), N_("Change the highlighted score")),
        Act("score.delete", "d,delete", N_("Delete"), N_("Delete the highlighted score")),
        # The patient
        Act("inbox.open", "enter", N_("Open"), N_("Open the highlighted message")),
        Act(
            "inbox.submit",
            "ctrl+s",
            N_("Submit"),
            N_("Send your answers to the clinic"),
            "inbox.answer",
            priority=True,
        ),
        # Forms in small
        Act("form.save", "ctrl+s", N_("Save"), N_("Save what you typed"), priority=True),
    )
}

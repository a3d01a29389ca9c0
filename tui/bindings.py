"""Every key of Omvänt: the one source for bindings, footer, help, palette and the README's key table.

An `Act` is something a person can do; a `Place` is a screen and the acts it offers, the most wanted first,
since the footer shows the first five that are available. A screen performs act `case.send` in its method
`act_case_send` (see `tui.screens.base`). Labels are gettext ids: words are looked up when they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding

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


@dataclass(frozen=True)
class Place:
    """A screen's name for people, and the ids of its acts in order of use."""

    title: str
    acts: tuple[str, ...]


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
        # A case
        Act(
            "case.code",
            "c",
            N_("Sign-in code"),
            N_("Make a sign-in code, to hand to the patient in person"),
            "patients.issue_code",
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
        Act("staff.new", "n", N_("New person"), N_("Give another person an account"), "staff.add"),
        Act(
            "staff.edit",
            "enter",
            N_("Change"),
            N_("Change the roles of the highlighted person"),
            "staff.change",
        ),
        Act("log.show", "enter", N_("Show"), N_("Show everything about the highlighted entry")),
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
        Act("item.edit", "enter", N_("Edit"), N_("Edit the highlighted row")),
        Act("item.up", "K,ctrl+up", N_("Move up"), N_("Move the highlighted item up")),
        Act("item.down", "J,ctrl+down", N_("Move down"), N_("Move the highlighted item down")),
        Act("item.copy", "c", N_("Copy"), N_("Make a copy of the highlighted item below it")),
        Act("item.delete", "d,delete", N_("Delete"), N_("Delete the highlighted item; undo brings it back")),
        Act("builder.undo", "u,ctrl+z", N_("Undo"), N_("Take back the latest change")),
        Act("builder.redo", "ctrl+y", N_("Redo"), N_("Make the change again that was taken back")),
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

_STAFF = (
    "go.mine",
    "go.assigned",
    "go.admin",
    "app.help",
    "app.palette",
    "app.theme",
    "app.lock",
    "app.sign_out",
    "app.quit",
)
_PATIENT = ("app.help", "app.palette", "app.theme", "app.sign_out", "app.quit")
"""No lock: a patient's code works once, so nothing could unlock it again. They sign out instead."""

PLACES: dict[str, Place] = {
    "welcome": Place(N_("Welcome"), ("form.save", "app.help", "app.palette", "app.theme", "app.quit")),
    "sign_in": Place(N_("Sign in"), ("sign_in.switch", "app.help", "app.palette", "app.theme", "app.quit")),
    "lock": Place(N_("Locked"), ("app.help", "app.sign_out", "app.quit")),
    "mine": Place(
        N_("My cases"), ("case.new", "list.open", "list.filter", "list.clear", "list.refresh", *_STAFF)
    ),
    "assigned": Place(
        N_("Assigned cases"), ("case.new", "list.open", "list.filter", "list.clear", "list.refresh", *_STAFF)
    ),
    "fetch": Place(N_("Fetch"), ("send.fetch", "app.back", "send.register", "send.discard", *_STAFF)),
    "pick": Place(N_("Template"), ("send.pick", "app.back", *_STAFF)),
    "fill": Place(N_("Fill in"), ("case.send", "app.back", "send.signature", *_STAFF)),
    "sent": Place(N_("Sent"), ("case.new", "case.show", "app.back", *_STAFF)),
    "case": Place(N_("A case"), ("app.back", "case.new", "case.code", "list.refresh", *_STAFF)),
    "admin": Place(N_("Administration"), ("admin.choose", *_STAFF)),
    "templates": Place(
        N_("Templates for patient cases"),
        (
            "template.new",
            "template.edit",
            "template.publish",
            "list.filter",
            "app.back",
            "template.copy",
            "template.retire",
            "list.refresh",
            *_STAFF,
        ),
    ),
    "builder": Place(
        N_("Template"),
        (
            "builder.save",
            "item.add",
            "builder.preview",
            "builder.publish",
            "app.back",
            "item.edit",
            "item.toggle",
            "item.up",
            "item.down",
            "item.copy",
            "item.delete",
            "builder.undo",
            "builder.redo",
            *_STAFF,
        ),
    ),
    "preview": Place(N_("Preview"), ("preview.check", "app.back", *_STAFF)),
    "staff": Place(N_("Staff"), ("staff.new", "staff.edit", "app.back", "list.refresh", *_STAFF)),
    "person": Place(N_("Person"), ("form.save", "app.back", *_STAFF)),
    "access_log": Place(N_("Access log"), ("log.show", "list.filter", "list.refresh", "app.back", *_STAFF)),
    "inbox": Place(N_("Messages from your clinic"), ("inbox.open", "list.refresh", *_PATIENT)),
    "message": Place(N_("Message"), ("inbox.submit", "app.back", *_PATIENT)),
}


def acts_of(place: str) -> tuple[Act, ...]:
    """The acts that a place offers, the most wanted first. KeyError for an unknown place."""
    return tuple(ACTS[name] for name in PLACES[place].acts)


def bindings_of(place: str) -> list[Binding]:
    """Textual bindings of a place; the ids let a person's config file move the keys."""
    return [
        Binding(act.keys, f"act('{act.id}')", act.label, id=act.id, priority=act.priority)
        for act in acts_of(place)
        if act.keys
    ]

"""Every place of Omvänt and the acts it offers: the source of bindings, footer, help, palette and README.

A `Place` is a screen and its acts, the most wanted first, since the footer shows the first five that are
available. A screen performs act `case.send` in its method `act_case_send` (see `tui.screens.base`).
"""

from __future__ import annotations

from textual.binding import Binding

from data.domain.value import Frozen
from tui.acts import ACTS, Act
from tui.i18n import N_


class Place(Frozen, kw_only=False):
    """A screen's name for people, and the ids of its acts in order of use."""

    title: str
    acts: tuple[str, ...]


_STAFF = (
    "go.mine",
    "go.assigned",
    "go.admin",
    "app.help",
    "app.palette",
    "app.theme",
    "app.lock",
    "app.password",
    "app.sign_out",
    "app.quit",
)
_PATIENT = ("app.help", "app.palette", "app.theme", "app.sign_out", "app.quit")
"""No lock: a patient's code works once, so nothing could unlock it again. They sign out instead."""

PLACES: dict[str, Place] = {
    "welcome": Place(N_("Welcome"), ("form.save", "app.help", "app.palette", "app.theme", "app.quit")),
    "sign_in": Place(N_("Sign in"), ("sign_in.switch", "app.help", "app.palette", "app.theme", "app.quit")),
    "password": Place(N_("Change password"), ("form.save", "app.back", *_STAFF)),
    "password_due": Place(
        N_("Choose a password"),
        ("form.save", "app.help", "app.theme", "app.lock", "app.sign_out", "app.quit"),
    ),
    "lock": Place(N_("Locked"), ("app.help", "app.sign_out", "app.quit")),
    "mine": Place(
        N_("My cases"), ("case.new", "list.open", "list.filter", "list.clear", "list.refresh", *_STAFF)
    ),
    "assigned": Place(
        N_("Assigned cases"), ("case.new", "list.open", "list.filter", "list.clear", "list.refresh", *_STAFF)
    ),
    "fetch": Place(
        N_("Fetch"),
        (
            "send.fetch",
            "app.back",
            "send.register",
            "send.discard",
            "send.many",
            "patient.change",
            *_STAFF,
        ),
    ),
    "recipients": Place(N_("Several patients"), ("send.fetch_all", "app.back", "send.leave_out", *_STAFF)),
    "pick": Place(N_("Template"), ("send.pick", "app.back", *_STAFF)),
    "fill": Place(N_("Fill in"), ("case.send", "app.back", "send.signature", *_STAFF)),
    "sent": Place(N_("Sent"), ("case.new", "case.show", "app.back", *_STAFF)),
    "sent_many": Place(N_("Sent"), ("case.new", "app.back", *_STAFF)),
    "case": Place(
        N_("A case"),
        ("app.back", "case.new", "case.close", "case.code", "list.refresh", "patient.change", *_STAFF),
    ),
    "patient_data": Place(N_("The patient's data"), ("form.save", "app.back", *_STAFF)),
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
            "template.library",
            "template.versions",
            "template.copy_to",
            "template.export",
            "template.import",
            "list.refresh",
            *_STAFF,
        ),
    ),
    "versions": Place(
        N_("Versions"),
        (
            "version.show",
            "version.compare",
            "version.restore",
            "version.history",
            "app.back",
            "version.mark",
            "list.refresh",
            *_STAFF,
        ),
    ),
    "template_diff": Place(N_("What differs"), ("app.back", *_STAFF)),
    "template_history": Place(N_("History"), ("change.show", "list.refresh", "app.back", *_STAFF)),
    "library": Place(
        N_("Library"),
        ("library.add", "library.preview", "list.filter", "app.back", "list.refresh", *_STAFF),
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
            "item.add_after",
            "item.toggle",
            "item.conditions",
            "item.up",
            "item.down",
            "item.in",
            "item.out",
            "item.copy",
            "item.delete",
            "builder.undo",
            "builder.redo",
            "builder.problems",
            "builder.scores",
            *_STAFF,
        ),
    ),
    "preview": Place(N_("Preview"), ("preview.check", "app.back", *_STAFF)),
    "conditions": Place(
        N_("Conditions"),
        (
            "part.done",
            "condition.add",
            "condition.change",
            "condition.every",
            "condition.delete",
            "app.back",
            *_STAFF,
        ),
    ),
    "scores": Place(
        N_("Scores"),
        ("part.done", "score.add", "score.change", "score.delete", "app.back", *_STAFF),
    ),
    "staff": Place(
        N_("Staff"), ("staff.new", "staff.edit", "clinic.idle", "app.back", "list.refresh", *_STAFF)
    ),
    "person": Place(N_("Person"), ("form.save", "app.back", *_STAFF)),
    "retention": Place(
        N_("Retention"),
        (
            "retention.show",
            "retention.set",
            "retention.run",
            "retention.holds",
            "app.back",
            "list.refresh",
            *_STAFF,
        ),
    ),
    "holds": Place(N_("Legal holds"), ("hold.new", "hold.release", "app.back", "list.refresh", *_STAFF)),
    "access_log": Place(
        N_("Access log"),
        (
            "log.show",
            "list.filter",
            "log.flagged",
            "log.sample",
            "log.narrow",
            "log.extract",
            "log.reviews",
            "app.back",
            "list.refresh",
            *_STAFF,
        ),
    ),
    "log_reviews": Place(N_("Reviews"), ("review.open", "log.sample", "app.back", "list.refresh", *_STAFF)),
    "log_review": Place(
        N_("Review"),
        ("log.show", "review.remark", "review.finish", "app.back", "list.refresh", *_STAFF),
    ),
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

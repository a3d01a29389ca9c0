"""A template that was published anew while somebody wrote in an older version: which one to go on with."""

from __future__ import annotations

from collections.abc import Iterable

from data.domain.form_diff import diff, summary
from data.templates import PublishedTemplate
from tui.i18n import _, say
from tui.screens.dialog import Ask

NEWER, OTHER = "newer", "other"
"""What `ask_newer` is dismissed with, for the new version and for another template; otherwise one stays."""


def version_in_use(
    template: PublishedTemplate, offered: Iterable[PublishedTemplate]
) -> PublishedTemplate | None:
    """The version of the same template that can be sent now; None when the template is out of use."""
    return next((one for one in offered if one.template_id == template.template_id), None)


def ask_newer(older: PublishedTemplate, newer: PublishedTemplate) -> Ask:
    """Asks whether to go on with the newer version; says in short what differs."""
    told = _(
        "{name} was published anew, as version {number}. What you wrote stays, where the new version asks "
        "for it."
    )
    lines = [told.format(name=newer.name, number=newer.number)]
    lines += ["", *map(say, summary(diff(older.form, newer.form)))]
    choices = (
        ("stay", _("Stay here")),
        (NEWER, _("Go on with version {number}").format(number=newer.number)),
        (OTHER, _("Choose another template")),
    )
    return Ask(_("The template has a new version"), "\n".join(lines).rstrip(), choices)

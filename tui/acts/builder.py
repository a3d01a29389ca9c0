"""Building one template: its items, their conditions, its scores, and the preview."""

from __future__ import annotations

from tui.acts.act import Act
from tui.i18n import N_

BUILDER = (
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
    Act("item.add", "a", N_("Add"), N_("Add a text, a white box or a question after the highlighted row")),
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
    Act("builder.problems", "f7", N_("What to mend"), N_("List all that must be mended; Enter goes there")),
    Act("builder.scores", "", N_("Scores"), N_("Sum points of answers, and say what the sums mean")),
    Act("builder.undo", "u,ctrl+z", N_("Undo"), N_("Take back the latest change")),
    Act("builder.redo", "ctrl+y", N_("Redo"), N_("Make the change again that was taken back")),
    Act(
        "part.done",
        "ctrl+s",
        N_("Done"),
        N_("Go back to the template with this as it is"),
        priority=True,
    ),
    Act("condition.add", "a", N_("Add"), N_("Add a condition on the answer to an earlier question")),
    Act("condition.change", "enter", N_("Change"), N_("Change the highlighted condition")),
    Act("condition.every", "space", N_("All or any"), N_("Let all conditions decide, or any one of them")),
    Act("condition.delete", "d,delete", N_("Delete"), N_("Delete the highlighted condition")),
    Act("score.add", "a", N_("Add"), N_("Add a score, a sum of points")),
    Act("score.change", "enter", N_("Change"), N_("Change the highlighted score")),
    Act("score.delete", "d,delete", N_("Delete"), N_("Delete the highlighted score")),
)

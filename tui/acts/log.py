"""The access log and its reviews."""

from __future__ import annotations

from tui.acts.act import Act
from tui.i18n import N_

LOG = (
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
)

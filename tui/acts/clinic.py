"""Administration of the clinic: staff, locking, retention and legal holds."""

from __future__ import annotations

from tui.acts.act import Act
from tui.i18n import N_

CLINIC = (
    Act("admin.choose", "enter", N_("Choose"), N_("Open the highlighted part of Administration")),
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
)

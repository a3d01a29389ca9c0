"""What is done in many places: the program itself, the way around, lists, and fields that are saved."""

from __future__ import annotations

from tui.acts.act import Act
from tui.i18n import N_

EVERYWHERE = (
    Act("app.help", "f1,question_mark", N_("Help"), N_("Show help for what has focus, and every key here")),
    Act(
        "app.palette",
        "ctrl+p",
        N_("All commands"),
        N_("Search everything you may do here"),
        priority=True,
    ),
    Act("app.back", "escape", N_("Back"), N_("Go one step back; nothing is lost")),
    Act("app.lock", "ctrl+l", N_("Lock"), N_("Lock the terminal; your work stays as it is"), priority=True),
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
    Act("sign_in.switch", "f8", N_("Patient or staff"), N_("Sign in as the other kind of person")),
    Act("list.open", "enter", N_("Open"), N_("Open the highlighted row")),
    Act(
        "list.filter",
        "slash",
        N_("Filter"),
        N_("Show only the rows that match what you type; Esc clears"),
    ),
    Act("list.clear", "escape", N_("Show all"), N_("Take the filter away and show the whole list")),
    Act("list.refresh", "f5", N_("Refresh"), N_("Read again what is shown here")),
    Act("form.save", "ctrl+s", N_("Save"), N_("Save what you typed"), priority=True),
)

"""Arriving by an SSH key: sshd has asked who it is, so there is no sign-in screen; see docs/ssh.md."""

from __future__ import annotations

from data.domain.roles import StaffActor
from tui.desk import Desk
from tui.i18n import _
from tui.ssh_commands import Keyholder


async def arrive(desk: Desk, keyholder: Keyholder) -> StaffActor | None:
    """Sign the person in; None when they chose no clinic. Raises `NotAllowed`."""
    from data import ssh

    signed_in = await desk.do(ssh.sign_in, keyholder.username, keyholder.origin)
    return await at_a_clinic(desk, signed_in.actors)


async def at_a_clinic(desk: Desk, actors: tuple[StaffActor, ...]) -> StaffActor | None:
    """The person at the clinic where they work now, which is asked when there are several; None for Esc."""
    if len(actors) == 1:
        return actors[0]
    from data import staff
    from tui.screens.dialog import Ask

    choices = [(str(actor.clinic_id), actor.clinic_name) for actor in actors]
    asked = Ask(_("Choose a clinic"), _("Where do you work now?"), choices)
    answer = await desk.push_screen_wait(asked)
    chosen = next((actor for actor in actors if str(actor.clinic_id) == answer), None)
    return await desk.session.run(staff.enter, chosen) if chosen else None

"""Arriving by an SSH key: sshd has asked who it is, so there is no sign-in screen; see docs/ssh.md.

Imported before Textual: the database is opened, and the person signed in, while the screen is made ready.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.domain.errors import Away, OmvantError, Uncertain
from data.domain.roles import StaffActor, Visitor
from tui.i18n import _

if TYPE_CHECKING:
    from tui.desk import Desk
    from tui.session import Session
    from tui.ssh_commands import Keyholder


class Arrival:
    """The signing in of a keyholder, which begins at once in the session's thread."""

    def __init__(self, session: Session, keyholder: Keyholder) -> None:
        from data import ssh

        self._who = (keyholder.username, keyholder.origin)
        self._signed_in = session.ahead(ssh.sign_in, Visitor(), *self._who)

    def person(self) -> StaffActor | None:
        """The person at the clinic where they work; None when that is to be asked, or they may not enter.
        Waits for the database, with nothing on the screen yet."""
        try:
            actors = self._signed_in.result().actors
        except OmvantError:
            return None
        return actors[0] if len(actors) == 1 else None

    async def enter(self, desk: Desk) -> StaffActor | None:
        """The person; None when they chose no clinic. Raises `NotAllowed`."""
        from data import ssh

        try:
            signed_in = self._signed_in.result()
        except (Away, Uncertain):
            signed_in = await desk.do(ssh.sign_in, *self._who)
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

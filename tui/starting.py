"""From the program's first moment to where a person's work begins."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from data.domain.errors import OmvantError
from data.domain.roles import Actor, PatientActor, Role, StaffActor, Visitor
from tui import first_paint
from tui.desk import Desk
from tui.i18n import say
from tui.painting import PaintedScreen
from tui.places import MAIN
from tui.widgets.plain import guard

if TYPE_CHECKING:
    from tui.by_key import Arrival


def place_of(actor: Actor) -> str:
    """The main place where someone's work begins; "" for those who have a password to change first."""
    if isinstance(actor, StaffActor) and actor.must_change:
        return ""
    if isinstance(actor, PatientActor):
        return "inbox"
    return "mine" if Role.CARE_PROVIDER in actor.roles else "admin"


def first_screen(mode: str, *, remote: bool) -> Screen[None]:
    """A main place, or the sign-in screen; that is for those at the clinic's own terminal, and others see
    nothing until they are asked for their clinic."""
    if mode in MAIN:
        return MAIN[mode]()
    if remote:
        return PaintedScreen()
    from tui.screens.sign_in import SignInScreen

    return SignInScreen()


async def start(desk: Desk, arrival: Arrival | None, opened: Callable[[], None]) -> None:
    """Open the database, tell `opened`, and lead whoever arrived by a key to their place. The program ends
    when the database can't be opened, and when they may not enter."""
    try:
        if arrival is None:
            await _painted(desk.screen)
        await desk.session.open()
        opened()
        if arrival is None:
            await _welcome_if_new(desk)
        elif isinstance(desk.actor, Visitor):
            actor = await arrival.enter(desk)
            await (desk.enter(actor) if actor else desk.end())
        desk.set_timer(first_paint.MOMENT, partial(first_paint.make_good, desk.session))
    except OmvantError as error:
        await desk.session.close()
        # The message goes to the terminal after the screens are gone, past the guard of drawn lines.
        desk.exit(return_code=1, message=guard(say(error.message)))


async def _painted(screen: Screen[Any]) -> None:
    painted = asyncio.Event()
    screen.call_after_refresh(painted.set)
    await painted.wait()


async def _welcome_if_new(desk: Desk) -> None:
    from data import clinics

    # As a visitor: someone quick may have signed in by now.
    if not await desk.session.run(clinics.founded, Visitor()):
        from tui.screens.welcome import WelcomeScreen

        desk.push_screen(WelcomeScreen(), partial(_founded, desk))


async def _founded(desk: Desk, actor: StaffActor | None) -> None:
    if actor is not None:
        await desk.enter(actor)

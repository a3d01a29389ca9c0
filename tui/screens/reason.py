"""Asks why one needs the data of a patient with protected identity, where an operation wants to know."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from data import protected
from data.domain.errors import ReasonNeeded
from tui.i18n import _, ngettext
from tui.screens.base import BaseScreen
from tui.screens.dialog import AskText


async def with_reason(screen: BaseScreen[Any], work: Callable[[], Awaitable[None]]) -> bool:
    """Do `work`; where it needs a reason, ask the person for one, have it recorded, and do the work anew.

    False when the person gave none: then nothing of the patient has been shown. Raises what `work` raises
    else, and what stating the reason raises.
    """
    while True:
        try:
            await work()
        except ReasonNeeded as needed:
            await screen.uppermost()
            why = await screen.app.push_screen_wait(_ask())
            if why is None:
                return False
            await screen.desk.do(protected.state_reason, needed.patient_id, why, needed.case_id)
        else:
            return True


def _ask() -> AskText:
    hours = protected.ACCESS_LIFE // timedelta(hours=1)
    text = ngettext(
        "Say why you need the data. The reason is kept in the access log, and holds for {n} hour.",
        "Say why you need the data. The reason is kept in the access log, and holds for {n} hours.",
        hours,
    )
    return AskText(
        _("Protected identity"), text.format(n=hours), _("Your reason"), check=protected.reason_fault
    )

"""The main places by name; each is imported when one goes there for the first time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.screen import Screen


def _mine() -> Screen[None]:
    from tui.screens.case_list import MineScreen

    return MineScreen()


def _assigned() -> Screen[None]:
    from tui.screens.case_list import AssignedScreen

    return AssignedScreen()


def _admin() -> Screen[None]:
    import data.cases  # noqa: F401 - what may be done here names its operations; a founder comes before it
    from tui.screens.admin.menu import AdminScreen

    return AdminScreen()


def _inbox() -> Screen[None]:
    from tui.screens.patient.inbox import InboxScreen

    return InboxScreen()


MAIN: dict[str, Callable[[], Screen[None]]] = {
    "mine": _mine,
    "assigned": _assigned,
    "admin": _admin,
    "inbox": _inbox,
}

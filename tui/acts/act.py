"""What an act is."""

from __future__ import annotations

from data.domain.value import Frozen


class Act(Frozen, kw_only=False):
    """Something a person can do.

    `keys` is Textual's comma-separated list, the one to show first; empty means palette and help only.
    `operation` names the operation (`cases.send`) that decides whether a role may do this; None: all may.
    `priority` lets the key work while a field has focus and would otherwise take it.
    """

    id: str
    keys: str
    label: str
    help: str
    operation: str | None = None
    priority: bool = False

    @property
    def method(self) -> str:
        return "act_" + self.id.replace(".", "_")

"""What an import can't represent, item by item; what is the same of many items is said once."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from data.domain.errors import Message, Problem
from data.domain.text import clean

LOSSES_LIMIT: Final = 1_000
"""Told at once."""

_FIELD_LIMIT: Final = 120


@dataclass
class _Loss:
    field: str
    message: Message
    more: int = 0
    """In how many items after the first."""
    last: str = ""


class Losses:
    """Gathers what is lost while a resource is read, in the order in which it is found."""

    def __init__(self) -> None:
        self._found: dict[Hashable, _Loss] = {}
        self._first: list[Problem] = []

    def tell(self, field: str, message: Message, *, kind: Hashable = None) -> None:
        """`field` names the item, the message says what is lost of it and what becomes of it.

        Losses of one `kind` (which may be any in words that name the item) are told as one, by the first.
        """
        known = self._found.setdefault(
            (kind,) if kind else (field, str(message)), _Loss(field, message, last=field)
        )
        if known.last != field:
            known.more += 1
            known.last = field

    def tell_first(self, field: str, message: Message) -> None:
        """Tell before all others: it may change what everything else means."""
        self._first.append(_problem(field, message))

    def all(self) -> tuple[Problem, ...]:
        """Everything that was told; past the limit, that there is more."""
        told = list(dict.fromkeys(self._first))
        for loss in self._found.values():
            more = Message("{loss} (the same in {count} more)", loss=loss.message, count=loss.more)
            told.append(_problem(loss.field, more if loss.more else loss.message))
        if len(told) > LOSSES_LIMIT:
            more = Message("There is more: these are the first {limit}", limit=LOSSES_LIMIT)
            told[LOSSES_LIMIT:] = [Problem("…", more)]
        return tuple(told)


def _problem(field: str, message: Message) -> Problem:
    return Problem(clean(field, limit=_FIELD_LIMIT) or "?", message)

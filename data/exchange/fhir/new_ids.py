"""Ids for what others call by names that we can't use as ids."""

from __future__ import annotations

import re
from typing import Final

_LENGTH: Final = 64
_ID: Final = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._/-]{{0,{_LENGTH - 1}}}")
_FOREIGN: Final = re.compile(r"[^A-Za-z0-9._/-]+")


class NewIds:
    """Gives each name an id of its own: the name itself where it is one and free, else one like it."""

    def __init__(self, fallback: str) -> None:
        """`fallback` begins the ids of names without a letter or digit."""
        self._fallback = fallback
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def reserve(self, name: str) -> None:
        """Keep an id that is not to be given to anything else."""
        self._taken.add(name)

    def of(self, name: str) -> str:
        """A new id for what is called `name`."""
        plain = name if is_id(name) else _FOREIGN.sub("-", name[: 4 * _LENGTH]).strip("._/-")[:_LENGTH]
        plain = plain or self._fallback
        made = plain
        while made in self._taken:
            number = self._next[plain] = self._next.get(plain, 1) + 1
            made = f"{plain[: _LENGTH - 7]}-{number}"
        self._taken.add(made)
        return made


def is_id(name: str) -> bool:
    """Whether an item or option may have the name as its id."""
    return _ID.fullmatch(name) is not None

"""Ids for the items of a template and their options."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from data.domain.forms import Option

Token: TypeAlias = Callable[[], str]

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


def random_token() -> str:
    """Four letters or digits: short to read, and among 900 000 one that a deleted item hardly ever had."""
    return "".join(secrets.choice(_LETTERS) for _ in range(4))


def matched(
    wordings: Sequence[str], current: Sequence[Option], before: Sequence[Option], token: Token
) -> list[str]:
    """The ids of the options that these wordings are meant to be.

    The same wording is the same option wherever it stands, among `current` first. Lines that are left over
    are the current options that are left over, in their order: their wording was mended. The rest is new.
    """
    ids: dict[int, str] = {}
    for options in (current, before):
        unused = [option for option in options if option.id not in ids.values()]
        for index, wording in enumerate(wordings):
            same = next((option for option in unused if option.wording == wording), None)
            if index not in ids and same is not None:
                unused.remove(same)
                ids[index] = same.id
    mended = iter([option.id for option in current if option.id not in ids.values()])
    known = {option.id for option in (*current, *before)}
    new_ids = fresh("o", known, token)
    return [ids.get(index) or next(mended, None) or next(new_ids) for index in range(len(wordings))]


def fresh(letter: str, used: Iterable[str], token: Token) -> Iterator[str]:
    """New ids without end: the letter and a token, none of them in `used` and none twice."""
    seen = set(used)
    while True:
        new = letter + token()
        if new not in seen:
            seen.add(new)
            yield new

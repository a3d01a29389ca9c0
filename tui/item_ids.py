"""Ids for the items of a template and their options."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from data.domain.forms import LINE_LIMIT, Option
from data.domain.text import clean

Token: TypeAlias = Callable[[], str]

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike


def random_token() -> str:
    """Four letters or digits: short to read, and among 900 000 one that a deleted item hardly ever had."""
    return "".join(secrets.choice(_LETTERS) for _ in range(4))


def matched(
    wordings: Iterable[str], current: Sequence[Option], before: Sequence[Option], token: Token
) -> tuple[Option, ...]:
    """Options of these wordings, with the ids of the options that they are meant to be.

    The same wording is the same option wherever it stands, among `current` first. Lines that are left over
    are the current options that are left over, in their order: their wording was mended. The rest is new.
    """
    wanted = [clean(wording, limit=LINE_LIMIT) for wording in wordings]
    ids: dict[int, str] = {}
    for options in (current, before):
        unused = [option for option in options if option.id not in ids.values()]
        for index, wording in enumerate(wanted):
            same = next((option for option in unused if option.wording == wording), None)
            if index not in ids and same is not None:
                unused.remove(same)
                ids[index] = same.id
    mended = iter([option.id for option in current if option.id not in ids.values()])
    known = {option.id for option in (*current, *before)}
    new_ids = fresh("o", known, token)
    for index in range(len(wanted)):
        if index not in ids:
            ids[index] = next(mended, None) or next(new_ids)
    return tuple(Option(id=ids[index], wording=wording) for index, wording in enumerate(wanted))


def fresh(letter: str, used: Iterable[str], token: Token) -> Iterator[str]:
    """New ids without end: the letter and a token, none of them in `used` and none twice."""
    seen = set(used)
    while True:
        new = letter + token()
        if new not in seen:
            seen.add(new)
            yield new

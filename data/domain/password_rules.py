"""Which new passwords are allowed: by length and by what is guessed first, not by kinds of signs.

Rules: OWASP ASVS 5.0, 6.2.1 (length), 6.2.4 (common passwords), 6.2.5 (any signs), 6.2.9 (long ones),
6.2.11 (words of the context); NIST SP 800-63B-4, 3.1.1.2.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from data.domain.errors import Message
from data.domain.secret import SECRET_LIMIT, canonical

LEAST = 8
"""Characters; OWASP ASVS 5.0, 6.2.1."""

RECOMMENDED = 15
"""Characters; the same."""

PROGRAM_WORDS = ("omvänt", "omvant", "1177", "vårdcentral", "mottagning", "ärende")
"""What anyone at this program would think of."""

_LETTERS_LEAST = 4
"""What must be left of a password when names and words of the context are taken out."""

_DIFFERENT_LEAST = 3
"""Different signs; `abababab` is among the common ones in spirit."""

_ENDING_MOST = 6
"""Figures and signs around a common password that make it no better: a year, an exclamation mark."""


def problem(password: str, context: Iterable[str] = ()) -> Message | None:
    """Why a password can't be chosen; None when it can. `context`: the names of the person and the clinic."""
    if too_short(password):
        return Message("The password needs at least {least} characters", least=LEAST)
    if len(password) > SECRET_LIMIT:
        return Message("The password is too long: at most {most} characters", most=SECRET_LIMIT)
    folded = _folded(password)
    if _is_common(folded):
        return Message("Too many people choose that password: take several words that don't belong together")
    words = {word for text in (*context, *PROGRAM_WORDS) for word in _words(text)}
    if _is_made_of(folded, words):
        return Message("The password is made of names that are easy to guess: take other words")
    return None


def too_short(password: str) -> bool:
    """Whether a password has fewer than `LEAST` characters, an å typed as two signs being one."""
    return len(canonical(password)) < LEAST


def _is_common(folded: str) -> bool:
    core = folded.strip('0123456789!"#¤%&/()=?.,:;-_*+@£$ ')
    decorated = len(folded) - len(core) <= _ENDING_MOST
    tried = (folded, core) if decorated else (folded,)
    return len(set(folded)) < _DIFFERENT_LEAST or any(_plain(one) in _common() for one in tried)


def _is_made_of(folded: str, words: set[str]) -> bool:
    """Whether little but the words is in it; figures and signs are what is added to a name first."""
    whole, known = _plain(folded), {_plain(word) for word in words}
    return any(word in whole for word in known) and _letters_left(whole, known) < _LETTERS_LEAST


def _letters_left(whole: str, words: set[str]) -> int:
    """How many letters are left at least when words are taken out, wherever one begins to."""
    least = [0]
    for end, sign in enumerate(whole, start=1):
        behind = (least[end - len(word)] for word in words if whole.endswith(word, 0, end))
        least.append(min((least[-1] + sign.isalpha(), *behind)))
    return least[-1]


def _words(text: str) -> set[str]:
    """A name's words, and the whole of it written as one; two letters say too little to be taken out."""
    parts = "".join(sign if sign.isalnum() else " " for sign in _folded(text)).split()
    return {word for word in (*parts, "".join(parts)) if len(word) > 2}


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _plain(folded: str) -> str:
    """Without dots and rings: who can't type å writes a."""
    return "".join(sign for sign in unicodedata.normalize("NFD", folded) if not unicodedata.combining(sign))


@cache
def _common() -> frozenset[str]:
    # Read when a password is set, since it takes a tenth of a second.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415

    swedish = files("data.domain").joinpath("common_passwords_sv.txt").read_text("utf-8").split()
    return frozenset(_plain(_folded(word)) for word in (*FREQUENCY_LISTS["passwords"], *swedish))

"""What a person types to filter a list, made ready to compare with folded columns."""

from __future__ import annotations

from collections.abc import Iterable

from peewee import Expression, Field

from data.domain.forms import LINE_LIMIT
from data.domain.text import clean, fold

WORD_LIMIT = 20
"""Words of a filter; SQLite refuses expressions that are 1,000 deep."""


def searched(words: Iterable[str]) -> tuple[str, ...]:
    """The words that count, safe to store and folded; blank ones match everything and are left out."""
    folded = (fold(clean(word, limit=LINE_LIMIT)) for word in words)
    return tuple(filter(None, folded))[:WORD_LIMIT]


def number_contains(number: Field[str], word: str) -> Expression | None:
    """Whether a stored identity number holds the digits of `word`; None for a word of other signs."""
    digits = word.replace("-", "").replace("+", "")
    return number.contains(digits) if digits.isascii() and digits.isdecimal() else None

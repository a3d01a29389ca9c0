"""The tokens that a case is found by, and the queries for them: what full text in a file is made of.

A token is of one clinic, so that a search reads nothing of others: the clinic's id, a letter for its kind,
and its text. FTS5 cuts a document into tokens at each ASCII sign that is no letter or digit; ours hold none,
and whatever a person types can be no operator of a query either.

| kind | text | finds |
|---|---|---|
| `n` | each three letters in a row of a name, number or reference | any part of three letters or more |
| `a` | the first one and two letters of their words | shorter parts, at the beginning of a word |
| `s` | the sender's id | their cases; names of senders are looked up first |
| `t` | the id of the template's version | its cases; names of templates likewise |
| `w` | a word of what staff wrote and the patient answered | that word |
| `p` | the first four, and the first six, letters of a longer word | words that begin so |
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from data.domain.text import fold
from data.domain.value import Frozen

BEGINNINGS: Final = (4, 6)
"""How many letters of a word are a token of their own. A beginning that is a letter shorter is found by the
few dozen tokens that go on from it, so three to six letters cost the same however many words begin with them.
"""

PART_LEAST: Final = 3
"""Letters of a part of a name; and of the beginning of a word, since shorter ones begin half of all words."""

_LETTERS_MOST: Final = 30
"""Letters of a word that count."""

_WORDS_MOST: Final = 4_000
"""Different words of a case that count, the first ones; PostgreSQL takes a megabyte."""

# All signs that part words: white space, punctuation and symbols of ASCII, Latin-1 and U+2010–2027.
_WORD: Final = re.compile(r"[^\s!-/:-@\[-`{-~\xa0-\xbf×÷\u2010-\u2027]+")

# Private-use characters are never in cleaned text; FTS5's tokenizer `ascii` takes all that is not ASCII for
# letters.
_NO_OPERATORS: Final = {sign: 0xE000 + sign for sign in range(128) if not chr(sign).isalnum()}


class CaseText(Frozen, kw_only=False):
    """What a case is found by. `name` and `reference` are folded, `words` as `words_of` gives them."""

    clinic: int
    sender: int
    version: int
    name: str
    number: str
    reference: str
    words: tuple[str, ...]


def words_of(written: str, answers: str | None, form: str | None) -> tuple[str, ...]:
    """The words, folded, of what staff wrote and of what the patient answered: JSON as the table has it; each
    once, as they come.

    An answer that was chosen is found by its wording, which stands in the `form` (JSON).
    """
    texts = list(_texts(json.loads(written), {}, {}))
    if answers:
        texts += _texts(json.loads(answers), {}, _wordings_of(form or "{}"))
    return _words_in(texts)


def words_written(written: Mapping[str, object]) -> tuple[str, ...]:
    """As `words_of`, of what staff have just written."""
    return _words_in(_texts(written, {}, {}))


def split(text: str) -> list[str]:
    """The words of a text, folded, in its order."""
    words: list[str] = _WORD.findall(fold(text))
    if max(map(len, words), default=0) > _LETTERS_MOST:
        return [word[:_LETTERS_MOST] for word in words]
    return words


def digits_of(word: str) -> str:
    """The digits of an identity number or of a part of one, however it is written; empty for another word."""
    digits = word.replace("-", "").replace("+", "")
    return digits if digits.isascii() and digits.isdecimal() else ""


def starts_of(case: CaseText) -> list[str]:
    """How words of the name begin, also behind a hyphen, and the number in all ways of writing it."""
    number = case.number
    names = dict.fromkeys([*split(case.name), *case.name.split()])
    words = [*names, number, number[2:], number[8:], case.reference]
    return list(dict.fromkeys([one[:size] for one in words for size in (1, 2) if one]))


def tokens(case: CaseText) -> str:
    """The document of a case: its tokens, a space between each."""
    clinic = case.clinic
    starts = starts_of(case)
    if not "".join(starts).isalnum():
        starts = [_plain(one) for one in starts]
    beginnings = [one[:size] for size in BEGINNINGS for one in case.words if len(one) >= size]
    # A token of another kind between two parts: no part is found that begins in one and ends in the next.
    kinds = (
        _threes(clinic, _plain(case.name)),
        f"{clinic}s{case.sender}",
        _threes(clinic, case.number),
        f"{clinic}t{case.version}",
        _threes(clinic, _plain(case.reference)),
        _each(f"{clinic}a", starts),
        _each(f"{clinic}w", case.words),
        _each(f"{clinic}p", dict.fromkeys(beginnings)),
    )
    return " ".join(kinds)


def part_query(clinic: int, part: str) -> str:
    """What finds the cases with a part, folded, of a name, a number or a reference."""
    part = _plain(part)
    return _phrase(_threes(clinic, part) if len(part) >= PART_LEAST else f"{clinic}a{part}")


def sender_query(clinic: int, staff: int) -> str:
    """What finds the cases that a person sent."""
    return _phrase(f"{clinic}s{staff}")


def version_query(clinic: int, version: int) -> str:
    """What finds the cases that were sent with a version of a template."""
    return _phrase(f"{clinic}t{version}")


def word_query(clinic: int, word: str) -> str:
    """What finds the cases with a whole word."""
    return _phrase(f"{clinic}w{word}")


def beginning_query(clinic: int, beginning: str) -> str:
    """What finds the cases with a word that begins so, one of the lengths in `BEGINNINGS`."""
    return _phrase(f"{clinic}p{beginning}")


def longer_query(clinic: int, beginning: str) -> str:
    """What finds the cases with a word that begins so, whatever its length; reads all that is found."""
    return f"{word_query(clinic, beginning)} *"


def _plain(text: str) -> str:
    """The text without signs that FTS5 takes for more than letters."""
    return text if text.isalnum() else text.translate(_NO_OPERATORS)


def _phrase(found: str) -> str:
    return f'"{found}"'


def _words_in(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(split(" ".join(texts))))[:_WORDS_MOST]


def _threes(clinic: int, part: str) -> str:
    return _each(f"{clinic}n", list(map("".join, zip(part, part[1:], part[2:], strict=False))))


def _each(kind: str, texts: Collection[str]) -> str:
    """The tokens of a kind with these texts."""
    return kind + f" {kind}".join(texts) if texts else ""


def _texts(
    value: object, options: Mapping[str, str], wordings: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """The texts of stored answers: the wording of what was chosen, and all else as it stands."""
    match value:
        case bool():
            return
        case str():
            yield options.get(value, value)
        case int():
            yield str(value)
        case list():
            for one in value:
                yield from _texts(one, options, wordings)
        case dict():
            for item, one in value.items():
                yield from _texts(one, wordings.get(item, {}), wordings)


@lru_cache(maxsize=64)
def _wordings_of(form: str) -> Mapping[str, Mapping[str, str]]:
    return dict(_wordings(json.loads(form)))


def _wordings(item: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """What the options of each question of a form say, by their ids, by its id."""
    for one in item.get("items", ()):
        if options := one.get("options"):
            yield one["id"], {option["id"]: option.get("wording", "") for option in options}
        yield from _wordings(one)

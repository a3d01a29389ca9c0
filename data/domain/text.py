"""Text from outside, made safe to store and to show, and the Swedish way to compare it.

Sources of the rules:

- The Unicode Standard: general categories (4.5), newline guidelines (5.8), default ignorable code points
  (5.21); UAX #15 for NFC and the Stream-Safe Text Format; UTS #36 for why invisible and reordering
  characters can't be trusted. Which characters are assigned depends on the Python that runs:
  `unicodedata.unidata_version`.
- CLDR, `sv` collation: å, ä and ö are letters after z; ü sorts as y, æ as ä, ø as ö.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Text that needs no work in either mode: printable Latin up to U+02FF without the soft hyphen, the
# dashes, quotation marks and ellipsis of U+2010–2027, the euro sign. All of it is NFC already.
_LATIN: Final = r" -~\u00A0-\u00AC\u00AE-\u02FF\u2010-\u2027\u20AC"
_ORDINARY: Final = re.compile(rf"[{_LATIN}]*")
_ORDINARY_LINES: Final = re.compile(rf"[\t\n{_LATIN}]*")
_EXTRAORDINARY: Final = re.compile(rf"[^\t\n{_LATIN}]+")

_LINE_BREAK: Final = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
# Optional, so that it always matches at the start and never searches the rest of the text.
_BLANK_FIRST_LINES: Final = re.compile(r"(?:\s*\n)?")

_MARKS_SHOWN: Final = 4
# UAX #15, Stream-Safe Text Format: no real text has longer runs, and sorting them is quadratic.
_MARKS_NORMALISED: Final = 30

_DROPPED_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# Default ignorable (DerivedCoreProperties.txt) though their category is a letter's or a mark's:
# grapheme joiner, Hangul fillers, Khmer inherent vowels, Mongolian and general variation selectors.
_DROPPED_RANGES: Final = (
    ("\u034f", "\u034f"),
    ("\u115f", "\u1160"),
    ("\u17b4", "\u17b5"),
    ("\u180b", "\u180f"),
    ("\u3164", "\u3164"),
    ("\ufe00", "\ufe0f"),
    ("\uffa0", "\uffa0"),
    ("\U000e0100", "\U000e01ef"),
)

_PLAIN_SWEDISH: Final = re.compile(r"[\t\n -~ÅÄÖåäö]*")
_DIACRITICS: Final = re.compile(r"([^\u0300-\u036F]?)([\u0300-\u036F]+)")
_RING: Final = "\u030a"
_DIAERESIS: Final = "\u0308"
# Letters that Unicode does not take apart. æ and ø are ä and ö to a Swedish reader, as in CLDR.
_UNDECOMPOSED: Final = str.maketrans(
    {"æ": "ä", "ø": "ö", "œ": "oe", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ŧ": "t", "þ": "th"}
)
_SORTED_AS: Final = str.maketrans({"ü": "y", "ű": "y", "ő": "ö", "œ": "ö"})
# C1 controls: after every ASCII character, before all other letters, and never in cleaned text.
_AFTER_Z: Final = str.maketrans({"å": "\x80", "ä": "\x81", "ö": "\x82"})


def clean(text: str, *, lines: bool = False, limit: int = 10_000) -> str:
    """Make any text from outside safe to store and to show on a terminal.

    The result is in NFC and at most `limit` code points long. Controls (so also ESC), bidi and zero-width
    characters, tags, soft hyphens, variation selectors, surrogates, private-use, unassigned and other
    invisible code points are gone; an emoji sequence falls apart into its visible parts. Combining marks
    are kept up to four in a row, and only on something visible: not first, nor after a space.

    - `lines=False`: one line. Each line break or tab becomes a space; white space around the text goes.
    - `lines=True`: each line break becomes `\\n` and tabs stay; blank first lines and white space at the
      end go, while the indentation of the first line with text stays.

    Never raises, and cleaning twice changes nothing more.
    """
    ordinary = _ORDINARY_LINES if lines else _ORDINARY
    if not ordinary.fullmatch(text):
        text = _made_safe(text, lines)
    text = _BLANK_FIRST_LINES.sub("", text, count=1) if lines else text.lstrip()
    return text[:limit].rstrip()


def fold(text: str) -> str:
    """What to compare and search instead of a name: without case, accents and extra spaces.

    å, ä and ö stay letters of their own; other diacritics go, so "andre" finds "André" and "lukasz"
    finds "Łukasz"; æ counts as ä and ø as ö. White space becomes single spaces. Marks of other scripts
    (Hebrew points, kana voicing) stay. The length may change, so positions in the result mean nothing
    in `text`. Folding twice changes nothing more.
    """
    if _PLAIN_SWEDISH.fullmatch(text):
        folded = text.casefold()
    else:
        # Case folding is defined on decomposed text (The Unicode Standard, 3.13, D145).
        folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
        folded = _DIACRITICS.sub(_swedish_letter, folded).translate(_UNDECOMPOSED)
        folded = unicodedata.normalize("NFC", folded)
    return " ".join(folded.split())


def swedish_key(text: str) -> str:
    """A key whose code-point order is the Swedish order of cleaned texts: a … z å ä ö, then other scripts.

    Accents matter only between texts that are otherwise equal, and then case; equal keys mean equal texts,
    so a database may use the order as a collation.
    """
    without_case = unicodedata.normalize("NFC", text.casefold())
    letters = fold(without_case.translate(_SORTED_AS)).translate(_AFTER_Z)
    return f"{letters}\0{without_case}\0{text}"


def _made_safe(text: str, lines: bool) -> str:
    text = _LINE_BREAK.sub("\n" if lines else " ", text)
    if not lines:
        text = text.replace("\t", " ")
    text = _EXTRAORDINARY.sub(_only_visible, text)
    # Before normalising to bound its work; after it, since it takes letters apart and puts them together.
    text = unicodedata.normalize("NFC", _without_piled_marks(text, _MARKS_NORMALISED))
    return _without_piled_marks(text, _MARKS_SHOWN)


def _only_visible(match: re.Match[str]) -> str:
    return "".join(filter(_is_visible, match[0]))


def _is_visible(character: str) -> bool:
    """Whether it stands for itself on a screen, instead of steering or hiding what is around it."""
    return unicodedata.category(character) not in _DROPPED_CATEGORIES and not any(
        first <= character <= last for first, last in _DROPPED_RANGES
    )


def _without_piled_marks(text: str, most: int) -> str:
    """At most `most` combining marks in a row, and none at the start or after white space."""
    marks = "".join(filter(_is_mark, set(text)))
    if not marks:
        return text
    # Without \A and \s on its left, a mark would join what a list, a prompt or a trim puts before it.
    unfounded = rf"(?:\A|(?<=\s))[{marks}]+"
    return re.sub(rf"{unfounded}|(?<=[{marks}]{{{most}}})[{marks}]+", "", text)


def _is_mark(character: str) -> bool:
    """Whether it is drawn on the character before it."""
    # Hangul vowels and finals are letters to Unicode, but pile up in the cell before them all the same.
    return (
        unicodedata.category(character).startswith("M")
        or "\u1160" <= character <= "\u11ff"
        or "\ud7b0" <= character <= "\ud7ff"
    )


def _swedish_letter(match: re.Match[str]) -> str:
    """The letter that is left of a base and its diacritics."""
    base: str = match[1]
    diacritics: str = match[2]
    if base == "a" and _RING in diacritics:
        return "å"
    if base in {"a", "o"} and _DIAERESIS in diacritics:
        return {"a": "ä", "o": "ö"}[base]
    return base

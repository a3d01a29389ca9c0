"""`data.domain.text`: hostile text becomes safe, and names stand in Swedish order."""

from __future__ import annotations

import json
import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.text import clean, fold, swedish_key

if TYPE_CHECKING:
    from pathlib import Path

FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180f\u3164\ufe00\ufe0f\uffa0\U000e0100\U000e01ef"

# Plain st.text() seldom piles up marks or meets a limit; this alphabet is made of trouble.
tricky = st.text(
    st.sampled_from(
        "aeAåäö 가각ᄀ\u1161\u11a8\u0301\u0308\u030a\u0323\u0345\u05b0\u093c\u0958\u0344\ufb1d\U0001d160"
    )
    | st.sampled_from(
        "\t\n\r\v\x1b\x85\x9b\u00a0\u00ad\u200d\u202e\u2028\u2066\ufeff\ufe0f\ud800\U000e0041\U0001f600"
    )
)
any_text = st.text(st.characters()) | st.text(st.characters(categories=["Mn", "Mc", "Lo", "Zs"])) | tricky
limits = st.integers(0, 12) | st.just(10_000)


def assert_safe(text: str, *, lines: bool, limit: int = 10_000) -> None:
    allowed = {"\n", "\t"} if lines else set()
    assert not [c for c in text if unicodedata.category(c) in FORBIDDEN and c not in allowed]
    assert not set(text) & set(INVISIBLE)
    assert unicodedata.is_normalized("NFC", text)
    assert len(text) <= limit
    marks = 0
    base = " "
    for character in text:
        if unicodedata.category(character).startswith("M"):
            marks += 1
            assert not base.isspace()
            assert marks <= 4
        else:
            marks, base = 0, character


# --- clean ---------------------------------------------------------------------------------------


@given(any_text, st.booleans(), limits)
def test_whatever_comes_in_is_safe_and_stays_as_it_is(text: str, lines: bool, limit: int) -> None:
    cleaned = clean(text, lines=lines, limit=limit)
    assert_safe(cleaned, lines=lines, limit=limit)
    assert clean(cleaned, lines=lines, limit=limit) == cleaned
    cleaned.encode()


@pytest.mark.parametrize("lines", [False, True])
def test_all_characters_there_are_come_out_safe(lines: bool) -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    limit = 2 * len(everything)
    assert_safe(clean(everything, lines=lines, limit=limit), lines=lines, limit=limit)


def test_a_character_is_dropped_or_kept_for_what_it_is() -> None:
    spaced = set("\t\n\v\f\r\x85\u2028\u2029")
    for code in (*range(0x3400), *range(0xD7F0, 0xE010), *range(0xFB00, 0x10000), *range(0xE0000, 0xE0200)):
        character = chr(code)
        category = unicodedata.category(character)
        if character in spaced:
            expected = "a b"
        elif (
            category in FORBIDDEN or character in INVISIBLE or "VARIATION SEL" in unicodedata.name(character)
        ):
            expected = "ab"
        else:
            expected = unicodedata.normalize("NFC", f"a{character}b")
        assert clean(f"a{character}b") == expected, hex(code)


def test_naughty_strings_all_become_safe(conformance: Path) -> None:
    strings = json.loads((conformance / "text" / "naughty.json").read_text(encoding="utf-8"))
    assert len(strings) > 200
    for text in strings:
        for lines in (False, True):
            cleaned = clean(text, lines=lines)
            assert_safe(cleaned, lines=lines)
            assert clean(cleaned, lines=lines) == cleaned
        if text.isascii() and text.isprintable():
            assert clean(text) == text.strip()


@given(
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E) | st.sampled_from("åäöÅÄÖéü§½–”…€\u00a0"))
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert clean(text) == text.strip()


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\x1b]0;owned\x07\x1b[2J", "]0;owned[2J"),
        ("\x9b31mred", "31mred"),
        ("Anna\u202egnp.exe\u202c", "Annagnp.exe"),
        ("An\u200bna\u00ad \ufeffBerg", "Anna Berg"),
        ("hi\U000e0068\U000e0069", "hi"),
        ("\u2764\ufe0f", "\u2764"),
        ("a\ud800b", "ab"),
        ("a\ue000\ufffe\U0010ffffb", "ab"),
        ("Bjo\u0308rn A\u030angstro\u0308m", "Björn Ångström"),
        ("\u212b\u2126", "Å\u03a9"),
        ("e\u200d\u0301", "é"),
        ("[/b] {name} %s", "[/b] {name} %s"),
        ("1\u00a0000", "1\u00a0000"),
    ],
)
def test_what_steers_or_hides_is_gone_and_the_rest_remains(text: str, cleaned: str) -> None:
    assert clean(text) == clean(text, lines=True) == cleaned


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_line_breaks_become_one_newline_or_one_space(line_break: str) -> None:
    assert clean(f"a{line_break}b", lines=True) == "a\nb"
    assert clean(f"a{line_break}b") == "a b"
    assert clean(f"a{line_break}{line_break}b", lines=True) == "a\n\nb"


def test_tabs_stay_only_where_lines_do() -> None:
    assert clean("a\tb", lines=True) == "a\tb"
    assert clean("a\tb") == "a b"
    assert clean("a\tb\u200b", lines=True) == "a\tb"
    assert clean("a\tb\u200b") == "a b"


def test_white_space_around_goes_but_indentation_stays() -> None:
    assert clean(" \u3000a  b\n ") == "a  b"
    assert clean(" \n\t\n  - one\n  - two \n\n", lines=True) == "  - one\n  - two"
    assert clean(" \n\t ", lines=True) == ""
    assert clean("\x1b\u200b") == ""


def test_marks_do_not_pile_up() -> None:
    assert (
        clean("x" + "\u0301" * 9 + "q" + "\u0302" * 4 + "z") == "x" + "\u0301" * 4 + "q" + "\u0302" * 4 + "z"
    )
    assert clean("\u0301\u0301abc") == "abc"
    assert clean("a \u0301b\n\u0301c", lines=True) == "a b\nc"
    assert clean("가" + "\u11a8" * 50) == "각" + "\u11a8" * 4
    assert clean("가" + "\u1161" * 50) == "가" + "\u1161" * 4


def test_vietnamese_and_pointed_hebrew_lose_nothing() -> None:
    for text in ("Nguyễn Thị Ngọc Ánh", "שָׁלוֹם", "นี้", "हिन्दी", "한국어"):
        for form in ("NFC", "NFD"):
            assert clean(unicodedata.normalize(form, text)) == unicodedata.normalize("NFC", text)


def test_the_limit_counts_what_remains() -> None:
    assert clean("  " + "\u200b" * 50 + "abcdef", limit=3) == "abc"
    assert clean("ab cd", limit=3) == "ab"
    assert clean("x" * 10_001) == "x" * 10_000
    assert clean("ab", limit=0) == ""


def test_what_marks_are_kept_does_not_depend_on_what_is_piled_far_above() -> None:
    """A mark below sorts before those above, but not from beyond what is normalised (UAX #15, 30 marks)."""
    assert clean("a" + "\u0301" * 3 + "\u0316") == "\u00e1\u0316\u0301\u0301"
    assert clean("a" + "\u0301" * 31 + "\u0316") == "\u00e1" + "\u0301" * 4


def test_letters_beside_marks_are_not_taken_for_marks() -> None:
    assert clean("XXXXXXX q\u0301\u0323") == "XXXXXXX q\u0323\u0301"


@pytest.mark.parametrize("vowel", ["\u1161", "\u11ff", "\ud7b0", "\ud7fb"])
def test_hangul_vowels_and_finals_do_not_pile_up(vowel: str) -> None:
    assert clean("\u1112" + vowel * 9).count(vowel) <= 4


def test_a_flood_of_marks_is_no_work() -> None:
    # Alternating classes make an unguarded normalisation quadratic: minutes for this text.
    assert clean("a" + "\u0323\u0301" * 200_000) == "ạ" + "\u0323" * 4


# --- fold ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Åsa Öberg", "ÅSA ÖBERG"),
        ("A\u030asa", "åsa"),
        ("André", "andre"),
        ("Müller", "MULLER"),
        ("Łukasz Błaszczyk", "lukasz blaszczyk"),
        ("Sørensen", "sörensen"),
        ("Kjær", "kjär"),
        ("Groß", "GROSS"),
        ("İbrahim", "ibrahim"),
        ("Nguyễn", "nguyen"),
        ("Ǻsa", "åsa"),
        ("Anna\u00a0 Berg ", "anna berg"),
        ("Йорг", "иорг"),
    ],
)
def test_a_name_is_found_however_it_is_typed(name: str, typed: str) -> None:
    assert fold(name) == fold(typed)


@pytest.mark.parametrize(("one", "other"), [("å", "a"), ("ä", "a"), ("ö", "o"), ("å", "ä"), ("が", "か")])
def test_letters_of_their_own_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)
    assert fold(unicodedata.normalize("NFD", one)) == fold(one.upper()) == one


@given(any_text)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text)) == fold(text)


@given(st.text("abcåäöÅÄÖéÉ "))
def test_folding_ignores_case(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


# --- Swedish order -------------------------------------------------------------------------------


def test_names_stand_in_swedish_order() -> None:
    names = [
        "",
        "1177",
        "Anders",
        "Andre",
        "andre",
        "André",
        "Andrea",
        "Anna Öst",
        "Annabel",
        "Vera",
        "Wera",
        "Ünal",
        "Yngve",
        "Ür",
        "Żeta",
        "Zorn",
        "zz{~",
        "Åke",
        "åsa",
        "Ær",
        "Ärla",
        "Ästrid",
        "Öberg",
        "Ørsted",
        "Östen",
        "Αθηνά",
        "Юлия",
    ]
    reordered = names[::-1]
    reordered.sort(key=swedish_key)
    assert reordered == names


@given(st.text(max_size=4).map(clean), st.text(max_size=4).map(clean))
def test_equal_keys_mean_equal_texts(one: str, other: str) -> None:
    assert (swedish_key(one) == swedish_key(other)) is (one == other)


@given(st.text("abzåäö", min_size=1), st.text("abzåäö", min_size=1))
def test_case_decides_only_between_equals(one: str, other: str) -> None:
    if one != other:
        assert (swedish_key(one) < swedish_key(other)) is (swedish_key(one.upper()) < swedish_key(other))

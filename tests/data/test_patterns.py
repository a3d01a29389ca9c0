"""Patterns: the whole text, in linear time, and refused when that can't be had."""

from __future__ import annotations

import time

import pytest

from data.domain.patterns import PATTERN_LIMIT, is_usable, is_written_well, matches


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"[0-9]{3} ?[0-9]{2}", "123 45", True),
        (r"[0-9]{3}", "1234", False),
        (r"a|ab", "ab", True),
        (r"a", "a\n", False),
        (r"^abc$", "abc", True),
        (r"\d+", "१२३", False),
        (r"\d+", "123", True),
        (r"[\d.]+", "1.5", True),
        (r"[^\D]+", "12", True),
        (r"\\d", r"\d", True),
        (r"[a-zåäö]+", "åäö", True),
        (r"\w+", "Örjan", True),
        (r"[\w-\.]+@([\w-]+\.)+[\w-]{2,4}", "a-b.c@d-e.se", True),
        (r"[\d-x]+", "1-x", True),
        (r"[\d-x]+", "y", False),
        (r"\d-\d", "1-2", True),
        (r"[\\d-f]+", r"\de", True),
        ("", "", True),
        (r"a", "\ud800", False),
    ],
)
def test_the_whole_text_must_match(pattern: str, text: str, expected: bool) -> None:
    assert is_usable(pattern)
    assert matches(pattern, text) is expected


@pytest.mark.parametrize(
    "pattern",
    ["(", "[", "*", "a)|(b", "(?=a)b", r"(a)\1", "(?<!a)b", "a" * (PATTERN_LIMIT + 1), r"(?:\w{1000}){1000}"],
)
def test_what_can_not_be_linear_is_not_usable(pattern: str) -> None:
    assert not is_usable(pattern)
    with pytest.raises(ValueError, match="not a pattern"):
        matches(pattern, "a")


def test_no_pattern_searches_for_ever() -> None:
    before = time.monotonic()
    assert not matches(r"(a+)+$", "a" * 50_000 + "!")
    assert time.monotonic() - before < 5


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("(?=a)b", True),
        (r"(a)\1", True),
        ("[[]", True),
        ("[", False),
        ("(", False),
        ("a{2,1}", False),
        ("a{99999999999}", False),
        ("(" * 500 + ")" * 500, False),
        ("a" * (PATTERN_LIMIT + 1), False),
    ],
)
def test_a_pattern_that_can_not_be_used_may_be_written_well(pattern: str, expected: bool) -> None:
    assert is_written_well(pattern) is expected

"""Which passwords may be chosen."""

from __future__ import annotations

import subprocess
import sys

import pytest

from data.domain.password_rules import LEAST, PROGRAM_WORDS, problem
from data.domain.secret import SECRET_LIMIT

CONTEXT = ("anna", "Anna Andersson", "Vårdcentralen Björken")

COMMON = "Too many people choose that password: take several words that don't belong together"
NAMES = "The password is made of names that are easy to guess: take other words"


def why(password: str) -> str:
    found = problem(password, CONTEXT)
    return str(found) if found else ""


@pytest.mark.parametrize(
    "password",
    [
        "tulpan kaffe spik",
        "84629173",
        "x8$kQ2!z",
        "        x y z",
        "ÅÄÖ åäö ☃ 漢字",
        "x" * 3 + "y" * 3 + "zzz",
        "annas hus ligger vid havet",
        "password but with words that follow",
        "sommaren 8462739102",
        "abc" * 5 + "d" * (SECRET_LIMIT - 15),
    ],
)
def test_any_signs_may_be_chosen(password: str) -> None:
    """No kind of sign is asked for, and none refused (OWASP ASVS 5.0, 6.2.5)."""
    assert why(password) == ""


def test_length_decides_first() -> None:
    assert why("x8$kQ2!") == f"The password needs at least {LEAST} characters"
    assert why("abcd" * SECRET_LIMIT) == f"The password is too long: at most {SECRET_LIMIT} characters"


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "PASSWORD",
        "Password1!",
        "qwertyuiop",
        "12345678",
        "iloveyou",
        "baseball",
        "lösenord",
        "LOSENORD",
        "lo\u0308senord",
        "Sommar2024!",
        "hejhejhej",
        "stockholm",
        "!!Midsommar",
        "sjuksköterska",
        "aaaaaaaaaaaaaaa",
        "ababababab",
    ],
)
def test_common_ones_are_refused_however_they_are_dressed(password: str) -> None:
    assert why(password) == COMMON


@pytest.mark.parametrize(
    "password",
    [
        "annaandersson",
        "AnnaAndersson1",
        "anna.andersson",
        "bjorken-2026",
        "Björken!Björken",
        "omvänt1177",
        "1177omvant",
        "annaomvänt",
    ],
)
def test_names_of_the_person_the_clinic_and_the_program_are_refused(password: str) -> None:
    assert why(password) == NAMES


@pytest.mark.parametrize(
    ("context", "refused", "allowed"),
    [
        ("Anna-Karin", "karinkarin", "karolinkarolin"),  # each part of a name
        ("Bo Ek", "boekboek", "bobobo-xy"),  # parts that are too short count together only
        ("Eva", "eva.eva.eva", "evy.evy.evy"),
        ("Ken|Björken", "bjorkenbjorken", "bjorbjor.en"),  # the longest name first: "ken" leaves "bjor"
        ("Anna", "anna.qzx.1", "anna.qzxw"),  # four letters beside it are something
    ],
)
def test_what_a_name_leaves_decides(context: str, refused: str, allowed: str) -> None:
    assert str(problem(refused, context.split("|"))) == NAMES
    assert problem(allowed, context.split("|")) is None


def test_a_common_one_with_much_around_it_is_not_common_any_more() -> None:
    assert why("sommar-12345") == COMMON
    assert why("sommar-123456") == ""


@pytest.mark.parametrize("word", PROGRAM_WORDS)
def test_no_word_of_the_program_makes_a_password(word: str) -> None:
    assert problem(f"{word}{word}12345678")


def test_the_list_is_read_only_when_a_password_is_set() -> None:
    code = "import sys, data.staff, data.clinics; print('zxcvbn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


def test_a_letter_typed_as_two_signs_counts_once() -> None:
    """Otherwise so short a password could be chosen, which `passwords` takes for the demo's."""
    assert f"at least {LEAST}" in why("a\u030a\u0071o\u0308\u0078u\u0308\u007a\u0301")
    assert why("\u00e5qfxkzwt") == ""


def test_a_name_that_begins_within_another_hides_neither() -> None:
    """The whole name written as one, kenbjorken, is there too; taking it out first leaves "bjor"."""
    assert str(problem("bjorkenbjorken", ("Ken Björken",))) == NAMES

"""Which passwords may be chosen."""

from __future__ import annotations

import subprocess
import sys

import pytest

from data.domain.password_rules import LEAST, PROGRAM_WORDS, problem
from data.domain.secret import SECRET_LIMIT

CONTEXT = ("anna", "Anna Andersson", "Vårdcentralen Björken")


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
    assert f"at least {LEAST}" in why("x8$kQ2!")
    assert f"at most {SECRET_LIMIT}" in why("abcd" * SECRET_LIMIT)


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
    assert "Too many people" in why(password)


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
    assert "names that are easy to guess" in why(password)


@pytest.mark.parametrize("word", PROGRAM_WORDS)
def test_no_word_of_the_program_makes_a_password(word: str) -> None:
    assert problem(f"{word}{word}12345678")


def test_the_list_is_read_only_when_a_password_is_set() -> None:
    code = "import sys, data.staff, data.clinics; print('zxcvbn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"

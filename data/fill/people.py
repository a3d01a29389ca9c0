"""Made-up patients without end: the one with a given id is always the same."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

from data import demo
from data.domain.text import fold
from data.fill import words

_FIRST_BIRTH = date(1925, 1, 1)
_BIRTHDAYS = 36_161
"""Days on which patients were born, of 99 years: a prime, so that any step goes through all of them."""
_STEP = 17_389
_LAST_SERIAL = 999
"""Birth numbers are given from the end, as in most of Skatteverket's test numbers (980 and 981)."""
_COORDINATION = 83
"""Every so many has a coordination number, whose day is 60 more."""
_PROTECTED = 400
"""One in so many has a protected identity: in Sweden there are some 25,000 among 10 million."""
_UNREACHABLE = 60
"""One in so many has stopped to be reached digitally."""

_MIX = 2_654_435_761
"""Knuth's multiplicative hash (The Art of Computer Programming, 6.4): scatters what is counted."""


class FilledPatient(NamedTuple):
    """A row of the table of patients."""

    id: int
    number: str
    name: str
    name_folded: str
    email: str
    phone: str
    protected: bool
    reachable: bool
    version: int


def patient(patient_id: int) -> FilledPatient:
    """The patient with that id, from 1; the first is the demo's."""
    name = name_of(patient_id)
    return FilledPatient(
        patient_id,
        number_of(patient_id),
        name,
        folded_name(name),
        f"invanare{patient_id}@example.org",
        f"070-1740{605 + patient_id % 95}",  # numbers that PTS keeps free for books and films
        is_protected(patient_id),
        patient_id % _UNREACHABLE != 17,
        1,
    )


def is_protected(patient_id: int) -> bool:
    """Whether the patient has a protected identity."""
    return patient_id % _PROTECTED == 7


@lru_cache(1 << 14)
def name_of(patient_id: int) -> str:
    """The patient's name; women have an even third digit of the birth number, as in Sweden."""
    if patient_id == 1:
        return "Tolvan Tolvansson"
    scattered = patient_id * _MIX >> 7
    first = words.MEN if _serial(patient_id) % 2 else words.WOMEN
    scattered, given = divmod(scattered, len(first))
    scattered, family = divmod(scattered, len(words.FAMILIES))
    name = f"{first[given]} {words.FAMILIES[family]}"
    if scattered % 16 == 0:  # two family names, and two first names
        return f"{name} {words.FAMILIES[scattered // 16 % len(words.FAMILIES)]}"
    if scattered % 16 == 1:
        return f"{first[scattered // 16 % len(first)]}-{name}"
    return name


def number_of(patient_id: int) -> str:
    """The patient's identity number in twelve digits, with the right check digit; nobody else has it."""
    if patient_id == 1:
        return demo.PATIENT
    day = _day(patient_id * _STEP % _BIRTHDAYS, patient_id % _COORDINATION == 5)
    digits = f"{day}{_serial(patient_id):03}"
    # Modulus 10 with the weights 2 and 1 over the nine digits from the year's last two (Skatteverket).
    doubled = sum(_TWICE[int(digit)] for digit in digits[2::2])
    return f"{digits}{-(doubled + sum(map(int, digits[3::2]))) % 10}"


_TWICE = tuple(sum(divmod(2 * digit, 10)) for digit in range(10))


def _serial(patient_id: int) -> int:
    return _LAST_SERIAL - patient_id // _BIRTHDAYS * 2 - patient_id * _MIX // 64 % 2


@cache
def _days() -> tuple[tuple[str, str], ...]:
    born = (_FIRST_BIRTH + timedelta(days=number) for number in range(_BIRTHDAYS))
    return tuple((f"{day:%Y%m%d}", f"{day:%Y%m}{day.day + 60}") for day in born)


def _day(number: int, coordination: bool) -> str:
    return _days()[number][coordination]


@cache
def _folded_word(word: str) -> str:
    return fold(word)


def folded_name(name: str) -> str:
    """The name as it is searched; its words are few, and folding costs more than looking them up."""
    return " ".join(map(_folded_word, name.split()))

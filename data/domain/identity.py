"""Swedish personal identity numbers (personnummer) and coordination numbers (samordningsnummer).

Sources of the rules:

- Folkbokföringslag (1991:481) 18 §: date of birth, a hyphen that becomes a plus sign in the year the
  person turns 100, three digits, check digit. 18 a §: coordination numbers add 60 to the day.
- Skatteverket, Rättslig vägledning, "Personnummer": the century is 18, 19 or 20; the birth number is
  001–999; the check digit is modulus 10 with weights 2 and 1 over the ten last digits.
- Skatteverket's public test numbers: coordination numbers with month 00 and day 60 exist, for people whose
  date of birth is not known. Some have a day that their month lacks (31 April); they are accepted as
  numbers, but have no birth date.
- personnummer/meta: the letters of interim numbers, which universities and Försäkringskassan make up.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import cache
from typing import Final, Self

from data.domain.errors import Invalid, Message, Problem
from data.domain.value import Frozen

_CENTURIES: Final = ("18", "19", "20")
_MONTHS: Final = tuple(f"{month:02}" for month in range(13))
_DAYS: Final = tuple(f"{day:02}" for day in range(1, 32))
_COORDINATION_DAYS: Final = tuple(f"{day:02}" for day in range(60, 92))
_DOUBLED: Final = "0516273849"
"""The digits in the order of what is left of them doubled: the sum of the digits of that."""

# Pasted "19 121212 - 1212" is clear; a space in the sign's place is not: it may have been a plus.
_HARMLESS_SPACE: Final = re.compile(r"(?<=\A[0-9]{2}) (?=[0-9])| (?=[-+])|(?<=[-+]) ")
_TYPED: Final = re.compile(
    r"(?P<alone>[0-9]{0,12})|(?P<born>[0-9]{6}|[0-9]{8})(?P<sign>[-+])(?P<last>[0-9]{0,4})"
)
_SIGN_IN_PLACE: Final = re.compile(r"[0-9]*|(?:[0-9]{6}|[0-9]{8})[-+][0-9]*")
_TEN_DIGITS: Final = re.compile(r"[0-9]{6}-?[0-9]{4}")
# re.ASCII: without it, K and S would also match the Kelvin sign and the long s.
_INTERIM: Final = re.compile(r"(?:[0-9]{6}|[0-9]{8})[-+]?[TRSUWXJKLMN][0-9]{0,3}", re.ASCII | re.IGNORECASE)

_EMPTY: Final = Message("Enter a personal identity number, such as YYYYMMDD-NNNN.")
_CHARACTERS: Final = Message("Use digits only, with - or + before the last four.")
_SPACE: Final = Message("Leave out the space; before the last four, write - instead.")
_SIGN: Final = Message("Put the - or + right before the last four digits.")
_PLUS: Final = Message("The + is for people who turn 100 this year or are older; use -.")
_TOO_MANY: Final = Message("Too many digits: enter 10, or 12 with the century (18, 19 or 20).")
_TWO_OR_WRONG: Final = Message("Two digits are missing, or one of the ten is wrong.")
_INTERIM_NUMBER: Final = Message("Interim numbers (with a letter) can't be used here.")
_ORGANISATION: Final = Message("This looks like an organisation number; enter a person's number.")
_CENTURY: Final = Message("The year of birth must begin with 18, 19 or 20.")
_NO_SUCH_DATE: Final = Message("There is no such date; check year, month and day.")
_FUTURE: Final = Message("This date of birth is in the future; check the year.")
_BIRTH_NUMBER: Final = Message("The first three of the last four digits can't be 000.")
_CHECK_DIGIT: Final = Message("A digit is wrong: the last one does not match the others.")


class PersonalIdentityNumber(Frozen, kw_only=False):
    """One person's identity number; equal, hashed and ordered by its digits.

    `digits` are twelve ASCII digits, `YYYYMMDDNNNN`. Making one from digits checks everything but whether
    the date lies in the future, and raises `Invalid`; what people typed goes through `parse`.
    """

    digits: str

    def __init__(self, digits: str) -> None:
        super().__init__(digits)
        fault = _fault(digits) if re.fullmatch(r"[0-9]{12}", digits) else _CHARACTERS
        if fault:
            raise Invalid(Problem("number", fault))

    @classmethod
    def stored(cls, digits: str) -> Self:
        """A number that was checked before it was stored, and is not checked again."""
        number = cls.__new__(cls)
        super(PersonalIdentityNumber, number).__init__(digits=digits)
        return number

    def __lt__(self, other: Self) -> bool:
        return self.digits < other.digits

    @classmethod
    def parse(cls, text: str, *, today: date) -> Self:
        """Read a number as people type or paste it: 10 or 12 digits, `-` or `+` before the last four.

        Spaces may surround the number and its sign, and follow the century. Without `+`, ten digits mean
        the latest century that does not put the birth after `today`; with `+`, the latest in which the
        person turns 100 this year or has done so.
        Raises `Invalid` with one problem on field "number" that says what to mend.
        """
        digits, fault = _read(text, today)
        if fault is None and len(digits) < 12:
            fault = _too_few(text)
        if fault:
            raise Invalid(Problem("number", fault))
        return cls(digits)

    def __str__(self) -> str:
        """`YYYYMMDD-NNNN`; the hyphen stays at 100 years, since the century is written out."""
        return f"{self.digits[:8]}-{self.digits[8:]}"

    @property
    def is_coordination(self) -> bool:
        """Whether this is a coordination number (samordningsnummer): the day is 60 or more."""
        return self.digits[6] >= "6"

    @property
    def birth_date(self) -> date | None:
        """The date of birth that the number states, or None where it states none that exists."""
        year, month, day = int(self.digits[:4]), int(self.digits[4:6]), int(self.digits[6:8]) % 60
        try:
            return date(year, month, day)
        except ValueError:
            return None

    def age(self, today: date) -> int | None:
        """Whole years of life on `today`, or None where the birth date is unknown.

        Who is born on 29 February turns a year older on 28 February in other years: with no such day in
        the month, its last day counts (lag (1930:173) om beräkning av lagstadgad tid, 1 §).
        """
        born = self.birth_date
        if born is None:
            return None
        birthday = born.day if born.day <= 28 else min(born.day, monthrange(today.year, born.month)[1])
        return today.year - born.year - ((today.month, today.day) < (born.month, birthday))


def century_guessed(text: str) -> bool:
    """Whether `text` is ten digits without `+`, so that `parse` has to guess the century.

    True says nothing about validity: show the guess beside the field once `parse` accepts the text.
    """
    return _TEN_DIGITS.fullmatch(_compact(text)) is not None


def check_as_typed(text: str, *, today: date) -> Message | None:
    """What is already certain to be wrong with a half-typed number, or None while it may become right.

    While both are possible, the text counts as the beginning of 10 and of 12 digits. Never raises.
    A None does not mean that the number is complete: `parse` decides that.
    """
    return _read(text, today)[1]


def _read(text: str, today: date) -> tuple[str, Message | None]:
    """The digits, with century where it is known, and the first certain fault."""
    compact = _compact(text)
    typed = _TYPED.fullmatch(compact)
    if typed is None:
        return "", _spelling_fault(compact)
    if typed["sign"]:
        return _read_separated(typed["born"], typed["sign"], typed["last"], today)
    return _read_unseparated(typed["alone"], today)


def _compact(text: str) -> str:
    return _HARMLESS_SPACE.sub("", text.strip(" "))


def _read_separated(born: str, sign: str, last: str, today: date) -> tuple[str, Message | None]:
    if len(born) == 6:
        return _read_short(born + last, today, turned_100=sign == "+")
    fault = _fault(born + last, today)
    if fault is None and sign == "+" and int(born[:4]) > today.year - 100:
        fault = _PLUS
    return born + last, fault


def _read_unseparated(digits: str, today: date) -> tuple[str, Message | None]:
    """Ten digits and the first ten of twelve look alike until one of the two readings fails."""
    long_fault = _fault(digits, today)
    if len(digits) > 10:
        return digits, _TOO_MANY if long_fault is _CENTURY else long_fault
    short, short_fault = _read_short(digits, today)
    if len(digits) == 10 and short_fault is None:
        return short, None
    if long_fault is None or short_fault is None:
        return digits, None
    probably_long = digits[:2] in _CENTURIES and len(digits) < 10
    return digits, long_fault if probably_long else short_fault


def _read_short(digits: str, today: date, *, turned_100: bool = False) -> tuple[str, Message | None]:
    """Up to ten digits `YYMMDDNNNN`, put into a century."""
    # Skatteverket (SKV 709): the third digit of an organisation number is at least 2, so that
    # it is never taken for a person's month.
    if digits[2:3] >= "2":
        return digits, _ORGANISATION
    for century in reversed(_CENTURIES):
        full = century + digits
        if int(full[:4]) <= today.year - 100 if turned_100 else _earliest(full) <= today:
            break
    return full, _fault(full, today)


def _fault(digits: str, today: date | None = None) -> Message | None:
    """The first certain fault in the beginning of twelve digits; `today` None accepts any future."""
    if not any(century.startswith(digits[:2]) for century in _CENTURIES):
        # Registers put 16 before an organisation number to make it twelve digits long.
        return _ORGANISATION if digits.startswith("16") else _CENTURY
    if not _date_possible(digits):
        return _NO_SUCH_DATE
    if today is not None and len(digits) >= 2 and _earliest(digits) > today:
        return _FUTURE
    if digits[8:11] == "000":
        return _BIRTH_NUMBER
    if len(digits) == 12 and not _check_digit_matches(digits[2:]):
        return _CHECK_DIGIT
    return None


def _date_possible(digits: str) -> bool:
    """Whether some date, ordinary or of a coordination number, begins with these digits."""
    month, day = digits[4:6], digits[6:8]
    if month not in _MONTHS:
        return len(month) < 2 and month <= "1"
    # Month 00 is a month that is not known: only coordination numbers have it.
    return day in _beginnings(monthrange(int(digits[:4]), int(month))[1] if month != "00" else 0)


@cache
def _beginnings(last: int) -> frozenset[str]:
    """How the days of a month begin that has so many, and those of coordination numbers."""
    return frozenset(day[:size] for day in _DAYS[:last] + _COORDINATION_DAYS for size in range(3))


def _earliest(digits: str) -> date:
    """The earliest date of birth that may come of two to twelve digits; unknown parts count as the first."""
    padded = digits[:8].ljust(8, "0")
    year, month, day = int(padded[:4]), int(padded[4:6]), int(padded[6:]) % 60
    month = min(max(month, 1), 12)
    return date(year, month, min(max(day, 1), monthrange(year, month)[1]))


def _check_digit_matches(ten: str) -> bool:
    """Modulus 10 with the weights 2 and 1, the check digit included (Skatteverket)."""
    return (sum(map(_DOUBLED.index, ten[::2])) + sum(map(int, ten[1::2]))) % 10 == 0


def _spelling_fault(compact: str) -> Message:
    if _INTERIM.fullmatch(compact):
        return _INTERIM_NUMBER
    if not re.fullmatch(r"[-+ 0-9]*", compact):
        return _CHARACTERS
    if " " in compact:
        return _SPACE
    return _TOO_MANY if _SIGN_IN_PLACE.fullmatch(compact) else _SIGN


def _too_few(text: str) -> Message:
    """Why digits that are fine so far are no number yet."""
    digits = re.sub(r"[^0-9]", "", text)
    if not digits:
        return _EMPTY
    if len(digits) == 10 and not re.search(r"[-+]", text):
        return _TWO_OR_WRONG
    return Message("Too few digits so far ({count}): enter 10, or 12 with the century.", count=len(digits))

"""`data.domain.identity`: which numbers are people's, and when a typist is told."""

from __future__ import annotations

import json
import pickle
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.errors import Invalid, Message, Problem
from data.domain.identity import PersonalIdentityNumber, century_guessed, check_as_typed

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 3, 14)


def parse(text: str, today: date = TODAY) -> PersonalIdentityNumber:
    return PersonalIdentityNumber.parse(text, today=today)


def refusal(text: str, today: date = TODAY) -> str:
    """The gettext id of the one problem that `parse` names."""
    with pytest.raises(Invalid) as caught:
        parse(text, today)
    (problem,) = caught.value.problems
    assert problem.field == "number"
    assert len(str(problem.message)) <= 76
    return problem.message.text


def as_typed(text: str, today: date = TODAY) -> str | None:
    message = check_as_typed(text, today=today)
    return message.text if message else None


def with_check_digit(eleven: str) -> str:
    """Twelve digits of eleven: modulus 10 worked the long way round, as Skatteverket explains it."""
    products = [int(digit) * weight for digit, weight in zip(eleven[2:], [2, 1] * 5, strict=False)]
    return eleven + str(-sum(int(figure) for product in products for figure in str(product)) % 10)


@st.composite
def valid_digits(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1890, 1, 1), TODAY))
    day = born.day + draw(st.sampled_from([0, 60]))
    birth_number = draw(st.integers(1, 999))
    return with_check_digit(f"{born:%Y%m}{day:02}{birth_number:03}")


# --- public test material ------------------------------------------------------------------------


def test_all_numbers_that_skatteverket_gives_for_tests_are_accepted(conformance: Path) -> None:
    for name, coordination in (("allCoords.json", True), ("somePins.json", False)):
        for digits in json.loads((conformance / "personnummer" / name).read_text()):
            number = parse(digits)
            assert number.digits == digits
            assert number.is_coordination is coordination, digits
            assert parse(str(number)) == number


def test_every_format_of_a_listed_number_gets_its_verdict(conformance: Path) -> None:
    formats = ("short_format", "separated_format", "long_format", "separated_long")
    for entry in json.loads((conformance / "personnummer" / "list.json").read_text()):
        texts = {entry[name] for name in formats} | {str(entry["integer"])}
        if entry["integer"] == 0:
            # Its unseparated formats are those of a number that the same file calls valid.
            texts = {"0", entry["separated_format"], entry["separated_long"]}
        for text in texts:
            if entry["valid"]:
                number = parse(text)
                assert number.digits[2:] == entry["long_format"][2:]
                assert number.is_coordination is (entry["type"] == "con")
                if len(text) > 11 or "+" in text:
                    assert number.digits == entry["long_format"]
            else:
                assert refusal(text)


def test_every_structured_number_gets_its_verdict(conformance: Path) -> None:
    kinds = json.loads((conformance / "personnummer" / "structured.json").read_text())
    for kind in kinds.values():
        valid = {str(value) for values in kind.values() for value in values["valid"]}
        # Two spellings without a sign stand in both lists.
        invalid = {str(value) for values in kind.values() for value in values["invalid"]} - valid
        assert valid
        assert invalid
        for text in valid:
            assert parse(text)
            assert as_typed(text) is None
        for text in invalid:
            assert refusal(text)


def test_organisations_are_refused_as_such(conformance: Path) -> None:
    for entry in json.loads((conformance / "personnummer" / "orgnumber.json").read_text()):
        digits = entry["short_format"]
        for text in (digits, entry["separated_format"], "16" + digits, f"16{digits[:6]}-{digits[6:]}"):
            assert "organisation" in refusal(text), text
            assert "organisation" in (as_typed(text) or ""), text


def test_interim_numbers_are_refused_with_their_own_message(conformance: Path) -> None:
    formats = ("short_format", "separated_format", "long_format", "separated_long")
    for entry in json.loads((conformance / "personnummer" / "interim.json").read_text()):
        for text in (entry[name] for name in formats):
            assert ("Interim" in refusal(text)) is entry["valid"], text


# --- what is accepted ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "191212121212",
        "19121212-1212",
        "19121212+1212",
        "121212+1212",
        " 19121212-1212 ",
        "19 121212-1212",
        "19 121212 - 1212",
        "121212 +1212",
    ],
)
def test_one_person_in_many_spellings(text: str) -> None:
    assert parse(text).digits == "191212121212"
    assert as_typed(text) is None
    assert not century_guessed(text)


@pytest.mark.parametrize("text", ["121212-1212", "1212121212", " 121212 - 1212"])
def test_ten_digits_mean_the_latest_century_and_say_so(text: str) -> None:
    assert parse(text).digits == "201212121212"
    assert parse(text, date(2012, 12, 12)).digits == "201212121212"
    assert parse(text, date(2012, 12, 11)).digits == "191212121212"
    assert century_guessed(text)


@pytest.mark.parametrize(
    "text", ["", "12121212", "12121212121", "121212+1212", "121212 1212", "121212-1212\n", "121212-121２"]
)
def test_nothing_else_is_called_a_guess(text: str) -> None:
    assert not century_guessed(text)


def test_plus_begins_in_the_year_of_the_hundredth_birthday() -> None:
    digits = with_check_digit("19261231123")
    assert parse(f"{digits[2:8]}+{digits[8:]}").digits == digits
    assert parse(f"{digits[:8]}+{digits[8:]}").digits == digits
    assert "+ is for" in refusal(f"{digits[:8]}+{digits[8:]}", date(2025, 12, 31))
    assert parse(f"{digits[2:8]}+{digits[8:]}", date(2025, 12, 31)).digits == "18" + digits[2:]


def test_the_leap_day_belongs_to_a_leap_year() -> None:
    assert parse(with_check_digit("20000229239")).birth_date == date(2000, 2, 29)
    assert parse("000229-2399").birth_date == date(2000, 2, 29)
    assert "no such date" in refusal("000229+2399")
    assert "no such date" in refusal(with_check_digit("20230229239"))


@pytest.mark.parametrize(
    ("eleven", "born"),
    [
        ("19701063239", date(1970, 10, 3)),
        ("19701091239", date(1970, 10, 31)),
        ("19701060239", None),
        ("19700063239", None),
        ("19700060239", None),
        ("19700491239", None),
    ],
)
def test_coordination_numbers_may_leave_the_birth_date_open(eleven: str, born: date | None) -> None:
    number = parse(with_check_digit(eleven))
    assert number.is_coordination
    assert number.birth_date == born
    assert (number.age(TODAY) is None) is (born is None)


@pytest.mark.parametrize(
    ("born", "today", "age"),
    [
        ("20000314", date(2026, 3, 13), 25),
        ("20000314", date(2026, 3, 14), 26),
        ("20000229", date(2026, 2, 27), 25),
        ("20000229", date(2026, 2, 28), 26),
        ("20000229", date(2028, 2, 28), 27),
        ("20000229", date(2028, 2, 29), 28),
        ("20260314", TODAY, 0),
    ],
)
def test_age_in_whole_years(born: str, today: date, age: int) -> None:
    assert parse(with_check_digit(born + "123"), today).age(today) == age


# --- what is refused, and how --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "Enter a personal"),
        ("   ", "Enter a personal"),
        ("19121", "Too few"),
        ("19121212121", "Too few"),
        ("19121212-121", "Too few"),
        ("121212-121", "Too few"),
        ("1912121212", "Two digits are missing"),
        ("12121212121", "Too many"),
        ("1912121212121", "Too many"),
        ("19121212-12121", "Too many"),
        ("121212-12121", "Too many"),
        ("1912121-21212", "right before the last four"),
        ("-191212121212", "right before the last four"),
        ("191212-12-1212", "right before the last four"),
        ("191212121212-", "right before the last four"),
        ("19121212 1212", "Leave out the space"),
        ("121212 1212", "Leave out the space"),
        ("1912 12 12-1212", "Leave out the space"),
        ("19  121212-1212", "Leave out the space"),
        ("19121212/1212", "digits only"),
        ("19121212–1212", "digits only"),
        ("19121212-1212\n", "digits only"),
        ("19121212\t1212", "digits only"),
        ("19121212\u00a01212", "digits only"),
        ("１９１２１２１２１２１２", "digits only"),
        ("١٩١٢١٢١٢١٢١٢", "digits only"),
        ("191212121212\0", "digits only"),
        ("Anna Andersson", "digits only"),
        ("20000101-E221", "digits only"),
        ("20000101-\u212a220", "digits only"),
        ("20000101-t220", "Interim"),
        ("171212121212", "18, 19 or 20"),
        ("21121212-1212", "must begin with 18, 19 or 20"),
        ("191213121212", "no such date"),
        ("191200121212", "no such date"),
        ("191212001212", "no such date"),
        ("191212321212", "no such date"),
        ("191212591212", "no such date"),
        ("191212921212", "no such date"),
        ("191204311212", "no such date"),
        ("130431-1212", "no such date"),
        ("202603151212", "in the future"),
        ("202604601212", "in the future"),
        ("202700601212", "in the future"),
        ("202603751212", "in the future"),
        ("191212120008", "can't be 000"),
        ("191212121213", "A digit is wrong"),
        ("191212211212", "A digit is wrong"),
        ("19121212-1213", "A digit is wrong"),
        ("8501011235", "A digit is wrong"),
        ("5560125790", "organisation"),
        ("202100-5448", "organisation"),
        ("2021005448", "organisation"),
        ("165560125790", "organisation"),
    ],
)
def test_a_refusal_says_what_is_wrong(text: str, fragment: str) -> None:
    assert fragment in refusal(text)


def test_a_child_can_be_written_to_from_the_day_of_birth() -> None:
    today = with_check_digit("20260314123")
    assert parse(today).birth_date == TODAY
    assert "in the future" in refusal(today, date(2026, 3, 13))


def test_too_few_says_how_many_so_far() -> None:
    with pytest.raises(Invalid) as caught:
        parse("19 121")
    assert caught.value.problems[0].message.parts == {"count": 5}


# --- as it is typed ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("191212-121", None),
        ("191212-1212", "A digit is wrong"),
        ("1", None),
        ("7", None),
        ("85", None),
        ("850", None),
        ("855", "organisation"),
        ("2027", "in the future"),
        ("2026031", None),
        ("2026032", "in the future"),
        ("2026037", None),
        ("2026039", "in the future"),
        ("19139", "no such date"),
        ("19120230", None),  # may become 191202-30NN
        ("19120230-", "no such date"),
        ("19120230123", "no such date"),
        ("19120003", "no such date"),
        ("1912000", "no such date"),
        ("1912006", None),
        ("8504", None),
        ("85044", "no such date"),
        ("85-", "right before the last four"),
        ("850412-", None),
        ("850412-000", "can't be 000"),
        ("8504120001", "can't be 000"),
        ("1912121200", None),
        ("19121212000", "can't be 000"),
        ("19121212+", None),
        ("19 ", None),
        ("19 1", None),
        ("121212 ", None),
        ("121212 1", "Leave out the space"),
        ("20121212+", "+ is for"),
        ("1912121212", None),
        ("850412123", None),
        ("85041212345", "Too many"),
        ("20000101T", "Interim"),
        ("19x", "digits only"),
    ],
)
def test_a_typist_is_told_as_soon_as_it_is_certain(text: str, fragment: str | None) -> None:
    told = as_typed(text)
    assert told is None if fragment is None else fragment in (told or "")


@given(valid_digits())
def test_typing_a_right_number_is_never_interrupted(digits: str) -> None:
    for text in (digits, f"{digits[:8]}-{digits[8:]}", digits[2:], f"{digits[2:8]}-{digits[8:]}"):
        for end in range(len(text) + 1):
            assert check_as_typed(text[:end], today=TODAY) is None, text[:end]


@given(st.from_regex(r"(?:18|19|20)?[0-9]{2}[01][0-9][0-9]{2}[-+]?[0-9]{0,5}", fullmatch=True))
def test_what_is_certainly_wrong_stays_wrong_and_is_never_accepted(text: str) -> None:
    told = [check_as_typed(text[:end], today=TODAY) is not None for end in range(len(text) + 1)]
    assert told == sorted(told)
    try:
        parse(text)
    except Invalid:
        return
    assert not told[-1]


# --- the value -----------------------------------------------------------------------------------


@given(valid_digits())
def test_what_is_written_is_read_back(digits: str) -> None:
    number = parse(digits)
    assert number.digits == digits
    assert parse(str(number)) == number
    assert parse(number.digits) == number


@given(valid_digits(), st.integers(0, 11), st.integers(1, 9))
def test_one_mistyped_digit_never_reaches_another_person(digits: str, place: int, by: int) -> None:
    other = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]
    if place >= 2:  # the check digit does not cover the century
        assert refusal(other)


@given(st.text() | st.text("0123456789+- TRSé٣\n"), st.dates())
def test_no_text_raises_anything_but_invalid(text: str, today: date) -> None:
    told = check_as_typed(text, today=today)
    assert told is None or isinstance(told, Message)
    assert century_guessed(text) in {True, False}
    try:
        number = parse(text, today)
    except Invalid:
        assert refusal(text, today)
    else:
        assert told is None
        assert number.digits.isascii()
        assert parse(str(number), today) == number


def test_numbers_are_values() -> None:
    older, younger = parse("191212121212"), parse("201212121212")
    assert {older, parse("19121212-1212")} == {older}
    assert sorted([younger, older]) == [older, younger]
    assert str(older) == "19121212-1212"
    assert pickle.loads(pickle.dumps(older)) == older  # noqa: S301
    with pytest.raises(AttributeError):
        older.digits = "201212121212"  # type: ignore[misc]


@pytest.mark.parametrize("digits", ["", "1212121212", "19121212-1212", "191212121213", "191212121212\n"])
def test_a_number_cannot_be_made_of_anything_else(digits: str) -> None:
    with pytest.raises(Invalid):
        PersonalIdentityNumber(digits)


def test_making_a_number_of_wrong_digits_says_what_is_wrong() -> None:
    with pytest.raises(Invalid) as caught:
        PersonalIdentityNumber("191212121213")
    (problem,) = caught.value.problems
    assert problem == Problem("number", Message("A digit is wrong: the last one does not match the others."))


def test_letters_around_a_number_are_not_taken_away() -> None:
    assert "Use digits only" in refusal("X19121212-1212X")


def test_a_separated_birth_in_the_future_is_refused() -> None:
    assert "in the future" in refusal("20300101-" + with_check_digit("20300101123")[8:])


@pytest.mark.parametrize("born", [date(2026, 1, 1), date(2026, 1, 15), date(2026, 3, 1)])
def test_a_child_that_is_born_today_has_a_number(born: date) -> None:
    digits = with_check_digit(f"{born:%Y%m%d}239")
    assert parse(digits, born).birth_date == born
    assert as_typed(digits, born) is None


def test_too_few_digits_are_counted() -> None:
    with pytest.raises(Invalid) as caught:
        parse("19121212-12")
    (problem,) = caught.value.problems
    assert str(problem.message) == "Too few digits so far (10): enter 10, or 12 with the century."

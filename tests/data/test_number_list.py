"""Lists of numbers as they are pasted."""

from __future__ import annotations

import pytest

from data.domain.number_list import distinct, read_list
from tests.conftest import TODAY

TOLVAN, OTHER = "19121212-1212", "19690909-2394"


def numbers(text: str) -> list[str]:
    listed = read_list(text, today=TODAY)
    assert not [one for one in listed if one.fault]
    return [str(one.number) for one in listed]


@pytest.mark.parametrize("between", ["\n", ",", ", ", ";", " ; ", "\t", " ", "  ", "\n\n", ",\n", " \n "])
def test_numbers_stand_on_lines_or_with_signs_between(between: str) -> None:
    assert numbers(f"{TOLVAN}{between}{OTHER}") == [TOLVAN, OTHER]


@pytest.mark.parametrize("typed", ["191212121212", "121212+1212", "19 121212 - 1212", " 19121212-1212 "])
def test_a_number_is_written_as_in_a_field_of_its_own(typed: str) -> None:
    assert numbers(f"{typed}\n{OTHER}") == [TOLVAN, OTHER]
    assert numbers(f"{OTHER}, {typed}") == [OTHER, TOLVAN]


def test_what_is_wrong_is_said_with_its_line() -> None:
    listed = read_list(f"{TOLVAN}\n\n19121212-1213, {OTHER}\nTolvan Tolvansson", today=TODAY)

    assert [(one.line, one.text, one.fault is None) for one in listed] == [
        (1, TOLVAN, True),
        (3, "19121212-1213", False),
        (3, OTHER, True),
        (4, "Tolvan", False),
        (4, "Tolvansson", False),
    ]


def test_a_number_counts_once_however_it_is_written() -> None:
    listed = read_list(f"{TOLVAN}\n191212121212\n121212+1212\n{OTHER}\nfel", today=TODAY)

    assert list(map(str, distinct(listed))) == [TOLVAN, OTHER]


@pytest.mark.parametrize("text", ["", " ", "\n\n", ",;\t"])
def test_nothing_is_an_empty_list(text: str) -> None:
    assert read_list(text, today=TODAY) == ()

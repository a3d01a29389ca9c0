"""Options as lines: what is written at the end of a line, and that every option is read back as it was."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.forms import Option
from data.domain.limits import LINE_LIMIT
from data.domain.text import clean
from tui.building.option_lines import as_lines, from_lines, has_too_long


def read(text: str, *current: Option) -> list[tuple[str, Decimal | None, bool]]:
    options = from_lines(text, current, (), lambda: "x")
    return [(option.wording, option.points, option.exclusive) for option in options]


@pytest.mark.parametrize(
    ("line", "wording", "points", "exclusive"),
    [
        ("Ja", "Ja", None, False),
        ("Ja = 2", "Ja", 2, False),
        ("Ja = −1,5", "Ja", Decimal("-1.5"), False),
        ("Ja =", "Ja", None, False),
        ("Inget av detta !", "Inget av detta", None, True),
        ("Inget av detta = 0 !", "Inget av detta", 0, True),
        ("Ja!", "Ja!", None, False),
        ("a=2", "a=2", None, False),
        ("Ja = två", "Ja = två", None, False),
        ("2 + 2 = 4 =", "2 + 2 = 4", None, False),
        ("2 + 2 = 4 = 1", "2 + 2 = 4", 1, False),
        ("Hej ! =", "Hej !", None, False),
    ],
)
def test_what_the_end_of_a_line_means(
    line: str, wording: str, points: Decimal | None, exclusive: bool
) -> None:
    assert read(line) == [(wording, points, exclusive)]


WORDINGS = st.one_of(
    st.text(alphabet="a !=2,-", max_size=12),
    st.text(max_size=20),
).map(lambda text: clean(text, limit=LINE_LIMIT))
OPTIONS = st.lists(
    st.builds(
        Option,
        id=st.from_regex(r"[a-z][a-z0-9]{3}", fullmatch=True),
        wording=WORDINGS,
        points=st.none() | st.integers(-99, 99).map(Decimal) | st.just(Decimal("0.5")),
        exclusive=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda option: option.id,
).map(tuple)


@given(options=OPTIONS)
def test_every_option_is_read_back_as_it_was(options: tuple[Option, ...]) -> None:
    once = from_lines(as_lines(options), options, (), lambda: "x")
    assert sorted(once, key=str) == sorted(options, key=str)


def test_changing_points_keeps_the_option() -> None:
    before = (Option(id="a", wording="Ja", points=Decimal(1)), Option(id="b", wording="Nej"))
    after = from_lines("Nej !\nJa = 3", before, (), lambda: "x")
    assert [option.id for option in after] == ["b", "a"]


def test_too_long_is_told_of_the_wording_alone() -> None:
    assert not has_too_long("x" * LINE_LIMIT + " = 3 !")
    assert has_too_long("Ja\n" + "x" * (LINE_LIMIT + 1))


def test_long_lines_of_spaces_take_no_time() -> None:
    assert len(read("a" + " " * 9_000 + "b")) == 1

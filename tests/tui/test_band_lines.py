"""The bands of a score, typed one a line."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain.reading import Refused
from data.domain.scores import Band
from tui.building.band_lines import bands_in, lines_of

_POINTS = st.none() | st.decimals(-999, 999, places=2)
_WORDS = st.text(max_size=30) | st.sampled_from(["9 gånger", "–9 x", ": x", "- 3", "-4–5 ja", "5", "–", ""])
BANDS = st.builds(Band, least=_POINTS, most=_POINTS, wording=_WORDS)


def band(least: str | None, most: str | None, wording: str) -> Band:
    return Band(
        least=None if least is None else Decimal(least),
        most=None if most is None else Decimal(most),
        wording=wording,
    )


@given(st.lists(BANDS, max_size=4))
def test_every_band_survives_being_written_and_read(bands: list[Band]) -> None:
    assert bands_in(lines_of(bands)) == tuple(bands)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Refused):
        bands = bands_in(text)
        assert bands_in(lines_of(bands)) == bands


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("0–4 ingen", band("0", "4", "ingen")),
        ("5-9 lindrig", band("5", "9", "lindrig")),
        ("5 - 9 lindrig", band("5", "9", "lindrig")),
        ("10– svår", band("10", None, "svår")),
        ("–4 ingen", band(None, "4", "ingen")),
        ("-4 ingen", band(None, "4", "ingen")),
        ("-5–-1 under noll", band("-5", "-1", "under noll")),
        ("7 precis", band("7", "7", "precis")),
        ("0,5–1,5: halv", band("0.5", "1.5", "halv")),
        ("0–4", band("0", "4", "")),
        ("– okänt", band(None, None, "okänt")),
    ],
)
def test_lines_are_understood_as_people_write_them(line: str, expected: Band) -> None:
    assert bands_in(f"\n  {line}  \n") == (expected,)


def test_bands_are_written_in_the_plainest_way() -> None:
    bands = (band("0", "4", "ingen"), band("5", None, "lindrig"), band("10", None, "9 gånger"))
    assert lines_of(bands) == "0–4 ingen\n5– lindrig\n10–: 9 gånger"
    assert lines_of((band("0", "0", "ingen"), band("-1", "-1", "under"))) == "0 ingen\n-1–-1 under"


def test_the_line_that_can_t_be_read_is_named() -> None:
    with pytest.raises(Refused, match="många"):
        bands_in("0–4 ingen\nmånga")

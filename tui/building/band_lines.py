"""The bands of a score as lines to type: `0–4 none`, `5–9 mild`, `10– severe`, one band a line.

An end that is left out is open, a single number is a band of its own, and any dash will do. A colon may stand
between the numbers and the words; it does where the words could be taken for a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from data.domain.reading import Refused, read_decimal
from data.domain.scores import Band
from data.domain.text import clean

_NUMBER = r"[-−]?[0-9]+(?:[.,][0-9]+)?"
_RANGE = re.compile(rf"({_NUMBER})?[ ]*[-–—][ ]*({_NUMBER})?(?:[ ]*:[ ]*|[ ]+|$)(.*)")
_SINGLE = re.compile(rf"({_NUMBER})(?:[ ]*:[ ]*|[ ]+|$)(.*)")


def lines_of(bands: Iterable[Band]) -> str:
    """The bands one a line; `bands_in` reads them back unchanged."""
    return "\n".join(map(_line_of, bands))


def bands_in(text: str) -> tuple[Band, ...]:
    """The bands of the lines, empty ones left out; raises `Refused` with the line that can't be read."""
    lines = (clean(line) for line in text.split("\n"))
    return tuple(_band_in(line) for line in lines if line)


def _line_of(band: Band) -> str:
    ends = f"{_number(band.least)}–{_number(band.most)}"
    lines = [f"{ends} {band.wording}".rstrip()]
    if band.least is not None and band.least == band.most:
        lines.insert(0, f"{_number(band.least)} {band.wording}".rstrip())
    return next((line for line in lines if _means(line, band)), f"{ends}: {band.wording}")


def _means(line: str, band: Band) -> bool:
    try:
        return _band_in(line) == band
    except Refused:
        return False


def _band_in(line: str) -> Band:
    if match := _RANGE.fullmatch(line):
        least, most, wording = match.groups()
    elif match := _SINGLE.fullmatch(line):
        least, wording = match.groups()
        most = least
    else:
        raise Refused("“{line}” does not begin with points: write like 0–4 none", line=line)
    return Band(least=_points(least), most=_points(most), wording=wording)


def _points(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(read_decimal(text))


def _number(points: Decimal | None) -> str:
    return "" if points is None else read_decimal(points).replace(".", ",")

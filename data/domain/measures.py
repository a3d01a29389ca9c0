"""Questions that are answered by a date, a time or a number."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar, Literal

from data.domain.conditions import ORDER, Test
from data.domain.errors import Message
from data.domain.items import Question, Value
from data.domain.reading import (
    MOST_DECIMALS,
    Amount,
    Clock,
    Day,
    Line,
    Moment,
    Refused,
    Whole,
    read_day,
    read_decimal,
    read_moment,
    read_time,
    read_whole,
)


class Measure(Question):
    """An answer between `least` and `most`, both themselves allowed; None leaves that end open."""

    TESTS: ClassVar[frozenset[Test]] = ORDER

    def read(self, typed: object) -> Value | None:
        value: Value = self.wanted(typed)
        least, most = self.bounds
        if least is not None and self.order(value) < least:
            raise self._below(value=self.in_words(value), least=self.in_words(str(least)))
        if most is not None and self.order(value) > most:
            raise self._above(value=self.in_words(value), most=self.in_words(str(most)))
        return value

    @abstractmethod
    def wanted(self, typed: object) -> Value: ...

    @property
    def bounds(self) -> tuple[Any, Any]:
        """The least and the most as `order` has them."""
        ends: dict[str, Any] = dict(self)
        return ends["least"], ends["most"]

    def problems(self) -> Iterator[tuple[str, Message]]:
        yield from super().problems()
        least, most = self.bounds
        if least is not None and most is not None and least > most:
            yield "most", self._crossed()

    def _below(self, **parts: object) -> Refused:
        return Refused("{value} is too low: at least {least}", **parts)

    def _above(self, **parts: object) -> Refused:
        return Refused("{value} is too high: at most {most}", **parts)

    def _crossed(self) -> Message:
        return Message("The least is more than the most: change one of them")


class _Moment(Measure):
    """A point in time, which is early or late and not low or high."""

    def _below(self, **parts: object) -> Refused:
        return Refused("{value} is too early: at the earliest {least}", **parts)

    def _above(self, **parts: object) -> Refused:
        return Refused("{value} is too late: at the latest {most}", **parts)

    def _crossed(self) -> Message:
        return Message("The earliest is after the latest: change one of them")


class Date(_Moment):
    """Answered by a calendar date."""

    kind: Literal["date"] = "date"
    least: Day = None
    most: Day = None

    def wanted(self, typed: object) -> Value:
        return read_day(typed)


class Time(_Moment):
    """Answered by a time of day, to the minute."""

    kind: Literal["time"] = "time"
    least: Clock = None
    most: Clock = None

    def wanted(self, typed: object) -> Value:
        return read_time(typed)


class DateTime(_Moment):
    """Answered by a date and a time of day in Sweden."""

    kind: Literal["date_time"] = "date_time"
    least: Moment = None
    most: Moment = None

    def in_words(self, value: Value) -> str | Message:
        return str(value).replace("T", " ")

    def wanted(self, typed: object) -> Value:
        return read_moment(typed)


class WholeNumber(Measure):
    """Answered by a whole number."""

    kind: Literal["whole_number"] = "whole_number"
    least: Whole = None
    most: Whole = None
    unit: Line = ""

    def in_words(self, value: Value) -> str | Message:
        return f"{value} {self.unit}".rstrip()

    def wanted(self, typed: object) -> Value:
        return read_whole(typed)


class DecimalNumber(Measure):
    """Answered by a decimal number of at most `decimals` decimals; its value is text such as `37.5`."""

    kind: Literal["decimal_number"] = "decimal_number"
    least: Amount = None
    most: Amount = None
    decimals: Whole = None
    unit: Line = ""

    def read(self, typed: object) -> Value | None:
        value = super().read(typed)
        if self.decimals is not None and len(str(value).partition(".")[2]) > self.decimals:
            raise Refused("Too many decimals: at most {decimals}", decimals=self.decimals)
        return value

    def order(self, value: Value) -> Any:
        return Decimal(str(value))

    def in_words(self, value: Value) -> str | Message:
        return f"{str(value).replace('.', ',')} {self.unit}".rstrip()

    def problems(self) -> Iterator[tuple[str, Message]]:
        yield from super().problems()
        if self.decimals is not None and not 0 <= self.decimals <= MOST_DECIMALS:
            yield "decimals", Message("Write a number from {least} to {most}", least=0, most=MOST_DECIMALS)

    def wanted(self, typed: object) -> Value:
        return read_decimal(typed)

"""Values that travel between the layers: made whole, never changed, equal when they say the same."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import pytest

from data.domain.value import Frozen

Row = TypeVar("Row")


class Hold(Frozen):
    reason: str
    by: str = ""


class LongHold(Hold):
    years: int


class After(Frozen, Generic[Row], kw_only=False):
    row: Row
    count: int = 1


class Before(Frozen, Generic[Row], kw_only=False):
    row: Row
    count: int = 1


def test_a_value_has_what_it_was_given_and_else_what_its_class_says() -> None:
    assert (Hold(reason="court").reason, Hold(reason="court").by) == ("court", "")
    assert LongHold(reason="court", years=3) == LongHold(years=3, by="", reason="court")
    assert repr(After("x")) == "After(row='x', count=1)"
    assert After("x", 2).count == 2
    assert After("x", count=2) == After(row="x", count=2)


@pytest.mark.parametrize(
    ("kind", "placed", "named"),
    [
        (Hold, (), {}),
        (Hold, ("court",), {}),
        (Hold, (), {"reason": "court", "bye": ""}),
        (LongHold, (), {"reason": "court"}),
        (After, (), {}),
        (After, ("x", 1, 2), {}),
    ],
)
def test_a_value_that_would_not_be_whole_is_not_made(
    kind: Any, placed: tuple[object, ...], named: dict[str, object]
) -> None:
    with pytest.raises(TypeError, match=kind.__name__):
        kind(*placed, **named)


def test_a_value_does_not_change() -> None:
    hold = Hold(reason="court")
    with pytest.raises(AttributeError, match="frozen"):
        hold.reason = "none"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="frozen"):
        del hold.by
    assert hold.model_copy(update={"by": "Bo"}) == Hold(reason="court", by="Bo")
    assert hold == Hold(reason="court")


def test_values_are_equal_when_kind_and_fields_are() -> None:
    assert After("x") == After("x")
    assert len({After("x"), After("x"), After("y"), Before("x")}) == 3
    assert Before("x") != After("x")


def test_a_value_is_taken_apart_by_place() -> None:
    match After("x", 2):
        case Before():
            pytest.fail("another kind")
        case After(row, count):
            assert (row, count) == ("x", 2)

"""A form's tree of items, edited by paths: only what lies around a change is made anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from data.domain.conditions import ShownWhen
from data.domain.forms import SECTION_DEPTH, AnyItem, Form, Place, Section, WhiteBox, mapped


@dataclass(frozen=True)
class Spot:
    """Between two items: in the section with that id, None for the top, behind `at` items of it."""

    section: str | None
    at: int


Target: TypeAlias = Callable[[Form, Place], Spot | None]
"""Where an item goes from its place, counted without the item; None when it can't."""


def ids_in(item: AnyItem) -> Iterator[str]:
    """The ids of an item and of all in it."""
    yield item.id
    if isinstance(item, Section):
        for inner in item.items:
            yield from ids_in(inner)


# Where things are


def below(form: Form, place: Place) -> Spot:
    """Right after an item, in the same section."""
    return Spot(_section(place), _index(form, place) + 1)


def after_section(form: Form, place: Place) -> Spot:
    """After the innermost section that the item lies in, or is; right after the item when there is none."""
    if isinstance(place.item, Section) or not place.within:
        return below(form, place)
    return below(form, around(place))


def up_from(form: Form, place: Place) -> Spot | None:
    """Where an item goes that moves up by one line, counted without the item; None at the top."""
    index = _index(form, place)
    if index == 0:
        return Spot(_section(around(place)), _index(form, around(place))) if place.within else None
    return inward(form, place) or Spot(_section(place), index - 1)


def down_from(form: Form, place: Place) -> Spot | None:
    """Where an item goes that moves down by one line, counted without the item; None at the end."""
    index = _index(form, place)
    beside = siblings(form, place.within)
    if index + 1 == len(beside):
        return outward(form, place)
    after = beside[index + 1]
    if isinstance(after, Section) and fits(place.item, len(place.within) + 1):
        return Spot(after.id, 0)
    return Spot(_section(place), index + 1)


def inward(form: Form, place: Place) -> Spot | None:
    """The end of the section right before an item; None when there is none, or no room for it."""
    index = _index(form, place)
    before = siblings(form, place.within)[index - 1] if index else None
    if isinstance(before, Section) and fits(place.item, len(place.within) + 1):
        return Spot(before.id, len(before.items))
    return None


def outward(form: Form, place: Place) -> Spot | None:
    """Right after the section that an item lies in; None when it lies in none."""
    return below(form, around(place)) if place.within else None


def fits(item: AnyItem, depth: int) -> bool:
    """Whether an item may lie in that many sections; a section takes room for something in it."""
    return depth + _height(item) <= SECTION_DEPTH


def around(place: Place) -> Place:
    """The place of the section that an item lies in."""
    *outer, section = place.within
    return Place(item=section, within=tuple(outer))


def siblings(form: Form, within: Sequence[Section]) -> tuple[AnyItem, ...]:
    """The items of the innermost of these sections, or those at the top for none."""
    return within[-1].items if within else form.items


# Changing it


def replaced(form: Form, place: Place, item: AnyItem) -> Form:
    """The form with another item in that place."""
    beside = siblings(form, place.within)
    return _with(form, place.within, tuple(item if one is place.item else one for one in beside))


def removed(form: Form, place: Place) -> Form:
    """The form without an item, and without what lies in it."""
    beside = siblings(form, place.within)
    return _with(form, place.within, tuple(one for one in beside if one is not place.item))


def inserted(form: Form, spot: Spot, item: AnyItem) -> Form:
    """The form with one more item. KeyError for a section that is not there."""
    within: tuple[Section, ...] = ()
    if spot.section is not None:
        place = form.place(spot.section)
        if place is None or not isinstance(place.item, Section):
            raise KeyError(spot.section)
        within = (*place.within, place.item)
    beside = siblings(form, within)
    return _with(form, within, (*beside[: spot.at], item, *beside[spot.at :]))


def copied(item: AnyItem, new_id: Callable[[], str]) -> tuple[AnyItem, dict[str, str]]:
    """A copy with fresh ids, and which id became which.

    A condition on something that is copied too asks about the copy.
    """
    ids = {old: new_id() for old in ids_in(item)}

    def renamed(one: AnyItem) -> AnyItem:
        changes: dict[str, object] = {"id": ids[one.id]}
        if not isinstance(one, WhiteBox) and one.shown_when is not None:
            changes["shown_when"] = _asking(one.shown_when, ids)
        return one.model_copy(update=changes)

    (copy,) = mapped((item,), renamed)
    return copy, ids


def _asking(shown_when: ShownWhen, ids: dict[str, str]) -> ShownWhen:
    conditions = (
        one.model_copy(update={"question": ids.get(one.question, one.question)})
        for one in shown_when.conditions
    )
    return shown_when.model_copy(update={"conditions": tuple(conditions)})


def _with(form: Form, within: Sequence[Section], items: Iterable[AnyItem]) -> Form:
    """The form with these items in the innermost of the sections, or at the top for none."""
    if not within:
        return form.model_copy(update={"items": tuple(items)})
    *outer, section = within
    changed = section.model_copy(update={"items": tuple(items)})
    return _with(form, outer, (changed if one is section else one for one in siblings(form, outer)))


def _section(place: Place) -> str | None:
    return place.within[-1].id if place.within else None


def _index(form: Form, place: Place) -> int:
    """How many items come before it in its section."""
    beside = siblings(form, place.within)
    return next(index for index, one in enumerate(beside) if one is place.item)


def _height(item: AnyItem) -> int:
    """How many sections lie below each other in an item, itself counted."""
    if not isinstance(item, Section):
        return 0
    return 1 + max((_height(inner) for inner in item.items), default=0)

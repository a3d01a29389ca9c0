"""What differs between two forms: part by part, field by field.

Parts are known by their ids, so an item that was moved or reworded is the same item still. Two drafts of a
form may hold one id twice; the first of the one is then the first of the other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from textwrap import shorten
from typing import Any

from pydantic.fields import FieldInfo

from data.domain.choices import Choice
from data.domain.errors import Message
from data.domain.forms import Form, Section
from data.domain.validated import Validated


class Act(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"


class Part(StrEnum):
    FORM = "form"
    ITEM = "item"
    SCORE = "score"


class Spot(Validated):
    """Where something stands: in which section ("" in none), and after what ("" first there)."""

    section: str = ""
    after: str = ""


class Change(Validated):
    """One difference.

    `id` is the item's or the score's, "" for the form itself; `called` is its wording or name, or its id
    when it has none, and `kind` the item's. A difference within a choice's options names the `option` too.

    - ADDED, REMOVED and MOVED without a `field`: `before` and `after` are `Spot`s, None where it is not.
      What an added part holds beside its wording follows as ADDED with a `field`, so too for a removed one.
    - CHANGED: the `field`, with its value `before` and `after`. When the kind changed, a field that the
      kind does not have is None.
    """

    act: Act
    part: Part
    id: str = ""
    called: str = ""
    kind: str = ""
    option: str = ""
    option_called: str = ""
    field: str = ""
    before: object = None
    after: object = None


def diff(old: Form, new: Form) -> tuple[Change, ...]:
    """Every difference, in the order of the new form; what was removed stands where it stood.

    Empty if and only if the forms are equal.
    """
    return (
        *_field_changes(old, new, {"act": Act.CHANGED, "part": Part.FORM}),
        *_part_changes(Part.ITEM, _nodes(old.items), _nodes(new.items)),
        *_part_changes(Part.SCORE, _nodes(old.scores), _nodes(new.scores)),
    )


SUMMARY_LINES = 20


def summary(changes: Sequence[Change]) -> tuple[Message, ...]:
    """The differences in short: a sentence for the form itself and for each part, `SUMMARY_LINES` at most."""
    acts: dict[tuple[Part, str, str], Act] = {}
    for change in changes:
        # A part that was both moved and changed is said to be changed.
        within = change.field or change.option
        act = Act.CHANGED if within and change.act is not Act.MOVED else change.act
        key = (change.part, change.id, change.called)
        if acts.get(key, Act.MOVED) is Act.MOVED:
            acts[key] = act
    lines = [_in_short(part, called, act) for (part, _id, called), act in acts.items()]
    if len(lines) <= SUMMARY_LINES:
        return tuple(lines)
    rest = len(lines) - SUMMARY_LINES + 1
    return (*lines[: SUMMARY_LINES - 1], Message("And {count} more changes", count=rest))


def _in_short(part: Part, called: str, act: Act) -> Message:
    called = shorten(called.partition("\n")[0], 80, placeholder="…")
    if part is Part.FORM:
        return Message("Changed title, instructions or whether the patient can answer")
    match act:
        case Act.ADDED:
            return Message("Added “{part}”", part=called)
        case Act.REMOVED:
            return Message("Removed “{part}”", part=called)
        case Act.MOVED:
            return Message("Moved “{part}”", part=called)
        case Act.CHANGED:
            return Message("Changed “{part}”", part=called)


_STRUCTURE = frozenset({"id", "items", "options", "scores"})
"""Fields that are compared part by part."""

_NAMING = frozenset({"kind", "name", "wording"})
"""Fields that `Change` itself says of a part that was added or removed."""

_Key = tuple[str, int]
"""An id, and how many with that id stand before."""


@dataclass(frozen=True)
class _Node:
    """A part of a form in its place among its siblings."""

    thing: Validated
    section: _Node | None
    previous: _Node | None
    key: _Key

    @property
    def called(self) -> str:
        # A white box has a name for placeholders, but people know it by its wording.
        wording = getattr(self.thing, "wording", None) or getattr(self.thing, "name", "")
        return wording or self.key[0]

    @property
    def spot(self) -> Spot:
        return Spot(
            section=self.section.called if self.section else "",
            after=self.previous.called if self.previous else "",
        )


_Nodes = dict[_Key, _Node]


def _nodes(things: Iterable[Any], section: _Node | None = None, found: _Nodes | None = None) -> _Nodes:
    """All parts in the order of reading."""
    found = {} if found is None else found
    previous = None
    for thing in things:
        count = 0
        while (thing.id, count) in found:
            count += 1
        node = _Node(thing, section, previous, (thing.id, count))
        found[node.key] = previous = node
        if isinstance(thing, Section):
            _nodes(thing.items, node, found)
    return found


def _part_changes(part: Part, old: _Nodes, new: _Nodes) -> Iterator[Change]:
    moved = _moved(old, new)
    for key in _merged(old, new):
        before, after = old.get(key), new.get(key)
        node = after or old[key]
        about = {
            "part": part,
            "id": key[0],
            "called": node.called,
            "kind": getattr(node.thing, "kind", ""),
        }
        yield from _node_changes(before, after, key in moved, about)
        was, became = _options(before), _options(after)
        moved_options = _moved(was, became)
        for option in _merged(was, became):
            called = (became.get(option) or was[option]).called
            about_option = {**about, "option": option[0], "option_called": called}
            yield from _node_changes(
                was.get(option), became.get(option), option in moved_options, about_option
            )


def _node_changes(
    before: _Node | None, after: _Node | None, moved: bool, about: dict[str, object]
) -> Iterator[Change]:
    """The differences of one part; `about` says which."""
    act = Act.ADDED if before is None else Act.REMOVED if after is None else Act.CHANGED
    if moved or act is not Act.CHANGED:
        spots = {"before": before.spot if before else None, "after": after.spot if after else None}
        yield Change.model_validate({**about, "act": Act.MOVED if moved else act, **spots})
    yield from _field_changes(
        before.thing if before else None, after.thing if after else None, {**about, "act": act}
    )


def _field_changes(
    old: Validated | None, new: Validated | None, about: dict[str, object]
) -> Iterator[Change]:
    """The fields whose values differ. A field that one side lacks differs unless it has its default."""
    fields: dict[str, FieldInfo] = {}
    for side in (old, new):
        fields |= type(side).model_fields if side is not None else {}
    left_out = _STRUCTURE if old is not None and new is not None else _STRUCTURE | _NAMING
    for name, field in fields.items():
        default = field.get_default()
        if name not in left_out and getattr(old, name, default) != getattr(new, name, default):
            values = {"before": getattr(old, name, None), "after": getattr(new, name, None)}
            yield Change.model_validate({**about, "field": name, **values})


def _options(node: _Node | None) -> _Nodes:
    return _nodes(node.thing.options) if node is not None and isinstance(node.thing, Choice) else {}


def _merged(old: _Nodes, new: _Nodes) -> list[_Key]:
    """The keys in the new order; those that are gone follow what stood before them."""
    order = list(new)
    last: _Key | None = None
    for key in old:
        if key not in new:
            order.insert(order.index(last) + 1 if last is not None else 0, key)
        last = key
    return order


def _moved(old: _Nodes, new: _Nodes) -> set[_Key]:
    """What stands in another section, or in another order among those that stayed: as few as can be."""
    moved = set()
    stayed: dict[_Key | None, list[_Key]] = {}
    for key, node in new.items():
        if key not in old:
            continue
        section = node.section.key if node.section else None
        before = old[key].section
        if section == (before.key if before else None):
            stayed.setdefault(section, []).append(key)
        else:
            moved.add(key)
    places = {key: place for place, key in enumerate(old)}
    for keys in stayed.values():
        moved |= set(keys) - {keys[index] for index in _longest_rise([places[key] for key in keys])}
    return moved


def _longest_rise(numbers: Sequence[int]) -> Iterator[int]:
    """The indexes of a longest increasing subsequence, last first; patience sorting."""
    tops: list[int] = []
    """For each length, the index of the least number that a rise of that length ends with."""
    before: list[int | None] = []
    for index, number in enumerate(numbers):
        place = bisect_left(tops, number, key=numbers.__getitem__)
        before.append(tops[place - 1] if place else None)
        tops[place:] = [index, *tops[place + 1 :]]
    index_or_none = tops[-1] if tops else None
    while index_or_none is not None:
        yield index_or_none
        index_or_none = before[index_or_none]

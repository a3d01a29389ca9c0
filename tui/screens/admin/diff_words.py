"""What differs between two forms, as people read it: item by item, in the builder's own words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from typing import get_args

from data.domain.conditions import ShownWhen
from data.domain.form_diff import Act, Change, Part, Spot, diff
from data.domain.forms import Band, Form
from data.domain.reading import read_decimal
from tui.building.band_lines import lines_of
from tui.building.content import Head
from tui.i18n import N_, _
from tui.screens.builder.kinds import IMPORTED, KINDS
from tui.screens.builder.row_fields import FIELDS, HEAD_WORDS, LEVEL_WORDS
from tui.widgets.condition_words import in_words, short_name
from tui.widgets.diff_view import DiffLine
from tui.widgets.plain import fit

NAME_CELLS = 60
"""What a wording takes at most in a line that only names it."""

SHORT = 30
"""Characters of the longest values that stand on one line, before → after."""


_KINDS = {get_args(kind.type.model_fields["kind"].annotation)[0]: kind for kind in (*KINDS, IMPORTED)}

_FIELD_WORDS = {
    "kind": N_("Kind"),
    "wording": N_("Wording"),
    "points": N_("Points"),
    "exclusive": N_("Only alone"),
    "questions": N_("Sums"),
    "bands": N_("Means"),
    "shown_to_patient": N_("Shown to the patient"),
}
"""Gettext ids of the fields that are no fields of an item in the builder."""


def diff_lines(old: Form, new: Form, names: tuple[str, str] = ("", "")) -> list[DiffLine]:
    """Every difference between two forms, and between the templates' `names`; none when they are equal."""
    lines: list[DiffLine] = []
    changes = list(diff(old, new))
    before, after = names
    if before != after:
        name = Change(act=Act.CHANGED, part=Part.FORM, field=Head.NAME.value, before=before, after=after)
        changes.insert(0, name)
    for (part, _id, called), group in groupby(changes, key=lambda one: (one.part, one.id, one.called)):
        lines += _of_part(part, called, list(group), old, new)
    return lines


def field_word(change: Change) -> str:
    """What the field that differs is called."""
    field = change.field
    kind = None if change.option else _KINDS.get(change.kind)
    if change.part is Part.FORM:
        return _(next((words for head, words in HEAD_WORDS.items() if head.value == field), field))
    if kind and field == "wording":
        return _(kind.wording)
    if kind and field in kind.labels:
        return _(kind.labels[field])
    if field in _FIELD_WORDS:
        return _(_FIELD_WORDS[field])
    label = HEAD_WORDS[Head.NAME] if change.part is Part.SCORE and field == "name" else ""
    return _(label or FIELDS[field].label)


def _of_part(part: Part, called: str, changes: list[Change], old: Form, new: Form) -> Iterator[DiffLine]:
    """A heading that names the part, and what differs in it."""
    first = changes[0]
    whole = first if not first.field and not first.option else None
    act = whole.act if whole and whole.act is not Act.MOVED else Act.CHANGED
    yield DiffLine(act, _heading(part, called, first) + _at(whole))
    for change in changes:
        if change.act is Act.MOVED or change is not whole:
            lines = _of_option(change, old, new) if change.option else _of_field(change, old, new)
            yield from (replace(line, depth=line.depth + 1) for line in lines)


def _heading(part: Part, called: str, change: Change) -> str:
    match part:
        case Part.FORM:
            return _("The template as a whole")
        case Part.SCORE:
            return _("Score “{name}”").format(name=_short(called))
        case Part.ITEM:
            return _("{kind} “{name}”").format(kind=_(_KINDS[change.kind].word), name=_short(called))


def _at(whole: Change | None) -> str:
    """Where an added part stands, or a removed one stood."""
    if whole is None or whole.act is Act.MOVED:
        return ""
    spot = whole.after or whole.before
    return f", {_spot(spot)}" if isinstance(spot, Spot) else ""


def _of_option(change: Change, old: Form, new: Form) -> Iterator[DiffLine]:
    name = _("Option “{name}”").format(name=_short(change.option_called))
    if change.field:
        (first, *rest) = _of_field(change, old, new)
        yield replace(first, text=f"{name}, {first.text}")
        yield from rest
    elif change.act is Act.MOVED:
        yield from (replace(line, text=f"{name}: {line.text}") for line in _of_field(change, old, new))
    else:
        yield DiffLine(change.act, name)


def _of_field(change: Change, old: Form, new: Form) -> Iterator[DiffLine]:
    if change.act is Act.MOVED:
        before, after = change.before, change.after
        if isinstance(before, Spot) and isinstance(after, Spot):
            moved = _("was {before}, is now {after}")
            yield DiffLine(Act.MOVED, moved.format(before=_spot(before), after=_spot(after)))
        return
    word = field_word(change)
    before, after = _value(change, change.before, old), _value(change, change.after, new)
    if change.act is Act.ADDED:
        yield from _block(change.act, f"{word}: {after}")
    elif change.act is Act.REMOVED:
        yield from _block(change.act, f"{word}: {before}")
    elif max(len(before), len(after)) <= SHORT and "\n" not in before + after:
        yield DiffLine(Act.CHANGED, f"{word}: {before or _nothing()} → {after or _nothing()}")
    else:
        yield DiffLine(Act.CHANGED, f"{word}:")
        for act, text in ((Act.REMOVED, before), (Act.ADDED, after)):
            yield from (replace(line, depth=1) for line in _block(act, text or _nothing()))


def _block(act: Act, text: str) -> Iterator[DiffLine]:
    """Each line of the text as a line of its own, the sign before every one."""
    return (DiffLine(act, line) for line in text.split("\n"))


def _value(change: Change, value: object, form: Form) -> str:
    """A field's value in words; "" for none."""
    match value:
        case None:
            return ""
        case bool():
            return _("Yes") if value else _("No")
        case Decimal():
            return read_decimal(value).replace(".", ",")
        case ShownWhen():
            return in_words(form, value)
        case tuple() if change.field == "questions":
            return "\n".join(_question(form, one) for one in value)
        case _:
            return _plain(change, value)


def _plain(change: Change, value: object) -> str:
    match value:
        case tuple():
            return lines_of(band for band in value if isinstance(band, Band))
        case str() if change.field == "kind":
            return _(_KINDS[value].word)
        case int() if change.field == "level":
            return _(LEVEL_WORDS[value])
        case _:
            return str(value)


def _question(form: Form, item_id: str) -> str:
    item = form.item(item_id)
    return short_name(item) if item else _("(a question that is gone)")


def _spot(spot: Spot) -> str:
    section, after = _short(spot.section), _short(spot.after)
    if after and section:
        return _("after “{item}” in “{section}”").format(item=after, section=section)
    if section:
        return _("first in “{section}”").format(section=section)
    return _("after “{item}”").format(item=after) if after else _("first")


def _short(text: str) -> str:
    return fit(" ".join(text.split()), NAME_CELLS)


def _nothing() -> str:
    return _("(nothing)")

"""The builder's outline: a line for each row of a template."""

from __future__ import annotations

from dataclasses import dataclass

from data.domain.errors import Message
from data.domain.forms import AnyItem, Place, Section, WhiteBox
from tui.building.content import Content, Head
from tui.i18n import _
from tui.screens.builder.kinds import name_of, sign_of
from tui.screens.builder.row_fields import head_word
from tui.widgets.outline import Line, Outline
from tui.widgets.plain import pad

_SIGN = 4
"""Cells for the sign of an item's type and the space after it."""

_INDENT = "  "
REPEATS, CONDITIONAL = "×", "?"


class BuilderOutline(Outline):
    """The outline with what its signs mean."""

    guidance = Message(
        "One line for each part of the template; what lies in a section is set in. At the right, × means "
        "that a section repeats, ? that an item is shown only under a condition, ✗ that something must be "
        "mended."
    )


@dataclass(frozen=True)
class _Shown:
    """What a line was made of, and the line."""

    item: AnyItem
    number: int
    depth: int
    fault: bool
    line: Line


class OutlineLines:
    """Makes the lines; those of rows that are as they were are not made anew."""

    def __init__(self) -> None:
        self._kept: dict[str, _Shown] = {}

    def of(self, content: Content) -> list[Line]:
        """A line for each of the content's rows."""
        faulty = {content.row_of(problem) for problem in content.problems}
        kept, self._kept = self._kept, {}
        lines = [_head_line(content, head, fault=head in faulty) for head in Head]
        for number, place in enumerate(content.form.places, 1):
            item = place.item
            shown = kept.get(item.id)
            now = (number, len(place.within), item.id in faulty)
            if shown is None or shown.item is not item or (shown.number, shown.depth, shown.fault) != now:
                shown = _Shown(item, *now, _item_line(place, number, fault=now[2]))
            self._kept[item.id] = shown
            lines.append(shown.line)
        return lines


def _item_line(place: Place, number: int, *, fault: bool) -> Line:
    item = place.item
    signs = [REPEATS] if isinstance(item, Section) and item.repeats else []
    if not isinstance(item, WhiteBox) and item.shown_when is not None:
        signs.append(CONDITIONAL)
    text = f"{number:>2} {_INDENT * len(place.within)}{pad(sign_of(item), _SIGN)}{name_of(item)}"
    return Line(text, " ".join(signs), fault)


def _head_line(content: Content, head: Head, *, fault: bool) -> Line:
    word, form = head_word(head), content.form
    match head:
        case Head.NAME if content.name:
            return Line(f"{word}: {content.name}", fault=fault)
        case Head.TITLE:
            return Line(f"{word}: {form.title or _('(the name)')}", fault=fault)
        case Head.ANSWERABLE:
            return Line(word, _("Yes") if form.answerable else _("No"), fault)
        case Head.SCORES:
            return Line(word, str(len(form.scores)) if form.scores else _("none"), fault)
        case _:
            return Line(word, fault=fault)

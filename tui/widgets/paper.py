"""A form on paper: what the patient will see, beside the builder, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import TypeVar

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from data.domain.forms import Form, Item, Place, Section
from tui.i18n import language
from tui.widgets.paper_lines import Drawn, lines_of_item, lines_of_text, lines_of_title
from tui.widgets.plain import pad

Shown = TypeVar("Shown", bound=Item)

HERE = "┃ "
ELSEWHERE = "  "
TITLE, INSTRUCTION = "title", "patient_instruction"
"""The names of the two parts that stand before the items."""

_KEPT = 512
"""Items whose lines are kept: more than fit in view, so that going back and forth draws nothing anew."""


class Paper(Widget):
    """A form as the patient will see it, with the item that is being edited in view and marked.

    It draws the lines in view only and keeps each item's lines for as long as the item stays as it is, so
    that an edit costs the same in a form of any length. It takes no focus: it follows the builder.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"paper--strong", "paper--under", "paper--quiet", "paper--here"}
    DEFAULT_CSS = """
    Paper {
        height: 1fr;
        & > .paper--strong { text-style: bold; }
        & > .paper--under { text-style: bold underline; }
        & > .paper--quiet { color: $text-muted; }
        & > .paper--here { color: $primary; }
    }
    """

    def __init__(self, noted: Callable[[Form, str], str], *, id: str | None = None) -> None:  # noqa: A002
        """`noted` says what is quietly noted above the item with that id, say when it is shown; "" for
        nothing."""
        super().__init__(id=id)
        self._noted = noted
        self._form = Form()
        self._heading = ""
        self._here: str | None = None
        self._parts: Sequence[str] = (TITLE, INSTRUCTION)
        self._at: dict[str, int] = {}
        self._top = (TITLE, 0)  # the part at the top of the view, and how many of its lines are above it
        self._view: list[tuple[Drawn, bool]] = []
        self._lines_of_item = lru_cache(_KEPT)(_lines_in)

    def show(self, form: Form, title: str, here: str | None) -> None:
        """Show the form under its title, and bring `here` into view: an item's id, `title` or
        `patient_instruction`; None marks nothing and stays where it is."""
        self._form, self._heading, self._here = form, title, here
        self._place()

    def on_resize(self, _event: events.Resize) -> None:
        self._place()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Line `y` of the view."""
        width, base = self.size.width, self.rich_style
        if y >= len(self._view):
            return Strip.blank(width, base)
        (text, look), here = self._view[y]
        mark = self.get_component_rich_style("paper--here") if here else base
        style = self.get_component_rich_style(f"paper--{look}") if look else base
        room = max(0, width - len(HERE))
        segments = [Segment(HERE if here else ELSEWHERE, mark), Segment(pad(text, room), style)]
        return Strip(segments).adjust_cell_length(width, base)

    def _place(self) -> None:
        """Choose what is in view, moving no farther than needed, and draw it."""
        height = self.size.height
        if not height:
            return  # hidden in a narrow terminal: nothing is worked out until there is room
        self._name_parts()
        part, above = self._top
        index = self._at.get(part, self._at.get(self._here or "", 0))
        top = (index, min(above, max(0, len(self._lines(index)) - 1)))
        here = self._at.get(self._here) if self._here is not None else None
        if here is not None:
            top = self._with_in_view(here, top, height)
        top = self._without_void(top, height)
        self._top = (self._parts[top[0]], top[1])
        before, self._view = self._view, list(self._lines_from(top, height))
        # Painting is most of what a key costs, and an edit changes a line or two.
        pairs = enumerate(zip_longest(before, self._view))
        if changed := [y for y, (old, new) in pairs if old != new]:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def _name_parts(self) -> None:
        form = self._form
        self._parts = (TITLE, INSTRUCTION, *(place.item.id for place in form.places))
        # From below, so that of parts with the same name the first counts.
        self._at = {part: index for index, part in reversed([*enumerate(self._parts)])}

    def _with_in_view(self, here: int, top: tuple[int, int], height: int) -> tuple[int, int]:
        """The top nearest to `top` at which the part is in view, at least its beginning."""
        if (here, 0) <= top:
            return here, 0
        end = -top[1]
        for index in range(top[0], here + 1):
            end += len(self._lines(index))
            if end > height:
                return self._up_from((here + 1, 0), height, stop=(here, 0))
        return top

    def _without_void(self, top: tuple[int, int], height: int) -> tuple[int, int]:
        """The same top, or a higher one when the form would end before the view does."""
        lines = -top[1]
        for index in range(top[0], len(self._parts)):
            lines += len(self._lines(index))
            if lines >= height:
                return top
        return min(top, self._up_from((len(self._parts), 0), height, stop=(len(self._parts), 0)))

    def _up_from(self, end: tuple[int, int], height: int, *, stop: tuple[int, int]) -> tuple[int, int]:
        """The top of a view that ends before `end`; never after `stop`."""
        index, left = end[0], height
        while index and left > 0:
            index -= 1
            left -= len(self._lines(index))
        return min((index, max(0, -left)), stop)

    def _lines_from(self, top: tuple[int, int], height: int) -> Iterator[tuple[Drawn, bool]]:
        index, skipped = top
        while height > 0 and index < len(self._parts):
            here = self._here is not None and self._at.get(self._here) == index
            for line in self._lines(index)[skipped : skipped + height]:
                height -= 1
                yield line, here and bool(line[0].strip())
            index, skipped = index + 1, 0

    def _lines(self, index: int) -> tuple[Drawn, ...]:
        width = max(1, self.size.width - len(HERE))
        if index == 0:
            return lines_of_title(self._heading, width)
        if index == 1:
            return lines_of_text(self._form.patient_instruction, width)
        place = self._form.places[index - 2]
        bare = Place(item=_bare(place.item), within=tuple(map(_bare, place.within)))
        return self._lines_of_item(bare, self._noted(self._form, place.item.id), width, language())


def _bare(item: Shown) -> Shown:
    """An item without what lies in it: a section stays the same when something in it changes."""
    return item.model_copy(update={"items": ()}) if isinstance(item, Section) else item


def _lines_in(place: Place, note: str, width: int, _language: str) -> tuple[Drawn, ...]:
    """The lines of an item, whose words are those of a language."""
    return lines_of_item(place, note, width)

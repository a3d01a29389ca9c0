"""The boxes of a form, made for who fills it in or reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from textual.widget import Widget

from data.domain.answers import Writer, check
from data.domain.forms import AnyItem, Filled, Form, Item, Question, Section, Text, WhiteBox
from tui.i18n import _
from tui.widgets import condition_words
from tui.widgets.form_items import Box, FieldBox, Holder, ReadBox, TextBox, Title
from tui.widgets.form_sections import RepeatBox, SectionBox
from tui.widgets.form_words import times_words
from tui.widgets.plain import Heading, Note


class Boxes:
    """Makes the boxes of a form.

    The patient gets the fields of the questions, the times of sections that repeat, and reads the white
    boxes. For staff, and for who reads what nobody has answered, everything stands there once, with a note
    on when the patient gets it.
    """

    def __init__(self, form: Form, writer: Writer | None, written: Mapping[str, object]) -> None:
        self._form = form
        self._writer = writer
        self._written = written
        self._announced = writer is not Writer.STAFF

    def of(self, items: Iterable[AnyItem], typed: Mapping[str, object], holder: Holder) -> Iterator[Widget]:
        """The boxes of items in reading order, with what was typed in them."""
        for item in items:
            if not self._announced and _asks(item):
                self._announced = True
                yield Heading(_("The patient will be asked"), classes="text")
            match item:
                case Section() if item.repeats and self._writer is Writer.PATIENT:
                    yield RepeatBox(item, holder, self._level(item), typed.get(item.id), self.of)
                case Section():
                    yield SectionBox(item, holder, self._level(item), self._note(item))
                    yield from self.of(item.items, typed, holder)
                case Text():
                    yield TextBox(item, holder, self._note(item))
                case _:
                    yield self._filled(item, typed, holder)

    def as_answered(self, answers: Mapping[str, object], holder: Holder) -> Iterator[Widget]:
        """What was shown to the patient with these answers, each time of a section after its number."""
        shown = check(self._form, answers, Writer.PATIENT).shown
        paths = {one.path for one in shown}
        for one in shown:
            match one.item:
                case Section() if one.number is not None:
                    yield Title(f"{one.item.wording} {one.number + 1}", 3)
                case Section():
                    yield SectionBox(one.item, holder, self._level(one.item))
                    if one.item.repeats and f"{one.path}[0]" not in paths:
                        yield Note(_("Not answered"), classes="text")
                case Text():
                    yield TextBox(one.item, holder)
                case WhiteBox():
                    yield ReadBox(one.item, holder, self._text_in(one.item))
                case _:
                    yield ReadBox(one.item, holder, one.value)

    def _filled(self, item: Filled, typed: Mapping[str, object], holder: Holder) -> Box[Filled]:
        is_box = isinstance(item, WhiteBox)
        if self._writer is None or (is_box and self._writer is Writer.PATIENT):
            return ReadBox(item, holder, self._text_in(item) if is_box else None, self._note(item))
        own = is_box is (self._writer is Writer.STAFF)
        value = self._written.get(item.id) if is_box else typed.get(item.id)
        return FieldBox(item, holder, value, own=own, note=self._note(item))

    def _text_in(self, box: Filled) -> str:
        text = self._written.get(box.id)
        return text if isinstance(text, str) else ""

    def _level(self, section: Section) -> int:
        place = self._form.place(section.id)
        return len(place.within) + 1 if place else 1

    def _note(self, item: Item) -> str:
        """When and how often the patient gets an item, for who sees all of them."""
        if self._writer is Writer.PATIENT:
            return ""
        often = times_words(item) if isinstance(item, Section) and item.repeats else ""
        return "\n".join(filter(None, [condition_words.note(self._form, item.id), often]))


def _asks(item: AnyItem) -> bool:
    """Whether the item is a question or has one in it."""
    return any(map(_asks, item.items)) if isinstance(item, Section) else isinstance(item, Question)

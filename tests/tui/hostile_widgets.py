"""Each kind of widget that shows text, made of texts: one of it for each, or one that shows them all."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from textual.widget import Widget
from textual.widgets import Input
from textual.widgets.option_list import Option as ListOption

from data.domain.answers import Writer
from data.domain.form_diff import Act
from data.domain.forms import (
    Confirmation,
    Date,
    Form,
    LongText,
    OneChoice,
    Option,
    Scale,
    Section,
    SeveralChoices,
    ShortText,
    Text,
    WhiteBox,
    YesNo,
)
from data.domain.items import Item
from tui.widgets import plain
from tui.widgets.act_line import ActLine
from tui.widgets.choices import ChoiceField, OptionsField, TickField, YesNoField
from tui.widgets.diff_view import DiffLine, DiffView
from tui.widgets.filter_line import FilterLine
from tui.widgets.form import FormView
from tui.widgets.header import Header, Trail
from tui.widgets.hints import Hint, Hints
from tui.widgets.labelled import Labelled
from tui.widgets.line_field import LineField
from tui.widgets.menu import DigitMenu, PlainList
from tui.widgets.outline import Line, Outline
from tui.widgets.own_answer import OwnAnswerField
from tui.widgets.paged_table import Column, Page, PagedTable
from tui.widgets.paper import Paper
from tui.widgets.plain import content
from tui.widgets.scale_field import ScaleField
from tui.widgets.submit_field import SubmitField
from tui.widgets.text_fields import LinesField

Make = Callable[[list[str]], list[Widget]]


def each(make: Callable[[str], Widget]) -> Make:
    return lambda texts: [make(text) for text in texts]


def form_of(texts: list[str]) -> Form:
    """A form of each type, each place with the next of the texts; past the models, which clean them."""
    ring = itertools.cycle(texts)

    def raw(item: Item, **more: object) -> Item:
        return item.model_copy(update={"wording": next(ring), "help": next(ring), **more})

    def options() -> tuple[Option, ...]:
        return tuple(Option(id=id_, wording="x").model_copy(update={"wording": next(ring)}) for id_ in "abcd")

    items = (
        raw(Text(id="text", wording="x")),
        raw(WhiteBox(id="box", wording="x"), default=next(ring)),
        raw(ShortText(id="short", wording="x")),
        raw(LongText(id="long", wording="x")),
        raw(YesNo(id="yes", wording="x")),
        raw(Confirmation(id="ok", wording="x")),
        raw(OneChoice(id="one", wording="x"), options=options()),
        raw(SeveralChoices(id="several", wording="x"), options=options()),
        raw(Date(id="date", wording="x")),
        raw(Scale(id="scale", wording="x"), least_words=next(ring), most_words=next(ring)),
        raw(Section(id="part", wording="x"), items=(raw(ShortText(id="in", wording="x")),)),
        raw(Section(id="rows", wording="x", repeats=True), items=(raw(ShortText(id="row", wording="x")),)),
    )
    instructions = {"staff_instruction": next(ring), "patient_instruction": next(ring)}
    return Form().model_copy(update=instructions | {"items": items})


class ShownOutline(Outline):
    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__()
        self.texts = texts

    def on_mount(self) -> None:
        self.show([Line(text, text, fault=True) for text in self.texts], 0)


class ShownPaper(Paper):
    def __init__(self, texts: list[str]) -> None:
        super().__init__(noted=lambda _form, _id: texts[0])
        self.texts = texts

    def on_mount(self) -> None:
        self.show(form_of(self.texts), self.texts[0], None)


class ShownTable(PagedTable[str]):
    def __init__(self, texts: list[str]) -> None:
        async def fetch(_edge: object) -> Page[str]:
            return Page(tuple(texts), at_start=True, at_end=True)

        columns = [Column(texts[0], 30, str), Column("", 10, plain.cell, flexible=True)]
        super().__init__(columns, fetch, key=texts.index)

    def on_mount(self) -> None:
        self.run_worker(self.restart())


def trail(text: str) -> Widget:
    made = Trail()
    made.parts = (text, text)
    return made


def header(text: str) -> Widget:
    made = Header()
    made.status = text
    return made


def hints(text: str) -> Widget:
    made = Hints()
    made.hints = (Hint(text, text),)
    return made


def telling(text: str) -> Widget:
    made = Hints()
    made.message = text
    return made


def holding(field: Input, text: str) -> Widget:
    """A field with a value that did not come through its own intakes."""
    field.value = text
    return field


def filter_line(text: str) -> Widget:
    made = FilterLine(Widget())
    made.add_class("-open")
    return holding(made, text)


def lines(text: str) -> Widget:
    made = LinesField()
    made.text = text
    return made


def bordered(text: str) -> Widget:
    made = plain.Text("x")
    made.styles.border = ("round", "white")
    made.border_title = content(text)  # type: ignore[assignment] # Textual takes content too
    made.tooltip = content(text)
    return made


WIDGETS: dict[str, Make] = {
    "Text": each(plain.Text),
    "Heading": each(plain.Heading),
    "Note": each(plain.Note),
    "ErrorText": each(plain.ErrorText),
    "Attention": each(plain.Attention),
    "PlainButton": each(plain.PlainButton),
    "ActLine": each(ActLine),
    "LineField": each(lambda text: holding(LineField(), text)),
    "placeholder": each(lambda text: LineField(placeholder=text)),
    "SubmitField": each(lambda text: holding(SubmitField(), text)),
    "FilterLine": each(filter_line),
    "LinesField": each(lines),
    "border": each(bordered),
    "ChoiceField": each(lambda text: ChoiceField([("a", text)])),
    "OptionsField": each(lambda text: OptionsField([("a", text)])),
    "TickField": each(TickField),
    "YesNoField": each(lambda text: YesNoField((text, text))),
    "OwnAnswerField": each(lambda text: OwnAnswerField([("a", text)], chosen=[{"other": text}])),
    "ScaleField": each(lambda text: ScaleField(range(3), (text, text))),
    "DiffView": each(lambda text: DiffView([DiffLine(act, text) for act in Act])),
    "Header": each(header),
    "Trail": each(trail),
    "Hints": each(hints),
    "telling": each(telling),
    "Labelled": each(lambda text: Labelled(text, LineField(), note=text)),
    "PlainList": each(lambda text: PlainList(ListOption(content(text)))),
    "DigitMenu": each(lambda text: DigitMenu(ListOption(content(text)))),
    "Outline": lambda texts: [ShownOutline(texts)],
    "PagedTable": lambda texts: [ShownTable(texts)],
    "Paper": lambda texts: [ShownPaper(texts)],
    "FormView": lambda texts: [FormView(form_of(texts), writer=Writer.PATIENT)],
    "form of staff": lambda texts: [
        FormView(form_of(texts), writer=Writer.STAFF, written={"box": texts[0]}, show_staff_instruction=True)
    ],
    "form to read": lambda texts: [
        FormView(
            form_of(texts),
            writer=None,
            written={"box": texts[0]},
            typed={"short": texts[1], "long": texts[2]},
        )
    ],
}

"""One condition, in two or three steps: which question, which test and answer, and what is typed for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message as TextualMessage
from textual.screen import ModalScreen
from textual.widgets import Input
from textual.widgets.option_list import Option

from data.domain.conditions import Condition, Test
from data.domain.forms import Form, Question
from data.domain.reading import Refused
from data.domain.text import fold
from tui.i18n import _, say
from tui.screens.builder.askable import askable, read_value, typed_value
from tui.screens.builder.condition_choices import Entry, question_entries, says, test_entries
from tui.widgets.condition_words import name_of, quoted, short_name
from tui.widgets.field_messages import FieldChanged, FieldLeft, FieldRefused
from tui.widgets.menu import PlainList
from tui.widgets.plain import ErrorText, Heading, Note, content
from tui.widgets.submit_field import SubmitField


class Step(Enum):
    """What is asked for."""

    QUESTION = auto()
    TEST = auto()
    VALUE = auto()


class NarrowingField(SubmitField):
    """Narrows the list below; while it is empty, 1 to 9 choose from the list."""

    class Numbered(TextualMessage):
        """A digit was pressed that chooses from the list, counted from 0."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    numbers: bool = True
    """Whether digits choose."""

    def on_key(self, event: events.Key) -> None:
        if self.numbers and not self.value and event.character and event.character in "123456789":
            event.stop()
            event.prevent_default()  # otherwise the field goes on to write it
            self.post_message(self.Numbered(int(event.character) - 1))


class AskCondition(ModalScreen[None]):
    """Calls `chosen` with the condition; by Esc from the first step not at all.

    A screen's result is told by a message, and keys typed before it arrives would act in what lies below:
    hence a call. A question just above equals an answer: Enter, and the number of the answer.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("tab", "move(1)", show=False),
        Binding("shift+tab", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]
    DEFAULT_CSS = """
    AskCondition {
        align: center middle;
        & > Vertical {
            width: 100%;
            max-width: 76;
            height: auto;
            max-height: 100%;
            padding: 1 2;
            background: $panel;
        }
        & NarrowingField { margin-top: 1; }
        & PlainList { max-height: 12; margin-top: 1; }
        & PlainList > .option-list--option-highlighted {
            background: $primary;
            color: $background;
            text-style: bold;
        }
        & Note { margin-top: 1; }
    }
    """

    def __init__(
        self,
        form: Form,
        item_id: str,
        chosen: Callable[[Condition], None],
        condition: Condition | None = None,
    ) -> None:
        """`condition` is one to change."""
        super().__init__()
        self._chosen = chosen
        self._form = form
        self._questions = askable(form, item_id)
        self._condition = condition
        asked = condition.question if condition else None
        self._question = next((one for one in self._questions if one.id == asked), None)
        self._test: Test | None = None
        self._step = Step.QUESTION
        self._entries: Sequence[Entry] = ()

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Heading()
            yield NarrowingField()
            yield ErrorText()
            choices = PlainList()
            choices.can_focus = False  # the field moves its cursor
            yield choices
            yield Note()

    def on_mount(self) -> None:
        self.query_one(NarrowingField).focus()
        if self._question is None:
            self._ask_question()
        else:
            self._ask_test(self._question)

    # The steps

    def _ask_question(self) -> None:
        self._step = Step.QUESTION
        self._begin(_("Shown if which question?"), _("Type a part of the question"))
        self._narrow()

    def _ask_test(self, question: Question) -> None:
        self._step, self._question = Step.TEST, question
        self._begin(quoted(short_name(question)), _("Type a part of the answer"))
        self._narrow()

    def _ask_value(self, test: Test) -> None:
        assert self._question is not None  # noqa: S101 - chosen in the step before
        self._step, self._test = Step.VALUE, test
        words = f"{quoted(short_name(self._question))} {name_of(self._question, test)} …"
        self._begin(words, _("The answer that decides"))
        known = self._condition
        if known is not None and known.question == self._question.id:
            line = self.query_one(NarrowingField)
            line.value = typed_value(self._question, known.value)
            line.action_end()

    def _begin(self, heading: str, placeholder: str) -> None:
        typing = self._step is Step.VALUE
        self.query_one(Heading).update(heading)
        line = self.query_one(NarrowingField)
        line.value, line.placeholder, line.numbers = "", placeholder, not typing
        self.query_one(PlainList).display = not typing
        self.query_one(ErrorText).update()
        self.query_one(Note).update(
            _("Enter accepts   Esc goes back")
            if typing
            else _("↑ ↓ or the number chooses   Enter takes it   Esc goes back")
        )

    def action_back(self) -> None:
        if self._step is Step.VALUE and self._question is not None:
            self._ask_test(self._question)
        elif self._step is Step.TEST:
            self._ask_question()
        else:
            self.dismiss()

    # The list

    def _narrow(self) -> None:
        words = fold(self.query_one(NarrowingField).value).split()
        every = self._all_entries()
        self._entries = [entry for entry in every if all(word in fold(entry[0]) for word in words)]
        shown = self.query_one(PlainList)
        shown.clear_options()
        numbers = [
            f"{number}  " if number < 10 and not words else "   " for number in range(1, len(every) + 1)
        ]
        shown.add_options(
            [
                Option(content(number + label))
                for number, (label, _payload) in zip(numbers, self._entries, strict=False)
            ]
        )
        known = [
            at
            for at, (_label, chosen) in enumerate(self._entries)
            if self._condition is not None and says(self._condition, chosen)
        ]
        shown.highlighted = (known or [0])[0] if self._entries else None
        self.query_one(ErrorText).update("" if self._entries else _("Nothing matches what you typed"))

    def _all_entries(self) -> list[Entry]:
        if self._step is Step.QUESTION or self._question is None:
            return question_entries(self._form, self._questions)
        return test_entries(self._question)

    def _take(self, index: int | None) -> None:
        if index is None or index >= len(self._entries):
            return
        chosen = self._entries[index][1]
        if isinstance(chosen, Question):
            self._ask_test(chosen)
        elif chosen.typed:
            self._ask_value(chosen.test)
        else:
            self._give(chosen.test, chosen.value)

    def _give(self, test: Test, value: object) -> None:
        assert self._question is not None  # noqa: S101 - chosen in the first step
        condition = Condition.model_validate({"question": self._question.id, "test": test, "value": value})
        self.dismiss()
        self._chosen(condition)

    # What is typed

    @on(NarrowingField.Numbered)
    def _numbered(self, event: NarrowingField.Numbered) -> None:
        self._take(event.index)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if self._step is not Step.VALUE or self._question is None or self._test is None:
            self._take(self.query_one(PlainList).highlighted)
            return
        try:
            value = read_value(self._question, event.value)
        except Refused as refused:
            self.query_one(ErrorText).update(say(refused.message))
        else:
            self._give(self._test, value)

    @on(FieldChanged)
    def _typed(self) -> None:
        if self._step is Step.VALUE:
            self.query_one(ErrorText).update()
        else:
            self._narrow()

    @on(FieldRefused)
    def _refused(self, event: FieldRefused) -> None:
        self.query_one(ErrorText).update(say(event.reason))

    @on(FieldLeft)
    def _field_left(self, event: FieldLeft) -> None:
        if isinstance(event.field, NarrowingField):
            self.action_move(event.step)

    def action_move(self, step: int) -> None:
        shown = self.query_one(PlainList)
        (shown.action_cursor_down if step > 0 else shown.action_cursor_up)()

    def action_page(self, pages: int) -> None:
        getattr(self.query_one(PlainList), "action_page_down" if pages > 0 else "action_page_up")()

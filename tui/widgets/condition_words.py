"""Conditions as people read them: shown if “Do you smoke?” is Yes and “Age” is at least 18."""

from __future__ import annotations

from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.errors import Message
from data.domain.forms import (
    Choice,
    Date,
    DateTime,
    Form,
    Item,
    LongText,
    Question,
    Scale,
    SeveralChoices,
    ShortText,
    Time,
    WhiteBox,
)
from data.domain.items import Value
from tui.i18n import N_, _, say
from tui.widgets.plain import fit

NAME_CELLS = 60
"""What a question takes at most in a sentence; a longer wording is cut."""

_WORDS = {
    Test.EQUALS: N_("is"),
    Test.DIFFERS: N_("is not"),
    Test.LESS: N_("is less than"),
    Test.MORE: N_("is more than"),
    Test.AT_LEAST: N_("is at least"),
    Test.AT_MOST: N_("is at most"),
    Test.ANSWERED: N_("is answered"),
    Test.UNANSWERED: N_("is not answered"),
}
_OF_SEVERAL = {Test.EQUALS: N_("includes"), Test.DIFFERS: N_("does not include")}
_OF_TIMES = {
    Test.LESS: N_("is before"),
    Test.MORE: N_("is after"),
    Test.AT_LEAST: N_("is not before"),
    Test.AT_MOST: N_("is not after"),
}


def in_words(form: Form, shown_when: ShownWhen) -> str:
    """When an item of the form is shown, as a part of a sentence without a full stop. Never raises: a draft's
    condition may ask about a question that is gone, or lack its value."""
    if not shown_when.conditions:
        return _("shown when a condition that is not written yet holds")
    joined = N_("{one} and {other}") if shown_when.every else N_("{one} or {other}")
    first, *others = (of_condition(form, condition) for condition in shown_when.conditions)
    for other in others:
        first = _(joined).format(one=first, other=other)
    return _("shown if {conditions}").format(conditions=first)


def note(form: Form, item_id: str) -> str:
    """When the item with that id is shown, in words; empty for an item that is shown always."""
    item = form.item(item_id)
    if item is None or isinstance(item, WhiteBox) or item.shown_when is None:
        return ""
    return in_words(form, item.shown_when)


def of_condition(form: Form, condition: Condition) -> str:
    """One condition: “Do you smoke?” is Yes."""
    item = form.item(condition.question)
    question = item if isinstance(item, Question) else None
    return f"{_asked(form, condition.question)} {of_test(question, condition.test, condition.value)}"


def of_test(question: Question | None, test: Test, value: object = None) -> str:
    """What is asked about the answer to `question`: is Yes. None stands for a question that is gone."""
    words = name_of(question, test)
    return f"{words} {_value(question, value)}" if test.needs_value else words


def name_of(question: Question | None, test: Test) -> str:
    """A test as it is said of that kind of question: a date is after, a number is more than."""
    special: dict[Test, str] = {}
    if isinstance(question, SeveralChoices):
        special = _OF_SEVERAL
    elif isinstance(question, Date | Time | DateTime):
        special = _OF_TIMES
    return _(special.get(test, _WORDS[test]))


def quoted(words: str) -> str:
    """Words in quotation marks of the interface's language."""
    return _("“{words}”").format(words=words)


def short_name(item: Item) -> str:
    """The item's wording on one line of at most `NAME_CELLS` terminal cells."""
    return fit(" ".join(item.wording.split()), NAME_CELLS) or _("(without words)")


def _asked(form: Form, item_id: str) -> str:
    item = form.item(item_id)
    return _("(a question that is gone)") if item is None else quoted(short_name(item))


def _value(question: Question | None, value: object) -> str:
    """A condition's value in words; an ellipsis for one that is missing or does not fit the question."""
    if value is None or not isinstance(value, bool | int | str):
        return "…"
    if question is None:
        return str(value)
    if isinstance(question, Choice):
        option = question.option(value)
        return quoted(option.wording) if option else "…"
    if isinstance(question, ShortText | LongText):
        return quoted(str(value))
    return str(value) if isinstance(question, Scale) else _said(question, value)


def _said(question: Question, value: Value) -> str:
    words = question.in_words(value)
    return say(words) if isinstance(words, Message) else words

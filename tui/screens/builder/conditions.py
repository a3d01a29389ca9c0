"""When an item is shown: its conditions, each one line, of which all or any one must hold."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult

from data.domain.conditions import Condition, ShownWhen
from data.domain.errors import Message
from data.domain.forms import Form, WhiteBox
from tui.acts import ACTS
from tui.i18n import _, say
from tui.screens.base import BaseScreen
from tui.screens.builder.ask_condition import AskCondition
from tui.screens.builder.askable import askable, fault_of
from tui.widgets.condition_words import of_condition
from tui.widgets.outline import Line, Outline
from tui.widgets.plain import ErrorText, Heading, Note, fit

_NO_QUESTION = Message("There is no earlier question to ask about: move this below one")
_NO_CONDITION = Message("There is no condition yet")


class ConditionsScreen(BaseScreen["ShownWhen | None"]):
    """The conditions of one item. Dismissed with them as they are when one leaves, None for always.

    Leaving never loses anything: the builder's undo takes a change back. With no condition yet, it begins by
    asking for one, and Esc leads right back.
    """

    PLACE = "conditions"
    DEFAULT_CSS = """
    ConditionsScreen {
        & #every { margin: 1 0; }
        & ErrorText { margin-top: 1; }
    }
    """

    def __init__(self, form: Form, item_id: str, way: Sequence[str] = ()) -> None:
        """`way` is the translated trail of the screen that this one lies on."""
        super().__init__()
        item = form.item(item_id)
        before = None if item is None or isinstance(item, WhiteBox) else item.shown_when
        self._form = form
        self._item_id = item_id
        self._way = way
        self._wording = fit(item.wording, 200) if item is not None else ""
        self._conditions = list(before.conditions) if before else []
        self._every = before.every if before else True
        self._before = before
        self._outline = Outline()

    def compose_body(self) -> ComposeResult:
        yield Heading(self._wording)
        yield Note(id="every")
        yield self._outline
        yield ErrorText()

    def on_mount(self) -> None:
        self.set_focus(self._outline)
        self._show(0)
        if not self._conditions and self.why_not("condition.add") is None:
            self.app.push_screen(AskCondition(self._form, self._item_id, self._add), self._asked_first)

    def trail(self) -> Sequence[str]:
        return [*self._way, *super().trail()]

    def unsaved(self) -> Message | None:
        if self.shown_when == self._before:
            return None
        return Message("The conditions of “{item}” are not saved", item=self._wording)

    @property
    def shown_when(self) -> ShownWhen | None:
        """The conditions as they are now; None shows the item always."""
        if not self._conditions:
            return None
        return ShownWhen(conditions=tuple(self._conditions), every=self._every)

    def why_not(self, act: str) -> Message | None:
        if act == "condition.add" and not askable(self._form, self._item_id):
            return _NO_QUESTION
        if act == "condition.change" and not askable(self._form, self._item_id):
            return _NO_QUESTION
        if act in ("condition.change", "condition.delete") and not self._conditions:
            return _NO_CONDITION
        if act == "condition.every" and len(self._conditions) < 2:
            return Message("There is only one condition") if self._conditions else _NO_CONDITION
        return None

    def act_condition_add(self) -> None:
        self.app.push_screen(AskCondition(self._form, self._item_id, self._add))

    def act_condition_change(self) -> None:
        at = self._outline.cursor
        self.app.push_screen(AskCondition(self._form, self._item_id, self._replace, self._conditions[at]))

    def act_condition_delete(self) -> None:
        del self._conditions[self._outline.cursor]
        self._show(self._outline.cursor)

    def act_condition_every(self) -> None:
        self._every = not self._every
        self._show(self._outline.cursor)

    def act_part_done(self) -> None:
        self.dismiss(self.shown_when)

    def act_app_back(self) -> None:
        self.dismiss(self.shown_when)

    @on(Outline.Highlighted)
    def _highlighted(self) -> None:
        self._show_fault()

    def _asked_first(self, _nothing: None) -> None:
        """What was opened to write the first condition, and given up, leads right back."""
        if not self._conditions:
            self.act_app_back()

    def _add(self, condition: Condition) -> None:
        self._conditions.append(condition)
        self._show(len(self._conditions) - 1)

    def _replace(self, condition: Condition) -> None:
        self._conditions[self._outline.cursor] = condition
        self._show(self._outline.cursor)

    def _show(self, cursor: int) -> None:
        lines = [
            Line(of_condition(self._form, one), fault=fault_of(self._form, self._item_id, one) is not None)
            for one in self._conditions
        ]
        self._outline.show(lines, cursor)
        self.query_one("#every", Note).update(self._introduction())
        self._show_fault()
        self.refresh_bindings()

    def _introduction(self) -> str:
        match len(self._conditions):
            case 0 if self.why_not("condition.add"):
                return _("Always shown. {why}").format(why=say(_NO_QUESTION))
            case 0:
                key = self.desk.key_of(ACTS["condition.add"])
                return _("Always shown. {key} adds a condition").format(key=key)
            case 1:
                return _("Shown if this holds:")
            case _ if self._every:
                return _("Shown if all of these hold:")
            case _:
                return _("Shown if at least one of these holds:")

    def _show_fault(self) -> None:
        at = self._outline.cursor
        fault = fault_of(self._form, self._item_id, self._conditions[at]) if self._conditions else None
        self.query_one(ErrorText).update(say(fault) if fault else "")

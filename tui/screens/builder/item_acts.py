"""What can be done with the items of a template in the builder's outline."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from functools import partial

from data.domain.conditions import ShownWhen
from data.domain.errors import Message
from data.domain.forms import AnyItem, Filled, WhiteBox
from data.domain.limits import ITEM_LIMIT
from tui.acts import ACTS
from tui.building import tree
from tui.building.content import Head
from tui.building.editing import Editing
from tui.i18n import _
from tui.screens.base import BaseScreen
from tui.screens.builder.conditions import ConditionsScreen
from tui.screens.builder.type_list import TypeList

_ADDS = frozenset({"item.add", "item.add_after", "item.copy"})
_NEEDS_ITEM = frozenset(
    {"item.up", "item.down", "item.in", "item.out", "item.copy", "item.delete", "item.conditions"}
)


class ItemActs(BaseScreen[None]):
    """A screen that edits the items of `editing` and shows them by `show_all`."""

    def __init__(self, editing: Editing) -> None:
        super().__init__()
        self._editing = editing

    @abstractmethod
    def show_all(self, *, fresh: bool = False) -> None:
        """Show the template as it is now, on the row that the `Editing` stands on; see `RowEditor.show`."""

    @abstractmethod
    def write_here(self) -> None:
        """Go to the first field of the row."""

    def change(self, change: Callable[[], None]) -> None:
        """Change the template otherwise than by its fields."""
        change()
        self.show_all()

    def act_item_toggle(self) -> None:
        """Space in the outline: can the patient answer, must this be filled in."""
        item = self._editing.item
        if self._editing.row is Head.ANSWERABLE:
            self._editing.write("answerable", not self._editing.form.answerable)
        elif isinstance(item, Filled):
            self._editing.write("required", not item.required)
        self.show_all()

    def act_item_add(self) -> None:
        self.app.push_screen(TypeList(self._add))

    def act_item_add_after(self) -> None:
        self.app.push_screen(TypeList(partial(self._add, after_section=True)))

    def _add(self, kind: type[AnyItem], *, after_section: bool = False) -> None:
        self._editing.add(kind, after_section=after_section)
        self.show_all(fresh=True)
        self.write_here()

    def act_item_up(self) -> None:
        self.change(lambda: self._editing.shift(-1))

    def act_item_down(self) -> None:
        self.change(lambda: self._editing.shift(1))

    def act_item_in(self) -> None:
        self.change(self._editing.move_in)

    def act_item_out(self) -> None:
        self.change(self._editing.move_out)

    def act_item_copy(self) -> None:
        self.change(self._editing.copy)

    def act_item_delete(self) -> None:
        self.change(self._editing.delete)
        self.tell(_("Deleted. {key} brings it back").format(key=self.desk.key_of(ACTS["builder.undo"])))

    def act_item_conditions(self) -> None:
        if (item := self._editing.item) is not None:
            screen = ConditionsScreen(self._editing.form, item.id, self.trail())
            self.app.push_screen(screen, partial(self._put_conditions, item.id))

    def _put_conditions(self, item_id: str, shown_when: ShownWhen | None) -> None:
        if self._editing.row == item_id:
            self.change(lambda: self._editing.write("shown_when", shown_when))


def why_not_item(editing: Editing, act: str) -> Message | None:
    """Why an act on the highlighted item can't be done now; None when it can."""
    return next(_reasons(editing, act), None)


def _reasons(editing: Editing, act: str) -> Iterator[Message]:
    place, form = editing.place, editing.form
    needed = len(list(tree.ids_in(place.item))) if place and act == "item.copy" else 1
    if act in _ADDS and needed > editing.room:
        yield Message("A template holds at most {limit} items", limit=ITEM_LIMIT)
    if act not in _NEEDS_ITEM:
        return
    if place is None:
        yield Message("Go to an item first: a text, a section, a white box or a question")
    elif act == "item.in" and tree.inward(form, place) is None:
        yield Message("Only what stands right after a section can be moved into it")
    elif act == "item.out" and not place.within:
        yield Message("This lies in no section")
    elif act == "item.conditions" and isinstance(place.item, WhiteBox):
        yield Message("A white box is shown always")

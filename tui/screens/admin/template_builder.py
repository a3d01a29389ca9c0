"""The builder: an outline of the template on the left, the editor of the highlighted row on the right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from data.domain.errors import Message, Problem
from data.domain.forms import ITEM_LIMIT, Form
from data.templates import Template
from tui.bindings import ACTS
from tui.editing import WHOLE, AnItem, Editing, Head, Row
from tui.i18n import _, ngettext, say
from tui.screens.admin.kinds import kind_of
from tui.screens.admin.preview import PreviewScreen
from tui.screens.admin.row_editor import RowEditor, head_word
from tui.screens.admin.storing import Storing
from tui.screens.admin.type_list import TypeList
from tui.screens.admin.way import templates_way
from tui.screens.base import BaseScreen
from tui.screens.dialog import ask_unsaved
from tui.widgets.outline import Line, Outline
from tui.widgets.plain import pad
from tui.work import lead

_NEEDS_ITEM = frozenset({"item.up", "item.down", "item.copy", "item.delete"})
_SIGN = 4
"""Cells for the sign of an item's type and the space after it."""


class BuilderScreen(BaseScreen[None]):
    """Builds a template: a new one, or `template` as it was read.

    With `mend`, it opens where the first thing is missing, as after an attempt to publish it.
    """

    PLACE = "builder"
    DEFAULT_CSS = """
    BuilderScreen {
        & Outline { width: 2fr; min-width: 36; margin-right: 2; }
        & RowEditor { width: 3fr; }
    }
    """

    def __init__(self, template: Template | None = None, *, mend: bool = False) -> None:
        super().__init__()
        self._mend = mend
        self._editing = Editing(template.name, template.form) if template is not None else Editing("", Form())
        self._template = template
        self._outline = Outline()
        self._editor = RowEditor(self._editing)

    def compose_body(self) -> ComposeResult:
        with Horizontal():
            yield self._outline
            yield self._editor

    def on_mount(self) -> None:
        self._storing = Storing(
            self.desk, self._editing, self._template, shown=self._show, tell=self.tell, refused=self._refused
        )
        self._show(fresh=self._storing.is_new)
        if self._mend:
            self._refused(self._editing.problems())
        elif self._storing.is_new:
            self._editor.focus_field()
        else:
            self.set_focus(self._outline)

    def trail(self) -> Sequence[str]:
        name = self._editing.name or _("New template")
        return [*templates_way(), name + (f" ({_('not saved')})" if self._editing.changed else "")]

    def unsaved(self) -> Message | None:
        """What would be lost if the program ended now."""
        self._take()
        if not self._editing.changed:
            return None
        if not self._editing.name:
            return Message("The new template is not saved")
        return Message("The template {name} has changes that are not saved", name=self._editing.name)

    def why_not(self, act: str) -> Message | None:
        editing = self._editing
        if act in _NEEDS_ITEM and editing.item is None:
            return Message("Go to an item first: a text, a white box or a question")
        if act in ("item.add", "item.copy") and editing.is_full:
            return Message("A template holds at most {limit} items", limit=ITEM_LIMIT)
        if act == "builder.undo" and not editing.can_undo:
            return Message("There is nothing to undo")
        if act == "builder.redo" and not editing.can_redo:
            return Message("There is nothing to do again")
        return None

    async def action_act(self, name: str) -> None:
        self._take()
        await super().action_act(name)

    # Going about

    @on(Outline.Highlighted)
    def _row_highlighted(self) -> None:
        self._take()
        self.refresh_bindings()

    def _take(self) -> None:
        """Bring the template up to date with every key so far; messages about them may be on their way."""
        self._editor.take()
        row = self._editing.rows[self._outline.cursor]
        if row != self._editing.row:
            self._editing.row = row
            self._editor.show()

    def act_item_edit(self) -> None:
        self._editor.focus_field()

    @on(RowEditor.Left)
    def _to_outline(self) -> None:
        self._take()
        self._editing.pause()
        self._editor.show_faults(self._editing.faults(self._editing.row))
        self.set_focus(self._outline)

    def act_app_back(self) -> None:
        if self._editor.has_focus_within:
            self._to_outline()
        else:
            lead(self, self._leave, "leave")

    async def _leave(self) -> None:
        unsaved = self.unsaved()
        if unsaved is None:
            self.dismiss()
            return
        choice = await self.app.push_screen_wait(ask_unsaved(unsaved))
        if choice == "discard" or (choice == "save" and await self._storing.save()):
            self.dismiss()

    # Editing

    @on(RowEditor.Edited)
    def _edited(self) -> None:
        self._show_lines()
        self.refresh_bindings()

    def act_item_toggle(self) -> None:
        """Space in the outline: can the patient answer, must this be filled in."""
        self._take()
        item = self._editing.item
        if self._editing.row is Head.ANSWERABLE:
            self._editing.write("answerable", not self._editing.form.answerable)
        elif item is not None and "required" in type(item).model_fields:
            self._editing.write("required", not getattr(item, "required", False))
        self._show()

    def act_item_add(self) -> None:
        self.app.push_screen(TypeList(self._add))

    def _add(self, kind: type[AnItem]) -> None:
        self._editing.add(kind)
        self._show(fresh=True)
        self._editor.focus_field()

    def act_item_up(self) -> None:
        self._change(lambda: self._editing.shift(-1))

    def act_item_down(self) -> None:
        self._change(lambda: self._editing.shift(1))

    def act_item_copy(self) -> None:
        self._change(self._editing.copy)

    def act_item_delete(self) -> None:
        self._change(self._editing.delete)
        self.tell(_("Deleted. {key} brings it back").format(key=self.desk.key_of(ACTS["builder.undo"])))

    def act_builder_undo(self) -> None:
        self._change(self._editing.undo)

    def act_builder_redo(self) -> None:
        self._change(self._editing.redo)

    def _change(self, change: Callable[[], None]) -> None:
        """Change the template otherwise than by its fields."""
        change()
        self._show()

    # Preview, save, publish

    def act_builder_preview(self) -> None:
        self.app.push_screen(PreviewScreen(self._editing.name, self._editing.form, self.trail()))

    def act_builder_save(self) -> None:
        self._store(self._save)

    def act_builder_publish(self) -> None:
        self._store(self._publish)

    def _store(self, work: Callable[[], Awaitable[None]]) -> None:
        # Not by `begin`, which gives up what its group was still doing: `Storing` does one after the other,
        # and a second Ctrl+S saves what was typed after the first.
        self.run_worker(work(), group="store")

    async def _save(self) -> None:
        self._take()
        if await self._storing.save():
            self.refresh_bindings()
            self.tell(
                _("Saved. {key} lets staff send it").format(key=self.desk.key_of(ACTS["builder.publish"]))
            )

    async def _publish(self) -> None:
        self._take()
        if await self._storing.publish():
            self.refresh_bindings()
            self.tell(_("{name} is published: staff can send it now").format(name=self._editing.name))

    def _refused(self, problems: Sequence[Problem]) -> None:
        """Say what has to be mended, and go to the first of it."""
        if not problems:
            return
        row = self._editing.row_of(problems[0])
        self._editing.row = row
        self._show()
        # A taken name is known to the database only.
        faults = {problem.field: problem.message for problem in problems if problem.field == row_name(row)}
        faults |= self._editing.faults(row)
        self._editor.show_faults(faults)
        field = next(iter(faults), WHOLE)
        if field in (WHOLE, Head.ANSWERABLE.value):
            self.set_focus(self._outline)  # there a question can be added, or deleted
        else:
            self._editor.focus_field(field)
        self.tell(
            ngettext(
                "{n} thing to mend, marked ✗: {first}",
                "{n} things to mend, marked ✗. The first: {first}",
                len(problems),
            ).format(n=len(problems), first=say(problems[0].message))
        )

    # Showing

    def _show(self, *, fresh: bool = False) -> None:
        """Show the template as it is now. Whoever was in the fields of another row is led out of them."""
        self._show_lines()
        if self._editor.show(fresh=fresh) and self._editor.has_focus_within:
            self.set_focus(self._outline)
        self.refresh_bindings()

    def _show_lines(self) -> None:
        faulty = {self._editing.row_of(problem) for problem in self._editing.problems()}
        rows = self._editing.rows
        lines = [self._head_line(head, head in faulty) for head in Head]
        lines += [
            Line(f"{number:>2} {pad(kind_of(item).sign, _SIGN)}{_wording(item)}", fault=item.id in faulty)
            for number, item in enumerate(self._editing.form.items, 1)
        ]
        self._outline.show(lines, rows.index(self._editing.row))

    def _head_line(self, head: Head, fault: bool) -> Line:
        word = head_word(head)
        if head is Head.ANSWERABLE:
            return Line(word, _("Yes") if self._editing.form.answerable else _("No"), fault)
        if head is Head.NAME and self._editing.name:
            return Line(f"{word}: {self._editing.name}", fault=fault)
        return Line(word, fault=fault)


def row_name(row: Row) -> str:
    """How operations call a row in their problems."""
    return row.value if isinstance(row, Head) else row


def _wording(item: AnItem) -> str:
    return item.wording or f"({_(kind_of(item).word).lower()})"

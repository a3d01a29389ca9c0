"""The builder: an outline of the template on the left, the editor of the highlighted row on the right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from data.domain.errors import Message, OmvantError, Problem
from data.domain.forms import Form, Score
from data.templates import Template
from tui.acts import ACTS
from tui.building.content import WHOLE, Head
from tui.building.editing import Editing
from tui.i18n import _, say
from tui.keeping import Keeping
from tui.screens.admin.preview import PreviewScreen
from tui.screens.admin.way import templates_way
from tui.screens.builder.item_acts import ItemActs, why_not_item
from tui.screens.builder.outline_lines import BuilderOutline, OutlineLines
from tui.screens.builder.problem_list import ProblemList
from tui.screens.builder.row_editor import RowEditor
from tui.screens.builder.scores import ScoresScreen
from tui.screens.builder.storing import Storing
from tui.screens.dialog import ask_unsaved
from tui.widgets.condition_words import note
from tui.widgets.outline import Outline
from tui.widgets.paper import INSTRUCTION, TITLE, Paper
from tui.widgets.settled import settled
from tui.widgets.when import moment
from tui.work import lead

WIDE = 120
"""Columns from which the form as the patient sees it stands beside the editor."""
SMALL = 76
"""Columns below which the outline makes room for the fields, and their labels stand above them."""


class BuilderScreen(ItemActs):
    """Builds a template: a new one, or `template` as it was read.

    With `mend`, it opens where the first thing is missing, as after an attempt to publish it.
    """

    PLACE = "builder"
    HORIZONTAL_BREAKPOINTS = [(0, "-small"), (SMALL, "-narrow"), (WIDE, "-wide")]
    DEFAULT_CSS = """
    BuilderScreen {
        & BuilderOutline { width: 2fr; min-width: 36; margin-right: 2; }
        & RowEditor { width: 3fr; }
        & Paper { display: none; width: 3fr; margin-left: 2; }
        &.-wide Paper { display: block; }
        &.-small BuilderOutline { width: 1fr; min-width: 18; margin-right: 1; }
        &.-small RowEditor { width: 1fr; }
        &.-small RowEditor Labelled {
            layout: vertical;
            & > Text { width: 1fr; }
            & > Vertical { width: 100%; }
        }
    }
    """

    def __init__(self, template: Template | None = None, *, mend: bool = False) -> None:
        super().__init__(Editing(template.name, template.form) if template else Editing("", Form()))
        self._mend = mend
        self._template = template
        self._lines = OutlineLines()
        self._outline = BuilderOutline()
        self._editor = RowEditor(self._editing)
        self._paper = Paper(noted=note)
        self._keeping = Keeping(self, self._keep_quietly)

    def compose_body(self) -> ComposeResult:
        with Horizontal():
            yield self._outline
            yield self._editor
            yield self._paper

    def on_mount(self) -> None:
        self._storing = Storing(
            self.desk,
            self._editing,
            self._template,
            shown=self.show_all,
            tell=self.tell,
            refused=self._refused,
        )
        # Textual would do it after the first paint.
        self.set_class(self.app.size.width >= WIDE, "-wide")
        self.set_class(self.app.size.width < SMALL, "-small")
        self.show_all(fresh=self._storing.is_new)
        if self._storing.is_new:
            self._editor.focus_field()
        else:
            self.set_focus(self._outline)
        lead(self, self._resume, "resume")

    def trail(self) -> Sequence[str]:
        name = self._editing.name or _("New template")
        return [*templates_way(), name + (f" ({_('not saved')})" if self._editing.changed else "")]

    async def keep(self) -> None:
        """Store what is not saved yet, without asking anything. Raises what `template_drafts.keep` raises."""
        self._keeping.stop()
        await settled(self.focused)
        self._take()
        await self._storing.keep()

    def unsaved(self) -> Message | None:
        """What is not saved, though it is kept: nobody can send it yet."""
        self._take()
        if not self._editing.changed:
            return None
        if not self._editing.name:
            return Message("The new template is not saved. You find it again under New template")
        return Message(
            "The template {name} has changes that are not saved. You find them again when you open it",
            name=self._editing.name,
        )

    def why_not(self, act: str) -> Message | None:
        editing = self._editing
        if act.startswith("item."):
            return why_not_item(editing, act)
        if act == "builder.undo" and not editing.can_undo:
            return Message("There is nothing to undo")
        if act == "builder.redo" and not editing.can_redo:
            return Message("There is nothing to do again")
        if act == "builder.problems" and not editing.content.problems:
            return Message("There is nothing to mend: the template can be published")
        return None

    async def action_act(self, name: str) -> None:
        self._take()
        await super().action_act(name)

    # Going about

    @on(Outline.Highlighted)
    def _row_highlighted(self) -> None:
        self._take()
        self._show_paper()
        self.refresh_bindings()

    def _take(self) -> None:
        """Bring the template up to date with every key so far; messages about them may be on their way."""
        self._editor.take()
        row = self._editing.rows[self._outline.cursor]
        if row != self._editing.row:
            self._editing.row = row
            self._editor.show()

    def write_here(self) -> None:
        self._editor.focus_field()

    def act_item_edit(self) -> None:
        if self._editing.row is Head.SCORES:
            self.act_builder_scores()
        else:
            self._editor.focus_field()

    @on(RowEditor.Left)
    def _to_outline(self) -> None:
        self._take()
        self._editing.pause()
        self._editor.show_faults(self._editing.content.faults(self._editing.row))
        self.set_focus(self._outline)

    def act_app_back(self) -> None:
        if self._editor.has_focus_within:
            self._to_outline()
        else:
            lead(self, self._leave, "leave")

    async def _leave(self) -> None:
        if await self._may_leave():
            self._keeping.stop()
            with suppress(OmvantError):  # what can't be thrown away now is offered again, and does no harm
                await self._storing.discard()
            self.dismiss()

    async def _may_leave(self) -> bool:
        if not self._editing.changed:
            return True
        name = self._editing.name
        question = Message("The template {name} has changes that are not saved", name=name)
        unsaved = question if name else Message("The new template is not saved")
        choice = await self.app.push_screen_wait(ask_unsaved(unsaved))
        return choice == "discard" or (choice == "save" and await self._storing.save())

    # Editing

    @on(RowEditor.Edited)
    def _edited(self) -> None:
        self._show_lines()
        self.refresh_bindings()

    def act_builder_undo(self) -> None:
        self.change(self._editing.undo)

    def act_builder_redo(self) -> None:
        self.change(self._editing.redo)

    # Conditions and scores

    @on(RowEditor.Opened)
    def _opened(self, event: RowEditor.Opened) -> None:
        if event.field == Head.SCORES.value:
            self.act_builder_scores()
        else:
            self.act_item_conditions()

    def act_builder_scores(self) -> None:
        self.app.push_screen(ScoresScreen(self._editing.form, self.trail()), self._put_scores)

    def _put_scores(self, scores: tuple[Score, ...] | None) -> None:
        if scores is not None:
            self.change(lambda: self._editing.put_scores(scores))

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

    async def _resume(self) -> None:
        """Go on with what was not saved last time, and begin where something must be mended."""
        with self.telling():
            kept_at = await self._storing.resume()
            if kept_at is not None:
                self.show_all()
                words = _("Your unsaved work from {time} is still here; {key} shows what is saved")
                time = moment(kept_at, self.desk.clinic_zone)
                self.tell(words.format(time=time, key=self.desk.key_of(ACTS["builder.undo"])))
        if self._mend:
            self._refused(self._editing.content.problems)

    async def _keep_quietly(self) -> None:
        with self.telling():
            await self._storing.keep()

    # What must be mended

    def act_builder_problems(self) -> None:
        self.app.push_screen(ProblemList(self._editing.content, self._go_to))

    def _refused(self, problems: Sequence[Problem]) -> None:
        """Say what has to be mended, and go to the first of it."""
        if not problems:
            return
        self._go_to(problems[0])
        first = say(problems[0].message)
        if len(problems) == 1:
            # No count: a name that is missing or taken stops saving alone, while more may be marked.
            self.tell(first)
            return
        words = _("{n} things to mend, marked ✗; {key} lists them. First: {first}")
        key = self.desk.key_of(ACTS["builder.problems"])
        self.tell(words.format(n=len(problems), key=key, first=first))

    def _go_to(self, problem: Problem) -> None:
        """Go to where a problem can be mended, into the field at fault."""
        content = self._editing.content
        row, field = content.row_of(problem), content.field_of(problem)
        self._editing.row = row
        self.show_all()
        # A taken name is known to the database only.
        self._editor.show_faults({**content.faults(row), field: problem.message})
        if field in (WHOLE, Head.ANSWERABLE.value, Head.SCORES.value):
            self.set_focus(self._outline)  # there a question can be added, deleted or moved
        else:
            self._editor.focus_field(field)

    # Showing

    def show_all(self, *, fresh: bool = False) -> None:
        """Show the template as it is now. Whoever was in the fields of another row is led out of them."""
        self._show_lines()
        if self._editor.show(fresh=fresh) and self._editor.has_focus_within:
            self.set_focus(self._outline)
        self.refresh_bindings()

    def _show_lines(self) -> None:
        content = self._editing.content
        self._outline.show(self._lines.of(content), content.rows[self._editing.row])
        self._show_paper()
        self._keeping.soon()

    def _show_paper(self) -> None:
        row, form = self._editing.row, self._editing.form
        heads = {Head.NAME: TITLE, Head.TITLE: TITLE, Head.PATIENT: INSTRUCTION}
        here = heads.get(row) if isinstance(row, Head) else row
        self._paper.show(form, form.title or self._editing.name, here)

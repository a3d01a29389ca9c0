"""Mallar för invånarärende: the clinic's templates as administrators see them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual import on
from textual.app import ComposeResult

from data import templates
from data.domain.errors import Conflict, Invalid, Message
from data.domain.text import fold
from data.templates import OtherClinic, Template, TemplateRow, TemplateState
from tui.acts import ACTS, Act
from tui.i18n import N_, _
from tui.screens.admin.library import LibraryScreen
from tui.screens.admin.template_files import export_to_file, import_from_file
from tui.screens.admin.template_versions import VersionsScreen
from tui.screens.admin.way import templates_way
from tui.screens.builder.template_builder import BuilderScreen
from tui.screens.dialog import Ask, AskText
from tui.screens.list_screen import ListScreen
from tui.widgets.columns import Column
from tui.widgets.marks import kind_words
from tui.widgets.paged_table import PagedTable
from tui.widgets.when import short_moment
from tui.widgets.whole import WholeList
from tui.work import lead

STATE_WORDS = {
    TemplateState.DRAFT: N_("Draft"),
    TemplateState.PUBLISHED: N_("Published"),
    TemplateState.CHANGED: N_("Edited since"),
    TemplateState.RETIRED: N_("Retired"),
}
_NEEDS_ROW = frozenset(
    {
        "template.edit",
        "template.copy",
        "template.copy_to",
        "template.export",
        "template.publish",
        "template.retire",
        "template.versions",
    }
)


class TemplateListScreen(ListScreen[TemplateRow]):
    """All templates of the clinic; drafts and retired ones too."""

    PLACE = "templates"

    def __init__(self) -> None:
        super().__init__()
        self._words: list[str] = []
        self._list = WholeList(self._read, key=lambda row: row.id, wanted=self._wanted)
        self._elsewhere: tuple[OtherClinic, ...] = ()

    def compose_body(self) -> ComposeResult:
        zone = self.desk.clinic_zone
        table: PagedTable[TemplateRow] = PagedTable(
            [
                Column(_("Name"), 12, lambda row: row.name, flexible=True),
                Column(_("Kind"), 13, lambda row: kind_words(row.answerable)),
                Column(_("State"), 12, lambda row: _(STATE_WORDS[row.state])),
                Column(_("Last change"), 11, lambda row: short_moment(row.changed_at, zone)),
                Column(_("By"), 10, lambda row: row.changed_by),
            ],
            self._list,
            key=lambda row: row.id,
            empty_text=self._none_yet(),
        )
        yield table

    def filter_hint(self) -> str:
        return _("Name, person, kind or state")

    def trail(self) -> Sequence[str]:
        return templates_way()

    def why_not(self, act: str) -> Message | None:
        row = self.table.highlighted_row
        if act in ("template.export", "template.import") and self.desk.remote:
            return Message("Over SSH no files can be reached: ask the operator, who has omvant template")
        if act in _NEEDS_ROW and row is None:
            return Message("There is no template in the list")
        if act == "template.publish" and row and row.state is TemplateState.PUBLISHED:
            return Message("{name} is published already, as it is", name=row.name)
        if act == "template.retire" and row and row.state is TemplateState.RETIRED:
            return Message("{name} is out of use already; publishing brings it back", name=row.name)
        return None

    def offered(self) -> list[Act]:
        # Who administers one clinic only has nowhere to copy to.
        return [act for act in super().offered() if act.id != "template.copy_to" or self._elsewhere]

    def act_template_new(self) -> None:
        self.app.push_screen(BuilderScreen())

    def act_template_library(self) -> None:
        self.app.push_screen(LibraryScreen())

    def act_template_edit(self) -> None:
        if row := self.table.highlighted_row:
            lead(self, partial(self._edit, row), "act")

    def act_template_copy(self) -> None:
        if row := self.table.highlighted_row:
            lead(self, partial(self._copy, row), "act")

    def act_template_copy_to(self) -> None:
        if row := self.table.highlighted_row:
            lead(self, partial(self._copy_to, row), "act")

    def act_template_export(self) -> None:
        if row := self.table.highlighted_row:
            lead(self, partial(export_to_file, self, row.name), "act")

    def act_template_import(self) -> None:
        lead(self, self._import, "act")

    def act_template_versions(self) -> None:
        if row := self.table.highlighted_row:
            self.app.push_screen(VersionsScreen(row.id, row.name))

    def act_template_publish(self) -> None:
        if row := self.table.highlighted_row:
            lead(self, partial(self._publish, row), "act")

    def act_template_retire(self) -> None:
        if row := self.table.highlighted_row:
            lead(self, partial(self._retire, row), "act")

    @on(PagedTable.Chosen)
    async def _chosen(self) -> None:
        await self.action_act("template.edit")

    def narrow(self, text: str) -> None:
        self._words = fold(text).split()
        self.table.empty_text = _("No template matches") if self._words else self._none_yet()

    async def refresh_rows(self, *, stay_first: bool = False) -> None:
        self._list.stale()
        await super().refresh_rows(stay_first=stay_first)

    async def _edit(self, row: TemplateRow, *, mend: bool = False) -> None:
        with self.telling():
            template = await self.desk.do(templates.get, row.id)
            await self.app.push_screen(BuilderScreen(template, mend=mend))

    async def _copy(self, row: TemplateRow) -> None:
        title = _("Copy {name}").format(name=row.name)
        proposal = _("{name} (copy)").format(name=row.name)
        name = await self.app.push_screen_wait(
            AskText(title, "", _("Name"), proposal, check=self._name_fault)
        )
        if name is not None:
            with self.telling():
                made = await self.desk.do(templates.copy, row.id, name)
                await self.refresh_rows()
                self.table.point_at(made.id)
                self.tell(_("{name} is made, as a draft").format(name=made.name))

    async def _copy_to(self, row: TemplateRow) -> None:
        clinic = await self._chosen_clinic()
        if clinic is None:
            return
        with self.telling():
            if made := await self._copied(row, clinic):
                done = _("{name} is made at {clinic}, as a draft")
                self.tell(done.format(name=made.name, clinic=clinic.name))

    async def _copied(self, row: TemplateRow, clinic: OtherClinic) -> Template | None:
        """The copy, under the first name that the other clinic takes; None when the person gives up."""
        title = _("Copy {name} to {clinic}").format(name=row.name, clinic=clinic.name)
        name: str | None = row.name
        fault: Message | None = None
        while name is not None:
            name = await self.app.push_screen_wait(AskText(title, "", _("Name there"), name, fault=fault))
            if name is not None:
                try:
                    return await self.desk.do(templates.copy_to, row.id, clinic.id, name)
                except Invalid as error:
                    fault = error.problems[0].message
        return None

    async def _chosen_clinic(self) -> OtherClinic | None:
        """The clinic to copy to; asked for when there are several."""
        if len(self._elsewhere) == 1:
            return self._elsewhere[0]
        choices = [(str(clinic.id), clinic.name) for clinic in self._elsewhere]
        chosen = await self.app.push_screen_wait(Ask(_("Copy to which clinic?"), "", choices))
        return next((clinic for clinic in self._elsewhere if str(clinic.id) == chosen), None)

    async def _import(self) -> None:
        made = await import_from_file(self)
        if made is not None:
            await self.refresh_rows()
            self.table.point_at(made.id)
            self.tell(_("{name} is made, as a draft").format(name=made.name))

    async def _publish(self, row: TemplateRow) -> None:
        with self.telling():
            try:
                await self.desk.do(templates.publish, row.id, row.version)
            except Invalid:
                await self._edit(row, mend=True)
                return
            except Conflict:
                await self.refresh_rows()
                raise
            await self.refresh_rows()
            self.tell(_("{name} is published: staff can send it now").format(name=row.name))

    async def _retire(self, row: TemplateRow) -> None:
        choices = (("keep", _("Keep it in use")), ("retire", _("Retire {name}").format(name=row.name)))
        text = _("Staff can't send {name} any more. Cases that are sent already stay as they are.")
        choice = await self.app.push_screen_wait(
            Ask(_("Retire the template?"), text.format(name=row.name), choices)
        )
        if choice == "retire":
            with self.telling():
                try:
                    await self.desk.do(templates.retire, row.id, row.version)
                finally:
                    await self.refresh_rows()
                self.tell(_("{name} is out of use").format(name=row.name))

    def _none_yet(self) -> str:
        new, library = (self.desk.key_of(ACTS[act]) for act in ("template.new", "template.library"))
        return _("No templates yet: {key} builds the first, {library} opens the library").format(
            key=new, library=library
        )

    def _name_fault(self, name: str) -> Message | None:
        """What is wrong with a name for a new template, as far as the list knows."""
        if not name:
            return Message("Give the template a name")
        if fold(name) in (fold(row.name) for row in self._list.rows):
            return Message("Another template has this name: choose a name of its own")
        return None

    async def _read(self) -> Sequence[TemplateRow]:
        self._elsewhere = await self.desk.do(templates.other_clinics)
        return await self.desk.do(templates.list_all)

    def _wanted(self, row: TemplateRow) -> bool:
        words = (row.name, row.changed_by, kind_words(row.answerable), _(STATE_WORDS[row.state]))
        text = fold(" ".join(words))
        return all(word in text for word in self._words)

"""Versioner: what has been published of a template, what differs, and the way back to an old version."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual import on
from textual.app import ComposeResult

from data import template_versions, templates
from data.domain.errors import Message
from data.template_versions import VersionRow
from data.templates import Template, TemplateState
from tui.i18n import _
from tui.screens.admin.preview import PreviewScreen
from tui.screens.admin.template_diff import DiffScreen, Side
from tui.screens.admin.template_history import HistoryScreen
from tui.screens.admin.way import templates_way
from tui.screens.dialog import Ask
from tui.screens.list_screen import ListScreen
from tui.widgets.columns import Column
from tui.widgets.marks import version_title
from tui.widgets.paged_table import PagedTable
from tui.widgets.when import moment
from tui.widgets.whole import WholeList
from tui.work import lead

MARK = "✓"

_NEEDS_ROW = frozenset({"version.show", "version.compare", "version.mark", "version.restore"})


class VersionsScreen(ListScreen[VersionRow]):
    """The published versions, the latest first. One of them may be marked, to compare another with it."""

    PLACE = "versions"

    def __init__(self, template_id: int, name: str) -> None:
        super().__init__()
        self._template_id = template_id
        self._title = name
        self._marked: int | None = None
        self._list = WholeList(self._read, key=lambda row: row.number)

    def compose_body(self) -> ComposeResult:
        zone = self.desk.clinic_zone
        table: PagedTable[VersionRow] = PagedTable(
            [
                Column("", 1, lambda row: MARK if row.number == self._marked else ""),
                Column(_("Version"), 7, lambda row: str(row.number)),
                Column(_("Name"), 12, lambda row: row.name, flexible=True),
                Column(_("Published"), 16, lambda row: moment(row.published_at, zone)),
                Column(_("By"), 14, lambda row: row.published_by),
                Column(_("Sent cases"), 7, lambda row: str(row.cases)),
                Column(_("In use"), 6, lambda row: _("Yes") if row.in_use else ""),
            ],
            self._list,
            key=lambda row: row.number,
            empty_text=_("Not published yet: what staff can send becomes version 1"),
        )
        yield table

    def trail(self) -> Sequence[str]:
        return [*templates_way(), self._title, *super().trail()]

    def why_not(self, act: str) -> Message | None:
        if act in _NEEDS_ROW and self.table.highlighted_row is None:
            return Message("The template has no versions yet")
        return None

    def act_version_show(self) -> None:
        if row := self.table.highlighted_row:
            lead(self, partial(self._show, row), "act")

    def act_version_compare(self) -> None:
        if row := self.table.highlighted_row:
            lead(self, partial(self._compare, row), "act")

    def act_version_mark(self) -> None:
        if row := self.table.highlighted_row:
            self._marked = None if row.number == self._marked else row.number
            self.table.refresh()

    def act_version_restore(self) -> None:
        if row := self.table.highlighted_row:
            lead(self, partial(self._restore, row), "act")

    def act_version_history(self) -> None:
        self.app.push_screen(HistoryScreen(self._template_id, self.trail()))

    @on(PagedTable.Chosen)
    async def _chosen(self) -> None:
        await self.action_act("version.show")

    async def refresh_rows(self, *, stay_first: bool = False) -> None:
        self._list.stale()
        await super().refresh_rows(stay_first=stay_first)

    async def _show(self, row: VersionRow) -> None:
        with self.telling():
            version = await self.desk.do(template_versions.get, self._template_id, row.number)
            way = [*self.trail(), str(row.number)]
            await self.app.push_screen(PreviewScreen(version.name, version.form, way))

    async def _compare(self, row: VersionRow) -> None:
        """Ask what with, when there is a choice, and show the older of the two first."""
        numbers = [one for one in (row.number - 1, self._marked) if one and one != row.number]
        choices = [("copy", _("The working copy"))]
        choices[:0] = [(str(one), version_title(one)) for one in dict.fromkeys(numbers)]
        chosen: str | None = choices[0][0]
        if len(choices) > 1:
            title = _("What differs between version {number} and").format(number=row.number)
            chosen = await self.app.push_screen_wait(Ask(title, "", choices))
        if chosen is None:
            return
        with self.telling():
            mine = await self._version(row.number)
            if chosen == "copy":
                copy = await self.desk.do(templates.get, self._template_id)
                old, new = mine, Side(_("the working copy"), copy.name, copy.form)
            else:
                other = await self._version(int(chosen))
                old, new = (other, mine) if int(chosen) < row.number else (mine, other)
            await self.app.push_screen(DiffScreen(old, new, self.trail()))

    async def _restore(self, row: VersionRow) -> None:
        with self.telling():
            template = await self.desk.do(templates.get, self._template_id)
            # What is published as it stands is a version already: nothing is lost by replacing it.
            if template.state is not TemplateState.PUBLISHED and not await self._may_replace(template, row):
                return
            try:
                await self.desk.do(template_versions.restore, self._template_id, row.number, template.version)
            finally:
                await self.refresh_rows()
            done = _("{name} is as in version {number} again: publish it to let staff send it")
            self.tell(done.format(name=template.name, number=row.number))

    async def _may_replace(self, template: Template, row: VersionRow) -> bool:
        text = _("The working copy of {name} holds changes that are not published. They will be gone.")
        choices = (
            ("keep", _("Keep the working copy")),
            ("replace", _("Replace it with version {number}").format(number=row.number)),
        )
        question = Ask(_("Replace the working copy?"), text.format(name=template.name), choices)
        return await self.app.push_screen_wait(question) == "replace"

    async def _version(self, number: int) -> Side:
        version = await self.desk.do(template_versions.get, self._template_id, number)
        return Side(version_title(number), version.name, version.form)

    async def _read(self) -> tuple[VersionRow, ...]:
        return await self.desk.do(template_versions.list_all, self._template_id)

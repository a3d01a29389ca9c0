"""Åtkomstlogg: who did what, when, about which patient; what deserves a look; samples and extracts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import on
from textual.app import ComposeResult

from data import access_log
from data.domain.errors import Message, Problem
from data.domain.paging import Edge, Page
from data.log_rows import LogRow
from tui.i18n import _, say
from tui.screens.admin.ask_fields import AskedField, AskFields
from tui.screens.admin.log_entry import columns, whole_entry
from tui.screens.admin.log_extracts import extract_to_file
from tui.screens.admin.log_filter import FIELD_WORDS, FLAGGED, KIND_WORDS, Wanted, parse, typed
from tui.screens.admin.log_reviews import LogReviewsScreen, draw_sample
from tui.screens.admin.way import administration
from tui.screens.list_screen import ListScreen
from tui.widgets.keyset import by_moment
from tui.widgets.paged_table import PagedTable
from tui.widgets.when import local_date
from tui.work import lead

_LATELY = 30
"""Days of which flagged entries are shown at first."""


class AccessLogScreen(ListScreen[LogRow]):
    """The clinic's entries, newest first. Enter shows all there is of one."""

    PLACE = "access_log"
    guidance = Message(
        "The filter takes words, and: person:anna patient:1912 from:2026-03-01 to:2026-03 kind:read. "
        "today, yesterday and 7d are days, flagged is what deserves a look. "
        "Kinds: sign-in, read, changed, export, administration, refused. f fills in the same in fields."
    )

    def __init__(self) -> None:
        super().__init__()
        self._wanted = Wanted()

    def compose_body(self) -> ComposeResult:
        table: PagedTable[LogRow] = PagedTable(
            columns(self.desk.clinic_zone),
            by_moment(self._read, lambda row: row.at),
            key=lambda row: row.id,
            empty_text=_("No entry matches"),
        )
        yield table

    def filter_hint(self) -> str:
        return _("Person, patient's name or number, or what was done")

    def trail(self) -> Sequence[str]:
        return administration(self.PLACE)

    def why_not(self, act: str) -> Message | None:
        if act == "log.extract" and self.desk.remote:
            return Message("Over SSH no files can be reached: ask the operator, who has omvant log extract")
        if act == "log.show" and self.table.highlighted_row is None:
            return Message("There is no entry in the list")
        return None

    def act_log_show(self) -> None:
        self.table.action_choose()

    def act_log_narrow(self) -> None:
        lead(self, self._ask_filter, "act")

    async def act_log_flagged(self) -> None:
        """Show what deserves a look lately; once more shows all again."""
        await self._filter_by("" if self._wanted.only.flagged else f"{_LATELY}d {_(FLAGGED)}")

    def act_log_sample(self) -> None:
        lead(self, lambda: draw_sample(self), "act")

    def act_log_reviews(self) -> None:
        self.app.push_screen(LogReviewsScreen())

    def act_log_extract(self) -> None:
        row = self.table.highlighted_row
        lead(self, lambda: extract_to_file(self, row.patient_number if row else ""), "act")

    @on(PagedTable.Chosen)
    def _chosen(self, event: PagedTable.Chosen[LogRow]) -> None:
        self.app.push_screen(whole_entry(event.row, self.desk.clinic_zone))

    def narrow(self, text: str) -> None:
        wanted = parse(text, local_date(self.desk.clinic_zone))
        if wanted.fault is not None:
            self.tell(say(wanted.fault))
        else:
            self._wanted = wanted

    async def _filter_by(self, text: str) -> None:
        """Let the filter line hold a text, as if it had been typed there."""
        line = await self.filter_line()
        if not text:
            line.action_clear()
            return
        line.open()
        line.value = text
        line.action_go_to_list()

    async def _ask_filter(self) -> None:
        before = self._wanted.only
        known = {
            "person": before.person,
            "patient": before.patient,
            "first": str(before.first or ""),
            "last": str(before.last or ""),
            "kind": _(KIND_WORDS[before.kind]) if before.kind else "",
        }
        notes = {
            "patient": _("Name or number, or a part of it"),
            "first": _("A day, a month or a year, as in 2026-03; or today"),
            "kind": ", ".join(map(_, KIND_WORDS.values())),
        }
        fields = [
            AskedField(name, _(words).capitalize(), known[name], notes.get(name, ""))
            for name, words in FIELD_WORDS.items()
        ]
        filled = await self.app.push_screen_wait(
            AskFields(_("Show only"), fields, check=self._filter_problems)
        )
        if filled is not None:
            await self._filter_by(typed(filled))

    def _filter_problems(self, filled: Mapping[str, str]) -> list[Problem]:
        today = local_date(self.desk.clinic_zone)
        faults = ((name, parse(typed({name: value}), today).fault) for name, value in filled.items())
        return [Problem(name, fault) for name, fault in faults if fault is not None]

    async def _read(self, edge: Edge) -> Page[LogRow]:
        return await self.desk.do(access_log.list_entries, self._wanted.words, edge, self._wanted.only)

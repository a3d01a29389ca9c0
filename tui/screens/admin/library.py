"""Mallbiblioteket: the templates that Omvänt is shipped with, to copy into the clinic."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual import on
from textual.app import ComposeResult

from data import library
from data.domain.errors import Message
from data.domain.text import fold
from data.library import Shipped
from tui.bindings import PLACES
from tui.i18n import _
from tui.screens.admin.preview import PreviewScreen
from tui.screens.admin.way import templates_way
from tui.screens.list_screen import ListScreen
from tui.widgets.columns import Column
from tui.widgets.marks import kind_words
from tui.widgets.paged_table import PagedTable
from tui.widgets.whole import WholeList
from tui.work import lead


class LibraryScreen(ListScreen[Shipped]):
    """One adds as many as one likes, and goes back to the clinic's own list to publish them."""

    PLACE = "library"

    def __init__(self) -> None:
        super().__init__()
        self._words: list[str] = []
        self._list = WholeList(self._read, key=lambda row: row.name, wanted=self._wanted)

    def compose_body(self) -> ComposeResult:
        table: PagedTable[Shipped] = PagedTable(
            [
                Column(_("Name"), 32, lambda row: row.name),
                Column(_("Kind"), 13, lambda row: kind_words(row.form.answerable)),
                Column(_("Have"), 5, lambda row: _("Yes") if row.present else ""),
                Column(_("To the patient"), 12, _first_words, flexible=True),
            ],
            self._list,
            key=lambda row: row.name,
            empty_text="",
        )
        yield table

    def filter_hint(self) -> str:
        return _("Name, kind or words in it")

    def trail(self) -> Sequence[str]:
        return [*templates_way(), _(PLACES[self.PLACE].title)]

    def why_not(self, act: str) -> Message | None:
        if act in {"library.add", "library.preview"} and self.table.highlighted_row is None:
            return Message("There is no template in the list")
        return None

    def act_library_add(self) -> None:
        if row := self.table.highlighted_row:
            lead(self, partial(self._add, row), "act")

    def act_library_preview(self) -> None:
        if row := self.table.highlighted_row:
            self.app.push_screen(PreviewScreen(row.name, row.form, self.trail()))

    @on(PagedTable.Chosen)
    async def _chosen(self) -> None:
        await self.action_act("library.add")

    def narrow(self, text: str) -> None:
        self._words = fold(text).split()
        self.table.empty_text = _("No template matches")

    async def refresh_rows(self, *, stay_first: bool = False) -> None:
        self._list.stale()
        await super().refresh_rows(stay_first=stay_first)

    async def _add(self, row: Shipped) -> None:
        with self.telling():
            made = await self.desk.do(library.add, row.name)
            await self.refresh_rows()
            self.tell(_("{name} is among your templates now, as a draft").format(name=made.name))

    async def _read(self) -> Sequence[Shipped]:
        return await self.desk.do(library.list_all)

    def _wanted(self, row: Shipped) -> bool:
        words = [row.name, kind_words(row.form.answerable), row.form.patient_instruction]
        words += [place.item.wording for place in row.form.places]
        text = fold(" ".join(words))
        return all(word in text for word in self._words)


def _first_words(row: Shipped) -> str:
    return " ".join(row.form.patient_instruction.split())

"""One review of the access log: the entries that were drawn, the remarks on them, and the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual import on
from textual.app import ComposeResult

from data import log_reviews
from data.domain.errors import Message
from data.log_reviews import Review
from data.log_rows import LogRow
from tui.i18n import _, ngettext
from tui.screens.admin.log_entry import columns, whole_entry
from tui.screens.admin.way import administration
from tui.screens.dialog import AskText
from tui.screens.list_screen import ListScreen
from tui.widgets.columns import Column
from tui.widgets.paged_table import PagedTable
from tui.widgets.plain import Note
from tui.widgets.when import moment
from tui.widgets.whole import WholeList
from tui.work import lead

REMARK = "✎"


class LogReviewScreen(ListScreen[LogRow]):
    """The entries, newest first. Who drew the review remarks on them and writes the outcome; a finished one
    is only read."""

    PLACE = "log_review"
    guidance = Message(
        "Look at each entry: did the person need the data in their work? Enter shows all of it, Space "
        "remarks on it or takes the remark back. Ctrl+S writes what the review came to; after that it "
        "never changes."
    )

    def __init__(self, review_id: int) -> None:
        super().__init__()
        self._review_id = review_id
        self._review: Review | None = None
        self._list = WholeList(self._read, key=lambda row: row.id)

    def compose_body(self) -> ComposeResult:
        marks: Column[LogRow] = Column("", 1, lambda row: REMARK if self._is_remarked(row) else "")
        yield Note()
        yield PagedTable(
            [marks, *columns(self.desk.clinic_zone, person=11)],
            self._list,
            key=lambda row: row.id,
            empty_text=_("The entries of this review are no longer kept"),
        )

    def trail(self) -> Sequence[str]:
        drawn = self._review.summary.at if self._review else None
        name = [moment(drawn, self.desk.clinic_zone)] if drawn else []
        return [*administration("access_log", "log_reviews"), *name]

    def why_not(self, act: str) -> Message | None:
        if act in ("review.remark", "log.show") and self.table.highlighted_row is None:
            return Message("There is no entry in the list")
        if act in ("review.remark", "review.finish") and self._review is not None:
            if self._review.summary.finished_at is not None:
                return Message("The review is finished, and never changes any more")
            if not self._review.mine:
                name = self._review.summary.reviewer
                return Message("{name} drew this review: draw one of your own", name=name)
        return None

    def act_log_show(self) -> None:
        self.table.action_choose()

    def act_review_remark(self) -> None:
        if row := self.table.highlighted_row:
            lead(self, partial(self._remark, row), "act")

    def act_review_finish(self) -> None:
        lead(self, self._finish, "act")

    @on(PagedTable.Chosen)
    def _chosen(self, event: PagedTable.Chosen[LogRow]) -> None:
        self.app.push_screen(whole_entry(event.row, self.desk.clinic_zone))

    async def refresh_rows(self, *, stay_first: bool = False) -> None:
        self._list.stale()
        await super().refresh_rows(stay_first=stay_first)

    async def _remark(self, row: LogRow) -> None:
        with self.telling():
            remarked = not self._is_remarked(row)
            self._take(await self.desk.do(log_reviews.remark, self._review_id, row.id, remarked))
            self.table.action_move(1 if remarked else 0)

    async def _finish(self) -> None:
        count = len(self._review.remarked) if self._review else 0
        remarks = ngettext("{n} entry is remarked on.", "{n} entries are remarked on.", count).format(n=count)
        outcome = await self.app.push_screen_wait(
            AskText(_("Finish the review"), remarks, _("Outcome"), check=_empty_fault)
        )
        if outcome is not None:
            with self.telling():
                self._take(await self.desk.do(log_reviews.finish, self._review_id, outcome))
                self.tell(_("The review is finished, and kept"))

    async def _read(self) -> Sequence[LogRow]:
        review = await self.desk.do(log_reviews.get, self._review_id)
        self._take(review)
        return review.rows

    def _take(self, review: Review) -> None:
        self._review = review
        self.query_one(Note).update(_summary(review))
        self.table.refresh()
        self.refresh_bindings()

    def _is_remarked(self, row: LogRow) -> bool:
        return self._review is not None and row.id in self._review.remarked


def _summary(review: Review) -> str:
    """Whose review of which days it is, and what it came to."""
    one = review.summary
    words = _("{reviewer}: {size} entries from {first} to {last}, drawn at random").format(
        reviewer=one.reviewer, size=one.size, first=one.period.first, last=one.period.last
    )
    return f"{words}. {_('Outcome')}: {one.outcome}" if one.outcome else words


def _empty_fault(typed: str) -> Message | None:
    return None if typed else Message("Write what the review came to")

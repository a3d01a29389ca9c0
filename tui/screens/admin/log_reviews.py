"""Granskningar: the reviews of the access log, and the drawing of a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from textual import on
from textual.app import ComposeResult

from data import log_reviews
from data.domain.errors import Invalid, Message, Problem
from data.domain.paging import Edge, Page
from data.log_reviews import SIZE_MOST, Period, ReviewRow
from tui.i18n import _
from tui.screens.admin.ask_fields import AskedField, AskFields
from tui.screens.admin.log_review import LogReviewScreen
from tui.screens.admin.way import administration
from tui.screens.base import BaseScreen
from tui.screens.list_screen import ListScreen
from tui.widgets.columns import Column
from tui.widgets.keyset import by_moment
from tui.widgets.paged_table import PagedTable
from tui.widgets.when import local_date, moment
from tui.work import lead

_LATELY = 30
_SIZE = 20


class LogReviewsScreen(ListScreen[ReviewRow]):
    """Newest first: who reviewed what, when, and what it came to."""

    PLACE = "log_reviews"

    def compose_body(self) -> ComposeResult:
        zone = self.desk.clinic_zone
        table: PagedTable[ReviewRow] = PagedTable(
            [
                Column(_("Drawn"), 10, lambda row: moment(row.at, zone)[:10]),
                Column(_("Reviewer"), 14, lambda row: row.reviewer),
                Column(_("Period"), 23, lambda row: f"{row.period.first} – {row.period.last}"),
                Column(_("Entries"), 7, lambda row: str(row.size)),
                Column(_("Outcome"), 12, outcome_words, flexible=True),
            ],
            by_moment(self._read, lambda row: row.at),
            key=lambda row: row.id,
            empty_text=_("The log has not been reviewed yet: s draws a sample"),
        )
        yield table

    def trail(self) -> Sequence[str]:
        return administration("access_log", self.PLACE)

    def why_not(self, act: str) -> Message | None:
        if act == "review.open" and self.table.highlighted_row is None:
            return Message("There is no review in the list")
        return None

    def act_review_open(self) -> None:
        self.table.action_choose()

    def act_log_sample(self) -> None:
        lead(self, lambda: draw_sample(self), "act")

    @on(PagedTable.Chosen)
    def _chosen(self, event: PagedTable.Chosen[ReviewRow]) -> None:
        self.app.push_screen(LogReviewScreen(event.row.id))

    async def _read(self, edge: Edge) -> Page[ReviewRow]:
        return await self.desk.do(log_reviews.list_all, edge)


async def draw_sample(screen: BaseScreen[Any]) -> None:
    """Ask of which days and how many, draw, and show the review."""
    today = local_date(screen.desk.clinic_zone)
    filled: Mapping[str, str] = {
        "first": str(today - timedelta(days=_LATELY - 1)),
        "last": str(today),
        "size": str(_SIZE),
    }
    fault: Problem | None = None
    while True:
        asked = await screen.app.push_screen_wait(_form(filled, fault))
        if asked is None:
            return
        filled = asked
        with screen.telling():
            try:
                period = Period(first=_date(filled["first"]), last=_date(filled["last"]))
                review = await screen.desk.do(log_reviews.draw, period, int(filled["size"]))
            except Invalid as error:
                fault = error.problems[0]
                continue
            await screen.app.push_screen(LogReviewScreen(review.summary.id))
        return


def outcome_words(row: ReviewRow) -> str:
    """What a review came to, with how many remarks; or that it goes on."""
    if row.finished_at is None:
        return _("going on")
    remarks = f"{row.remarks} ✎ " if row.remarks else ""
    return f"{remarks}{row.outcome}"


def _form(filled: Mapping[str, str], fault: Problem | None) -> AskFields:
    fields = (
        AskedField("first", _("From"), filled["first"], _("The first day of the period")),
        AskedField("last", _("To"), filled["last"], _("The last day of the period")),
        AskedField("size", _("Entries"), filled["size"], _("How many to draw at random")),
    )
    return AskFields(_("Draw a random sample"), fields, check=_problems, fault=fault)


def _problems(typed: Mapping[str, str]) -> list[Problem]:
    found = []
    for name in ("first", "last"):
        try:
            Period(first=_date(typed[name]), last=_date(typed[name]))
        except ValueError:
            message = Message("{value} is no date: write it as in 2026-03-01", value=typed[name])
            found.append(Problem(name, message))
    size = typed["size"]
    if not (size.isascii() and size.isdecimal() and 1 <= int(size[:9]) <= SIZE_MOST):
        found.append(Problem("size", Message("Draw 1 to {most} entries", most=SIZE_MOST)))
    return found


def _date(typed: str) -> date:
    return date.fromisoformat(typed)

"""Gallring: how long closed cases are kept, what that destroys, and the receipts of what is gone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual import on
from textual.app import ComposeResult

from data import retention
from data.domain.errors import Invalid, Message, OmvantError
from data.domain.paging import Edge, Page
from data.retention import KEEP_LEAST, KEEP_MOST, Due, Receipt
from tui.i18n import _, ngettext, say
from tui.screens.admin.holds import HoldsScreen
from tui.screens.admin.way import administration
from tui.screens.dialog import Ask, AskText
from tui.screens.list_screen import ListScreen
from tui.widgets.columns import Column
from tui.widgets.keyset import by_moment
from tui.widgets.paged_table import PagedTable
from tui.widgets.plain import Heading, Note, Text
from tui.widgets.when import exact_moment, moment
from tui.work import begin, lead


class RetentionScreen(ListScreen[Receipt]):
    """The policy and a dry run of it above the receipts, newest first. Enter shows all there is of one."""

    PLACE = "retention"
    DEFAULT_CSS = """
    RetentionScreen {
        & Note { margin-bottom: 1; }
        & #due { margin-bottom: 1; }
    }
    """
    guidance = Message(
        "Closed cases that have been kept long enough are destroyed for good: messages, answers and half "
        "answers. The access log stays. Patient records are kept at least ten years by law: destroy only "
        "what has been recorded in the chart. Backups that were made before still hold what is destroyed "
        "here."
    )

    def __init__(self) -> None:
        super().__init__()
        self._due: Due | None = None
        self._destroying = False

    def compose_body(self) -> ComposeResult:
        zone = self.desk.clinic_zone
        yield Text(id="policy")
        yield Text(id="due")
        yield Note(
            _("For messages that have been recorded in the chart: the record itself is kept ten years.")
        )
        yield Heading(_("Receipts"))
        yield PagedTable[Receipt](
            [
                Column(_("Time"), 16, lambda row: moment(row.at, zone)),
                Column(_("Person"), 12, lambda row: row.by, flexible=True),
                Column(_("Count"), 7, lambda row: str(row.count)),
                Column(_("Closed between"), 24, self._between, flexible=True),
            ],
            by_moment(self._read, lambda row: row.at),
            key=lambda row: row.id,
            empty_text=_("Nothing has been destroyed"),
        )

    def trail(self) -> Sequence[str]:
        return administration(self.PLACE)

    def why_not(self, act: str) -> Message | None:
        due = self._due
        reason = None
        if act == "retention.show" and self.table.highlighted_row is None:
            reason = Message("There is no receipt in the list")
        elif act in {"retention.set", "retention.run"} and due is None:
            reason = Message("The policy is being read")
        elif act == "retention.run" and due is not None:
            if not due.keep_days:
                reason = Message("The clinic keeps closed cases for ever: choose how long first")
            elif not due.count:
                reason = Message("No closed case has been kept long enough")
            elif self._destroying:
                reason = Message("It is being done")
        return reason

    def act_retention_show(self) -> None:
        self.table.action_choose()

    def act_retention_set(self) -> None:
        if self._due is not None:
            lead(self, partial(self._set, self._due), "act")

    def act_retention_run(self) -> None:
        if self._due is not None:
            lead(self, partial(self._ask, self._due), "act")

    def act_retention_holds(self) -> None:
        self.app.push_screen(HoldsScreen())

    @on(PagedTable.Chosen)
    def _chosen(self, event: PagedTable.Chosen[Receipt]) -> None:
        row = event.row
        lines = (
            f"{_('Time')}: {exact_moment(row.at, self.desk.clinic_zone)}",
            f"{_('Person')}: {row.by}",
            f"{_('Policy')}: {policy_words(row.keep_days)}",
            f"{_('Count')}: {row.count}",
            f"{_('Closed between')}: {self._between(row)}",
            f"{_('SHA-256 of the references')}: {row.digest}",
        )
        self.app.push_screen(Ask(_("Receipt"), "\n".join(lines), [("close", _("Close"))]))

    async def refresh_rows(self, *, stay_first: bool = False) -> None:
        with self.telling():
            self._show(await self.desk.do(retention.due))
        await super().refresh_rows(stay_first=stay_first)

    async def _read(self, edge: Edge) -> Page[Receipt]:
        return await self.desk.do(retention.receipts, edge)

    def _show(self, due: Due) -> None:
        self._due = due
        self.query_one("#policy", Text).update(policy_words(due.keep_days))
        self.query_one("#due", Text).update(due_words(due, self._between(due)))
        self.refresh_bindings()

    def _between(self, row: Due | Receipt) -> str:
        """The first and the last closing, by their dates at the clinic."""
        zone = self.desk.clinic_zone
        return " – ".join(at.astimezone(zone).strftime("%Y-%m-%d") for at in (row.oldest, row.newest) if at)

    async def _set(self, due: Due) -> None:
        bounds = _("After that they can be destroyed. From {least} to {most} days; 0 keeps them for ever.")
        typed = await self.app.push_screen_wait(
            AskText(
                _("How long closed cases are kept"),
                bounds.format(least=KEEP_LEAST, most=KEEP_MOST),
                _("Days"),
                str(due.keep_days),
                check=days_problem,
            )
        )
        if typed is None:
            return
        try:
            now_due = await self.desk.do(retention.set_policy, retention.read_days(typed), due.version)
        except OmvantError as error:
            await self.refresh_rows()
            self.tell(say(error.message))
        else:
            self._show(now_due)
            self.tell(policy_words(now_due.keep_days))

    async def _ask(self, due: Due) -> None:
        """Name what would go; Enter alone destroys nothing."""
        destroy = ngettext("Destroy {n} closed case", "Destroy {n} closed cases", due.count)
        told = (
            _("They were closed {between}, at {clinic}.").format(
                between=self._between(due), clinic=due.clinic
            ),
            _("Messages, answers and half answers go for good. The access log stays, and a receipt."),
        )
        act = destroy.format(n=due.count)
        choices = (("keep", _("Destroy nothing")), ("destroy", act))
        if await self.app.push_screen_wait(Ask(f"{act}?", "\n".join(told), choices)) == "destroy":
            begin(self, partial(self._destroy, due), "destroy")

    async def _destroy(self, due: Due) -> None:
        """Go through the batches; left half-way, it is taken up again from where it was."""
        gone, told = 0, ""
        self._destroying = True
        self.refresh_bindings()
        try:
            while receipt := await self.desk.do(retention.destroy, due):
                gone += receipt.count
                self.tell(_("{done} of {count} destroyed").format(done=gone, count=due.count))
            await self.desk.session.run(retention.wipe)
        except OmvantError as error:
            told = say(error.message)
        finally:
            self._destroying = False
        await self.refresh_rows(stay_first=True)
        done = ngettext("{n} case is destroyed", "{n} cases are destroyed", gone).format(n=gone)
        self.tell(f"{done}. {told}" if told else done)


def days_problem(typed: str) -> Message | None:
    """Why what was typed is no policy."""
    try:
        retention.read_days(typed)
    except Invalid as error:
        return error.problems[0].message
    return None


def policy_words(keep_days: int) -> str:
    """What the clinic has chosen, in a sentence."""
    if not keep_days:
        return _("Closed cases are kept for ever")
    return ngettext("Closed cases are kept {n} day", "Closed cases are kept {n} days", keep_days).format(
        n=keep_days
    )


def due_words(due: Due, between: str) -> str:
    """What a run would destroy now; `between` says when the first and the last of that were closed."""
    parts = []
    if due.keep_days:
        words = ngettext("{n} case can be destroyed today", "{n} cases can be destroyed today", due.count)
        parts.append(words.format(n=due.count))
    if due.count:
        parts.append(_("closed {between}").format(between=between))
    if due.held:
        words = ngettext("{n} as old is held and stays", "{n} as old are held and stay", due.held)
        parts.append(words.format(n=due.held))
    return ", ".join(parts)

"""Gallringsstopp: the cases that must not be destroyed, however old they get."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from textual.app import ComposeResult

from data import holds
from data.domain.errors import Message
from data.holds import HeldCase
from tui.acts import ACTS
from tui.i18n import _
from tui.screens.admin.way import administration
from tui.screens.dialog import Ask, AskText
from tui.screens.list_screen import ListScreen
from tui.widgets.columns import Column
from tui.widgets.paged_table import PagedTable
from tui.widgets.when import moment
from tui.widgets.whole import WholeList
from tui.work import lead


class HoldsScreen(ListScreen[HeldCase]):
    """The clinic's held cases by their references, the latest hold first."""

    PLACE = "holds"
    guidance = Message(
        "A case is held when someone has asked for the record, or when a supervisory authority or a court "
        "may need it. It is kept until it is released, however old it gets."
    )

    def __init__(self) -> None:
        super().__init__()
        self._list = WholeList(self._read, key=lambda row: row.id)

    def compose_body(self) -> ComposeResult:
        zone = self.desk.clinic_zone
        yield PagedTable[HeldCase](
            [
                Column(_("Case"), 8, lambda row: row.reference),
                Column(_("Held since"), 16, lambda row: moment(row.at, zone)),
                Column(_("By"), 14, lambda row: row.by, flexible=True),
                Column(_("Reason"), 20, lambda row: row.reason, flexible=True),
            ],
            self._list,
            key=lambda row: row.id,
            empty_text=_("No case is held: {key} holds one").format(key=self.desk.key_of(ACTS["hold.new"])),
        )

    def trail(self) -> Sequence[str]:
        return administration("retention", self.PLACE)

    def why_not(self, act: str) -> Message | None:
        if act == "hold.release" and self.table.highlighted_row is None:
            return Message("No case is held")
        return None

    def act_hold_new(self) -> None:
        lead(self, self._hold, "act")

    def act_hold_release(self) -> None:
        if row := self.table.highlighted_row:
            lead(self, partial(self._release, row), "act")

    async def refresh_rows(self, *, stay_first: bool = False) -> None:
        self._list.stale()
        await super().refresh_rows(stay_first=stay_first)

    async def _read(self) -> Sequence[HeldCase]:
        return await self.desk.do(holds.list_all)

    async def _hold(self) -> None:
        title = _("Hold a case")
        why = _("It is not destroyed until it is released.")
        reference = await self.app.push_screen_wait(
            AskText(title, why, _("The case's reference, say K7X-2QPD"), check=_needed)
        )
        if reference is None:
            return
        reason = await self.app.push_screen_wait(
            AskText(title, _("The reason is shown in the case."), _("Reason"), check=_needed)
        )
        if reason is not None:
            await self._done(
                lambda: self.desk.do(holds.hold, reference, reason),
                _("{reference} is held"),
                reference.upper(),
            )

    async def _release(self, row: HeldCase) -> None:
        release = _("Release {reference}").format(reference=row.reference)
        told = _("{person} holds it: {reason}").format(person=row.by, reason=row.reason)
        choices = (("keep", _("Keep the hold")), ("release", release))
        if await self.app.push_screen_wait(Ask(f"{release}?", told, choices)) == "release":
            await self._done(
                lambda: self.desk.do(holds.release, row.reference),
                _("{reference} is released"),
                row.reference,
            )

    async def _done(self, act: Callable[[], Awaitable[object]], done: str, reference: str) -> None:
        with self.telling():
            await act()
            await self.refresh_rows()
            self.tell(done.format(reference=reference))


def _needed(typed: str) -> Message | None:
    return None if typed else Message("Write something here")

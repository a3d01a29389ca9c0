"""A program of two places, for tests of what all screens share: it needs no database and no operations."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from time import monotonic

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, TextArea

from data import operation
from data.domain.errors import Message
from data.domain.roles import Actor, Role, StaffActor
from tests.tui.recording_desk import RecordingDesk
from tui import i18n
from tui.screens.base import BaseScreen

ROLES_OF = {
    "cases.send": {Role.CARE_PROVIDER},
    "cases.list_mine": {Role.CARE_PROVIDER},
    "cases.list_assigned": {Role.CARE_PROVIDER},
    "staff.change_password": {Role.CARE_PROVIDER, Role.ADMINISTRATOR, Role.LOG_AUDITOR},
}


@contextmanager
def swedish(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Swedish words, and rules of our own so that the tests stand without the operations."""
    before = i18n.language()
    i18n.install("sv")
    monkeypatch.setattr(operation, "permits", lambda actor, name: bool(ROLES_OF[name] & actor.roles))
    yield
    i18n.install(before)


def staff(*roles: Role) -> StaffActor:
    return StaffActor(
        staff_id=1,
        username="asa",
        name="Åsa Öberg",
        title="sjuksköterska",
        clinic_id=1,
        clinic_name="Kastanjens vårdcentral",
        roles=frozenset(roles or {Role.CARE_PROVIDER}),
        signed_in_at=datetime.now(UTC),
    )


class Number(Input):
    guidance = Message("Type {count} figures", count=12)


class ListPlace(BaseScreen[None]):
    """A place with a field in it, which records what was done."""

    PLACE = "mine"

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    def compose_body(self) -> ComposeResult:
        yield Number(id="number")
        yield TextArea(id="lines")
        yield OptionList("[/b] Åsa", id="rows", markup=False)

    def why_not(self, act: str) -> Message | None:
        if act == "list.open":
            return Message("There is no row {name}", name="[/b]")
        return None

    async def act_case_new(self) -> None:
        self.done.append("case.new")
        self.app.push_screen(SentPlace())

    def act_list_open(self) -> None:
        self.done.append("list.open")

    def act_list_filter(self) -> None:
        self.done.append("list.filter")

    def act_list_clear(self) -> None:
        self.done.append("list.clear")

    def act_list_refresh(self) -> None:
        self.done.append("list.refresh")
        self.tell("Läst på nytt")


class SentPlace(BaseScreen[None]):
    PLACE = "sent"

    def trail(self) -> Sequence[str]:
        return ["Mina ärenden", "Skicka nytt ärende", *super().trail()]

    def act_case_new(self) -> None: ...

    def act_case_show(self) -> None: ...


class Table(RecordingDesk):
    """Has the list as its only place."""

    def on_mount(self) -> None:
        self.push_screen(ListPlace())


class Desktop:
    """The program under test as its user sees it."""

    def __init__(self, app: Table, pilot: Pilot[None]) -> None:
        self.app = app
        self.press = pilot.press
        self.pause = pilot.pause

    @property
    def place(self) -> ListPlace:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, ListPlace))

    @property
    def on_top(self) -> bool:
        """Whether nothing lies above the place."""
        return self.app.screen is self.place

    def line(self, row: int) -> str:
        """A line of the screen as it is drawn."""
        return "".join(segment.text for segment in self.app.screen._compositor.render_strips()[row]).rstrip()

    def screen(self) -> str:
        return "\n".join(self.line(row) for row in range(self.app.size.height))

    async def until(self, condition: Callable[[], bool]) -> None:
        deadline = monotonic() + 10
        while not condition():
            assert monotonic() < deadline, self.screen()
            await self.pause()
            await asyncio.sleep(0)

    async def focus(self, where: str) -> None:
        self.app.screen.query_one(where).focus()
        await self.pause()


@asynccontextmanager
async def started(actor: Actor | None = None, *, width: int = 80, height: int = 24) -> AsyncIterator[Desktop]:
    app = Table(actor or staff())
    async with app.run_test(size=(width, height), notifications=True) as pilot:
        await pilot.pause()
        desktop = Desktop(app, pilot)
        await desktop.focus("#rows")
        yield desktop

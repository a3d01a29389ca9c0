"""Administration alone, on a real database: for tests of its screens without the rest of the program."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from textual.screen import Screen

from data.domain.roles import StaffActor
from data.store.database import Store
from tests.tui.drivers import PilotTerminal, see
from tui import i18n
from tui.desk import Desk
from tui.look import DARK
from tui.screens.admin.menu import AdminScreen
from tui.session import Session

STYLES = Path(i18n.__file__).parent / "styles" / "omvant.tcss"


class AdminDesk(Desk):
    """Opens at Administration for one who is signed in; records where else it is asked to go."""

    CSS_PATH = STYLES

    def __init__(self, store: Store, actor: StaffActor, first: Callable[[], Screen[None]]) -> None:
        super().__init__()
        self.actor = actor
        self.clinic_zone = ZoneInfo("Europe/Stockholm")
        self.session = Session()
        self.asked: list[str] = []
        self._store = store
        self._first = first
        self.register_theme(DARK)
        self.theme = DARK.name

    async def on_mount(self) -> None:
        await self.session.open(lambda: self._store)
        await self.push_screen(self._first())

    def go(self, stop: str) -> None:
        self.asked.append(stop)

    def lock(self) -> None:
        self.asked.append("lock")

    def leave(self) -> None:
        self.asked.append("leave")

    def sign_out(self) -> None:
        self.asked.append("sign_out")

    def toggle_look(self) -> None:
        self.asked.append("toggle_look")


class Administrator:
    """Someone at the terminal: presses keys, types, looks."""

    def __init__(self, app: AdminDesk, terminal: PilotTerminal) -> None:
        self.app = app
        self.terminal = terminal
        self.press = terminal.press
        self.type = terminal.type

    async def sees(self, *wanted: str, gone: str = "") -> str:
        return await see(self.terminal, *wanted, gone=gone)

    @property
    def strokes(self) -> int:
        return self.terminal.strokes


@asynccontextmanager
async def administration(
    store: Store,
    actor: StaffActor,
    *,
    first: Callable[[], Screen[None]] = AdminScreen,
    size: tuple[int, int] = (80, 24),
) -> AsyncIterator[Administrator]:
    """Administration in Swedish at a terminal of `size`, opened by `actor`."""
    before = i18n.language()
    i18n.install("sv")
    app = AdminDesk(store, actor, first)
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            yield Administrator(app, PilotTerminal(pilot))
            await app.session.close()
    finally:
        i18n.install(before)

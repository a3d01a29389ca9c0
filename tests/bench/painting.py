"""The real program at work: from a key to the last frame that it paints."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from textual._compositor import CompositorUpdate
from textual.app import App
from textual.events import Key
from textual.pilot import Pilot
from textual.screen import Screen

from data import demo, staff, templates
from data.domain.forms import Form
from data.domain.roles import Visitor
from data.store.database import open_store
from tests.bench.desks import care_provider
from tests.bench.measure import Row
from tests.tui.drivers import PilotTerminal, see
from tests.tui.stories import Person
from tui import i18n
from tui.app import OmvantApp
from tui.session import Session

FIRST, LAST, WORK = COLUMNS = ("first frame", "last frame", "work")
DESCRIPTION = """
The real program at 120×36 on a demo database in a file, driven by Textual's pilot. A key is posted as the
terminal's driver does it. Until the first and the last frame that it causes are made, terminal codes and
Textual's own waiting between frames included. "work": how long the program's thread was busy until the last
one. The ratios are of work, since waiting would flatter them.
"""
QUIET = 0.05
"""Seconds without a frame after which a key has painted all that it will: three frames' time."""


class Cost(NamedTuple):
    """Seconds, as in `COLUMNS`."""

    first: float
    last: float
    work: float


@dataclass
class Painter:
    """Presses keys and notes what each costs."""

    pilot: Pilot[None]

    def __post_init__(self) -> None:
        self._painted = asyncio.Event()
        # When each frame was ready: by the clock, and by the work of this thread.
        self._frames: list[tuple[float, float]] = []
        app: Any = self.pilot.app
        display = app._display

        def watched(screen: Screen[Any], drawn: object) -> None:
            display(screen, drawn)
            if isinstance(drawn, CompositorUpdate):
                drawn.render_segments(app.console)  # what a terminal would get; the pilot has none
            if drawn is not None:
                self._frames.append((time.perf_counter(), time.thread_time()))
                self._painted.set()

        app._display = watched

    @property
    def app(self) -> App[None]:
        return self.pilot.app

    async def press(self, key: str) -> Cost:
        """Press a key; returns what it costs."""

        async def post() -> None:
            self.app.post_message(Key(key, key if len(key) == 1 else None))

        return await self.cost_of(post)

    async def cost_of(self, act: Callable[[], Awaitable[object]]) -> Cost:
        """Do something that paints, when nothing is painted; returns what it costs."""
        self._painted.clear()
        self._frames.clear()
        clock, work = time.perf_counter(), time.thread_time()
        await act()
        await self._painted.wait()
        await self.rest()
        (first, _work), (last, worked) = self._frames[0], self._frames[-1]
        return Cost(first - clock, last - clock, worked - work)

    async def rest(self) -> None:
        """Wait until nothing is painted any more."""
        count = -1
        while count != len(self._frames):
            count = len(self._frames)
            await asyncio.sleep(QUIET)


async def steadily(act: Callable[[int], Awaitable[Cost]], rounds: int) -> list[Cost]:
    """The costs of doing something so often, given the turn; once before, uncounted, to warm up."""
    return [await act(turn) for turn in range(rounds + 1)][1:]


def row(what: str, costs: Sequence[Cost]) -> Row:
    """The costs of a key pressed again and again."""
    return Row(what, dict(zip(COLUMNS, zip(*costs, strict=True), strict=True)))


@asynccontextmanager
async def at_the_start(name: str = "", form: Form | None = None) -> AsyncIterator[Painter]:
    """The demo's sign-in screen; with a template of that name and form in the clinic."""
    i18n.install("sv")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "demo.db"
        for file, content in _demo().items():
            (path.parent / file).write_bytes(content)
        if form is not None:
            with closing(open_store(path)) as store, store.writing():
                (bo,) = staff.sign_in(Visitor(), "bo", demo.PASSWORD).actors
                templates.create(bo, name, form)
        app = OmvantApp(Session(lambda: open_store(path)), demo=True)
        async with app.run_test(size=(120, 36)) as pilot:
            await Person(PilotTerminal(pilot)).sees("Det här är en demo")
            yield Painter(pilot)
        await app.session.close()


@asynccontextmanager
async def at_the_list(path: Path) -> AsyncIterator[Painter]:
    """The list of the clinic's cases in a filled database, for a care provider who has just signed in."""
    i18n.install("sv")
    with closing(open_store(path)):
        actor = care_provider(0)
    app = OmvantApp(Session(lambda: open_store(path)))
    async with app.run_test(size=(120, 36)) as pilot:
        terminal = PilotTerminal(pilot)
        await see(terminal, "Logga in")
        await app.enter(actor)
        app.go("assigned")
        await see(terminal, "Fördelade ärenden", actor.clinic_name)
        painter = Painter(pilot)
        await painter.rest()
        yield painter
    await app.session.close()


@cache
def _demo() -> dict[str, bytes]:
    """The demo clinic's files by name, made once in a run: the database, and the keys of its log."""
    with TemporaryDirectory() as folder:
        demo.make(Path(folder) / "demo.db").close()
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}

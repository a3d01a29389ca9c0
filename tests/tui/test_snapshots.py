"""Pictures of a few screens, at the design's two sizes. After a wanted change:

    python -m pytest -n 0 tests/tui/test_snapshots.py --snapshot-update

The clock stands still and the demo clinic is the same every time, so a picture changes only with its screen.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot

from data import demo
from data.store.database import open_store
from tests.conftest import copied
from tests.tui.drivers import PilotTerminal
from tests.tui.stories import TOLVAN, Person
from tui import news
from tui.app import OmvantApp
from tui.session import Session

MOMENT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

Way = Callable[[Person], Awaitable[None]]
SnapCompare = Callable[..., bool]


@pytest.fixture(scope="session")
def frozen_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo clinic as it is at `MOMENT`, made once by each worker."""
    path = tmp_path_factory.mktemp("frozen") / "demo.db"
    demo.make(path, clock=lambda: MOMENT).close()
    return path


@pytest.fixture
def frozen_app(frozen_demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OmvantApp:
    """The program with a copy of that clinic, at that moment."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setattr(news, "SECONDS", 0.05)
    path = copied(frozen_demo, tmp_path / "demo.db")
    return OmvantApp(Session(lambda: open_store(path, clock=lambda: MOMENT)), demo=True)


async def to_sign_in(person: Person) -> None:
    await person.sees("Det här är en demo", "› 1 Anna Andersson")


async def to_my_cases(anna: Person) -> None:
    await anna.signs_in_as("1", "Mina ärenden")
    await anna.sees("Ivar Eriksson", "nya svar")


async def to_fill_in(anna: Person) -> None:
    await to_my_cases(anna)
    await anna.fetches(TOLVAN)
    await anna.picks("Ordination")
    await anna.type("Alvedon 500 mg")
    await anna.sees("Alvedon 500 mg", "Läkemedel och dosering", "1 påbörjat · 9 nya svar")


async def to_the_builder(bo: Person) -> None:
    await bo.signs_in_as("3", "Administration")
    await bo.press("1")
    await bo.sees("Frågor inför besök", "Publicerad")
    await bo.press("slash")
    await bo.type("inför")
    await bo.sees("Frågor inför besök", gone="Ordination")
    await bo.press("enter", "enter")
    await bo.sees("› Frågor inför besök", "Ska invånaren kunna svara?")


async def to_a_message(tolvan: Person) -> None:
    await tolvan.reads_as_tolvan()
    await tolvan.sees("● 2026-11-22", "Frågor inför besök")
    await tolvan.press("enter")
    await tolvan.sees("besvarade", "› Meddelande", "Frågor inför besök")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
@pytest.mark.parametrize("way", [to_sign_in, to_my_cases, to_fill_in, to_the_builder, to_a_message])
def test_picture(way: Way, size: tuple[int, int], frozen_app: OmvantApp, snap_compare: SnapCompare) -> None:
    async def walk(pilot: Pilot[None]) -> None:
        await way(Person(PilotTerminal(pilot)))
        await frozen_app.session.run(lambda: None)  # what was asked of the database has come
        await pilot.pause()

    assert snap_compare(frozen_app, terminal_size=size, run_before=walk)

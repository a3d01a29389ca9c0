"""The program at a terminal, with the demo clinic in a database of the test's own: in a file, and in journeys
that are marked `both` also on a server."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data import demo
from data.store.database import open_store
from data.store.store import Store
from tests.conftest import Place, copied, copied_database
from tests.postgres import PostgresServer
from tests.tui.drivers import PilotTerminal, RealTerminal
from tests.tui.stories import Person
from tui import i18n
from tui.app import OmvantApp
from tui.session import Session

AtTerminal = Callable[..., AbstractAsyncContextManager[Person]]


class Seconds:
    """Seconds that pass only when a test lets them: nobody is away because a test is slow."""

    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> float:
        return self.passed

    def move(self, *, hours: float = 0, minutes: float = 0) -> None:
        """Let time pass."""
        self.passed += 3600 * hours + 60 * minutes


@pytest.fixture(scope="session")
def demo_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo clinic's file, made once by each worker; the code of the real program makes it."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    demo.make(path).close()
    return path


@pytest.fixture
def demo_file(demo_made: Path, tmp_path: Path) -> Path:
    """The test's own demo clinic, not open."""
    return copied(demo_made, tmp_path / "demo.db")


@pytest.fixture(scope="session")
def demo_on_server(server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The keys of the access log of the server's database `demo`, which holds the demo clinic."""
    keys = tmp_path_factory.mktemp("demo") / "log-keys"
    server.do("CREATE DATABASE demo")
    demo.make(server.url("demo"), log_keys=keys).close()
    return keys


@pytest.fixture
def demo_place(stored_on: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """The test's own demo clinic, not open, in a database of the kind that it runs on."""
    if stored_on == "file":
        yield Place(str(request.getfixturevalue("demo_file")))
        return
    keys = shutil.copy(request.getfixturevalue("demo_on_server"), tmp_path / "omvant.log-keys")
    with copied_database(request.getfixturevalue("server"), "demo") as url:
        yield Place(url, Path(keys))


@pytest.fixture(autouse=True)
def swedish() -> Iterator[None]:
    """Stories are told in Swedish, the interface's first language."""
    i18n.install("sv")
    yield
    i18n.install("en")


@pytest.fixture(autouse=True)
def files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder that screens read and write files in: the test's own, and never a person's documents."""
    monkeypatch.setenv("OMVANT_FILES", str(tmp_path))
    return tmp_path


@pytest.fixture
def at_terminal(demo_place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AtTerminal:
    """Opens the program inside the test: `async with at_terminal() as anna:`; `size` is columns and rows."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))

    @asynccontextmanager
    async def open_app(
        *,
        size: tuple[int, int] = (80, 24),
        path: Path | None = None,
        clock: datetime | None = None,
        opening: Callable[[], Store] | None = None,
        seconds: Seconds | None = None,
        demo: bool = True,
    ) -> AsyncIterator[Person]:
        now = (lambda: clock) if clock else (lambda: datetime.now(UTC))
        place = Place(str(path)) if path else demo_place

        def there() -> Store:
            return open_store(place.url, log_keys=place.log_keys, clock=now)

        app = OmvantApp(Session(opening or there), demo=demo, moments=seconds or Seconds())
        async with app.run_test(size=size, notifications=True) as pilot:
            yield Person(PilotTerminal(pilot))
        await app.session.close()

    return open_app


@pytest.fixture
def at_real_terminal(demo_place: Place, tmp_path: Path) -> Iterator[Callable[..., Person]]:
    """Opens the real program in a terminal of its own: `anna = at_real_terminal()`."""
    opened: list[RealTerminal] = []

    def open_terminal(*, columns: int = 80, rows: int = 24, env: dict[str, str] | None = None) -> Person:
        settings = {"XDG_CONFIG_HOME": str(tmp_path / "settings"), **(env or {})}
        arguments = ["demo", "--database", demo_place.url]
        if demo_place.log_keys:
            arguments += ["--log-keys", str(demo_place.log_keys)]
        terminal = RealTerminal(*arguments, columns=columns, rows=rows, env=settings)
        opened.append(terminal)
        return Person(terminal)

    yield open_terminal
    for terminal in opened:
        terminal.close()

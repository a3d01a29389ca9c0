"""The access log as an auditor reads it, by keys alone."""

from __future__ import annotations

import pytest

from data import access_log, cases, templates
from data.domain.errors import NotAllowed
from data.domain.paging import Edge
from data.operation import OPERATIONS
from data.store.database import Store
from tests.conftest import Clinic, FrozenClock
from tests.tui.drivers import fits
from tests.tui.one_screen import at_screen
from tui.screens.admin.access_log import AccessLogScreen
from tui.screens.admin.events import EVENT_WORDS, event_words


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_log_says_when_who_what_and_about_whom(
    store: Store, clinic: Clinic, clock: FrozenClock, size: tuple[int, int]
) -> None:
    clock.move(minutes=5)
    cases.open_case(clinic.anna, clinic.answered().id)
    async with at_screen(store, clinic.gun, AccessLogScreen, size=size) as gun:
        screen = await gun.sees("2026-03-02 09:05", "Anna Andersson", "Öppnade ett ärende", "Tolvan Tolvans")
        assert fits(screen, *size)


async def test_what_was_refused_is_told_by_a_sign_and_in_words(store: Store, clinic: Clinic) -> None:
    with pytest.raises(NotAllowed):
        templates.list_all(clinic.anna)
    async with at_screen(store, clinic.gun, AccessLogScreen) as gun:
        await gun.sees("✗ Läste mallistan")
        await gun.press("enter")
        await gun.sees("✗ Nekat", "templates.listed", "Anna Andersson")
        await gun.press("enter")
        await gun.sees("Tid Person", gone="Nekat")


async def test_the_log_narrows_by_typing(store: Store, clinic: Clinic) -> None:
    clinic.ask()
    async with at_screen(store, clinic.gun, AccessLogScreen) as gun:
        await gun.sees("Anna Andersson", "Bo Bengtsson")
        await gun.press("slash")
        await gun.type("tolvan sent")
        await gun.sees("Skickade ett ärende", gone="Bo Bengtsson")
        await gun.press("enter", "escape")
        await gun.sees("Bo Bengtsson")
        await gun.press("f5")
        await gun.sees("läst på nytt")
        await gun.press("escape")
    entries = access_log.list_entries(clinic.gun, ("log.listed",), Edge(), opening=False)
    assert "tolvan sent" in {str(row.details.get("filter", "")) for row in entries.rows}


def test_every_event_has_words() -> None:
    events = {operation.event for operation in OPERATIONS.values() if operation.event}
    assert events <= set(EVENT_WORDS)
    assert event_words("something.new") == "something.new"

"""The paged table over long and changing lists: steady, never holding it all, never showing what is stale."""

from __future__ import annotations

import asyncio

import pytest

from data.domain.paging import PAGE
from tests.tui.case_register import Case, ListApp, redrawn, register, settled, started, typed, until
from tui.widgets.paged_table import After, Before, First, From, Last
from tui.widgets.pages import WINDOW


async def test_ten_thousand_rows_from_first_to_last_and_back() -> None:
    cases = register(10_000)
    async with ListApp(cases).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        for key, edge in (("pagedown", 9_999), ("pageup", 0)):
            seen: set[int] = set(app.seen)
            while app.at != edge:
                before = app.at
                await typed(app, key)
                assert abs(app.at - before) == min(23, abs(edge - before))
                seen.update(app.seen)
            assert seen == set(range(10_000))
        assert app.largest == WINDOW
        # Each page is fetched once per direction; the list is never asked for as a whole.
        assert len(cases.asked) < 2 * 10_000 / PAGE


async def test_home_and_end_jump_without_walking() -> None:
    cases = register(10_000)
    async with ListApp(cases).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        await pilot.press("end")
        await until(pilot, lambda: app.at == 9_999)
        assert app.cursor_line == 23
        await settled(pilot)
        assert app.seen == list(range(9_977, 10_000))
        await pilot.press("home")
        await until(pilot, lambda: app.at == 0)
        assert app.cursor_line == 1
        await settled(pilot)
        assert cases.asked == [First(), Last(), First()]


async def test_nothing_moves_when_a_page_arrives() -> None:
    cases = register(2_000)
    async with ListApp(cases).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        await pilot.press("end")
        await until(pilot, lambda: app.at == 1_999)
        await pilot.press(*["up"] * 5)  # so that the cursor is at neither edge of the screen
        await settled(pilot)
        cases.gate.clear()
        asked = len(cases.asked)
        while len(cases.asked) == asked:
            await pilot.press("pageup")
            await pilot.pause()
        before = app.lines
        cases.gate.set()
        await settled(pilot)
        assert app.lines == before
        assert await redrawn(pilot) == before
        first = app.seen[0]
        await pilot.press("pageup")
        await settled(pilot)
        assert app.seen[0] == first - 23


@pytest.mark.parametrize(("start", "away", "edge"), [("home", "pagedown", After), ("end", "pageup", Before)])
async def test_a_page_is_dropped_when_the_cursor_has_run_to_the_other_end(
    start: str, away: str, edge: type[After[Case] | Before[Case]]
) -> None:
    cases = register(3_000)
    async with ListApp(cases).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        await pilot.press(start)
        await settled(pilot)
        home = app.lines
        while len(app.table._window.rows) < WINDOW:
            await typed(app, away)
        cases.gate.clear()
        asked = len(cases.asked)
        while len(cases.asked) == asked:
            await pilot.press(away)
        await pilot.press(start)
        await pilot.pause()
        assert app.lines == home
        cases.gate.set()
        await settled(pilot)
        assert await redrawn(pilot) == home
        # The page was not taken in and then repaired by yet another fetch.
        assert len(cases.asked) == asked + 1
        assert isinstance(cases.asked[-1], edge)


async def test_a_page_that_arrives_in_view_is_drawn() -> None:
    cases = register(1_000)
    cases.gates[After] = asyncio.Event()
    async with ListApp(cases).run_test(size=(80, 160)) as pilot:
        app = pilot.app
        await until(pilot, lambda: app.seen == list(range(PAGE)))
        cases.gates[After].set()
        await until(pilot, lambda: app.seen == list(range(159)))


async def test_reload_keeps_the_cursor_on_its_row_and_line() -> None:
    cases = register(1_000, step=10)
    async with ListApp(cases).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        for _ in range(4):
            await pilot.press("pagedown")
        await pilot.press(*["down"] * 5)
        await settled(pilot)
        at, line = app.at, app.cursor_line
        above = [Case(number, "ny") for number in range(1, 200, 10)]
        gone = {10, 20, at - 10, at + 10}
        cases.cases = sorted(
            [*(case for case in cases.cases if case.number not in gone), *above], key=lambda case: case.number
        )
        await app.table.reload()
        await settled(pilot)
        assert (app.at, app.cursor_line) == (at, line)
        assert not gone & set(app.seen)
        assert at + 20 in app.seen
        await pilot.press("home")
        await until(pilot, lambda: app.at == 0)
        assert app.seen[:4] == [0, 1, 11, 21]


async def test_reload_after_the_row_itself_went() -> None:
    cases = register(1_000)
    async with ListApp(cases).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        await pilot.press("pagedown", "pagedown", "pagedown")
        await settled(pilot)
        at, line = app.at, app.cursor_line
        del cases.cases[at]
        await app.table.reload()
        await settled(pilot)
        assert (app.at, app.cursor_line) == (at + 1, line)
        await pilot.press("end")
        await until(pilot, lambda: app.at == 999)
        del cases.cases[-1]
        await app.table.reload()
        await settled(pilot)
        assert (app.at, app.cursor_line) == (998, 23)


async def test_reload_at_the_beginning_shows_what_is_new() -> None:
    cases = register(1_000, step=10)
    async with ListApp(cases).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        cases.cases.insert(0, Case(-1, "nytt svar"))
        await app.table.reload()
        await settled(pilot)
        assert app.seen[:2] == [-1, 0]
        assert app.at == 0


async def test_reload_can_keep_the_cursor_first() -> None:
    cases = register(1_000, step=10)
    async with ListApp(cases).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        cases.cases.insert(0, Case(-1, "just sent"))
        await app.table.reload(stay_first=True)
        await settled(pilot)
        assert app.at == -1
        await typed(app, "down")
        cases.cases.insert(0, Case(-2, "sent after that"))
        await app.table.reload(stay_first=True)
        await settled(pilot)
        assert app.seen[:2] == [-2, -1]
        assert app.at == 0, "a cursor that stood elsewhere stays on its row"


async def test_reload_of_a_list_that_became_empty_and_full_again() -> None:
    cases = register(3)
    async with ListApp(cases).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        full, cases.cases = cases.cases, []
        await app.table.reload()
        await settled(pilot)
        assert app.lines[1].strip() == "Inga ärenden än [n]"
        assert app.table.highlighted_row is None
        assert app.highlighted[-1] is None
        await pilot.press("enter", "down", "pagedown", "home", "end")
        await settled(pilot)
        assert app.chosen == []
        cases.cases = full
        await app.table.reload()
        await settled(pilot)
        assert (app.seen, app.at) == ([0, 1, 2], 0)


async def test_the_empty_text_waits_for_the_first_answer() -> None:
    cases = register(0)
    cases.gate.clear()
    async with ListApp(cases).run_test(size=(80, 24)) as pilot:
        app = pilot.app
        await pilot.pause()
        assert "Inga" not in "".join(app.lines)
        cases.gate.set()
        await started(pilot)
        assert app.lines[1].strip() == "Inga ärenden än [n]"


async def test_late_answers_are_dropped() -> None:
    cases = register(1_000)
    async with ListApp(cases).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        cases.gate.clear()
        app.run_worker(app.table.restart())  # asks, and its answer of 1,000 rows waits
        await until(pilot, lambda: len(cases.asked) == 2)
        cases.error = OSError("of the past")
        app.run_worker(app.table.restart())
        await until(pilot, lambda: len(cases.asked) == 3)
        cases.error = None
        cases.cases = [Case(7, "den enda")]
        app.run_worker(app.table.restart())
        await until(pilot, lambda: len(cases.asked) == 4)
        cases.gate.set()
        await settled(pilot)
        assert app.seen == [7]
        assert app.highlighted == [0, 7]
        assert app.errors == []


async def test_moving_while_a_reload_is_under_way() -> None:
    cases = register(1_000)
    async with ListApp(cases).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        await pilot.press("pagedown")
        cases.gate.clear()
        reload = asyncio.create_task(app.table.reload())
        await pilot.press("down", "down")
        cases.gate.set()
        await reload
        await settled(pilot)
        assert app.at == 25


async def test_a_neighbour_of_the_old_window_does_not_join_the_new_one() -> None:
    cases = register(1_000)
    async with ListApp(cases).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        await pilot.press("pagedown")
        await settled(pilot)
        cases.gates = {From: asyncio.Event(), After: asyncio.Event()}
        reload = asyncio.create_task(app.table.reload())
        await until(pilot, lambda: isinstance(cases.asked[-1], From))
        await pilot.press("pagedown")
        await until(pilot, lambda: isinstance(cases.asked[-1], After))
        cases.gates[From].set()
        await reload
        cases.gates[After].set()
        await settled(pilot)
        while app.at < 300:
            assert app.seen == list(range(app.seen[0], app.seen[0] + 23))
            await pilot.press("pagedown")
            await settled(pilot)


async def test_a_failed_fetch_leaves_the_table_usable() -> None:
    cases = register(1_000)
    async with ListApp(cases).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        cases.error = OSError("gone")
        await pilot.press("end")
        await until(pilot, lambda: len(app.errors) == 1)
        assert app.at == 0
        await app.table.reload()
        await until(pilot, lambda: len(app.errors) == 2)
        for _ in range(8):
            await pilot.press("pagedown")
        await settled(pilot)
        asked, failed = len(cases.asked), len(app.errors)
        assert app.at == PAGE - 1  # the last row at hand
        assert failed > 2
        await pilot.pause()
        assert len(cases.asked) == asked  # not asked again by itself
        cases.error = None
        await pilot.press("down")
        await settled(pilot)
        await pilot.press("down")
        await settled(pilot)
        assert app.at == PAGE
        assert len(app.errors) == failed


async def test_a_failed_start_recovers_on_reload() -> None:
    cases = register(3)
    cases.error = OSError("not there yet")
    async with ListApp(cases).run_test(size=(80, 24)) as pilot:
        app = pilot.app
        await until(pilot, lambda: bool(app.errors))
        assert "Inga" not in "".join(app.lines)
        cases.error = None
        await app.table.reload()
        await started(pilot)
        assert app.seen == [0, 1, 2]

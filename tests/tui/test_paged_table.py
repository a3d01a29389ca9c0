"""The paged table as its user sees it: columns, cursor, keys, sizes."""

from __future__ import annotations

import time

import pytest
from rich.cells import cell_len
from rich.text import Text as RichText
from textual.app import App, ComposeResult

from tests.tui.case_register import DEADLINE, Case, ListApp, Register, register, settled, started, until
from tui.widgets.paged_table import Column, First, Page, PagedTable


async def test_a_short_list_with_header_mark_and_cursor() -> None:
    cases = Register([Case(1, "Åsa Öberg", read=True), Case(2, "[/b]\x1b[2J\u202eBo")])
    async with ListApp(cases).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        assert app.lines[0].split() == ["Nr", "Namn", "LS"]
        assert app.lines[1].split() == ["›", "●", "1", "Åsa", "Öberg", "L"]
        assert app.lines[2].split() == ["2", "[/b]�[2J�Bo"]
        assert not "".join(app.lines[3:]).strip()
        assert cases.asked == [First()]


async def test_the_cursor_is_visible_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with ListApp(register(5)).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        await pilot.press("j")
        await pilot.pause()
        assert app.at == 1
        reversed_lines = [
            y
            for y, strip in enumerate(app.screen._compositor.render_strips())
            if all(segment.style is not None and segment.style.reverse for segment in strip)
        ]
        assert reversed_lines == [2]


async def test_row_style_marks_a_row() -> None:
    app = ListApp(register(3), row_style=lambda case: "bold" if case.number == 1 else "")
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        strips = app.screen._compositor.render_strips()
        assert [bool(next(iter(strips[y])).style.bold) for y in (1, 2, 3)] == [False, True, False]


async def test_keys_move_and_enter_chooses() -> None:
    async with ListApp(register(100)).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        for key, expected in [
            ("down", 1), ("j", 2), ("up", 1), ("k", 0), ("up", 0), ("pagedown", 23), ("pagedown", 46),
            ("pageup", 23), ("end", 99), ("down", 99), ("home", 0), ("pageup", 0),
        ]:  # fmt: skip
            await pilot.press(key)
            await pilot.pause()
            assert app.at == expected, key
            assert app.table.highlighted_row == app.cases.cases[expected]
        await pilot.press("j", "enter")
        await pilot.pause()
        assert app.chosen == [1]
        assert app.highlighted == [0, 1, 2, 1, 0, 23, 46, 23, 99, 0, 1]


async def test_a_step_draws_two_lines_only(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    original = PagedTable.render_line

    def render_line(self: PagedTable[Case], y: int) -> object:
        drawn.append(y)
        return original(self, y)

    monkeypatch.setattr(PagedTable, "render_line", render_line)
    async with ListApp(register(100)).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        assert app.seen == list(range(23))
        drawn.clear()
        await pilot.press("down")
        await pilot.pause()
        assert app.at == 1
        assert sorted(drawn) == [1, 2]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (40, 10), (20, 3)])
async def test_columns_stay_aligned_whatever_is_in_them(size: tuple[int, int]) -> None:
    names = [
        "Åsa",
        "漢字" * 40,
        "😀" * 61,
        "a😀" * 40,
        "e\u0301" * 99,
        "x" * 200,
        "tab\tny\nrad",
        "❤\ufe0f",
        "\u3164a",
    ]
    cases = Register([Case(number, name, read=True) for number, name in enumerate(names)])
    async with ListApp(cases).run_test(size=size) as pilot:
        app = await started(pilot)
        for line in app.lines:
            assert cell_len(line) == size[0]
        if size[0] >= 40:
            for line in app.lines[1 : 1 + min(len(names), size[1] - 1)]:
                assert line.rstrip().endswith("L")
                assert cell_len(line.rstrip()) == size[0] - 1
        if size[0] == 80:
            assert "漢…" in app.lines[2] or "字…" in app.lines[2]


async def test_a_rich_text_cell_is_cut_guarded_and_keeps_its_style() -> None:
    table: PagedTable[str] = PagedTable(
        [Column("A", 6, lambda row: RichText(row, "italic")), Column("B", 4, lambda _row: "slut")],
        lambda _edge: _one_page("ab\x1bcdefgh", "漢字漢字"),
        key=lambda row: row,
    )

    class Cells(App[None]):
        def compose(self) -> ComposeResult:
            yield table

        def on_mount(self) -> None:
            self.run_worker(table.restart())

    async with Cells().run_test(size=(80, 24)) as pilot:
        deadline = time.monotonic() + DEADLINE
        while table.highlighted_row is None:
            assert time.monotonic() < deadline
            await pilot.pause()
        await pilot.pause()
        strips = pilot.app.screen._compositor.render_strips()
        assert [strip.text.rstrip() for strip in strips[1:3]] == ["› ab�cd…  slut", "  漢字 …  slut"]
        assert any(segment.style.italic for segment in strips[1] if "ab" in segment.text)


async def _one_page(*rows: str) -> Page[str]:
    return Page(rows, at_start=True, at_end=True)


async def test_resizing_keeps_the_cursor_in_view_and_fills_the_screen() -> None:
    async with ListApp(register(1_000)).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        await pilot.press("end")
        await until(pilot, lambda: app.at == 999)
        await settled(pilot)
        await pilot.resize_terminal(120, 36)
        await until(pilot, lambda: len(app.seen) == 35)
        assert app.seen[-1] == app.at == 999
        assert {cell_len(line) for line in app.lines} == {120}
        await pilot.resize_terminal(80, 10)
        await until(pilot, lambda: len(app.seen) == 9)
        assert app.seen[-1] == app.at == 999
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: len(app.seen) == 23)


async def test_a_click_does_no_harm() -> None:
    async with ListApp(register(50)).run_test(size=(80, 24)) as pilot:
        app = await started(pilot)
        await pilot.click(PagedTable, offset=(10, 5))
        await pilot.pause()
        assert app.at == 0
        assert app.chosen == []

"""A table for lists of any length: it draws the lines in view and holds a window of pages fetched by key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, TypeVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from tui.widgets.columns import NO_CURSOR, Column, Ink, Lines
from tui.widgets.line_view import LineView
from tui.widgets.pages import After, Before, Edge, Fetch, First, From, Last, Page, Row, Window
from tui.widgets.plain import pad

__all__ = ["After", "Before", "Column", "Edge", "Fetch", "First", "From", "Last", "Page", "PagedTable"]

R = TypeVar("R")  # Row again, for the messages: a class inside a generic class may not reuse its variable


class TableMessage(Message, Generic[R]):
    """The base of a table's messages; `table` and `control` say which table."""

    def __init__(self, table: PagedTable[R]) -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> PagedTable[R]:
        """The table, for `@on(…, "#selector")`."""
        return self.table


class PagedTable(LineView, Generic[Row], can_focus=True):
    """A header and the rows around a cursor, from `fetch`: never asked for everything, nor before `restart`.

    The rows are sorted by the fetcher; `key` tells them apart across fetches. The table scrolls by itself
    with its cursor and not by Textual's scroll offset: that would be counted from the window's first row, so
    that every page arriving above would cost a layout and a redraw of lines which have not changed.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"paged-table--header", "paged-table--cursor", "paged-table--empty"}
    DEFAULT_CSS = """
    PagedTable {
        width: 1fr;
        height: 1fr;
        overflow: hidden hidden;
        & > .paged-table--header { text-style: bold; color: $text-primary; }
        & > .paged-table--cursor { text-style: none; }
        & > .paged-table--empty { color: $text-muted; }
        &:focus > .paged-table--cursor { text-style: reverse; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="table.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="table.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="table.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="table.page_down"),
        Binding("home", "first", "First row", show=False, id="table.first"),
        Binding("end", "last", "Last row", show=False, id="table.last"),
        Binding("enter", "choose", "Open", show=False, id="table.choose"),
    ]

    class Highlighted(TableMessage[R]):
        """The cursor came to `row`, or `row` was read anew; None when the list is empty."""

        def __init__(self, table: PagedTable[R], row: R | None) -> None:
            super().__init__(table)
            self.row = row

    class Chosen(TableMessage[R]):
        """Enter was pressed on `row`."""

        def __init__(self, table: PagedTable[R], row: R) -> None:
            super().__init__(table)
            self.row = row

    class Failed(TableMessage[R]):
        """A fetch raised `error`. The rows at hand stay; the next key, `reload` or `restart` tries again."""

        def __init__(self, table: PagedTable[R], error: Exception) -> None:
            super().__init__(table)
            self.error = error

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        fetch: Fetch[Row],
        *,
        key: Callable[[Row], object],
        empty_text: str = "",
        row_style: Callable[[Row], str] = lambda _row: "",
        name: str | None = None,
        id: str | None = None,  # noqa: A002 (Textual's name for it)
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        """`row_style` answers in Rich's words, such as "bold"; `empty_text` shows when there are no rows."""
        self._lines = Lines(columns, row_style)
        self._ink: Ink | None = None
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self.empty_text = empty_text
        self._fetch = fetch
        self._key = key
        self._window: Window[Row] = Window()
        self._cursor = 0  # index in the window
        self._top = 0  # index in the window of the first line in view
        self._generation = 0  # counts replacements of the window; an answer to an older one is dropped
        self._extending = False

    @property
    def highlighted_row(self) -> Row | None:
        """The row at the cursor; None while there are no rows."""
        return self._window.rows[self._cursor] if self._window.rows else None

    async def restart(self) -> None:
        """Begin again at the list's first row, and return when it is read."""
        await self._load(First(), self._begin())

    async def reload(self, *, stay_first: bool = False) -> None:
        """Read the rows around the cursor again; the cursor stays on its row, and that on its line.

        If the row is gone or sorted elsewhere, the cursor goes to what stands in its place. Where the list's
        beginning was in view, it stays in view, so that new rows show. With `stay_first`, a cursor on the
        list's first row stays first, whichever that is now.
        """
        anchor = self.highlighted_row
        generation = self._begin()
        if anchor is None:
            await self._load(First(), generation)
            return
        below = await self._ask(From(anchor), generation)
        above = below and await self._ask(Before(anchor), generation)
        if below is None or above is None:
            return
        # The cursor may have moved while we waited: it is the row it is on now that counts.
        line = self._cursor - self._top
        wanted = self._key(self._window.rows[self._cursor])
        rows = [*above.rows, *below.rows]
        cursor = next((i for i, row in enumerate(rows) if self._key(row) == wanted), len(above.rows))
        window = Window(rows, above.at_start or not above.rows, below.at_end or not below.rows)
        showed_start = self._window.at_start and self._top == 0
        if stay_first and showed_start and self._cursor == 0 and window.at_start:
            cursor = 0
        stays_at_start = showed_start and window.at_start and cursor < self._height
        self._replace(window, cursor, 0 if stays_at_start else cursor - line)

    def point_at(self, key: object) -> None:
        """Put the cursor on the row with that key, if it is among those that are read."""
        there = next((i for i, row in enumerate(self._window.rows) if self._key(row) == key), None)
        if there is not None:
            self._move_to(there, self._top)

    # Fetching

    def _begin(self) -> int:
        """Answers to everything asked before are void from now on."""
        self._generation += 1
        self._extending = False
        return self._generation

    def _jump(self, edge: First | Last) -> None:
        self.run_worker(self._load(edge, self._begin()), group="paged-table")

    async def _ask(self, edge: Edge[Row], generation: int) -> Page[Row] | None:
        """The page; None when the fetch failed or its answer is no longer wanted."""
        try:
            page = await self._fetch(edge)
        except Exception as error:
            if generation == self._generation:
                self.post_message(self.Failed(self, error))
            return None
        return page if generation == self._generation else None

    async def _load(self, edge: First | Last, generation: int) -> None:
        page = await self._ask(edge, generation)
        if page is None:
            return
        first = isinstance(edge, First)
        window = Window(page.rows, page.at_start or first, page.at_end or not first or not page.rows)
        cursor = 0 if first else len(page.rows) - 1
        self._replace(window, cursor, cursor)

    def _replace(self, window: Window[Row], cursor: int, top: int) -> None:
        self._begin()  # a neighbour of the old window may be on its way
        self._window = window
        self._cursor = self._inside(cursor)
        self._top = self._filling(top)
        self.refresh()
        self.post_message(self.Highlighted(self, self.highlighted_row))
        self._extend_if_near()

    def _extend_if_near(self) -> None:
        """Fetch a neighbouring page if the lines in view are near the window's edge: one page at a time."""
        edge = self._window.wanted(self._top, self._top + self._height)
        if edge is not None and not self._extending:
            self._extending = True
            self.run_worker(self._extend(edge, self._generation), group="paged-table")

    async def _extend(self, edge: After[Row] | Before[Row], generation: int) -> None:
        page = await self._ask(edge, generation)
        if generation != self._generation:
            return
        self._extending = False
        if page is None:
            return  # not tried again by itself: a database that is down would be asked without end
        bottom = self._top + self._height
        was_short = len(self._window.rows) < bottom
        moved = self._window.extend(edge, page, self._top, bottom)
        self._cursor += moved
        self._top = self._filling(self._top + moved)
        if was_short:
            self.refresh()  # otherwise the same rows stand on the same lines
        self._extend_if_near()

    # Moving

    @property
    def _height(self) -> int:
        """Lines for rows: all but the header."""
        return max(1, self.size.height - 1)

    def _inside(self, cursor: int) -> int:
        return max(0, min(cursor, len(self._window.rows) - 1))

    def _filling(self, top: int) -> int:
        """The nearest top to `top` that fills the view and has the cursor in it."""
        top = max(0, min(top, len(self._window.rows) - self._height))
        return max(self._cursor - self._height + 1, min(top, self._cursor))

    def _move_to(self, cursor: int, top: int) -> None:
        old_cursor, old_top = self._cursor, self._top
        self._cursor = self._inside(cursor)
        self._top = self._filling(top)
        if self._top != old_top:
            self.refresh(Region(0, 1, *self.size))
        elif self._cursor != old_cursor:
            lines = (1 + index - self._top for index in (old_cursor, self._cursor))
            self.refresh(*(Region(0, line, self.size.width, 1) for line in lines))
        if self._cursor != old_cursor:
            self.post_message(self.Highlighted(self, self.highlighted_row))
        self._extend_if_near()

    def on_resize(self, _event: events.Resize) -> None:
        self._move_to(self._cursor, self._top)

    def action_move(self, rows: int) -> None:
        self._move_to(self._cursor + rows, self._top)

    def action_page(self, pages: int) -> None:
        rows = pages * self._height
        self._move_to(self._cursor + rows, self._top + rows)

    def action_first(self) -> None:
        if self._window.at_start:
            self._move_to(0, 0)
        else:
            self._jump(First())

    def action_last(self) -> None:
        if self._window.at_end:
            end = len(self._window.rows)
            self._move_to(end, end)
        else:
            self._jump(Last())

    def action_choose(self) -> None:
        row = self.highlighted_row
        if row is not None:
            self.post_message(self.Chosen(self, row))

    # Drawing

    def forget_lines(self) -> None:
        super().forget_lines()
        self._lines.forget()
        self._ink = None

    def render_line(self, y: int) -> Strip:
        """Line `y` of the view, 0 being the header."""
        style_of, console = self.get_component_rich_style, self.app.console
        if self._ink is None:
            self._ink = Ink(self.size.width, self.rich_style, style_of("paged-table--cursor"))
        index, ink = self._top + y - 1, self._ink
        if y == 0:
            return self._lines.header(console, ink.width, style_of("paged-table--header"))
        if index < len(self._window.rows):
            return self._lines.line(console, self._window.rows[index], ink, at_cursor=index == self._cursor)
        if y == 1 and self._window.at_start and self._window.at_end:
            text = pad(NO_CURSOR + self.empty_text, ink.width)
            return Strip([Segment(text, style_of("paged-table--empty"))])
        return Strip.blank(ink.width, ink.plain)

"""The builder: a key costs the same in a long template as in a short one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

from textual.app import ComposeResult
from textual.screen import Screen

from tests.bench.forms import DESCRIPTION as FORMS
from tests.bench.forms import mixed
from tests.bench.measure import Effort, Ratio, Row, Table
from tests.bench.painting import COLUMNS, DESCRIPTION, WORK, Cost, Painter, at_the_start, row, steadily
from tests.tui.drivers import PilotTerminal
from tests.tui.stories import Person
from tui.widgets.line_field import LineField

SIZES = (10, 200, 499)
"""The last has room for the item that is added: a template holds at most 500."""

NAME = "AAA Bänk"
"""First in the list of templates."""

BASE = "a letter in a field alone on a screen"


class Alone(Screen[None]):
    """A field and nothing else: what a key costs at the very least."""

    def compose(self) -> ComposeResult:
        yield LineField()


def run(effort: Effort) -> Iterator[Table]:
    yield asyncio.run(_measured(effort))


async def _measured(effort: Effort) -> Table:
    words = f"{DESCRIPTION.rstrip()}\nThe builder, with the live preview beside it.{FORMS.rstrip()}"
    table = Table("Builder, key to paint", words, COLUMNS)
    found: dict[int, list[Row]] = {}
    for size in SIZES:
        async with at_the_start(NAME, mixed(size)) as painter:
            if not table.rows:
                table.rows.append(await _alone(painter, effort))
            found[size] = [one async for one in _keys(painter, size, effort)]
        table.rows.extend(found[size])
    few = found[SIZES[0]]
    for size in SIZES[1:]:
        for one, base in zip(found[size], few, strict=True):
            words = f"{one.what.partition(',')[0]}: {size} items over {SIZES[0]}"
            table.ratios.append(Ratio(words, (one, WORK), (base, WORK)))
    table.ratios.extend(
        Ratio(f"{one.what} over {BASE}", (one, WORK), (table.rows[0], WORK)) for one in found[200]
    )
    return table


async def _alone(painter: Painter, effort: Effort) -> Row:
    await painter.app.push_screen(Alone())
    costs = await steadily(lambda _turn: painter.press("x"), effort.rounds)
    await painter.app.pop_screen()
    return row(BASE, costs)


async def _keys(painter: Painter, size: int, effort: Effort) -> AsyncIterator[Row]:
    """Near the end of the template: typing, moving, adding; each is undone, so that the size stays."""
    bo = Person(PilotTerminal(painter.pilot))
    await bo.signs_in_as("3", "Administration")
    await bo.press("1")
    await bo.sees(NAME)
    await bo.press("enter")
    await bo.sees("Instruktion till vårdgivaren")
    await bo.press("end", "up", "up", "up")
    await painter.rest()
    await painter.press("enter")
    letters = await steadily(lambda _turn: painter.press("x"), effort.rounds)
    yield row(f"typing a letter, {size} items", letters)
    await painter.press("escape")
    await painter.press("u")
    moves = await steadily(lambda turn: painter.press("K" if turn % 2 else "J"), effort.rounds)
    yield row(f"moving an item, {size} items", moves)
    added = await steadily(lambda _turn: _add(painter), max(5, effort.rounds // 2))
    yield row(f"adding an item, {size} items", added)


async def _add(painter: Painter) -> Cost:
    """The key that chooses the type and leads to the wording; the item is taken away again."""
    await painter.press("a")
    cost = await painter.press("3")
    await painter.press("escape")
    await painter.press("u")
    return cost

"""A form on the patient's screen: opening it, and a key in it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from textual.app import ComposeResult
from textual.screen import Screen

from data.domain.answers import Writer
from data.domain.forms import Form, ShortText
from tests.bench.forms import flat_questions
from tests.bench.measure import Effort, Ratio, Row, Table
from tests.bench.painting import COLUMNS, DESCRIPTION, FIRST, WORK, Cost, Painter, at_the_start, row, steadily
from tui.widgets.form import FormView

SIZES = (10, 200)
FORMS = """
A form of n required questions of seven kinds, for a patient to answer, on a screen of its own: opening it,
until its first frame and until all of it is there; then a letter in its first field.
"""


class Sheet(Screen[None]):
    """The form and nothing else."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self._form = form

    def compose(self) -> ComposeResult:
        yield FormView(self._form, writer=Writer.PATIENT)

    def on_mount(self) -> None:
        self.query_one(FormView).focus_first()


def run(effort: Effort) -> Iterator[Table]:
    yield asyncio.run(_measured(effort))


async def _measured(effort: Effort) -> Table:
    words = f"{DESCRIPTION.rstrip()}\n{FORMS.strip()}"
    table = Table("Form view", words, COLUMNS)
    async with at_the_start() as painter:
        for size in SIZES:
            # A short text first, so that there is something to type in.
            form = Form(
                items=(ShortText(id="first", wording="Vad heter du?"), *flat_questions(size - 1).items)
            )
            table.rows.extend(await _one(painter, form, size, effort))
    half = len(table.rows) // 2
    for one, base in zip(table.rows[half:], table.rows[:half], strict=True):
        what = f"{one.what.partition(',')[0]}: {SIZES[1]} questions over {SIZES[0]}"
        table.ratios.append(Ratio(what, (one, WORK), (base, WORK)))
    opened = Ratio(
        "opening, first frame: 200 questions over 10", (table.rows[half], FIRST), (table.rows[0], FIRST)
    )
    table.ratios.append(opened)
    return table


async def _one(painter: Painter, form: Form, size: int, effort: Effort) -> list[Row]:
    keys: list[Cost] = []

    async def opening(_turn: int) -> Cost:
        cost = await painter.cost_of(lambda: painter.app.push_screen(Sheet(form)))
        keys.extend(await steadily(lambda _key: painter.press("x"), 3))
        await painter.app.pop_screen()
        await painter.rest()
        return cost

    openings = await steadily(opening, max(3, effort.rounds // 5))
    return [row(f"opening, {size} questions", openings), row(f"typing a letter, {size} questions", keys)]

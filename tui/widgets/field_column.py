"""A few labelled fields below one another, for screens and dialogues that ask for more than one thing."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.containers import VerticalScroll
from textual.widget import Widget

from data.domain.errors import Problem
from tui.widgets.fields import FieldChanged, FieldLeft, FieldRefused, LineField
from tui.widgets.labelled import Labelled


class FieldColumn(VerticalScroll, can_focus=False):
    """Enter and the arrows go from field to field; `FieldLeft` goes on to the screen when they lead out.

    A field is a `Labelled` with an id, the name that problems have for it; one without an id is only read.
    """

    @property
    def fields(self) -> list[Labelled]:
        """All fields from above, also those that are not shown now."""
        return [field for field in self.query_children(Labelled) if field.id]

    def typed(self, name: str) -> str:
        """What the line of a field holds, not checked."""
        return self.query_one(f"#{name}", Labelled).query_one(LineField).typed

    def focus_first(self) -> None:
        """Go to where one begins."""
        next(field for field in self.fields if field.display).control.focus()

    def show_problems(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Put each problem beside its field and go to the first; returns those of no field here."""
        found = {problem.field: problem for problem in reversed(list(problems))}
        for field in self.fields:
            problem = found.pop(field.id or "", None)
            field.error = problem.message if problem else None
        first = next((field for field in self.fields if field.error), None)
        if first is not None:
            first.control.focus()
        return tuple(reversed(found.values()))

    @on(FieldLeft)
    def _field_left(self, event: FieldLeft) -> None:
        controls = [field.control for field in self.fields if field.display]
        there = controls.index(event.field) + event.step
        if 0 <= there < len(controls):
            event.stop()
            controls[there].focus()

    @on(FieldChanged)
    def _field_changed(self, event: FieldChanged) -> None:
        self._field_of(event.field).error = None

    @on(FieldRefused)
    def _field_refused(self, event: FieldRefused) -> None:
        self._field_of(event.field).error = event.reason

    def _field_of(self, control: Widget) -> Labelled:
        return next(field for field in self.fields if field.control is control)

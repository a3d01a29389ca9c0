"""A template as it stands in the builder: its rows, and what is wrong in each. No screen in here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from enum import Enum
from functools import cached_property
from typing import TypeAlias

from data.domain.errors import Message, Problem
from data.domain.forms import Form
from tui.building.item_fields import fault_of


class Head(Enum):
    """The rows above the items; the value is the property of the template that the row edits."""

    NAME = "name"
    TITLE = "title"
    STAFF = "staff_instruction"
    PATIENT = "patient_instruction"
    ANSWERABLE = "answerable"
    SCORES = "scores"


Row: TypeAlias = Head | str
"""A row of the outline: one of the head, or an item's id."""

WHOLE = ""
"""The name for what concerns a row as a whole and none of its fields."""

_WITHOUT_FIELD = frozenset({"kind", "items"})
"""What an item may complain about and no field of its row can mend."""


@dataclass(frozen=True)
class Content:
    """Name and form, and what was typed and can't be read yet: `unread`, by item id and field.

    Of a field that can't be read the item keeps the value it had, so that nothing is lost and nothing is
    half understood.
    """

    name: str
    form: Form
    unread: Mapping[tuple[str, str], str] = attribute(default_factory=dict)

    def at_rest(self) -> Content:
        """The same without what was computed from it, which would fill the memory if every step kept it."""
        return replace(self, form=copy(self.form))

    @cached_property
    def rows(self) -> Mapping[Row, int]:
        """All rows from above, each with how many are above it."""
        rows: Sequence[Row] = [*Head, *(place.item.id for place in self.form.places)]
        return {row: number for number, row in enumerate(rows)}

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """All that keeps the template from being published, in the order of the rows.

        `field` is an item's id or a property of the template, `part` a field of the item.
        """
        found = [Problem(Head.NAME.value, Message("Give the template a name"))] if not self.name else []
        return self._sorted([*found, *self.unread_problems, *self.form.problems()])

    @cached_property
    def unread_problems(self) -> tuple[Problem, ...]:
        """What was typed and can't be read, in the order of the rows."""
        found = []
        for (row, part), text in self.unread.items():
            item = self.form.item(row)
            if item is not None and (message := fault_of(item, part, text)):
                found.append(Problem(row, message, part))
        return self._sorted(found)

    def row_of(self, problem: Problem) -> Row:
        """The row where a problem can be mended."""
        if self.form.item(problem.field) is not None:
            return problem.field
        head = next((head for head in Head if head.value == problem.field), None)
        # What is missing among the items has no row of its own.
        return head or (Head.ANSWERABLE if self.form.answerable else Head.PATIENT)

    def field_of(self, problem: Problem) -> str:
        """The field of its row where a problem can be mended; `WHOLE` when none can."""
        row = self.row_of(problem)
        if isinstance(row, Head):
            return row.value
        item = self.form.item(row)
        known = item is not None and problem.part in type(item).model_fields
        return problem.part if known and problem.part not in _WITHOUT_FIELD else WHOLE

    def faults(self, row: Row) -> dict[str, Message]:
        """What is wrong in a row, by field; `WHOLE` for the row itself. At most one a field."""
        found: dict[str, Message] = {}
        for problem in self.problems:
            if self.row_of(problem) == row:
                found.setdefault(self.field_of(problem), problem.message)
        return found

    def _sorted(self, problems: Sequence[Problem]) -> tuple[Problem, ...]:
        return tuple(sorted(problems, key=lambda problem: self.rows[self.row_of(problem)]))

"""What a check finds, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from data.domain.errors import Message, Problem
from data.domain.text import clean

FINDINGS_LIMIT: Final = 1_000
"""Problems told at once: a response to the wrong questionnaire would have several an item."""

_FIELD_LIMIT: Final = 120
_SHOWN_LIMIT: Final = 60


@dataclass(frozen=True)
class Report:
    """The outcome of a check. `field` of each is a linkId, a path where there is none, or the resource."""

    problems: tuple[Problem, ...] = ()
    """What breaks a rule. With one, the resource is not valid, whatever is unsupported."""
    unsupported: tuple[Problem, ...] = ()
    """What this checker can't judge and that could change the verdict."""

    @property
    def is_valid(self) -> bool:
        """Whether everything was judged and nothing found."""
        return not self.problems and not self.unsupported

    def __add__(self, other: Report) -> Report:
        """Both reports, without saying anything twice."""
        return Report(
            tuple(dict.fromkeys(self.problems + other.problems)),
            tuple(dict.fromkeys(self.unsupported + other.unsupported)),
        )


class Findings:
    """Collects a `Report` while a check runs."""

    def __init__(self) -> None:
        self._problems: dict[Problem, None] = {}
        self._unsupported: dict[Problem, None] = {}

    def problem(self, field: str, message: Message) -> None:
        """A rule is broken. Past the limit only the first ones are kept, which the report says."""
        self._add(self._problems, field, message)

    def unsupported(self, field: str, message: Message) -> None:
        """Something that can't be judged could change the verdict."""
        self._add(self._unsupported, field, message)

    def report(self) -> Report:
        return Report(tuple(self._problems), tuple(self._unsupported))

    @staticmethod
    def _add(found: dict[Problem, None], field: str, message: Message) -> None:
        if len(found) < FINDINGS_LIMIT:
            found[Problem(clean(field, limit=_FIELD_LIMIT) or "?", message)] = None
        elif len(found) == FINDINGS_LIMIT:
            more = Message("There is more: these are the first {limit}", limit=FINDINGS_LIMIT)
            found[Problem("…", more)] = None


def shown(value: object) -> str:
    """A value from a file as a message may quote it: one clean, short line."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("code", "display", "reference", "value") if key in value), "{…}")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return "[…]" if isinstance(value, list) else "{…}"
    try:
        text = str(value)
    except ValueError:  # a whole number too long for Python to write
        return "…"
    short = clean(text[: 2 * _SHOWN_LIMIT], limit=_SHOWN_LIMIT)
    return short if len(text) <= _SHOWN_LIMIT else f"{short}…"

"""What can go wrong, in words that a person can act on.

Messages are English gettext ids with named parts; the interface translates them (`tui.i18n.say`).
Write them as `Message("…{part}…", part=value)` so that the catalogue's extractor finds them.
"""

# ruff: noqa: N818 - `NotFound` says it all
from __future__ import annotations

from collections.abc import Mapping

from data.domain.value import Frozen


class Message(Frozen):
    """A sentence to a person: a gettext id and the values of its `{parts}`.

    A value that is itself a `Message` is translated before it is put in.
    """

    text: str
    parts: Mapping[str, object]

    def __init__(self, text: str, /, **parts: object) -> None:
        super().__init__(text=text, parts=parts)

    def __str__(self) -> str:
        """The English sentence, for log files and tests."""
        return self.text.format(**self.parts)

    def __hash__(self) -> int:
        return hash(self.text)


class Problem(Frozen, kw_only=False):
    """One thing to mend. `field` names where it was typed: a field's name, an item's id or an answer's path;
    `part` the field within that, where it has several."""

    field: str
    message: Message
    part: str = ""

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


class OmvantError(Exception):
    """The base of all errors that an operation raises on purpose; `message` is for people."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class NotAllowed(OmvantError):
    """The actor's role, clinic or identity does not permit the act."""


class SessionEnded(NotAllowed):
    """The session is over: whoever acts must sign in again."""


class NotFound(OmvantError):
    """There is no such thing, or not for this actor: the two are never told apart."""


class NotYours(NotFound):
    """It exists and is another's: recorded as refused. Who tried is told the same words as for `NotFound`."""


class ReasonNeeded(OmvantError):
    """The patient's identity is protected, and who asks has stated no reason that still holds: see
    `data.protected`. Names nobody; the ids are for stating the reason, and for the record."""

    def __init__(self, message: Message, patient_id: int, case_id: int | None = None) -> None:
        super().__init__(message)
        self.patient_id = patient_id
        self.case_id = case_id


class Conflict(OmvantError):
    """Somebody else changed the row first; what was typed is still with the caller."""


class Overtaken(Conflict):
    """The database found that another transaction got in between, and undid this one: once more from the
    beginning it may well succeed."""


class Unavailable(OmvantError):
    """The database can't be reached or written now; trying again later may succeed."""


class Away(Unavailable):
    """The database's server can't be reached: what was asked has not happened, and may be asked again."""


class Uncertain(Unavailable):
    """The database's server was lost while it stored what was asked: it may have happened, or not."""


class Invalid(OmvantError):
    """What was given can't be accepted. `problems` is never empty and names every fault at once."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].message)
        self.problems = problems
        self.args = ("; ".join(map(str, problems)),)


class Registered(Invalid):
    """What was given is somebody who is registered. Being told so tells of a patient: recorded as refused."""


def invalid(field_name: str, text: str, /, **parts: object) -> Invalid:
    """An `Invalid` of a single problem; `text` is a gettext id."""
    return Invalid(Problem(field_name, Message(text, **parts)))

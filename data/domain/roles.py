"""Who acts, and in which roles."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from data.domain.session import IDLE_MINUTES
from data.domain.value import Frozen

if TYPE_CHECKING:
    from data.domain.identity import PersonalIdentityNumber


class Role(StrEnum):
    """What an actor is to the clinic. A member of staff holds one or more of the first three per clinic."""

    CARE_PROVIDER = "care_provider"
    ADMINISTRATOR = "administrator"
    LOG_AUDITOR = "log_auditor"
    PATIENT = "patient"
    OPERATOR = "operator"
    """Whoever runs `omvant` commands as the owner of the database: adds staff, imports patients."""
    VISITOR = "visitor"
    """Nobody yet: what stands before the sign-in screen."""


STAFF_ROLES = (Role.CARE_PROVIDER, Role.ADMINISTRATOR, Role.LOG_AUDITOR)


class StaffActor(Frozen):
    """A member of staff at one clinic, in a session that began when they signed in.

    Roles are shown from here but checked against the database, and so is the rest: `generation` is that of
    the account when the session began, and a session of an older one is over (`data.operation`).
    """

    kind: Literal["staff"] = "staff"
    staff_id: int
    username: str
    name: str
    title: str
    clinic_id: int
    clinic_name: str
    roles: frozenset[Role]
    signed_in_at: datetime
    generation: int = 1
    must_change: bool = False
    """Whether the password was chosen by someone else, so that the person must choose another first."""
    idle_minutes: int = IDLE_MINUTES
    """Without a key until the terminal is locked: the clinic's choice."""


class PatientActor(Frozen):
    """A patient, signed in to their own messages."""

    kind: Literal["patient"] = "patient"
    patient_id: int
    number: PersonalIdentityNumber
    name: str
    signed_in_at: datetime
    roles: frozenset[Role] = frozenset({Role.PATIENT})


class OperatorActor(Frozen):
    """The owner of the database at the command line; `name` is the one they have on that machine."""

    kind: Literal["operator"] = "operator"
    name: str
    roles: frozenset[Role] = frozenset({Role.OPERATOR})


class Visitor(Frozen):
    """Someone who has not signed in."""

    kind: Literal["visitor"] = "visitor"
    roles: frozenset[Role] = frozenset({Role.VISITOR})


Actor = StaffActor | PatientActor | OperatorActor | Visitor

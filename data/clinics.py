"""Clinics: is there one yet, founding the first, adding more."""

from __future__ import annotations

from data import audit
from data.domain.errors import Conflict, Invalid, Message, NotAllowed, Problem, invalid
from data.domain.limits import LINE_LIMIT
from data.domain.roles import OperatorActor, Role, StaffActor, Visitor
from data.domain.session import IDLE_LEAST, IDLE_MOST
from data.domain.text import clean
from data.domain.value import Frozen
from data.operation import operation, row_to_change, store
from data.staff import NewPerson, account_problems, add_to_clinic, same_name
from data.store import models


@operation(role=Role.VISITOR, event=None)
def founded(actor: Visitor) -> bool:  # noqa: ARG001
    """Whether the database holds a clinic; if not, the first start asks for one."""
    return models.Clinic.select().exists()


@operation(role=Role.VISITOR, event="clinic.founded")
def found(actor: Visitor, clinic_name: str, first: NewPerson) -> StaffActor:  # noqa: ARG001
    """Make the first clinic and its first administrator, who is signed in by it.

    Raises `NotAllowed` once there is a clinic, and `Invalid` naming every field to mend.
    """
    store().hold_table(models.Clinic)
    if models.Clinic.select().exists():
        raise NotAllowed(Message("There is a clinic already: sign in"))
    name = clean(clinic_name, limit=LINE_LIMIT)
    problems = [] if name else [Problem("clinic", Message("Write the clinic's name"))]
    problems += account_problems(first, name)
    if Role.ADMINISTRATOR not in first.roles:
        problems.append(Problem("roles", Message("The first person must be an administrator")))
    if problems:
        raise Invalid(*problems)
    clinic = models.Clinic.create(name=name)
    founder = add_to_clinic(first, clinic.id, must_change=False)
    audit.instead("clinic.founded", actor=founder)
    audit.about(clinic=clinic.id)
    return founder


class Idle(Frozen):
    """After how many minutes without a key the clinic's terminals are locked; `version` is the clinic's."""

    minutes: int
    version: int


@operation(role=Role.ADMINISTRATOR, event=None)
def idle(actor: StaffActor) -> Idle:
    """What the clinic has chosen."""
    clinic = models.Clinic.get_by_id(actor.clinic_id)
    return Idle(minutes=clinic.idle_minutes, version=clinic.version)


@operation(role=Role.ADMINISTRATOR, event="clinic.idle_changed")
def set_idle(actor: StaffActor, chosen: Idle) -> None:
    """Choose it, for those who sign in from now on (OWASP ASVS 5.0, 7.3.1).

    Raises `Invalid` for less than a minute or more than an hour, and `Conflict` when somebody else changed
    the clinic first.
    """
    if not IDLE_LEAST <= chosen.minutes <= IDLE_MOST:
        raise invalid("minutes", "Write {least} to {most} minutes", least=IDLE_LEAST, most=IDLE_MOST)
    clinic = row_to_change(models.Clinic, actor.clinic_id)
    if clinic.version != chosen.version:
        raise Conflict(Message("Someone else has changed the clinic: look again"))
    audit.about(before_minutes=clinic.idle_minutes, after_minutes=chosen.minutes)
    clinic.idle_minutes = chosen.minutes
    clinic.version += 1
    clinic.save(only=[models.Clinic.idle_minutes, models.Clinic.version])


@operation(role=Role.OPERATOR, event="clinic.added")
def add(actor: OperatorActor, clinic_name: str) -> str:  # noqa: ARG001
    """Make one more clinic, without people as yet; returns its name as stored.

    Raises `Invalid` for an empty name or one that another clinic has.
    """
    name = clean(clinic_name, limit=LINE_LIMIT)
    if not name:
        raise invalid("clinic", "Write the clinic's name")
    store().hold_table(models.Clinic)
    if any(same_name(clinic.name, name) for clinic in models.Clinic.select()):
        raise invalid("clinic", "Another clinic has this name: choose a name of its own")
    audit.about(clinic=models.Clinic.create(name=name).id)
    return name

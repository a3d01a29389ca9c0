"""Clinics: is there one yet, and founding the first."""

from __future__ import annotations

from data import audit
from data.domain.errors import Message, NotAllowed, invalid
from data.domain.forms import LINE_LIMIT
from data.domain.roles import Role, StaffActor, Visitor
from data.domain.text import clean
from data.operation import operation
from data.staff import NewPerson, add_to_clinic
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
    if models.Clinic.select().exists():
        raise NotAllowed(Message("There is a clinic already: sign in"))
    name = clean(clinic_name, limit=LINE_LIMIT)
    if not name:
        raise invalid("clinic", "Write the clinic's name")
    clinic = models.Clinic.create(name=name)
    founder = add_to_clinic(first, clinic.id)
    audit.instead("clinic.founded", actor=founder)
    return founder

"""Who holds which role at which clinic: the rows behind the operations of `staff`, which decide who may."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from data.domain.roles import STAFF_ROLES, Role, StaffActor
from data.operation import now
from data.store import models


def actors_of(row: models.Staff, signed_in_at: datetime | None = None) -> tuple[StaffActor, ...]:
    """The person at each clinic where they hold a role, by the clinic's name; in a session that begins now,
    or that began at another moment."""
    began = signed_in_at or now()
    clinics = (
        models.Clinic.select()
        .join(models.StaffRole)
        .where(models.StaffRole.staff == row)
        .distinct()
        .order_by(models.Clinic.name)
    )
    return tuple(
        StaffActor(
            staff_id=row.id,
            username=row.username,
            name=row.name,
            title=row.title,
            clinic_id=clinic.id,
            clinic_name=clinic.name,
            roles=roles_at(row, clinic.id),
            signed_in_at=began,
            generation=row.generation,
            must_change=row.must_change,
            idle_minutes=clinic.idle_minutes,
        )
        for clinic in clinics
    )


def roles_at(row: models.Staff, clinic_id: int) -> frozenset[Role]:
    """The person's roles at one clinic; those of a later version of Omvänt are left out."""
    held = {
        one.role
        for one in models.StaffRole.select().where(
            models.StaffRole.staff == row, models.StaffRole.clinic == clinic_id
        )
    }
    return frozenset(role for role in STAFF_ROLES if role in held)


def set_roles(row: models.Staff, clinic_id: int, roles: Iterable[Role]) -> None:
    """Replace the person's roles at one clinic."""
    models.StaffRole.delete().where(
        models.StaffRole.staff == row, models.StaffRole.clinic == clinic_id
    ).execute()
    for role in sorted(roles):
        models.StaffRole.create(staff=row, clinic=clinic_id, role=role)


def works_elsewhere(row: models.Staff, clinic_id: int) -> bool:
    """Whether the person holds a role at another clinic than this."""
    role = models.StaffRole
    return role.select().where(role.staff == row, role.clinic != clinic_id).exists()


def administrators(clinic_id: int) -> int:
    """How many can administer the clinic now."""
    return (
        models.StaffRole.select()
        .join(models.Staff)
        .where(
            models.StaffRole.clinic == clinic_id,
            models.StaffRole.role == Role.ADMINISTRATOR,
            ~models.Staff.disabled,
        )
        .count()
    )

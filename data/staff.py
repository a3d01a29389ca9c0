"""Staff: sign in, roles per clinic, accounts."""

from __future__ import annotations

from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from data import audit
from data.domain.errors import Conflict, Invalid, Message, NotFound, Problem, invalid
from data.domain.forms import LINE_LIMIT
from data.domain.roles import STAFF_ROLES, OperatorActor, Role, StaffActor, Visitor
from data.domain.text import clean
from data.domain.value import Frozen
from data.operation import operation
from data.store import models

PASSWORD_LEAST = 8
"""Characters; OWASP ASVS 5.0, 6.2.1."""

_hasher = PasswordHasher()
_UNKNOWN = _hasher.hash("no account has this password")
"""Verified when the name is unknown, so that both answers take the same time."""


class SignIn(Frozen):
    """How a sign-in went: the clinics to choose from, or none with the reason."""

    actors: tuple[StaffActor, ...] = ()
    refused: bool = False


class NewPerson(Frozen):
    """A new account. `clinic_id` None means the only clinic there is."""

    username: str
    password: str
    name: str
    title: str = ""
    roles: frozenset[Role]
    clinic_id: int | None = None


class Person(Frozen):
    """A member of staff as an administrator of one clinic sees one."""

    id: int
    username: str
    name: str
    title: str
    roles: frozenset[Role]
    disabled: bool
    version: int


@operation(role=Role.VISITOR, event="staff.signed_in")
def sign_in(actor: Visitor, username: str, password: str) -> SignIn:  # noqa: ARG001
    """Check name and password. A refusal says nothing about which of them was wrong."""
    name = clean(username, limit=LINE_LIMIT).casefold()
    row = models.Staff.get_or_none(models.Staff.username == name)
    matches = _verifies(row.password_hash if row else _UNKNOWN, password)
    actors = _actors(row) if row and matches and not row.disabled else ()
    if not actors:
        audit.instead("staff.sign_in_failed")
        audit.about(username=name)
        return SignIn(refused=True)
    audit.instead("staff.signed_in", actor=actors[0])
    return SignIn(actors=actors)


@operation(role=STAFF_ROLES, event="staff.entered_clinic")
def enter(actor: StaffActor) -> StaffActor:
    """Work at this clinic from now on; for a person who chose among several at sign-in."""
    return actor


@operation(role=STAFF_ROLES, event="staff.unlocked")
def unlock(actor: StaffActor, password: str) -> bool:
    """Whether the password is the signed-in person's own."""
    row = models.Staff.get_by_id(actor.staff_id)
    if _verifies(row.password_hash, password):
        return True
    audit.instead("staff.unlock_failed")
    return False


@operation(role=(Role.ADMINISTRATOR, Role.OPERATOR), event="staff.added")
def add(actor: StaffActor | OperatorActor, new: NewPerson) -> Person:
    """Make an account. Raises `Invalid` naming every field to mend."""
    clinic_id = actor.clinic_id if isinstance(actor, StaffActor) else _clinic(new.clinic_id)
    added = add_to_clinic(new, clinic_id)
    audit.about(username=added.username, roles=sorted(new.roles))
    return _person(models.Staff.get_by_id(added.staff_id), clinic_id)


@operation(role=(Role.ADMINISTRATOR, Role.OPERATOR), event="staff.listed")
def list_staff(actor: StaffActor | OperatorActor) -> tuple[Person, ...]:
    """Everybody with a role at the actor's clinic, by name; for the operator, at the only clinic there is."""
    clinic_id = actor.clinic_id if isinstance(actor, StaffActor) else _clinic(None)
    rows = models.Staff.select().join(models.StaffRole).where(models.StaffRole.clinic == clinic_id).distinct()
    return tuple(_person(row, clinic_id) for row in sorted(rows, key=lambda row: row.name.casefold()))


@operation(role=Role.ADMINISTRATOR, event="staff.changed")
def change(actor: StaffActor, person: Person, *, password: str = "") -> Person:
    """Store name, title, roles and whether the account is closed; a non-empty password replaces the old one.

    Raises `Conflict` when somebody else changed the person first, and `Invalid` when the clinic would be
    left without an administrator.
    """
    row = models.Staff.get_or_none(models.Staff.id == person.id)
    if row is None or not _roles(row, actor.clinic_id):
        raise NotFound(Message("There is no such person at this clinic"))
    if row.version != person.version:
        raise Conflict(Message("{name} was changed by someone else: read the list again", name=row.name))
    _check(person.name, person.roles, password or None)
    before = _roles(row, actor.clinic_id)
    row.name = clean(person.name, limit=LINE_LIMIT)
    row.title = clean(person.title, limit=LINE_LIMIT)
    row.disabled = person.disabled
    row.version += 1
    if password:
        row.password_hash = _hasher.hash(password)
    row.save()
    _set_roles(row, actor.clinic_id, person.roles)
    if not _administrators(actor.clinic_id):
        raise invalid("roles", "The clinic needs an administrator: give the role to someone else first")
    audit.about(username=row.username, before=sorted(before), after=sorted(person.roles), closed=row.disabled)
    return _person(row, actor.clinic_id)


def add_to_clinic(new: NewPerson, clinic_id: int) -> StaffActor:
    """Insert a checked account with its roles; for operations that have decided that they may."""
    username = clean(new.username, limit=LINE_LIMIT).casefold()
    problems = []
    if not username or " " in username:
        problems.append(Problem("username", Message("Write a user name without spaces")))
    elif models.Staff.select().where(models.Staff.username == username).exists():
        problems.append(Problem("username", Message("The user name is taken: choose another")))
    try:
        _check(new.name, new.roles, new.password)
    except Invalid as error:
        problems += error.problems
    if problems:
        raise Invalid(*problems)
    row = models.Staff.create(
        username=username,
        name=clean(new.name, limit=LINE_LIMIT),
        title=clean(new.title, limit=LINE_LIMIT),
        password_hash=_hasher.hash(new.password),
    )
    _set_roles(row, clinic_id, new.roles)
    return next(actor for actor in _actors(row) if actor.clinic_id == clinic_id)


def _check(name: str, roles: Iterable[Role], password: str | None) -> None:
    problems = []
    if not clean(name, limit=LINE_LIMIT):
        problems.append(Problem("name", Message("Write the person's name")))
    if not set(roles) or not set(roles) <= set(STAFF_ROLES):
        problems.append(Problem("roles", Message("Choose at least one role")))
    if password is not None and len(password) < PASSWORD_LEAST:
        problems.append(
            Problem(
                "password", Message("The password needs at least {least} characters", least=PASSWORD_LEAST)
            )
        )
    if problems:
        raise Invalid(*problems)


def _verifies(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except VerificationError:
        return False


def _actors(row: models.Staff) -> tuple[StaffActor, ...]:
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
            roles=_roles(row, clinic.id),
        )
        for clinic in clinics
    )


def _roles(row: models.Staff, clinic_id: int) -> frozenset[Role]:
    held = models.StaffRole.select().where(
        models.StaffRole.staff == row, models.StaffRole.clinic == clinic_id
    )
    return frozenset(Role(one.role) for one in held)


def _set_roles(row: models.Staff, clinic_id: int, roles: Iterable[Role]) -> None:
    models.StaffRole.delete().where(
        models.StaffRole.staff == row, models.StaffRole.clinic == clinic_id
    ).execute()
    for role in sorted(roles):
        models.StaffRole.create(staff=row, clinic=clinic_id, role=role)


def _administrators(clinic_id: int) -> int:
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


def _clinic(clinic_id: int | None) -> int:
    clinics = [clinic.id for clinic in models.Clinic.select(models.Clinic.id)]
    if clinic_id is None and len(clinics) == 1:
        return int(clinics[0])
    if clinic_id in clinics and clinic_id is not None:
        return clinic_id
    raise invalid("clinic", "There is no such clinic, or there are several: name one")


def _person(row: models.Staff, clinic_id: int) -> Person:
    return Person(
        id=row.id,
        username=row.username,
        name=row.name,
        title=row.title,
        roles=_roles(row, clinic_id),
        disabled=row.disabled,
        version=row.version,
    )

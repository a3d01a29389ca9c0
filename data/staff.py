"""Staff: sign in, roles per clinic, accounts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from data import audit
from data.domain.errors import Conflict, Invalid, Message, NotAllowed, NotFound, Problem, invalid
from data.domain.forms import LINE_LIMIT
from data.domain.roles import STAFF_ROLES, OperatorActor, Role, StaffActor, Visitor
from data.domain.secret import SECRET_LIMIT, hashed, matches
from data.domain.text import clean, fold, swedish_key
from data.domain.value import Frozen
from data.operation import operation
from data.store import models

PASSWORD_LEAST = 8
"""Characters; OWASP ASVS 5.0, 6.2.1."""


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
    name = _username(username)
    row = models.Staff.get_or_none(models.Staff.username == name)
    right = matches(password, row.password_hash if row else None)
    actors = _actors(row) if row and right and not row.disabled else ()
    if not actors:
        audit.instead("staff.sign_in_failed")
        audit.about(username=name)
        return SignIn(refused=True)
    audit.instead("staff.signed_in", actor=actors[0])
    return SignIn(actors=actors)


@operation(role=STAFF_ROLES, event="staff.entered_clinic")
def enter(actor: StaffActor) -> StaffActor:
    """Work at this clinic from now on; for a person who chose among several at sign-in."""
    return next(
        one for one in _actors(models.Staff.get_by_id(actor.staff_id)) if one.clinic_id == actor.clinic_id
    )


@operation(role=STAFF_ROLES, event="staff.unlocked")
def unlock(actor: StaffActor, password: str) -> bool:
    """Whether the password is the signed-in person's own."""
    row = models.Staff.get_by_id(actor.staff_id)
    if matches(password, row.password_hash):
        return True
    audit.instead("staff.unlock_failed")
    return False


@operation(role=(Role.ADMINISTRATOR, Role.OPERATOR), event="staff.added")
def add(actor: StaffActor | OperatorActor, new: NewPerson) -> Person:
    """Make an account. Raises `Invalid` naming every field to mend, and `NotAllowed` for another clinic than
    the administrator's own."""
    if not isinstance(actor, StaffActor):
        clinic_id = _clinic(new.clinic_id)
    elif new.clinic_id in (None, actor.clinic_id):
        clinic_id = actor.clinic_id
    else:
        raise NotAllowed(Message("You can add people to your own clinic only"))
    added = add_to_clinic(new, clinic_id)
    audit.about(username=added.username, roles=sorted(new.roles))
    return _person(models.Staff.get_by_id(added.staff_id), clinic_id)


@operation(role=(Role.ADMINISTRATOR, Role.OPERATOR), event="staff.listed")
def list_staff(actor: StaffActor | OperatorActor) -> tuple[Person, ...]:
    """Everybody with a role at the actor's clinic, by name; for the operator, at the only clinic there is."""
    clinic_id = actor.clinic_id if isinstance(actor, StaffActor) else _clinic(None)
    rows = models.Staff.select().join(models.StaffRole).where(models.StaffRole.clinic == clinic_id).distinct()
    return tuple(_person(row, clinic_id) for row in sorted(rows, key=lambda row: swedish_key(row.name)))


@operation(role=Role.ADMINISTRATOR, event="staff.changed")
def change(actor: StaffActor, person: Person, *, password: str = "") -> Person:
    """Store name, title, roles and whether the account is closed; a non-empty password replaces the old one.

    Raises `Conflict` when somebody else changed the person first, and `Invalid` when the clinic would be
    left without an administrator, or for the password or closing of a person who works at other clinics too:
    one clinic's administrator would otherwise get into another clinic.
    """
    row = models.Staff.get_or_none(models.Staff.id == person.id)
    if row is None or not _roles(row, actor.clinic_id):
        raise NotFound(Message("There is no such person at this clinic"))
    if row.version != person.version:
        raise Conflict(Message("{name} was changed by someone else: read the list again", name=row.name))
    problems = tuple(_person_problems(person.name, person.roles, password or None))
    if problems:
        raise Invalid(*problems)
    if (password or person.disabled != row.disabled) and _works_elsewhere(row, actor.clinic_id):
        field = "password" if password else "disabled"
        raise invalid(field, "{name} works at another clinic too: change only the roles here", name=row.name)
    before = _roles(row, actor.clinic_id)
    row.name = clean(person.name, limit=LINE_LIMIT)
    row.name_folded = fold(row.name)
    row.title = clean(person.title, limit=LINE_LIMIT)
    row.disabled = person.disabled
    row.version += 1
    if password:
        row.password_hash = hashed(password)
    row.save()
    _set_roles(row, actor.clinic_id, person.roles)
    if not _administrators(actor.clinic_id):
        raise invalid("roles", "The clinic needs an administrator: give the role to someone else first")
    audit.about(username=row.username, before=sorted(before), after=sorted(person.roles), closed=row.disabled)
    return _person(row, actor.clinic_id)


def add_to_clinic(new: NewPerson, clinic_id: int) -> StaffActor:
    """Insert a checked account with its roles; for operations that have decided that they may."""
    problems = list(account_problems(new))
    if problems:
        raise Invalid(*problems)
    name = clean(new.name, limit=LINE_LIMIT)
    row = models.Staff.create(
        username=_username(new.username),
        name=name,
        name_folded=fold(name),
        title=clean(new.title, limit=LINE_LIMIT),
        password_hash=hashed(new.password),
    )
    _set_roles(row, clinic_id, new.roles)
    return next(actor for actor in _actors(row) if actor.clinic_id == clinic_id)


def account_problems(new: NewPerson) -> Iterator[Problem]:
    """What keeps an account from being made."""
    username = _username(new.username)
    if not username or any(sign.isspace() for sign in username):
        yield Problem("username", Message("Write a user name without spaces"))
    elif models.Staff.select().where(models.Staff.username == username).exists():
        yield Problem("username", Message("The user name is taken: choose another"))
    yield from _person_problems(new.name, new.roles, new.password)


def _person_problems(name: str, roles: Collection[Role], password: str | None) -> Iterator[Problem]:
    if not clean(name, limit=LINE_LIMIT):
        yield Problem("name", Message("Write the person's name"))
    if not roles or not set(roles) <= set(STAFF_ROLES):
        yield Problem("roles", Message("Choose at least one role"))
    if password is not None and len(password) < PASSWORD_LEAST:
        yield Problem(
            "password", Message("The password needs at least {least} characters", least=PASSWORD_LEAST)
        )
    if password is not None and len(password) > SECRET_LIMIT:
        yield Problem(
            "password", Message("The password is too long: at most {most} characters", most=SECRET_LIMIT)
        )


def _username(typed: str) -> str:
    return clean(typed, limit=LINE_LIMIT).casefold()


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
    held = {
        one.role
        for one in models.StaffRole.select().where(
            models.StaffRole.staff == row, models.StaffRole.clinic == clinic_id
        )
    }
    return frozenset(role for role in STAFF_ROLES if role in held)


def _set_roles(row: models.Staff, clinic_id: int, roles: Iterable[Role]) -> None:
    models.StaffRole.delete().where(
        models.StaffRole.staff == row, models.StaffRole.clinic == clinic_id
    ).execute()
    for role in sorted(roles):
        models.StaffRole.create(staff=row, clinic=clinic_id, role=role)


def _works_elsewhere(row: models.Staff, clinic_id: int) -> bool:
    role = models.StaffRole
    return role.select().where(role.staff == row, role.clinic != clinic_id).exists()


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

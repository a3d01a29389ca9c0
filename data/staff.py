"""Staff: sign in, roles per clinic, accounts."""

from __future__ import annotations

from collections.abc import Iterator

from data import audit, passwords
from data.account_rules import (
    context_of,
    password_problems,
    person_problems,
    username_of,
    username_problems,
)
from data.domain.errors import Conflict, Invalid, Message, NotAllowed, NotFound, NotYours, Problem, invalid
from data.domain.limits import LINE_LIMIT
from data.domain.roles import STAFF_ROLES, OperatorActor, Role, StaffActor, Visitor
from data.domain.secret import canonical, hashed
from data.domain.session import Ended, Standing
from data.domain.text import clean, fold, swedish_key
from data.domain.value import Frozen
from data.operation import operation, outside, row_to_change, to_change
from data.staff_rows import actors_of, administrators, roles_at, set_roles, works_elsewhere
from data.store import models


class SignIn(Frozen):
    """How a sign-in went: the clinics to choose from, or none with the reason."""

    actors: tuple[StaffActor, ...] = ()
    refused: bool = False


class NewPerson(Frozen):
    """A new account. An empty `clinic` means the administrator's own, or the only one there is."""

    username: str
    password: str
    name: str
    title: str = ""
    roles: frozenset[Role]
    clinic: str = ""


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
    """Check name and password, as `data.passwords` does. A refusal says nothing about what was wrong.

    With several clinics to choose from, the clinic is recorded by `enter`.
    """
    name = username_of(username)
    row = to_change(models.Staff, models.Staff.username == name)
    right = passwords.right(row, password)
    actors = actors_of(row) if row and right and not row.disabled else ()
    if not actors:
        audit.instead("staff.sign_in_failed")
        # A name that nobody has may be a password, typed a field too early (OWASP ASVS 5.0, 16.2.5).
        if row:
            audit.about(username=name)
        else:
            audit.about(unknown=True)
        return SignIn(refused=True)
    audit.instead("staff.signed_in", actor=actors[0])
    if len(actors) == 1:
        audit.about(clinic=actors[0].clinic_id)
    return SignIn(actors=actors)


@operation(role=STAFF_ROLES, event="staff.entered_clinic", standing=Standing.PASSWORD_DUE)
def enter(actor: StaffActor) -> StaffActor:
    """Work at this clinic from now on; for a person who chose among several at sign-in."""
    return _at_work_again(actor)


@operation(role=STAFF_ROLES, event="staff.password_changed", standing=Standing.PASSWORD_DUE)
def change_password(actor: StaffActor, current: str, new: str) -> StaffActor | None:
    """Choose another password for oneself. Returns the actor to go on as, since all other sessions of the
    person end by it (OWASP ASVS 5.0, 7.4.3); None when `current` is wrong, as `data.passwords` finds
    (OWASP ASVS 5.0, 6.2.3). Raises `Invalid` for a new password that its rules do not allow.
    """
    row = row_to_change(models.Staff, actor.staff_id)
    problems = tuple(password_problems(new, context_of(row)))
    if problems:
        raise Invalid(*problems)
    if not passwords.right(row, current):
        audit.instead("staff.password_change_failed")
        return None
    if canonical(new) == canonical(current):
        raise invalid("password", "That is the password you have: choose another")
    passwords.set_new(row, new, must_change=False)
    return _at_work_again(actor)


@operation(role=STAFF_ROLES, event="staff.unlocked", standing=Standing.PASSWORD_DUE)
def unlock(actor: StaffActor, password: str) -> bool:
    """Whether the password is the signed-in person's own, as `data.passwords` finds."""
    if passwords.right(row_to_change(models.Staff, actor.staff_id), password):
        return True
    audit.instead("staff.unlock_failed")
    return False


@operation(role=STAFF_ROLES, event="staff.locked", standing=Standing.PASSWORD_DUE)
def lock(actor: StaffActor, ended: Ended | None = None) -> None:  # noqa: ARG001
    """Record that the person has locked the terminal, or that the program did for a reason."""
    if ended:
        audit.about(ended=ended)


@operation(role=STAFF_ROLES, event="staff.signed_out", standing=Standing.ENDED)
def sign_out(actor: StaffActor, ended: Ended | None = None) -> None:  # noqa: ARG001
    """Record that the person has left, or that the program ended the session for a reason."""
    if ended:
        audit.about(ended=ended)


@operation(role=(Role.ADMINISTRATOR, Role.OPERATOR), event="staff.added")
def add(actor: StaffActor | OperatorActor, new: NewPerson) -> Person:
    """Make an account, whose password is for the first sign-in. Raises `Invalid` naming every field to mend,
    and `NotAllowed` for another clinic than the administrator's own."""
    audit.about(username=username_of(new.username), roles=sorted(new.roles))
    if not isinstance(actor, StaffActor):
        clinic_id = clinic_called(new.clinic)
    elif not new.clinic or same_name(new.clinic, actor.clinic_name):
        clinic_id = actor.clinic_id
    else:
        raise NotAllowed(Message("You can add people to your own clinic only"))
    audit.about(clinic=clinic_id)
    problems = tuple(account_problems(new, models.Clinic.get_by_id(clinic_id).name))
    if problems:
        raise Invalid(*problems)
    added = add_to_clinic(new, clinic_id, must_change=True)
    return _person(models.Staff.get_by_id(added.staff_id), clinic_id)


@operation(role=Role.OPERATOR, event="staff.admitted")
def admit(actor: OperatorActor, username: str, clinic: str, roles: frozenset[Role]) -> Person | None:  # noqa: ARG001
    """Give someone who has an account roles at one more clinic; None when nobody has that user name.

    Raises `Invalid` for a clinic that there isn't or where the person works already, and for no role.
    """
    row = to_change(models.Staff, models.Staff.username == username_of(username))
    if row is None:
        audit.instead(None)
        return None
    clinic_id = clinic_called(clinic)
    problems = tuple(person_problems(row.name, roles))
    if problems:
        raise Invalid(*problems)
    if roles_at(row, clinic_id):
        raise invalid("username", "{name} works there already: an administrator changes roles", name=row.name)
    set_roles(row, clinic_id, roles)
    audit.about(clinic=clinic_id, username=row.username, roles=sorted(roles))
    return _person(row, clinic_id)


@operation(role=(Role.ADMINISTRATOR, Role.OPERATOR), event="staff.listed", repeatable=True)
def list_staff(actor: StaffActor | OperatorActor, clinic: str = "") -> tuple[Person, ...]:
    """Everybody with a role at the actor's clinic, by name. The operator names the clinic where there are
    several; raises `Invalid` for one that there isn't."""
    clinic_id = actor.clinic_id if isinstance(actor, StaffActor) else clinic_called(clinic)
    audit.about(clinic=clinic_id)
    rows = models.Staff.select().join(models.StaffRole).where(models.StaffRole.clinic == clinic_id).distinct()
    return tuple(_person(row, clinic_id) for row in sorted(rows, key=lambda row: swedish_key(row.name)))


@operation(role=Role.ADMINISTRATOR, event="staff.changed")
def change(actor: StaffActor, person: Person, *, password: str = "") -> Person:
    """Store name, title, roles and whether the account is closed; a non-empty password replaces the old one,
    for one sign-in. Either ends the person's sessions (OWASP ASVS 5.0, 7.4.2).

    Raises `Conflict` when somebody else changed the person first, and `Invalid` when the clinic would be
    left without an administrator, for one's own password, or for the password or closing of a person who
    works at other clinics too: one clinic's administrator would otherwise get into another clinic. Who works
    at others leaves this one when no role is left here.
    """
    row_to_change(models.Clinic, actor.clinic_id)  # so that two can't take the role from each other at once
    row = to_change(models.Staff, models.Staff.id == person.id)
    missing = Message("There is no such person at this clinic")
    if row is None:
        raise NotFound(missing)
    audit.about(username=row.username)
    if not roles_at(row, actor.clinic_id):
        raise NotYours(missing)
    if row.version != person.version:
        raise Conflict(Message("{name} was changed by someone else: read the list again", name=row.name))
    elsewhere = works_elsewhere(row, actor.clinic_id)
    # Who works elsewhere too leaves this clinic by having no role here; others by their account being closed.
    leaves = elsewhere and not person.roles
    problems = [
        found
        for found in person_problems(person.name, person.roles)
        if not (leaves and found.field == "roles")
    ]
    if password and row.id == actor.staff_id:
        problems.append(Problem("password", Message("Your own password: choose Change password with Ctrl+P")))
    elif password:
        problems += password_problems(password, [person.name, *context_of(row)])
    if problems:
        raise Invalid(*problems)
    if (password or person.disabled != row.disabled) and elsewhere:
        field = "password" if password else "disabled"
        raise invalid(field, "{name} works at another clinic too: change only the roles here", name=row.name)
    before = roles_at(row, actor.clinic_id)
    _store(row, person)
    if password:
        passwords.set_new(row, password, must_change=True)
        audit.about(password_reset=True)
    set_roles(row, actor.clinic_id, person.roles)
    if not administrators(actor.clinic_id):
        raise invalid("roles", "The clinic needs an administrator: give the role to someone else first")
    audit.about(before=sorted(before), after=sorted(person.roles))
    return _person(row, actor.clinic_id)


def add_to_clinic(new: NewPerson, clinic_id: int, *, must_change: bool) -> StaffActor:
    """Insert an account without `account_problems`, with its roles; for operations that have decided that
    they may. `must_change`: the person chooses another password at the first sign-in."""
    name = clean(new.name, limit=LINE_LIMIT)
    row = models.Staff.create(
        username=username_of(new.username),
        name=name,
        name_folded=fold(name),
        title=clean(new.title, limit=LINE_LIMIT),
        password_hash=outside(hashed, new.password),
        must_change=must_change,
    )
    set_roles(row, clinic_id, new.roles)
    return next(actor for actor in actors_of(row) if actor.clinic_id == clinic_id)


def account_problems(new: NewPerson, clinic_name: str) -> Iterator[Problem]:
    """What keeps an account from being made at a clinic."""
    yield from username_problems(username_of(new.username))
    yield from person_problems(new.name, new.roles)
    yield from password_problems(new.password, (new.username, new.name, clinic_name))


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same clinic's: case and what can't be seen do not tell clinics apart."""
    return fold(clean(one, limit=LINE_LIMIT)) == fold(clean(other, limit=LINE_LIMIT))


def clinic_called(name: str) -> int:
    """The id of the clinic that an operator means; an empty name means the only one. Raises `Invalid`."""
    clinics = list(models.Clinic.select())
    if not clinics:
        raise invalid("clinic", "There is no clinic yet: start omvant once to found it")
    named = [clinic for clinic in clinics if same_name(clinic.name, name)] if name else clinics
    if len(named) == 1:
        return int(named[0].id)
    names = ", ".join(sorted((clinic.name for clinic in clinics), key=swedish_key))
    if name:
        raise invalid(
            "clinic",
            "There is no clinic called {name}, only {names}",
            name=clean(name, limit=80),
            names=names,
        )
    raise invalid("clinic", "There are several clinics: name one with --clinic ({names})", names=names)


def _person(row: models.Staff, clinic_id: int) -> Person:
    return Person(
        id=row.id,
        username=row.username,
        name=row.name,
        title=row.title,
        roles=roles_at(row, clinic_id),
        disabled=row.disabled,
        version=row.version,
    )


def _store(row: models.Staff, person: Person) -> None:
    """Store what an administrator has changed of a person and an account, and record which of it."""
    after = {"name": clean(person.name, limit=LINE_LIMIT), "title": clean(person.title, limit=LINE_LIMIT)}
    if fields := [field for field, value in after.items() if value != getattr(row, field)]:
        audit.about(fields=fields)
    row.name, row.title, row.name_folded = after["name"], after["title"], fold(after["name"])
    if person.disabled != row.disabled:
        row.disabled = person.disabled
        row.generation += 1
        audit.about(closed=row.disabled)
    row.version += 1
    row.save()


def _at_work_again(actor: StaffActor) -> StaffActor:
    """The actor as the account is now, in the same session."""
    actors = actors_of(models.Staff.get_by_id(actor.staff_id), actor.signed_in_at)
    return next(one for one in actors if one.clinic_id == actor.clinic_id)

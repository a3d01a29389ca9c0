"""What an account must be like: user name, name, roles and password."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from data.domain import password_rules
from data.domain.errors import Message, Problem
from data.domain.limits import LINE_LIMIT
from data.domain.roles import STAFF_ROLES, Role
from data.domain.text import clean
from data.store import models


def username_of(typed: str) -> str:
    """A user name as it is stored; case tells no two people apart."""
    return clean(typed, limit=LINE_LIMIT).casefold()


def username_problems(username: str) -> Iterator[Problem]:
    """What keeps a new account from having a user name, as `username_of` gives it."""
    if not username or any(sign.isspace() for sign in username):
        yield Problem("username", Message("Write a user name without spaces"))
    elif models.Staff.select().where(models.Staff.username == username).exists():
        yield Problem("username", Message("The user name is taken: choose another"))


def person_problems(name: str, roles: Collection[Role]) -> Iterator[Problem]:
    """What is missing of a person."""
    if not clean(name, limit=LINE_LIMIT):
        yield Problem("name", Message("Write the person's name"))
    if not roles or not set(roles) <= set(STAFF_ROLES):
        yield Problem("roles", Message("Choose at least one role"))


def password_problems(password: str, context: Iterable[str]) -> Iterator[Problem]:
    """What is wrong with a new password; `context` is the names that would be guessed first."""
    if found := password_rules.problem(password, context):
        yield Problem("password", found)


def context_of(account: models.Staff) -> Iterator[str]:
    """The person's names and the clinics' where they work."""
    yield account.username
    yield account.name
    role = models.StaffRole
    clinics = models.Clinic.select().join(role).where(role.staff == account).distinct()
    yield from (clinic.name for clinic in clinics)

"""Signing in over SSH: the operator's say whether it is possible here, keys for persons, and the sign-in.

sshd has checked the key; which person it belongs to stands in the command that it forces. Whoever can run
`omvant --staff` under the account that owns the database could read the file itself, so what holds here is
that the operator has to have wanted it, and that it is on record.
"""

from __future__ import annotations

from data import audit
from data.account_rules import username_of
from data.domain.authorized_key import PublicKey
from data.domain.errors import Message, NotAllowed, invalid
from data.domain.limits import LINE_LIMIT
from data.domain.roles import OperatorActor, Role, Visitor
from data.domain.text import clean
from data.operation import operation
from data.staff import SignIn
from data.staff_rows import actors_of
from data.store import models

_SETTING = "ssh"


@operation(role=Role.OPERATOR, event="ssh.allowed")
def allow(actor: OperatorActor) -> None:  # noqa: ARG001
    """Let people sign in to this database by their SSH keys."""
    if not _is_allowed():
        models.Setting.create(name=_SETTING, value="allowed")


@operation(role=Role.OPERATOR, event="ssh.forbidden")
def forbid(actor: OperatorActor) -> None:  # noqa: ARG001
    """Let nobody sign in by an SSH key any more; who is in already stays until they leave."""
    models.Setting.delete().where(models.Setting.name == _SETTING).execute()


@operation(role=Role.OPERATOR, event=None)
def status(actor: OperatorActor) -> bool:  # noqa: ARG001
    """Whether people can sign in by their SSH keys."""
    return _is_allowed()


@operation(role=Role.OPERATOR, event="ssh.key_given")
def give_key(actor: OperatorActor, username: str, key: PublicKey) -> str:  # noqa: ARG001
    """Record that a key is to be this person's, by its fingerprint; returns their user name as it is stored.

    Raises `Invalid` for a person who could not sign in.
    """
    name = username_of(username)
    row = models.Staff.get_or_none(models.Staff.username == name)
    audit.about(username=name, fingerprint=key.fingerprint)
    if row is None or row.disabled or not actors_of(row):
        raise invalid("username", "Nobody called {name} can sign in: see omvant staff list", name=name)
    return str(row.username)


@operation(role=Role.VISITOR, event="staff.signed_in_by_key")
def sign_in(actor: Visitor, username: str, origin: str = "") -> SignIn:  # noqa: ARG001
    """Sign in the person whose SSH key sshd has checked; `origin` is the address they come from.

    With several clinics to choose from, the clinic is recorded by `staff.enter`. Raises `NotAllowed`, with
    the same words for a name that nobody has, a closed account, and one without a role.
    """
    name = username_of(username)
    audit.about(username=name)
    if origin:
        audit.about(address=clean(origin, limit=LINE_LIMIT))
    if not _is_allowed():
        raise NotAllowed(Message("Signing in over SSH is not allowed here: the operator allows it"))
    row = models.Staff.get_or_none(models.Staff.username == name)
    actors = actors_of(row) if row and not row.disabled else ()
    if not actors:
        raise NotAllowed(Message("{name} can't sign in: ask an administrator of the clinic", name=name))
    audit.instead("staff.signed_in_by_key", actor=actors[0])
    if len(actors) == 1:
        audit.about(clinic=actors[0].clinic_id)
    return SignIn(actors=actors)


def _is_allowed() -> bool:
    return models.Setting.select().where(models.Setting.name == _SETTING).exists()

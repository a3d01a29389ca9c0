"""A new password from the operator: the way back for those whom no administrator of a clinic can help.

Those are a clinic's last administrator, whom wrong passwords may have shut out for up to a day
(`data.passwords`), and whoever works at several clinics, since one clinic's administrator would otherwise get
into another.
"""

from __future__ import annotations

from data import audit, passwords
from data.account_rules import context_of, password_problems, username_of
from data.domain.errors import Invalid, invalid
from data.domain.roles import OperatorActor, Role
from data.operation import operation, to_change
from data.staff_rows import actors_of
from data.store import models


@operation(role=Role.OPERATOR, event="staff.password_reset")
def reset(actor: OperatorActor, username: str, password: str) -> str:  # noqa: ARG001
    """Give a person another password, for one sign-in (OWASP ASVS 5.0, 6.4.1, 6.4.6); returns their name.

    It ends the person's sessions, and opens an account that wrong passwords have closed; one that an
    administrator has closed stays so. Raises `Invalid` for a name that nobody has and a password that its
    rules do not allow.
    """
    name = username_of(username)
    audit.about(username=name)
    row = to_change(models.Staff, models.Staff.username == name)
    if row is None:
        raise invalid("username", "Nobody has the user name {name}: see omvant staff list", name=name)
    actors = actors_of(row)
    if len(actors) == 1:  # with several, it stands in the log of no clinic, which the auditors of all read
        audit.about(clinic=actors[0].clinic_id)
    if problems := tuple(password_problems(password, context_of(row))):
        raise Invalid(*problems)
    passwords.set_new(row, password, must_change=True)
    return str(row.name)

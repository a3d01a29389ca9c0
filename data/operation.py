"""`@operation`: role, transaction and access log around everything that people do to data.

```python
@operation(role=Role.CARE_PROVIDER, event="case.sent")
def send(actor: StaffActor, draft: Draft, key: str) -> SentCase: ...
```

The first argument is the actor, by position. The roles it carries are only what it claims: staff are looked
up again in the same transaction, so a role that was taken away stops working at the next act, and for others
the kind of actor decides. So is the session: one that is too old, or of an account that was closed or got
another password, is over (`data.domain.session`).

Work that takes long, such as hashing a password, is done by `outside`, without a transaction.

Others act at the same moment. A row that an operation decides by, and changes, it reads by `to_change`. When
the database finds all the same that another came in between (`Overtaken`), the operation begins again, and
finds what that one has done: of two who register the same patient, the second is told so.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import update_wrapper
from typing import Generic, ParamSpec, TypeVar, cast
from zoneinfo import ZoneInfo

from peewee import JOIN, Expression

from data import audit
from data.domain.errors import (
    Message,
    NotAllowed,
    NotYours,
    Overtaken,
    ReasonNeeded,
    Registered,
    SessionEnded,
)
from data.domain.roles import STAFF_ROLES, Actor, OperatorActor, PatientActor, Role, StaffActor
from data.domain.session import SESSION_LIFE, Standing
from data.domain.value import Frozen
from data.store.changing import for_change
from data.store.database import current
from data.store.models import Clinic, Patient, Staff, StaffRole, Table
from data.store.prepared import Prepared
from data.store.store import Store

P = ParamSpec("P")
R = TypeVar("R")
Row = TypeVar("Row", bound=Table)

AGAIN = 5
"""How often an operation begins again when others come in between."""


class Operation(Generic[P, R]):
    """A callable with its rule. `roles`: any one of them suffices. `event` None: nothing to record.
    `standing` is what the session must be good for, at least. `repeatable`: done twice, it does no more than
    once, save for its entry in the log; so it may be done again when nobody knows whether it happened."""

    def __init__(
        self,
        function: Callable[P, R],
        roles: frozenset[Role],
        event: str | None,
        standing: Standing = Standing.FULL,
        *,
        repeatable: bool = False,
    ) -> None:
        self.function = function
        self.roles = roles
        self.event = event
        self.standing = standing
        self.repeatable = repeatable or event is None
        self.name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        update_wrapper(self, function)

    def permits(self, actor: Actor) -> bool:
        """Whether the actor claims a role that may do this; for showing and hiding, never for deciding."""
        return bool(self.roles & actor.roles)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        token, overtaken = _done.set({}), 0
        try:
            while True:
                try:
                    return self._attempt(*args, **kwargs)
                except _Wanted as wanted:
                    _done.get()[wanted.work] = wanted.do()
                except Overtaken:
                    overtaken += 1
                    if overtaken > AGAIN:
                        raise
        finally:
            _done.reset(token)

    def _attempt(self, *args: P.args, **kwargs: P.kwargs) -> R:
        actor = cast(Actor, args[0])
        store = current()
        transaction = store.reading if self.event is None else store.writing
        entry = audit.opened(actor, self.event)
        try:
            with transaction():
                account = _account_of(actor)
                _check_session(actor, account, self.standing)
                if not self.roles & _confirmed_roles(actor, account):
                    raise NotAllowed(Message("Your role does not permit this"))
                token = _acting.set(account)
                try:
                    with entry:
                        return self.function(*args, **kwargs)
                finally:
                    _acting.reset(token)
        except (NotAllowed, NotYours, Registered) as error:
            with store.writing():
                audit.refused(entry, actor, self.event or self.name, error.message)
            raise
        except ReasonNeeded:
            with store.writing():
                audit.reason_asked(entry, actor, self.event or self.name)
            raise


OPERATIONS: dict[str, Operation[..., object]] = {}
"""Every operation by name (`cases.send`)."""


def operation(
    *,
    role: Role | tuple[Role, ...],
    event: str | None,
    standing: Standing = Standing.FULL,
    repeatable: bool = False,
) -> Callable[[Callable[P, R]], Operation[P, R]]:
    """Make a function an operation for those who hold `role` (any of them), in a session of `standing`;
    `repeatable` is as `Operation` says."""
    roles = frozenset((role,) if isinstance(role, Role) else role)

    def declare(function: Callable[P, R]) -> Operation[P, R]:
        made = Operation(function, roles, event, standing, repeatable=repeatable)
        OPERATIONS[made.name] = cast(Operation[..., object], made)
        return made

    return declare


def permits(actor: Actor, name: str) -> bool:
    """Whether the actor's claimed roles include one that the named operation asks for. KeyError: no such."""
    return OPERATIONS[name].permits(actor)


_Work = tuple[Callable[..., object], tuple[object, ...]]

_done: ContextVar[dict[_Work, object]] = ContextVar("work that the running operation has had done outside")


class _Wanted(Exception):  # noqa: N818 - nothing is wrong
    """Work that the running operation waits for."""

    def __init__(self, work: _Work) -> None:
        super().__init__()
        self.work = work

    def do(self) -> object:
        function, arguments = self.work
        return function(*arguments)


def outside(function: Callable[..., R], *arguments: object) -> R:
    """The result of slow work, done while no transaction is open, so that nobody else waits for it.

    The operation's transaction is undone, the work is done, and the operation begins again; what it has had
    done with the same arguments before is not done twice. So it finds what is true when it ends: a password
    that was compared with a hash is compared again if the hash has changed meanwhile.
    """
    done = _done.get(None)
    if done is None:
        return function(*arguments)
    work = (function, arguments)
    if work not in done:
        raise _Wanted(work)
    return cast(R, done[work])


def to_change(model: type[Row], *conditions: Expression) -> Row | None:
    """The row for which the conditions hold, if there is one; nobody else changes it before the operation
    ends."""
    return cast("Row | None", for_change(model.select().where(*conditions)).first())


def row_to_change(model: type[Row], row_id: int) -> Row:
    """As `to_change`, of a row that exists."""
    row = to_change(model, model.id == row_id)
    if row is None:
        raise LookupError(f"no {model.__name__} {row_id}")
    return row


def store() -> Store:
    """The open store, for operations that need its clock's or its keys' source."""
    return current()


def now() -> datetime:
    """This moment, aware, by the store's clock."""
    return current().clock()


def today(actor: Actor) -> date:
    """The date at the actor's clinic; in Sweden for those who belong to none."""
    account = _acting.get(None)
    if account is None and isinstance(actor, StaffActor):
        account = _account_of(actor)
    return now().astimezone(ZoneInfo((account and account.zone) or "Europe/Stockholm")).date()


class _Account(Frozen):
    """What the database says of a member of staff now; `roles` are those at the clinic they act for, whose
    `zone` it is."""

    disabled: bool
    generation: int
    must_change: bool
    roles: frozenset[Role]
    zone: str | None


_acting: ContextVar[_Account | None] = ContextVar("the account of who performs the running operation")


# In one query: it runs before everything that staff do.
_accounts = Prepared(
    lambda staff, clinic: (
        Staff.select(Staff.disabled, Staff.generation, Staff.must_change, Clinic.zone, StaffRole.role)
        .join(StaffRole, JOIN.LEFT_OUTER, on=(StaffRole.staff == Staff.id) & (StaffRole.clinic == clinic))
        .join_from(Staff, Clinic, JOIN.LEFT_OUTER, on=(Clinic.id == clinic))
        .where(Staff.id == staff)
    )
)


def _account_of(actor: Actor) -> _Account | None:
    """The account of a member of staff; None for others, and for an account that is gone."""
    if not isinstance(actor, StaffActor):
        return None
    found = _accounts(actor.staff_id, actor.clinic_id)
    if not found:
        return None
    disabled, generation, must_change, zone, _role = found[0]
    held = {row[-1] for row in found}
    roles = frozenset(role for role in STAFF_ROLES if role in held)
    return _Account(disabled=disabled, generation=generation, must_change=must_change, roles=roles, zone=zone)


def _check_session(actor: Actor, account: _Account | None, standing: Standing) -> None:
    if standing == Standing.ENDED or not isinstance(actor, StaffActor | PatientActor):
        return
    if now() - actor.signed_in_at >= SESSION_LIFE:
        hours = SESSION_LIFE // timedelta(hours=1)
        raise SessionEnded(Message("You signed in {hours} hours ago: sign in again", hours=hours))
    if isinstance(actor, PatientActor):
        return
    if account is None or account.disabled:
        raise SessionEnded(Message("Your account is closed: ask an administrator of the clinic"))
    if account.generation != actor.generation:
        raise SessionEnded(Message("Your password has been changed: sign in with the new one"))
    if account.must_change and standing == Standing.FULL:
        raise NotAllowed(Message("Choose a password of your own first"))


def _confirmed_roles(actor: Actor, account: _Account | None) -> frozenset[Role]:
    match actor:
        case StaffActor():
            return account.roles if account else frozenset()
        case PatientActor():
            known = Patient.select().where(Patient.id == actor.patient_id).exists()
            return frozenset({Role.PATIENT} if known else ())
        case OperatorActor():
            return frozenset({Role.OPERATOR})
        case _:
            return frozenset({Role.VISITOR})

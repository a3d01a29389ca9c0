"""`@operation`: role, transaction and access log around everything that people do to data.

```python
@operation(role=Role.CARE_PROVIDER, event="case.sent")
def send(actor: StaffActor, draft: Draft, key: str) -> SentCase: ...
```

The first argument is the actor, by position. The roles it carries are only what it claims: staff are looked
up again in the same transaction, so a role that was taken away stops working at the next act, and for others
the kind of actor decides.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import update_wrapper
from typing import Generic, ParamSpec, TypeVar, cast
from zoneinfo import ZoneInfo

from data import audit
from data.domain.errors import Message, NotAllowed, NotYours
from data.domain.roles import STAFF_ROLES, Actor, OperatorActor, PatientActor, Role, StaffActor
from data.store.database import Store, current
from data.store.models import Clinic, Patient, Staff, StaffRole

P = ParamSpec("P")
R = TypeVar("R")


class Operation(Generic[P, R]):
    """A callable with its rule. `roles`: any one of them suffices. `event` None: nothing to record."""

    def __init__(self, function: Callable[P, R], roles: frozenset[Role], event: str | None) -> None:
        self.function = function
        self.roles = roles
        self.event = event
        self.name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        update_wrapper(self, function)

    def permits(self, actor: Actor) -> bool:
        """Whether the actor claims a role that may do this; for showing and hiding, never for deciding."""
        return bool(self.roles & actor.roles)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        actor = cast(Actor, args[0])
        store = current()
        transaction = store.reading if self.event is None else store.writing
        entry = audit.opened(actor, self.event)
        try:
            with transaction():
                if not self.roles & _confirmed_roles(actor):
                    raise NotAllowed(Message("Your role does not permit this"))
                with audit.recording(entry):
                    return self.function(*args, **kwargs)
        except (NotAllowed, NotYours) as error:
            with store.writing():
                audit.refused(entry, actor, self.event or self.name, error.message)
            raise


OPERATIONS: dict[str, Operation[..., object]] = {}
"""Every operation by name (`cases.send`)."""


def operation(
    *, role: Role | tuple[Role, ...], event: str | None
) -> Callable[[Callable[P, R]], Operation[P, R]]:
    """Make a function an operation for those who hold `role` (any of them)."""
    roles = frozenset((role,) if isinstance(role, Role) else role)

    def declare(function: Callable[P, R]) -> Operation[P, R]:
        made = Operation(function, roles, event)
        OPERATIONS[made.name] = cast(Operation[..., object], made)
        return made

    return declare


def permits(actor: Actor, name: str) -> bool:
    """Whether the actor's claimed roles include one that the named operation asks for. KeyError: no such."""
    return OPERATIONS[name].permits(actor)


def store() -> Store:
    """The open store, for operations that need its clock's or its keys' source."""
    return current()


def now() -> datetime:
    """This moment, aware, by the store's clock."""
    return current().clock()


def today(actor: Actor) -> date:
    """The date at the actor's clinic; in Sweden for those who belong to none."""
    clinic = Clinic.get_or_none(Clinic.id == actor.clinic_id) if isinstance(actor, StaffActor) else None
    return now().astimezone(ZoneInfo(clinic.zone if clinic else "Europe/Stockholm")).date()


def _confirmed_roles(actor: Actor) -> frozenset[Role]:
    match actor:
        case StaffActor():
            rows = (
                StaffRole.select(StaffRole.role)
                .join(Staff)
                .where(
                    StaffRole.staff == actor.staff_id, StaffRole.clinic == actor.clinic_id, ~Staff.disabled
                )
            )
            held = {row.role for row in rows}
            return frozenset(role for role in STAFF_ROLES if role in held)
        case PatientActor():
            known = Patient.select().where(Patient.id == actor.patient_id).exists()
            return frozenset({Role.PATIENT} if known else ())
        case OperatorActor():
            return frozenset({Role.OPERATOR})
        case _:
            return frozenset({Role.VISITOR})

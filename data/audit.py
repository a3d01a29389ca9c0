"""The access log: every entry is written in the transaction of the act that it records, as the next link of
its clinic's chain (`data.domain.chain`).

Rule: Patientdatalagen (2008:355) 4 kap. 3 § and HSLF-FS 2016:40 4 kap. 9 § — which measure, at which care
unit, at what time, by whom, about which patient.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from data.domain.errors import Message
from data.domain.limits import LINE_LIMIT, TEXT_LIMIT
from data.domain.roles import Actor, PatientActor, StaffActor, Visitor
from data.domain.text import clean
from data.domain.value import Frozen
from data.store.database import current
from data.store.log_chain import link, link_all
from data.store.models import AccessLog
from data.store.prepared import insert, insert_all


class About(Frozen, kw_only=False):
    """One of those whom an operation on many is about; `details` are those of this one alone."""

    patient_id: int | None
    case_id: int | None = None
    details: Mapping[str, object] = MappingProxyType({})


class Entry:
    """What will be recorded about an operation; None as `event` records nothing.

        with opened(actor, "case.sent") as entry:
            ...

    The operation that runs in the block may fill it in; it is appended when the block ends without an error.
    With `each`, an entry of its own is recorded about each of them, as if it had been done one by one.
    """

    def __init__(
        self,
        actor: Actor,
        event: str | None,
        clinic_id: int | None,
        details: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        self.actor = actor
        self.event = event
        self.allowed = True
        self.clinic_id = clinic_id
        self.patient_id: int | None = None
        self.case_id: int | None = None
        self.details = {**details}
        self.each: tuple[About, ...] = ()

    def __enter__(self) -> Entry:
        self._before = _running.set(self)
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        _running.reset(self._before)
        if error is None and self.event is not None:
            append(self)


_encode = json.JSONEncoder(ensure_ascii=False).encode

_running: ContextVar[Entry] = ContextVar("running entry")


def opened(actor: Actor, event: str | None) -> Entry:
    """The entry of an operation that is about to run; staff's own clinic stands in it from the start."""
    return Entry(actor, event, clinic_id=actor.clinic_id if isinstance(actor, StaffActor) else None)


def about(
    *, patient: int | None = None, case: int | None = None, clinic: int | None = None, **details: object
) -> None:
    """Say more about the running operation: whose data it touches, and what else an auditor needs.

    `clinic` is for actors who work at none, such as patients.
    """
    entry = _running.get()
    entry.clinic_id = clinic if clinic is not None else entry.clinic_id
    entry.patient_id = patient if patient is not None else entry.patient_id
    entry.case_id = case if case is not None else entry.case_id
    entry.details.update(details)


def about_each(those: Iterable[About]) -> None:
    """The running operation touches the data of many: record it about each of them."""
    _running.get().each = tuple(those)


def instead(event: str | None, actor: Actor | None = None) -> None:
    """Record another event (None: nothing), or another actor, than the operation declares. The clinic stays:
    someone who signs in need not have chosen one."""
    entry = _running.get()
    entry.event = event
    entry.actor = actor or entry.actor


def refused(entry: Entry, actor: Actor, event: str, reason: Message) -> None:
    """Record that an act was not allowed, with all that its entry said; its transaction was rolled back."""
    entry.actor, entry.event, entry.allowed = actor, event, False
    entry.details["reason"] = reason
    append(entry)


def reason_asked(entry: Entry, actor: Actor, event: str) -> None:
    """Record that an act stopped to ask for a reason, since the patient's identity is protected. It is no
    refusal: most who are asked go on, and refusals are what a review looks at first."""
    entry.actor, entry.event = actor, "patient.reason_asked"
    entry.details["act"] = event
    append(entry)


def append(entry: Entry) -> None:
    """Write the entry in the transaction that is open now."""
    store = current()
    store.log_keys.renew()
    store.hold_chain(entry.clinic_id or 0)
    common = _common(entry)
    if not entry.each:
        insert(AccessLog, **link(common, store.log_keys))
        return
    several = [
        {
            **common,
            "patient_id": one.patient_id,
            "case_id": one.case_id,
            "details": _json({**entry.details, **one.details}) if one.details else common["details"],
        }
        for one in entry.each
    ]
    insert_all(AccessLog, link_all(several, store.log_keys))


def _common(entry: Entry) -> dict[str, object]:
    """The columns of the entry, save those that make it a link of the chain."""
    actor = entry.actor
    patient = actor if isinstance(actor, PatientActor) else None
    return {
        "at": current().clock(),
        "event": entry.event,
        "allowed": entry.allowed,
        "actor_kind": actor.kind,
        "staff_id": actor.staff_id if isinstance(actor, StaffActor) else None,
        "actor_name": "" if isinstance(actor, Visitor) else clean(actor.name, limit=LINE_LIMIT),
        "clinic_id": entry.clinic_id,
        "patient_id": entry.patient_id if entry.patient_id is not None else patient and patient.patient_id,
        "case_id": entry.case_id,
        "details": _json(entry.details),
    }


def _json(details: Mapping[str, object]) -> str:
    return _encode({key: stored(value) for key, value in details.items()})


def stored(detail: object) -> object:
    """A detail that can be stored as JSON and shown, whoever wrote it."""
    match detail:
        case None | bool() | int():
            return detail
        case Message():  # translated when it is read, by the reader's language
            return {"text": detail.text, "parts": {name: stored(part) for name, part in detail.parts.items()}}
        case list() | tuple():
            return [stored(part) for part in detail]
        case _:
            return clean(str(detail), limit=TEXT_LIMIT)


def message(kept: Mapping[str, Any]) -> Message:
    """A sentence as `stored` keeps it; its parts may be sentences too."""
    parts = {name: message(part) if isinstance(part, dict) else part for name, part in kept["parts"].items()}
    return Message(kept["text"], **parts)

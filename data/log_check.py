"""Looking after the access log: verify its chains, anchor them elsewhere, change its key, prune it.

Rules: HSLF-FS 2016:40 4 kap. 9 § (kept at least five years) and OWASP ASVS 5.0, 16.4 (a log that is protected
against change, and kept where who changes the system can't reach). All of it is the operator's, and recorded;
pruning stands in the chain that it shortens, and so where that clinic's auditors see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from peewee import IntegrityError

from data import audit
from data.domain.anchor import Anchor
from data.domain.chain import YEARS_LEAST, prunable_before
from data.domain.errors import Conflict, Message, invalid
from data.domain.roles import OperatorActor, Role
from data.domain.value import Frozen
from data.operation import now, operation, store
from data.store import models
from data.store.log_walk import Broken, Unproved, last_links, walk


class ChainState(Frozen):
    """What verifying found of a chain; `clinic` is empty for the chain of what belongs to no clinic.

    `count` entries were read, up to number `last`, before the end or the first entry at fault.
    """

    chain: int
    clinic: str
    count: int
    last: int
    broken: Broken | None
    unproved: tuple[Unproved, ...]

    @property
    def sound(self) -> bool:
        """Whether all of it is proved to be as it was written."""
        return self.broken is None and not self.unproved


class Prunable(Frozen):
    """The oldest part of a chain, from its first entry through number `through`: `count` entries, all from
    before the moment `before`."""

    chain: int
    clinic: str
    through: int
    count: int
    before: datetime


@operation(role=Role.OPERATOR, event=None)
def verify(actor: OperatorActor, anchors: Sequence[Anchor] = ()) -> tuple[ChainState, ...]:  # noqa: ARG001
    """Walk all chains, comparing them with anchors too. Holds no lock, shows nobody's data; what it found is
    recorded by `verified`."""
    names = _clinic_names()
    # After the first reading: a key is in the file before any entry is written with it.
    store().log_keys.renew()
    return tuple(
        ChainState(
            chain=one.chain,
            clinic=names.get(one.chain, ""),
            count=one.count,
            last=one.last,
            broken=one.broken,
            unproved=tuple(one.unproved),
        )
        for one in walk(store().log_keys, now(), anchors)
    )


@operation(role=Role.OPERATOR, event="log.verified")
def verified(actor: OperatorActor, states: Sequence[ChainState]) -> None:  # noqa: ARG001
    """Record that the log was verified, and how that ended."""
    audit.about(
        count=sum(one.count for one in states),
        broken=sum(one.broken is not None for one in states),
        unproved=sum(part.count for one in states for part in one.unproved),
    )


@operation(role=Role.OPERATOR, event="log.anchored")
def anchor(actor: OperatorActor) -> tuple[Anchor, ...]:  # noqa: ARG001
    """The last entry of each chain, to be kept where nobody who reaches the database can change it."""
    names = _clinic_names()
    return tuple(
        Anchor(chain=one.chain, number=one.number, mac=one.mac, at=one.at, clinic=names.get(one.chain, ""))
        for one in last_links()
    )


@operation(role=Role.OPERATOR, event="log.key_added")
def new_key(actor: OperatorActor, *, lost: bool = False) -> str:  # noqa: ARG001
    """Use a new key from now on, in all programs that have the database open; returns its id.

    `lost`: the file with the keys was lost, and the one that is there now holds a new key already. What was
    written with keys that are gone can't be proved any more; the entry says which they were, also when the
    program was cut off before it could say so the first time.
    """
    keys, log = store().log_keys, models.AccessLog
    if not lost:
        keys.add()
    audit.about(key=keys.current)
    used = {row.key for row in log.select(log.key).distinct()}
    if gone := sorted(used - keys.by_id.keys()):
        audit.about(lost=gone)
    return keys.current


@operation(role=Role.OPERATOR, event=None)
def prunable(actor: OperatorActor, years: int) -> tuple[Prunable, ...]:  # noqa: ARG001
    """What pruning would take away of each chain. Raises `Invalid` for fewer than five years."""
    before = _before(years)
    names = _clinic_names()
    found = (_prunable(one.chain, names.get(one.chain, ""), before) for one in last_links())
    return tuple(one for one in found if one is not None)


@operation(role=Role.OPERATOR, event="log.pruned")
def prune(actor: OperatorActor, years: int, chain: int) -> Prunable | None:  # noqa: ARG001
    """Delete the oldest part of a chain, as `prunable` says; the entry about it is what lets the rest of the
    chain be verified. None when there is nothing so old. Verify the log first: what is at fault is evidence.

    Raises `Invalid` for fewer than five years, and `Conflict` when the database itself finds them too young.
    """
    store().hold_chain(chain)
    part = _prunable(chain, _clinic_names().get(chain, ""), _before(years))
    if part is None:
        audit.instead(None)
        return None
    log = models.AccessLog
    here = log.chain == chain
    last = log.get(here, log.number == part.through)
    try:
        log.delete().where(here, log.number <= part.through).execute()
    except IntegrityError as error:
        raise Conflict(Message("The access log is kept five years by this computer's clock")) from error
    audit.about(clinic=chain or None, through=part.through, mac=last.mac, count=part.count)
    return part


def _prunable(chain: int, clinic: str, before: datetime) -> Prunable | None:
    log = models.AccessLog
    here = log.chain == chain
    by_number = log.select(log.number).where(here).order_by(log.number)
    # The last entry stays however old it is: the next one must be linked to it.
    last = by_number.order_by(log.number.desc()).get()
    first_kept = by_number.where(log.at >= before).first() or last
    through = first_kept.number - 1
    count = log.select().where(here, log.number <= through).count()
    if not count:
        return None
    return Prunable(chain=chain, clinic=clinic, through=through, count=count, before=before)


def _before(years: int) -> datetime:
    if years < YEARS_LEAST:
        raise invalid("years", "The law asks that the log is kept at least {least} years", least=YEARS_LEAST)
    return prunable_before(now(), years)


def _clinic_names() -> dict[int, str]:
    return {row.id: row.name for row in models.Clinic.select()}

"""Walks the chains of the access log, and finds the first entry of each that is not as it was written.

Rows are read raw and in pieces: someone who can write to the file may have put anything into them, and a
million of them must not fill the memory. What a chain can't prove by itself, where it ends and that it was
not written anew with the key, is compared with anchors (`data.domain.anchor`).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from peewee import SqliteDatabase, Tuple, fn

from data.domain.anchor import Anchor
from data.domain.chain import CONTENT, FIRST, mac, prunable_before
from data.store.log_keys import LogKeys
from data.store.models import AccessLog, bound_to, database

KEY_ADDED = "log.key_added"
"""The event of an entry that tells which keys are lost (`lost` in its details)."""

PRUNED = "log.pruned"
"""The event of an entry that tells through which number its chain was pruned, and that entry's MAC."""

_IN_NO_CHAIN = fn.TYPEOF(AccessLog.chain) != "integer"
"""Entries that no walk along a chain would come by, and that auditors would be shown all the same. SQLite
lets anything into a column; PostgreSQL holds them to their types."""

_BATCH = 1_000
_COLUMNS = (*CONTENT, "key", "mac")

Raw = dict[str, Any]
"""An entry as the database has it, by column."""


class Fault(StrEnum):
    """What is wrong with an entry, or with the end of a chain."""

    CHANGED = "changed"
    """Its content, its number or the entry before it is not as it was when it was written."""
    MISSING = "missing"
    """Entries before it are gone: those from `other` on. An entry may tell that they were pruned, and the
    anchor know that `other` was too young for that."""
    MOVED = "moved"
    """It was written as number `other`."""
    UNKNOWN_KEY = "unknown_key"
    """It names a key that is not in the file and was never told lost."""
    OUTSIDE = "outside"
    """It was not written by Omvänt: without a MAC, in a chain that is none, or under a number that is none or
    taken."""
    CUT = "cut"
    """The anchor knows it, and the chain ends before, at `other`."""
    REWRITTEN = "rewritten"
    """The anchor knows another entry under its number."""
    GONE = "gone"
    """The anchor knows the chain, and there is no entry of it."""


@dataclass(frozen=True)
class Broken:
    """The first entry at fault, by number. `other` is as `Fault` says, None where it says nothing."""

    number: int
    fault: Fault
    other: int | None = None


@dataclass(frozen=True)
class Unproved:
    """Entries whose key is lost: nobody can tell whether they are as they were written."""

    key: str
    first: int
    last: int
    count: int


@dataclass
class Walked:
    """What a walk along a chain found. It ends at the first entry at fault; `count` entries were read."""

    chain: int
    count: int = 0
    last: int = 0
    broken: Broken | None = None
    unproved: list[Unproved] = field(default_factory=list)


def walk(keys: LogKeys, now: datetime, anchors: Sequence[Anchor] = ()) -> list[Walked]:
    """Walk all chains of the database that the models are bound to, in the order of their ids. At the moment
    `now` no entry may have been pruned that is younger than the law asks."""
    lost = _told_lost(keys)
    known = {one.chain for one in anchors}
    strange = {0} if _has_strange() else set()
    chains = sorted(known | strange | set(_chains()))
    return [
        _Walk(keys, lost, chain, [one for one in anchors if one.chain == chain], prunable_before(now)).result
        for chain in chains
    ]


def last_links() -> Iterator[AccessLog]:
    """Each chain's last entry."""
    for chain in _chains():
        yield AccessLog.select().where(AccessLog.chain == chain).order_by(AccessLog.number.desc()).get()


class _Walk:
    """Along one chain, from its first entry to its last or to the first at fault."""

    def __init__(
        self, keys: LogKeys, lost: Mapping[str, str], chain: int, anchors: Sequence[Anchor], old: datetime
    ) -> None:
        """`old`: what was written before that moment may have been pruned."""
        self._keys = keys
        self._lost = dict(lost)
        self._anchors = sorted(anchors, key=lambda one: one.number)
        self._old = old
        self._previous = FIRST
        self.result = Walked(chain)
        self._go()

    def _go(self) -> None:
        found = self.result
        here = AccessLog.chain == found.chain
        if found.chain == 0 and _has_strange():  # else an index finds the rows
            here |= _IN_NO_CHAIN
        for row in _rows(here):
            if not found.count:
                self._begin(row)
                young = self._pruned_too_young()
                fault = self._fault(row) if young is None else Broken(row["number"], Fault.MISSING, young)
            else:
                fault = self._fault(row)
            if fault is not None:
                found.broken = fault
                return
            found.count += 1
            found.last, self._previous = row["number"], row["mac"]
            if any(one.number == found.last and one.mac != row["mac"] for one in self._anchors):
                found.broken = Broken(found.last, Fault.REWRITTEN)
                return
        found.broken = self._missing_end()

    def _begin(self, row: Raw) -> None:
        """Begin behind what was pruned. That the entry which tells of it is genuine turns out on the way."""
        if not isinstance(row["number"], int) or row["number"] <= 1:
            return
        for told in _rows((AccessLog.chain == self.result.chain) & (AccessLog.event == PRUNED)):
            details = _details(told)
            if details.get("through") == row["number"] - 1 and isinstance(details.get("mac"), str):
                self.result.last = row["number"] - 1
                self._previous = details["mac"]

    def _fault(self, row: Raw) -> Broken | None:
        number, expected = row["number"], self.result.last + 1
        strange = not isinstance(number, int) or row["chain"] != self.result.chain
        if strange or number < expected or not row["mac"]:
            return Broken(number if isinstance(number, int) else expected, Fault.OUTSIDE)
        if number > expected:
            return Broken(number, Fault.MISSING, expected)
        if row["key"] in self._lost:
            self._note_unproved(row)
            return None
        key = self._keys.by_id.get(row["key"]) if isinstance(row["key"], str) else None
        if key is None:
            return Broken(number, Fault.UNKNOWN_KEY)
        if not _genuine(key, self._previous, row):
            origin = self._written_as(key, row)
            return Broken(number, Fault.CHANGED if origin is None else Fault.MOVED, origin)
        # Behind a genuine entry that is later than the loss, nothing was written with the lost key any more.
        self._lost = {name: at for name, at in self._lost.items() if row["at"] <= at}
        return None

    def _pruned_too_young(self) -> int | None:
        """Of what is told pruned, the first that an anchor knows to be too young for it. Who has the key can
        tell of any pruning, and would get rid of all that the anchor knows."""
        gone = (one for one in self._anchors if one.number <= self.result.last)
        return next((one.number for one in gone if one.at >= self._old), None)

    def _note_unproved(self, row: Raw) -> None:
        unproved, number = self.result.unproved, row["number"]
        if unproved and unproved[-1].key == row["key"] and unproved[-1].last == number - 1:
            before = unproved.pop()
            unproved.append(Unproved(before.key, before.first, number, before.count + 1))
        else:
            unproved.append(Unproved(row["key"], number, number, 1))

    def _written_as(self, key: bytes, row: Raw) -> int | None:
        """The number under which an entry was written that stands elsewhere now; None for a changed one."""
        for other in _rows(AccessLog.chain == self.result.chain):
            if isinstance(other["number"], int) and isinstance(other["mac"], str):
                number = other["number"] + 1
                if number != row["number"] and _genuine(key, other["mac"], {**row, "number": number}):
                    return number
        return 1 if _genuine(key, FIRST, {**row, "number": 1}) else None

    def _missing_end(self) -> Broken | None:
        """Whether anchors know more than there is."""
        found = self.result
        beyond = [one.number for one in self._anchors if one.number > found.last]
        if not beyond:
            return None
        if not found.count:
            return Broken(max(beyond), Fault.GONE)
        return Broken(max(beyond), Fault.CUT, found.last)


def _has_strange() -> bool:
    return isinstance(bound_to(AccessLog), SqliteDatabase) and AccessLog.select().where(_IN_NO_CHAIN).exists()


def _chains() -> list[int]:
    rows = database.execute(AccessLog.select(AccessLog.chain).distinct())
    return sorted(chain for (chain,) in rows if isinstance(chain, int))


def _rows(where: Any) -> Iterator[Raw]:
    """Entries in the order of their numbers, as they stand in the database."""
    log = AccessLog
    columns = [log.id, *(getattr(log, name) for name in _COLUMNS)]
    after: tuple[object, int] | None = None
    while True:
        query = log.select(*columns).where(where)
        if after is not None:
            query = query.where(Tuple(log.number, log.id) > Tuple(*after))
        found = database.execute(query.order_by(log.number, log.id).limit(_BATCH)).fetchall()
        for row_id, *values in found:
            row = dict(zip(_COLUMNS, values, strict=True))
            if isinstance(row["at"], datetime):  # as PostgreSQL hands it out; a MAC is over the text
                row["at"] = AccessLog.at.db_value(row["at"].replace(tzinfo=UTC))
            yield row
            after = row["number"], row_id
        if len(found) < _BATCH:
            return


def _genuine(key: bytes, previous: str, row: Raw) -> bool:
    try:
        return hmac.compare_digest(mac(key, previous, row), row["mac"])
    except TypeError:  # bytes where texts belong
        return False


def _told_lost(keys: LogKeys) -> dict[str, str]:
    """The keys that genuine entries tell lost, with the moments when they were."""
    lost: dict[str, str] = {}
    for row in _rows((AccessLog.chain == 0) & (AccessLog.event == KEY_ADDED)):
        names = _details(row).get("lost")
        key = keys.by_id.get(row["key"]) if isinstance(row["key"], str) else None
        if not isinstance(names, list) or not isinstance(row["number"], int) or key is None:
            continue
        if any(_genuine(key, previous, row) for previous in _macs_before(row["number"])):
            lost |= {name: row["at"] for name in names if isinstance(name, str) and name not in keys.by_id}
    return lost


def _macs_before(number: int) -> Iterator[str]:
    """The MACs that may stand before an entry of chain 0: of the one before it, or as pruning has kept it."""
    if number == 1:
        yield FIRST
    for row in _rows((AccessLog.chain == 0) & (AccessLog.number == number - 1)):
        yield row["mac"]
    for row in _rows((AccessLog.chain == 0) & (AccessLog.event == PRUNED)):
        details = _details(row)
        if details.get("through") == number - 1:
            yield details.get("mac", FIRST)


def _details(row: Raw) -> dict[str, Any]:
    try:
        details = json.loads(row["details"])
    except (TypeError, ValueError):
        return {}
    return details if isinstance(details, dict) else {}

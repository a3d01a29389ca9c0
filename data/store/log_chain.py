"""The rows of the access log as links of a chain (`data.domain.chain`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from peewee import SQL, Tuple

from data.domain.chain import CONTENT, FIRST, mac
from data.store.log_keys import LogKeys
from data.store.models import AccessLog
from data.store.prepared import Prepared

_SEALED_AT_ONCE = 5_000

# The limit is no argument, or PostgreSQL would plan it anew at every act, as `data.store.paging` says.
_end = Prepared(
    lambda chain: (
        AccessLog.select(AccessLog.number, AccessLog.mac)
        .where(AccessLog.chain == chain)
        .order_by(AccessLog.number.desc())
        .limit(SQL("1"))
    )
)


def link(values: Mapping[str, Any], keys: LogKeys) -> dict[str, object]:
    """The columns that make an entry the next link of its chain; `values` are its other columns.

    Call it with the write lock held, so that nobody else makes the same link.
    """
    return link_all([values], keys)[0]


def link_all(entries: Sequence[Mapping[str, Any]], keys: LogKeys) -> list[dict[str, object]]:
    """As `link`, for entries of one and the same chain that follow each other: its end is read once."""
    chain = entries[0]["clinic_id"] or 0
    end, previous = _end.first(chain) or (0, FIRST)
    linked = []
    for number, values in enumerate(entries, end + 1):
        made = {**values, "chain": chain, "number": number}
        previous = mac(keys.key, previous, _stored(made))
        made.update(key=keys.current, mac=previous)
        linked.append(made)
    return linked


def content(row: AccessLog) -> dict[str, object]:
    """What a row's MAC covers, as it stands in the database."""
    return _stored({name: getattr(row, name) for name in CONTENT})


def seal(keys: LogKeys) -> None:
    """Give MACs to entries that have none: those of a database from before there was a chain. In pieces,
    since a log may hold more than the memory."""
    chain, number, previous = -1, 0, FIRST
    place = Tuple(AccessLog.chain, AccessLog.number)
    connection = AccessLog._meta.database.connection()
    while rows := list(
        AccessLog.select()
        .where(place > Tuple(chain, number))
        .order_by(AccessLog.chain, AccessLog.number)
        .limit(_SEALED_AT_ONCE)
    ):
        sealed = []
        for row in rows:
            before = previous if row.chain == chain else FIRST
            chain, number, previous = row.chain, row.number, row.mac or mac(keys.key, before, content(row))
            if not row.mac:
                sealed.append((keys.current, previous, row.id))
        connection.executemany("UPDATE access_log SET key = ?, mac = ? WHERE id = ?", sealed)


def _stored(values: Mapping[str, Any]) -> dict[str, object]:
    return {**values, "at": AccessLog.at.db_value(values["at"])}

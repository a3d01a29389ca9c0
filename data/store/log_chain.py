"""The rows of the access log as links of a chain (`data.domain.chain`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.domain.chain import CONTENT, FIRST, mac
from data.store.log_keys import LogKeys
from data.store.models import AccessLog


def link(values: Mapping[str, Any], keys: LogKeys) -> dict[str, object]:
    """The columns that make an entry the next link of its chain; `values` are its other columns.

    Call it with the write lock held, so that nobody else makes the same link.
    """
    chain = values["clinic_id"] or 0
    last = (
        AccessLog.select(AccessLog.number, AccessLog.mac)
        .where(AccessLog.chain == chain)
        .order_by(AccessLog.number.desc())
        .tuples()
        .first()
    )
    number, previous = (last[0] + 1, last[1]) if last else (1, FIRST)
    made = {**values, "chain": chain, "number": number}
    return {**made, "key": keys.current, "mac": mac(keys.key, previous, _stored(made))}


def content(row: AccessLog) -> dict[str, object]:
    """What a row's MAC covers, as it stands in the database."""
    return _stored({name: getattr(row, name) for name in CONTENT})


def seal(keys: LogKeys) -> None:
    """Give MACs to entries that have none: those of a database from before there was a chain."""
    rows = AccessLog.select().where(AccessLog.mac == "").order_by(AccessLog.chain, AccessLog.number)
    chain, previous = None, FIRST
    for row in list(rows):
        chain, previous = row.chain, previous if row.chain == chain else FIRST
        previous = mac(keys.key, previous, content(row))
        AccessLog.update(key=keys.current, mac=previous).where(AccessLog.id == row.id).execute()


def _stored(values: Mapping[str, Any]) -> dict[str, object]:
    return {**values, "at": AccessLog.at.db_value(values["at"])}

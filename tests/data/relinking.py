"""Chains of the access log that are linked anew, as by who has the key and writes past all operations."""

from __future__ import annotations

from data.domain.chain import FIRST, mac
from data.store import models
from data.store.database import current
from data.store.log_chain import content


def relink(chain: int, *, first: int = 1, previous: str = FIRST) -> None:
    """Give new MACs to a chain's entries from the number `first` on; the first stands behind `previous`."""
    log = models.AccessLog
    for row in log.select().where(log.chain == chain, log.number >= first).order_by(log.number):
        previous = mac(current().log_keys.key, previous, content(row))
        log.update(mac=previous).where(log.id == row.id).execute()

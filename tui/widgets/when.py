"""Moments as people read them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo


def moment(value: datetime, zone: ZoneInfo) -> str:
    """An aware moment on the clinic's clock, as in 2026-01-31 14:05: sixteen cells, and sortable by eye."""
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def exact_moment(value: datetime, zone: ZoneInfo) -> str:
    """A moment with its seconds, as in 2026-01-31 14:05:59: nineteen cells."""
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def short_moment(value: datetime, zone: ZoneInfo) -> str:
    """A moment in 11 cells: `11-23 14:05` this year, `2025-11-23` before."""
    local = value.astimezone(zone)
    return local.strftime("%m-%d %H:%M" if local.year == local_date(zone).year else "%Y-%m-%d")


def local_date(zone: ZoneInfo) -> date:
    """Today at the clinic, by the store's clock."""
    from data.operation import now

    return now().astimezone(zone).date()

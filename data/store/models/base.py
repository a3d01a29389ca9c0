"""What all tables have in common: the database that is open, their base, and how a moment is stored."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from peewee import AutoField, Database, DatabaseProxy, DateTimeField, Model

database = DatabaseProxy()


_UTC = "+00:00"
"""How ISO 8601 writes the zone, which is not stored."""


@lru_cache(maxsize=16)  # an act stores one moment in several places
def _stored(moment: datetime) -> str:
    return moment.isoformat(" ", "microseconds").removesuffix(_UTC)


class UtcField(DateTimeField):
    """A moment, aware in Python; stored as UTC with microseconds, so that text order is time order."""

    def db_value(self, value: datetime | None) -> str | None:
        # Of the hour that a zone's clock shows twice, Python takes both for the same moment: not of UTC's.
        return None if value is None else _stored(value.astimezone(UTC))

    def python_value(self, value: str | datetime | None) -> datetime | None:
        if isinstance(value, str):
            return datetime.fromisoformat(value + _UTC)
        return None if value is None else value.replace(tzinfo=UTC)


class Table(Model):
    id = AutoField()

    class Meta:
        database = database
        legacy_table_names = False


def bound_to(model: type[Table]) -> Database:
    """The database that a table is read from just now: the open one, or the one it was bound to meanwhile."""
    found: Any = model._meta.database
    bound: Database = getattr(found, "obj", found)  # a proxy's
    return bound

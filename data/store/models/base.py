"""What all tables have in common: the database that is open, their base, and how a moment is stored."""

from __future__ import annotations

from datetime import UTC, datetime

from peewee import AutoField, DatabaseProxy, DateTimeField, Model

database = DatabaseProxy()


class UtcField(DateTimeField):
    """A moment, aware in Python; stored as UTC with microseconds, so that text order is time order."""

    def db_value(self, value: datetime | None) -> str | None:
        return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")

    def python_value(self, value: str | datetime | None) -> datetime | None:
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        return None if value is None else value.replace(tzinfo=UTC)


class Table(Model):
    id = AutoField()

    class Meta:
        database = database
        legacy_table_names = False

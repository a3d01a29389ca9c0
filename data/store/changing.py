"""Rows that are looked at in order to be changed."""

from __future__ import annotations

from typing import TypeVar

from peewee import ModelSelect

from data.store.models.base import Table, bound_to

Row = TypeVar("Row", bound=Table)


def for_change(query: ModelSelect[Row]) -> ModelSelect[Row]:
    """The query, so that nobody else changes the rows that it finds before this transaction ends; it waits
    for those who are changing them, and finds them as they are then.

    Rows that refer to them may be added meanwhile. A file has one writer at a time, who has all rows anyway.
    """
    if has_one_writer():
        return query
    return query.for_update("FOR NO KEY UPDATE")  # type: ignore[arg-type] # peewee takes both


def has_one_writer() -> bool:
    """Whether whoever writes in the open database has all of it for themselves."""
    return not bound_to(Table).for_update

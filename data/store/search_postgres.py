"""Full text on a PostgreSQL server: the table `case_search`, with `pg_trgm` for parts of names and a
`tsvector` for words.

The words stand in it as they are, so that each is found from its beginning, and as the server's Swedish
configuration makes them, so that a word is found in its other forms as well. Between them stand lexemes that
no word can be: `/s` and a sender's id, `/t` and a version's, `/a` and how a name's words begin.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import and_, or_
from typing import Any

from peewee import JOIN, OP, Cast, Column, Database, Expression, ModelSelect, Table, fn

from data.store import models
from data.store.pieces import in_pieces
from data.store.search_tokens import PART_LEAST, CaseText, digits_of, split, starts_of
from data.store.searching import CaseIndex, Matching, senders_named, versions_named

_ROWS = 500
"""Rows a statement: PostgreSQL takes at most 65,535 values in one."""

_TABLE = Table("case_search")
_ID, _CLINIC, _NAMES, _WORDS = (Column(_TABLE, name) for name in ("case_id", "clinic_id", "names", "words"))

_ROW = "(%s, %s, %s, array_to_tsvector(%s::text[]) || to_tsvector('swedish', %s))"


class PostgresIndex(CaseIndex):
    """The index of an open database on a server."""

    def __init__(self, database: Database) -> None:
        self._database: Any = database  # peewee's calls have no types

    def settled(self, query: ModelSelect[models.Case]) -> ModelSelect[models.Case]:
        # Somebody who gives a patient another name must see this case, or this must see the name.
        return query.for_update("FOR SHARE", of=models.Patient)  # type: ignore[arg-type] # peewee takes both

    def add(self, cases: Mapping[int, CaseText]) -> None:
        for some in in_pieces(cases.items(), _ROWS):
            rows = ", ".join([_ROW] * len(some))
            self._database.execute_sql(
                f"INSERT INTO case_search (case_id, clinic_id, names, words) VALUES {rows}",  # noqa: S608 # nosec B608
                [value for key, case in some for value in (key, case.clinic, *_indexed(case))],
            )

    def remove(self, cases: Mapping[int, CaseText]) -> None:
        self._database.execute_sql("DELETE FROM case_search WHERE case_id = ANY(%s)", (list(cases),))

    def forget_words(self, words: Mapping[int, Iterable[str]]) -> None:
        pass  # they stand nowhere else

    def matching(self, clinic: int, words: Iterable[str], sender: int | None) -> Matching:
        conditions = [_anywhere(clinic, word) for word in words]
        if sender is not None:
            conditions.append(_has(_lexeme(f"/s{sender}")))
        condition = reduce(and_, conditions, Expression(_CLINIC, OP.EQ, clinic))
        return Matching(_TABLE, JOIN.INNER, _ID, condition)

    def merge_some(self) -> bool:
        return False  # the server does it by itself

    def is_empty(self) -> bool:
        return self._database.execute_sql("SELECT 1 FROM case_search LIMIT 1").fetchone() is None

    def has(self, case_id: int, case: CaseText) -> bool:
        found = self._database.execute_sql(
            f"SELECT 1 FROM case_search WHERE (case_id, clinic_id, names, words) = {_ROW}",  # noqa: S608 # nosec B608
            (case_id, case.clinic, *_indexed(case)),
        )
        return found.fetchone() is not None

    def ids_apart(self) -> Iterator[int]:
        # Those of no case can't be: the table refers to them.
        missing = 'SELECT id FROM "case" WHERE id NOT IN (SELECT case_id FROM case_search) LIMIT 3'
        yield from (case_id for (case_id,) in self._database.execute_sql(missing))


def _indexed(case: CaseText) -> tuple[str, list[str], str]:
    """The names, the lexemes, and the words of a case as a text."""
    # A line each: a word of a filter holds no line break, so no part begins in one and ends in the next.
    names = f"{case.name}\n{case.number}\n{case.reference}"
    starts = (f"/a{start}" for start in starts_of(case))
    lexemes = {f"/s{case.sender}", f"/t{case.version}", *starts, *case.words}
    return names, sorted(lexemes), " ".join(sorted(case.words))


def _anywhere(clinic: int, word: str) -> Expression:
    """Whether a word of a filter stands somewhere in what a case of the clinic is found by."""
    parts = {word, digits_of(word)} - {""}
    long = [_NAMES.contains(part) for part in parts if len(part) >= PART_LEAST]
    lexemes = [_lexeme(f"/a{part}") for part in parts if len(part) < PART_LEAST]
    lexemes += [_lexeme(f"/s{staff}") for staff in senders_named(clinic, word)]
    lexemes += [_lexeme(f"/t{version}") for version in versions_named(clinic, word)]
    if words := split(word):
        *whole, last = map(_lexeme, words)
        begun = f"{last}:*" if len(words[-1]) >= PART_LEAST else last
        lexemes.append(" & ".join([*whole, begun]))
    found = [_has(" | ".join(lexemes))] if lexemes else []
    if words:
        swedish = fn.plainto_tsquery("swedish", " ".join(words))
        found.append(Expression(_WORDS, "@@", swedish))
    return reduce(or_, [*long, *found])


def _has(query: str) -> Expression:
    return Expression(_WORDS, "@@", Cast(query, "tsquery"))


def _lexeme(text: str) -> str:
    """A lexeme as a query names it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"

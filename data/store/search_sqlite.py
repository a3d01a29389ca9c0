"""Full text in a database file: the table `case_search` of FTS5, whose tokens `search_tokens` makes.

The table has no content of its own: it knows a case by its id, and a case is taken out of it with the same
tokens that it was put in with. The table `search_word` holds all words of four letters or more, which a
beginning is looked up in; FTS5 would read all cases of all those words instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from peewee import JOIN, Column, Expression, ModelSelect, SqliteDatabase, Table

from data.store import models
from data.store.search_tokens import (
    BEGINNINGS,
    PART_LEAST,
    CaseText,
    beginning_query,
    digits_of,
    longer_query,
    part_query,
    sender_query,
    split,
    tokens,
    version_query,
    word_query,
)
from data.store.searching import CaseIndex, Matching, senders_named, versions_named

LONGER_MOST = 64
"""So many words may go on from a beginning before all cases of all of them are read instead."""

MERGED = 200
"""Pages that are written in one go of merging: some ms."""

_as_json = json.JSONEncoder(ensure_ascii=False).encode
_LEAST = min(BEGINNINGS)
_LAST = chr(0x10FFFF)
"""Comes after every letter."""

_ADD = "INSERT INTO case_search (rowid, tokens) VALUES (?, ?)"
_REMOVE = "INSERT INTO case_search (case_search, rowid, tokens) VALUES ('delete', ?, ?)"
# One statement however many words, so that it is prepared once.
_ADD_WORDS = "INSERT OR IGNORE INTO search_word (clinic_id, word) SELECT ?, value FROM json_each(?)"

_TABLE = Table("case_search")
_ID = Column(_TABLE, "rowid")
_FOUND = Column(_TABLE, "case_search")


class SqliteIndex(CaseIndex):
    """The index of an open database file."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database: Any = database  # peewee's calls have no types

    def settled(self, query: ModelSelect[models.Case]) -> ModelSelect[models.Case]:
        return query  # who writes is alone

    def add(self, cases: Mapping[int, CaseText]) -> None:
        words: dict[int, set[str]] = {}
        for case_id, case in cases.items():
            self._database.execute_sql(_ADD, (case_id, tokens(case)))
            words.setdefault(case.clinic, set()).update(case.words)
        for clinic, some in words.items():
            found = _as_json([word for word in some if len(word) >= _LEAST])
            self._database.execute_sql(_ADD_WORDS, (clinic, found))

    def remove(self, cases: Mapping[int, CaseText]) -> None:
        for case_id, case in cases.items():
            self._database.execute_sql(_REMOVE, (case_id, tokens(case)))

    def forget_words(self, words: Mapping[int, Iterable[str]]) -> None:
        for clinic, some in words.items():
            for word in some:
                if len(word) >= _LEAST and not self._finds(word_query(clinic, word)):
                    self._database.execute_sql(
                        "DELETE FROM search_word WHERE clinic_id = ? AND word = ?", (clinic, word)
                    )

    def matching(self, clinic: int, words: Iterable[str], sender: int | None) -> Matching:
        found = [" OR ".join(self._anywhere(clinic, word)) for word in words]
        if sender is not None:
            found.append(sender_query(clinic, sender))
        query = " AND ".join(f"({one})" for one in found)
        # Crossed: SQLite then begins with what is found, newest first, and stops when a page is full.
        return Matching(_TABLE, JOIN.CROSS, _ID, Expression(_FOUND, "MATCH", query))

    def merge_some(self) -> bool:
        """Do a piece, of some ms, of what makes later searches quick, in a transaction that writes; whether
        more is left to do. For when nobody waits."""
        before = self._changes()
        self._database.execute_sql(
            "INSERT INTO case_search (case_search, rank) VALUES ('merge', ?)", (MERGED,)
        )
        return self._changes() - before >= 2  # fts5.html, 6.10: less means that nothing was left to merge

    def is_empty(self) -> bool:
        return self._database.execute_sql("SELECT 1 FROM case_search_docsize LIMIT 1").fetchone() is None

    def has(self, case_id: int, case: CaseText) -> bool:
        query = " AND ".join(f'"{token}"' for token in sorted(set(tokens(case).split())))
        found = self._database.execute_sql(
            "SELECT 1 FROM case_search WHERE case_search MATCH ? AND rowid = ?", (query, case_id)
        )
        return found.fetchone() is not None

    def ids_apart(self) -> Iterator[int]:
        both = (
            'SELECT id FROM "case" WHERE id NOT IN (SELECT id FROM case_search_docsize)',
            'SELECT id FROM case_search_docsize WHERE id NOT IN (SELECT id FROM "case")',
        )
        for sql in both:
            yield from (case_id for (case_id,) in self._database.execute_sql(f"{sql} LIMIT 3"))

    def _changes(self) -> int:
        return int(self._database.connection().total_changes)

    def _finds(self, query: str) -> bool:
        found = self._database.execute_sql(
            "SELECT 1 FROM case_search WHERE case_search MATCH ? LIMIT 1", (query,)
        )
        return found.fetchone() is not None

    def _anywhere(self, clinic: int, word: str) -> Iterator[str]:
        """All that finds the cases of a clinic in which a word of a filter stands somewhere."""
        yield part_query(clinic, word)
        digits = digits_of(word)
        if digits and digits != word:
            yield part_query(clinic, digits)
        yield from (sender_query(clinic, staff) for staff in senders_named(clinic, word))
        yield from (version_query(clinic, version) for version in versions_named(clinic, word))
        if words := split(word):
            *whole, last = words
            beginning = " OR ".join(self._begun(clinic, last))
            yield " AND ".join([f"({beginning})", *(word_query(clinic, one) for one in whole)])

    def _begun(self, clinic: int, beginning: str) -> list[str]:
        """What finds the words that begin so, or just the word when it is a very short one."""
        size = len(beginning)
        if size in BEGINNINGS:
            return [beginning_query(clinic, beginning)]
        whole = word_query(clinic, beginning)
        if size < PART_LEAST:
            return [whole]
        if size + 1 in BEGINNINGS:
            return [whole, *(beginning_query(clinic, one) for one in self._goes_on(clinic, beginning))]
        longer = self._words(clinic, beginning, LONGER_MOST + 1)
        if len(longer) > LONGER_MOST:
            return [longer_query(clinic, beginning)]
        return [word_query(clinic, one) for one in longer] or [whole]

    def _goes_on(self, clinic: int, beginning: str) -> Iterator[str]:
        """The beginnings of words that are a letter longer."""
        after = beginning
        while longer := self._words(clinic, beginning, 1, after):
            one = longer[0][: len(beginning) + 1]
            yield one
            after = one + _LAST

    def _words(self, clinic: int, beginning: str, most: int, after: str = "") -> list[str]:
        """Words that begin so, of four letters or more, and come after another in order."""
        found = self._database.execute_sql(
            "SELECT word FROM search_word WHERE clinic_id = ? AND word >= ? AND word > ? AND word < ? "
            "ORDER BY word LIMIT ?",
            (clinic, beginning, after, beginning + _LAST, most),
        )
        return [word for (word,) in found]

"""Full text on a PostgreSQL server: the table `case_search`, with `pg_trgm` for parts of names and a
`tsvector` for words.

A lexeme is of one clinic, so that a search reads nothing of others: it begins with the clinic's id and a
letter for its kind, as the tokens in a file do (`data.store.search_tokens`). Words stand there as they are,
so that each is found from its beginning, and as the server's Swedish configuration makes them, so that a word
is found in its other forms as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from operator import and_, or_
from types import SimpleNamespace
from typing import Any, cast

from peewee import JOIN, OP, SQL, Cast, Database, Expression, ModelSelect, NodeList, Select, Table, fn

from data.store import models
from data.store.pieces import in_pieces
from data.store.search_tokens import PART_LEAST, CaseText, digits_of, split, starts_of
from data.store.searching import CaseIndex, Matching, senders_named, versions_named

_ROWS = 500
"""Rows a statement: PostgreSQL takes at most 65,535 values in one."""

_FEW = 1_000
"""A clinic with fewer cases has so few that one can go through all of them."""

_SAMPLES, _SAMPLE = 10, 100
"""So many samples, spread over all that a clinic has sent, of so many cases each that follow one another."""

_OFTEN, _COMMON = 3, 5
"""Found so often in so many of them, a word is in more than one case of forty, and not only in those of a few
mailings; else going through all of a clinic's 100,000 cases takes longer than the indexes do, 5 ms."""

_TABLE: Any = Table("case_search", ("case_id", "clinic_id", "names", "words"))
_ID, _CLINIC, _NAMES, _WORDS = _TABLE.case_id, _TABLE.clinic_id, _TABLE.names, _TABLE.words

_SAMPLED = f"""
(SELECT MIN(case_id) AS oldest, MAX(case_id) AS latest FROM case_search WHERE clinic_id = %s) AS ends
CROSS JOIN generate_series(0, {_SAMPLES - 1}) AS at
CROSS JOIN LATERAL (
    SELECT names, words FROM case_search
    WHERE clinic_id >= %s AND clinic_id <= %s AND case_id <= latest - (latest - oldest) * at / {_SAMPLES}
    ORDER BY clinic_id DESC, case_id DESC LIMIT {_SAMPLE}
) AS looked_at
"""  # noqa: S608 # nosec B608
"""The samples of a clinic, which is named three times; `at` says which sample a case is of."""

_LOOKED_AT = SimpleNamespace(names=SQL("looked_at.names"), words=SQL("looked_at.words"))

_PLANNED = "SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL max_parallel_workers_per_gather = 0"
"""What suits one word suits no other: psycopg prepares what is asked often, and PostgreSQL would then plan it
for a word that it does not look at. And starting a second process takes as long as a search."""

_ROW = (
    "(%s, %s, %s, array_to_tsvector(%s::text[] || "
    "ARRAY(SELECT %s || lexeme FROM unnest(to_tsvector('swedish', %s)))))"
)

_STEMS = """
SELECT ARRAY(SELECT lexeme FROM unnest(to_tsvector('swedish', text)))
FROM unnest(%s::text[]) WITH ORDINALITY AS given (text, place) ORDER BY place
"""
"""Texts as the server's Swedish configuration makes them."""


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
        self._database.execute_sql(_PLANNED)
        words = list(words)
        stems = self._database.execute_sql(_STEMS, ([" ".join(split(word)) for word in words],)).fetchall()
        wanted = [_Wanted(clinic, word, stem) for word, (stem,) in zip(words, stems, strict=True)]

        def condition(table: Any) -> Expression:
            found = [one.stands_in(table) for one in wanted]
            if sender is not None:
                found.append(_has(table, _lexeme(f"{clinic}s{sender}")))
            return reduce(and_, found)

        if self._is_common(clinic, condition):
            # Else it may gather all of them, and sort them.
            self._database.execute_sql("SET LOCAL enable_bitmapscan = off")
            return Matching(_TABLE, JOIN.INNER, _ID, _of(clinic) & condition(_TABLE), _CLINIC)
        # Sorted before anything is joined: PostgreSQL would join all that is found, and sort that.
        few = _TABLE.select(_ID).where(_as_indexed(clinic) & condition(_TABLE)).order_by(_ID.desc())
        found = few.alias("found")
        return Matching(found, JOIN.INNER, found.c.case_id, SQL("TRUE"))

    def _is_common(self, clinic: int, condition: Callable[[Any], Expression]) -> bool:
        """Whether what is looked for is in so many of the clinic's cases that a page is soon full when one
        goes through all of them, newest first. Else the indexes find the few, and those are sorted.

        PostgreSQL can't know: it takes one case of two hundred for the least that the beginning of a word
        finds (`tsquery_opr_selec`), and would look through a hundred thousand for what nobody wrote.
        """
        ids = _TABLE.select(_ID).where(_of(clinic))
        if not list(ids.offset(_FEW - 1).limit(1).execute(self._database)):
            return True
        at = SQL("at")
        sampled = Select([SQL(_SAMPLED, [clinic, clinic, clinic])], [at]).where(condition(_LOOKED_AT))
        often = sampled.group_by(at).having(fn.COUNT(at) >= _OFTEN).tuples()
        return len(list(often.execute(self._database))) >= _COMMON

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


def _indexed(case: CaseText) -> tuple[str, list[str], str, str]:
    """The names, the lexemes, with what lexemes of words begin, and the words of a case as a text."""
    # A line each: a word of a filter holds no line break, so no part begins in one and ends in the next.
    names = f"{case.name}\n{case.number}\n{case.reference}"
    clinic = case.clinic
    lexemes = [f"{clinic}s{case.sender}", f"{clinic}t{case.version}"]
    lexemes += [f"{clinic}a{start}" for start in starts_of(case)]
    lexemes += [f"{clinic}w{word}" for word in case.words]
    return names, lexemes, f"{clinic}w", " ".join(case.words)


class _Wanted:
    """A word of a filter, and all that it stands for at a clinic."""

    def __init__(self, clinic: int, word: str, stems: Iterable[str]) -> None:
        """`stems`: the word as the server's Swedish configuration makes it."""
        parts = {word, digits_of(word)} - {""}
        self._long = [part for part in parts if len(part) >= PART_LEAST]
        found = [_lexeme(f"{clinic}a{part}") for part in parts if len(part) < PART_LEAST]
        found += [_lexeme(f"{clinic}s{staff}") for staff in senders_named(clinic, word)]
        found += [_lexeme(f"{clinic}t{version}") for version in versions_named(clinic, word)]
        if words := split(word):
            *whole, last = (_lexeme(f"{clinic}w{one}") for one in words)
            found.append(" & ".join([*whole, f"{last}:*" if len(words[-1]) >= PART_LEAST else last]))
            found.append(" & ".join(_lexeme(f"{clinic}w{stem}") for stem in stems))
        self._lexemes = " | ".join(filter(None, found))

    def stands_in(self, table: Any) -> Expression:
        """Whether it stands somewhere in what a case is found by: of the columns `names` and `words`."""
        # Both are folded: comparing without case would take longer for every case that is looked at.
        found = [Expression(table.names, OP.LIKE, f"%{_literal(part)}%") for part in self._long]
        if self._lexemes:
            found.append(_has(table, self._lexemes))
        return reduce(or_, found)


def _of(clinic: int) -> Expression:
    """That a case is of the clinic, so that their order by clinic and id counts: of one clinic it is the
    order of the ids, and PostgreSQL would go through those of all clinics."""
    return cast(Expression, (clinic <= _CLINIC) & (clinic >= _CLINIC))


def _as_indexed(clinic: int) -> Expression:
    """That a case is of the clinic, as the index of names knows it."""
    return Expression(NodeList((_CLINIC, SQL("+ 0")), parens=True), OP.EQ, Cast(clinic, "bigint"))


def _has(table: Any, query: str) -> Expression:
    return Expression(table.words, "@@", Cast(query, "tsquery"))


def _literal(part: str) -> str:
    """A part as LIKE takes it for what it is."""
    return re.sub(r"([\\%_])", r"\\\1", part)


def _lexeme(text: str) -> str:
    """A lexeme as a query names it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"

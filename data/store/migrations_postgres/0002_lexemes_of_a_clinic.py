"""Lexemes that begin with the clinic's id, so that their index needs no column for it."""

from typing import Any


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    # Emptied, since lexemes of before are found no more: it is filled anew when all tables are up to date.
    db.execute_sql("TRUNCATE case_search")
    db.execute_sql("DROP INDEX case_search_words")
    db.execute_sql("CREATE INDEX case_search_words ON case_search USING gin (words)")

"""What makes lists and searches as quick at a million cases as at ten thousand."""

from typing import Any


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    _search(db)
    _lists(db)
    _several_patients(db)


def _search(db: Any) -> None:
    """The store fills it when all tables are up to date, as it does the log's chain: a migration that made
    the tokens itself would make others than the program one day."""
    # Without content: the texts stand in their own tables. No merging while people wait, the store does it
    # when nobody does. What is deleted must not stay in the index. Pages fit a page of an encrypted file.
    db.execute_sql("CREATE VIRTUAL TABLE case_search USING fts5 (tokens, content = '', tokenize = 'ascii')")
    for name, value in (("automerge", 0), ("crisismerge", 64), ("secure-delete", 1), ("pgsz", 3900)):
        db.execute_sql("INSERT INTO case_search (case_search, rank) VALUES (?, ?)", (name, value))
    db.execute_sql(
        "CREATE TABLE search_word (clinic_id INTEGER NOT NULL, word TEXT NOT NULL, "
        "PRIMARY KEY (clinic_id, word)) WITHOUT ROWID"
    )


def _lists(db: Any) -> None:
    # Each is the beginning of another index.
    for index in ("sender_id", "clinic_id", "patient_id", "sender_id_clinic_id_answer_seen_at_answered_at"):
        db.execute_sql(f"DROP INDEX case_{index}")
    for index in ("patient_id_sent_at_id", "clinic_id_closed_at_id"):
        db.execute_sql(f"DROP INDEX case_{index}")
    # One patient's cases are few: they are sorted when they are read. Counting those of protected patients
    # reads nothing but this.
    db.execute_sql(
        'CREATE INDEX case_patient_id_clinic_id_sender_id ON "case" (patient_id, clinic_id, sender_id)'
    )
    db.execute_sql(
        'CREATE INDEX case_by_closing ON "case" (clinic_id, closed_at, id) WHERE closed_at IS NOT NULL'
    )
    for state, condition in (
        ("unread", "read_at IS NULL"),
        ("read", "read_at IS NOT NULL AND answered_at IS NULL"),
        ("answered", "answers IS NOT NULL"),
        ("unseen", "answered_at IS NOT NULL AND answer_seen_at IS NULL"),
        ("open", "closed_at IS NULL"),
        ("closed", "closed_at IS NOT NULL"),
    ):
        db.execute_sql(f'CREATE INDEX case_{state} ON "case" (clinic_id, id) WHERE {condition}')
        mine = "sender_id, clinic_id, id"
        if state == "unseen":  # counted every second at each terminal, without reading a case
            mine += ", answered_at, answer_seen_at"
        db.execute_sql(f'CREATE INDEX case_{state}_mine ON "case" ({mine}) WHERE {condition}')


def _several_patients(db: Any) -> None:
    """A draft may be for several patients; only those for one are one for each sender and patient."""
    db.execute_sql("ALTER TABLE draft ADD COLUMN also TEXT NOT NULL DEFAULT '[]'")
    for index in ("staff_id_clinic_id_patient_id", "staff_id", "clinic_id"):
        db.execute_sql(f"DROP INDEX draft_{index}")
    db.execute_sql("CREATE INDEX draft_staff_id_clinic_id ON draft (staff_id, clinic_id)")
    db.execute_sql(
        "CREATE UNIQUE INDEX draft_staff_id_clinic_id_patient_id ON draft (staff_id, clinic_id, patient_id) "
        "WHERE also = '[]'"
    )

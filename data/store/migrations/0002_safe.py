"""The access log becomes a chain that is only ever added to, and what safety asks of the other tables."""

from typing import Any


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    def add(table: str, *columns: str) -> None:
        # With a default of the database's own, no row is rewritten: playhouse would copy the whole table.
        for column in columns:
            db.execute_sql(f"ALTER TABLE {table} ADD COLUMN {column}")

    add(
        "access_log",
        "chain INTEGER NOT NULL DEFAULT 0",
        "number INTEGER NOT NULL DEFAULT 0",
        "key TEXT NOT NULL DEFAULT ''",
        "mac TEXT NOT NULL DEFAULT ''",
    )
    add("clinic", "keep_days INTEGER NOT NULL DEFAULT 0", "version INTEGER NOT NULL DEFAULT 1")
    add("clinic", "idle_minutes INTEGER NOT NULL DEFAULT 5")
    add("staff", "generation INTEGER NOT NULL DEFAULT 1", "must_change INTEGER NOT NULL DEFAULT 0")
    add("answer_draft", "version INTEGER NOT NULL DEFAULT 1")
    add("template_draft", "version INTEGER NOT NULL DEFAULT 1")
    add(
        '"case"',
        "version INTEGER NOT NULL DEFAULT 1",
        "closed_at DATETIME",
        "closed_by_id INTEGER REFERENCES staff (id) ON DELETE RESTRICT",
        "held_at DATETIME",
        "held_by TEXT NOT NULL DEFAULT ''",
        "held_reason TEXT NOT NULL DEFAULT ''",
    )
    db.execute_sql('CREATE INDEX case_clinic_id_closed_at_id ON "case" (clinic_id, closed_at, id)')
    db.execute_sql(
        "CREATE TABLE retention_receipt (id INTEGER NOT NULL PRIMARY KEY, "
        "clinic_id INTEGER NOT NULL REFERENCES clinic (id) ON DELETE RESTRICT, at DATETIME NOT NULL, "
        '"by" TEXT NOT NULL, keep_days INTEGER NOT NULL, count INTEGER NOT NULL, oldest DATETIME NOT NULL, '
        "newest DATETIME NOT NULL, digest TEXT NOT NULL, last_case_id INTEGER NOT NULL)"
    )
    db.execute_sql("CREATE INDEX retention_receipt_clinic_id ON retention_receipt (clinic_id)")
    db.execute_sql("CREATE INDEX retention_receipt_clinic_id_at_id ON retention_receipt (clinic_id, at, id)")
    db.execute_sql(
        "CREATE TABLE setting (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, value TEXT NOT NULL)"
    )
    db.execute_sql("CREATE UNIQUE INDEX setting_name ON setting (name)")
    db.execute_sql("CREATE INDEX patient_protected ON patient (protected)")
    db.execute_sql(
        "CREATE TABLE protected_access (id INTEGER NOT NULL PRIMARY KEY, "
        "staff_id INTEGER NOT NULL REFERENCES staff (id) ON DELETE CASCADE, "
        "clinic_id INTEGER NOT NULL REFERENCES clinic (id) ON DELETE CASCADE, "
        "patient_id INTEGER NOT NULL REFERENCES patient (id) ON DELETE CASCADE, "
        "reason TEXT NOT NULL, at DATETIME NOT NULL)"
    )
    for column in ("staff", "clinic", "patient"):
        db.execute_sql(f"CREATE INDEX protected_access_{column}_id ON protected_access ({column}_id)")
    db.execute_sql(
        "CREATE UNIQUE INDEX protected_access_staff_id_clinic_id_patient_id "
        "ON protected_access (staff_id, clinic_id, patient_id)"
    )
    db.execute_sql(
        "CREATE TABLE log_review (id INTEGER NOT NULL PRIMARY KEY, "
        "clinic_id INTEGER NOT NULL REFERENCES clinic (id) ON DELETE RESTRICT, staff_id INTEGER NOT NULL, "
        "reviewer TEXT NOT NULL, at DATETIME NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL, "
        "entries TEXT NOT NULL, remarked TEXT NOT NULL, finished_at DATETIME, outcome TEXT NOT NULL)"
    )
    db.execute_sql("CREATE INDEX log_review_clinic_id_at_id ON log_review (clinic_id, at, id)")
    # HSLF-FS 2016:40 4 kap. 9 §: checks of the log are documented. UPDATE OR REPLACE that gives a row the id
    # of another takes that away without asking.
    for change, moved in (("UPDATE", " OR NEW.id <> OLD.id"), ("DELETE", "")):
        db.execute_sql(
            f"CREATE TRIGGER log_review_stays_{change.lower()} BEFORE {change} ON log_review "
            f"WHEN OLD.finished_at IS NOT NULL{moved} "
            "BEGIN SELECT RAISE(ABORT, 'a review never changes'); END"
        )
    db.execute_sql(
        "CREATE TRIGGER log_review_is_added BEFORE INSERT ON log_review "
        "WHEN EXISTS (SELECT 1 FROM log_review WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'a review never changes'); END"
    )
    # The store writes the MACs of these entries when the tables are up to date: a migration has no key.
    db.execute_sql(
        "UPDATE access_log SET chain = numbered.chain, number = numbered.number FROM ("
        "SELECT id, COALESCE(clinic_id, 0) AS chain, "
        "ROW_NUMBER() OVER (PARTITION BY COALESCE(clinic_id, 0) ORDER BY id) AS number FROM access_log"
        ") AS numbered WHERE numbered.id = access_log.id"
    )
    db.execute_sql("CREATE UNIQUE INDEX access_log_chain_number ON access_log (chain, number)")
    db.execute_sql(
        "CREATE TRIGGER access_log_stays BEFORE UPDATE ON access_log WHEN OLD.mac <> '' "
        "OR NEW.id <> OLD.id OR NEW.chain <> OLD.chain OR NEW.number <> OLD.number "
        "BEGIN SELECT RAISE(ABORT, 'access_log never changes'); END"
    )
    # INSERT OR REPLACE takes the old row away without asking the other triggers.
    db.execute_sql(
        "CREATE TRIGGER access_log_is_added BEFORE INSERT ON access_log "
        "WHEN EXISTS (SELECT 1 FROM access_log WHERE id = NEW.id) "
        "OR EXISTS (SELECT 1 FROM access_log WHERE chain = NEW.chain AND number = NEW.number) "
        "BEGIN SELECT RAISE(ABORT, 'access_log never changes'); END"
    )
    # HSLF-FS 2016:40 4 kap. 9 §: kept at least five years.
    db.execute_sql(
        "CREATE TRIGGER access_log_is_kept BEFORE DELETE ON access_log "
        "WHEN OLD.at > strftime('%Y-%m-%d %H:%M:%S', 'now', '-5 years') "
        "BEGIN SELECT RAISE(ABORT, 'access_log is kept five years'); END"
    )
    # What was published, and what happened to it, is kept from being changed already, and not from being
    # replaced.
    for table, taken in (
        ("template_version", " OR template_id = NEW.template_id AND number = NEW.number"),
        ("template_change", ""),
    ):
        db.execute_sql(
            f"CREATE TRIGGER {table}_is_added BEFORE INSERT ON {table} "  # noqa: S608 # nosec B608
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id{taken}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} never changes'); END"
        )

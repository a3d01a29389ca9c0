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
        "BEGIN SELECT RAISE(ABORT, 'access_log never changes'); END"
    )
    # HSLF-FS 2016:40 4 kap. 9 §: kept at least five years.
    db.execute_sql(
        "CREATE TRIGGER access_log_is_kept BEFORE DELETE ON access_log "
        "WHEN OLD.at > strftime('%Y-%m-%d %H:%M:%S', 'now', '-5 years') "
        "BEGIN SELECT RAISE(ABORT, 'access_log is kept five years'); END"
    )

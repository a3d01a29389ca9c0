"""The tables on a PostgreSQL server, as they are after SQLite's migration 0003: frozen, independent of what
the models become."""

from typing import Any

_TABLES = """
CREATE TABLE clinic (
    id BIGSERIAL PRIMARY KEY,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    keep_days BIGINT NOT NULL,
    version BIGINT NOT NULL,
    idle_minutes BIGINT NOT NULL
);

CREATE TABLE staff (
    id BIGSERIAL PRIMARY KEY,
    username TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    title TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    disabled BOOLEAN NOT NULL,
    failures BIGINT NOT NULL,
    closed_until TIMESTAMP,
    version BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    must_change BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX staff_username ON staff (username);

CREATE TABLE staff_role (
    id BIGSERIAL PRIMARY KEY,
    staff_id BIGINT NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    clinic_id BIGINT NOT NULL REFERENCES clinic (id) ON DELETE RESTRICT,
    role TEXT NOT NULL
);
CREATE INDEX staff_role_staff_id ON staff_role (staff_id);
CREATE INDEX staff_role_clinic_id ON staff_role (clinic_id);
CREATE UNIQUE INDEX staff_role_staff_id_clinic_id_role ON staff_role (staff_id, clinic_id, role);

CREATE TABLE patient (
    id BIGSERIAL PRIMARY KEY,
    number TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    protected BOOLEAN NOT NULL,
    reachable BOOLEAN NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX patient_number ON patient (number);
CREATE INDEX patient_name_folded ON patient (name_folded);
CREATE INDEX patient_protected ON patient (protected);

CREATE TABLE protected_access (
    id BIGSERIAL PRIMARY KEY,
    staff_id BIGINT NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    clinic_id BIGINT NOT NULL REFERENCES clinic (id) ON DELETE CASCADE,
    patient_id BIGINT NOT NULL REFERENCES patient (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    "at" TIMESTAMP NOT NULL
);
CREATE INDEX protected_access_staff_id ON protected_access (staff_id);
CREATE INDEX protected_access_clinic_id ON protected_access (clinic_id);
CREATE INDEX protected_access_patient_id ON protected_access (patient_id);
CREATE UNIQUE INDEX protected_access_staff_id_clinic_id_patient_id
    ON protected_access (staff_id, clinic_id, patient_id);

CREATE TABLE patient_code (
    id BIGSERIAL PRIMARY KEY,
    patient_id BIGINT NOT NULL REFERENCES patient (id) ON DELETE CASCADE,
    code_hash TEXT NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    tries_left BIGINT NOT NULL
);
CREATE UNIQUE INDEX patient_code_patient_id ON patient_code (patient_id);

CREATE TABLE template (
    id BIGSERIAL PRIMARY KEY,
    clinic_id BIGINT NOT NULL REFERENCES clinic (id) ON DELETE RESTRICT,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    form TEXT NOT NULL,
    retired BOOLEAN NOT NULL,
    published_number BIGINT,
    changed_at TIMESTAMP NOT NULL,
    changed_by_id BIGINT NOT NULL REFERENCES staff (id) ON DELETE RESTRICT,
    version BIGINT NOT NULL
);
CREATE INDEX template_clinic_id ON template (clinic_id);
CREATE INDEX template_changed_by_id ON template (changed_by_id);
CREATE UNIQUE INDEX template_clinic_id_name_folded ON template (clinic_id, name_folded);

CREATE TABLE template_version (
    id BIGSERIAL PRIMARY KEY,
    template_id BIGINT NOT NULL REFERENCES template (id) ON DELETE RESTRICT,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    form TEXT NOT NULL,
    published_at TIMESTAMP NOT NULL,
    published_by_id BIGINT NOT NULL REFERENCES staff (id) ON DELETE RESTRICT
);
CREATE INDEX template_version_template_id ON template_version (template_id);
CREATE INDEX template_version_published_by_id ON template_version (published_by_id);
CREATE UNIQUE INDEX template_version_template_id_number ON template_version (template_id, number);

CREATE TABLE template_change (
    id BIGSERIAL PRIMARY KEY,
    template_id BIGINT NOT NULL REFERENCES template (id) ON DELETE CASCADE,
    "at" TIMESTAMP NOT NULL,
    staff_id BIGINT NOT NULL REFERENCES staff (id) ON DELETE RESTRICT,
    act TEXT NOT NULL,
    name TEXT NOT NULL,
    number BIGINT,
    summary TEXT NOT NULL
);
CREATE INDEX template_change_template_id ON template_change (template_id);
CREATE INDEX template_change_staff_id ON template_change (staff_id);
CREATE INDEX template_change_template_id_at_id ON template_change (template_id, "at", id);

CREATE TABLE template_draft (
    id BIGSERIAL PRIMARY KEY,
    staff_id BIGINT NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    clinic_id BIGINT NOT NULL REFERENCES clinic (id) ON DELETE CASCADE,
    template_id BIGINT REFERENCES template (id) ON DELETE CASCADE,
    base_version BIGINT NOT NULL,
    name TEXT NOT NULL,
    form TEXT NOT NULL,
    unread TEXT NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX template_draft_staff_id ON template_draft (staff_id);
CREATE INDEX template_draft_clinic_id ON template_draft (clinic_id);
CREATE INDEX template_draft_template_id ON template_draft (template_id);
CREATE UNIQUE INDEX template_draft_staff_id_clinic_id_template_id
    ON template_draft (staff_id, clinic_id, template_id);

CREATE TABLE template_use (
    id BIGSERIAL PRIMARY KEY,
    staff_id BIGINT NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    template_id BIGINT NOT NULL REFERENCES template (id) ON DELETE CASCADE,
    used_at TIMESTAMP NOT NULL
);
CREATE INDEX template_use_staff_id ON template_use (staff_id);
CREATE INDEX template_use_template_id ON template_use (template_id);
CREATE UNIQUE INDEX template_use_staff_id_template_id ON template_use (staff_id, template_id);

CREATE TABLE draft (
    id BIGSERIAL PRIMARY KEY,
    "key" TEXT NOT NULL,
    staff_id BIGINT NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    clinic_id BIGINT NOT NULL REFERENCES clinic (id) ON DELETE CASCADE,
    patient_id BIGINT NOT NULL REFERENCES patient (id) ON DELETE CASCADE,
    template_version_id BIGINT REFERENCES template_version (id) ON DELETE RESTRICT,
    written TEXT NOT NULL,
    signature TEXT NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL,
    also TEXT NOT NULL
);
CREATE UNIQUE INDEX draft_key ON draft ("key");
CREATE INDEX draft_staff_id_clinic_id ON draft (staff_id, clinic_id);
CREATE INDEX draft_patient_id ON draft (patient_id);
CREATE INDEX draft_template_version_id ON draft (template_version_id);
CREATE UNIQUE INDEX draft_staff_id_clinic_id_patient_id ON draft (staff_id, clinic_id, patient_id)
    WHERE also = '[]';

CREATE TABLE "case" (
    id BIGSERIAL PRIMARY KEY,
    reference TEXT NOT NULL,
    "key" TEXT NOT NULL,
    clinic_id BIGINT NOT NULL REFERENCES clinic (id) ON DELETE RESTRICT,
    sender_id BIGINT NOT NULL REFERENCES staff (id) ON DELETE RESTRICT,
    patient_id BIGINT NOT NULL REFERENCES patient (id) ON DELETE RESTRICT,
    template_version_id BIGINT NOT NULL REFERENCES template_version (id) ON DELETE RESTRICT,
    answerable BOOLEAN NOT NULL,
    title TEXT NOT NULL,
    written TEXT NOT NULL,
    given TEXT NOT NULL,
    signature TEXT NOT NULL,
    sent_at TIMESTAMP NOT NULL,
    read_at TIMESTAMP,
    answered_at TIMESTAMP,
    answers TEXT,
    answer_seen_at TIMESTAMP,
    version BIGINT NOT NULL,
    closed_at TIMESTAMP,
    closed_by_id BIGINT REFERENCES staff (id) ON DELETE RESTRICT,
    held_at TIMESTAMP,
    held_by TEXT NOT NULL,
    held_reason TEXT NOT NULL
);
CREATE UNIQUE INDEX case_reference ON "case" (reference);
CREATE UNIQUE INDEX case_key ON "case" ("key");
CREATE INDEX case_template_version_id ON "case" (template_version_id);
CREATE INDEX case_sender_id_clinic_id_sent_at_id ON "case" (sender_id, clinic_id, sent_at, id);
CREATE INDEX case_clinic_id_sent_at_id ON "case" (clinic_id, sent_at, id);
CREATE INDEX case_patient_id_clinic_id_sender_id ON "case" (patient_id, clinic_id, sender_id);
CREATE INDEX case_by_closing ON "case" (clinic_id, closed_at, id) WHERE closed_at IS NOT NULL;
CREATE INDEX case_unread ON "case" (clinic_id, id) WHERE read_at IS NULL;
CREATE INDEX case_unread_mine ON "case" (sender_id, clinic_id, id) WHERE read_at IS NULL;
CREATE INDEX case_read ON "case" (clinic_id, id) WHERE read_at IS NOT NULL AND answered_at IS NULL;
CREATE INDEX case_read_mine ON "case" (sender_id, clinic_id, id)
    WHERE read_at IS NOT NULL AND answered_at IS NULL;
CREATE INDEX case_answered ON "case" (clinic_id, id) WHERE answers IS NOT NULL;
CREATE INDEX case_answered_mine ON "case" (sender_id, clinic_id, id) WHERE answers IS NOT NULL;
CREATE INDEX case_unseen ON "case" (clinic_id, id)
    WHERE answered_at IS NOT NULL AND answer_seen_at IS NULL;
CREATE INDEX case_unseen_mine ON "case" (sender_id, clinic_id, id, answered_at, answer_seen_at)
    WHERE answered_at IS NOT NULL AND answer_seen_at IS NULL;
CREATE INDEX case_open ON "case" (clinic_id, id) WHERE closed_at IS NULL;
CREATE INDEX case_open_mine ON "case" (sender_id, clinic_id, id) WHERE closed_at IS NULL;
CREATE INDEX case_closed ON "case" (clinic_id, id) WHERE closed_at IS NOT NULL;
CREATE INDEX case_closed_mine ON "case" (sender_id, clinic_id, id) WHERE closed_at IS NOT NULL;

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE TABLE case_search (
    case_id BIGINT PRIMARY KEY REFERENCES "case" (id) ON DELETE CASCADE,
    clinic_id BIGINT NOT NULL,
    names TEXT NOT NULL,
    words TSVECTOR NOT NULL
);
-- By clinic too, so that the others cost nothing; "+ 0", since PostgreSQL would otherwise read all of the
-- clinic's cases from case_search_clinic_id_case_id to see which of them a word finds.
CREATE INDEX case_search_names ON case_search USING gin ((clinic_id + 0), names gin_trgm_ops);
CREATE INDEX case_search_words ON case_search USING gin ((clinic_id + 0), words);
CREATE INDEX case_search_clinic_id_case_id ON case_search (clinic_id, case_id);

CREATE TABLE answer_draft (
    id BIGSERIAL PRIMARY KEY,
    case_id BIGINT NOT NULL REFERENCES "case" (id) ON DELETE CASCADE,
    typed TEXT NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX answer_draft_case_id ON answer_draft (case_id);

CREATE TABLE retention_receipt (
    id BIGSERIAL PRIMARY KEY,
    clinic_id BIGINT NOT NULL REFERENCES clinic (id) ON DELETE RESTRICT,
    "at" TIMESTAMP NOT NULL,
    "by" TEXT NOT NULL,
    keep_days BIGINT NOT NULL,
    "count" BIGINT NOT NULL,
    oldest TIMESTAMP NOT NULL,
    newest TIMESTAMP NOT NULL,
    digest TEXT NOT NULL,
    last_case_id BIGINT NOT NULL
);
CREATE INDEX retention_receipt_clinic_id ON retention_receipt (clinic_id);
CREATE INDEX retention_receipt_clinic_id_at_id ON retention_receipt (clinic_id, "at", id);

CREATE TABLE access_log (
    id BIGSERIAL PRIMARY KEY,
    "at" TIMESTAMP NOT NULL,
    event TEXT NOT NULL,
    allowed BOOLEAN NOT NULL,
    actor_kind TEXT NOT NULL,
    staff_id BIGINT,
    actor_name TEXT NOT NULL,
    clinic_id BIGINT,
    patient_id BIGINT,
    case_id BIGINT,
    details TEXT NOT NULL,
    chain BIGINT NOT NULL,
    number BIGINT NOT NULL,
    "key" TEXT NOT NULL,
    mac TEXT NOT NULL
);
CREATE INDEX access_log_at ON access_log ("at");
CREATE INDEX access_log_staff_id ON access_log (staff_id);
CREATE INDEX access_log_patient_id ON access_log (patient_id);
CREATE UNIQUE INDEX access_log_chain_number ON access_log (chain, number);

CREATE TABLE log_review (
    id BIGSERIAL PRIMARY KEY,
    clinic_id BIGINT NOT NULL REFERENCES clinic (id) ON DELETE RESTRICT,
    staff_id BIGINT NOT NULL,
    reviewer TEXT NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "first" TEXT NOT NULL,
    "last" TEXT NOT NULL,
    entries TEXT NOT NULL,
    remarked TEXT NOT NULL,
    finished_at TIMESTAMP,
    outcome TEXT NOT NULL
);
CREATE INDEX log_review_clinic_id_at_id ON log_review (clinic_id, "at", id);

CREATE TABLE setting (
    id BIGSERIAL PRIMARY KEY,
    name TEXT NOT NULL,
    value TEXT NOT NULL
);
CREATE UNIQUE INDEX setting_name ON setting (name);
"""

# What was published is what patients answered, and history is what happened. The log: HSLF-FS 2016:40
# 4 kap. 9 §, kept at least five years, and its reviews are documented.
_RULES = """
CREATE FUNCTION stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%% never changes', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER template_version_stays BEFORE UPDATE OR TRUNCATE ON template_version
    FOR EACH STATEMENT EXECUTE FUNCTION stays();
CREATE TRIGGER template_change_stays BEFORE UPDATE OR TRUNCATE ON template_change
    FOR EACH STATEMENT EXECUTE FUNCTION stays();
CREATE TRIGGER access_log_stays BEFORE UPDATE OR TRUNCATE ON access_log
    FOR EACH STATEMENT EXECUTE FUNCTION stays();
CREATE TRIGGER access_log_is_kept BEFORE DELETE ON access_log
    FOR EACH ROW WHEN (OLD.at > (now() AT TIME ZONE 'UTC') - INTERVAL '5 years')
    EXECUTE FUNCTION stays();
CREATE TRIGGER log_review_stays BEFORE UPDATE OR DELETE ON log_review
    FOR EACH ROW WHEN (OLD.finished_at IS NOT NULL) EXECUTE FUNCTION stays();
CREATE TRIGGER log_review_is_kept BEFORE TRUNCATE ON log_review
    FOR EACH STATEMENT EXECUTE FUNCTION stays();
"""


def up(migrator: Any, db: Any) -> None:  # noqa: ARG001 - the runner's signature
    for statements in (_TABLES, _RULES):
        db.execute_sql(statements)

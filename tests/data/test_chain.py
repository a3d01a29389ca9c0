"""The MAC of an entry of the access log, against a text that is written out: others must be able to check."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from data.domain.chain import CONTENT, FIRST, mac
from data.store import log_chain, models
from data.store.log_chain import seal
from data.store.store import Store
from tests.conftest import Clinic, let_rows_be_rewritten
from tests.reliability.soundness import broken_links

KEY = bytes(range(32))

ENTRY: dict[str, object] = {
    "chain": 1,
    "number": 2,
    "at": "2026-03-02 08:00:00.000000",
    "event": "case.sent",
    "allowed": True,
    "actor_kind": "staff",
    "staff_id": 3,
    "actor_name": "Åsa Örn",
    "clinic_id": 1,
    "patient_id": None,
    "case_id": 4,
    "details": '{"name": "Ordination"}',
}

TEXT = (
    r'["before",1,2,"2026-03-02 08:00:00.000000","case.sent",1,"staff",3,"\u00c5sa \u00d6rn",1,null,4,'
    r'"{\"name\": \"Ordination\"}"]'
)
"""What the MAC of `ENTRY` covers when the one before it is "before"."""


def test_a_mac_is_an_hmac_of_the_text_that_the_documents_describe() -> None:
    assert mac(KEY, "before", ENTRY) == hmac.new(KEY, TEXT.encode("ascii"), hashlib.sha256).hexdigest()


def test_a_truth_counts_the_same_as_either_database_hands_it_out() -> None:
    assert mac(KEY, FIRST, {**ENTRY, "allowed": 1}) == mac(KEY, FIRST, ENTRY)


@pytest.mark.parametrize("column", CONTENT)
def test_every_column_counts(column: str) -> None:
    assert mac(KEY, FIRST, {**ENTRY, column: "something else"}) != mac(KEY, FIRST, ENTRY)


def test_the_key_and_the_entry_before_count() -> None:
    assert mac(KEY[::-1], FIRST, ENTRY) != mac(KEY, FIRST, ENTRY)
    assert mac(KEY, "before", ENTRY) != mac(KEY, FIRST, ENTRY)


@pytest.mark.files
def test_sealing_makes_links_of_entries_from_before_there_was_a_chain(clinic: Clinic, store: Store) -> None:
    for _ in range(2):
        clinic.send()
        clinic.send(clinic.eken, sender=clinic.dag)
    let_rows_be_rewritten()
    models.AccessLog.update(mac="", key="").execute()
    assert broken_links(store, list(models.AccessLog.select()))

    seal(store.log_keys)
    assert broken_links(store, list(models.AccessLog.select())) == []


@pytest.mark.files
def test_a_long_log_is_sealed_in_pieces(
    clinic: Clinic, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        clinic.send()
        clinic.send(clinic.eken, sender=clinic.dag)
    let_rows_be_rewritten()
    models.AccessLog.update(mac="", key="").execute()
    monkeypatch.setattr(log_chain, "_SEALED_AT_ONCE", 2)

    seal(store.log_keys)
    assert broken_links(store, list(models.AccessLog.select())) == []


@pytest.mark.files
def test_sealing_leaves_alone_what_is_sealed(clinic: Clinic, store: Store) -> None:
    clinic.send()
    before = [(entry.key, entry.mac) for entry in models.AccessLog.select()]

    seal(store.log_keys)  # the triggers would not have it written again
    assert [(entry.key, entry.mac) for entry in models.AccessLog.select()] == before

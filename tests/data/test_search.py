"""The search for cases: after any life of cases it finds what reading them all would find."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from peewee import Join
from playhouse.migrations import Runner

from data import cases, closing, inbox, patients, protected, retention
from data.case_rows import CaseFilter, CaseState
from data.domain.answers import Answers
from data.domain.paging import PAGE, Edge, Side
from data.domain.roles import StaffActor
from data.domain.text import clean, fold
from data.store import models, search, search_postgres
from data.store.checking import check_file
from data.store.database import current, open_store
from data.store.keys import EncryptionKey
from data.store.migrating import MIGRATIONS
from data.store.place import create_private
from data.store.search_sqlite import LONGER_MOST, SqliteIndex
from data.store.sqlite_file import connection_to
from data.store.store import Store
from tests.conftest import ANSWERS, Clinic, FrozenClock, Tokens, copied, make_clinic
from tests.data.at_rest import KEY
from tests.data.plans import plans
from tests.data.test_upgrade import ROWS
from tests.protecting import listed

OPTIONS = {"a": "Recept", "b": "Intyg"}
"""What `QUESTION` has the patient choose among."""


OLD_ROWS = (
    ROWS
    + """
INSERT INTO "case" (id, reference, "key", clinic_id, sender_id, patient_id, template_version_id, answerable,
    title, written, given, signature, sent_at, answered_at, answers)
    VALUES (2, 'B7X-2QPD', 'l', 1, 1, 1, 1, 1, 'Brev', '{"a": "Alvedon"}', '{}', 'Anna',
    '2026-01-01 09:00:00.000000', '2026-01-02 09:00:00.000000', '{"b": "Ring"}');
"""
)
"""What a clinic had written before there was an index."""


# What is found, told in full


def found_by_reading(actor: StaffActor, word: str) -> list[int]:
    """The ids that a search must find, newest first: every case of the clinic is read."""
    found = []
    for row in models.Case.select().where(models.Case.clinic == actor.clinic_id):
        seen = protected.reason_of(actor, row.patient_id) is not None or row.sender_id == actor.staff_id
        shown = seen or not row.patient.protected
        if shown and _stands_in(row, fold(clean(word))):
            found.append(row.id)
    return sorted(found, reverse=True)


def _stands_in(row: models.Case, word: str) -> bool:
    name, number, reference = fold(row.patient.name), row.patient.number, fold(row.reference)
    digits = re.sub("[-+]", "", word) if re.fullmatch("[0-9+-]*[0-9][0-9+-]*", word) else word
    if len(word) >= 3 and any(word in part for part in (name, number, reference)):
        return True
    if len(digits) >= 3 and digits in number:
        return True
    starts = [*name.split(), *_words(name), number, number[2:], number[8:], reference]
    if any(len(part) < 3 and start.startswith(part) for part in (word, digits) for start in starts):
        return True
    if word in fold(row.template_version.name) or word in fold(row.sender.name):
        return True
    return _stands_in_text(row, word)


def _stands_in_text(row: models.Case, word: str) -> bool:
    answers: Answers = json.loads(row.answers or "{}")
    texts = [*json.loads(row.written).values(), answers.get("ovrigt", "")]
    texts += [OPTIONS[one] for one in answers.get("hjalp", [])]
    there = {one for text in texts for one in _words(fold(text))}
    *whole, last = _words(word) or [""]
    begins = any(one == last or (len(last) >= 3 and one.startswith(last)) for one in there)
    return begins and there.issuperset(whole)


def _words(folded: str) -> list[str]:
    return re.findall(r"[^\W_]+", folded)


TEXTS = (
    "Ta en tablett Alvedon 500 mg vid behov",
    "Tabletterna tas på morgonen, 1-2 per dygn.\nRing vid ont i magen",
    "Undersökning och ultraljud; undantag: underlivet, under, undrar",
    "Åsa sa: e-post går bra",
    "behandlingsplan behandlingen behandlas behandling",
)
ASKED = (
    "tolvan", "vansson", "åsa", "asa", "örn", "to", "ö", "19121212-1212", "1212", "12", "8808", "20",
    "202389", "anna", "ceder", "ordin", "meddel", "tab", "tabl", "table", "tablett", "tabletter", "alvedon",
    "500", "mg", "1-2", "e-post", "post", "unde", "under", "und", "undersö", "behandl", "behandlings",
    "intyg", "recept", "magen", "ont", "ring", "nils", "de la", "o'", "o'hara", "-karin", "karin", "x", "%",
    "_", "tack",
)  # fmt: skip
NAMES = ("Nils de la Tour", "Anna-Karin Örn", "Siobhán O'Hara", "Bo Ek", "Tolvan Tolvansson")


class Life(RuleBasedStateMachine):
    """Cases are sent, answered, given other names, protected, closed and destroyed."""

    ready: Path
    quick: Path
    clinic: Clinic

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory(dir=self.quick)
        path = copied(self.ready, Path(self.folder.name) / "omvant.db")
        self.clock = FrozenClock()
        self.store = open_store(path, clock=self.clock, token=Tokens())

    def teardown(self) -> None:
        self.check_all()
        self.store.close()
        self.folder.cleanup()

    @rule(text=st.sampled_from(TEXTS), hidden=st.booleans(), by_cilla=st.booleans())
    def send(self, text: str, hidden: bool, by_cilla: bool) -> None:
        self.clock.move(minutes=1)
        sender = self.clinic.cilla if by_cilla else self.clinic.anna
        whom = self.clinic.hidden if hidden else self.clinic.tolvan
        self.clinic.send(self.clinic.question, sender=sender, patient=whom, written={"dos": text})

    @rule()
    def send_information(self) -> None:
        self.clinic.send()

    @precondition(lambda self: self.waiting())
    @rule(text=st.sampled_from(TEXTS), data=st.data(), chosen=st.sampled_from([[], ["a"], ["a", "b"]]))
    def answer(self, text: str, data: st.DataObject, chosen: list[str]) -> None:
        row = data.draw(st.sampled_from(self.waiting()))
        whom = self.clinic.hidden if row.patient_id == self.clinic.hidden.id else self.clinic.tolvan
        inbox.answer(self.clinic.as_patient(whom), row.id, {"ok": True, "ovrigt": text, "hjalp": chosen})

    @rule(name=st.sampled_from(NAMES))
    def rename(self, name: str) -> None:
        tolvan = patients.fetch(self.clinic.anna, self.clinic.tolvan.number)
        assert tolvan is not None
        patients.change(self.clinic.anna, tolvan.model_copy(update={"name": name}))

    @rule(name=st.sampled_from(["Anna Andersson", "Anna Örnsköld"]))
    def rename_the_sender(self, name: str) -> None:
        models.Staff.update(name=name, name_folded=fold(name)).where(
            models.Staff.id == self.clinic.anna.staff_id
        ).execute()

    @rule()
    def a_reason_ends(self) -> None:
        self.clock.move(hours=13)

    @rule()
    def destroy_the_oldest(self) -> None:
        case, anna, cilla = models.Case, self.clinic.anna, self.clinic.cilla
        for row in case.select().where(case.closed_at.is_null()).order_by(case.id).limit(2):
            closing.close(anna if row.sender_id == anna.staff_id else cilla, row.id, row.version)
        due = retention.due(self.clinic.bo)
        if not due.keep_days:
            due = retention.set_policy(self.clinic.bo, 30, due.version)
        self.clock.move(days=31)
        list(retention.batches(self.clinic.bo, retention.due(self.clinic.bo)))

    @invariant()
    def the_index_is_true(self) -> None:
        with self.store.reading():
            assert search.faults() == []

    def check_all(self) -> None:
        """At the end, since a list costs more than all acts before it."""
        for actor in (self.clinic.anna, self.clinic.cilla):
            own = {row.id for row in models.Case.select().where(models.Case.sender == actor.staff_id)}
            with self.store.reading():
                expected = {word: found_by_reading(actor, word) for word in ASKED}
            for word, ids in expected.items():
                assert listed(actor, word) == ids, word
                mine = cases.list_mine(actor, CaseFilter(words=(word,)), Edge()).rows
                assert [row.id for row in mine] == [one for one in ids if one in own], word
        assert listed(self.clinic.dag, "tolvan") == []

    def waiting(self) -> list[models.Case]:
        case = models.Case
        open_ones = case.answered_at.is_null() & case.closed_at.is_null() & case.answerable
        return list(case.select().where(open_ones))


def test_a_search_finds_what_reading_all_cases_finds(
    ready_made: tuple[Path, Clinic], quick_folder: Path
) -> None:
    class LifeHere(Life):
        ready, clinic = ready_made
        quick = quick_folder

    run_state_machine_as_test(
        LifeHere,
        settings=settings(
            max_examples=8, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


# What people type


@pytest.mark.parametrize(
    "word",
    [
        '"', "*", "tolvan*", '"tolvan', "NEAR", "NEAR(a b)", "-tolvan", "^tolvan",
        "tokens:tolvan", "AND NOT", "(", ")",
        "{x}", "'", "\\", "%", "_", "😀", "a OR b", "+", ":", "!", "<->", "&", "|",
        "1sannat", "/s1", "/t1",
    ],
)  # fmt: skip
def test_nothing_that_is_typed_is_an_operator(clinic: Clinic, word: str) -> None:
    clinic.send()

    assert listed(clinic.anna, word) == listed(clinic.anna, "tolvan", word) == []


def test_signs_are_found_where_they_stand(clinic: Clinic) -> None:
    sent = clinic.send(clinic.question, written={"dos": 'Bra! 😀 Läs "NEAR" och R&D-tabellen'})

    for word in ("😀", "near", '"near"', "r&d", "d-tab", "r&d-tabellen", "(läs)"):
        assert listed(clinic.anna, word) == [sent.id], word
    for word in ("d-mixtur", "tab-bra", "ea"):
        assert listed(clinic.anna, word) == [], word


def test_a_very_long_word_and_very_many_words_are_taken(clinic: Clinic) -> None:
    many = " ".join(f"ord{number}" for number in range(500))
    sent = clinic.send(clinic.question, written={"dos": f"{'ab' * 1_000} {many}"})

    assert listed(clinic.anna, "ab" * 1_000, "ord499") == [sent.id]
    assert listed(clinic.anna, *["tolvan"] * 1_000) == [sent.id]
    assert listed(clinic.anna, "tolvan" * 200) == []


def test_a_beginning_that_many_words_have_finds_them_all(clinic: Clinic) -> None:
    wanted = []
    for number in range(LONGER_MOST + 2):
        wanted.insert(0, clinic.send(clinic.question, written={"dos": f"behandling{number}x"}).id)
        assert listed(clinic.anna, "behandling") == wanted
    assert listed(clinic.anna, "behandling65") == wanted[:1]


@pytest.mark.parametrize("words", ["tabletterna", "tabletters värk"])
def test_a_server_knows_words_in_their_other_forms(clinic: Clinic, stored_on: str, words: str) -> None:
    sent = clinic.send(clinic.question, written={"dos": "Tabletter mot värken"})

    assert listed(clinic.anna, words) == ([sent.id] if stored_on == "postgresql" else [])


def test_a_search_is_of_one_clinic(clinic: Clinic) -> None:
    ours, theirs = clinic.send(), clinic.send(clinic.eken, sender=clinic.dag)

    assert (listed(clinic.anna, "tolvan"), listed(clinic.dag, "tolvan")) == ([ours.id], [theirs.id])
    assert (listed(clinic.anna, "dahl"), listed(clinic.dag, "ekens", "dahl")) == ([], [theirs.id])


@pytest.mark.parametrize(("few", "common"), [(1_000, 7), (1, 7), (1, 11)], ids=["few", "common", "rare"])
def test_pages_of_what_is_found(
    clinic: Clinic, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, few: int, common: int
) -> None:
    """A server goes through the cases for what is common, and asks its indexes for what is rare."""
    monkeypatch.setattr(search_postgres, "_FEW", few)
    monkeypatch.setattr(search_postgres, "_COMMON", common)
    wanted = []
    for number in range(2 * PAGE + 40):
        clock.move(seconds=1)
        sent = clinic.send(clinic.question, written={"dos": "tablett" if number % 3 else "mixtur"})
        wanted += [sent.id] if number % 3 else []
    wanted.reverse()

    def page(edge: Edge) -> list[int]:
        return [row.id for row in cases.list_assigned(clinic.cilla, CaseFilter(words=("tabl",)), edge).rows]

    first = cases.list_assigned(clinic.cilla, CaseFilter(words=("tabl",)), Edge())
    assert ([row.id for row in first.rows], first.at_start, first.at_end) == (wanted[:PAGE], True, False)
    beside = {"at": first.rows[-1].sent_at, "id": first.rows[-1].id}
    assert page(Edge(side=Side.AFTER, **beside)) == wanted[PAGE : 2 * PAGE]
    assert page(Edge(side=Side.FROM, **beside)) == wanted[PAGE - 1 : 2 * PAGE - 1]
    assert page(Edge(side=Side.BEFORE, **beside)) == wanted[: PAGE - 1]
    assert page(Edge(side=Side.LAST)) == wanted[-PAGE:]


# How it is answered


@pytest.mark.server
def test_what_is_rare_is_looked_for_among_the_clinics_own_in_the_index(
    clinic: Clinic, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_postgres, "_FEW", 1)
    monkeypatch.setattr(search_postgres, "_COMMON", 11)
    clinic.send()
    # What is so small it would read whole, or case by case, whatever there is.
    store.database.execute_sql(
        "SET enable_seqscan = off; SET enable_indexscan = off; SET enable_nestloop = off"
    )
    with plans(store) as plan:
        cases.list_assigned(clinic.anna, CaseFilter(words=("tolvan",)), Edge())
    steps = [line.strip(" ->") for line in plan('"case" AS "t1"').splitlines()]

    at = next(
        place for place, step in enumerate(steps) if step.startswith("Bitmap Index Scan on case_search_")
    )
    assert steps[at + 1].startswith("Index Cond: ((clinic_id + 0) = '1'::bigint)")


@pytest.mark.files
def test_a_search_begins_with_what_is_found_and_stops_when_a_page_is_full(
    clinic: Clinic, store: Store
) -> None:
    clinic.send()
    with plans(store) as plan:
        cases.list_assigned(clinic.anna, CaseFilter(words=("tolvan",), state=CaseState.OPEN), Edge())
    steps = plan("case_search").splitlines()

    assert "VIRTUAL TABLE" in steps[0]
    assert steps[0].endswith(":M1")
    assert not any("TEMP B-TREE" in step or "SCAN t1" in step for step in steps)


@pytest.mark.files
@pytest.mark.parametrize(
    ("state", "name"),
    [
        (CaseState.SENT, "unread"),
        (CaseState.READ, "read"),
        (CaseState.ANSWERED, "answered"),
        (CaseState.UNSEEN, "unseen"),
        (CaseState.OPEN, "open"),
        (CaseState.CLOSED, "closed"),
    ],
)
def test_each_state_has_its_indexes(clinic: Clinic, store: Store, state: CaseState, name: str) -> None:
    edge = Edge(side=Side.AFTER, at=store.clock(), id=5)
    for read, index in ((cases.list_mine, f"case_{name}_mine "), (cases.list_assigned, f"case_{name} ")):
        with plans(store) as plan:
            read(clinic.anna, CaseFilter(state=state), edge)
        assert f"USING INDEX {index}" in plan("ORDER BY")
        assert "TEMP B-TREE" not in plan("ORDER BY")


@pytest.mark.files
def test_the_indexes_of_states_are_what_the_models_say(store: Store, tmp_path: Path) -> None:
    """Comparing the tables with the models knows them by their names."""

    def conditions() -> dict[str, str]:
        found = models.database.execute_sql("SELECT name, sql FROM sqlite_master WHERE sql LIKE '% WHERE %'")
        return {name: re.sub(r'[()"]', "", sql.partition(" WHERE ")[2]) for name, sql in found}

    migrated = conditions()
    other = open_store(tmp_path / "other.db", create=True)
    other.database.drop_tables(models.TABLES)
    other.database.create_tables(models.TABLES)
    assert {name: migrated[name] for name in conditions()} == conditions()
    other.close()


# At rest


@pytest.fixture(params=[None, KEY], ids=["plain", "encrypted"])
def key(request: pytest.FixtureRequest) -> EncryptionKey | None:
    found: EncryptionKey | None = request.param
    return found


@pytest.fixture
def own(
    tmp_path: Path, key: EncryptionKey | None, clock: FrozenClock, password_hash: str
) -> Iterator[Clinic]:
    """The clinic in a file of its own, open, encrypted or not."""
    store = open_store(tmp_path / "own.db", key=key, create=True, clock=clock, token=Tokens())
    with store.writing():
        made = make_clinic(password_hash)
    yield made
    store.close()


def test_a_file_is_searched_and_checked_whether_encrypted_or_not(
    own: Clinic, tmp_path: Path, key: EncryptionKey | None
) -> None:
    sent = own.answered()
    with current().writing():
        while SqliteIndex(current().database).merge_some():
            pass

    assert listed(own.anna, "tolvan", "intyg") == [sent.id]
    checked = list(check_file(tmp_path / "own.db", key))
    assert not any(one.faults for one in checked)


def test_what_was_destroyed_leaves_no_word_in_the_file(
    database_file: Path, ready_made: tuple[Path, Clinic], clock: FrozenClock
) -> None:
    clinic = ready_made[1]
    store = open_store(database_file, clock=clock, token=Tokens())
    kept = clinic.send(clinic.question, written={"dos": "mixtur"})
    gone = clinic.send(clinic.question, written={"dos": "knölsvullnad mixtur"})
    inbox.answer(clinic.as_patient(), gone.id, {**ANSWERS, "ovrigt": "hemlighetsord"})
    closing.close(clinic.anna, gone.id, 2)
    due = retention.set_policy(clinic.bo, 30, 1)
    clock.move(days=31)
    list(retention.batches(clinic.bo, retention.due(clinic.bo)))

    assert due.keep_days == 30
    assert listed(clinic.anna, "mixtur") == [kept.id]
    store.close()
    content = database_file.read_bytes()
    assert b"mixtur" in content
    for word in ("knölsvullnad", "hemlighet", "lsvullnad", "lighetsord"):
        assert word.encode() not in content


def test_a_database_from_before_the_index_is_filled_when_it_is_brought_up_to_date(
    tmp_path: Path, key: EncryptionKey | None, clock: FrozenClock, password_hash: str
) -> None:
    path = tmp_path / "old.db"
    create_private(path)
    database = connection_to(path, key)
    database.connect()
    database.pragma("journal_mode", "wal")
    Runner(database, str(MIGRATIONS)).up("0001_initial")
    for statement in OLD_ROWS.strip().rstrip(";").split(";\n"):
        database.execute_sql(statement)
    database.close()
    store = open_store(path, key=key, clock=clock)
    with store.reading():
        assert search.faults() == []
        for words, ids in ((("tolv",), [1, 2]), (("alved", "rin"), [2]), (("rings",), [])):
            found = search.matching(1, words)
            rows = models.Case.select(models.Case.id).from_(
                Join(found.source, models.Case, found.join, on=found.key == models.Case.id)
            )
            assert [row.id for row in rows.where(found.condition).order_by(models.Case.id)] == ids
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO case_search (case_search) VALUES ('delete-all')",
        "UPDATE patient SET name_folded = 'någon annan'",
        """UPDATE "case" SET answers = '{"ovrigt": "ord som ingen har sett"}'""",
        'PRAGMA foreign_keys = 0; DELETE FROM "case"',
    ],
)
def test_an_index_that_is_not_true_is_noticed(
    database_file: Path, ready_made: tuple[Path, Clinic], statement: str
) -> None:
    store = open_store(database_file)
    sent = ready_made[1].answered()
    for one in statement.split("; "):
        store.database.execute_sql(one)
    store.close()
    faults = [str(fault) for one in check_file(database_file, None) for fault in one.faults]

    assert f"the search does not agree with case {sent.id}" in faults

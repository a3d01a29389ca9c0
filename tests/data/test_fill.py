"""A filled database: it is what people could have made, sound in every way, and the same every time."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data import cases, demo, inbox, staff, storage, templates
from data.case_forms import form_as_sent
from data.case_rows import CaseFilter, CaseState
from data.domain.answers import Writer, check
from data.domain.errors import Conflict, Invalid, Message
from data.domain.identity import PersonalIdentityNumber
from data.domain.paging import Edge
from data.domain.placeholders import given
from data.domain.roles import OperatorActor, Role, StaffActor, Visitor
from data.fill import LEAST, beside, fill
from data.fill.people import number_of, patient
from data.store import models, search
from data.store.database import open_store
from data.store.log_keys import path_beside
from data.store.store import Store

CASES = 2_000
READY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DIFFERENT = {"staff": {"password_hash"}, "access_log": {"key", "mac"}}
"""What is drawn anew each time: salts, and the key of the log."""


def clock() -> datetime:
    return READY


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("filled") / "filled.db"
    fill(made, CASES, clock=clock)
    return made


@pytest.fixture
def opened(path: Path) -> Iterator[Store]:
    store = open_store(path, clock=clock)
    yield store
    store.close()


@pytest.fixture
def changed(path: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of it, open, for tests that work with it."""
    copy = tmp_path / "copy.db"
    for one, other in ((path, copy), (path_beside(path), path_beside(copy))):
        shutil.copyfile(one, other)
    store = open_store(copy, clock=clock)
    yield store
    store.close()


def actor(username: str) -> StaffActor:
    (found,) = staff.sign_in(Visitor(), username, demo.PASSWORD).actors
    return found


def rows_of(store: Store) -> dict[str, str]:
    """A digest of each table's rows, save what is drawn anew each time."""
    digests = {}
    for table in models.TABLES:
        name = table._meta.table_name
        left_out = DIFFERENT.get(name, set())
        columns = [field for field in table._meta.sorted_fields if field.name not in left_out]
        rows = list(table.select(*columns).order_by(table.id).tuples())
        digests[name] = f"{len(rows)} {hashlib.sha256(repr(rows).encode()).hexdigest()}"
    return {**digests, "search": index_of(store)}


def index_of(store: Store) -> str:
    """A digest of all words of the search index, with the cases and the places where they stand."""
    database = store.database
    database.execute_sql("CREATE VIRTUAL TABLE temp.word USING fts5vocab (main, case_search, instance)")
    words = list(database.execute_sql("SELECT * FROM search_word ORDER BY clinic_id, word"))
    found = list(database.execute_sql("SELECT term, doc, col, offset FROM temp.word"))
    database.execute_sql("DROP TABLE temp.word")
    assert len(found) > 1_000
    return hashlib.sha256(repr([words, found]).encode()).hexdigest()


def test_omvant_check_finds_nothing_wrong(path: Path) -> None:
    assert [
        str(one.about) for one in storage.check(OperatorActor(name="drift"), path, None) if one.faults
    ] == []


def test_the_log_tells_of_all_that_happened_in_the_order_of_time(opened: Store) -> None:
    log, case = models.AccessLog, models.Case
    events = Counter(event for (event,) in log.select(log.event).where(log.case_id.is_null(False)).tuples())
    moments = [at for (at,) in log.select(log.at).where(log.case_id.is_null(False)).order_by(log.id).tuples()]
    happened = {
        "case.sent": case.sent_at,
        "inbox.opened": case.read_at,
        "inbox.answered": case.answered_at,
        "case.opened": case.answer_seen_at,
        "case.closed": case.closed_at,
    }

    assert events == {name: case.select().where(at.is_null(False)).count() for name, at in happened.items()}
    assert moments == sorted(moments)
    assert moments[-1] <= READY
    told = log.get(log.event == "inbox.answered")
    of = case.get_by_id(told.case_id)
    assert (told.at, told.patient_id, told.clinic_id) == (of.answered_at, of.patient_id, of.clinic_id)


def test_a_hundred_staff_at_ten_clinics_and_a_fifth_as_many_patients_as_cases(opened: Store) -> None:
    roles = Counter((row.clinic_id, row.role) for row in models.StaffRole.select())

    assert models.Clinic.select().count() == 10
    assert models.Staff.select().count() == 100
    assert all(roles[clinic.id, Role.CARE_PROVIDER] == 8 for clinic in models.Clinic.select())
    assert all(roles[clinic.id, Role.ADMINISTRATOR] == 1 for clinic in models.Clinic.select())
    assert models.Patient.select().count() == CASES // 5
    assert models.Case.select().count() == CASES


def test_shares_are_believable(opened: Store) -> None:
    case = models.Case

    def share(*where: object) -> float:
        return case.select().where(*where).count() / CASES

    assert 0.75 < share(case.read_at.is_null(False)) < 0.95
    assert 0.3 < share(case.answered_at.is_null(False)) < 0.6
    assert 0.1 < share(case.closed_at.is_null(False)) < 0.7
    assert len({row.template_version_id for row in case.select()}) > 200
    assert 1 <= models.Patient.select().where(models.Patient.protected).count() <= CASES // 100
    assert 1 <= models.Patient.select().where(~models.Patient.reachable).count() <= CASES // 100


def test_each_sender_has_some_answers_to_see_and_two_drafts(opened: Store) -> None:
    case = models.Case
    waiting = case.select().where(case.answered_at.is_null(False), case.answer_seen_at.is_null())
    senders = Counter(row.sender_id for row in waiting)
    sent = Counter(row.sender_id for row in case.select())

    assert len(sent) == 80
    assert len(senders) > 70
    assert max(senders.values()) <= 25
    assert Counter(row.staff_id for row in models.Draft.select()) == dict.fromkeys(sent, 2)
    assert {row.staff_id for row in models.TemplateUse.select()} == sent.keys()


def test_numbers_are_valid_and_made_up(opened: Store) -> None:
    numbers = [
        PersonalIdentityNumber.parse(row.number, today=READY.date()) for row in models.Patient.select()
    ]

    assert len({*numbers}) == len(numbers)
    assert any(number.is_coordination for number in numbers)
    assert all(number.digits[8] == "9" for number in numbers[1:])


def test_numbers_of_millions_of_patients_differ() -> None:
    some = [*range(1, 80_000), *range(1_900_000, 1_980_000)]

    assert len({number_of(one) for one in some}) == len(some)
    assert patient(1_950_000).number == str(PersonalIdentityNumber(number_of(1_950_000))).replace("-", "")


def test_cases_hold_what_operations_would_have_written(opened: Store) -> None:
    checked = 0
    for row in models.Case.select().where(models.Case.id % 20 == 0):
        form = form_as_sent(row)
        sender = row.sender
        assert row.signature == f"{sender.name}, {sender.title}"
        assert json.loads(row.given) == given(
            patient=row.patient.name,
            clinic=row.clinic.name,
            signature=row.signature,
            date=row.sent_at.date(),
        )
        assert not check(form, json.loads(row.written), Writer.STAFF).problems
        assert row.template_version.template.clinic_id == row.clinic_id
        assert row.version == 1 + bool(row.answered_at) + bool(row.closed_at)
        if row.answered_at:
            answered = check(form, json.loads(row.answers), Writer.PATIENT)
            assert json.loads(row.answers) == answered.values
            checked += 1
    assert checked > 20


def test_it_opens_as_a_demo_and_lists_search_and_inbox_work(changed: Store) -> None:
    assert demo.is_demo()
    anna = actor("anna")
    mine = cases.list_mine(anna, CaseFilter(), Edge())
    waiting = cases.list_mine(anna, CaseFilter(state=CaseState.UNSEEN), Edge())
    newest = mine.rows[0]

    assert newest.patient_name == "Tolvan Tolvansson"
    assert cases.news(anna).unseen == len(waiting.rows) > 0
    opened = cases.open_case(anna, waiting.rows[0].id)
    assert opened.answers
    for words in ((opened.reference.lower(),), ("tolvan", "tolvans"), (newest.template.lower(),)):
        assert cases.list_mine(anna, CaseFilter(words=words), Edge()).rows, words
    assert templates.published(anna)[0].name == newest.template

    number, code = demo.patient_code()
    tolvan = inbox.sign_in(Visitor(), number, code)
    assert tolvan is not None
    letter = inbox.open_letter(tolvan, inbox.list_mine(tolvan, Edge()).rows[0].id)
    assert letter.form.answerable
    assert letter.answered_at is None


def test_the_search_index_is_the_one_that_operations_make(changed: Store) -> None:
    before = index_of(changed)
    with changed.writing():
        changed.database.execute_sql("INSERT INTO case_search (case_search) VALUES ('delete-all')")
        changed.database.execute_sql("DELETE FROM search_word")
        search.add([row.id for row in models.Case.select(models.Case.id)])

    assert index_of(changed) == before


def test_it_is_the_same_every_time_in_one_process_or_two(
    opened: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tmp_path / "one.db"
    fill(first, LEAST, clock=clock)
    monkeypatch.setattr(beside, "WORTH_IT", 0)
    second = tmp_path / "two.db"
    fill(second, LEAST, clock=clock)

    found = []
    for one in (first, second):
        store = open_store(one, clock=clock)
        found.append(rows_of(store))
        store.close()
    assert found[0] == found[1]


def test_it_tells_how_far_it_has_come(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    fill(
        tmp_path / "one.db", LEAST, clock=clock, progress=lambda what, share: told.append((what.text, share))
    )
    shares = [share for _what, share in told]

    assert shares == sorted(shares)
    assert 0 <= shares[0] < 0.1
    assert 0.9 < shares[-1] <= 1
    assert len({what for what, _share in told}) > 4


def test_files_that_exist_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "clinic.db"
    for taken in (path, path_beside(path)):
        taken.write_text("en mottagning")
        with pytest.raises(Conflict):
            fill(path, LEAST)
        assert taken.read_text() == "en mottagning"
        assert list(tmp_path.iterdir()) == [taken]
        taken.unlink()


def test_too_few_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        fill(tmp_path / "one.db", LEAST - 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("moment", "processes"),
    [
        ("Clinics, staff and templates", 1),
        ("Cases and the access log", 1),
        ("Cases and the access log", 2),
        ("Writing to the disk", 1),
    ],
)
def test_cut_off_it_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, processes: int
) -> None:
    monkeypatch.setattr(beside, "WORTH_IT", 0 if processes == 2 else 10**9)

    def cut_off(what: Message, _share: float) -> None:
        if what.text == moment:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(tmp_path / "one.db", LEAST, progress=cut_off)
    assert list(tmp_path.iterdir()) == []


def test_what_an_earlier_one_left_is_in_nobodys_way(tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    for ending in ("", "-rows", "-wal", ".log-keys"):
        path.with_name(f"one.db.unfinished{ending}").write_bytes(b"half")
    fill(path, LEAST, clock=clock)

    assert sorted(one.name for one in tmp_path.iterdir()) == ["one.db", "one.db.log-keys"]
    assert all(one.stat().st_mode & 0o077 == 0 for one in tmp_path.iterdir())

"""What all tests share: a database for each test, a clock that tests move, and a clinic with its people.

The database is made once by each worker and copied, so a test pays for a copy and not for migrations or
hashes. Tests of `tests/data` that use `store`, and journeys, run twice: on a file and on a PostgreSQL server.
Those that are about files alone say so: they ask for `database_file`, or are marked `files`; those about
servers alone are marked `server`.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from inspect import signature
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from peewee import ModelInsert
from sqlcipher3 import dbapi2 as sqlite

from data import cases, drafts, inbox, patients, protected, templates
from data.domain.answers import Answers
from data.domain.forms import Confirmation, Form, LongText, Option, SeveralChoices, Text, WhiteBox, YesNo
from data.domain.identity import PersonalIdentityNumber
from data.domain.roles import OperatorActor, PatientActor, Role, StaffActor, Visitor
from data.domain.secret import hashed
from data.domain.text import fold
from data.store import models
from data.store.database import current, open_store
from data.store.log_keys import path_beside
from data.store.postgres_store import PostgresStore
from data.store.store import Store
from data.templates import PublishedTemplate
from tests.postgres import PostgresServer

pytest_plugins = ("tests.proofs",)

_CONFORMANCE = Path(__file__).parents[2] / "shared" / "conformance"

PASSWORD = "correct horse battery"
"""Everybody's password in tests."""

REASON = "Besök i morgon"
"""Why people in tests need the data of a patient with protected identity."""

PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f anna@kontoret"
"""An SSH key that nobody has the other half of."""

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""When every test begins: a Monday, 9 o'clock in Sweden."""

TODAY = date(2026, 3, 2)

INFORMATION = Form(
    staff_instruction="Bara normala svar",
    answerable=False,
    items=(Text(id="hej", wording="Hej! Dina provsvar är normala."),),
)

QUESTION = Form(
    staff_instruction="Skriv dosen",
    patient_instruction="Läs och bekräfta",
    items=(
        WhiteBox(id="dos", wording="Dosering", help="Hur mycket och hur ofta", default="1 tablett"),
        Confirmation(id="ok", wording="Jag har förstått"),
        YesNo(id="rok", wording="Röker du?", required=False),
        LongText(id="ovrigt", wording="Något mer?", required=False),
        SeveralChoices(
            id="hjalp",
            wording="Vad behöver du hjälp med?",
            required=False,
            options=(Option(id="a", wording="Recept"), Option(id="b", wording="Intyg")),
        ),
    ),
)

ANSWERS: Answers = {"ok": True, "rok": False, "ovrigt": "Nej tack", "hjalp": ["b"]}
"""A full answer to `QUESTION`."""


class FrozenClock:
    """Time stands still until a test moves it."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        """Let time pass: `move(minutes=5)`. Returns the new moment."""
        self.now += timedelta(**by)
        return self.now


class Tokens:
    """Keys that are the same in every run, and never the same twice."""

    def __init__(self) -> None:
        self.given = 0

    def __call__(self) -> str:
        self.given += 1
        return f"token-{self.given:06}"


@dataclass(frozen=True)
class Clinic:
    """Vårdcentralen Björken and its people; `dag` holds two roles at Vårdcentralen Eken."""

    staff: Mapping[str, StaffActor]
    """Everyone by user name; the names below have just signed in, whenever they are asked for."""
    tolvan: patients.Patient
    hidden: patients.Patient
    """Protected identity."""
    unreachable: patients.Patient
    """Can't be reached digitally."""
    information: PublishedTemplate
    """Published by Bo as "Meddelande om provsvar": `INFORMATION`."""
    question: PublishedTemplate
    """Published by Bo as "Ordination": `QUESTION`."""
    eken: PublishedTemplate
    """Published by Dag at the other clinic as "Ekens mall": `INFORMATION`."""

    operator = OperatorActor(name="drift")
    visitor = Visitor()

    @property
    def anna(self) -> StaffActor:
        """Care provider."""
        return self._signed_in("anna")

    @property
    def cilla(self) -> StaffActor:
        """Care provider."""
        return self._signed_in("cilla")

    @property
    def bo(self) -> StaffActor:
        """Administrator."""
        return self._signed_in("bo")

    @property
    def gun(self) -> StaffActor:
        """Log auditor."""
        return self._signed_in("gun")

    @property
    def dag(self) -> StaffActor:
        """Care provider and administrator, at the other clinic."""
        return self._signed_in("dag")

    def _signed_in(self, username: str) -> StaffActor:
        return self.staff[username].model_copy(update={"signed_in_at": current().clock()})

    def as_patient(self, patient: patients.Patient | None = None) -> PatientActor:
        """A patient who has signed in; Tolvan unless another is named."""
        who = patient or self.tolvan
        return PatientActor(
            patient_id=who.id, number=who.number, name=who.name, signed_in_at=current().clock()
        )

    def draft(
        self,
        template: PublishedTemplate | None = None,
        *,
        sender: StaffActor | None = None,
        patient: patients.Patient | None = None,
        written: dict[str, str] | None = None,
    ) -> drafts.Draft:
        """A saved draft, ready to be sent: Anna's to Tolvan with the information, unless told otherwise. To a
        protected patient a reason is stated first."""
        if patient is not None and patient.protected:
            protected.state_reason(sender or self.anna, patient.id, REASON)
        begun = drafts.begin(sender or self.anna, (patient or self.tolvan).id)
        filled = {"template": template or self.information, "written": written or {}}
        return drafts.save(sender or self.anna, begun.model_copy(update=filled))

    def send(
        self,
        template: PublishedTemplate | None = None,
        *,
        sender: StaffActor | None = None,
        patient: patients.Patient | None = None,
        written: dict[str, str] | None = None,
    ) -> cases.SentCase:
        """A sent case, as `draft` makes it."""
        draft = self.draft(template, sender=sender, patient=patient, written=written)
        return cases.send(sender or self.anna, draft, draft.key)

    def ask(self, *, sender: StaffActor | None = None) -> cases.SentCase:
        """A sent question, with its white box filled in."""
        return self.send(self.question, sender=sender, written={"dos": "1 tablett"})

    def answered(self, *, sender: StaffActor | None = None) -> cases.SentCase:
        """A sent question that Tolvan has opened and answered."""
        sent = self.ask(sender=sender)
        inbox.open_letter(self.as_patient(), sent.id)
        inbox.answer(self.as_patient(), sent.id, ANSWERS)
        return sent


@pytest.fixture(scope="session")
def conformance() -> Path:
    """The folder of public test material, read in place; tests that need it are skipped without it."""
    if not _CONFORMANCE.is_dir():
        pytest.skip(f"public test material is not at {_CONFORMANCE}")
    return _CONFORMANCE


@pytest.fixture
def clock() -> FrozenClock:
    """The clock of the open store."""
    return FrozenClock()


@pytest.fixture
def tokens() -> Tokens:
    """The source of keys of the open store."""
    return Tokens()


@pytest.fixture(scope="session")
def password_hash() -> str:
    """`PASSWORD`, hashed once."""
    return hashed(PASSWORD)


@pytest.fixture(scope="session")
def ready_made(tmp_path_factory: pytest.TempPathFactory, password_hash: str) -> tuple[Path, Clinic]:
    """A closed database file with the clinic in it, to be copied; and the clinic."""
    path = tmp_path_factory.mktemp("ready") / "omvant.db"
    store = open_store(path, create=True, clock=FrozenClock(), token=Tokens())
    with store.writing():
        made = make_clinic(password_hash)
    store.close()
    return path, made


@pytest.fixture
def database_file(ready_made: tuple[Path, Clinic], tmp_path: Path) -> Path:
    """The test's own copy of the clinic's database, not open."""
    return copied(ready_made[0], tmp_path / "omvant.db")


@pytest.fixture
def quick_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where the system has one: what is asked to be on the disk is there at once."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder in it has a name of its own
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as folder:
        yield Path(folder)


@pytest.fixture
def stored_on() -> str:
    """Which kind of database the test runs on: "file" or "postgresql"."""
    return "file"


def pytest_configure() -> None:
    """Let Ctrl+C reach the programs that tests start: a shell turns it off for what runs in the background,
    and what that starts inherits it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is about no particular kind of database on both."""
    alone = {"database_file", "ready_made"} & signature(metafunc.function).parameters.keys()
    files = alone or metafunc.definition.get_closest_marker("files")
    both = "tests/data/" in metafunc.definition.nodeid or metafunc.definition.get_closest_marker("both")
    on_server_alone = metafunc.definition.get_closest_marker("server")
    if "stored_on" in metafunc.fixturenames and (both or on_server_alone) and not files:
        metafunc.parametrize("stored_on", ["postgresql"] if on_server_alone else ["file", "postgresql"])


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    """The worker's own PostgreSQL server, started when a test first needs it."""
    started = PostgresServer()
    try:
        yield started.make()
    finally:
        started.remove()


@pytest.fixture(scope="session")
def ready_on_server(
    server: PostgresServer, tmp_path_factory: pytest.TempPathFactory, password_hash: str
) -> tuple[Path, Clinic]:
    """The keys of the access log of the server's database `ready`, which holds the clinic; and the clinic."""
    server.do("CREATE DATABASE ready")
    keys = tmp_path_factory.mktemp("ready") / "ready.log-keys"
    store = open_store(server.url("ready"), create=True, log_keys=keys, clock=FrozenClock(), token=Tokens())
    with store.writing():
        made = make_clinic(password_hash)
    store.close()
    return keys, made


@dataclass(frozen=True)
class Place:
    """Where a test's database is, not open: what `open_store` wants to know."""

    url: str
    log_keys: Path | None = None


@pytest.fixture
def place(stored_on: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """The test's own copy of the clinic's database, of the kind that it runs on."""
    if stored_on == "file":
        yield Place(str(request.getfixturevalue("database_file")))
        return
    server: PostgresServer = request.getfixturevalue("server")
    keys, _clinic = request.getfixturevalue("ready_on_server")
    with copied_database(server, "ready") as url:
        yield Place(url, Path(shutil.copy(keys, tmp_path / "omvant.log-keys")))


@contextmanager
def copied_database(server: PostgresServer, original: str) -> Iterator[str]:
    """The URL of a copy of a server's database, which is gone when the block ends."""
    name = f"copy_{next(_numbers)}"
    server.do(f"CREATE DATABASE {name} TEMPLATE {original} STRATEGY FILE_COPY")
    try:
        yield server.url(name)
    finally:
        server.do(f"DROP DATABASE {name} WITH (FORCE)")


_numbers = count()


@pytest.fixture
def store(place: Place, clock: FrozenClock, tokens: Tokens) -> Iterator[Store]:
    """The test's own database with the clinic in it, open."""
    opened = open_store(place.url, log_keys=place.log_keys, clock=clock, token=tokens)
    yield opened
    opened.close()


@pytest.fixture
def elsewhere(store: Store) -> Iterator[Callable[..., None]]:
    """Another terminal, which writes at once or fails: SQL with `?` for values."""
    if not isinstance(store, PostgresStore):
        file = sqlite.connect(store.url, isolation_level=None, timeout=0, check_same_thread=False)
        yield lambda statement, *values: file.execute(statement, values)
        file.close()
        return
    with psycopg.connect(store.url, autocommit=True) as connection:
        connection.execute("SET lock_timeout = 1")
        yield lambda statement, *values: connection.execute(statement.replace("?", "%s"), values)


@pytest.fixture
def clinic(store: Store, stored_on: str, request: pytest.FixtureRequest) -> Clinic:
    """The clinic in the open database."""
    name = "ready_made" if stored_on == "file" else "ready_on_server"
    made: tuple[Path, Clinic] = request.getfixturevalue(name)
    return made[1]


def make_clinic(password_hash: str) -> Clinic:
    bjorken = models.Clinic.create(name="Vårdcentralen Björken")
    eken = models.Clinic.create(name="Vårdcentralen Eken")

    def person(username: str, name: str, title: str, clinic: models.Clinic, *roles: Role) -> StaffActor:
        row = models.Staff.create(
            username=username, name=name, name_folded=fold(name), title=title, password_hash=password_hash
        )
        for role in roles:
            models.StaffRole.create(staff=row, clinic=clinic, role=role)
        return StaffActor(
            staff_id=row.id,
            username=username,
            name=name,
            title=title,
            clinic_id=clinic.id,
            clinic_name=clinic.name,
            roles=frozenset(roles),
            signed_in_at=START,
        )

    anna = person("anna", "Anna Andersson", "sjuksköterska", bjorken, Role.CARE_PROVIDER)
    bo = person("bo", "Bo Bengtsson", "", bjorken, Role.ADMINISTRATOR)
    dag = person("dag", "Dag Dahl", "läkare", eken, Role.CARE_PROVIDER, Role.ADMINISTRATOR)

    def patient(digits: str, name: str, **marks: bool) -> patients.Patient:
        new = patients.NewPatient(number=PersonalIdentityNumber(digits), name=name, **marks)
        return patients.register(anna, new)

    cilla = person("cilla", "Cilla Ceder", "läkare", bjorken, Role.CARE_PROVIDER)
    gun = person("gun", "Gun Granberg", "", bjorken, Role.LOG_AUDITOR)
    return Clinic(
        staff={one.username: one for one in (anna, cilla, bo, gun, dag)},
        tolvan=patient("191212121212", "Tolvan Tolvansson"),
        hidden=patient("198808202389", "Åsa Örn", protected=True),
        unreachable=patient("194410119046", "Maria Johansson", reachable=False),
        information=publish(bo, "Meddelande om provsvar", INFORMATION),
        question=publish(bo, "Ordination", QUESTION),
        eken=publish(dag, "Ekens mall", INFORMATION),
    )


def copied(database: Path, to: Path) -> Path:
    """A copy of a closed database, with the keys of its access log; returns `to`."""
    shutil.copy(database, to)
    shutil.copy(path_beside(database), path_beside(to))
    return to


def publish(administrator: StaffActor, name: str, form: Form) -> PublishedTemplate:
    """A new template, published, as staff may send it."""
    made = templates.create(administrator, name, form)
    templates.publish(administrator, made.id, made.version)
    row = models.TemplateVersion.get(models.TemplateVersion.template == made.id)
    return templates.as_published(row)


def on_server() -> bool:
    """Whether the open database is on a PostgreSQL server."""
    return isinstance(current(), PostgresStore)


def let_table_refuse(table: str) -> None:
    """Make the open database refuse every new row of a table, a server as it does when its disk is full."""
    database = current().database
    if not on_server():
        refusing = f"CREATE TRIGGER refuse BEFORE INSERT ON {table} BEGIN SELECT RAISE(FAIL, 'no room'); END"
        database.execute_sql(refusing)
        return
    database.execute_sql(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$"
    )
    database.execute_sql(f"CREATE TRIGGER refuse BEFORE INSERT ON {table} EXECUTE FUNCTION refuse()")


def let_table_take_rows(table: str) -> None:
    """Take away what `let_table_refuse` has made."""
    current().database.execute_sql(f"DROP TRIGGER refuse{f' ON {table}' if on_server() else ''}")


def replacing(table: type[models.Table], key: str, **columns: object) -> ModelInsert[Any]:
    """Puts a row in the place of the one that has the same `key`, past all operations."""
    if on_server():
        return table.insert(**columns).on_conflict(conflict_target=key.split(), update=columns)
    return table.replace(**columns)


def let_rows_be_rewritten() -> None:
    """Take away what keeps published versions and the access log as they are, for tests that write past all
    operations."""
    if on_server():
        refusing = (
            "SELECT tgname, tgrelid::regclass FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
            "WHERE proname = 'stays'"
        )
        for trigger, table in models.database.execute_sql(refusing).fetchall():
            models.database.execute_sql(f"DROP TRIGGER {trigger} ON {table}")
        return
    refusing = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE%'"
    for (trigger,) in models.database.execute_sql(refusing).fetchall():
        models.database.execute_sql(f"DROP TRIGGER {trigger}")

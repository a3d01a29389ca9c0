"""A small believable clinic to try Omvänt with; every person in it is made up.

The numbers are Skatteverket's public test numbers, which belong to nobody.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data import cases, closing, drafts, inbox, patients, protected, templates
from data.demo_answers import answers
from data.domain.errors import Conflict, Message
from data.domain.forms import Form
from data.domain.identity import PersonalIdentityNumber
from data.domain.roles import PatientActor, Role, StaffActor
from data.domain.secret import hashed
from data.domain.text import fold
from data.domain.value import Frozen
from data.library import shipped
from data.store import models
from data.store.database import current, open_store
from data.store.store import Clock, Store

CLINIC = "Vårdcentralen Demo"
OTHER_CLINICS = (
    "Vårdcentralen Björken", "Vårdcentralen Eken", "Vårdcentralen Ängen", "Hälsocentralen Norrsken",
    "Barnmorskemottagningen Linden", "Diabetesmottagningen Åsen", "Hudmottagningen Torget",
    "Ortopedmottagningen Bron", "Hjärtmottagningen Sjukhuset",
)  # fmt: skip
"""Those that `data.fill` adds."""
PASSWORD = "demo"  # noqa: S105 - shown on the demo's sign-in screen
PATIENT = "191212121212"

_DAYS = 21
_CASES = 36
_OPENS = 7
"""The hour (UTC) at which the demo clinic's people begin."""


class DemoPerson(Frozen):
    """A choice on the demo's sign-in screen."""

    username: str
    name: str
    role: Message


_STAFF: tuple[tuple[str, str, str, tuple[Role, ...]], ...] = (
    ("anna", "Anna Andersson", "sjuksköterska", (Role.CARE_PROVIDER,)),
    ("cilla", "Cilla Ceder", "läkare", (Role.CARE_PROVIDER,)),
    ("bo", "Bo Bengtsson", "verksamhetsutvecklare", (Role.ADMINISTRATOR,)),
    ("gun", "Gun Granberg", "dataskyddssamordnare", (Role.LOG_AUDITOR,)),
)

PEOPLE = (
    DemoPerson(username="anna", name="Anna Andersson", role=Message("care provider")),
    DemoPerson(username="cilla", name="Cilla Ceder", role=Message("care provider")),
    DemoPerson(username="bo", name="Bo Bengtsson", role=Message("administrator")),
    DemoPerson(username="gun", name="Gun Granberg", role=Message("log auditor")),
)

_PATIENTS = """
191212121212 Tolvan Tolvansson
192801287158 Erik Andersson
194410119046 Maria Johansson
196909092394 Lars Karlsson
197702132395 Karl Nilsson
197804152382 Elisabeth Eriksson
197905202391 Anders Larsson
198006202389 Kristina Olsson
198108012389 Margareta Persson
198207112395 Johan Svensson
198309142399 Per Gustafsson
198410042397 Nils Pettersson
198510112389 Eva Jonsson
198610142393 Olof Lindberg
198710032387 Birgitta Lindström
198808202389 Karin Bergström
198908212395 Gustav Åberg
199008162399 Mikael Öberg
199106292395 Hans Ärlig
199206242381 Ingrid Söderberg
199310052387 Åsa Hussein
199409022382 Märta Nguyen
199506172395 Sven Kovačević
199608242385 Sofia Sjögren
199710172389 Fatima Ek
199901222399 Åke Holm
200001282391 Östen Dahl
200011082393 Ali Wikström
200201292380 Lena Åström
200301042396 Mohammed Lund
200311302384 Ulla Björk
200412232399 Björn Andersson
200604122382 Gunilla Johansson
200704032390 Göran Karlsson
200806112389 Hanna Nilsson
200906112396 Ivar Eriksson
201007172388 Elsa Larsson
201111082390 Jonas Olsson
201212032393 Kalle Persson
201311302390 Truls Svensson
201512052398 Ville Gustafsson
201711182384 Örjana Pettersson
202002172381 Astrid Jonsson
195403862393 Samuel Tesfay
"""
_PROTECTED = "198808202389"
_UNREACHABLE = "194410119046"
_REASON = "Planerat besök hos oss"
"""Why the demo's people have seen the protected patient."""

_PUBLISHED = (
    "Egna mätningar av blodtryck",
    "Frågor inför besök",
    "Hälsodeklaration",
    "Kallelse med frågor",
    "Levnadsvanor",
    "Läkemedelsavstämning",
    "Meddelande om provsvar",
    "Ordination",
    "Påminnelse om provtagning",
    "Smittspårning",
    "Uppföljning efter besök",
)
"""What the demo clinic has taken from the library; the rest is there to be added."""

_WRITTEN = {
    "ordination-dos": "Alvedon 500 mg, 1–2 tabletter vid behov, högst 8 tabletter per dygn",
    "provsvar-svar": "Ditt blodvärde och ditt blodsocker är normala.",
    "kallelse-tid": "torsdag 5 mars klockan 13.00",
    "kallelse-plats": "Storgatan 1, hos sjuksköterska Anna Andersson",
    "besok-tid": "Tisdag klockan 10.15 hos Cilla Ceder",
    "blodtryck-plan": "Mät morgon och kväll i sju dagar. Svara senast fredag nästa vecka.",
    "halsodeklaration-behandling": "Operation av grå starr, tisdag 10 mars",
    "lakemedelsavstamning-varfor": "Inför din läkemedelsgenomgång fredag 6 mars",
    "provtagning-prover": "Blodprov (HbA1c) på laboratoriet, senast fredag nästa vecka",
    "provtagning-forberedelse": "Du kan äta och dricka som vanligt.",
    "smittsparning-galler": "Provet som du lämnade i måndags",
    "smittsparning-sista-dag": "fredag 6 mars",
    "uppfoljning-besok": "Ont i ryggen. Vi kom överens om promenader varje dag.",
}
"""Believable text for the white boxes, by id; the others keep their default."""


class _MovingClock:
    """Time as the demo's history passes."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now


def make(url: str | Path, *, log_keys: Path | None = None, clock: Clock = lambda: datetime.now(UTC)) -> Store:
    """Make the demo clinic in a new database by the same operations that people use, and open it. `url` and
    `log_keys` are as `open_store` says.

    A database with a demo clinic is opened as it is. Raises `Conflict` for one with another clinic. With a
    clock that stands still, every demo clinic is the same.
    """
    chance = random.Random(1912)  # noqa: S311 - the same believable history every time
    ready = clock()
    passing = _MovingClock(ready - timedelta(days=_DAYS))

    def token() -> str:
        return f"{chance.getrandbits(128):032x}"

    store = open_store(url, create=True, log_keys=log_keys, clock=passing, token=token)
    try:
        with store.writing():
            if not models.Clinic.select().exists():
                staff = dict(make_staff())
                _make_templates(staff["bo"])
                people = _make_patients()
                _make_cases(staff, people, passing, ready)
            elif not is_demo():
                raise Conflict(Message("There is a clinic in {place}: choose another", place=store.url))
    finally:
        store.close()
    return open_store(url, log_keys=log_keys, clock=clock)


def is_demo() -> bool:
    """Whether the open database is a demo clinic, perhaps with those that `data.fill` adds, and no other."""
    with current().reading():
        clinics = [clinic.name for clinic in models.Clinic.select().order_by(models.Clinic.id)]
        usernames = {person.username for person in models.Staff.select()}
        made_up = clinics in ([CLINIC], [CLINIC, *OTHER_CLINICS])
        return made_up and usernames >= {username for username, *_ in _STAFF}


def patient_code() -> tuple[PersonalIdentityNumber, str]:
    """The demo patient's number and a fresh sign-in code, issued by Anna as she would for anyone."""
    with current().reading():
        anna = actor_of(models.Staff.get(models.Staff.username == "anna"))
        patient = models.Patient.get(models.Patient.number == PATIENT)
    issued = patients.issue_code(anna, patient.id)
    return _number(PATIENT), issued.code


def make_staff() -> Iterator[tuple[str, StaffActor]]:
    """Make the clinic and its four, by user name; for `data.fill` as well."""
    clinic = models.Clinic.create(name=CLINIC)
    password_hash = hashed(PASSWORD)  # one for all: the demo's password is no secret
    for username, name, title, roles in _STAFF:
        person = models.Staff.create(
            username=username, name=name, name_folded=fold(name), title=title, password_hash=password_hash
        )
        for role in roles:
            models.StaffRole.create(staff=person, clinic=clinic, role=role)
        yield username, actor_of(person)


def actor_of(person: models.Staff) -> StaffActor:
    """The person at their clinic, as if they had signed in just now."""
    held = list(models.StaffRole.select().where(models.StaffRole.staff == person))
    return StaffActor(
        staff_id=person.id,
        username=person.username,
        name=person.name,
        title=person.title,
        clinic_id=held[0].clinic_id,
        clinic_name=held[0].clinic.name,
        roles=frozenset(Role(one.role) for one in held),
        signed_in_at=current().clock(),
    )


def _make_templates(administrator: StaffActor) -> None:
    library = shipped()
    for name in _PUBLISHED:
        made = templates.create(administrator, name, library[name])
        templates.publish(administrator, made.id, made.version)
    templates.create(administrator, "Frågor om sömn", Form(answerable=True))


def _make_patients() -> list[models.Patient]:
    made = []
    for line in _PATIENTS.strip().splitlines():
        digits, name = line.split(" ", 1)
        made.append(
            models.Patient.create(
                number=digits,
                name=name,
                name_folded=fold(name),
                protected=digits == _PROTECTED,
                reachable=digits != _UNREACHABLE,
            )
        )
    return made


def _make_cases(
    staff: dict[str, StaffActor], people: list[models.Patient], clock: _MovingClock, ready: datetime
) -> None:
    chance = random.Random(1912)  # noqa: S311 - the same believable history every time
    senders = [staff["anna"], staff["anna"], staff["cilla"]]
    offered = {template.name: template for template in templates.published(staff["anna"])}
    reached = [person for person in people if person.number != _UNREACHABLE]
    for index in range(_CASES):
        day = ready - timedelta(days=1 + _DAYS * (_CASES - 1 - index) // _CASES)
        minutes = chance.randrange(1, 200) + index % 2 * 210
        clock.now = day.replace(hour=_OPENS, minute=0) + timedelta(minutes=minutes)
        sender, person = senders[index % 3], reached[index % len(reached)]
        name = list(offered)[index % len(offered)]
        sender = sender.model_copy(update={"signed_in_at": clock.now})
        sent = _send(sender, person, offered[name])
        if index % 4 != 3:
            _react(person, sent, offered[name].form, clock, chance)
        if index % 5 == 0 and index < _CASES - 6:
            opened = cases.open_case(sender, sent.id)
            if index % 10 == 0:
                closing.close(sender, sent.id, opened.version)
    # The patient of the demo's sign-in screen has something to answer from the start.
    clock.now = (ready - timedelta(days=1)).replace(hour=_OPENS + 6, minute=30)
    cilla = staff["cilla"].model_copy(update={"signed_in_at": clock.now})
    _send(cilla, people[0], offered["Frågor inför besök"])


def _send(
    sender: StaffActor, person: models.Patient, template: templates.PublishedTemplate
) -> cases.SentCase:
    if person.protected:
        protected.state_reason(sender, person.id, _REASON)
    draft = drafts.begin(sender, person.id)
    written = {box.id: _WRITTEN.get(box.id) or box.default for box in template.form.white_boxes}
    return cases.send(sender, draft.model_copy(update={"template": template, "written": written}), draft.key)


def _react(
    person: models.Patient, sent: cases.SentCase, form: Form, clock: _MovingClock, chance: random.Random
) -> None:
    patient = PatientActor(
        patient_id=person.id, number=_number(person.number), name=person.name, signed_in_at=clock.now
    )
    clock.now += timedelta(minutes=chance.randrange(5, 40))
    inbox.open_letter(patient, sent.id)
    if form.answerable and chance.random() < 0.7:
        clock.now += timedelta(minutes=chance.randrange(2, 20))
        inbox.answer(patient, sent.id, answers(form, chance))


def _number(digits: str) -> PersonalIdentityNumber:
    return PersonalIdentityNumber(digits)

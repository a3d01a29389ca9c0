"""The search for cases: after any life of cases it finds what reading them all would find."""

from __future__ import annotations

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from data import cases, closing, inbox, patients, protected, retention
from data.case_rows import CaseFilter
from data.domain.answers import Answers
from data.domain.paging import Edge
from data.domain.roles import StaffActor
from data.domain.text import clean, fold
from data.store import models, search
from data.store.database import open_store
from tests.conftest import Clinic, FrozenClock, Tokens, copied
from tests.protecting import listed

OPTIONS = {"a": "Recept", "b": "Intyg"}
"""What `QUESTION` has the patient choose among."""


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
    "tolvan", "vansson", "åsa", "asa", "örn", "to", "ö", "19121212-1212", "1212", "12", "8808", "20", "202389",
    "anna", "ceder", "ordin", "meddel", "tab", "tabl", "table", "tablett", "tabletter", "alvedon", "500", "mg",
    "1-2", "e-post", "post", "unde", "under", "und", "undersö", "behandl", "behandlings", "intyg", "recept",
    "magen", "ont", "ring", "nils", "de la", "o'", "o'hara", "-karin", "karin", "x", "%", "_", "tack",
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
        for row in models.Case.select().where(models.Case.closed_at.is_null()).order_by(models.Case.id).limit(2):
            closing.close((row.sender_id == self.clinic.anna.staff_id and self.clinic.anna) or self.clinic.cilla, row.id, row.version)
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
        return list(case.select().where(case.answered_at.is_null(), case.answerable, case.closed_at.is_null()))


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

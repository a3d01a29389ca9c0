"""The life of a case between two people whose terminals die at any statement, against a model of a page.

After each death the person does the same again, as people do. What was done is then done once, whether or not
the first try had come through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from data import cases, drafts, inbox
from data.domain.answers import Answers
from data.domain.errors import Conflict
from data.store import models
from data.store.database import open_store
from tests.conftest import Clinic, FrozenClock, Tokens, copied
from tests.proofs import Count, Found
from tests.reliability.soundness import faults
from tests.reliability.terminals import Died, Power, Terminal

R = TypeVar("R")

DEATHS = st.one_of(st.none(), st.integers(0, 45))
"""After how many steps a terminal dies; the longest act, a sending, has some forty."""

TEXTS = st.sampled_from(["1 tablett", "2 tabletter", "3 tabletter"])
ANSWERED: tuple[Answers, ...] = ({"ok": True}, {"ok": True, "ovrigt": "Nej tack"})


@dataclass
class Sent:
    """What must be true of a sent case."""

    draft: drafts.Draft
    receipt: cases.SentCase
    read: bool = False
    answers: Answers | None = None


class Life(RuleBasedStateMachine):
    """Anna writes to Tolvan, each at two terminals."""

    ready: Path
    place: Path
    clinic: Clinic
    seen: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory(dir=self.place)
        path = copied(self.ready, Path(self.folder.name) / "omvant.db")
        self.store = open_store(path, clock=FrozenClock(), token=Tokens())
        power = Power(self.store)
        self.anna, self.annas_other, self.tolvan, self.tolvans_other = (Terminal(power) for _ in range(4))
        self.patient = self.clinic.as_patient()
        self.draft: drafts.Draft | None = None
        self.sent: list[Sent] = []
        self.seen["lives"] += 1

    def teardown(self) -> None:
        assert faults(self.store) == []
        for terminal in (self.anna, self.annas_other, self.tolvan, self.tolvans_other):
            terminal.close()
        self.store.close()
        self.folder.cleanup()

    def persists(self, terminal: Terminal, dies_after: int | None, act: Callable[..., R], *args: object) -> R:
        """Act, and do the same again after a death."""
        self.seen["acts"] += 1
        try:
            return terminal.do(act, *args, dies_after=dies_after)
        except Died:
            self.seen["deaths"] += 1
            return terminal.do(act, *args)

    # Anna

    @rule(death=DEATHS, text=TEXTS)
    def write(self, death: int | None, text: str) -> None:
        """A draft that was saved is told from one that was not by its version: nothing else can be there."""
        begun = self.persists(self.anna, death, drafts.begin, self.clinic.anna, self.clinic.tolvan.id)
        assert self.draft is None or begun == self.draft
        self.draft = begun
        edit = self.draft.model_copy(update={"template": self.clinic.question, "written": {"dos": text}})
        try:
            self.draft = self.persists(self.anna, death, drafts.save, self.clinic.anna, edit)
        except Conflict:
            (kept,) = self.anna.do(drafts.list_mine, self.clinic.anna)
            assert kept.version == self.draft.version + 1
            assert kept.written == {"dos": text}
            self.draft = kept
            self.seen["done before death"] += 1

    @precondition(lambda self: self.draft is not None)
    @rule(death=DEATHS)
    def send(self, death: int | None) -> None:
        draft, self.draft = self.draft, None
        assert draft is not None
        receipt = self.persists(self.anna, death, cases.send, self.clinic.anna, draft, draft.key)
        self.sent.append(Sent(draft, receipt))

    @precondition(lambda self: self.draft is not None)
    @rule(one=DEATHS, other=DEATHS)
    def send_from_two_terminals_at_once(self, one: int | None, other: int | None) -> None:
        draft, self.draft = self.draft, None
        assert draft is not None
        asked = self.clinic.anna, draft, draft.key
        both = self.at_once((self.anna, one), (self.annas_other, other), cases.send, asked, asked)
        receipt = self.anna.do(cases.send, *asked)
        assert all(said in (receipt, None) for said in both)
        self.sent.append(Sent(draft, receipt))

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), death=DEATHS)
    def open_case(self, data: st.DataObject, death: int | None) -> None:
        case = data.draw(st.sampled_from(self.sent))
        opened = self.persists(self.anna, death, cases.open_case, self.clinic.anna, case.receipt.id)
        assert (opened.written, opened.answers) == (case.draft.written, case.answers)

    # Tolvan

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), death=DEATHS)
    def read(self, data: st.DataObject, death: int | None) -> None:
        case = data.draw(st.sampled_from(self.sent))
        letter = self.persists(self.tolvan, death, inbox.open_letter, self.patient, case.receipt.id)
        case.read = True
        assert letter.answers == case.answers

    @precondition(lambda self: any(case.answers is None for case in self.sent))
    @rule(data=st.data(), death=DEATHS, given=st.sampled_from(ANSWERED))
    def answer(self, data: st.DataObject, death: int | None, given: Answers) -> None:
        case = data.draw(st.sampled_from([case for case in self.sent if case.answers is None]))
        letter = self.persists(self.tolvan, death, inbox.answer, self.patient, case.receipt.id, given)
        assert letter.answers == given
        case.read, case.answers = True, given

    @precondition(lambda self: any(case.answers is None for case in self.sent))
    @rule(data=st.data(), one=DEATHS, other=DEATHS)
    def answer_differently_at_once(self, data: st.DataObject, one: int | None, other: int | None) -> None:
        case = data.draw(st.sampled_from([case for case in self.sent if case.answers is None]))
        first, second = ((self.patient, case.receipt.id, given) for given in ANSWERED)
        both = self.at_once((self.tolvan, one), (self.tolvans_other, other), inbox.answer, first, second)
        letter = self.tolvan.do(inbox.open_letter, self.patient, case.receipt.id)
        told = [said.answers for said in both if isinstance(said, inbox.Letter)]
        assert len(told) <= 1
        assert letter.answers in (told or (None, *ANSWERED))
        assert letter.answers is not None or not any(isinstance(said, Conflict) for said in both)
        case.read, case.answers = True, letter.answers

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), one=DEATHS, other=DEATHS, given=st.sampled_from(ANSWERED))
    def answer_while_anna_opens(
        self, data: st.DataObject, one: int | None, other: int | None, given: Answers
    ) -> None:
        case = data.draw(st.sampled_from(self.sent))
        answering = self.tolvan.begin(inbox.answer, self.patient, case.receipt.id, case.answers or given)
        opened = self.persists(self.anna, other, cases.open_case, self.clinic.anna, case.receipt.id)
        assert opened.answers in (case.answers, case.answers or given)
        answering.result()
        case.read, case.answers = True, case.answers or given

    def at_once(
        self,
        one: tuple[Terminal, int | None],
        other: tuple[Terminal, int | None],
        act: Callable[..., R],
        ones: tuple[object, ...],
        others: tuple[object, ...],
    ) -> list[R | Conflict | None]:
        """What two terminals are told that act at the same time; None to one that dies."""
        begun = [
            terminal.begin(act, *args, dies_after=death)
            for (terminal, death), args in ((one, ones), (other, others))
        ]
        told: list[R | Conflict | None] = []
        for (terminal, _), future in zip((one, other), begun, strict=True):
            self.seen["acts"] += 1
            try:
                told.append(future.result())
            except Conflict as error:
                told.append(error)
            except Died:
                self.seen["deaths"] += 1
                terminal.restart()
                told.append(None)
        return told

    # What always holds

    @invariant()
    def the_tables_tell_the_same_story(self) -> None:
        case = models.Case
        marks = case.select(case.id, case.read_at.is_null(False), case.answered_at.is_null(False)).tuples()
        assert list(marks) == [(case.receipt.id, case.read, case.answers is not None) for case in self.sent]


def test_a_case_lives_once_however_often_terminals_die(
    ready_made: tuple[Path, Clinic], quick_folder: Path, count: Count, found: Found
) -> None:
    class LifeHere(Life):
        ready, clinic = ready_made
        place = quick_folder
        seen: Counter[str] = Counter()

    examples = count(200, 20_000)
    run_state_machine_as_test(
        LifeHere,
        settings=settings(
            max_examples=examples,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
    seen = LifeHere.seen
    assert seen["deaths"] > examples / 2
    found(f"{seen['lives']} lives, {seen['acts']} acts, {seen['deaths']} deaths; 0 contradictions")

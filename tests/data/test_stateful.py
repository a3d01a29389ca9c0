"""The life of cases in any order of acts, against a model that fits a page."""

from __future__ import annotations

from dataclasses import dataclass
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

from data import cases, closing, drafts, inbox, templates
from data.case_rows import CaseFilter, CaseState
from data.domain.answers import Answers
from data.domain.errors import Conflict, Invalid, NotFound
from data.domain.forms import Form
from data.domain.paging import Edge
from data.domain.text import clean
from data.store.database import open_store
from tests.conftest import QUESTION, Clinic, FrozenClock, Tokens, copied

NAME = "Ordination"
TEXTS = st.sampled_from(["1 tablett", "2 tabletter\n vid behov", "", " ", "Åsa\x1b[2J"])


@dataclass
class ModelCase:
    """What must be true of a sent case."""

    draft: drafts.Draft
    receipt: cases.SentCase
    form: Form
    text: str
    read: bool = False
    answers: Answers | None = None
    seen: bool = False
    closed: bool = False
    version: int = 1


class Life(RuleBasedStateMachine):
    """Anna writes to Tolvan with one template, Bo keeps changing it, Tolvan reads and answers."""

    ready: Path
    clinic: Clinic

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        path = copied(self.ready, Path(self.folder.name) / "omvant.db")
        self.clock = FrozenClock()
        self.store = open_store(path, clock=self.clock, token=Tokens())
        self.draft: drafts.Draft | None = None
        self.stale: drafts.Draft | None = None
        self.sent: list[ModelCase] = []
        self.published: Form = QUESTION
        self.edited: Form = QUESTION
        self.retired = False

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    # The draft

    @rule()
    def begin(self) -> None:
        begun = drafts.begin(self.clinic.anna, self.clinic.tolvan.id)
        if self.draft is not None:
            assert begun == self.draft
        self.draft = begun

    @precondition(lambda self: self.draft is not None)
    @rule(text=TEXTS)
    def write(self, text: str) -> None:
        assert self.draft is not None
        offered = [one for one in templates.published(self.clinic.anna) if one.name == NAME]
        template = offered[0] if offered else self.draft.template
        before = self.draft
        edit = before.model_copy(update={"template": template, "written": {"dos": clean(text, lines=True)}})
        self.draft = drafts.save(self.clinic.anna, edit)
        if self.draft.version != before.version:
            self.stale = before

    @precondition(lambda self: self.stale is not None)
    @rule()
    def save_from_a_stale_terminal(self) -> None:
        assert self.stale is not None
        with pytest.raises((Conflict, NotFound)):
            drafts.save(self.clinic.anna, self.stale.model_copy(update={"signature": "Någon"}))

    @precondition(lambda self: self.draft is not None and self.stale is not None)
    @rule()
    def send_from_a_stale_terminal(self) -> None:
        assert self.stale is not None
        with pytest.raises((Conflict, NotFound)):
            cases.send(self.clinic.anna, self.stale, self.stale.key)

    @precondition(lambda self: self.draft is not None)
    @rule()
    def discard(self) -> None:
        assert self.draft is not None
        drafts.discard(self.clinic.anna, self.draft.id)
        self.draft = None

    @precondition(lambda self: self.draft is not None)
    @rule()
    def send(self) -> None:
        draft = self.draft
        assert draft is not None
        text = draft.written.get("dos", "")
        offered = {one.version_id for one in templates.published(self.clinic.anna)}
        if draft.template is None or draft.template.version_id not in offered or not text:
            with pytest.raises(Invalid):
                cases.send(self.clinic.anna, draft, draft.key)
            return
        receipt = cases.send(self.clinic.anna, draft, draft.key)
        self.sent.insert(0, ModelCase(draft, receipt, draft.template.form, text))
        self.draft = None

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(self.sent))
        assert cases.send(self.clinic.anna, case.draft, case.draft.key) == case.receipt
        other = case.draft.model_copy(update={"signature": "Någon annan"})
        with pytest.raises(Conflict):
            cases.send(self.clinic.anna, other, other.key)

    # The patient

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def open_letter(self, data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(self.sent))
        letter = inbox.open_letter(self.clinic.as_patient(), case.receipt.id)
        case.read = True
        assert letter.answers == case.answers
        assert letter.written == {"dos": case.text}

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), confirmed=st.booleans(), more=TEXTS)
    def answer(self, data: st.DataObject, confirmed: bool, more: str) -> None:
        case = data.draw(st.sampled_from(self.sent))
        typed: dict[str, object] = {"ok": confirmed, "ovrigt": more}
        given: Answers = {"ok": True}
        if text := clean(more, lines=True):
            given["ovrigt"] = text
        same = confirmed and given == case.answers
        too_late = case.closed if case.answers is None else not same
        if too_late:
            with pytest.raises(Conflict):
                inbox.answer(self.clinic.as_patient(), case.receipt.id, typed)
        elif not confirmed:
            with pytest.raises(Invalid):
                inbox.answer(self.clinic.as_patient(), case.receipt.id, typed)
        else:
            letter = inbox.answer(self.clinic.as_patient(), case.receipt.id, typed)
            assert letter.answers == given
            case.version += case.answers is None
            case.read, case.answers = True, given

    # The clinic

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), own=st.booleans())
    def open_case(self, data: st.DataObject, own: bool) -> None:
        case = data.draw(st.sampled_from(self.sent))
        opened = cases.open_case(self.clinic.anna if own else self.clinic.cilla, case.receipt.id)
        case.seen = case.seen or (own and case.answers is not None)
        assert (opened.form, opened.answers) == (case.form, case.answers)

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), own=st.booleans())
    def close_or_reopen(self, data: st.DataObject, own: bool) -> None:
        case = data.draw(st.sampled_from(self.sent))
        actor = self.clinic.anna if own else self.clinic.cilla
        act = closing.reopen if case.closed else closing.close
        act(actor, case.receipt.id, case.version)
        for again in (closing.close, closing.reopen):
            with pytest.raises(Conflict):
                again(actor, case.receipt.id, case.version)
        case.closed, case.version = not case.closed, case.version + 1

    @rule(hours=st.integers(0, 3))
    def time_passes(self, hours: int) -> None:
        self.clock.move(hours=hours)

    @rule(words=st.sampled_from(["Ett", "Två", "Tre"]))
    def edit_template(self, words: str) -> None:
        template = self.template()
        self.edited = template.form.model_copy(update={"patient_instruction": words})
        templates.save(self.clinic.bo, template.model_copy(update={"form": self.edited}))
        with pytest.raises(Conflict):
            templates.save(self.clinic.bo, template)

    @rule()
    def publish(self) -> None:
        template = self.template()
        templates.publish(self.clinic.bo, template.id, template.version)
        self.published, self.retired = self.edited, False

    @rule()
    def retire(self) -> None:
        template = self.template()
        templates.retire(self.clinic.bo, template.id, template.version)
        self.retired = True

    def template(self) -> templates.Template:
        row = next(row for row in templates.list_all(self.clinic.bo) if row.name == NAME)
        return templates.get(self.clinic.bo, row.id)

    # What always holds

    @invariant()
    def the_draft_is_as_it_was_left(self) -> None:
        assert drafts.list_mine(self.clinic.anna) == ((self.draft,) if self.draft else ())

    @invariant()
    def the_lists_tell_the_same_story(self) -> None:
        rows = cases.list_mine(self.clinic.anna, CaseFilter(), Edge()).rows
        assert [row.id for row in rows] == [case.receipt.id for case in self.sent]
        for row, case in zip(rows, self.sent, strict=True):
            assert (row.read_at is not None, row.answered_at is not None) == (
                case.read,
                case.answers is not None,
            )
            assert row.unseen == (case.answers is not None and not case.seen)
            assert (row.closed_at is not None) == case.closed
        assert cases.list_assigned(self.clinic.cilla, CaseFilter(), Edge()).rows == rows
        unseen = CaseFilter(state=CaseState.UNSEEN)
        listed = cases.list_mine(self.clinic.anna, unseen, Edge()).rows
        assert cases.news(self.clinic.anna).unseen == len(listed)

    @invariant()
    def staff_are_offered_what_is_published(self) -> None:
        offered = [one.form for one in templates.published(self.clinic.anna) if one.name == NAME]
        assert offered == ([] if self.retired else [self.published])

    @invariant()
    def the_other_clinic_sees_nothing(self) -> None:
        assert cases.list_assigned(self.clinic.dag, CaseFilter(), Edge()).rows == ()


def test_the_life_of_cases(ready_made: tuple[Path, Clinic]) -> None:
    class LifeHere(Life):
        ready, clinic = ready_made

    run_state_machine_as_test(
        LifeHere,
        settings=settings(
            max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )

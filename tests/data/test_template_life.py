"""The life of a template in any order of acts, against a model that fits a page."""

from __future__ import annotations

from dataclasses import dataclass, field
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

from data import cases, drafts, inbox, template_drafts, template_versions, templates
from data.domain.answers import Answers
from data.domain.errors import Conflict, Invalid, NotFound
from data.domain.forms import Form, ShortText, Text, WholeNumber
from data.domain.paging import Edge
from data.store.database import open_store
from data.template_drafts import TemplateDraft
from data.templates import PublishedTemplate, Template, TemplateState
from tests.conftest import START, Clinic, FrozenClock, Tokens, copied

NUMBERS = st.integers(1, 4)


def form_asking(*numbers: int) -> Form:
    """A form whose questions accept a number each, and at most the one that their wording says."""
    items = tuple(
        WholeNumber(id=f"q{place}", wording=f"Högst {most}", most=most) for place, most in enumerate(numbers)
    )
    return Form(items=(Text(id="t", wording="Hej"), *items))


UNFINISHED = Form(items=(ShortText(id="q0"),))
"""Can be saved and not published."""

FORMS = st.builds(form_asking, NUMBERS) | st.builds(form_asking, NUMBERS, NUMBERS) | st.just(UNFINISHED)


@dataclass
class SentOne:
    """What must be true of a sent case, for ever."""

    id: int
    number: int
    form: Form
    answers: Answers | None = None


@dataclass
class Known:
    """What must be true of the template."""

    edited: Form = UNFINISHED
    versions: list[Form] = field(default_factory=list)
    retired: bool = False
    unsaved: Form | None = None

    @property
    def state(self) -> TemplateState:
        if self.retired:
            return TemplateState.RETIRED
        if not self.versions:
            return TemplateState.DRAFT
        return TemplateState.PUBLISHED if self.versions[-1] == self.edited else TemplateState.CHANGED


class TemplateLife(RuleBasedStateMachine):
    """Bo builds one template over and over, Anna sends whatever is published, Tolvan answers."""

    ready: Path
    clinic: Clinic

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name) / "omvant.db"
        copied(self.ready, path)
        self.clock = FrozenClock()
        self.kept_version = 0
        self.store = open_store(path, clock=self.clock, token=Tokens())
        self.id = templates.create(self.clinic.bo, "Mall", UNFINISHED).id
        self.known = Known()
        self.sent: list[SentOne] = []
        self.chosen: drafts.Draft | None = None
        self.acts = 1
        """How long the history must be."""
        self.publish()
        self.save(form_asking(2))

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    # The builder

    @rule(form=FORMS)
    def type_without_saving(self, form: Form) -> None:
        template = self.template()
        kept = TemplateDraft(
            template_id=self.id,
            base_version=template.version,
            name="Mall",
            form=form,
            changed_at=START,
            version=self.kept_version,
        )
        self.kept_version = template_drafts.keep(self.clinic.bo, kept)
        self.known.unsaved = form

    @rule(form=FORMS)
    def save(self, form: Form) -> None:
        template = self.template()
        templates.save(self.clinic.bo, template.model_copy(update={"form": form}))
        with pytest.raises(Conflict):
            templates.save(self.clinic.bo, template)
        self.acts += form != self.known.edited
        self.known.edited = form

    @rule()
    def discard(self) -> None:
        template_drafts.discard(self.clinic.bo, self.id)
        self.known.unsaved = None

    @rule()
    def publish(self) -> None:
        template, known = self.template(), self.known
        if known.edited == UNFINISHED:
            with pytest.raises(Invalid):
                templates.publish(self.clinic.bo, self.id, template.version)
            return
        templates.publish(self.clinic.bo, self.id, template.version)
        is_new = not known.versions or known.versions[-1] != known.edited
        self.acts += is_new or known.retired
        if is_new:
            known.versions.append(known.edited)
        known.retired = False

    @rule(form=FORMS)
    def save_and_publish(self, form: Form) -> None:
        self.save(form)
        self.publish()

    @rule()
    def retire(self) -> None:
        templates.retire(self.clinic.bo, self.id, self.template().version)
        self.acts += not self.known.retired
        self.known.retired = True

    @precondition(lambda self: self.known.versions)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(1, len(self.known.versions)))
        template_versions.restore(self.clinic.bo, self.id, number, self.template().version)
        self.known.edited = self.known.versions[number - 1]
        self.acts += 1

    @rule()
    def restore_what_never_was(self) -> None:
        with pytest.raises(NotFound):
            template_versions.restore(
                self.clinic.bo, self.id, len(self.known.versions) + 1, self.template().version
            )

    # The sender

    @rule()
    def choose(self) -> None:
        if offered := self.offered():
            begun = drafts.begin(self.clinic.anna, self.clinic.tolvan.id)
            chosen = begun.model_copy(update={"template": offered})
            self.chosen = drafts.save(self.clinic.anna, chosen)

    @rule()
    def choose_and_send(self) -> None:
        self.choose()
        if self.chosen is not None:
            self.send()

    @rule(form=FORMS, out_of_use=st.booleans())
    def send_after_something_happened_to_it(self, form: Form, out_of_use: bool) -> None:
        self.choose()
        if out_of_use:
            self.retire()
        else:
            self.save_and_publish(form)
        if self.chosen is not None:
            self.send()

    @precondition(lambda self: self.chosen is not None)
    @rule()
    def send(self) -> None:
        draft, offered = self.chosen, self.offered()
        assert draft is not None
        assert draft.template is not None
        if draft.template != offered:
            with pytest.raises(Invalid) as error:
                cases.send(self.clinic.anna, draft, draft.key)
            assert [problem.field for problem in error.value.problems] == ["template"]
            return
        sent = cases.send(self.clinic.anna, draft, draft.key)
        self.sent.append(SentOne(sent.id, len(self.known.versions), self.known.versions[-1]))
        self.chosen = None

    # The patient

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), number=NUMBERS, other=NUMBERS)
    def answer(self, data: st.DataObject, number: int, other: int) -> None:
        """The answers are judged by the version that was sent, whatever was published since."""
        case = data.draw(st.sampled_from(self.sent))
        asked = case.form.questions
        answers: Answers = dict(zip([one.id for one in asked], [number, other], strict=False))
        fits = all(answer <= one.most for answer, one in zip([number, other], asked, strict=False))  # type: ignore[attr-defined]
        if case.answers is not None and answers != case.answers:
            with pytest.raises(Conflict):
                inbox.answer(self.clinic.as_patient(), case.id, dict(answers))
        elif not fits:
            with pytest.raises(Invalid):
                inbox.answer(self.clinic.as_patient(), case.id, dict(answers))
        else:
            inbox.answer(self.clinic.as_patient(), case.id, dict(answers))
            case.answers = answers

    @rule(minutes=st.integers(0, 90))
    def time_passes(self, minutes: int) -> None:
        self.clock.move(minutes=minutes)

    def template(self) -> Template:
        return templates.get(self.clinic.bo, self.id)

    def offered(self) -> PublishedTemplate | None:
        found = [one for one in templates.published(self.clinic.anna) if one.template_id == self.id]
        return found[0] if found else None

    # What always holds

    @invariant()
    def the_working_copy_is_as_it_was_left(self) -> None:
        template = self.template()
        assert (template.form, template.state) == (self.known.edited, self.known.state)

    @invariant()
    def versions_never_change_and_numbers_only_grow(self) -> None:
        rows = template_versions.list_all(self.clinic.bo, self.id)
        numbers = [row.number for row in reversed(rows)]
        assert numbers == list(range(1, len(self.known.versions) + 1))
        for number, form in zip(numbers, self.known.versions, strict=True):
            assert template_versions.get(self.clinic.bo, self.id, number).form == form
        for row in rows:
            assert row.cases == sum(case.number == row.number for case in self.sent)
            assert row.in_use == (row.number == len(numbers) and not self.known.retired)

    @invariant()
    def only_the_latest_version_in_use_is_offered(self) -> None:
        offered = self.offered()
        if self.known.retired or not self.known.versions:
            assert offered is None
        else:
            assert offered is not None
            assert (offered.form, offered.number) == (self.known.versions[-1], len(self.known.versions))

    @invariant()
    def a_sent_case_keeps_its_form_and_its_answers(self) -> None:
        for case in self.sent:
            opened = cases.open_case(self.clinic.anna, case.id)
            assert (opened.form, opened.template_number, opened.answers) == (
                case.form,
                case.number,
                case.answers,
            )

    @invariant()
    def what_was_not_saved_is_offered_until_it_says_nothing_new(self) -> None:
        found = template_drafts.find(self.clinic.bo, self.id)
        unsaved = None if self.known.unsaved == self.known.edited else self.known.unsaved
        assert (found.form if found else None) == unsaved

    @invariant()
    def history_tells_of_every_act_that_changed_something(self) -> None:
        page = template_versions.history(self.clinic.bo, self.id, Edge())
        assert len(page.rows) == self.acts


def test_the_life_of_a_template(ready_made: tuple[Path, Clinic]) -> None:
    class LifeHere(TemplateLife):
        ready, clinic = ready_made

    run_state_machine_as_test(
        LifeHere,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )

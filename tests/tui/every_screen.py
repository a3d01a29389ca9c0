"""Every screen of the program, opened alone on a database with one of everything.

`SCREENS` must name each: `test_reach` fails for a screen that is in the program and not here.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal

from textual.screen import Screen

import tui.app  # noqa: F401 - it imports every screen
from data import cases, holds, inbox, log_reviews, staff, templates
from data.domain.conditions import Condition, ShownWhen, Test
from data.domain.forms import (
    Band,
    Confirmation,
    Date,
    Form,
    LongText,
    OneChoice,
    Option,
    Scale,
    Score,
    SeveralChoices,
    ShortText,
    Text,
    WhiteBox,
    WholeNumber,
    YesNo,
)
from data.domain.roles import Actor, StaffActor, Visitor
from data.drafts import Draft
from data.log_reviews import Period
from data.mailings import Mailing, Receipt
from data.patients import Patient
from data.store.store import Store
from data.templates import PublishedTemplate
from tests.conftest import TODAY, Clinic, publish
from tests.tui.drivers import DEADLINE
from tests.tui.one_screen import Someone, at_screen
from tui.building.content import Content
from tui.commands import Palette
from tui.desk import Desk
from tui.screens.admin.access_log import AccessLogScreen
from tui.screens.admin.ask_fields import AskedField, AskFields
from tui.screens.admin.holds import HoldsScreen
from tui.screens.admin.library import LibraryScreen
from tui.screens.admin.log_review import LogReviewScreen
from tui.screens.admin.log_reviews import LogReviewsScreen
from tui.screens.admin.menu import AdminScreen
from tui.screens.admin.person import PersonScreen
from tui.screens.admin.preview import PreviewScreen
from tui.screens.admin.retention import RetentionScreen
from tui.screens.admin.staff_list import StaffListScreen
from tui.screens.admin.template_diff import DiffScreen, Side
from tui.screens.admin.template_history import HistoryScreen
from tui.screens.admin.template_list import TemplateListScreen
from tui.screens.admin.template_versions import VersionsScreen
from tui.screens.builder.ask_condition import AskCondition
from tui.screens.builder.conditions import ConditionsScreen
from tui.screens.builder.problem_list import ProblemList
from tui.screens.builder.scores import ScoresScreen
from tui.screens.builder.template_builder import BuilderScreen
from tui.screens.builder.type_list import TypeList
from tui.screens.case import CaseScreen
from tui.screens.case_list import AssignedScreen, MineScreen
from tui.screens.cover import CoverScreen
from tui.screens.dialog import Ask, AskText
from tui.screens.help import Entry, HelpScreen
from tui.screens.lock import LockScreen
from tui.screens.password import PasswordDueScreen, PasswordScreen
from tui.screens.patient.inbox import InboxScreen
from tui.screens.patient.message import MessageScreen
from tui.screens.patient_data import PatientDataScreen
from tui.screens.send.fetch_patient import FetchScreen
from tui.screens.send.fill import FillScreen
from tui.screens.send.pick_template import PickScreen
from tui.screens.send.recipients import RecipientsScreen
from tui.screens.send.sent import SentManyScreen, SentScreen
from tui.screens.send.writing import Writing
from tui.screens.sign_in import SignInScreen
from tui.screens.welcome import WelcomeScreen
from tui.widgets.form import FormView

Say = Callable[[str], str]
"""Gives the text for a place such as "wording": plain words, or something hostile."""


def every_type(say: Say) -> Form:
    """A form with each type of item, longer than a screen."""
    options = (Option(id="a", wording=say("option")), Option(id="b", wording=say("another option")))
    words = {"wording": say("wording"), "help": say("help")}
    return Form(
        staff_instruction=say("instruction to staff"),
        patient_instruction=say("instruction to the patient"),
        items=(
            Text(id="text", wording=say("text")),
            WhiteBox(id="box", default=say("what the box begins with"), **words),
            ShortText(id="short", **words),
            LongText(id="long", **words),
            YesNo(id="yes", **words),
            Confirmation(id="ok", **words),
            OneChoice(id="one", options=options, **words),
            SeveralChoices(id="several", options=options, **words),
            Date(id="date", **words),
            WholeNumber(id="number", unit=say("unit"), **words),
            Scale(id="scale", least_words=say("least"), most_words=say("most"), **words),
        ),
    )


def conditional(say: Say) -> Form:
    """A form with a condition on the item `last`, and a score."""
    options = (Option(id="a", wording=say("option"), points=Decimal(1)), Option(id="b", wording=say("other")))
    when = ShownWhen(conditions=(Condition(question="one", test=Test.EQUALS, value="a"),))
    band = Band(least=Decimal(0), wording=say("band"))
    return Form(
        items=(
            OneChoice(id="one", wording=say("choice"), options=options),
            YesNo(id="yes", wording=say("wording")),
            Text(id="last", wording=say("text"), shown_when=when),
        ),
        scores=(Score(id="sum", name=say("name"), questions=("one",), bands=(band,)),),
    )


@dataclass(frozen=True)
class World:
    """What screens are opened with; all of it was written by the same `say`."""

    clinic: Clinic
    say: Say
    template: PublishedTemplate
    draft: Draft
    asked: cases.SentCase
    """Sent and not answered."""
    answered: cases.SentCase

    @property
    def patient(self) -> Patient:
        return self.draft.patient


def make_world(clinic: Clinic, say: Say = lambda place: f"{place}, in words") -> World:
    """Send and answer a case with each type of item, and begin another."""
    template = publish(clinic.bo, "Every type", every_type(say))
    written = {"box": say("what staff wrote")}
    answered = clinic.send(template, written=written)
    patient = clinic.as_patient()
    inbox.open_letter(patient, answered.id)
    answers = {"short": say("answer"), "long": say("answer"), "yes": True, "ok": True, "one": "a"}
    given = {**answers, "several": ["a", "b"], "date": "2026-02-01", "number": "3", "scale": 4}
    inbox.answer(patient, answered.id, given)
    asked = clinic.send(template, written=written)
    holds.hold(clinic.bo, asked.reference, say("reason"))
    inbox.save_typed(patient, asked.id, {"short": say("half an answer"), "long": say("half an answer")})
    return World(clinic, say, template, clinic.draft(template, written=written), asked, answered)


Opening = tuple[Actor, Callable[[], Screen[object]]]


def openings(world: World, someone: Someone) -> Iterator[Opening]:
    """Who opens which screen; some screens more than once."""
    clinic, say, desk = world.clinic, world.say, someone.app
    anna, bo, gun, patient = clinic.anna, clinic.bo, clinic.gun, clinic.as_patient(world.patient)
    mine = next(row for row in templates.list_all(bo) if row.name == world.template.name)
    people = staff.list_staff(bo)
    form = templates.get(bo, mine.id).form
    entry = Entry(id="x", key="F9", label=say("act"), help=say("help"), reason=say("reason"))

    yield Visitor(), WelcomeScreen
    yield Visitor(), SignInScreen
    yield anna, LockScreen
    yield anna, PasswordScreen
    yield anna, PasswordDueScreen
    yield anna, CoverScreen
    yield anna, MineScreen
    yield anna, AssignedScreen
    yield from ((anna, screen) for screen in _sending(world, desk))
    yield anna, lambda: PatientDataScreen(world.patient, [say("way")])
    yield anna, lambda: CaseScreen(world.asked.id)
    yield anna, lambda: CaseScreen(world.answered.id)
    yield bo, AdminScreen
    yield bo, TemplateListScreen
    yield bo, LibraryScreen
    yield bo, BuilderScreen
    yield bo, lambda: BuilderScreen(templates.get(bo, mine.id))
    yield bo, lambda: PreviewScreen(world.template.name, form, [say("way"), world.template.name])
    yield bo, lambda: ConditionsScreen(conditional(say), "last", [say("way")])
    yield bo, lambda: AskCondition(conditional(say), "last", lambda _condition: None)
    yield bo, lambda: ScoresScreen(conditional(say), [say("way")])
    yield bo, lambda: VersionsScreen(mine.id, world.template.name)
    yield bo, lambda: HistoryScreen(mine.id, [say("way")])
    sides = Side(say("old"), say("name"), Form()), Side(say("new"), say("another name"), form)
    yield bo, lambda: DiffScreen(*sides, [say("way")])
    yield bo, StaffListScreen
    yield from ((bo, screen) for screen in (RetentionScreen, HoldsScreen))
    yield bo, PersonScreen
    yield bo, lambda: PersonScreen(people[0])
    yield from _auditors(gun, say)
    yield patient, InboxScreen
    yield patient, lambda: MessageScreen(world.asked.id)
    yield patient, lambda: MessageScreen(world.answered.id)
    yield bo, lambda: TypeList(lambda _kind: None)
    half_done = Content("", Form(items=(OneChoice(id="one", wording=say("wording")),)))
    yield bo, lambda: ProblemList(half_done, lambda _problem: None)
    yield anna, lambda: Ask(say("title"), say("text"), [("a", say("choice")), ("b", say("another choice"))])
    yield anna, lambda: AskText(say("title"), say("text"), say("label"), say("initial text"))
    yield anna, lambda: HelpScreen(say("title"), say("guidance"), [entry])
    yield anna, Palette


def _sending(world: World, desk: Desk) -> Iterator[Callable[[], Screen[object]]]:
    yield FetchScreen
    yield lambda: PickScreen(Writing(desk, world.draft))
    yield lambda: FillScreen(Writing(desk, world.draft), resumed=True)
    yield lambda: SentScreen(world.answered)
    yield lambda: RecipientsScreen(f"{world.patient.number}, 1\n{world.say('line')}", at_once=True)
    receipts = (Receipt(id=world.asked.id, reference=world.asked.reference, patient_id=world.patient.id),)
    mailing = Mailing(
        template=world.template.name, answerable=True, sent_at=world.asked.sent_at, receipts=receipts
    )
    yield lambda: SentManyScreen(mailing)


def _auditors(gun: StaffActor, say: Say) -> Iterator[Opening]:
    review = log_reviews.draw(gun, Period(first=TODAY, last=TODAY), 20).summary
    field = AskedField("name", say("label"), say("initial text"), say("note"))
    yield gun, AccessLogScreen
    yield gun, LogReviewsScreen
    yield gun, lambda: LogReviewScreen(review.id)
    yield gun, lambda: AskFields(say("title"), [field])


def all_screens() -> set[str]:
    """The names of all screens of the program that are not the base of others."""
    kinds = [kind for kind in _kinds(Screen) if kind.__module__.startswith("tui.")]
    return {kind.__name__ for kind in kinds if not kind.__subclasses__()}


def _kinds(base: type) -> Iterator[type]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)


class Beginner(Someone):
    """Someone in front of an empty first screen."""

    first: Screen[object]


async def settled(someone: Someone) -> None:
    """Everything that the screen asked for has come, and is drawn."""
    pilot, end = someone.terminal.pilot, time.monotonic() + DEADLINE
    while not all(worker.is_finished for worker in someone.app.workers):
        assert time.monotonic() < end, someone.terminal.text()
        await pilot.pause()
    for form in someone.app.screen.query(FormView):
        await form.whole()
    await pilot.pause()


async def opened(someone: Beginner, world: World) -> AsyncIterator[Screen[object]]:
    """Each screen in turn, above the empty one, when it shows all that it will."""
    for actor, screen_of in openings(world, someone):
        someone.app.actor = actor
        someone.app.demo = not someone.app.demo
        screen = screen_of()
        await someone.app.push_screen(screen)
        await settled(someone)
        yield screen
        someone.app.workers.cancel_node(screen)
        while someone.app.screen is not someone.first:
            await someone.app.pop_screen()


@asynccontextmanager
async def in_front(store: Store, clinic: Clinic, size: tuple[int, int]) -> AsyncIterator[Beginner]:
    """A terminal of `size` with nothing on it."""
    async with at_screen(store, clinic.anna, Screen, size=size) as someone:
        beginner = Beginner(someone.terminal)
        beginner.app, beginner.first = someone.app, someone.app.screen
        yield beginner

"""A form on its way: sent with its placeholders filled, answered under conditions, kept, summed, read."""

from __future__ import annotations

from data import cases, drafts, inbox
from data.domain.forms import (
    Band,
    Condition,
    Form,
    OneChoice,
    Option,
    Score,
    Section,
    ShortText,
    ShownWhen,
    Test,
    Text,
    WhiteBox,
    YesNo,
)
from data.store.store import Store
from tests.conftest import Clinic, publish
from tests.tui.one_screen import OneScreen, Someone, at_screen
from tests.tui.test_patient import in_message, stored
from tui.screens.admin.preview import PreviewScreen
from tui.screens.base import BaseScreen
from tui.screens.case import CaseScreen
from tui.screens.send.fill import FillScreen
from tui.screens.send.writing import Writing

OPTIONS = (Option(id="no", wording="Nej", points=0), Option(id="yes", wording="Ja", points=3))
BANDS = (Band(least=0, most=2, wording="ingen"), Band(least=3, most=6, wording="lindrig"))
HABITS = Form(
    title="Några frågor",
    items=(
        Section(
            id="med",
            wording="Läkemedel",
            repeats=True,
            items=(ShortText(id="name", wording="Namn", required=False),),
        ),
        YesNo(id="smokes", wording="Röker du?"),
        ShortText(
            id="many",
            wording="Hur mycket?",
            shown_when=ShownWhen(conditions=(Condition(question="smokes", test=Test.EQUALS, value=True),)),
        ),
        OneChoice(id="a", wording="Trött?", options=OPTIONS),
        OneChoice(id="b", wording="Ledsen?", options=OPTIONS, required=False),
    ),
    scores=(
        Score(id="phq", name="PHQ", questions=("a", "b"), bands=BANDS),
        Score(id="tired", name="Trötthet", questions=("a",), shown_to_patient=True),
    ),
)
LETTER = Form(
    answerable=False,
    items=(
        WhiteBox(id="dose", wording="Dos", name="dos", required=False),
        Text(id="t", wording="Hej {namn}! Ta {dos}. {signatur}, {mottagning}"),
    ),
)


class _Start(BaseScreen[None]):
    """Opens the sender's screen for a draft, once the program runs."""

    PLACE = "pick"

    def __init__(self, draft: drafts.Draft) -> None:
        super().__init__()
        self._draft = draft

    def on_mount(self) -> None:
        self.app.push_screen(FillScreen(Writing(self.desk, self._draft)))


async def answers(tolvan: Someone) -> None:
    await tolvan.sees("Läkemedel 1", "Röker du?")
    await tolvan.press("tab", "tab")  # past the medicine, which is optional
    await tolvan.press("1", "enter", *"Mycket", "enter", "2", "tab")


async def test_what_stands_for_placeholders_is_seen_before_sending_and_asked_for(
    store: Store, clinic: Clinic
) -> None:
    draft = clinic.draft(publish(clinic.bo, "Dosering", LETTER))
    async with at_screen(store, clinic.anna, lambda: _Start(draft)) as anna:
        await anna.sees(
            "Hej Tolvan Tolvansson! Ta «dos». Anna Andersson, sjuksköterska, Vårdcentralen Björken"
        )
        await anna.press("ctrl+s")
        await anna.sees("Dos", "✗ Skriv här innan du skickar: en text använder {dos}")
        await anna.type("1 tablett")
        await anna.sees("Ta 1 tablett.", gone="✗")
        await anna.press("f6", "end", *" X")
        await anna.sees("Anna Andersson, sjuksköterska X, Vårdcentralen")
        await anna.press("ctrl+s")
        await anna.sees("sparat och skickat")
    letter = inbox.open_letter(clinic.as_patient(), inbox_id(clinic))
    assert isinstance(letter.form.items[1], Text)
    assert letter.form.items[1].wording.startswith("Hej Tolvan Tolvansson! Ta 1 tablett.")


def inbox_id(clinic: Clinic) -> int:
    from data.domain.paging import Edge

    return inbox.list_mine(clinic.as_patient(), Edge()).rows[0].id


async def test_times_and_hidden_answers_are_there_after_a_killed_terminal(
    store: Store, clinic: Clinic
) -> None:
    sent = clinic.send(publish(clinic.bo, "Levnadsvanor", HABITS))
    async with in_message(store, clinic, sent.id) as tolvan:
        await tolvan.sees("Några frågor", "Läkemedel 1")
        assert "Levnadsvanor" not in tolvan.terminal.text(), "the template's name says too much"
        await answers(tolvan)
        await tolvan.press("shift+tab", "shift+tab", "shift+tab", "2")
        await tolvan.sees("(•) Nej", gone="Hur mycket?")
        await tolvan.press("shift+tab", "enter")
        await tolvan.sees("Läkemedel 2")
        await tolvan.type("Waran")
        await stored(tolvan, sent.id, med=[{"name": ""}, {"name": "Waran"}], many="Mycket", smokes=False)
    async with in_message(store, clinic, sent.id) as tolvan:
        await tolvan.sees("Läkemedel 2", "Waran")
        await tolvan.press("pagedown")
        await tolvan.sees("(•) Nej", "Trött?", gone="Hur mycket?")
        await tolvan.press("ctrl+s")
        await tolvan.sees("1 svar skickas inte, eftersom frågan inte längre gäller", "Waran")
        await tolvan.press("ctrl+s")
        await tolvan.sees("Tack!")
    case = cases.open_case(clinic.anna, sent.id)
    assert case.answers == {"med": [{}, {"name": "Waran"}], "smokes": False, "a": "yes"}


async def test_scores_are_for_staff_and_for_the_patient_only_those_that_may(
    store: Store, clinic: Clinic
) -> None:
    sent = clinic.send(publish(clinic.bo, "Levnadsvanor", HABITS))
    async with in_message(store, clinic, sent.id) as tolvan:
        await answers(tolvan)
        await tolvan.press("ctrl+s")
        screen = await tolvan.sees("Skicka svaren")
        assert "Trötthet" not in screen, "nothing is summed before it is sent"
        await tolvan.press("ctrl+s")
        screen = await tolvan.sees("Tack!", "Trötthet: 3 poäng")
        assert "PHQ" not in screen
    async with at_screen(store, clinic.anna, lambda: CaseScreen(sent.id)) as anna:
        await anna.sees("Levnadsvanor", "Invånaren ser: Några frågor")
        await anna.sees("PHQ: 3 poäng, lindrig (1 utan poäng)", "Trötthet: 3 poäng")
        await anna.press("pagedown")
        await anna.sees("Hur mycket? Mycket")


async def test_an_unanswered_case_shows_all_that_may_be_asked(store: Store, clinic: Clinic) -> None:
    sent = clinic.send(publish(clinic.bo, "Levnadsvanor", HABITS))
    async with at_screen(store, clinic.anna, lambda: CaseScreen(sent.id)) as anna:
        screen = await anna.sees("Inte läst än", "Läkemedel", "Fylls i 1 till 10 gånger")
        assert "PHQ" not in screen
        await anna.press("pagedown")
        await anna.sees("Hur mycket?", "Röker du?” är Ja")


async def test_an_administrator_answers_as_the_patient(store: Store, clinic: Clinic) -> None:
    def preview() -> PreviewScreen:
        return PreviewScreen("Levnadsvanor", HABITS, ["Mallar"])

    async with at_screen(store, clinic.bo, preview) as bo:
        assert isinstance(bo.app, OneScreen)
        await bo.sees("Några frågor", "Läkemedel 1", gone="Levnadsvanor")
        await bo.press("ctrl+s")
        await bo.sees("Rätta det som är märkt", "✗ Välj ett svar")
        await bo.press("1", "enter", *"Mycket", "enter", "2", "tab")
        await bo.press("ctrl+s")
        await bo.sees("Allt är ifyllt", "PHQ: 3 poäng, lindrig (1 utan poäng)")

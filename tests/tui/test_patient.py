"""The patient at the terminal: reads, answers with pauses and mishaps, looks through, submits once."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen

from data import cases, demo, drafts, inbox, staff
from data.domain.errors import Message, Unavailable
from data.domain.forms import (
    Confirmation,
    Form,
    LongText,
    OneChoice,
    Option,
    ShortText,
    Text,
    WhiteBox,
    YesNo,
)
from data.domain.paging import PAGE, Edge, Side
from data.domain.roles import Visitor
from data.store import models
from data.store.database import open_store
from data.store.store import Store
from tests.conftest import ANSWERS, INFORMATION, Clinic, FrozenClock, let_rows_be_rewritten, publish
from tests.tui.drivers import RealTerminal, fits
from tests.tui.one_screen import Someone, at_screen
from tests.tui.stories import Person
from tui.screens.patient.inbox import InboxScreen
from tui.screens.patient.message import MessageScreen

HOSTILE = "[/b]\x1b]52;c;aGVq\x07\x1b[2J[red]{x}\u202e\u200b%s \x9b31mÅsa"


def in_inbox(store: Store, clinic: Clinic, **options: Any) -> Any:
    return at_screen(store, clinic.as_patient(), InboxScreen, **options)


def in_message(store: Store, clinic: Clinic, case_id: int, **options: Any) -> Any:
    def first() -> Screen[Any]:
        return MessageScreen(case_id)

    return at_screen(store, clinic.as_patient(), first, **options)


async def stored(someone: Someone, case_id: int, **wanted: object) -> None:
    """Wait until the answers on disk are the wanted ones, among others."""
    for _attempt in range(500):
        actor = someone.app.actor
        typed = (await someone.app.session.run(inbox.open_letter, actor, case_id)).typed
        if all(typed.get(question) == value for question, value in wanted.items()):
            return
        await someone.terminal.glance()
    raise AssertionError(f"{wanted} are not stored: {typed}")


async def answers_all(someone: Person) -> None:
    await someone.sees("Jag har förstått")
    await someone.press("space", "enter", "2", "enter")
    await someone.type("Nej tack")
    await someone.press("tab", "2")


# The inbox


async def test_unread_messages_come_first_then_the_newest(
    store: Store, clinic: Clinic, clock: FrozenClock
) -> None:
    names = ["Äldst oläst", "Läst sedan", "Oläst mellan", "Nyast oläst"]
    sent = []
    for name in names:
        clock.move(minutes=1)
        sent.append(clinic.send(publish(clinic.bo, name, INFORMATION)))
    inbox.open_letter(clinic.as_patient(), sent[1].id)
    clock.move(minutes=1)
    answered = clinic.answered()
    async with in_inbox(store, clinic) as tolvan:
        screen = await tolvan.sees("Nyast oläst", "Ordination")
        lines = [line for line in screen.splitlines() if "09:0" in line]
        assert [next(n for n in [*names, "Ordination"] if n in line) for line in lines] == [
            "Nyast oläst",
            "Oläst mellan",
            "Äldst oläst",
            "Ordination",
            "Läst sedan",
        ]
        assert [line.split()[0] for line in lines] == ["›", "●", "●", "S", "L"]
        assert "(Fråga)" in lines[3]
        assert "(Information)" in lines[0]
        assert answered.id


def test_unread_first_reads_the_same_from_every_edge(
    store: Store, clinic: Clinic, clock: FrozenClock
) -> None:
    patient = clinic.as_patient()
    sent = []
    for number in range(PAGE + 20):
        clock.move(minutes=number % 3)  # several at the same moment
        sent.append(clinic.send())
    for case in sent[::3]:
        inbox.open_letter(patient, case.id)
    first = inbox.list_mine(patient, Edge())
    assert first.at_start
    assert not first.at_end

    def beside(side: Side, row: inbox.LetterRow) -> inbox.LetterRow | Any:
        edge = Edge(side=side, at=row.sent_at, id=row.id, ahead=row.read_at is None)
        return inbox.list_mine(patient, edge).rows

    rest = beside(Side.AFTER, first.rows[-1])
    rows = [*first.rows, *rest]
    expected = sorted(sent, key=lambda case: (case not in sent[::3], case.sent_at, case.id), reverse=True)
    assert [row.id for row in rows] == [case.id for case in expected]
    for index in (3, 98, 99, 100, 120):
        assert list(beside(Side.FROM, rows[index])) == rows[index:][:PAGE]
        assert list(beside(Side.BEFORE, rows[index])) == rows[:index][-PAGE:]
    assert list(inbox.list_mine(patient, Edge(side=Side.LAST)).rows) == rows[-PAGE:]


async def test_an_opened_message_is_marked_read_when_the_patient_comes_back(
    store: Store, clinic: Clinic
) -> None:
    sent = clinic.send()
    async with in_inbox(store, clinic) as tolvan:
        await tolvan.sees("● 2026-03-02 09:00", "Meddelande om provsvar")
        await tolvan.press("enter")
        await tolvan.sees("Hej! Dina provsvar är normala.", "Anna Andersson", "Vårdcentralen Björken")
        await tolvan.press("escape")
        await tolvan.sees("L 2026-03-02 09:00")
        await tolvan.press("f5")
        await tolvan.sees("Listan är läst på nytt")
    assert cases.open_case(clinic.anna, sent.id).read_at == store.clock()


async def test_a_patient_has_nothing_to_lock(store: Store, clinic: Clinic) -> None:
    clinic.ask()
    async with in_inbox(store, clinic) as tolvan:
        await tolvan.sees("Ordination")
        await tolvan.press("ctrl+l", "enter")
        await tolvan.sees("Jag har förstått")
        await tolvan.press("ctrl+l", "f1")
        await tolvan.sees("Hjälp: Meddelande", "Logga ut", gone="Ctrl+L")
        assert tolvan.app.asked == []


async def test_an_empty_inbox_says_so(store: Store, clinic: Clinic) -> None:
    async with in_inbox(store, clinic) as tolvan:
        await tolvan.sees("Du har inga meddelanden")
        await tolvan.press("enter", "f5", "n", "slash", "f2")
        assert isinstance(tolvan.app.screen, InboxScreen)


# Reading


async def test_information_needs_only_reading(store: Store, clinic: Clinic) -> None:
    sent = clinic.send()
    async with in_message(store, clinic, sent.id) as tolvan:
        screen = await tolvan.sees("det räcker att läsa det")
        assert "Ctrl+S" not in screen
        assert "Bara normala svar" not in screen, "the instruction to staff is not for the patient"
        await tolvan.press("ctrl+s")
        await tolvan.sees("det räcker att läsa det")


async def test_a_message_that_is_not_the_patients_own_is_not_shown(store: Store, clinic: Clinic) -> None:
    foreign = clinic.send(patient=clinic.hidden)
    async with in_message(store, clinic, foreign.id) as tolvan:
        await tolvan.sees("Det finns inget sådant meddelande")
        await tolvan.press("ctrl+s")
        await tolvan.press("escape")


async def test_a_long_message_is_read_to_its_end_by_keys(store: Store, clinic: Clinic) -> None:
    form = Form(answerable=False, items=tuple(Text(id=f"t{n}", wording=f"Stycke {n}") for n in range(60)))
    sent = clinic.send(publish(clinic.bo, "Långt", form))
    async with in_message(store, clinic, sent.id) as tolvan:
        await tolvan.sees("Stycke 0")
        await tolvan.press("pagedown")
        await tolvan.sees("Stycke 9", gone="Stycke 0")
        await tolvan.press(*["pagedown"] * 8)
        await tolvan.sees("Stycke 59")
        await tolvan.press("home")
        await tolvan.sees("Stycke 0")


# Answering


async def test_the_patient_answers_looks_through_and_submits_once(store: Store, clinic: Clinic) -> None:
    sent = clinic.ask()
    async with in_inbox(store, clinic) as tolvan:
        await tolvan.sees("Ordination")
        await tolvan.press("enter")
        await tolvan.sees("0 av 4 besvarade", "Dosering", "1 tablett", "Läs och bekräfta")
        await answers_all(tolvan)
        await tolvan.sees("4 av 4 besvarade", "[x] Jag har förstått", "(•) Nej", "[x] Intyg")
        await tolvan.press("ctrl+s")
        await tolvan.sees("Granska", "Bekräftat", "Nej tack", "Skicka svaren")
        assert cases.open_case(clinic.anna, sent.id).answered_at is None
        await tolvan.press("ctrl+s", "ctrl+s")
        screen = await tolvan.sees("Tack! Dina svar är skickade till Vårdcentralen Björken")
        assert "besvarade" not in screen
        await tolvan.press("ctrl+s")
        await tolvan.sees("Du har redan svarat")
        await tolvan.press("escape")
        await tolvan.sees("S 2026-03-02 09:00")
        await tolvan.press("enter")
        await tolvan.sees("Du svarade 2026-03-02 09:00", "Nej tack")
    case = cases.open_case(clinic.anna, sent.id)
    assert case.answers == ANSWERS
    events = [row.event for row in models.AccessLog.select()]
    assert events.count("inbox.answered") == 1


async def test_the_button_sends_and_escape_goes_back_to_mend(store: Store, clinic: Clinic) -> None:
    sent = clinic.ask()
    async with in_message(store, clinic, sent.id) as tolvan:
        await tolvan.sees("Jag har förstått")
        await tolvan.press("space", "ctrl+s")
        await tolvan.sees("[›Skicka svaren‹]", "Inte besvarad")
        await tolvan.press("escape")
        await tolvan.sees("1 av 4 besvarade", gone="Skicka svaren‹")
        await tolvan.press("down", "1", "ctrl+s")
        await tolvan.sees("[›Skicka svaren‹]", "Ja")
        await tolvan.press("enter")
        await tolvan.sees("Tack!")
    assert cases.open_case(clinic.anna, sent.id).answers == {"ok": True, "rok": True}


async def test_what_is_missing_is_named_beside_its_question(store: Store, clinic: Clinic) -> None:
    sent = clinic.ask()
    async with in_message(store, clinic, sent.id) as tolvan:
        await tolvan.sees("Jag har förstått")
        await tolvan.press("ctrl+s")
        await tolvan.sees("✗ Kryssa i rutan för att bekräfta", "✗ 1 svar behöver ses över")
        await tolvan.press("space")
        await tolvan.sees("[x] Jag har förstått", gone="Kryssa i rutan")
        await tolvan.sees("[x] Jag har förstått", gone="behöver ses över")
        await tolvan.press("ctrl+s")
        await tolvan.sees("Skicka svaren", gone="behöver ses över")


async def test_letters_typed_just_before_ctrl_s_are_sent(store: Store, clinic: Clinic) -> None:
    form = Form(items=(ShortText(id="a", wording="Namn?"),))
    sent = clinic.send(publish(clinic.bo, "Kort", form))
    async with in_message(store, clinic, sent.id) as tolvan:
        await tolvan.sees("Namn?")
        await tolvan.press(*"Alldeles strax", "ctrl+s")
        await tolvan.sees("[›Skicka svaren‹]", "Alldeles strax")
        await tolvan.press("ctrl+s")
        await tolvan.sees("Tack!")
    assert cases.open_case(clinic.anna, sent.id).answers == {"a": "Alldeles strax"}


# Nothing typed is lost


async def test_a_half_filled_answer_is_still_there_after_leaving(store: Store, clinic: Clinic) -> None:
    sent = clinic.ask()
    async with in_inbox(store, clinic) as tolvan:
        await tolvan.sees("Ordination")
        await tolvan.press("enter")
        await tolvan.sees("Jag har förstått")
        await tolvan.press("tab", "tab", *"nja!", "escape")
        await tolvan.sees("(Fråga) påbörjad")
        await tolvan.press("enter")
        await tolvan.sees("nja!", "1 av 4 besvarade", "Dina svar hittills finns kvar")
    assert cases.open_case(clinic.anna, sent.id).answers is None


async def test_a_question_that_was_only_read_is_not_begun(store: Store, clinic: Clinic) -> None:
    clinic.ask()
    async with in_inbox(store, clinic) as tolvan:
        await tolvan.sees("● ", "Ordination")
        await tolvan.press("enter")
        await tolvan.sees("Jag har förstått")
        await tolvan.press("escape")
        await tolvan.sees("L 2026-03-02")
        assert "påbörjad" not in tolvan.terminal.text()


async def test_a_half_filled_answer_survives_a_program_that_just_ends(
    store: Store, clinic: Clinic, database_file: Path
) -> None:
    sent = clinic.ask()
    async with in_message(store, clinic, sent.id) as tolvan:
        await tolvan.sees("Jag har förstått")
        await tolvan.press("space", "tab", "tab", *"nja!")
        await stored(tolvan, sent.id, ok=True, ovrigt="nja!")  # by itself: nobody asked to keep it
    store.close()
    async with in_message(open_store(database_file), clinic, sent.id) as tolvan:
        await tolvan.sees("nja!", "[x] Jag har förstått", "2 av 4 besvarade")


async def test_keep_stores_at_once_for_lock_and_quit(store: Store, clinic: Clinic) -> None:
    sent = clinic.ask()
    async with in_message(store, clinic, sent.id) as tolvan:
        await tolvan.sees("Jag har förstått")
        await tolvan.press("space")
        await tolvan.app.screen.keep()
        assert inbox.open_letter(clinic.as_patient(), sent.id).typed["ok"] is True


async def test_a_half_filled_answer_survives_a_killed_process(
    demo_file: Path, at_real_terminal: Callable[..., Person]
) -> None:
    store = open_store(demo_file)
    case_id = asks_the_demo_patient("Hur mår du?", Form(items=(LongText(id="a", wording="Berätta"),)))

    first = at_real_terminal()
    await opens_the_first_message(first)
    await first.sees("Berätta")
    await first.type("Det gör ont")
    for _attempt in range(500):
        draft = models.AnswerDraft.get_or_none(models.AnswerDraft.case == case_id)
        if draft is not None and "Det gör ont" in draft.typed:
            break
        await first.terminal.glance()
    assert isinstance(first.terminal, RealTerminal)
    first.terminal.child.kill(signal.SIGKILL)
    store.close()

    second = at_real_terminal()
    await opens_the_first_message(second)
    await second.sees("Det gör ont", "1 av 1 besvarade", "Dina svar hittills finns kvar")


def asks_the_demo_patient(name: str, form: Form) -> int:
    """Anna of the demo sends a new question, and the demo's patient has read everything else."""
    visitor = Visitor()
    (anna,) = staff.sign_in(visitor, "anna", demo.PASSWORD).actors
    (bo,) = staff.sign_in(visitor, "bo", demo.PASSWORD).actors
    patient = models.Patient.get(models.Patient.number == demo.PATIENT)
    models.Case.update(read_at=models.Case.sent_at).where(models.Case.patient == patient).execute()
    draft = drafts.begin(anna, patient.id).model_copy(update={"template": publish(bo, name, form)})
    return cases.send(anna, draft, draft.key).id


async def opens_the_first_message(tolvan: Person) -> None:
    await tolvan.sees("Det här är en demo")
    await tolvan.press("5")
    await tolvan.sees("tryck på Enter")
    await tolvan.press("enter")
    await tolvan.sees("Hur mår du?")
    await tolvan.press("enter")


async def test_answers_that_cannot_be_stored_stay_on_the_screen(
    store: Store, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = clinic.ask()
    away = Unavailable(Message("The database is busy: try again in a moment; what you typed is still here"))

    def fail(*args: object) -> None:
        raise away

    async with in_message(store, clinic, sent.id) as tolvan:
        await tolvan.sees("Jag har förstått")
        with monkeypatch.context() as broken:
            broken.setattr(inbox.save_typed, "function", fail)
            broken.setattr(inbox.answer, "function", fail)
            await tolvan.press("space")
            await tolvan.sees("Databasen är upptagen")
            await tolvan.press("escape")
            await tolvan.sees("Dina senaste svar är inte sparade", "1  Stanna")
            await tolvan.press("enter")
            await tolvan.sees("[x] Jag har förstått", gone="1 Stanna")
            await tolvan.press("ctrl+s")
            await tolvan.sees("[›Skicka svaren‹]")
            await tolvan.press("ctrl+s")
            await tolvan.sees("✗ Databasen är upptagen", "[›Skicka svaren‹]")
        await tolvan.press("ctrl+s")
        await tolvan.sees("Tack!")


async def test_answers_sent_from_elsewhere_meanwhile_are_told(store: Store, clinic: Clinic) -> None:
    sent = clinic.ask()
    async with in_message(store, clinic, sent.id) as tolvan:
        await tolvan.sees("Jag har förstått")
        inbox.answer(clinic.as_patient(), sent.id, ANSWERS)
        await tolvan.press("space", "ctrl+s")
        await tolvan.sees("[›Skicka svaren‹]")
        await tolvan.press("enter")
        await tolvan.sees("✗ Du har redan svarat", "Bekräftat")
        await tolvan.press("escape")
        await tolvan.sees("[x] Jag har förstått")
        await tolvan.press("escape")
        await tolvan.sees("Dina senaste svar är inte sparade")
        await tolvan.press("2")
        await tolvan.terminal.pilot.pause()
    assert cases.open_case(clinic.anna, sent.id).answers == ANSWERS


# Hostile and extreme text


async def test_hostile_text_is_shown_as_text_everywhere(store: Store, clinic: Clinic) -> None:
    said = HOSTILE.replace("{x}", "{{x}}")  # a brace as such: an unknown placeholder could not be published
    form = Form(
        patient_instruction=said,
        items=(
            Text(id="t", wording=said),
            WhiteBox(id="w", wording=said),
            ShortText(id="s", wording=said, help=said),
            YesNo(id="y", wording=said),
            Confirmation(id="c", wording=said),
            OneChoice(
                id="o",
                wording=said,
                options=(Option(id="a", wording=HOSTILE), Option(id="b", wording=f"b {HOSTILE}")),
            ),
        ),
    )
    clinic.send(publish(clinic.bo, HOSTILE, form), written={"w": HOSTILE})
    models.Clinic.update(name=HOSTILE).execute()  # past `clean`, as from another system
    let_rows_be_rewritten()
    models.TemplateVersion.update(name=HOSTILE).execute()
    models.Case.update(signature=HOSTILE).execute()
    async with in_inbox(store, clinic) as tolvan:
        screens = [await tolvan.sees("[/b]")]
        await tolvan.press("enter")
        screens.append(await tolvan.sees("0 av 4"))
        await tolvan.pastes(HOSTILE)
        await tolvan.press("down", "1", "down", "down", "space", "down", "2")
        screens.append(await tolvan.sees("4 av 4"))
        await tolvan.press("ctrl+s")
        screens.append(await tolvan.sees("Skicka svaren"))
        await tolvan.press("ctrl+s")
        screens.append(await tolvan.sees("Tack!"))
        for screen in screens:
            assert not {"\x1b", "\x07", "\x9b", "\u202e", "\u200b"} & set(screen)
            assert fits(screen, 80, 24)


async def test_extremely_long_wording_leaves_the_answer_within_reach(store: Store, clinic: Clinic) -> None:
    form = Form(items=(ShortText(id="s", wording="Ord " * 1900), ShortText(id="e", wording="x" * 4000)))
    sent = clinic.send(publish(clinic.bo, "Lång " * 55, form))
    async with in_message(store, clinic, sent.id) as tolvan:
        await tolvan.sees("0 av 2")
        await tolvan.type("här")
        await tolvan.press("enter")
        await tolvan.type("där")
        await tolvan.sees("där", "2 av 2")
        await tolvan.press("up")
        await tolvan.sees("här")


async def test_esc_in_a_field_goes_back_and_letters_stay_in_it(store: Store, clinic: Clinic) -> None:
    form = Form(items=(LongText(id="a", wording="Berätta"),))
    clinic.send(publish(clinic.bo, "Fritt", form))
    async with in_inbox(store, clinic) as tolvan:
        await tolvan.sees("Fritt")
        await tolvan.press("enter")
        await tolvan.sees("Berätta")
        await tolvan.press("n", "c", "slash", "question_mark", "j")
        await tolvan.sees("nc/?j")
        await tolvan.press("escape")
        await tolvan.sees("påbörjad")

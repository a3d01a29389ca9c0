"""The real program in a real terminal: faults, several terminals at once, and the bytes that come out."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data import inbox
from data.domain.identity import PersonalIdentityNumber
from data.domain.roles import PatientActor
from data.store import models
from data.store.database import open_store
from tests.conftest import let_rows_be_rewritten
from tests.tui.drivers import RealTerminal, fits
from tests.tui.stories import TOLVAN, Person

AtRealTerminal = Callable[..., Person]


def real(person: Person) -> RealTerminal:
    assert isinstance(person.terminal, RealTerminal)
    return person.terminal


async def begins_an_ordination(anna: Person, text: str) -> None:
    await anna.signs_in_as("1", "Mina ärenden")
    await anna.fetches(TOLVAN)
    await anna.picks("Ordination")
    await anna.type(text)
    await anna.sees(text)


async def finds_the_draft(anna: Person, text: str) -> None:
    await anna.signs_in_as("1", "Mina ärenden")
    await anna.press("n")
    await anna.sees("Påbörjade ärenden", "Tolvan Tolvansson")
    await anna.press("down", "enter")
    await anna.sees("Fyll i", text)


async def test_a_closed_terminal_costs_no_text(at_real_terminal: AtRealTerminal) -> None:
    anna = at_real_terminal()
    await begins_an_ordination(anna, "Alvedon 500 mg")
    real(anna).child.kill(signal.SIGHUP)
    await anna.ends()
    await finds_the_draft(at_real_terminal(), "Alvedon 500 mg")


async def test_a_killed_program_keeps_the_draft(at_real_terminal: AtRealTerminal, demo_file: Path) -> None:
    anna = at_real_terminal()
    await begins_an_ordination(anna, "Alvedon 500 mg")
    await anna.press("escape")  # every step is stored
    await anna.sees("› Mall", gone="Fyll i")
    real(anna).child.kill(signal.SIGKILL)
    await anna.ends()
    await finds_the_draft(at_real_terminal(), "Alvedon 500 mg")


async def test_a_new_answer_appears_by_itself(at_real_terminal: AtRealTerminal) -> None:
    anna = at_real_terminal()
    await anna.signs_in_as("1", "Mina ärenden")
    await anna.fetches(TOLVAN)
    await anna.picks("Ordination")
    await anna.writes_and_sends("Alvedon 500 mg")
    await anna.press("3")
    await anna.sees("Tolvan Tolvansson 19121212-1212 Ordination", gone="Skickat ›")

    tolvan = at_real_terminal()
    await tolvan.reads_as_tolvan()
    await tolvan.press("enter")
    await tolvan.sees("[ ] Jag har läst")
    await tolvan.press("space", "ctrl+s")
    await tolvan.sees("Granska dina svar")
    await tolvan.press("ctrl+s")
    await tolvan.sees("Tack")

    await anna.sees("Tolvan Tolvansson 19121212-1212 Ordination L S ●")


async def test_every_size_shows_the_screen_whole(at_real_terminal: AtRealTerminal) -> None:
    anna = at_real_terminal()
    await anna.signs_in_as("1", "Mina ärenden")
    await anna.sees("Skickat", "nya svar", "F1 Hjälp")
    for columns, rows in ((120, 36), (40, 12), (200, 60), (80, 24)):
        real(anna).resize(columns, rows)
        screen = await anna.sees("Mina ärenden", "F1 Hjälp")
        assert fits(screen, columns, rows)


async def test_without_colour_the_cursor_is_still_seen(at_real_terminal: AtRealTerminal) -> None:
    anna = at_real_terminal(env={"NO_COLOR": "1"})
    await anna.sees("› 1  Anna Andersson")
    await anna.press("down")
    await anna.sees("› 2  Cilla Ceder")
    await anna.press("enter")
    screen = await anna.sees("Mina ärenden", "Skickat", gone="demo:")
    assert re.search(r"^ › \d\d-\d\d", screen, re.MULTILINE)


PAYLOADS = (
    "\x1b]52;c;cHduZWQ=\x07",
    "\x1b[2J\x1b[H",
    "\x1b]0;pwned\x07",
    "\x9b31m",
    "\u202egnp.exe",
    "[/b][red]x[/]",
    "\u2066\u200b\ufeff",
    "\x00\x08\x7f",
)
FORBIDDEN = re.compile("[\u0080-\u009f\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]")


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
async def test_hostile_text_does_not_reach_the_terminal(
    at_real_terminal: AtRealTerminal, demo_file: Path, payload: str
) -> None:
    """Written straight into the tables, past every intake, as patient, template, staff's text and answer."""
    store = open_store(demo_file)
    with store.writing():
        hostile = f"Hej{payload}då"
        models.Patient.update(name=hostile).where(models.Patient.number == TOLVAN).execute()
        models.Template.update(name=models.Template.name + payload).execute()
        let_rows_be_rewritten()
        models.TemplateVersion.update(name=models.TemplateVersion.name + payload).execute()
        tolvan = models.Patient.get(models.Patient.number == TOLVAN)
        case = models.Case.get(models.Case.patient == tolvan)
        case.written = json.dumps(dict.fromkeys(("blodtryck-plan", "besok-tid", "ordination-dos"), hostile))
        case.signature = hostile
        case.save()
    actor = PatientActor(
        patient_id=tolvan.id,
        number=PersonalIdentityNumber(TOLVAN),
        name="Tolvan",
        signed_in_at=datetime.now(UTC),
    )
    inbox.open_letter(actor, case.id)
    store.close()

    anna = at_real_terminal()
    await anna.signs_in_as("1", "Mina ärenden")
    await anna.press("f3")
    await anna.sees("Fördelade ärenden")
    await anna.press("end", "enter")
    await anna.sees("Ärende ›", "Hej")
    await anna.press("n")
    await anna.sees("Invånarens personnummer")
    await anna.type(TOLVAN)
    await anna.press("enter")
    await anna.sees("› Mall", "Hej", "Kallelse med frågor")
    await anna.press("enter")
    await anna.sees("Fyll i", "Hej")
    await anna.press("f1")
    await anna.sees("Hjälp: Fyll i")
    await anna.press("escape", "ctrl+q")
    await anna.ends()

    raw = real(anna).raw.decode("utf-8", "replace")
    assert not FORBIDDEN.search(raw)
    # Textual itself writes OSC 22, the pointer's shape, and none of the others.
    assert set(re.findall(r"\x1b\](\d+)", raw)) <= {"22"}
    assert "\x1b[2J" not in raw

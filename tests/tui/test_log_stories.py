"""What log auditors do: narrow, look at what is flagged, review a sample, write an extract. By keys alone."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data import log_reviews, patients
from data.domain.errors import NotAllowed
from data.domain.paging import Edge
from data.domain.roles import Role
from data.store import models
from data.store.store import Store
from tests.conftest import Clinic, FrozenClock
from tests.tui.drivers import fits
from tests.tui.one_screen import Someone, at_screen
from tui.screens.admin.access_log import AccessLogScreen
from tui.screens.admin.log_review import LogReviewScreen
from tui.screens.admin.log_reviews import LogReviewsScreen

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 36)])


@pytest.fixture
def busy(clinic: Clinic, clock: FrozenClock) -> Clinic:
    """Anna and Cilla have fetched Tolvan, Cilla Maria too at night; Bo was refused."""
    clock.move(minutes=1)
    patients.fetch(clinic.anna, clinic.tolvan.number)
    clock.move(minutes=1)
    patients.fetch(clinic.cilla, clinic.tolvan.number)
    with pytest.raises(NotAllowed):
        patients.fetch(clinic.bo, clinic.tolvan.number)
    clock.now = datetime(2026, 3, 3, 2, tzinfo=UTC)
    patients.fetch(clinic.cilla, clinic.unreachable.number)
    clock.now = datetime(2026, 3, 3, 9, tzinfo=UTC)
    return clinic


def lines(screen: str) -> list[str]:
    """The rows of the table."""
    return [line for line in screen.splitlines() if re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d", line)]


async def filters(gun: Someone, text: str) -> None:
    await gun.press("slash")
    await gun.type(text)


async def test_a_line_narrows_by_person_patient_days_and_kind(store: Store, busy: Clinic) -> None:
    async with at_screen(store, busy.gun, AccessLogScreen) as gun:
        await gun.sees("Maria Joh")
        await filters(gun, "person:cilla invånare:1912 från:2026-03-02 till:2026-03-02 slag:läst")
        screen = await gun.sees("Cilla Ceder", gone="Maria Joh")
        assert len(lines(screen)) == 1
        await gun.press("enter", "escape")
        await gun.sees("Maria Joh")


async def test_what_can_not_be_understood_is_told_and_nothing_changes(store: Store, busy: Clinic) -> None:
    async with at_screen(store, busy.gun, AccessLogScreen) as gun:
        await gun.sees("Maria Joh")
        await filters(gun, "slag:fel")
        await gun.sees("Det finns inget slag som heter fel, bara inloggning, läst", "Maria Joh")
        await gun.press("f1")
        await gun.sees("Filtret tar ord, och: person:anna invånare:1912")


async def test_f_fills_in_the_filter_in_fields(store: Store, busy: Clinic) -> None:
    async with at_screen(store, busy.gun, AccessLogScreen) as gun:
        await gun.sees("Maria Joh")
        await gun.press("f")
        await gun.sees("Visa bara", "Person", "Invånare", "Från", "Till", "Slag")
        await gun.type("anna")
        await gun.press("down")
        await gun.type("tolvan")
        await gun.press("tab", "tab", "tab")
        await gun.type("blå")
        await gun.press("enter")
        await gun.sees("✗ Det finns inget slag som heter blå")
        await gun.press("backspace", "backspace", "backspace")
        await gun.type("läst")
        await gun.press("enter")
        screen = await gun.sees("person:anna invånare:tolvan slag:läst", gone="Visa bara")
        assert len(lines(screen)) == 1
        await gun.press("f")
        await gun.sees("Visa bara", "anna")
        await gun.press("escape", "escape")
        await gun.sees("Maria Joh", gone="person:anna")


@SIZES
async def test_what_deserves_a_look_is_one_key_away(
    store: Store, busy: Clinic, size: tuple[int, int]
) -> None:
    async with at_screen(store, busy.gun, AccessLogScreen, size=size) as gun:
        await gun.sees("Maria Joh", "Skapade en mall")
        await gun.press("g")
        screen = await gun.sees("30d granska", "! udda", "! nekat", gone="Skapade en mall")
        assert all("!" in line for line in lines(screen))
        assert fits(screen, *size)
        await gun.press("enter")
        await gun.sees("! På en helg, eller utanför 06:00 till 22:00")
        await gun.press("escape", "g")
        await gun.sees("Skapade en mall", gone="30d granska")


@SIZES
async def test_a_sample_is_drawn_reviewed_and_kept(
    store: Store, busy: Clinic, clock: FrozenClock, size: tuple[int, int]
) -> None:
    async with at_screen(store, busy.gun, AccessLogScreen, size=size) as gun:
        await gun.sees("Maria Joh")
        await gun.press("s")
        await gun.sees("Dra ett stickprov", "2026-02-02", "2026-03-03", "20")
        await gun.press("enter")
        screen = await gun.sees(
            "Granskningar › 2026-03-03 10:00", "Gun Granberg: 6 poster", "slumpvis dragna"
        )
        assert fits(screen, *size)
        await gun.press("enter")
        await gun.sees("Hämtade en invånare", "Invånare: Maria Johansson, 19441011-9046")
        await gun.press("escape", "space")
        await gun.sees("✎ 2026-03-03 03:00")
        await gun.press("ctrl+s")
        await gun.sees("Avsluta granskningen", "1 post har anmärkning.")
        await gun.press("enter")
        await gun.sees("✗ Skriv vad granskningen kom fram till")
        await gun.type("Cilla tillfrågad")
        await gun.press("enter")
        await gun.sees("Granskningen är klar och sparad", "Resultat: Cilla tillfrågad")
        await gun.press("space")
        await gun.sees("Granskningen är klar och går inte att ändra")
        await gun.press("escape")
        await gun.sees("Åtkomstlogg", gone="Granskningar")
        await gun.press("v")
        screen = await gun.sees("Åtkomstlogg › Granskningar", "2026-03-03", "Gun Granberg", "1 ✎ Cilla til")
        assert fits(screen, *size)
        await gun.press("enter")
        await gun.sees("✎", "Resultat: Cilla tillfrågad")
    assert log_reviews.list_all(busy.gun, Edge()).rows[0].outcome == "Cilla tillfrågad"


async def test_a_review_goes_on_where_it_was_left(store: Store, busy: Clinic) -> None:
    async with at_screen(store, busy.gun, LogReviewsScreen) as gun:
        await gun.sees("Loggen har inte granskats än")
        await gun.press("s")
        await gun.sees("Dra ett stickprov")
        await gun.press("enter")
        await gun.sees("slumpvis dragna")
        await gun.press("space", "space")
        await gun.press("escape")
        await gun.sees("pågår")
        await gun.press("enter")
        screen = await gun.sees("slumpvis dragna")
        assert screen.count("✎") == 2


async def test_what_can_not_be_drawn_is_told_beside_its_field(store: Store, busy: Clinic) -> None:
    async with at_screen(store, busy.gun, LogReviewsScreen) as gun:
        await gun.press("s")
        await gun.sees("Dra ett stickprov")
        await gun.press("ctrl+u", "ctrl+k")
        await gun.type("2026-02-30")
        await gun.press("enter")
        await gun.sees("✗ 2026-02-30 är inget datum")
        await gun.press("ctrl+u", "ctrl+k")
        await gun.type("2026-03-09")
        await gun.press("enter")
        await gun.sees("✗ Den sista dagen ligger före den första")
        await gun.press("escape")
        await gun.sees("Loggen har inte granskats än", gone="Dra ett stickprov")


async def test_another_auditor_reads_a_review_and_is_told_why_not_more(store: Store, busy: Clinic) -> None:
    with_auditor = {"clinic": busy.gun.clinic_id, "role": Role.LOG_AUDITOR}
    models.StaffRole.create(staff=busy.cilla.staff_id, **with_auditor)
    today = log_reviews.Period(first=store.clock().date(), last=store.clock().date())
    number = log_reviews.draw(busy.gun, today, 5).summary.id
    cilla = busy.cilla.model_copy(update={"roles": frozenset({Role.LOG_AUDITOR})})
    async with at_screen(store, cilla, lambda: LogReviewScreen(number)) as person:
        await person.sees("Gun Granberg: 1 poster")
        await person.press("space")
        await person.sees("Gun Granberg drog det här stickprovet")
        await person.press("ctrl+s")
        await person.sees("Gun Granberg drog det här stickprovet", gone="Avsluta granskningen")


async def test_an_extract_is_written_to_a_file(
    store: Store, busy: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMVANT_FILES", str(tmp_path / "filer"))
    async with at_screen(store, busy.gun, AccessLogScreen) as gun:
        await gun.sees("Maria Joh")
        await gun.press("e")
        await gun.sees("Utdrag till en invånare", "19441011-9046", "utdrag-2026-03-03.txt")
        await gun.press("ctrl+u", "ctrl+k")
        await gun.type("191212121212")
        await gun.press("enter")
        await gun.sees("Namn i utdraget?", "Utan personalens namn")
        await gun.press("enter")
        await gun.sees("Utdraget är skrivet till")
        written = (tmp_path / "filer" / "utdrag-2026-03-03.txt").read_text(encoding="utf-8")
        assert "Tolvan Tolvansson, 19121212-1212" in written
        assert "Cilla" not in written
        await gun.press("e")
        await gun.sees("Utdrag till en invånare")
        await gun.press("enter")
        await gun.sees("Namn i utdraget?")
        await gun.press("2")
        await gun.sees("✗ Det finns redan en fil på")
        await gun.press("escape")
        await gun.sees("Maria Joh", gone="Utdrag till")


async def test_what_is_wrong_with_an_extract_stands_beside_its_field(
    store: Store, busy: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMVANT_FILES", str(tmp_path))
    async with at_screen(store, busy.gun, AccessLogScreen) as gun:
        await gun.sees("Maria Joh")
        await gun.press("e")
        await gun.sees("Utdrag till en invånare")
        await gun.press("ctrl+u", "ctrl+k")
        await gun.type("1912")
        await gun.press("tab")
        await gun.type("igår")
        await gun.press("enter")
        screen = await gun.sees("✗ igår är inget datum")
        assert screen.count("✗") == 2
        await gun.press("ctrl+u", "ctrl+k")
        await gun.type("196909092394")
        await gun.press("tab", "ctrl+u", "ctrl+k", "enter")
        await gun.sees("Namn i utdraget?")
        await gun.press("enter")
        await gun.sees("✗ Det finns inget om 19690909-2394 i åtkomstloggen")
    assert [name for name in os.listdir(tmp_path) if name.endswith(".txt")] == []

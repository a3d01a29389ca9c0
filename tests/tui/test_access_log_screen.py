"""The access log as an auditor reads it, by keys alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from data import access_log, cases, patients, protected, templates
from data.access_log import LogWord
from data.domain.errors import NotAllowed
from data.domain.paging import Edge
from data.log_rows import Concerned, LogRow
from data.operation import OPERATIONS
from data.store.store import Store
from tests.conftest import REASON, START, Clinic, FrozenClock
from tests.tui.drivers import fits
from tests.tui.one_screen import at_screen
from tui import i18n
from tui.screens.admin.access_log import AccessLogScreen
from tui.screens.admin.details import DETAIL_WORDS, detail_lines
from tui.screens.admin.events import EVENT_WORDS, event_words

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_log_says_when_who_what_and_about_whom(
    store: Store, clinic: Clinic, clock: FrozenClock, size: tuple[int, int]
) -> None:
    clock.move(minutes=5, seconds=7)
    cases.open_case(clinic.anna, clinic.answered().id)
    async with at_screen(store, clinic.gun, AccessLogScreen, size=size) as gun:
        screen = await gun.sees("2026-03-02 09:05", "Anna Andersson", "Öppnade ett ärende", "Tolvan To")
        assert fits(screen, *size)
        await gun.press("enter")
        await gun.sees("Tid: 2026-03-02 09:05:07", "Invånare: Tolvan Tolvansson, 19121212-1212")


async def test_what_was_refused_is_told_by_a_sign_and_in_words(store: Store, clinic: Clinic) -> None:
    with pytest.raises(NotAllowed):
        templates.list_all(clinic.anna)
    async with at_screen(store, clinic.gun, AccessLogScreen) as gun:
        await gun.sees("✗ Läste mallistan")
        await gun.press("enter")
        await gun.sees("✗ Nekat", "Anna Andersson", "Orsak: ")
        await gun.press("enter")
        await gun.sees("Tid Person", gone="Nekat")


async def test_the_log_narrows_by_typing(store: Store, clinic: Clinic) -> None:
    clinic.ask()
    async with at_screen(store, clinic.gun, AccessLogScreen) as gun:
        await gun.sees("Anna Andersson", "Bo Bengtsson")
        await gun.press("slash")
        await gun.type("tolvan sent")
        await gun.sees("Skickade ett ärende", gone="Bo Bengtsson")
        await gun.press("enter", "escape")
        await gun.sees("Bo Bengtsson")
        await gun.press("f5")
        await gun.sees("läst på nytt")
        await gun.press("escape")
    entries = access_log.list_entries(clinic.gun, (LogWord(text="log.listed"),), Edge())
    assert "tolvan sent" in {str(row.details.get("filter", "")) for row in entries.rows}


@pytest.mark.parametrize(("lang", "words"), [("sv", "hämtade ÅSA"), ("en", "fetched åsa")])
async def test_the_log_narrows_by_what_was_done_in_the_readers_language(
    store: Store, clinic: Clinic, lang: str, words: str
) -> None:
    i18n.install(lang)
    protected.state_reason(clinic.anna, clinic.hidden.id, REASON)
    patients.fetch(clinic.anna, clinic.hidden.number)
    async with at_screen(store, clinic.gun, AccessLogScreen) as gun:
        await gun.sees("Bo Bengtsson")
        await gun.press("slash")
        await gun.type(words)
        await gun.sees("◆ Åsa Örn", gone="Bo Bengtsson")


async def test_all_details_are_told_in_words(store: Store, clinic: Clinic, clock: FrozenClock) -> None:
    clock.move(minutes=1)
    sent = clinic.send(clinic.question, patient=clinic.hidden, written={"dos": "1"})
    async with at_screen(store, clinic.gun, AccessLogScreen) as gun:
        await gun.sees("◆ Åsa Örn")
        await gun.press("enter")
        screen = await gun.sees("Invånare: ◆ Åsa Örn, 19880820-2389", f"Ärende: {sent.reference}")
        assert "Mall: Ordination" in screen
        await gun.press("escape")


def lines(details: dict[str, object], **more: object) -> list[str]:
    row = LogRow(
        id=1, at=START, event="", allowed=True, actor="", actor_kind="staff", patient_name="",
        patient_number="", protected=False, case_reference="", reason=None, patients=(), patient_count=0,
        details=details,
    )  # fmt: skip
    return list(detail_lines(row.model_copy(update=more)))


def test_values_are_in_words_where_they_are_one_of_a_few() -> None:
    assert lines({"filter": "sent", "state": "sent"}) == ["Filtrerat på: sent", "Status: oläst"]
    assert lines(
        {"before": ["care_provider"], "after": ["administrator", "log_auditor"], "closed": False}
    ) == [
        "Roller före ändringen: vårdgivare",
        "Roller efter ändringen: administratör, granskare",
        "Kontot stängt: Nej",
    ]
    assert lines({"filter": "", "state": None, "count": 0}) == ["Antal: 0"]
    assert lines({"something.new": 1}) == ["something.new: 1"]


def test_patients_are_named_and_the_rest_counted() -> None:
    concerned = (Concerned(name="Åsa Örn", number="19880820-2389", protected=True),)
    assert lines({}, patients=concerned, patient_count=3) == [
        "Invånare: ◆ Åsa Örn, 19880820-2389",
        "och 2 invånare till",
    ]


def test_every_detail_that_is_recorded_has_words() -> None:
    found = {"act", "withheld"}  # of `audit.reason_asked` and `mailings.fetch`
    for path in (ROOT / "data").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.about":
                found |= {keyword.arg for keyword in node.keywords}
    assert found - {"patient", "patients", "case", "clinic"} == set(DETAIL_WORDS)


def test_every_event_has_words() -> None:
    events = {operation.event for operation in OPERATIONS.values() if operation.event}
    assert events <= set(EVENT_WORDS)
    assert event_words("something.new") == "something.new"

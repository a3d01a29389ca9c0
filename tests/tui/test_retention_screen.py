"""Gallring under Administration, by keys alone."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from data import cases, closing, holds, retention
from data.domain.paging import Edge
from data.store import models
from data.store.store import Store
from tests.conftest import Clinic, FrozenClock
from tests.tui.drivers import fits
from tests.tui.one_screen import at_screen
from tui import i18n
from tui.screens.admin.holds import HoldsScreen
from tui.screens.admin.menu import AdminScreen
from tui.screens.admin.retention import RetentionScreen
from tui.screens.case import CaseScreen


def closed(clinic: Clinic) -> cases.SentCase:
    sent = clinic.send()
    closing.close(clinic.anna, sent.id, 1)
    return sent


def grown_old(clinic: Clinic, clock: FrozenClock) -> tuple[cases.SentCase, cases.SentCase]:
    """Two closed cases, kept longer than the policy says; the second is held."""
    retention.set_policy(clinic.bo, 30, 1)
    goes, stays = closed(clinic), closed(clinic)
    holds.hold(clinic.bo, stays.reference, "Tvist")
    clock.move(days=31)
    return goes, stays


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_policy_is_chosen_and_says_what_it_would_do(
    store: Store, clinic: Clinic, clock: FrozenClock, size: tuple[int, int]
) -> None:
    closed(clinic)
    clock.move(days=31)
    async with at_screen(store, clinic.bo, AdminScreen, size=size) as bo:
        await bo.sees("Gallring")
        await bo.press("end", "enter")
        await bo.sees(
            "Administration › Gallring", "Avslutade ärenden sparas för alltid", "Inget har gallrats"
        )
        await bo.press("d")
        await bo.sees("Mottagningen sparar avslutade ärenden för alltid: välj först hur länge")
        await bo.press("e")
        await bo.sees("Hur länge avslutade ärenden sparas", "30", "36500")
        await bo.press("backspace")
        await bo.type("7")
        await bo.press("enter")
        await bo.sees("✗ Skriv ett antal dagar från 30 till 36500")
        await bo.press("backspace")
        await bo.type("30")
        await bo.press("enter")
        screen = await bo.sees(
            "Avslutade ärenden sparas i 30 dagar", "1 ärende kan gallras i dag", "2026-03-02"
        )
        assert fits(screen, *size)
    assert retention.due(clinic.bo).keep_days == 30


async def test_what_goes_is_named_and_enter_alone_destroys_nothing(
    store: Store, clinic: Clinic, clock: FrozenClock
) -> None:
    _goes, stays = grown_old(clinic, clock)
    async with at_screen(store, clinic.bo, RetentionScreen) as bo:
        await bo.sees("1 ärende kan gallras i dag", "1 lika gammalt har gallringsstopp och blir kvar")
        await bo.press("d")
        await bo.sees(
            "Gallra 1 avslutat ärende?", "2026-03-02 – 2026-03-02, på Vårdcentralen Björken", "för gott"
        )
        await bo.press("enter")
        await bo.sees("Inget har gallrats", gone="för gott")
        assert models.Case.select().count() == 2
        await bo.press("d")
        await bo.sees("för gott")
        await bo.press("2")
        await bo.sees("1 ärende är gallrat", "0 ärenden kan gallras i dag", "Bo Bengtsson")
        assert [row.id for row in models.Case.select()] == [stays.id]
        await bo.press("d")
        await bo.sees("Inget avslutat ärende har sparats tillräckligt länge")
        await bo.press("enter")
        (receipt,) = retention.receipts(clinic.bo, Edge()).rows
        screen = await bo.sees("Kvitto", "Antal: 1", "sparas i 30 dagar")
        assert receipt.digest in "".join(screen.split())


async def test_a_policy_that_someone_else_changed_is_told(
    store: Store, clinic: Clinic, clock: FrozenClock
) -> None:
    grown_old(clinic, clock)
    async with at_screen(store, clinic.bo, RetentionScreen) as bo:
        await bo.sees("1 ärende kan gallras i dag")
        await bo.press("d")
        await bo.sees("för gott")
        retention.set_policy(clinic.bo, 365, 2)
        await bo.press("2")
        await bo.sees("Någon annan har ändrat hur länge", "sparas i 365 dagar")
    assert models.Case.select().count() == 2


async def test_a_case_is_held_and_released(store: Store, clinic: Clinic) -> None:
    sent = clinic.send()
    async with at_screen(store, clinic.bo, RetentionScreen) as bo:
        await bo.sees("Inget har gallrats")
        await bo.press("h")
        await bo.sees("Gallring › Gallringsstopp", "Inget ärende har gallringsstopp: n sätter ett")
        await bo.press("n")
        await bo.sees("Ärendets nummer")
        await bo.press("enter")
        await bo.sees("✗ Skriv något här")
        await bo.type(sent.reference.lower())
        await bo.press("enter")
        await bo.sees("Skälet visas i ärendet")
        await bo.type("Tvist [/b]")
        await bo.press("enter")
        await bo.sees(
            f"{sent.reference} har gallringsstopp", "Tvist [/b]", "Bo Bengtsson", "2026-03-02 09:00"
        )
        await bo.press("d")
        await bo.sees(f"Häv stoppet för {sent.reference}?", "Bo Bengtsson har satt stoppet: Tvist")
        await bo.press("enter")
        await bo.sees("Tvist [/b]", gone="Häv stoppet för")
        await bo.press("d")
        await bo.sees("Behåll stoppet")
        await bo.press("2")
        await bo.sees(f"Stoppet för {sent.reference} är hävt", "Inget ärende har gallringsstopp")
    assert holds.list_all(clinic.bo) == ()


async def test_a_reference_that_there_is_not_is_told(store: Store, clinic: Clinic) -> None:
    async with at_screen(store, clinic.bo, HoldsScreen) as bo:
        await bo.sees("Inget ärende har gallringsstopp")
        await bo.press("d")
        await bo.sees("Inget ärende har gallringsstopp")
        await bo.press("n")
        await bo.type("ABC-2345")
        await bo.press("enter")
        await bo.sees("Skälet visas")
        await bo.type("Tvist")
        await bo.press("enter")
        await bo.sees("ABC-2345", gone="Skälet visas")


async def test_a_hold_stands_in_the_case(store: Store, clinic: Clinic) -> None:
    sent = clinic.send()
    holds.hold(clinic.bo, sent.reference, "Tvist om faktura")
    async with at_screen(store, clinic.anna, lambda: CaseScreen(sent.id)) as anna:
        await anna.sees("Gallringsstopp sedan 2026-03-02 09:00 av Bo Bengtsson: Tvist om faktura")


async def test_help_says_that_the_record_is_kept_ten_years(store: Store, clinic: Clinic) -> None:
    i18n.install("en")
    async with at_screen(store, clinic.bo, RetentionScreen) as bo:
        await bo.sees("Nothing has been destroyed")
        await bo.press("f1")
        await bo.sees("Patient records are kept at least ten years by law", "Backups")


async def test_leaving_half_way_stops_after_a_batch_and_leaves_its_receipt(
    store: Store, clinic: Clinic, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    real, begun, gate = retention.destroy.function, [], threading.Event()

    def held_up(*args: Any) -> retention.Receipt | None:
        begun.append(args)
        if len(begun) == 3:
            gate.wait()
        return real(*args)

    monkeypatch.setattr(retention.destroy, "function", held_up)
    retention.set_policy(clinic.bo, 30, 1)
    for _ in range(5):
        closed(clinic)
    clock.move(days=31)
    async with at_screen(store, clinic.bo, RetentionScreen) as bo:
        await bo.sees("5 ärenden kan gallras")
        await bo.press("d")
        await bo.sees("för gott")
        await bo.press("2")
        await bo.sees("2 av 5 gallrade")
        bo.app.workers.cancel_node(bo.app.screen)
        gate.set()
    assert [receipt.count for receipt in retention.receipts(clinic.bo, Edge()).rows] == [1, 1, 1]
    assert models.Case.select().count() == retention.due(clinic.bo).count == 2
